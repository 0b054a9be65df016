"""Plans random orders over the seed world, books them on top of each other and has every plan checked independently.

`python -m services.bench.plans --orders 10000 --json`. The bar: no violation, no order without plan or reason.
"""

import gc
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter_ns
from typing import Any

import click
import orjson

from services.bench.checking.plan_checker import violations
from services.bench.checking.planted import PLANTED
from services.bench.checking.quantities import BALANCE
from services.bench.checking.subject import Check, Violation
from services.bench.checking.world import CheckedWorld, Taken
from services.bench.planning_world import checked_world, planning_board
from services.bench.random_orders import random_orders
from services.capacity.domain.board import Board, offered_around
from services.capacity.domain.line_on_board import LineOnBoard
from services.capacity.domain.matching.match import match
from services.capacity.domain.matching.problem import Demand, Matched, Unmatched
from services.capacity.domain.matching.rules import standard_rules
from services.capacity.domain.slots import SLOTS, ConfirmSlots, HoldSlots, Slot, SlotCommand
from shared.contracts.planning import PlanOption
from shared.kernel.ids import derived_id

_HELD_FOR = timedelta(hours=4)
_TAKEN_SHARE = 0.75
_SHOWN_MAX = 20


@dataclass
class Tally:
    """What came of the orders."""

    match_ns: list[int] = field(default_factory=list)
    found: list[Violation] = field(default_factory=list)
    unplanned: Counter[str] = field(default_factory=Counter)
    unexplained: int = 0
    planned: int = 0
    options: int = 0
    late: int = 0
    planted: dict[str, bool] = field(default_factory=dict)
    split: int = 0


def run(orders: int, seed: int, progress: Callable[[int], None] = lambda _: None) -> dict[str, Any]:
    """Plan *orders* random orders with *seed*; the rows of the benchmark."""
    board, world, tally = planning_board(), checked_world(), Tally()
    chance = random.Random(seed + 1)
    for number, (at, demand) in enumerate(random_orders(orders, seed)):
        _one(board, world, tally, chance, (at, demand))
        progress(number + 1)
    return {"bench": "plans", "orders": orders, "seed": seed, "rows": _rows(orders, tally), **_shown(tally)}


def _one(
    board: Board, world: CheckedWorld, tally: Tally, chance: random.Random, order: tuple[datetime, Demand]
) -> None:
    at, demand = order
    quote_id = derived_id("quo", demand.order_id)
    started = perf_counter_ns()
    answer = match(demand, board, at, standard_rules(), quote_id=quote_id)
    tally.match_ns.append(perf_counter_ns() - started)
    if isinstance(answer, Unmatched):
        tally.unplanned[answer.reasons[0].code.value if answer.reasons else "none"] += 1
        tally.unexplained += not answer.reasons
        return
    tally.planned += 1
    tally.options += len(answer.options)
    tally.late += min(option.slack_minutes for option in answer.options) < 0
    tally.split += any(step.part > 1 for option in answer.options for step in option.steps)
    for option in answer.options:
        check = Check(demand, option, world, standard_rules(), at)
        tally.found += violations(check)
        _plant(tally, check)
    _hold(board, world, answer, at)
    if chance.random() < _TAKEN_SHARE:
        _confirm(board, world, answer, chance.choice(answer.options), (at, quote_id))


def _plant(tally: Tally, check: Check) -> None:
    """Plant every fault once, in the first plan that it fits, and note whether the checker names it."""
    for rule in PLANTED.keys() - tally.planted.keys():
        changed = PLANTED[rule](check)
        if changed is not None:
            tally.planted[rule] = any(one.rule == rule for one in violations(changed))


def _hold(board: Board, world: CheckedWorld, answer: Matched, at: datetime) -> None:
    for line_id, slots in answer.held_until(at + _HELD_FOR).items():
        line = board.line(line_id)
        first, last = min(one.starts_at for one in slots), max(one.ends_at for one in slots)
        _decide(board, HoldSlots(**_of(line), slots=slots, offered=offered_around(line, first, last), at=at))
        for slot in slots:
            world.take(_taken(line_id, slot))


