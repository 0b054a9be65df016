"""What planning reasons and relaxations say to people, in Chinese and English, filled with their facts."""

from collections.abc import Mapping

from shared.contracts.reasons import PlanReason, ReasonCode, Relaxation
from shared.kernel.refusal import Language

_TITLES: Mapping[ReasonCode, tuple[str, str]] = {
    ReasonCode.CAPABILITY_MISSING: ("没有产线具备该工艺能力", "No line has this capability"),
    ReasonCode.FORMAT_UNSUPPORTED: ("产线不支持该规格", "The line does not run this format"),
    ReasonCode.PLANT_EXCLUDED: ("工厂被排除或已拒单", "The plant is excluded or has declined"),
    ReasonCode.LICENCE_MISSING: ("缺少该品类的食品生产许可", "No food licence for this category"),
    ReasonCode.LICENCE_EXPIRES: ("许可证在生产期内到期", "The licence ends within the production window"),
    ReasonCode.FOOD_CONTACT_CERT_MISSING: (
        "生产期内没有有效的食品接触证明",
        "No food-contact proof for the whole window",
    ),
    ReasonCode.MOQ_NOT_MET: ("未达到最小起订量", "Below the minimum batch"),
    ReasonCode.BATCH_TOO_LARGE: ("超过最大批量", "Above the largest batch"),
    ReasonCode.CHANGEOVER_FORBIDDEN: ("换型不允许", "The changeover is not allowed"),
    ReasonCode.CALENDAR_CLOSED: ("产线日历未开放足够时间", "The line's calendar is closed"),
    ReasonCode.CAPACITY_FULL: ("产能已满", "Capacity is full"),
    ReasonCode.FACTORY_LOAD_CAP: ("达到新厂负荷上限", "The new factory's load cap is reached"),
    ReasonCode.FROZEN_FENCE: ("处于冻结期", "Within the frozen fence"),
    ReasonCode.MATERIAL_MISSING: ("物料不足或未到", "Material is missing or late"),
    ReasonCode.TRANSPORT_TOO_LONG: ("运输距离过长", "The transport is too long"),
    ReasonCode.COLD_CHAIN_NO_SLOT: ("冷链衔接不上", "The cold chain has no place in time"),
    ReasonCode.LAG_EXCEEDED: ("工序间隔超过上限", "The wait between two steps would be too long"),
    ReasonCode.COLOUR_RULE: ("同一图案不得分厂印刷", "One design may not be printed in two plants"),
    ReasonCode.DATE_TOO_EARLY: ("要求交期早于最快完成时间", "The requested date is earlier than the work allows"),
    ReasonCode.PRICE_ABOVE_LIMIT: ("价格超过限额", "The price is above the limit"),
    ReasonCode.PLANTS_ABOVE_LIMIT: ("工厂数超过限额", "More plants are needed than allowed"),
    ReasonCode.HELD_ENOUGH: (
        "您的其他报价已占用到上限，请先接受或放弃一些",
        "Your other quotes hold as much as one buyer may; accept or drop some first",
    ),
    ReasonCode.HOLD_LOST: ("产能预占已失效", "The hold is lost"),
}

