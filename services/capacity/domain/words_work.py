"""What the refusals about production say to people, in Chinese and English."""

from collections.abc import Mapping

from shared.kernel.refusal import Kind, Words


def _absent(zh: str, en: str) -> Words:
    return Words(
        Kind.NOT_FOUND,
        f"没有找到{zh}",
        f"No such {en}",
        f"找不到{zh} {{id}}，请核对编号。",
        f"There is no {en} {{id}}; check the id.",
    )


def _clash(title_zh: str, title_en: str, detail_zh: str, detail_en: str) -> Words:
    return Words(Kind.CONFLICT, title_zh, title_en, detail_zh, detail_en)


def _wrong(title_zh: str, title_en: str, detail_zh: str, detail_en: str) -> Words:
    return Words(Kind.INVALID, title_zh, title_en, detail_zh, detail_en)


_THINGS: Mapping[str, Words] = {
    "UNKNOWN_WORK": _absent("生产工单", "work order"),
    "UNKNOWN_REPORT": _absent("报工", "production report"),
    "UNKNOWN_STOPPAGE": _absent("停机记录", "stoppage"),
    "UNKNOWN_INSPECTION": _absent("检验批", "inspection lot"),
    "UNKNOWN_LOT": _absent("批次", "lot"),
    "UNKNOWN_DELIVERY": _absent("发货", "shipment"),
}

_SITUATIONS: Mapping[str, Words] = {
    "WORK_WITHDRAWN": Words(
        Kind.GONE, "工单已收回", "The work is withdrawn", "工单 {id} 已取消或改排。", "Work order {id} was withdrawn."
    ),
    "WORK_NOT_ACCEPTED": _clash(
        "派单尚未接受",
        "The offer is not accepted",
        "工单 {id} 还没有接单，不能开工；请先接受派单。",
        "The offer of work order {id} is not accepted; it cannot start.",
    ),
    "BUYER_ASKED": _clash(
        "正在征询买方",
        "The buyer is being asked",
        "工单 {id} 的排产有变，须等买方在 {answer_by} 之前答复。",
        "The plan of work order {id} has to change; its buyer may answer until {answer_by}.",
    ),
    "SLOT_GIVEN_UP": _clash(
        "工时已让出",
        "Its time was given up",
        "工单 {id} 的工时已让出，须等重新排产或收回。",
        "The time of work order {id} was given up; it waits for a new time or its withdrawal.",
    ),
    "WORK_STARTED": _clash("已经开工", "It has started", "工单 {id} 已于 {at} 开工。", "Work order {id} started {at}."),
    "WORK_NOT_STARTED": _clash(
        "尚未开工", "It has not started", "工单 {id} 尚未开工。", "Work order {id} has not started."
    ),
    "SETUP_OPEN": _clash(
        "换型尚未完成",
        "The set-up is not finished",
        "工单 {id} 的换型尚未完成。",
        "The set-up of work order {id} is not finished.",
    ),
    "SETUP_DONE": _clash(
        "换型已经完成",
        "The set-up is finished",
        "工单 {id} 的换型已经完成。",
        "The set-up of work order {id} is finished already.",
    ),
    "WORK_FINISHED": _clash(
        "已经完工", "It is finished", "工单 {id} 已于 {at} 完工。", "Work order {id} was finished {at}."
    ),
    "WORK_NOT_FINISHED": _clash(
        "尚未完工", "It is not finished", "工单 {id} 尚未完工。", "Work order {id} is not finished."
    ),
    "STOPPED": _clash(
        "产线停机中",
        "The line is stopped",
        "停机 {stoppage_id} 尚未结束，请先结束停机。",
        "Stoppage {stoppage_id} is still open; end it first.",
    ),
    "LINE_BUSY": _clash(
        "产线正在生产",
        "The line is busy",
        "产线正在生产工单 {running}，请先完工。",
        "The line is running work order {running}; finish that first.",
    ),
    "LINE_DOWN": _clash(
        "产线故障中",
        "The line is down",
        "产线故障，预计 {until} 恢复。",
        "The line is down until about {until}.",
    ),
    "LINE_NOT_DOWN": _clash(
        "产线没有故障", "The line is not down", "产线 {id} 没有故障记录。", "Line {id} is not down."
    ),
    "NOT_INSPECTOR": Words(
        Kind.NOT_FOUND,
        "没有找到检验批",
        "No such inspection lot",
        "找不到检验批 {id}，请核对编号。",
        "There is no inspection lot {id}; check the id.",
    ),
    "DISPOSITIONED": _clash(
        "检验批已判定",
        "The lot is dispositioned",
        "检验批 {id} 已判定：{disposition}；只能改判为另一结果。",
        "Inspection lot {id} stands at {disposition} already; it can only be judged the other way.",
    ),
    "INSPECTION_PENDING": _clash(
        "检验尚未完成",
        "The inspection is not done",
        "批次 {lots} 尚未放行。",
        "Lots {lots} are not released yet.",
    ),
    "NOTHING_RELEASED": _clash(
        "没有放行的产品",
        "Nothing is released",
        "工单 {id} 没有可发货的放行批次。",
        "Work order {id} has no released lot to ship.",
    ),
    "SHIP_TOO_MUCH": _wrong(
        "发货数量超出",
        "More is shipped than there is",
        "现在最多可发 {limit} {unit}，收到 {found}。",
        "At most {limit} {unit} can be shipped now; found {found}.",
    ),
    "PARTS_NOT_WANTED": _clash(
        "委托方不接受分批交货",
        "The buyer takes no parts",
        "委托方要求一次交齐 {limit} {unit}。",
        "The buyer wants all {limit} {unit} together.",
    ),
    "SHIPPED": _clash("已经发货", "It has shipped", "工单 {id} 已全部发货。", "Work order {id} has shipped all of it."),
    "NOT_SHIPPED": _clash(
        "尚未发货", "Nothing was shipped", "工单 {id} 还没有发货。", "Work order {id} has shipped nothing."
    ),
    "DELIVERED": _clash("已经送达", "It has arrived", "发货 {id} 已于 {at} 送达。", "Shipment {id} arrived {at}."),
}

