"""What has happened to this order, in words? Told from its own stream each time: no table, never behind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.order.domain import events
from services.order.projections.story_names import Names
from shared.contracts.reason_words import reason_title
from shared.eventstore.port import Recorded
from shared.kernel.clock import LOCAL_ZONE
from shared.kernel.event import Event
from shared.kernel.local_days import local_day_of

_STATES = {
    "confirmed": "已排产",
    "in_progress": "生产中",
    "completed": "已完工",
    "released": "检验放行",
    "blocked": "检验冻结",
    "shipped": "已发运",
    "cancelled": "已取消",
}
_CAUSES = {
    "declined": "工厂拒单",
    "countered": "工厂还价",
    "breakdown": "设备故障",
    "short_supply": "来料不足",
    "power_limit": "限电",
    "no_show": "工厂未按时开工",
    "under_delivery": "放行数量不足，补产",
    "moved": "工厂调整时段",
    "missing_material": "来料未到",
    "late_input": "上道工序延误",
}
_CHOICES = {
    "accept": "接受",
    "keep_terms": "维持原条件，改询下一家工厂",
    "take_less": "按现有数量收货",
    "cancel": "取消",
}
_SET_ASIDE = {"expired": "已过期", "outdated": "已过时", "replaced": "已换新", "cancelled": "已取消"}


@dataclass(frozen=True, slots=True)
class Entry:
    """*position* in the order's own story; *what* is the stored type without version; *by*: buyer, plants, platform."""

    position: int
    at: datetime
    what: str
    by: str
    zh: str
    en: str


def list_entries(story: Sequence[Recorded], names: Names) -> list[Entry]:
    return [entry for one in story if (entry := entry_of(one, names)) is not None]


def entry_of(recorded: Recorded, names: Names) -> Entry | None:
    """The line of one event, None for an event that says nothing to people. *names* has learnt what came before."""
    names.learn(recorded.event)
    tell = _TOLD.get(type(recorded.event))
    if tell is None:
        return None
    by, zh, en = tell(recorded.event, names)
    return Entry(recorded.version, recorded.cause.at, recorded.type.rpartition(".")[0], by, zh, en)


Told = tuple[str, str, str]


def _day(at: datetime) -> str:
    return f"{at.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M}"


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


def _placed(event: events.OrderPlaced, names: Names) -> Told:
    first = event.lines[0].demand
    zh = f"下单：{event.lines[0].product_zh} {first.quantity_net:,} {names.unit(first.unit)}，要求 {_day(event.requested_by)} 前交货"
    en = f"placed: {event.lines[0].product_en}, {first.quantity_net:,} {first.unit}, wanted by {_day(event.requested_by)}"
    return "buyer", zh, en


def _planning(event: events.PlanningRequested, _: Names) -> Told:
    return "platform", f"第 {event.attempt} 次排产", f"plan no. {event.attempt} asked for ({event.why})"


def _quoted(event: events.QuoteReceived, _: Names) -> Told:
    cheapest = min((one.price_fen for one in event.options), default=0)
    zh = f"报价 {len(event.options)} 个方案，{_yuan(cheapest)} 元起，锁定至 {_day(event.expires_at)}"
    options = f"{len(event.options)} option" + ("" if len(event.options) == 1 else "s")
    en = f"quoted: {options} from CNY {_yuan(cheapest)}, held until {_day(event.expires_at)}"
    return "platform", zh, en


def _failed(event: events.PlanningFailed, _: Names) -> Told:
    codes = sorted({one.code for one in event.reasons})
    zh, en = "；".join(reason_title(one, "zh") for one in codes), "; ".join(reason_title(one, "en") for one in codes)
    return "platform", f"无法排产：{zh or '-'}", f"no plan: {en or '-'}"


def _set_aside(event: events.QuoteSetAside, _: Names) -> Told:
    return "platform", f"报价作废（{_SET_ASIDE[event.why]}）", f"quote set aside ({event.why})"


def _accepted(_: events.QuoteAccepted, __: Names) -> Told:
    return "buyer", "接受报价", "quote accepted"


def _lost(_: events.QuoteLost, __: Names) -> Told:
    return "platform", "产能已被占用，重新询价", "the capacity was taken; asked again"


