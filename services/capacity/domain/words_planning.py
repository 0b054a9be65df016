"""What the refusals about plans and offers say to people, in Chinese and English."""

from collections.abc import Mapping

from shared.kernel.refusal import Kind, Words

WORDS: Mapping[str, Words] = {
    "UNKNOWN_PLAN": Words(
        Kind.NOT_FOUND, "没有这个计划", "No such plan", "找不到订单 {id} 的计划。", "There is no plan of order {id}."
    ),
    "UNKNOWN_QUOTE": Words(
        Kind.NOT_FOUND,
        "没有这个报价",
        "No such quote",
        "报价 {id} 不存在或已失效，请重新询价。",
        "Quote {id} does not exist or no longer stands; ask for a fresh one.",
    ),
    "UNKNOWN_REPLAN": Words(
        Kind.NOT_FOUND,
        "没有这个改期方案",
        "No such replanning",
        "改期方案 {id} 不存在，或已不需要答复。",
        "Replanning {id} waits for no answer.",
    ),
    "UNKNOWN_OFFER": Words(
        Kind.NOT_FOUND,
        "没有这个派单",
        "No such offer",
        "找不到派单 {id}，请核对编号。",
        "There is no offer {id}; check the id.",
    ),
    "PLAN_ENDED": Words(
        Kind.CONFLICT,
        "订单已取消",
        "The order is cancelled",
        "订单 {id} 的计划已经结束。",
        "The plan of order {id} has ended.",
    ),
    "OUT_OF_DATE": Words(
        Kind.CONFLICT,
        "请求已过时",
        "Out of date",
        "这是第 {attempt} 次排产请求，之后已有第 {latest} 次，以最新一次为准。",
        "Attempt {attempt} was followed by attempt {latest}.",
    ),
    "OFFER_ANSWERED": Words(
        Kind.CONFLICT,
        "派单已答复",
        "The offer is answered",
        "派单 {id} 已于 {at} 答复：{answer}。",
        "Offer {id} was answered {at}: {answer}.",
    ),
    "OFFER_WITHDRAWN": Words(
        Kind.GONE,
        "派单已收回",
        "The offer is withdrawn",
        "派单 {id} 已收回，无需答复。",
        "Offer {id} was taken back; no answer is needed.",
    ),
    "OFFER_EXPIRED": Words(
        Kind.GONE,
        "派单已过期",
        "The offer has expired",
        "派单 {id} 应在 {answer_by} 之前答复。",
        "Offer {id} was to be answered before {answer_by}.",
    ),
    "DECLINE_REASON_UNKNOWN": Words(
        Kind.INVALID,
        "拒单原因未知",
        "The reason to decline is unknown",
        "应为 {known} 之一，现为“{found}”。",
        "Expected one of {known}; found “{found}”.",
    ),
    "COUNTER_ANSWERED": Words(
        Kind.CONFLICT,
        "还价已有答复",
        "The counter-offer was answered",
        "采购方坚持原条件，派单 {id} 只能接单或拒单。",
        "The buyer keeps the agreed terms; offer {id} can be accepted or declined.",
    ),
    "COUNTER_EMPTY": Words(
        Kind.INVALID,
        "还价与派单相同",
        "The counter-offer changes nothing",
        "请给出不同的价格或开始时间。",
        "Name another price or another start.",
    ),
    "COUNTER_TOO_EARLY": Words(
        Kind.INVALID,
        "开始时间过早",
        "It would start too early",
        "最早可在 {earliest_at} 开始，现为 {found}。",
        "It can start at {earliest_at} at the earliest; found {found}.",
    ),
    "COUNTER_WITHOUT_PAPERS": Words(
        Kind.CONFLICT,
        "该时段没有有效的许可证或食品接触证明",
        "No licence or food-contact proof holds then",
        "从 {starts_at} 起的整个生产时段，所需的食品生产许可证或食品接触材料证明须保持有效；请先登记，或提出更早的时间。",
        "Licence and food-contact proof must hold over the whole run from {starts_at} on; record them first, or name an earlier time.",
    ),
    "MOVE_SAME": Words(
        Kind.CONFLICT,
        "时间没有变化",
        "That is when it starts",
        "工单本来就在 {starts_at} 开始，请给出另一时间。",
        "The work starts at {starts_at} as it is; name another time.",
    ),
    "COUNTER_NO_TIME": Words(
        Kind.CONFLICT,
        "该时段无法排产",
        "That time cannot be planned",
        "产线从 {starts_at} 起没有连续开放且空闲的产能。",
        "From {starts_at} on the line has no open and free time for it.",
    ),
    "BREAKDOWN_ORDER": Words(
        Kind.INVALID,
        "故障时段有误",
        "The breakdown's times are unfit",
        "结束时间应晚于开始时间，且不超过 {days_max} 天；现为 {starts_at} 至 {ends_at}。",
        "Expected the start before the end and at most {days_max} days; found {starts_at} to {ends_at}.",
    ),
    "BREAKDOWN_PAST": Words(
        Kind.INVALID,
        "预计恢复时间已过",
        "The breakdown is over",
        "预计恢复时间应晚于现在 {now}，收到 {ends_at}。",
        "Its expected end {ends_at} is not after now, {now}.",
    ),
}
