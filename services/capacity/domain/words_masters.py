"""What the refusals about plants, lines and their published values say to people, in Chinese and English."""

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


def _wrong(title_zh: str, title_en: str, detail_zh: str, detail_en: str) -> Words:
    return Words(Kind.INVALID, title_zh, title_en, detail_zh, detail_en)


def _clash(title_zh: str, title_en: str, detail_zh: str, detail_en: str) -> Words:
    return Words(Kind.CONFLICT, title_zh, title_en, detail_zh, detail_en)


_IDENTITY: Mapping[str, Words] = {
    "UNKNOWN_PLANT": _absent("工厂", "plant"),
    "UNKNOWN_LINE": _absent("产线", "line"),
    "UNKNOWN_LICENCE": _absent("食品生产许可证", "food production licence"),
    "UNKNOWN_PROOF": _absent("食品接触材料证明", "food-contact proof"),
    "PLANT_EXISTS": _clash(
        "工厂已登记",
        "Plant is already registered",
        "编号为 {code} 的工厂已登记为 {id}。",
        "The plant with code {code} is registered as {id}.",
    ),
    "LINE_EXISTS": _clash(
        "产线已登记",
        "Line is already registered",
        "编号为 {code} 的产线已登记为 {id}。",
        "The line with code {code} is registered as {id}.",
    ),
    "CODE_UNFIT": _wrong(
        "编号不合规",
        "Code is unfit",
        "编号应为 1 至 {max} 个大写字母、数字或连字符，以字母开头，现为“{found}”。",
        "Expected 1 to {max} capital letters, digits or hyphens, a letter first; found “{found}”.",
    ),
    "NAME_UNFIT": _wrong(
        "名称不合规",
        "Name is unfit",
        "名称应为 1 至 {max} 个字，不含控制字符，且不以 = + - @ 开头，现为“{found}”。",
        "Expected 1 to {max} characters, no control characters and no leading = + - @; found “{found}”.",
    ),
    "DISTRICT_UNKNOWN": _wrong(
        "区县代码未知",
        "District is unknown",
        "区县代码应为 {known} 之一，现为“{found}”。",
        "Expected a district code of {known}; found “{found}”.",
    ),
}

_PAPERS: Mapping[str, Words] = {
    "LICENCE_NUMBER_FORM": _wrong(
        "许可证编号格式不对",
        "Licence number is malformed",
        "食品生产许可证编号应为 SC 加 14 位数字，现为“{found}”。",
        "A food production licence number is SC and 14 digits; found “{found}”.",
    ),
    "LICENCE_CHECK_DIGIT": _wrong(
        "许可证编号校验位不对",
        "Licence number fails its check digit",
        "编号 {found} 的校验位应为 {expected}，请核对是否抄错。",
        "The check digit of {found} should be {expected}; look for a mistyped digit.",
    ),
    "LICENCE_CLASS": _wrong(
        "许可证类别未知",
        "Licence class is unknown",
        "编号 {found} 的前三位不是食品（101–131）或食品添加剂（201–203）类别。",
        "The first three digits of {found} are no class of food (101-131) or additives (201-203).",
    ),
    "LICENCE_PLACE": _wrong(
        "许可证属地与工厂不符",
        "Licence is of another place",
        "编号 {found} 的属地代码为 {place}，该工厂所在区县应为 {expected}。",
        "{found} was issued for place {place}; the plant's district has {expected}.",
    ),
    "LICENCE_CATEGORY": _wrong(
        "许可类别明细未知",
        "Category detail is unknown",
        "类别明细应为 {known} 中的一项或多项，现为“{found}”。",
        "Expected one or more category details of {known}; found “{found}”.",
    ),
    "VALIDITY_ORDER": _wrong(
        "有效期先后不对",
        "Validity ends before it begins",
        "截止日期 {until} 应晚于起始日期 {start}。",
        "The end {until} must be later than the start {start}.",
    ),
}