def _confirmed(event: events.OrderConfirmed, _: Names) -> Told:
    option = event.option
    plants = sorted({one.plant_name for one in option.steps})
    zh = f"已确认：{'、'.join(plants)}，{_day(option.promise_at)} 交货，{_yuan(option.price_fen)} 元"
    en = f"confirmed: {', '.join(plants)}, delivery {_day(option.promise_at)}, CNY {_yuan(option.price_fen)}"
    return "platform", zh, en


def _changed(event: events.OrderChanged, _: Names) -> Told:
    if event.automatic:
        return "platform", "来料不足，按来料减少数量", "planned for less, as less material came"
    return "buyer", f"变更订单（费用 {_yuan(event.fee_fen)} 元）", f"changed (fee CNY {_yuan(event.fee_fen)})"


def _cancelled(event: events.OrderCancelled, _: Names) -> Told:
    by = "platform" if event.by_default else "buyer"
    return by, f"取消订单（费用 {_yuan(event.fee_fen)} 元）", f"cancelled (fee CNY {_yuan(event.fee_fen)})"


def _parts_cancelled(event: events.PartsCancelled, _: Names) -> Told:
    by = "platform" if event.by_default else "buyer"
    fee, price = _yuan(event.fee_fen), _yuan(event.price_fen)
    zh = f"取消未生产部分（费用 {fee} 元），其余照常：{price} 元，交期 {_day(event.promise_at)}"
    en = (
        f"what was not made of it cancelled (fee CNY {fee});"
        f" the rest goes on: CNY {price}, delivery {_day(event.promise_at)}"
    )
    return by, zh, en


def _answered(event: events.PlantAnswered, _: Names) -> Told:
    if event.automatic and event.answer == "declined":
        return "platform", f"{event.plant_name} 逾期未答复", f"{event.plant_name} did not answer in time"
    zh = {"accepted": "接单", "declined": "拒单", "countered": "还价"}[event.answer]
    if event.automatic:
        return "platform", f"{event.plant_name} 自动{zh}", f"{event.plant_name}: {event.answer} automatically"
    return "plant", f"{event.plant_name} {zh}", f"{event.plant_name} {event.answer}"


def _moved(event: events.PlanMoved, _: Names) -> Told:
    zh = f"计划调整（{_CAUSES.get(event.cause, event.cause)}），交期 {_day(event.new_promise_at)}"
    return "platform", zh, f"plan moved ({event.cause}), delivery {_day(event.new_promise_at)}"


def _asked(event: events.ReplanAsked, _: Names) -> Told:
    dates = f"{_day(event.old_promise_at)} → {local_day_of(event.new_promise_at)}"  # not booked yet: a day
    prices = f"{_yuan(event.old_price_fen)} → {_yuan(event.new_price_fen)}"
    zh = (
        f"计划有变（{_CAUSES.get(event.cause, event.cause)}）：交期 {dates}，价格 {prices} 元，"
        f"请在 {_day(event.answer_by)} 前答复，逾期视为{_CHOICES[event.default_choice]}"
    )
    en = (
        f"plan would change ({event.cause}): delivery {dates}, CNY {prices};"
        f" answer by {_day(event.answer_by)}, else {event.default_choice.replace('_', ' ')}"
    )
    return "platform", zh, en


def _replan_answered(event: events.ReplanAnswered, _: Names) -> Told:
    by = "platform" if event.by_default else "buyer"
    return by, f"重排产答复：{_CHOICES[event.choice]}", f"replan answered: {event.choice}"


def _supply(event: events.SupplyArrived, names: Names) -> Told:
    zh = f"来料 {names.item(event.item)}：{event.quantity:,} / {event.expected:,} {names.unit(event.unit)}"
    return "buyer", zh, f"material {event.item}: {event.quantity:,} of {event.expected:,} {event.unit}"


def _short(event: events.SupplyFellShort, names: Names) -> Told:
    return (
        "platform",
        f"来料 {names.item(event.item)} 不足，请决定",
        f"material {event.item} is short; the buyer decides",
    )


def _shortfall_answered(event: events.ShortfallAnswered, names: Names) -> Told:
    by, item = "platform" if event.by_default else "buyer", names.item(event.item)
    return by, f"来料 {item} 不足：{_CHOICES[event.choice]}", f"material {event.item} is short: {event.choice}"