def _confirm(
    board: Board, world: CheckedWorld, answer: Matched, option: PlanOption, quote: tuple[datetime, str]
) -> None:
    at, quote_id = quote
    for line_id, slots in answer.held_until(at + _HELD_FOR).items():
        mine = [one for one in slots if option.option_id in one.option_ids]
        _decide(
            board,
            ConfirmSlots(**_of(board.line(line_id)), quote_id=quote_id, option_id=option.option_id, slots=mine, at=at),
        )
        world.release(line_id, {one.slot_id for one in slots})
        for slot in mine:
            world.take(_taken(line_id, slot, firm=True))


def book(board: Board, world: CheckedWorld, answer: Matched, option: PlanOption, quote: tuple[datetime, str]) -> None:
    """Hold the menu's slots and take those of *option*; *quote*: when it was made, and its id."""
    _hold(board, world, answer, quote[0])
    _confirm(board, world, answer, option, quote)


def _decide(board: Board, command: SlotCommand) -> None:
    """Through the very rule that guards the slots in the service."""
    state, version = board.slots_state(command.line_id)
    for event in SLOTS.decide(command, state):
        version += 1
        board.apply(event, version)


def _of(line: LineOnBoard) -> Mapping[str, str]:
    master = line.master
    return {
        "line_id": master.line_id,
        "plant_id": master.plant_id,
        "factory_org_id": master.factory_org_id,
        "district": master.district,
    }


def _taken(line_id: str, slot: Slot, *, firm: bool = False) -> Taken:
    return Taken(
        slot.slot_id,
        line_id,
        slot.starts_at,
        slot.ends_at,
        slot.setup_seconds,
        slot.capability,
        slot.format,
        slot.features,
        None if firm else slot.expires_at,
    )


def _rows(orders: int, tally: Tally) -> list[dict[str, Any]]:
    balance = sum(one.rule in BALANCE for one in tally.found)
    seconds = sum(tally.match_ns) / 1e9
    return [
        _row("orders", orders, "orders"),
        _row("planned", tally.planned, "orders"),
        _row("options", tally.options, "options"),
        _row("late", tally.late, "orders"),
        _row("split", tally.split, "orders"),
        _row("material_balance_errors", balance, "violations"),
        _row("checker_violations", len(tally.found), "violations"),
        _row("planted_violations", len(tally.planted), "violations"),
        _row("planted_found", sum(tally.planted.values()), "violations"),
        _row("unplanned", sum(tally.unplanned.values()), "orders"),
        _row("unplanned_without_reason", tally.unexplained, "orders"),
        _row("plans_per_second", round(len(tally.match_ns) / seconds, 1) if seconds else 0, "1/s"),
        _row("match_ms_p50", _percentile(tally.match_ns, 50), "ms"),
        _row("match_ms_p95", _percentile(tally.match_ns, 95), "ms"),
    ]


def _row(measure: str, value: float, unit: str) -> dict[str, Any]:
    return {"measure": measure, "value": value, "unit": unit}


def _percentile(nanoseconds: Sequence[int], percent: int) -> float:
    ordered = sorted(nanoseconds)
    return round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] / 1e6, 2) if ordered else 0.0


def _shown(tally: Tally) -> dict[str, Any]:
    """First violations and the reasons of the unplanned, for whoever looks into it."""
    return {
        "violations": [
            {"rule": one.rule, "where": one.where, "detail": one.detail} for one in tally.found[:_SHOWN_MAX]
        ],
        "planted_missed": sorted(rule for rule, found in tally.planted.items() if not found),
        "unplanned_by_reason": dict(tally.unplanned.most_common()),
    }


def is_sound(result: Mapping[str, Any]) -> bool:
    """Whether the bars hold: nothing violated, nothing unexplained, every planted fault found, and where the optimum was
    proven, almost every promise equal to it.
    """
    values = {row["measure"]: row["value"] for row in result["rows"]}
    hurt = values.get("checker_violations") or values.get("unplanned_without_reason") or result.get("planted_missed")
    return not hurt and bool(result.get("exact_holds", True))


@click.command()
@click.option("--orders", default=10_000, show_default=True, help="How many random orders to plan.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same orders.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def main(orders: int, seed: int, *, as_json: bool) -> None:
    """Plan random orders over the seed world and check every plan. Exit code 1 when a rule is broken."""
    gc.freeze()
    result = run(orders, seed)
    if as_json:
        click.echo(orjson.dumps(result).decode())
    else:
        for row in result["rows"]:
            click.echo(f"{row['measure']:<28}{row['value']:>12} {row['unit']}")
    raise SystemExit(0 if is_sound(result) else 1)


if __name__ == "__main__":
    main()
