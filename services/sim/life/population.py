"""Everybody who acts in the world, in the order in which they act at one instant."""

from collections.abc import Sequence
from datetime import datetime

from services.sim.life.brand import Brand
from services.sim.life.factory import Factory
from services.sim.life.mishaps import Mishaps
from services.sim.life.office import Office
from services.sim.life.owner import Owner
from services.sim.life.reader import Reader
from services.sim.life.world import Cast
from services.sim.life.wrongdoer import Wrongdoer
from services.sim.seams import Actor


def population(cast: Cast, since: datetime) -> Sequence[Actor]:
    """All actors, their first deeds from *since* on."""
    return [
        *(Brand(cast, one, since) for one in cast.brands),
        *(Factory(one, since) for one in cast.plants),
        *(Owner(one, since) for one in cast.plants),
        Mishaps(cast, since),
        Office(cast, since),
        Wrongdoer(cast, since),
        Reader(cast, since),
    ]