_ABILITIES: Mapping[str, Words] = {
    "CAPABILITY_UNKNOWN": _wrong(
        "工艺能力未知",
        "Capability is unknown",
        "没有名为“{found}”的工艺能力，请从模板的下拉选项中选择。",
        "There is no capability “{found}”; choose one of the template's list.",
    ),
    "CAPABILITY_TWICE": _wrong(
        "工艺能力重复",
        "Capability is given twice",
        "产线的工艺能力 {found} 出现了两次。",
        "Capability {found} of the line is given twice.",
    ),
    "UNIT_WRONG": _wrong(
        "计量单位不对",
        "Unit is wrong",
        "工艺能力 {capability} 的单位应为 {expected}，现为“{found}”。",
        "Capability {capability} counts in {expected}; found “{found}”.",
    ),
    "FORMAT_UNKNOWN": _wrong(
        "规格未知",
        "Format is unknown",
        "工艺能力 {capability} 的规格应为 {known} 之一，现为“{found}”。",
        "Capability {capability} knows the formats {known}; found “{found}”.",
    ),
    "NUMBER_OUT_OF_RANGE": _wrong(
        "数值超出范围",
        "Number is out of range",
        "应为 {min} 至 {max} 之间的整数，现为 {found}。",
        "Expected a whole number from {min} to {max}; found {found}.",
    ),
    "BATCH_ORDER": _wrong(
        "批量上下限颠倒",
        "Batch bounds are the wrong way round",
        "最大批量 {batch_max} 小于最小批量 {batch_min}。",
        "The largest batch {batch_max} is below the smallest {batch_min}.",
    ),
    "TOO_MANY_ROWS": _wrong(
        "条目过多", "Too many rows", "最多 {max} 条，现有 {found} 条。", "At most {max} rows; found {found}."
    ),
    "CAPABILITY_NOT_ON_LINE": _wrong(
        "产线没有此工艺能力",
        "The line lacks this capability",
        "产线没有工艺能力“{found}”。",
        "The line does not have capability “{found}”.",
    ),
    "PRICE_TWICE": _wrong(
        "价格重复", "Price is given twice", "工艺能力 {found} 有两个价格。", "Capability {found} has two prices."
    ),
    "CHANGEOVER_FEATURE": _wrong(
        "换型特征不合规",
        "Changeover feature is unfit",
        "换型特征或取值“{found}”不合规：应为小写字母、数字、点、横线，或 *。",
        "Changeover feature or value “{found}” is unfit: use lower-case letters, digits, dots, hyphens, or *.",
    ),
    "CHANGEOVER_TWICE": _wrong(
        "换型规则重复",
        "Changeover rule is given twice",
        "特征 {feature} 从 {from_value} 到 {to_value} 的规则出现了两次。",
        "The rule for {feature} from {from_value} to {to_value} is given twice.",
    ),
    "CHANGEOVER_MINUTES": _wrong(
        "换型时间不合规",
        "Changeover minutes are unfit",
        "换型时间应为 0 至 {max} 分钟；禁止换型时不填时间，“仅当日”只用于禁止。现为 {found}。",
        "Expected 0 to {max} minutes, none when forbidden, and “same day only” with a prohibition; found {found}.",
    ),
}

