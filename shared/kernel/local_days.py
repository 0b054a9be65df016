"""Local calendar days (Asia/Shanghai): the grain in which a promise is spoken before anything is booked."""

from datetime import UTC, date, datetime, time, timedelta

from shared.kernel.clock import LOCAL_ZONE


def local_day_of(at: datetime) -> date:
    """The local day to which *at* belongs as its end: midnight still belongs to the day that it ends."""
    return (end_of_local_day(at).astimezone(LOCAL_ZONE) - timedelta(days=1)).date()


def end_of_local_day(at: datetime) -> datetime:
    """The first local midnight not before *at*, in UTC; the end of a day is its own end."""
    local = at.astimezone(LOCAL_ZONE)
    begun = datetime.combine(local.date(), time(), LOCAL_ZONE)
    return (begun if begun == local else begun + timedelta(days=1)).astimezone(UTC)
