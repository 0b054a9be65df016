"""All that must hold in the simulated world."""

from collections.abc import Sequence

from services.sim.invariants.agreement import LedgerHasAll, OverviewAgrees, PlansAgree
from services.sim.invariants.answered import EveryoneAnswered
from services.sim.invariants.book import Past
from services.sim.invariants.eaten import EatenWasThere
from services.sim.invariants.heard import EverythingHeard
from services.sim.invariants.hours_offered import HoursOffered
from services.sim.invariants.in_its_time import BegunInItsTime
from services.sim.invariants.material_balance import ExactExplosion, MaterialBalance
from services.sim.invariants.money import Fees, Prices
from services.sim.invariants.promises import NobodyElse, Promises
from services.sim.invariants.silence import SilenceCostsNothing
from services.sim.invariants.work_allowed import PapersHold, WorkAllowed
from services.sim.life.world import Cast
from services.sim.seams import Invariant


def everything(cast: Cast) -> Sequence[Invariant]:
    """Fresh books of every rule, for one run."""
    past = Past()
    promises = Promises(past)
    return [
        HoursOffered(past),
        WorkAllowed(past),
        BegunInItsTime(past),
        PapersHold(past),
        ExactExplosion(past),
        MaterialBalance(past),
        EatenWasThere(past),
        Prices(past),
        Fees(past),
        SilenceCostsNothing(past),
        promises,
        NobodyElse(past, cast),
        PlansAgree(past),
        OverviewAgrees(past, promises),
        LedgerHasAll(past),
        EveryoneAnswered(past),
        EverythingHeard(past),
    ]
