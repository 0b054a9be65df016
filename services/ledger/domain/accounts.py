"""The accounts a line-second can stand in, and the accounts of produced units. Every second is in exactly one."""

from enum import StrEnum


class Account(StrEnum):
    """Where a line-second stands. `calendar` is the source: seconds that nobody has declared anything about."""

    CALENDAR = "calendar"
    CLOSED = "closed"  # declared, and no planned operation
    PLANNED_DOWNTIME = "planned_downtime"
    PLANNED = "planned"  # planned operation that was never offered
    AVAILABLE = "available"  # offered, and neither booked nor used
    COMMITTED = "committed"  # booked for a client, and not used
    NO_SHOW = "no_show"  # booked, missed by the plant, and not used
    UNATTAINABLE = "unattainable"  # offered, and stopped while no work was on
    WITHDRAWN = "withdrawn"  # offered, and taken back
    AUST = "aust"  # set-up
    APT = "apt"  # run
    ADET = "adet"  # stopped inside busy time
    # Work outside offered hours: shown apart, never clipped, and never mixed into the elements of offered time.
    OVERRUN_PLANNED_AUST = "overrun_planned_aust"
    OVERRUN_PLANNED_APT = "overrun_planned_apt"
    OVERRUN_PLANNED_ADET = "overrun_planned_adet"
    OVERRUN_DOWNTIME_AUST = "overrun_downtime_aust"
    OVERRUN_DOWNTIME_APT = "overrun_downtime_apt"
    OVERRUN_DOWNTIME_ADET = "overrun_downtime_adet"
    OVERRUN_CLOSED_AUST = "overrun_closed_aust"
    OVERRUN_CLOSED_APT = "overrun_closed_apt"
    OVERRUN_CLOSED_ADET = "overrun_closed_adet"


BUSY = (Account.AUST, Account.APT, Account.ADET)


def overrun(base: str, use: Account) -> Account:
    """The account of *use* outside offered hours; *base* is planned, downtime or closed."""
    return Account(f"overrun_{base}_{use}")


class UnitAccount(StrEnum):
    """Where produced units stand. `wip` is the source: what a work order started with and has not reported."""

    WIP = "wip"
    GOOD = "good"  # reported good, and not inspected yet
    SCRAP = "scrap"
    REWORK = "rework"
    RELEASED = "released"
    BLOCKED = "blocked"
    DELIVERED = "delivered"  # confirmed by the receiving party
