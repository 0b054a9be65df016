"""Random orders after the trade's own figures: seasons, log-normal quantities, lead times, limits of many kinds."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from services.capacity.domain.matching.problem import Demand
from services.order.domain.catalogue import Product
from services.order.domain.tailoring import tailor
from services.order.packs.loader import catalogue
from shared.contracts.explosion import explode
from shared.contracts.planning import DemandLine, Limits, Place, Supply
from shared.kernel.clock import LOCAL_ZONE
from shared.kernel.ids import derived_id
from shared.kernel.refusal import Refused
from shared.kernel.units import Quantity
from shared.reference.places import districts

_MONTHS = (0.7, 0.6, 0.8, 0.9, 1.2, 1.4, 1.5, 1.5, 1.2, 0.9, 0.7, 0.6)  # January first
_KINDS = ("packaging",) * 55 + ("drink",) * 35 + ("service",) * 10
_MEDIAN, _SIGMA, _MEDIAN_OF_SERVICES = 20_000, 1.6, 20
_MINDFUL_SHARE = 0.7
_QUANTITY_MAX = 5_000_000
_BEGIN = datetime(2026, 12, 1, 1, tzinfo=UTC)
_DAYS = 360


def random_orders(count: int, seed: int, days: int = _DAYS) -> Iterator[tuple[datetime, Demand]]:
    """*count* orders over *days*, by default a year, ascending by the instant at which they are placed. Same seed, same orders."""
    chance = random.Random(seed)
    at, step = _BEGIN, timedelta(days=days) / max(1, count)
    for number in range(count):
        month = at.astimezone(LOCAL_ZONE).month
        at += step * chance.expovariate(1.0) / _MONTHS[month - 1] * (sum(_MONTHS) / 12)
        yield at, _order(chance, number, at)


def _order(chance: random.Random, number: int, at: datetime) -> Demand:
    order_id = derived_id("ord", number)
    buyer = f"org_buyer{chance.randrange(40)}"
    lines: list[DemandLine] = []
    supplies: list[Supply] = []
    lead = 7
    for index in range(2 if chance.random() < 0.1 else 1):
        product = _product(chance)
        supplied = _supplied(chance, product)
        name = derived_id("orl", number, index)
        line = _line(chance, product, name, buyer, supplied)
        lines.append(line)
        supplies += _supplies(chance, line, at)
        lead = max(lead, chance.randint(7, 45))
    return Demand(
        order_id=order_id,
        buyer_org_id=buyer,
        lines=lines,
        deliver_to=Place(chance.choice(list(districts()))),
        earliest_start_at=at + timedelta(hours=chance.choice([0, 0, 24, 72])),
        requested_by=at + timedelta(days=lead),
        limits=_limits(chance),
        supplies=supplies,
    )


def _product(chance: random.Random) -> Product:
    kind = chance.choice(_KINDS)
    return chance.choice([one for one in catalogue().products.values() if one.kind == kind])


def _supplied(chance: random.Random, product: Product) -> frozenset[str]:
    """Items the buyer brings: seldom, unless the product cannot be made without."""
    brought = sorted(
        {
            one.item
            for variant in product.variants
            for step in variant.steps
            for one in step.inputs
            if one.item and (one.source == "buyer" or chance.random() < 0.02)
        }
    )
    return frozenset(brought) if brought and chance.random() < 0.2 else frozenset()


def _line(chance: random.Random, product: Product, name: str, buyer: str, supplied: frozenset[str]) -> DemandLine:
    quantity = Quantity(_quantity(chance, product), product.unit)
    while True:
        chosen = {
            one.code: f"art-{chance.randrange(200)}" if one.kind == "text" else chance.choice(sorted(one.choices))
            for one in product.options
            if one.code != "health_claim"
        }
        try:
            return tailor(
                product, chosen, quantity, order_line_id=name, buyer_org_id=buyer, supplied=supplied, pointer=""
            ).demand
        except Refused as refused:
            if refused.why.value == "SUPPLY_MISSING":
                supplied = frozenset(str(refused.facts["items"]).split(", "))


def _quantity(chance: random.Random, product: Product) -> int:
    median = _MEDIAN_OF_SERVICES if product.kind == "service" else _MEDIAN
    wanted = int(chance.lognormvariate(0, _SIGMA) * median)
    if chance.random() < _MINDFUL_SHARE:  # buyers who look at the usual minimum before they ask
        wanted += min((one.usual_minimum for one in product.variants), default=0)
    return max(1, min(_QUANTITY_MAX, wanted))


def _supplies(chance: random.Random, line: DemandLine, at: datetime) -> list[Supply]:
    """Enough for the hungriest variant, twice over for the losses of parts; sometimes too little."""
    needed: dict[tuple[str, str], int] = {}
    for variant in line.variants:
        for need in explode(variant.steps, line.quantity_net).needs:
            if need.source == "buyer":
                key = (need.item, need.unit)
                needed[key] = max(needed.get(key, 0), need.quantity)
    share = 2.0 if chance.random() < 0.8 else 0.5
    when = at + timedelta(days=chance.randint(1, 6))
    return [Supply(item, int(quantity * share) + 1, unit, when) for (item, unit), quantity in needed.items()]


def _limits(chance: random.Random) -> Limits:
    def seldom(share: float) -> bool:
        return chance.random() < share

    return Limits(
        price_fen_max=chance.choice(_PRICES) if seldom(0.08) else None,
        partial_ok=seldom(0.3),
        split_ok=not seldom(0.15),
        one_plant_only=seldom(0.1),
        plants_max=chance.choice([1, 2, 3]) if seldom(0.08) else None,
        delta_e_tenths_max=20 if seldom(0.3) else None,
    )


_PRICES: Sequence[int] = (200_000, 1_000_000, 5_000_000)
