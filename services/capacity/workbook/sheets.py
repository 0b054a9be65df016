"""The shape of the workbook: its sheets, their columns, what each cell holds and what may be chosen. One authority
for the writer, the reader and the guide.
"""

from collections.abc import Sequence

from services.capacity.domain import soundness
from services.capacity.workbook.columns import Column, Holds, Option, Sheet
from shared.reference.capabilities import CHANGEOVER_EXTRAS, capabilities, terms
from shared.reference.food import category_details
from shared.reference.places import districts

ROWS_MAX = 1_000  # data rows a sheet
COLUMNS_MAX = 30
HEADER_ROWS = 2  # Chinese names, English names
FEN_PER_YUAN_DIGITS = 2
PERCENT_DIGITS = 4  # 1 % is 10^4 ppm


def _codes(codes: Sequence[str]) -> tuple[Option, ...]:
    return tuple(Option(code, code, code) for code in codes)


YES_NO = (Option("yes", "是", "yes"), Option("no", "否", "no"))
WEEKDAYS = tuple(
    Option(str(number), zh, en)
    for number, zh, en in [
        (1, "周一", "Mon"),
        (2, "周二", "Tue"),
        (3, "周三", "Wed"),
        (4, "周四", "Thu"),
        (5, "周五", "Fri"),
        (6, "周六", "Sat"),
        (7, "周日", "Sun"),
    ]
)
OFFERED = (Option("all", "全部班次", "all shifts"), Option("shifts", "仅标记的班次", "marked shifts only"))
RULINGS = (
    Option("allowed", "允许", "allowed"),
    Option("forbidden", "禁止", "forbidden"),
    Option("same-day", "当日禁止", "forbidden on the same day"),
)

_LINE = Column("line", "产线编号", "Line code", Holds.CODE, example="L1")
_CALENDAR = Column("calendar", "日历编号", "Calendar code", Holds.CODE, example="C1")
_FROM = Column("valid_from", "起始日期", "Valid from", Holds.DATE, example="2026-12-01")
_LAST = Column("last_day", "最后一天", "Last day", Holds.DATE, example="2027-12-31")
_REASON = Column("reason", "原因", "Reason", Holds.TEXT, example="春节", width=20)

