"""A quarter of the seed world under one wish: every buyer takes the cheapest option, or the fastest, or the balanced one.

The same orders by the demand model each time; what it costs all buyers together, and how long lines are being set up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services.bench.checking.world import CheckedWorld
from services.bench.planning_world import checked_world, planning_board
from services.bench.plans import book
from services.bench.random_orders import random_orders
from services.capacity.domain.board import Board
from services.capacity.domain.matching.match import match
from services.capacity.domain.matching.problem import Matched
from services.capacity.domain.matching.rules import standard_rules
from shared.contracts.planning import PlanOption
from shared.kernel.ids import derived_id

WISHES = ("cheapest", "fastest", "balanced")
ORDERS = 500
_DAYS = 90


@dataclass
class Quarter:
    """*setup_seconds* of all steps booked, *price_fen* of all options taken, before VAT."""

    orders: int = 0
    booked: int = 0
    late: int = 0
    setup_seconds: int = 0
    price_fen: int = 0
    lead: timedelta = timedelta()


def run(seed: int, progress: Callable[[int], None] = lambda _: None, orders: int = ORDERS) -> list[dict[str, Any]]:
    """Rows of one quarter a wish."""
    rows: list[dict[str, Any]] = []
    for number, wish in enumerate(WISHES):
        quarter = _quarter(wish, seed, orders, progress, number * orders)
        rows += _rows(wish, quarter)
    return rows


def _quarter(wish: str, seed: int, orders: int, progress: Callable[[int], None], done: int) -> Quarter:
    board: Board = planning_board()
    world: CheckedWorld = checked_world()
    found = Quarter()
    for number, (at, demand) in enumerate(random_orders(orders, seed, _DAYS)):
        found.orders += 1
        quote_id = derived_id("quo", demand.order_id)
        answer = match(demand, board, at, standard_rules(), quote_id=quote_id)
        if isinstance(answer, Matched):
            option = next(one for one in answer.options if wish in one.labels)
            _count(found, option)
            found.lead += option.promise_at - at
            book(board, world, answer, option, (at, quote_id))
        progress(done + number + 1)
    return found


def _count(found: Quarter, option: PlanOption) -> None:
    found.booked += 1
    found.late += option.slack_minutes < 0
    found.setup_seconds += sum(step.setup_seconds for step in option.steps)
    found.price_fen += option.price_fen


def _rows(wish: str, quarter: Quarter) -> list[dict[str, Any]]:
    lead_days = quarter.lead / timedelta(days=1) / max(1, quarter.booked)
    return [
        {"measure": f"quarter_{wish}_booked", "value": quarter.booked, "unit": f"of {quarter.orders}"},
        {"measure": f"quarter_{wish}_late", "value": quarter.late, "unit": "orders"},
        {"measure": f"quarter_{wish}_setup", "value": round(quarter.setup_seconds / 3_600), "unit": "h"},
        {"measure": f"quarter_{wish}_price", "value": quarter.price_fen // 100, "unit": "CNY"},
        {"measure": f"quarter_{wish}_lead", "value": round(lead_days, 2), "unit": "days"},
    ]
