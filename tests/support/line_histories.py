"""Random but plausible histories of one line's time, as the published facts would tell them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from shared.contracts import line_time as facts
from shared.contracts.envelope import Fact
from shared.contracts.planning import Interval

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
    def calendar(period: Sequence[int], spans: list[Sequence[int]], down: list[Sequence[int]], told: int) -> Fact:
        begins, ends = at(period[0]), at(period[1])
        clipped = [Interval(max(one.starts_at, begins), min(one.ends_at, ends)) for one in _disjoint(spans)]
        return facts.CalendarDeclared(
            **WHO,
            period_from=begins,
            period_to=ends,
            operation=[one for one in clipped if one.starts_at < one.ends_at],
            planned_downtime=[facts.PlannedDowntime(one.starts_at, one.ends_at, "CIP") for one in _disjoint(down)],
            declared_at=at(told),
        )

    return st.builds(calendar, _spans, st.lists(_spans, max_size=3), st.lists(_spans, max_size=2), _seconds)


def offers() -> st.SearchStrategy[Fact]:
    hours = st.lists(_spans, min_size=1, max_size=3).map(_disjoint)
    published = hours.map(lambda one: facts.CapacityPublished(**WHO, intervals=one, published_at=START))
    withdrawn = hours.map(
        lambda one: facts.CapacityWithdrawn(**WHO, intervals=one, reason="own order", withdrawn_at=START)
    )
    return published | published | withdrawn


def slots() -> st.SearchStrategy[Fact]:
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
    released = names.map(
        lambda name: facts.SlotReleased(**WHO, slot_id=name, order_id="ord_1", reason="cancelled", released_at=START)
    )
    return booked | booked | released


def work() -> st.SearchStrategy[Fact]:
    names = st.sampled_from([("wrk_1", "slt_1"), ("wrk_2", "slt_2")])

    def setup(name: tuple[str, str], client: str, second: int) -> Fact:
        return facts.SetupStarted(
            **WHO, work_id=name[0], slot_id=name[1], order_id="ord_1", client_org_id=client, at=at(second)
        )

    def run(name: tuple[str, str], client: str, second: int) -> Fact:
        return facts.RunStarted(
            **WHO,
            work_id=name[0],
            slot_id=name[1],
            order_id="ord_1",
            client_org_id=client,
            capability="CAN_BODY",
            at=at(second),
        )

    def setup_end(name: tuple[str, str], second: int) -> Fact:
        return facts.SetupFinished(**WHO, work_id=name[0], slot_id=name[1], at=at(second))

    def run_end(name: tuple[str, str], second: int) -> Fact:
        return facts.RunFinished(**WHO, work_id=name[0], slot_id=name[1], at=at(second))

    clients = st.sampled_from(CLIENTS)
    return (
        st.builds(setup, names, clients, _seconds)
        | st.builds(setup_end, names, _seconds)
        | st.builds(run, names, clients, _seconds)
        | st.builds(run_end, names, _seconds)
    )


def stoppages() -> st.SearchStrategy[Fact]:
    names = st.sampled_from(["stp_1", "stp_2"])
    families = st.sampled_from(["held", "suspended", "aborted", "planned", "no_order"])
    opened = st.builds(
        lambda name, family, second: facts.StoppageOpened(
            **WHO, stoppage_id=name, work_id="", family=family, reason="x", at=at(second)
        ),
        names,
        families,
        _seconds,
    )
    closed = st.builds(
        lambda name, second: facts.StoppageClosed(**WHO, stoppage_id=name, at=at(second)), names, _seconds
    )
    return opened | closed


def histories(max_size: int = 40) -> st.SearchStrategy[list[Fact]]:
    """Facts of one line in the order they were recorded: times may be late, overlapping or senseless."""
    first = calendars()
    anything = calendars() | offers() | offers() | slots() | work() | work() | stoppages()
    return st.builds(lambda one, rest: [one, *rest], first, st.lists(anything, max_size=max_size))
