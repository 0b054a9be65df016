"""The world that `sim` simulates: its founding, its people and the laws of the trade."""

from services.sim.invariants.everything import everything
from services.sim.life.brand import order_once_more
from services.sim.life.population import population
from services.sim.life.world import founded
from services.sim.seams import Life

LIFE = Life(found=founded, cast=population, laws=everything, asks_last=order_once_more)
