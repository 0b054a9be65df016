"""What is known about a line-second, layer by layer, and the one account that follows from it.

Facts may arrive late and in any order: each changes its own layer of the seconds it speaks of, and the account is a
function of the layers alone. Within a layer the first fact that claims a second keeps it.
"""

from functools import lru_cache
from typing import NamedTuple

from services.ledger.domain.accounts import Account, overrun
from services.ledger.domain.line_states import stopped_account


class Cell(NamedTuple):
    """The layers of a second. Empty text: nothing known; *day*: production day of planned operation, else 0."""

    calendar: str = ""  # closed | open | down
    day: int = 0
    offer: str = ""  # published | withdrawn
    slot: str = ""
    slot_client: str = ""
    missed: str = ""  # the client whose booking of this second the plant missed
    work: str = ""
    phase: str = ""  # setup | run
    client: str = ""
    stop: str = ""
    family: str = ""


NOTHING_KNOWN = Cell()


class Label(NamedTuple):
    """Where a second stands: production day, account, and the client it is booked for or used by ("" for none)."""

    day: int
    account: Account
    client: str


@lru_cache(maxsize=65_536)
def label_of(cell: Cell, local: int) -> Label:
    """*local* is the local date of the second; its production day differs after midnight of a night shift."""
    account = _account_of(cell)
    user = "" if _use_of(cell) is None else cell.client
    booked_by = {Account.COMMITTED: cell.slot_client, Account.NO_SHOW: cell.missed}
    client = booked_by.get(account, user)
    return Label(cell.day or local, account, client)


def _account_of(cell: Cell) -> Account:
    use = _use_of(cell)
    if cell.calendar == "down":
        return Account.PLANNED_DOWNTIME if use is None else overrun("downtime", use)
    if cell.calendar != "open":
        idle = Account.CLOSED if cell.calendar else Account.CALENDAR
        return idle if use is None else overrun("closed", use)
    if cell.offer != "published":
        idle = Account.WITHDRAWN if cell.offer else Account.PLANNED
        return idle if use is None else overrun("planned", use)
    return _offered_account(cell) if use is None else use


def _use_of(cell: Cell) -> Account | None:
    """What the work of this second was busy with; None when no work was on."""
    if not cell.work or _stands_as_declared(cell):
        return None
    stopped = stopped_account(cell.phase, cell.family) if cell.stop else None
    if stopped is not None:
        return stopped
    return Account.AUST if cell.phase == "setup" else Account.APT


def _stands_as_declared(cell: Cell) -> bool:
    """A run that pauses, by plan, in time its calendar declared closed or down: nobody works beyond the hours."""
    paused = cell.phase == "run" and bool(cell.stop) and cell.family == "planned"
    return paused and cell.calendar in {"closed", "down"}


def _offered_account(cell: Cell) -> Account:
    stopped = stopped_account("idle", cell.family) if cell.stop else None
    if stopped is not None:
        return stopped
    if cell.slot:
        return Account.COMMITTED
    return Account.NO_SHOW if cell.missed else Account.AVAILABLE