_DETAILS: Mapping[ReasonCode, tuple[str, str]] = {
    ReasonCode.FORMAT_UNSUPPORTED: ("需要规格 {format}。", "Format {format} is needed."),
    ReasonCode.LICENCE_MISSING: ("需要品类明细 {category}。", "Category {category} is needed."),
    ReasonCode.LICENCE_EXPIRES: (
        "品类 {category} 的许可有效至 {valid_until}（不含当日）。",
        "The licence for {category} holds until {valid_until}, that day excluded.",
    ),
    ReasonCode.MOQ_NOT_MET: (
        "本工序投料 {quantity}，最小批量 {batch_min}。",
        "This step would start {quantity}; its smallest batch is {batch_min}.",
    ),
    ReasonCode.BATCH_TOO_LARGE: (
        "本工序投料 {quantity}，最大批量 {batch_max}。",
        "This step would start {quantity}; its largest batch is {batch_max}.",
    ),
    ReasonCode.CALENDAR_CLOSED: ("需要开放 {hours_needed} 小时。", "{hours_needed} open hours are needed."),
    ReasonCode.CAPACITY_FULL: ("需要空闲 {hours_needed} 小时。", "{hours_needed} free hours are needed."),
    ReasonCode.FACTORY_LOAD_CAP: ("每周上限 {hours_per_week} 小时。", "At most {hours_per_week} hours a week."),
    ReasonCode.MATERIAL_MISSING: (
        "{item} 需要 {needed}，已告知 {announced} {unit}。",
        "{needed} of {item} are needed, {announced} {unit} announced.",
    ),
    ReasonCode.TRANSPORT_TOO_LONG: ("单程上限 {km_max} 公里。", "At most {km_max} km one way."),
    ReasonCode.COLD_CHAIN_NO_SLOT: (
        "应在 {lag_minutes_max} 分钟内进入 {cold_band} °C。",
        "It must be at {cold_band} °C within {lag_minutes_max} minutes.",
    ),
    ReasonCode.LAG_EXCEEDED: ("间隔上限 {lag_minutes_max} 分钟。", "At most {lag_minutes_max} minutes between them."),
    ReasonCode.PRICE_ABOVE_LIMIT: (
        "最低 {price} 元，限额 {limit} 元（不含税）。",
        "CNY {price} at least, limit {limit}, before VAT.",
    ),
    ReasonCode.PLANTS_ABOVE_LIMIT: ("至少 {plants} 家，限额 {limit} 家。", "{plants} plants at least, limit {limit}."),
}
_COLD_LANE = (
    "须以 {cold_band} °C 冷链运达，冷藏车单程上限 {km_max} 公里。",
    "It must travel at {cold_band} °C; reefers go {km_max} km one way at most.",
)
_SPOILT = ("来料最迟应于 {use_by} 使用。", "What the buyer brings must be used by {use_by}.")
_WAIT = ("在 {step} 等待 {wait_hours} 小时。", "It waits {wait_hours} hours at {step}.")
_OTHERS: Mapping[ReasonCode, tuple[str, str]] = {
    ReasonCode.COLD_CHAIN_NO_SLOT: _COLD_LANE,
    ReasonCode.MATERIAL_MISSING: _SPOILT,
}

_RELAXATIONS: Mapping[str, tuple[str, str]] = {
    "quantity": ("订购数量改为 {to} 即可安排", "possible with a quantity of {to} {unit}"),
    "batch": ("本工序投料 {to} 即可安排", "possible with {to} {unit} to start in this step"),
    "date": ("交期放宽到 {to} 即可", "possible by {to}"),
    "start": ("允许自 {to} 开工即可安排", "possible with a start from {to}"),
    "price": ("价格限额放宽到 {to} 元即可", "possible with a price limit of CNY {to}"),
    "plants": ("允许 {to} 家工厂即可", "possible with {to} plants"),
    "plants_excluded": ("不再排除工厂 {to} 即可", "possible when plant {to} is no longer excluded"),
    "split": ("允许分批分厂即可", "possible when the order may be split"),
    "colour": ("给出色差 ΔE 上限即可分厂印刷", "possible with a limit on colour difference (ΔE)"),
    "supply": ("供料补足到 {to} {unit} 即可", "possible when the supply is made up to {to} {unit}"),
}


def reason_title(code: ReasonCode, language: Language) -> str:
    """The no in a few words."""
    return _TITLES[code][language == "en"]


def reason_detail(reason: PlanReason, language: Language) -> str:
    """The no with its figures; "" when the title says it all."""
    facts = {"step": reason.step, **reason.facts}
    other = _OTHERS.get(reason.code)
    for template in (_DETAILS.get(reason.code), other, _WAIT):
        if template is not None:
            text = _filled(template[language == "en"], facts)
            if text:
                return text
    return ""


def relaxation_text(relaxation: Relaxation, language: Language) -> str:
    """What would help, in words; the bare value for a kind that is not known here."""
    template = _RELAXATIONS.get(relaxation.kind)
    if template is None:
        return f"{relaxation.kind}: {relaxation.to} {relaxation.unit}".rstrip()
    text = template[language == "en"].format(to=relaxation.to, unit=relaxation.unit)
    return " ".join(text.split())


def _filled(template: str, facts: Mapping[str, str]) -> str:
    """The template with its facts; "" when one of them is not known."""
    try:
        return template.format_map(facts)
    except KeyError:
        return ""
