"""The words of every refusal of ordering, in Chinese and English. Codes and precedence stand in `refusals.py`."""

from collections.abc import Mapping

from shared.kernel.refusal import Kind, Words

_ABSENT = (
    "没有找到",
    "Not found",
    "没有这个{0}，或不属于您；请核对编号。",
    "There is no such {1}, or it is not yours; check the id.",
)


def _absent(zh: str, en: str) -> Words:
    title_zh, title_en, detail_zh, detail_en = _ABSENT
    return Words(Kind.NOT_FOUND, title_zh, title_en, detail_zh.replace("{0}", zh), detail_en.replace("{1}", en))


def _invalid(title_zh: str, title_en: str, detail_zh: str, detail_en: str) -> Words:
    return Words(Kind.INVALID, title_zh, title_en, detail_zh, detail_en)


def _too_many(title_zh: str, title_en: str, detail_zh: str, detail_en: str) -> Words:
    return Words(Kind.TOO_MANY, title_zh, title_en, detail_zh, detail_en)


def _conflict(title_zh: str, title_en: str, detail_zh: str, detail_en: str) -> Words:
    return Words(Kind.CONFLICT, title_zh, title_en, detail_zh, detail_en)


WORDS: Mapping[str, Words] = {
    "UNKNOWN_ORDER": _absent("订单", "order"),
    "UNKNOWN_INQUIRY": _absent("询期", "inquiry"),
    "UNKNOWN_QUOTE": _absent("报价", "quote"),
    "UNKNOWN_DELIVERY": _absent("交货记录", "delivery"),
    "UNKNOWN_PRODUCT": _absent("产品", "product"),
    "NO_REPORT": _absent("委托生产报告（仅已确认的饮料订单有）", "report; only confirmed drink orders have one"),
    "NO_SUCH_REPLAN": _absent("待您答复的改期方案", "replan waiting for an answer"),
    "PRODUCT_UNKNOWN": _invalid(
        "没有这个产品",
        "There is no such product",
        "产品 {found} 不在目录中，见 GET /v1/products。",
        "Product {found} is not in the catalogue; see GET /v1/products.",
    ),
    "LINES_COUNT": _invalid(
        "订单行数不对",
        "The number of lines is not right",
        "应有 1 到 {limit} 行，收到 {found} 行。",
        "Expected 1 to {limit} lines, found {found}.",
    ),
    "OPTION_UNKNOWN": _invalid(
        "没有这个选项",
        "There is no such option",
        "产品没有选项 {found}；可用选项：{known}。",
        "The product has no option {found}; it has {known}.",
    ),
    "OPTION_MISSING": _invalid(
        "缺少选项",
        "An option is missing",
        "请在 options 中填写 {option}。",
        "Option {option} must be given in options.",
    ),
    "OPTION_VALUE": _invalid(
        "选项的值不对",
        "The option's value is not right",
        "选项 {option} 应为 {expected}，收到 {found}。",
        "Option {option} must be {expected}, found {found}.",
    ),
    "CATEGORY_BLOCKED": _invalid(
        "该品类不接受委托生产",
        "This category is not taken on",
        "{zh}；请去掉相关选项或另选产品。",
        "{en}; leave that option out or choose another product.",
    ),
    "NO_VARIANT": _invalid(
        "这些选项没有可行的工艺",
        "No routing makes these options",
        "产品 {product_id} 在所选选项下没有工艺路线，请换一种组合。",
        "Product {product_id} has no routing for the options chosen; choose another combination.",
    ),
    "QUANTITY_UNIT": _invalid(
        "数量或单位不对",
        "The quantity or its unit is not right",
        "收到 {found}；可用单位：{known}，折算后应为整数个 {base}。",
        "Found {found}; known units are {known}, and it must come to a whole number of {base}.",
    ),
    "QUANTITY_RANGE": _invalid(
        "数量超出范围",
        "The quantity is out of range",
        "应为 1 到 {limit} {unit}，收到 {found}。",
        "Expected 1 to {limit} {unit}, found {found}.",
    ),
    "DISTRICT_UNKNOWN": _invalid(
        "地区代码不对",
        "The district is not known",
        "收到 {found}；可用代码：{known}。",
        "Found {found}; known districts: {known}.",
    ),
    "DATE_MISSING": _invalid(
        "未写要求的日期",
        "The date wanted is missing",
        "再次下单须给出 requested_by 或 requested_window。",
        "Ordering again needs requested_by or requested_window.",
    ),
    "DATE_PAST": _invalid(
        "要求交期已过",
        "The requested date has passed",
        "要求在 {found} 前交货，现在已是 {now}；请改为以后的时间。",
        "Delivery by {found} was asked for, and it is {now}; name a later time.",
    ),
    "DATE_TOO_FAR": _invalid(
        "要求交期太远",
        "The requested date is too far",
        "最晚可要求 {days} 天之内交货，收到 {found}。",
        "Delivery may be asked for at most {days} days ahead, found {found}.",
    ),
    "DATE_FUTURE": _invalid(
        "时间在未来",
        "The instant lies ahead",
        "应填写实际发生的时间，不晚于现在 {now}，收到 {found}。",
        "What has happened lies no later than now, {now}; found {found}.",
    ),
    "WINDOW_EMPTY": _invalid(
        "交货时间窗不对",
        "The delivery window is empty",
        "开始时间 {found} 必须早于结束时间 {end}。",
        "It begins at {found} and must end later than that, found {end}.",
    ),
    "SUPPLY_TWICE": _invalid(
        "来料重复", "A material is named twice", "来料 {item} 只能出现一次。", "Material {item} may stand there once."
    ),
    "SUPPLY_UNKNOWN": _invalid(
        "不需要该来料",
        "This material is not needed",
        "订单没有工序使用来料 {item}。",
        "No step of the order uses {item}.",
    ),
    "SUPPLY_MISSING": _invalid(
        "缺少来料",
        "Material of yours is needed",
        "所选产品只能用您的来料加工，请在 supplies 中说明：{items}。",
        "This is made from your own material only; say in supplies when it comes: {items}.",
    ),
    "SUPPLY_UNIT": _invalid(
        "来料单位不对",
        "The material's unit is not right",
        "应为 {expected}，收到 {found}。",
        "Expected {expected}, found {found}.",
    ),
    "SUPPLY_SHORT": _invalid(
        "来料不足",
        "The material is not enough",
        "{item} 至少需要 {needed} {unit}（含损耗），说明的是 {found} {unit}。",
        "{item}: at least {needed} {unit} are needed with losses, {found} {unit} are announced.",
    ),
    "SUPPLY_TOO_LATE": _invalid(
        "来料太晚",
        "The material comes too late",
        "{item} 将于 {found} 到料，必须早于要求交期 {by}。",
        "{item} would arrive at {found}; it must be there before the goods are wanted, {by}.",
    ),
    "ORDER_EXISTS": _conflict(
        "订单已存在", "The order exists already", "编号 {order_id} 已使用。", "The id {order_id} is taken."
    ),
    "ALREADY_CANCELLED": _conflict(
        "订单已取消",
        "The order was cancelled before",
        "已于 {cancelled_at} 取消。",
        "It was cancelled at {cancelled_at}.",
    ),
    "NOT_NOW": _conflict(
        "当前状态不允许",
        "Not possible in this state",
        "订单目前的状态是 {state}，不能执行 {action}；现在可以做什么，见订单的 actions。",
        "The order is {state}, which does not allow {action}; see actions.",
    ),
    "PLAN_AWAITED": _conflict(
        "正在排产",
        "A plan is on its way",
        "系统正在为此订单排产，请等结果出来后再操作。",
        "Wait for the answer to the plan asked for.",
    ),
    "INQUIRY_TOO_LARGE": _invalid(
        "询期太大",
        "The inquiry is too large",
        "本次询期的排产量为 {cost}，一次上限 {limit}（各行方案数 × 距交期周数）；请减少行数或提前交期。",
        "It takes {cost} of planning, {limit} is the most at once (variants of all lines x weeks); ask for fewer lines or sooner.",
    ),
    "INQUIRIES_SPENT": _too_many(
        "今日询期次数已用完",
        "Today's inquiries are used up",
        "每天最多 {limit} 次，请在 {seconds} 秒后再询，或直接下单。",
        "At most {limit} a day; ask again in {seconds} seconds, or place an order.",
    ),
    "INQUIRIES_WAITING": _too_many(
        "排队中的询期已满",
        "Too many inquiries are waiting",
        "最多 {limit} 个同时等待，请在 {seconds} 秒后重试。",
        "At most {limit} wait at a time; try again in {seconds} seconds.",
    ),
    "PLANNING_SPENT": _too_many(
        "排产量暂已用完",
        "Planning is used up for now",
        "本次需要 {cost}，累计上限 {limit}，随时间恢复；请在 {seconds} 秒后重试。",
        "It takes {cost}; {limit} may be out at once, and time makes up for it: try again in {seconds} seconds.",
    ),
    "ORDERS_OPEN": _too_many(
        "未确认的订单太多",
        "Too many orders are not booked",
        "最多 {limit} 个订单同时等待排产或持有报价；请先接受、取消一些，或在 {seconds} 秒后重试。",
        "At most {limit} may wait for a plan or hold a quote; accept or cancel some, or try again in {seconds} seconds.",
    ),
    "ATTEMPTS_SPENT": _conflict(
        "排产次数已用完",
        "Too many plans were asked for",
        "一个订单最多排产 {limit} 次，请另下订单。",
        "At most {limit} plans are made for one order; place another.",
    ),
    "ACCEPTED_ALREADY": _conflict(
        "报价已接受",
        "The quote was accepted before",
        "报价 {quote_id} 已被接受。",
        "Quote {quote_id} has been accepted.",
    ),
    "QUOTE_OUTDATED": _conflict(
        "报价已被取代",
        "The quote is out of date",
        "报价 {quote_id} 已不再有效，请查看最新报价。",
        "Quote {quote_id} no longer stands; look at the latest quotes.",
    ),
    "QUOTE_EXPIRED": _conflict(
        "报价已过期",
        "The quote has expired",
        "报价 {quote_id} 已于 {expires_at} 过期，已重新询价。",
        "Quote {quote_id} expired at {expires_at}; a fresh one was asked for.",
    ),
    "QUOTE_LOST": _conflict(
        "产能已被占用",
        "The capacity was taken",
        "报价 {quote_id} 未能锁定，已重新询价。",
        "Quote {quote_id} could not be confirmed; a fresh one was asked for.",
    ),
    "OPTION_NOT_IN_QUOTE": _invalid(
        "报价中没有此方案",
        "The quote has no such option",
        "收到 {found}；可选：{known}。",
        "Found {found}; the quote offers {known}.",
    ),
    "INQUIRY_OF_CHANGE": _conflict(
        "这次询期是为更改订单而作",
        "This inquiry is about a change",
        "它属于订单 {order_id} 的更改预览；请在该订单上更改。",
        "It belongs to the preview of a change of order {order_id}; change that order.",
    ),
    "UNKNOWN_LINE": _invalid(
        "订单里没有这一行",
        "There is no such line",
        "订单里没有编号为 {order_line_id} 的行。",
        "The order has no line {order_line_id}.",
    ),
    "NOTHING_CHANGED": _invalid(
        "没有变更",
        "Nothing would change",
        "要改的内容与现有订单相同，没有需要修改的地方。",
        "The order is like that already; there is nothing to change.",
    ),
    "CHANGE_TOO_LATE": _conflict(
        "已来不及变更",
        "It is too late for a change",
        "订单处于 {state}，已有工序开工；可取消，或另下订单。",
        "The order is {state} and work has begun; cancel it, or place another.",
    ),
    "CANCEL_TOO_LATE": _conflict(
        "已来不及取消",
        "It is too late to cancel",
        "订单目前的状态是 {state}，不能再取消。",
        "The order is {state} and can no longer be cancelled.",
    ),
    "FEE_NOT_AGREED": _conflict(
        "费用未经同意",
        "The fee was not agreed to",
        "此操作费用为 {fee} 元；请先预览（?preview=true），并在 agreed_fee 中确认。",
        "This costs CNY {fee}; look at it with ?preview=true and agree to it in agreed_fee.",
    ),
    "NO_SUCH_CHOICE": _conflict(
        "没有这个选项",
        "That is not one of the choices",
        "可选答复是 {choices}，收到 {found}。",
        "The choices are {choices}; found {found}.",
    ),
    "REPLAN_ANSWER_LATE": _conflict(
        "答复时间已过",
        "The time to answer is over",
        "答复截止时间是 {answer_by}；逾期未答复，已按约定采用默认选择 {default_choice}。",
        "It ended at {answer_by}; the stated default {default_choice} holds.",
    ),
    "DEFAULT_TOO_EARLY": _conflict(
        "还在答复期内",
        "The time to answer is not over",
        "默认选择在 {answer_by} 之后才生效。",
        "The default holds from {answer_by} only.",
    ),
    "SUPPLY_NOT_EXPECTED": _invalid(
        "未约定该来料",
        "This material was not announced",
        "订单没有约定来料 {item}。",
        "The order announced no {item}.",
    ),
    "CONFIRMED_ALREADY": _conflict(
        "已确认收货",
        "The delivery was confirmed before",
        "交货 {delivery_id} 已确认。",
        "Delivery {delivery_id} has been confirmed.",
    ),
    "DISPUTED_ALREADY": _conflict(
        "已提出异议",
        "The delivery is disputed already",
        "交货 {delivery_id} 的异议处理中；解决后请确认收货。",
        "Delivery {delivery_id} is in dispute; confirm it once it is settled.",
    ),
    "CONFIRM_TOO_MUCH": _invalid(
        "确认数量过多",
        "More than was delivered",
        "最多 {delivered} {unit}。",
        "At most {delivered} {unit} were delivered.",
    ),
    "GOODS_BLOCKED": _conflict(
        "货物已封存",
        "The goods are blocked",
        "其中 {blocked} {unit} 出厂后判为不合格；最多可确认 {usable} {unit}，其余请等复检放行或提出异议。",
        "{blocked} {unit} were found bad after they left; confirm at most {usable} {unit}, and dispute the rest or wait for its release.",
    ),
    "NOT_ALL_CONFIRMED": _conflict(
        "还有未确认的交货",
        "Not every delivery is confirmed",
        "请先确认全部交货。",
        "Confirm what was delivered first.",
    ),
    "WORK_UNDER_WAY": _conflict(
        "还有工序在进行",
        "Work is still under way",
        "还有 {count} 个工序未完成。",
        "{count} step(s) are not finished.",
    ),
    "LICENCE_NUMBER": _invalid(
        "许可证编号不对",
        "The licence number is not right",
        "应为 SC 加 14 位数字且校验位正确，收到 {found}。",
        "Expected SC and 14 digits with a true check digit, found {found}.",
    ),
    "SIGNED_ALREADY": _conflict("已签署", "Signed before", "此内容您已签署。", "You have signed this very content."),
}
