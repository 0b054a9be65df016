"""Money: prices confirmed equal those shown, sums are sums, and fees are those that the terms and the plan lead to."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from services.capacity.domain import plan_events as plans
from services.order.domain import events as orders
from services.order.packs.terms import terms
from services.sim.invariants.book import Book, Past
from shared.contracts.planning import PlannedStep, PlanOption
from shared.contracts.remaining import Agreed, Part, last_steps, part_of, without
from shared.eventstore.port import Recorded

_PPM = 1_000_000
_VAT_PERCENT = 13
_BEGUN = frozenset({"in_progress", "completed", "released", "blocked", "shipped"})


class Prices(Book):
    """Every quote as its buyer saw it, and what became of it."""

    name = "prices as shown"

    def __init__(self, past: Past) -> None:
        super().__init__(past)
        self._shown: dict[str, dict[str, PlanOption]] = {}
        self._accepted: dict[str, str] = {}
        self.entries = {
            plans.QuoteOffered: self._offered,
            orders.QuoteReceived: self._received,
            orders.QuoteAccepted: self._taken,
            orders.OrderConfirmed: self._confirmed,
            plans.PlanConfirmed: self._confirmed,
        }

    def _offered(self, event: plans.QuoteOffered, recorded: Recorded) -> Iterator[str]:
        for one in event.options:
            total = sum(step.price_fen for step in one.steps) + sum(trip.price_fen for trip in one.trips)
            if total != one.price_fen:
                yield f"capacity/{recorded.position}: {one.option_id} costs {one.price_fen} fen, its parts {total}"
            vat = (2 * one.price_fen * _VAT_PERCENT + 100) // 200
            if one.vat_fen != vat:
                yield f"capacity/{recorded.position}: VAT of {one.option_id} is {one.vat_fen} fen, not {vat}"

    def _received(self, event: orders.QuoteReceived, _: Recorded) -> Iterator[str]:
        self._shown[event.quote_id] = {one.option_id: one for one in event.options}
        yield from ()

    def _taken(self, event: orders.QuoteAccepted, recorded: Recorded) -> Iterator[str]:
        self._accepted[event.quote_id] = event.option_id
        if event.option_id not in self._shown.get(event.quote_id, {}):
            yield f"order/{recorded.position}: an option of {event.quote_id} is accepted that was never shown"

    def _confirmed(self, event: orders.OrderConfirmed | plans.PlanConfirmed, recorded: Recorded) -> Iterator[str]:
        shown = self._shown.get(event.quote_id, {}).get(event.option.option_id)
        if self._accepted.get(event.quote_id) != event.option.option_id:
            yield f"{recorded.stream}: {event.quote_id} is confirmed with an option nobody accepted"
        if shown != event.option:
            yield f"{recorded.stream}: {event.quote_id} is confirmed at other terms than were shown"


class Fees(Book):
    """What each order has booked and begun, to say what cancelling or changing it costs at a moment."""

    name = "fees as previewed"

    def __init__(self, past: Past) -> None:
        super().__init__(past)
        self._booked: dict[str, tuple[list[PlannedStep], int]] = {}
        self._asked: dict[str, orders.ReplanAsked] = {}
        self._begun: dict[str, set[str]] = {}
        self._given_up: dict[str, set[Part]] = {}
        self._short: dict[str, int] = {}
        self._changes: dict[str, tuple[orders.OrderChanged, Recorded]] = {}
        self.entries = {
            orders.OrderConfirmed: self._confirmed,
            orders.PlanMoved: self._moved,
            orders.ReplanAsked: self._question,
            orders.ReplanAnswered: self._answered,
            orders.WorkMoved: self._worked,
            orders.DeliveryArrived: self._came_to_door,
            orders.PartsCancelled: self._parts_ended,
            orders.OrderCancelled: self._cancelled,
            orders.SupplyArrived: self._came,
            orders.OrderChanged: self._changed,
            orders.PlanningRequested: self._planned_anew,
        }

    def _confirmed(self, event: orders.OrderConfirmed, _: Recorded) -> Iterator[str]:
        self._booked[event.order_id] = event.option.steps, event.option.price_fen
        self._given_up.pop(event.order_id, None)
        planned = {one.process_id for one in event.option.steps}
        self._begun[event.order_id] = self._begun.get(event.order_id, set()) & planned
        self._asked.pop(event.order_id, None)
        yield from ()

    def _moved(self, event: orders.PlanMoved, _: Recorded) -> Iterator[str]:
        self._book(event)
        self._asked.pop(event.order_id, None)
        yield from ()

    def _question(self, event: orders.ReplanAsked, _: Recorded) -> Iterator[str]:
        self._asked[event.order_id] = event
        yield from ()

    def _answered(self, event: orders.ReplanAnswered, recorded: Recorded) -> Iterator[str]:
        asked = self._asked.pop(event.order_id, None)
        if asked is None or asked.replan_id != event.replan_id:
            yield f"order/{recorded.position}: {event.replan_id} is answered that was not asked"
            return
        if event.by_default and (event.choice != asked.default_choice or event.answered_at < asked.answer_by):
            yield f"order/{recorded.position}: the default of {event.replan_id} is {event.choice} too early or wrongly"
        if event.choice == "accept":
            self._book(asked)

    def _book(self, plan: orders.PlanMoved | orders.ReplanAsked) -> None:
        """A plan that was on its way when parts were given up does not bring them back."""
        gone = self._given_up.get(plan.order_id, set())
        ended = {one.process_id for one in plan.steps if part_of(one) in gone}
        rest = without(Agreed(plan.steps, plan.trips, plan.new_price_fen, plan.new_promise_at), ended)
        self._booked[plan.order_id] = list(rest.steps), rest.price_fen

    def _worked(self, event: orders.WorkMoved, _: Recorded) -> Iterator[str]:
        begun = self._begun.setdefault(event.order_id, set())
        if event.state in _BEGUN:
            begun.add(event.process_id)
        else:
            begun.discard(event.process_id)
        yield from ()

    def _cancelled(self, event: orders.OrderCancelled, recorded: Recorded) -> Iterator[str]:
        due = 0 if event.why != "buyer" else self._cancellation(event.order_id, event.cancelled_at)
        if event.fee_fen != due:
            yield f"order/{recorded.position}: cancelling {event.order_id} costs {event.fee_fen} fen, not {due}"

    def _cancellation(self, order_id: str, at: datetime) -> int:
        if order_id not in self._booked:
            return 0
        """None for what is made to its end and paid as it comes, nor for what its buyer is being asked about."""
        (steps, price), figures = self._booked[order_id], terms().cancellation
        begun, asked = self._begun.get(order_id, set()), self._asked.get(order_id)
        coming = {part_of(one) for one in last_steps(steps) if one.process_id in begun}
        broken = set() if asked is None else {part_of(one) for one in steps if one.process_id in asked.asked_about}
        total = 0
        for step in steps:
            if part_of(step) in coming | broken:
                continue
            near = step.starts_at <= at + timedelta(hours=48)
            share = figures.fenced_ppm if near else figures.booked_ppm
            if step.process_id in self._begun.get(order_id, ()):
                share = figures.started_ppm
            total += _half_up(step.price_fen * share)
        return min(total, price)

    def _came_to_door(self, event: orders.DeliveryArrived, _: Recorded) -> Iterator[str]:
        self._begun.setdefault(event.order_id, set()).add(event.process_id)
        yield from ()

    def _parts_ended(self, event: orders.PartsCancelled, recorded: Recorded) -> Iterator[str]:
        """Without a fee, for no more than before, and only what no begun last step will bring."""
        steps, price = self._booked[event.order_id]
        rest = [one for one in steps if one.process_id not in event.process_ids]
        begun = self._begun.get(event.order_id, set())
        if event.fee_fen or event.price_fen > price:
            yield f"order/{recorded.position}: giving parts of {event.order_id} up costs {event.fee_fen} fen or more"
        if event.why != "overdue" and any(one.process_id in begun for one in last_steps(steps) if one not in rest):
            yield f"order/{recorded.position}: {event.order_id} gives up what is being made to its end"
        gone = {part_of(one) for one in steps if one not in rest}
        self._given_up[event.order_id] = self._given_up.get(event.order_id, set()) | gone
        self._booked[event.order_id] = rest, event.price_fen
        self._asked.pop(event.order_id, None)

    def _came(self, event: orders.SupplyArrived, recorded: Recorded) -> Iterator[str]:
        if event.quantity < event.expected:
            self._short[event.order_id] = recorded.version
        yield from ()

    def _changed(self, event: orders.OrderChanged, recorded: Recorded) -> Iterator[str]:
        """Why it was changed stands in the request for a plan that follows."""
        self._changes[event.order_id] = event, recorded
        yield from ()

    def _planned_anew(self, event: orders.PlanningRequested, _: Recorded) -> Iterator[str]:
        """A change before anything is booked is free, and so is one that the short material before it led to."""
        if event.order_id not in self._changes:
            return
        changed, recorded = self._changes.pop(event.order_id)
        is_short = event.why == "short_supply"
        if is_short and self._short.get(event.order_id) != recorded.version - 1:
            yield f"order/{recorded.position}: {event.order_id} is reduced though nothing came short"
        due = 0 if is_short else self._change(event.order_id, changed.changed_at)
        if changed.fee_fen != due:
            yield f"order/{recorded.position}: changing {event.order_id} costs {changed.fee_fen} fen, not {due}"

    def _change(self, order_id: str, at: datetime) -> int:
        if order_id not in self._booked:
            return 0
        (steps, price), figures = self._booked[order_id], terms().change
        near = min(one.starts_at for one in steps) <= at + timedelta(hours=48)
        return max(figures.minimum_fen, _half_up(price * (figures.fenced_ppm if near else figures.booked_ppm)))

    def settled(self) -> Iterator[str]:
        """A change and its request for a plan are one append."""
        changes, self._changes = self._changes, {}
        for order_id, (_, recorded) in changes.items():
            yield f"order/{recorded.position}: {order_id} is changed and no plan is asked for"


def _half_up(part: int) -> int:
    return (2 * part + _PPM) // (2 * _PPM)
