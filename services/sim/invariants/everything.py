"""All that must hold in the simulated world."""

from collections.abc import Sequence

from services.sim.life.world import Cast
from services.sim.seams import Invariant


def everything(cast: Cast) -> Sequence[Invariant]:
    """Fresh books of every rule, for one run."""
    return []
