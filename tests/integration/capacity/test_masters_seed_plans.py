"""The seed plants can make what the packs sell: every variant of every product finds lines, and P09's licence bites."""

from datetime import UTC, datetime, timedelta

import pytest

from services.capacity.domain.board import Board
from services.capacity.domain.matching.match import match
from services.capacity.domain.matching.problem import Demand, Matched, Unmatched
from services.capacity.domain.matching.rules import standard_rules
from services.demo.seed_workbooks import seed_plants
from services.order.domain.catalogue import Product, ProductVariant
from services.order.domain.tailoring import tailor
from services.order.packs.loader import catalogue
from shared.contracts.planning import DemandLine, Limits, Place, Supply
from shared.contracts.reasons import ReasonCode
from shared.kernel.principal import Role
from shared.kernel.units import Quantity
from tests.support.master_app import a_plant, master_app, send_workbook
from tests.support.masters import NOW

BUYER = "org_buyer"
WANTED_BY = datetime(2027, 1, 25, tzinfo=UTC)


@pytest.fixture(scope="module")
def board() -> Board:
    """All lines of the seed world, published over HTTP and folded from the log."""
    app = master_app()
    for plant in seed_plants().values():
        caller = app.caller(Role.FACTORY, int(plant.code[1:]))
        plant_id = a_plant(caller, plant.code, plant.district, plant.name)
        assert send_workbook(caller, plant_id, plant.workbook).status_code == 200
    found = Board()
    for recorded in app.log.read_all():
        found.apply(recorded.event, recorded.version)
    return found


def variants() -> list[tuple[Product, ProductVariant]]:
    return [(product, one) for product in catalogue().products.values() for one in product.variants]


def ordered(product: Product, variant: ProductVariant, quantity: int) -> tuple[DemandLine, list[Supply]]:
    """A line that only *variant* makes, and all that the buyer must bring for it."""
    chosen = {code: values[-1] for code, values in variant.when.items()}
    chosen |= {one.code: next(iter(one.choices), "a-1") for one in product.options if one.required}
    items = {one.item: one for step in variant.steps for one in step.inputs if one.item and one.source == "buyer"}
    line = tailor(
        product,
        chosen,
        Quantity(quantity, product.unit),
        order_line_id="orl_1",
        buyer_org_id=BUYER,
        supplied=frozenset(items),
        pointer="",
    ).demand
    only = [one for one in line.variants if one.code == variant.code]
    supplies = [Supply(code, 10**9, one.unit, NOW) for code, one in items.items()]
    return DemandLine(line.order_line_id, line.product_id, line.quantity_net, line.unit, only), supplies


def planned(board: Board, line: DemandLine, supplies: list[Supply], at: datetime = NOW) -> Matched | Unmatched:
    demand = Demand(
        order_id="ord_1",
        buyer_org_id=BUYER,
        lines=[line],
        deliver_to=Place("420100"),
        earliest_start_at=at,
        requested_by=WANTED_BY,
        limits=Limits(),
        supplies=supplies,
    )
    return match(demand, board, at, standard_rules(), quote_id="quo_1")


@pytest.mark.parametrize(
    ("product", "variant"), variants(), ids=lambda one: one.product_id if isinstance(one, Product) else one.code
)
def test_a_usual_minimum_is_made_somewhere_in_time(board: Board, product: Product, variant: ProductVariant) -> None:
    line, supplies = ordered(product, variant, variant.usual_minimum + 1)
    found = planned(board, line, supplies)
    assert isinstance(found, Matched), (found.reasons, found.relaxation)
    assert min(one.promise_at for one in found.options) <= WANTED_BY


def test_hot_filling_after_the_licence_ends_is_refused_with_the_reason(board: Board) -> None:
    product, variant = next(
        (product, one) for product, one in variants() if any(step.capability == "FILL_HOT_PET" for step in one.steps)
    )
    line, supplies = ordered(product, variant, 50_000)
    found = planned(board, line, supplies, NOW + timedelta(days=20))
    assert isinstance(found, Unmatched)
    assert ReasonCode.LICENCE_EXPIRES in {one.code for one in found.reasons}