_BOUNDS: Mapping[str, Words] = {
    "AT_IN_FUTURE": _wrong(
        "时间在将来", "The time lies ahead", "时间 {at} 晚于现在 {now}。", "{at} is later than now, {now}."
    ),
    "AT_TOO_OLD": _wrong(
        "补录时间过早",
        "The time lies too far back",
        "最多可补录 {hours_max} 小时之前的事，现为 {at}。",
        "At most {hours_max} hours may be entered late; found {at}.",
    ),
    "AT_BEFORE_LAST": _wrong(
        "时间早于上一步",
        "The time is before the step before",
        "时间 {at} 早于上一记录 {last_at}。",
        "{at} is earlier than the record before it, {last_at}.",
    ),
    "START_TOO_EARLY": _clash(
        "开工过早",
        "It is too early to start",
        "最早可在 {earliest_at} 开工。",
        "It may start at {earliest_at} at the earliest.",
    ),
    "SPAN_EMPTY": _wrong(
        "报工时段为空",
        "The report spans no time",
        "报工时段应先始后终；现为 {from_at} 至 {to_at}。",
        "Expected the start before the end; found {from_at} to {to_at}.",
    ),
    "NOTHING_REPORTED": _wrong(
        "报工数量为零", "Nothing is reported", "合格、报废、返工不能都为零。", "Good, scrap and rework are all zero."
    ),
    "MORE_THAN_PLANNED": _wrong(
        "超出计划数量",
        "More than planned",
        "累计 {found} {unit}，上限 {limit} {unit}。",
        "It would come to {found} {unit}; the limit is {limit} {unit}.",
    ),
    "PIECES_WHOLE": _wrong(
        "数量应为整数",
        "A whole number is needed",
        "折算后应为整数个 {unit}，现为 {found}。",
        "Expected a whole number of {unit}; found {found}.",
    ),
    "UNIT_MISMATCH": _wrong(
        "单位不符",
        "The unit does not fit",
        "应为 {expected}，现为 {found}。",
        "Expected one of {expected}; found {found}.",
    ),
    "LOTS_OUT_DIFFER": _wrong(
        "产出批次数量不符",
        "The output lots do not add up",
        "产出批次合计 {found}，应等于合格数量 {expected}。",
        "The output lots come to {found}; the good quantity is {expected}.",
    ),
    "ITEM_NOT_IN_RECIPE": _wrong(
        "物料不在配方中",
        "The item is not in the recipe",
        "应为 {known} 之一，现为“{found}”。",
        "Expected one of {known}; found “{found}”.",
    ),
    "LOT_NOT_RECEIVED": _wrong(
        "批次未收到", "The lot was not received", "批次 {id} 未送达本工单。", "Lot {id} never reached this work order."
    ),
    "LOT_BLOCKED": _clash(
        "批次已封存",
        "The lot is blocked",
        "批次 {id} 已判不合格（{grounds}），不能使用；请换用其他批次，或等其复检放行。",
        "Lot {id} was found bad ({grounds}) and may not be used; take another, or wait until it is released again.",
    ),
    "MATERIAL_SHORT": _clash(
        "物料不足",
        "Material is short",
        "{item} 还有 {found} {unit}，需要 {needed} {unit}。",
        "There is {found} {unit} of {item}; {needed} {unit} are needed.",
    ),
    "MATERIAL_NOT_THERE": _clash(
        "物料未到",
        "Material has not arrived",
        "{item} 已到 {found} {unit}，开工需要 {needed} {unit}；如确认以少量开工，请设 accept_less。",
        "{found} {unit} of {item} arrived; {needed} {unit} are needed to start. Set accept_less to run on less.",
    ),
    "REASON_UNKNOWN": _wrong(
        "停机原因未知",
        "The stoppage reason is unknown",
        "应为 {known} 之一，现为“{found}”。",
        "Expected one of {known}; found “{found}”.",
    ),
    "GROUNDS_MISSING": _wrong(
        "缺少理由",
        "Grounds are missing",
        "更正数量、判定不合格或改判时，请写明理由。",
        "Say why it is corrected, blocked or judged anew.",
    ),
    "LOT_LEFT_ALREADY": _clash(
        "批次已离开",
        "The lot has left",
        "批次 {id} 已随发货 {delivery_id} 离厂，并已由收货方确认或使用，不能再更正数量。",
        "Lot {id} left with shipment {delivery_id}, and its receiver has confirmed or used it; its quantity stays.",
    ),
}

WORDS: Mapping[str, Words] = {**_THINGS, **_SITUATIONS, **_BOUNDS}