_TIME: Mapping[str, Words] = {
    "SHIFT_OUT_OF_RANGE": _wrong(
        "班次不合规",
        "Shift is out of range",
        "班次应为星期 1–7、一日之内开始、时长 1–1440 分钟，现为星期 {weekday}、第 {start_minute} 分钟起、{minutes} 分钟。",
        "A shift has a weekday 1-7, starts within the day and lasts 1-1440 minutes; found weekday {weekday}, "
        "minute {start_minute}, {minutes} minutes.",
    ),
    "SHIFTS_OVERLAP": _wrong(
        "班次重叠",
        "Shifts overlap",
        "星期 {weekday} 第 {start_minute} 分钟开始的班次与另一班次重叠。",
        "The shift of weekday {weekday} at minute {start_minute} overlaps another.",
    ),
    "SHIFT_NOT_OPERATING": _wrong(
        "开放班次不在生产班次之内",
        "Offered shift is no operating shift",
        "星期 {weekday} 第 {start_minute} 分钟开始的开放班次不是该产线的生产班次。",
        "The offered shift of weekday {weekday} at minute {start_minute} is not an operating shift of the line.",
    ),
    "CLOSED_DAY_TWICE": _wrong("停产日重复", "Closed day is given twice", "{on} 出现了两次。", "{on} is given twice."),
    "CLOSED_DAY_OUTSIDE": _wrong(
        "停产日不在日历期内",
        "Closed day is outside the calendar",
        "{on} 不在日历期 {start} 至 {until} 之内。",
        "{on} is not within the calendar from {start} to {until}.",
    ),
    "MAINTENANCE_ORDER": _wrong(
        "检修时间先后不对",
        "Maintenance ends before it begins",
        "检修结束 {ends_at} 应晚于开始 {starts_at}，且以整秒计。",
        "The maintenance end {ends_at} must be later than its start {starts_at}, in whole seconds.",
    ),
    "MAINTENANCE_OVERLAP": _wrong(
        "检修重叠",
        "Maintenance overlaps",
        "{starts_at} 开始的检修与另一检修重叠。",
        "The maintenance starting {starts_at} overlaps another.",
    ),
    "MAINTENANCE_OUTSIDE": _wrong(
        "检修不在日历期内",
        "Maintenance is outside the calendar",
        "{starts_at} 开始的检修不在日历期 {start} 至 {until} 之内。",
        "The maintenance starting {starts_at} is not within the calendar from {start} to {until}.",
    ),
    "CALENDAR_PAST": _wrong(
        "日历已过期",
        "Calendar lies in the past",
        "日历在 {until} 已结束；计划时间须在开始之前申报。",
        "The calendar ended on {until}; planned time is declared before it starts.",
    ),
    "CALENDAR_TOO_LONG": _wrong(
        "日历过长",
        "Calendar is too long",
        "日历最多 {max} 天，现为 {found} 天。",
        "A calendar spans at most {max} days; found {found}.",
    ),
    "CALENDAR_EMPTY": _wrong(
        "日历没有班次", "Calendar has no shift", "日历至少要有一个班次。", "A calendar needs at least one shift."
    ),
    "HOURS_ORDER": _wrong(
        "时段不合规",
        "Span of time is unfit",
        "时段结束 {to} 应晚于开始 {start}，且以整秒计。",
        "The span must end ({to}) after it begins ({start}), in whole seconds.",
    ),
    "HOURS_PAST": _wrong(
        "时段已过", "Hours lie in the past", "{start} 起的时段已过去。", "The span from {start} lies in the past."
    ),
    "HOURS_NOT_OPERATING": _wrong(
        "不在计划生产时间内",
        "Not within planned operation",
        "{start} 起的时段不在已申报的生产时间之内，或属计划检修。",
        "The span from {start} is not declared operation time, or is planned downtime.",
    ),
    "HOURS_NOT_OFFERED": _wrong(
        "时段未开放",
        "Hours are not offered",
        "{start} 起的时段没有开放，无从撤回。",
        "The span from {start} is not offered and cannot be taken back.",
    ),
    "HOURS_TAKEN": _clash(
        "时段已被占用",
        "Hours are taken",
        "{start} 起的时段已被预占或预订，不能撤回；已订工单：{works}。可先移动工单，或登记设备故障。",
        "The span from {start} is held or booked and cannot be taken back; work booked on it: {works}. Move the work first,"
        " or report a breakdown.",
    ),
    "CAPABILITY_BOOKED": _clash(
        "能力已被预订",
        "The capability is booked",
        "已订工单需要 {code}，不能取消该能力、其规格或更换其单位：{works}。",
        "Booked work needs {code}; the capability, its formats and its unit have to stay: {works}.",
    ),
    "PRICE_BOOKED": _clash(
        "价格已被预订使用",
        "The price is booked",
        "已订工单用到 {code}，其价格可改不可删：{works}。",
        "Work of {code} is booked; its price may change and not be removed: {works}.",
    ),
    "PAPER_BOOKED": _clash(
        "证照已被预订使用",
        "The paper is booked",
        "已订工单在其生产期间需要该证照：{works}。如证照确实失效，请设 plan_anew，相关订单将立即改排。",
        "Booked work needs this paper while it is made: {works}. If the paper does end, set plan_anew: the orders are"
        " planned anew at once.",
    ),
}

_WORKBOOK: Mapping[str, Words] = {
    "WORKBOOK_TOO_LARGE": Words(
        Kind.TOO_LARGE,
        "工作簿过大",
        "Workbook is too large",
        "{what}上限为 {max}，现为 {found}。",
        "The limit of {what} is {max}; found {found}.",
    ),
    "WORKBOOK_UNREADABLE": Words(
        Kind.MALFORMED,
        "无法读取工作簿",
        "Workbook cannot be read",
        "请上传由模板填写的 .xlsx 文件（不含宏、不加密）。",
        "Send the .xlsx file filled in from the template (no macros, not encrypted).",
    ),
    "WORKBOOK_BAD_CELLS": _wrong(
        "工作簿有错误单元格",
        "Workbook has bad cells",
        "共 {count} 处错误，第一处在 {first}。没有导入任何内容，请全部改正后重新上传。",
        "{count} bad cell(s), the first at {first}. Nothing was imported; correct them all and send it again.",
    ),
}

WORDS: Mapping[str, Words] = {**_IDENTITY, **_PAPERS, **_ABILITIES, **_TIME, **_WORKBOOK}