PLANT = Sheet(
    "plant",
    "工厂",
    "Plant",
    (
        Column("code", "工厂编号", "Plant code", Holds.CODE, example="P08"),
        Column("name", "工厂名称", "Plant name", Holds.TEXT, example="淦河无菌茶饮厂", width=28),
        Column(
            "district",
            "区县代码",
            "District code",
            Holds.CODE,
            options=tuple(Option(one.code, one.zh, one.en) for one in districts().values() if one.county_digits),
            example="421271",
        ),
    ),
    "本簿属于哪家工厂，一行。须与平台登记一致，请勿修改。",
    "Whose workbook this is, one row. It must agree with the registration; leave it as it is.",
)
LINES = Sheet(
    "lines",
    "产线",
    "Lines",
    (
        Column("code", "产线编号", "Line code", Holds.CODE, example="L1"),
        Column("name", "产线名称", "Line name", Holds.TEXT, example="无菌 PET 一线", width=28),
        Column("calendar", "日历编号", "Calendar code", Holds.CODE, required=False, example="C1"),
        Column(
            "load_cap_hours_per_week",
            "每周接单上限（小时，0 为不限）",
            "Weekly load cap (hours, 0: none)",
            Holds.WHOLE,
            high=soundness.CAP_HOURS_MAX,
            example="0",
        ),
        Column(
            "frozen_fence_hours",
            "冻结期（小时）",
            "Frozen fence (hours)",
            Holds.WHOLE,
            high=soundness.FENCE_HOURS_MAX,
            example="24",
        ),
    ),
    "每条产线一行。未列出的产线保持不变；日历编号留空则不改动其时间。",
    "One row a line. Lines not listed stay as they are; without a calendar code a line's hours are left alone.",
)
ABILITIES = Sheet(
    "capabilities",
    "工艺能力",
    "Capabilities",
    (
        _LINE,
        Column(
            "code",
            "工艺能力",
            "Capability",
            Holds.CODE,
            options=tuple(Option(one.code, one.zh, one.en) for one in capabilities().values()),
            example="FILL_TEA_ASEPTIC_PET",
            width=24,
        ),
        Column(
            "unit",
            "单位",
            "Unit",
            Holds.CODE,
            options=tuple(Option(one.code, one.zh, one.en) for one in terms("units").values()),
            example="bottle",
        ),
        Column(
            "formats",
            "规格（可多个）",
            "Formats (several)",
            Holds.CODES,
            options=tuple(Option(one.code, one.zh, one.en) for one in terms("formats").values()),
            example="PET_500",
            width=24,
        ),
        Column(
            "rate_per_hour",
            "额定速度（每小时）",
            "Rated speed (an hour)",
            Holds.WHOLE,
            low=1,
            high=soundness.RATE_MAX,
            example="24000",
        ),
        Column(
            "efficiency_ppm",
            "计划效率（%）",
            "Planning efficiency (%)",
            Holds.PERCENT,
            low=10_000,
            high=1_000_000,
            example="80",
        ),
        Column(
            "batch_min", "最小起订量", "Smallest batch", Holds.WHOLE, low=1, high=soundness.BATCH_MAX, example="50000"
        ),
        Column(
            "batch_max",
            "最大批量（0 为不限）",
            "Largest batch (0: none)",
            Holds.WHOLE,
            high=soundness.BATCH_MAX,
            example="0",
        ),
        Column("multiple", "批量倍数", "Order multiple", Holds.WHOLE, low=1, high=soundness.BATCH_MAX, example="1"),
    ),
    "每条产线每种工艺一行；速度为设计速度，排产按速度 × 效率。",
    "One row a line and capability; the speed is the design speed, planning uses speed x efficiency.",
)
CALENDARS = Sheet(
    "calendars",
    "日历",
    "Calendars",
    (
        Column("code", "日历编号", "Calendar code", Holds.CODE, example="C1"),
        _FROM,
        _LAST,
        Column("offered", "开放范围", "Offered", Holds.CHOICE, options=OFFERED, example="全部班次", width=18),
    ),
    "计划生产时间，须在开始之前申报；已过去的部分不会改动。",
    "Planned operation, declared before it starts; what has passed is never changed.",
)
SHIFTS = Sheet(
    "shifts",
    "班次",
    "Shifts",
    (
        _CALENDAR,
        Column("weekday", "星期", "Weekday", Holds.CHOICE, options=WEEKDAYS, example="周一"),
        Column("start", "开始", "Starts", Holds.TIME, example="08:00"),
        Column(
            "end",
            "结束（不晚于开始即次日）",
            "Ends (not after the start: next day)",
            Holds.TIME,
            example="16:00",
            width=22,
        ),
        Column("offered", "对平台开放", "Offered", Holds.CHOICE, options=YES_NO, example="是"),
    ),
    "每周班次；跨夜的班次属于开始那天。",
    "Weekly shifts; a night shift belongs to the day on which it starts.",
)
CLOSED_DAYS = Sheet(
    "closed_days",
    "停产日",
    "Closed days",
    (_CALENDAR, Column("on", "日期", "Date", Holds.DATE, example="2027-02-06"), _REASON),
    "整天不开工的日期。",
    "Dates without work.",
)
MAINTENANCE = Sheet(
    "maintenance",
    "检修",
    "Maintenance",
    (
        _LINE,
        Column("starts_at", "开始时间", "Starts at", Holds.MOMENT, example="2026-12-09 08:00", width=18),
        Column("ends_at", "结束时间", "Ends at", Holds.MOMENT, example="2026-12-09 16:00", width=18),
        Column("reason", "原因", "Reason", Holds.TEXT, example="月度检修", width=20),
    ),
    "随日历申报的计划停机，本地时间。",
    "Planned downtime declared with the calendar, in local time.",
)
CHANGEOVERS = Sheet(
    "changeovers",
    "换型",
    "Changeovers",
    (
        _LINE,
        Column(
            "feature",
            "特征",
            "Feature",
            Holds.CODE,
            options=(
                *(Option(one.code, one.zh, one.en) for one in terms("features").values()),
                *_codes(CHANGEOVER_EXTRAS),
            ),
            example="family",
        ),
        Column("from_value", "由（* 为任意）", "From (* any)", Holds.CODE, example="protein"),
        Column("to_value", "换为（* 为任意）", "To (* any)", Holds.CODE, example="water"),
        Column("ruling", "规定", "Ruling", Holds.CHOICE, options=RULINGS, example="当日禁止"),
        Column(
            "minutes", "分钟", "Minutes", Holds.WHOLE, required=False, high=soundness.CHANGEOVER_MINUTES_MAX, example=""
        ),
    ),
    "从一种产品换到另一种所需时间；特征变化而无规则即视为禁止。base 为任何换型的基础时间。",
    "Time from one run to the next; a changed feature without a rule is forbidden. `base` is added to any change.",
)
PRICES = Sheet(
    "prices",
    "价格",
    "Prices",
    (
        _LINE,
        Column("capability", "工艺能力", "Capability", Holds.CODE, example="FILL_TEA_ASEPTIC_PET", width=24),
        Column(
            "setup_fen", "开机费（元/次）", "Set-up (CNY a run)", Holds.YUAN, high=soundness.FEN_MAX, example="3000"
        ),
        Column(
            "fen_per_thousand",
            "加工费（元/千件）",
            "Price (CNY a thousand)",
            Holds.YUAN,
            high=soundness.FEN_MAX,
            example="350",
        ),
        Column("minimum_fen", "最低收费（元）", "At least (CNY)", Holds.YUAN, high=soundness.FEN_MAX, example="5000"),
    ),
    "不含税，人民币元，精确到分。",
    "Before VAT, in CNY, to the fen.",
)
LICENCES = Sheet(
    "licences",
    "食品生产许可证",
    "Food licences",
    (
        Column("number", "许可证编号", "Licence number", Holds.CODE, example="SC10642120290017", width=22),
        Column(
            "categories",
            "类别明细（可多个）",
            "Category details (several)",
            Holds.CODES,
            options=tuple(Option(one.code, one.zh, one.en) for one in category_details().values()),
            example="0603、0607",
            width=22,
        ),
        _FROM,
        _LAST,
    ),
    "不做食品的工厂留空。编号与类别明细请用文本格式填写。",
    "Empty for plants that make no food. Enter numbers and category details as text.",
)
PROOFS = Sheet(
    "proofs",
    "食品接触材料证明",
    "Food-contact proofs",
    (
        Column("standard", "标准", "Standard", Holds.TEXT, example="GB 4806.9", width=20),
        Column("certificate", "证明编号", "Certificate", Holds.TEXT, example="FCM-2026-0001", width=22),
        _FROM,
        _LAST,
    ),
    "包装材料厂填写。",
    "For makers of packaging.",
)
AUTO_ACCEPT = Sheet(
    "auto_accept",
    "自动接单",
    "Auto-accept",
    (
        _LINE,
        Column(
            "capabilities",
            "工艺能力（空为任意）",
            "Capabilities (empty: any)",
            Holds.CODES,
            required=False,
            example="",
            width=24,
        ),
        Column(
            "quantity_max",
            "数量上限（0 为不限）",
            "Quantity at most (0: none)",
            Holds.WHOLE,
            high=soundness.BATCH_MAX,
            example="100000",
        ),
        Column(
            "price_fen_min", "最低金额（元）", "Price at least (CNY)", Holds.YUAN, high=soundness.FEN_MAX, example="0"
        ),
        Column(
            "lead_hours_min",
            "最短提前（小时）",
            "Lead at least (hours)",
            Holds.WHOLE,
            high=soundness.LEAD_HOURS_MAX,
            example="48",
        ),
    ),
    "符合任一行全部条件的派单自动接受；留空则逐单答复。",
    "Offers that meet all conditions of any row are accepted at once; leave empty to answer each.",
)

SHEETS = (
    PLANT,
    LINES,
    ABILITIES,
    CALENDARS,
    SHIFTS,
    CLOSED_DAYS,
    MAINTENANCE,
    CHANGEOVERS,
    PRICES,
    LICENCES,
    PROOFS,
    AUTO_ACCEPT,
)
