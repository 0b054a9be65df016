"""What comes beyond the order's tolerance is paid for only where the receiving party says so."""

from hypothesis import given as whenever
from hypothesis import strategies as st

from services.order.domain.commands import ConfirmDelivery, ReceiveDelivery
from services.order.domain.over_delivery import beyond_tolerance, payable_units
from services.order.domain.situations import Closed, Delivery, Running
from services.order.packs.terms import terms
from tests.support.order_world import NOW, a_shipment, placing
from tests.support.stories import Story
from tests.unit.order.domain.conftest import Situation, confirmed_with


def came(situation: Situation, *quantities: int) -> tuple[Story, list[str]]:
    """The order with deliveries of *quantities* at its door, and their ids."""
    step = situation.quote.options[0].steps[-1]
    shipments = [a_shipment(step, one, number) for number, one in enumerate(quantities, 1)]
    story = situation.story.after(*(ReceiveDelivery(one, terms()) for one in shipments))
    return story, [one.delivery_id for one in shipments]


def deliveries_of(story: Story) -> list[Delivery]:
    running = story.state.running if isinstance(story.state, Closed) else story.state
    assert isinstance(running, Running)
    return list(running.deliveries.values())


def payable(story: Story) -> int:
    return payable_units(deliveries_of(story), 12_000, terms())


def test_a_plain_yes_pays_up_to_the_tolerance_and_no_more(a_confirmed_order: Situation) -> None:
    story, (first,) = came(a_confirmed_order, 20_000)
    assert isinstance(story.state, Running)
    assert beyond_tolerance(story.state, story.state.deliveries[first], terms()) == 20_000 - 12_600
    assert payable(story.after(ConfirmDelivery(first, None, NOW))) == 12_600


def test_who_takes_the_rest_says_so_and_pays_for_it(a_confirmed_order: Situation) -> None:
    story, (first,) = came(a_confirmed_order, 20_000)
    assert payable(story.after(ConfirmDelivery(first, None, NOW, over_taken_by=terms()))) == 20_000
    assert payable(story.after(ConfirmDelivery(first, 13_000, NOW, over_taken_by=terms()))) == 13_000


def test_parts_count_together_and_each_part_is_decided_by_itself(a_confirmed_order: Situation) -> None:
    story, (first, second, third) = came(a_confirmed_order, 12_000, 1_000, 1_000)
    assert isinstance(story.state, Running)
    found = [beyond_tolerance(story.state, story.state.deliveries[one], terms()) for one in (first, second, third)]
    assert found == [0, 400, 1_000]
    story = story.after(ConfirmDelivery(first, None, NOW), ConfirmDelivery(second, None, NOW, over_taken_by=terms()))
    assert payable(story) == 13_000
    assert payable(story.after(ConfirmDelivery(third, None, NOW))) == 13_000


@whenever(st.lists(st.tuples(st.integers(1, 9_000), st.integers(0, 100), st.booleans()), min_size=1, max_size=6))
def test_nothing_is_paid_beyond_the_tolerance_that_was_not_taken(rows: list[tuple[int, int, bool]]) -> None:
    situation = confirmed_with(placing())
    story, ids = came(situation, *(quantity for quantity, _, _ in rows))
    for delivery_id, (quantity, percent, takes) in zip(ids, rows, strict=True):
        if isinstance(story.state, Running):
            confirm = ConfirmDelivery(delivery_id, quantity * percent // 100, NOW, terms() if takes else None)
            story = story.after(confirm)
    confirmed = sum(one.confirmed or 0 for one in deliveries_of(story))
    taken = sum(one.over_accepted for one in deliveries_of(story))
    assert payable(story) <= confirmed
    assert payable(story) <= 12_600 + taken
    if not any(takes for _, _, takes in rows):
        assert payable(story) <= 12_600