def _work(event: events.WorkMoved, names: Names) -> Told:
    step_zh, step_en = names.process(event.process_id)
    zh, en = f"{step_zh}：{_STATES.get(event.state, event.state)}", f"{step_en}: {event.state.replace('_', ' ')}"
    if event.good or event.scrap:
        zh += f"，合格 {event.good:,}，报废 {event.scrap:,} {names.unit(event.unit)}"
        en += f", {event.good:,} good, {event.scrap:,} scrap {event.unit}"
    by_itself = event.automatic or event.state == "cancelled"  # no plant cancels: it declines, or is replaced
    return "platform" if by_itself else "plant", zh, en


def _arrived(event: events.DeliveryArrived, names: Names) -> Told:
    return "plant", f"到货 {event.quantity:,} {names.unit(event.unit)}", f"delivered {event.quantity:,} {event.unit}"


def _counted_anew(event: events.DeliveryCorrected, names: Names) -> Told:
    zh = f"到货数量更正：{event.before:,} → {event.quantity:,} {names.unit(event.unit)}：{event.grounds}"
    return "plant", zh, f"delivery counted anew: {event.before:,} → {event.quantity:,} {event.unit}: {event.grounds}"


def _judged_again(event: events.LotRejudged, names: Names) -> Told:
    step_zh, step_en = names.process(event.process_id)
    unit, gone = names.unit(event.unit), sum(event.deliveries.values())
    zh = f"{step_zh}：批次 {event.lot_id}（{event.quantity:,} {unit}）改判{_STATES[event.disposition]}：{event.grounds}"
    en = f"{step_en}: lot {event.lot_id} ({event.quantity:,} {event.unit}) is now {event.disposition}: {event.grounds}"
    if gone:
        zh += f"；其中 {gone:,} {unit} 已发给您" + ("，请勿使用" if event.disposition == "blocked" else "")
        en += f"; {gone:,} {event.unit} of it went to you" + (", do not use" if event.disposition == "blocked" else "")
    return "plant", zh, en


def _delivered(_: events.OrderDelivered, __: Names) -> Told:
    return "platform", "全部到货，待确认", "all delivered, to be confirmed"


def _delivery_confirmed(event: events.DeliveryConfirmed, names: Names) -> Told:
    unit = names.unit(event.unit)
    over_zh = f"，其中超出允差的 {event.over_accepted:,} {unit} 同意付款" if event.over_accepted else ""
    over_en = f", {event.over_accepted:,} beyond the tolerance taken and paid" if event.over_accepted else ""
    silent_zh, silent_en = (
        ("（逾期未答，视为收货）", " (nobody said otherwise in time)") if event.by_default else ("", "")
    )
    return (
        "platform" if event.by_default else "buyer",
        f"确认收货 {event.quantity:,} {unit}{over_zh}{silent_zh}",
        f"receipt confirmed: {event.quantity:,} {event.unit}{over_en}{silent_en}",
    )


def _disputed(_: events.DeliveryDisputed, __: Names) -> Told:
    return "buyer", "对交货提出异议", "delivery disputed"


def _closed(_: events.OrderClosed, __: Names) -> Told:
    return "platform", "订单完成", "closed"


_TOLD: Mapping[type[Event], Callable[[Any, Names], Told]] = {
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
    events.PartsCancelled: _parts_cancelled,
    events.PlantAnswered: _answered,
    events.PlanMoved: _moved,
    events.ReplanAsked: _asked,
    events.ReplanAnswered: _replan_answered,
    events.SupplyArrived: _supply,
    events.SupplyFellShort: _short,
    events.ShortfallAnswered: _shortfall_answered,
    events.WorkMoved: _work,
    events.DeliveryArrived: _arrived,
    events.LotRejudged: _judged_again,
    events.DeliveryCorrected: _counted_anew,
    events.OrderDelivered: _delivered,
    events.DeliveryConfirmed: _delivery_confirmed,
    events.DeliveryDisputed: _disputed,
    events.OrderClosed: _closed,
}

TOLD: Sequence[str] = [
    name.rpartition(".")[0] for name in events.EVENT_TYPES.names if events.EVENT_TYPES.class_of(name) in _TOLD
]
"""What an entry may be about, in the words of `Entry.what`."""
