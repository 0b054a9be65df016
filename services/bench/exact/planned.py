"""A small case put to the product: its board, its demand, and the cell at which the fastest option arrives."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from services.bench.exact.cases import BUYER, PIECES, Case, Line
from services.capacity.domain.board import Board
from services.capacity.domain.bookings import Booking, line_slots
from services.capacity.domain.changeover import run_of
from services.capacity.domain.hours import seconds_of
from services.capacity.domain.line_on_board import LineMaster
from services.capacity.domain.matching.match import match
from services.capacity.domain.matching.problem import Demand, Matched
from services.capacity.domain.matching.rules import standard_rules
from services.capacity.domain.values import Capability, ChangeoverRule, Price
from shared.contracts.planning import (
    DemandLine,
    Interval,
    Limits,
    Place,
    PlanOption,
    RecipeInput,
    RecipeStep,
    Variant,
)

T0 = datetime(2027, 3, 1, tzinfo=UTC)  # Monday, 08:00 in Shanghai
CELL = timedelta(minutes=6)
_OPEN_CELLS = 24 * 10 * 60
_FORMAT = "330"


def fastest(case: Case) -> PlanOption | None:
    """The option that the product calls fastest; None when it finds no plan."""
    answer = match(demand_of(case), board_of(case), T0, standard_rules(), quote_id="quo_1")
    if not isinstance(answer, Matched):
        return None
    return next(one for one in answer.options if "fastest" in one.labels)


def cell_of(at: datetime) -> int:
    return (at - T0) // CELL


def board_of(case: Case) -> Board:
    board = Board()
    for line in case.lines:
        board.upsert_line(_master(case, line))
    return board.with_lines(board.line(one.name).with_slots(line_slots(_booked(one)), 1) for one in case.lines)


def _booked(line: Line) -> Iterator[Booking]:
    begin, code = seconds_of(T0), min(line.cells)
    for first, end, design in line.booked:
        yield Booking(
            starts=begin + first * CELL.seconds,
            ends=begin + end * CELL.seconds,
            slot_id=f"slt_{line.name}_{first}",
            quote_id="quo_rival",
            order_id="ord_rival",
            option_ids=("opt_rival",),
            setup=0,
            busy=(end - first) * CELL.seconds,
            expires_us=0,
            run=run_of(code, _FORMAT, {"design": design}),
        )


def demand_of(case: Case) -> Demand:
    steps = [
        RecipeStep(
            step=f"s{i}",
            name_zh=f"s{i}",
            name_en=f"s{i}",
            capability=one.code,
            unit="can",
            format=_FORMAT,
            features={"design": one.design},
            inputs=[
                RecipeInput(
                    step=f"s{feed.step}",
                    lag_minutes_min=feed.lag_min * 6,
                    lag_minutes_max=None if feed.lag_max is None else feed.lag_max * 6,
                )
                for feed in one.feeds
            ],
            last_lag_minutes=one.quarantine * 6,
        )
        for i, one in enumerate(case.steps)
    ]
    return Demand(
        order_id="ord_1",
        buyer_org_id="org_buyer",
        lines=[DemandLine("orl_1", "product", PIECES, "can", [Variant("plain", "plain", "plain", steps)])],
        deliver_to=Place(BUYER),
        earliest_start_at=T0 + case.start * CELL,
        requested_by=T0 + timedelta(days=300),
        limits=Limits(split_ok=False),
        supplies=[],
    )


def _master(case: Case, line: Line) -> LineMaster:
    able = tuple(
        Capability(code, "can", [_FORMAT], PIECES * 10 // cells, 1_000_000, 1, 0, 1)
        for code, cells in line.cells.items()
    )
    return LineMaster(
        line_id=line.name,
        plant_id=line.plant,
        factory_org_id=f"org_{line.plant}",
        plant_name=line.plant,
        district=line.district,
        capabilities=able,
        changeovers=(
            ChangeoverRule("base", "*", "*", case.base * 6),
            *(ChangeoverRule("design", one, other, cells * 6) for (one, other), cells in case.changes.items()),
        ),
        prices=tuple(Price(one.code, 1_000, 10_000, 0) for one in able),
        offered=tuple(_offered(line)),
    )


def _offered(line: Line) -> Iterator[Interval]:
    edges = [0, *(edge for span in sorted(line.closed) for edge in span), _OPEN_CELLS]
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        if first < end:
            yield Interval(T0 + first * CELL, T0 + end * CELL)
