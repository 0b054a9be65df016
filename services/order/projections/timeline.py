"""What has happened to this order, in words? Told from its own stream each time: no table, never behind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.order.domain import events
from shared.eventstore.port import Recorded
from shared.kernel.clock import LOCAL_ZONE
from shared.kernel.event import Event


@dataclass(frozen=True, slots=True)
class Entry:
    """*what* is the stored type without version; *by*: buyer, plants or platform."""

    position: int
    at: datetime
    what: str
    by: str
    zh: str
    en: str


def list_entries(story: Sequence[Recorded]) -> list[Entry]:
    return [entry for one in story if (entry := entry_of(one)) is not None]


def entry_of(recorded: Recorded) -> Entry | None:
    """The line of one event, None for an event that says nothing to people."""
    tell = _TOLD.get(type(recorded.event))
    if tell is None:
        return None
    by, zh, en = tell(recorded.event)
    return Entry(recorded.position, recorded.cause.at, recorded.type.rpartition(".")[0], by, zh, en)


Told = tuple[str, str, str]


def _day(at: datetime) -> str:
    return f"{at.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M}"


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


def _placed(event: events.OrderPlaced) -> Told:
    first = event.lines[0].demand
    zh = (
        f"下单：{event.lines[0].product_zh} {first.quantity_net:,} {first.unit}，要求 {_day(event.requested_by)} 前交货"
    )
    en = f"placed: {event.lines[0].product_en}, {first.quantity_net:,} {first.unit}, wanted by {_day(event.requested_by)}"
    return "buyer", zh, en


def _planning(event: events.PlanningRequested) -> Told:
    return "platform", f"第 {event.attempt} 次排产", f"plan no. {event.attempt} asked for ({event.why})"


def _quoted(event: events.QuoteReceived) -> Told:
    cheapest = min((one.price_fen for one in event.options), default=0)
    zh = f"报价 {len(event.options)} 个方案，{_yuan(cheapest)} 元起，锁定至 {_day(event.expires_at)}"
    en = f"quoted: {len(event.options)} option(s) from CNY {_yuan(cheapest)}, held until {_day(event.expires_at)}"
    return "platform", zh, en


def _failed(event: events.PlanningFailed) -> Told:
    codes = ", ".join(sorted({one.code.value for one in event.reasons})) or "-"
    return "platform", f"无法排产：{codes}", f"no plan: {codes}"


def _set_aside(event: events.QuoteSetAside) -> Told:
    return "platform", f"报价作废（{event.why}）", f"quote set aside ({event.why})"


def _accepted(_: events.QuoteAccepted) -> Told:
    return "buyer", "接受报价", "quote accepted"


def _lost(_: events.QuoteLost) -> Told:
    return "platform", "产能已被占用，重新询价", "the capacity was taken; asked again"


def _confirmed(event: events.OrderConfirmed) -> Told:
    option = event.option
    names = "、".join(sorted({one.plant_name for one in option.steps}))
    zh = f"已确认：{names}，{_day(option.promise_at)} 交货，{_yuan(option.price_fen)} 元"
    en = f"confirmed: {names}, delivery {_day(option.promise_at)}, CNY {_yuan(option.price_fen)}"
    return "platform", zh, en


def _changed(event: events.OrderChanged) -> Told:
    return "buyer", f"变更订单（费用 {_yuan(event.fee_fen)} 元）", f"changed (fee CNY {_yuan(event.fee_fen)})"


def _cancelled(event: events.OrderCancelled) -> Told:
    return "buyer", f"取消订单（费用 {_yuan(event.fee_fen)} 元）", f"cancelled (fee CNY {_yuan(event.fee_fen)})"


def _answered(event: events.PlantAnswered) -> Told:
    zh = {"accepted": "接单", "declined": "拒单", "countered": "还价"}[event.answer]
    return "plant", f"{event.plant_name} {zh}", f"{event.plant_name} {event.answer}"


def _moved(event: events.PlanMoved) -> Told:
    zh = f"计划调整（{event.cause}），交期 {_day(event.new_promise_at)}"
    return "platform", zh, f"plan moved ({event.cause}), delivery {_day(event.new_promise_at)}"


def _asked(event: events.ReplanAsked) -> Told:
    zh = f"计划有变（{event.cause}）：{_day(event.old_promise_at)} → {_day(event.new_promise_at)}，请在 {_day(event.answer_by)} 前答复，默认 {event.default_choice}"
    en = (
        f"plan would change ({event.cause}): {_day(event.old_promise_at)} -> {_day(event.new_promise_at)};"
        f" answer by {_day(event.answer_by)}, else {event.default_choice}"
    )
    return "platform", zh, en


def _replan_answered(event: events.ReplanAnswered) -> Told:
    by = "platform" if event.by_default else "buyer"
    return by, f"重排产答复：{event.choice}", f"replan answered: {event.choice}"


def _supply(event: events.SupplyArrived) -> Told:
    zh = f"来料 {event.item}：{event.quantity:,} / {event.expected:,} {event.unit}"
    return "buyer", zh, f"material {event.item}: {event.quantity:,} of {event.expected:,} {event.unit}"


def _short(event: events.SupplyFellShort) -> Told:
    return "platform", f"来料 {event.item} 不足，请决定", f"material {event.item} is short; the buyer decides"


def _work(event: events.WorkMoved) -> Told:
    zh = f"工序 {event.state}：合格 {event.good:,}，报废 {event.scrap:,} {event.unit}"
    return "plant", zh, f"work {event.state}: {event.good:,} good, {event.scrap:,} scrap {event.unit}"


def _arrived(event: events.DeliveryArrived) -> Told:
    return "plant", f"到货 {event.quantity:,} {event.unit}", f"delivered {event.quantity:,} {event.unit}"


def _delivered(_: events.OrderDelivered) -> Told:
    return "platform", "全部到货，待确认", "all delivered, to be confirmed"


def _delivery_confirmed(event: events.DeliveryConfirmed) -> Told:
    return "buyer", f"确认收货 {event.quantity:,} {event.unit}", f"receipt confirmed: {event.quantity:,} {event.unit}"


def _disputed(_: events.DeliveryDisputed) -> Told:
    return "buyer", "对交货提出异议", "delivery disputed"


def _closed(_: events.OrderClosed) -> Told:
    return "platform", "订单完成", "closed"


_TOLD: Mapping[type[Event], Callable[[Any], Told]] = {
    events.OrderPlaced: _placed,
    events.PlanningRequested: _planning,
    events.QuoteReceived: _quoted,
    events.PlanningFailed: _failed,
    events.QuoteSetAside: _set_aside,
    events.QuoteAccepted: _accepted,
    events.QuoteLost: _lost,
    events.OrderConfirmed: _confirmed,
    events.OrderChanged: _changed,
    events.OrderCancelled: _cancelled,
    events.PlantAnswered: _answered,
    events.PlanMoved: _moved,
    events.ReplanAsked: _asked,
    events.ReplanAnswered: _replan_answered,
    events.SupplyArrived: _supply,
    events.SupplyFellShort: _short,
    events.WorkMoved: _work,
    events.DeliveryArrived: _arrived,
    events.OrderDelivered: _delivered,
    events.DeliveryConfirmed: _delivery_confirmed,
    events.DeliveryDisputed: _disputed,
    events.OrderClosed: _closed,
}
