"""How a page of events reaches a view: filtered, all at once, and one by one where the page holds poison."""

import hashlib
import inspect
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from types import FunctionType, MethodType, ModuleType

import sqlalchemy as sa
import structlog

from shared.eventstore.code import code_digest_of
from shared.eventstore.database import is_unwell
from shared.eventstore.parking import Parked, park
from shared.eventstore.port import Recorded
from shared.eventstore.projecting import Projection

_log = structlog.get_logger(__name__)


def digest_of(*objects: object) -> str:
    """A short digest of code and data, for the view in whose module it is asked for.

    Source text for modules, classes and functions, with all that their modules depend on within this project, `repr`
    for anything else; and all that the asking module depends on, so that no helper of a view can be forgotten.
    """
    asking = inspect.currentframe()
    caller = "" if asking is None or asking.f_back is None else str(asking.f_back.f_globals.get("__name__", ""))
    total = hashlib.sha256(code_digest_of(caller))
    for one in objects:
        if isinstance(one, ModuleType | FunctionType | MethodType | type):
            total.update(_source(one).encode())
            total.update(code_digest_of(one.__name__ if isinstance(one, ModuleType) else one.__module__))
        else:
            total.update(repr(one).encode())
        total.update(b"\0")
    return total.hexdigest()[:16]


@cache  # finding it takes milliseconds, and it never changes while the process runs
def _source(code: ModuleType | FunctionType | MethodType | type) -> str:
    return inspect.getsource(code)


class Poisoned(Exception):
    """A page holds something that a view cannot apply; nothing of the transaction may be kept."""


def fold_whole(connection: sa.Connection, projection: Projection, page: Sequence[Recorded]) -> None:
    """Apply *page* to the view inside the caller's transaction, at once. Raises Poisoned where `fold` is called for."""
    wanted = _wanted(projection, page)
    if not wanted:
        return
    try:
        projection.apply(connection, wanted)
    except Exception as failure:
        if is_unwell(failure):
            raise  # the database is ill, not the event: nothing is parked for that
        raise Poisoned(projection.name) from failure


def fold(connection: sa.Connection, projection: Projection, page: Sequence[Recorded], now: datetime, log: str) -> int:
    """Apply *page* to the view inside the caller's transaction; returns how many events were parked.

    The page is tried as a whole. When it fails, its effect is undone and each event is tried alone, so that only
    what cannot be applied is set aside.
    """
    wanted = _wanted(projection, page)
    if not wanted or _applied(connection, projection, wanted) is None:
        return 0
    parked = 0
    for one in wanted:
        failure = _applied(connection, projection, [one])
        if failure is not None:
            parked += 1
            reason = f"{type(failure).__name__}: {failure}"
            park(connection, Parked(f"view:{projection.name}", log, one.position, one.stream, one.type, reason, now))
            _log.error("event parked", view=projection.name, position=one.position, key=one.stream, reason=reason)
    return parked


def _wanted(projection: Projection, page: Sequence[Recorded]) -> Sequence[Recorded]:
    return page if projection.handles is None else [one for one in page if one.type in projection.handles]


def _applied(connection: sa.Connection, projection: Projection, page: Sequence[Recorded]) -> Exception | None:
    """None when *page* was applied; what stopped it otherwise, with nothing of it left behind."""
    savepoint = connection.begin_nested()
    try:
        projection.apply(connection, page)
    except Exception as failure:
        if is_unwell(failure):
            raise  # the database is ill, not the event: nothing is parked for that
        savepoint.rollback()
        return failure
    savepoint.commit()
    return None
