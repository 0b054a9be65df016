"""Why the ledger says no to a question, in order of precedence. It never says no to a fact."""

from shared.kernel.refusal import Kind, Reason, Words


class Why(Reason):
    """Reasons of the ledger."""

    UNKNOWN_ENTRY = "UNKNOWN_ENTRY"
    SIZE_BEYOND_LEDGER = "SIZE_BEYOND_LEDGER"
    AS_OF_INSTANT_ONLY = "AS_OF_INSTANT_ONLY"
    UNKNOWN_ELEMENT = "UNKNOWN_ELEMENT"
    GROUPING_INVALID = "GROUPING_INVALID"
    PERIOD_INVALID = "PERIOD_INVALID"
    PERIOD_TOO_LONG = "PERIOD_TOO_LONG"
    EXPORT_TOO_LARGE = "EXPORT_TOO_LARGE"

    @property
    def words(self) -> Words:
        return _WORDS[self]


_WORDS = {
    Why.UNKNOWN_ENTRY: Words(
        Kind.NOT_FOUND,
        "没有这个条目",
        "There is no such entry",
        "台账中没有可供查看的条目 {index}。",
        "The ledger has no entry {index} that you may see.",
    ),
    Why.SIZE_BEYOND_LEDGER: Words(
        Kind.INVALID,
        "台账还没有这么大",
        "The ledger is not that large yet",
        "请求的台账大小为 {asked}，目前为 {size}。",
        "Size {asked} was asked for; the ledger has {size} entries now.",
    ),
    Why.AS_OF_INSTANT_ONLY: Words(
        Kind.INVALID,
        "请以时刻指定台账",
        "Name the moment as an instant",
        "台账条目数（{asked}）含其他单位的条目；请用带时区的时刻，例如 2026-12-01T08:00:00Z。",
        "A number of entries ({asked}) counts those of others; give an instant such as 2026-12-01T08:00:00Z.",
    ),
    Why.UNKNOWN_ELEMENT: Words(
        Kind.INVALID,
        "没有这个要素",
        "There is no such element",
        "{found} 不是已登记的要素；参见 /v1/kpis。",
        "{found} is not a registered element; see /v1/kpis.",
    ),
    Why.GROUPING_INVALID: Words(
        Kind.INVALID,
        "分组方式不正确",
        "The grouping is not valid",
        "by 应由 {known} 中互不重复的项以逗号连接，收到：{found}。",
        "by takes different ones of {known}, joined by commas; found {found}.",
    ),
    Why.PERIOD_INVALID: Words(
        Kind.INVALID,
        "日期范围不正确",
        "The period is not valid",
        "开始日期 from（{first}）必须早于结束日期 to（{end}，不含当天）。",
        "from ({first}) must be before to ({end}, that day excluded).",
    ),
    Why.PERIOD_TOO_LONG: Words(
        Kind.INVALID,
        "期间过长",
        "The period is too long",
        "一次最多 {limit} 天，收到 {days} 天。",
        "At most {limit} days at a time; found {days}.",
    ),
    Why.EXPORT_TOO_LARGE: Words(
        Kind.TOO_LARGE,
        "导出内容过大",
        "The export is too large",
        "一次最多导出 {limit} 行；请缩短期间或更换分组。",
        "At most {limit} rows at a time; choose a shorter period or another grouping.",
    ),
}
