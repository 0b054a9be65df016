"""Authority on offers of work: when a plant's own rules answer for it, and what may be answered when."""

from collections.abc import Iterable, Sequence
from typing import assert_never

from services.capacity.domain.refusals import Why
from services.capacity.domain.values import AutoAcceptRule
from services.capacity.domain.work_commands import (
    AcceptOffer,
    AgreeCounter,
    Bargaining,
    CounterOffer,
    DeclineOffer,
    MoveWork,
    OfferWork,
    RenewOffer,
    WithdrawWork,
)
from services.capacity.domain.work_events import (
    DECLINE_REASONS,
    OfferAccepted,
    OfferCountered,
    OfferDeclined,
    OfferRenewed,
    WorkMoved,
    WorkOffered,
    WorkOrderEvent,
    WorkWithdrawn,
)
from services.capacity.domain.work_identity import identity, live
from services.capacity.domain.work_state import Accepted, Closed, Countered, NoWork, Offered, Work
from shared.kernel.clock import instant_text
from shared.kernel.refusal import Refused


def accepts_at_once(rules: Iterable[AutoAcceptRule], offer: WorkOffered) -> bool:
    """Whether any rule's conditions hold for *offer*, all of its own together."""
    return any(_fits(rule, offer) for rule in rules)


def _fits(rule: AutoAcceptRule, offer: WorkOffered) -> bool:
    lead_hours = (offer.starts_at - offer.offered_at).total_seconds() // 3600
    return (
        (not rule.capabilities or offer.capability in rule.capabilities)
        and (not rule.quantity_max or offer.quantity_gross <= rule.quantity_max)
        and offer.price_fen >= rule.price_fen_min
        and lead_hours >= rule.lead_hours_min
    )


def bargain(command: Bargaining, work: Work) -> Sequence[WorkOrderEvent]:
    match command:
        case OfferWork():
            return _offer(command, work)
        case AcceptOffer():
            return _accept(command, work)
        case DeclineOffer():
            return _decline(command, work)
        case CounterOffer():
            return _counter(command, work)
        case AgreeCounter():
            return _agree(command, work)
        case RenewOffer():
            return _renew(command, work)
        case MoveWork():
            return _move(command, work)
        case WithdrawWork():
            return _withdraw(command, work)
        case _:
            assert_never(command)


def _offer(command: OfferWork, work: Work) -> Sequence[WorkOrderEvent]:
    offer = command.offer
    if not isinstance(work, NoWork):
        return []
    events: list[WorkOrderEvent] = [offer]
    if command.is_automatic:
        events.append(
            OfferAccepted(**identity(offer), plant_name=offer.plant_name, automatic=True, accepted_at=offer.offered_at)
        )
    return events


def _open(work: Work) -> Offered:
    """The offer while it waits. Raises Refused: UNKNOWN_OFFER, OFFER_WITHDRAWN, OFFER_ANSWERED."""
    if isinstance(work, Offered):
        return work
    if isinstance(work, NoWork):
        raise Refused(Why.UNKNOWN_OFFER)
    offer_id = work.terms.offer_id
    if isinstance(work, Closed):
        if work.how == "lapsed":
            raise Refused(Why.OFFER_EXPIRED, id=offer_id, answer_by=instant_text(work.terms.answer_by))
        if work.how == "declined":
            raise Refused(Why.OFFER_ANSWERED, id=offer_id, at=instant_text(work.at), answer="declined")
        raise Refused(Why.OFFER_WITHDRAWN, id=offer_id)
    if isinstance(work, Countered):
        at = instant_text(work.counter.countered_at)
        raise Refused(Why.OFFER_ANSWERED, id=offer_id, at=at, answer="countered")
    at = instant_text(work.accepted_at) if isinstance(work, Accepted) else ""
    raise Refused(Why.OFFER_ANSWERED, id=offer_id, at=at, answer="accepted")


def _accept(command: AcceptOffer, work: Work) -> Sequence[WorkOrderEvent]:
    terms = _open(work).terms
    if terms.answer_by <= command.at:
        raise Refused(Why.OFFER_EXPIRED, id=terms.offer_id, answer_by=instant_text(terms.answer_by))
    return [OfferAccepted(**identity(terms), plant_name=terms.plant_name, automatic=False, accepted_at=command.at)]


def _decline(command: DeclineOffer, work: Work) -> Sequence[WorkOrderEvent]:
    terms = _open(work).terms
    if command.reason not in DECLINE_REASONS:
        known = ", ".join(DECLINE_REASONS)
        raise Refused(Why.DECLINE_REASON_UNKNOWN, pointer="/reason", known=known, found=command.reason)
    return [
        OfferDeclined(
            **identity(terms),
            plant_name=terms.plant_name,
            reason=command.reason,
            note=command.note,
            declined_at=command.at,
        )
    ]


def _counter(command: CounterOffer, work: Work) -> Sequence[WorkOrderEvent]:
    """Once: who was answered may take the agreed terms or leave them, so that a buyer is not asked without end."""
    offered = _open(work)
    terms = offered.terms
    if terms.answer_by <= command.at:
        raise Refused(Why.OFFER_EXPIRED, id=terms.offer_id, answer_by=instant_text(terms.answer_by))
    if offered.is_renewed:
        raise Refused(Why.COUNTER_ANSWERED, id=terms.offer_id)
    if (command.price_fen, command.starts_at) == (terms.price_fen, terms.starts_at):
        raise Refused(Why.COUNTER_EMPTY)
    return [
        OfferCountered(
            **identity(terms),
            plant_name=terms.plant_name,
            replan_id=command.replan_id,
            price_fen=command.price_fen,
            starts_at=command.starts_at,
            ends_at=command.ends_at,
            note=command.note,
            countered_at=command.at,
        )
    ]


def _agree(command: AgreeCounter, work: Work) -> Sequence[WorkOrderEvent]:
    if not isinstance(work, Countered):
        return []
    counter, about = work.counter, identity(work.terms)
    about["slot_id"] = command.slot_id
    return [
        WorkMoved(
            **about,
            starts_at=counter.starts_at,
            ends_at=counter.ends_at,
            setup_seconds=command.setup_seconds,
            price_fen=counter.price_fen,
            destinations=command.destinations,
            moved_at=command.at,
        ),
        OfferAccepted(**about, plant_name=work.terms.plant_name, automatic=True, accepted_at=command.at),
    ]


def _renew(command: RenewOffer, work: Work) -> Sequence[WorkOrderEvent]:
    if not isinstance(work, Countered):
        return []
    return [OfferRenewed(**identity(work.terms), answer_by=command.answer_by, renewed_at=command.at)]


def _move(command: MoveWork, work: Work) -> Sequence[WorkOrderEvent]:
    found = live(work)
    about = identity(found.terms)
    about["slot_id"] = command.slot_id
    return [
        WorkMoved(
            **about,
            starts_at=command.starts_at,
            ends_at=command.ends_at,
            setup_seconds=command.setup_seconds,
            price_fen=command.price_fen,
            destinations=command.destinations,
            moved_at=command.at,
        )
    ]


def _withdraw(command: WithdrawWork, work: Work) -> Sequence[WorkOrderEvent]:
    """What has started is made to its end; what has ended already needs no word."""
    if not isinstance(work, Offered | Countered | Accepted):
        return []
    return [WorkWithdrawn(**identity(work.terms), reason=command.reason, withdrawn_at=command.at)]
