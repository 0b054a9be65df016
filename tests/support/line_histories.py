"""Random but plausible histories of one line's time, as the published facts would tell them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from shared.contracts import line_time as facts
from shared.contracts.envelope import Fact
from shared.contracts.planning import Interval
from shared.kernel.clock import LOCAL_ZONE

START = datetime(2026, 12, 1, 10, tzinfo=UTC)  # 18:00 local, so that histories pass local midnight
HORIZON_S = 26 * 3600
WHO = {"line_id": "lin_1", "plant_id": "plt_1", "factory_org_id": "org_own", "district": "421202"}
CLIENTS = ["org_a", "org_b", "org_own"]

_seconds = st.integers(0, HORIZON_S // 600).map(lambda steps: steps * 600)
_spans = st.tuples(_seconds, _seconds).map(sorted).filter(lambda span: span[0] < span[1])


def at(second: int) -> datetime:
    """The instant *second* seconds into the horizon."""
    return START + timedelta(seconds=second)


def _disjoint(spans: Sequence[Sequence[int]]) -> list[Interval]:
    found: list[Interval] = []
    for low, high in sorted(map(tuple, spans)):
        if not found or found[-1].ends_at <= at(low):
            found.append(Interval(at(low), at(high)))
    return found


def calendars() -> st.SearchStrategy[Fact]:
    def calendar(
        period: Sequence[int], spans: list[Sequence[int]], down: list[Sequence[int]], told: int, day: int | None
    ) -> Fact:
        begins, ends = at(period[0]), at(period[1])
        clipped = [Interval(max(one.starts_at, begins), min(one.ends_at, ends)) for one in _disjoint(spans)]
        return facts.CalendarDeclared(
            **WHO,
            period_from=begins,
            period_to=ends,
            operation=[_operation(one, day) for one in clipped if one.starts_at < one.ends_at],
            planned_downtime=[facts.PlannedDowntime(one.starts_at, one.ends_at, "CIP") for one in _disjoint(down)],
            declared_at=at(told),
        )

    days = st.none() | st.integers(-1, 0)
    return st.builds(calendar, _spans, st.lists(_spans, max_size=3), st.lists(_spans, max_size=2), _seconds, days)


def _operation(hours: Interval, day: int | None) -> facts.OperationInterval:
    """Of no named day, as old facts are, or of the local date of its beginning or the one before."""
    on = None if day is None else hours.starts_at.astimezone(LOCAL_ZONE).date() + timedelta(days=day)
    return facts.OperationInterval(hours.starts_at, hours.ends_at, on)


def offers() -> st.SearchStrategy[Fact]:
    hours = st.lists(_spans, min_size=1, max_size=3).map(_disjoint)
    published = hours.map(lambda one: facts.CapacityPublished(**WHO, intervals=one, published_at=START))
    withdrawn = hours.map(
        lambda one: facts.CapacityWithdrawn(**WHO, intervals=one, reason="own order", withdrawn_at=START)
    )
    return published | published | withdrawn


def whole_offers() -> st.SearchStrategy[list[Fact]]:
    """A calendar open from end to end and all of it offered: what follows then shows."""
    calendar = facts.CalendarDeclared(
        **WHO,
        period_from=at(0),
        period_to=at(HORIZON_S),
        operation=[
            facts.OperationInterval(at(0), at(HORIZON_S // 2)),
            facts.OperationInterval(at(HORIZON_S // 2), at(HORIZON_S)),
        ],
        planned_downtime=[],
        declared_at=START - timedelta(days=1),
    )
    offer = facts.CapacityPublished(**WHO, intervals=[Interval(at(0), at(HORIZON_S))], published_at=START)
    return st.just([calendar, offer])


def slots() -> st.SearchStrategy[list[Fact]]:
    """A slot booked, or given back: names repeat, so that slots overlap and releases find their slot."""
    names = st.sampled_from(["slt_1", "slt_2", "slt_3"])
    booked = st.builds(
        lambda name, span, client: facts.SlotBooked(
            **WHO,
            slot_id=name,
            order_id="ord_1",
            process_id="pro_1",
            client_org_id=client,
            starts_at=at(span[0]),
            ends_at=at(span[1]),
            booked_at=START,
        ),
        names,
        _spans,
        st.sampled_from(CLIENTS),
    )
    released = st.builds(
        lambda name, reason, second: facts.SlotReleased(
            **WHO, slot_id=name, order_id="ord_1", reason=reason, released_at=at(second)
        ),
        names,
        st.sampled_from(["cancelled", "no-show"]),
        _seconds,
    )
    return (booked | booked | released).map(lambda fact: [fact])


def jobs() -> st.SearchStrategy[list[Fact]]:
    """Set-up and run of one work order in a slot that may be booked; any of the four facts may be missing."""

    def job(number: int, client: str, times: list[int], told: list[bool]) -> list[Fact]:
        work = {"work_id": f"wrk_{number}", "slot_id": f"slt_{number}"}
        who = {**WHO, **work, "order_id": "ord_1", "client_org_id": client}
        first, second, third, last = times
        whole: list[Fact] = [
            facts.SetupStarted(**who, at=at(first)),
            facts.SetupFinished(**WHO, **work, at=at(second)),
            facts.RunStarted(**who, capability="CAN_BODY", at=at(third)),
            facts.RunFinished(**WHO, **work, at=at(last)),
        ]
        return [fact for fact, is_told in zip(whole, told, strict=True) if is_told]

    times = st.lists(_seconds, min_size=4, max_size=4).map(sorted) | st.lists(_seconds, min_size=4, max_size=4)
    told = st.sampled_from([[True] * 4, [True, False, True, True], [False, False, True, True]]) | st.lists(
        st.booleans(), min_size=4, max_size=4
    )
    return st.builds(job, st.integers(1, 4), st.sampled_from(CLIENTS), times, told)


def stoppages() -> st.SearchStrategy[list[Fact]]:
    """A stop with its end, or one of the two alone."""
    families = st.sampled_from(["held", "suspended", "aborted", "planned", "no_order"])

    def stop(number: int, family: str, span: list[int], told: int) -> list[Fact]:
        name = f"stp_{number}"
        opened: Fact = facts.StoppageOpened(
            **WHO,
            stoppage_id=name,
            work_id="",
            family=family,  # type: ignore[arg-type] # one of the five above
            reason="x",
            at=at(span[0]),
        )
        closed: Fact = facts.StoppageClosed(**WHO, stoppage_id=name, at=at(span[1]))
        return [[opened, closed], [opened, closed], [opened], [closed]][told]

    return st.builds(stop, st.integers(1, 3), families, _spans, st.integers(0, 3))


def histories(max_size: int = 16) -> st.SearchStrategy[list[Fact]]:
    """Facts of one line in the order they were recorded: times may be late, overlapping or senseless."""
    one = (calendars() | offers() | offers()).map(lambda fact: [fact])
    anything = one | slots() | slots() | jobs() | jobs() | stoppages()
    rest = st.lists(anything, min_size=4, max_size=max_size)
    first = whole_offers() | whole_offers() | calendars().map(lambda fact: [fact])
    return st.builds(lambda begin, chunks: [fact for chunk in [begin, *chunks] for fact in chunk], first, rest)
