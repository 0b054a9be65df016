"""What the start page shows each role: where its part of the API begins."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signpost:
    """One role's card. *calls* are (method and path, zh, en)."""

    zh: str
    en: str
    about_zh: str
    about_en: str
    calls: tuple[tuple[str, str, str], ...]


SIGNPOSTS = (
    Signpost(
        "委托方（品牌）",
        "Brands",
        "下单一次，平台拆解工序、匹配多家工厂，给出价格与承诺交期。",
        "Order once: the platform splits it into processes, matches several plants and answers with price and date.",
        (
            ("GET /v1/products", "能做什么", "what can be made"),
            ("POST /v1/inquiries", "询期：谁能做、何时、大概多少钱", "who could, when, about how much"),
            ("POST /v1/orders", "下单", "place an order"),
            ("GET /v1/orders/{order_id}/quotes", "报价菜单", "the menu of quotes"),
            ("POST /v1/quotes/{quote_id}/accept", "接受报价", "accept a quote"),
        ),
    ),
    Signpost(
        "工厂（受托方）",
        "Factories",
        "发布产线、日历、价格与许可证；接单、报工、质检、发货。",
        "Publish lines, calendars, prices and licences; answer offers, report production, inspect, ship.",
        (
            ("GET /v1/plants", "我的工厂", "my plants"),
            ("POST /v1/plants/{plant_id}/workbook", "用一个 Excel 文件发布", "publish by one Excel file"),
            ("GET /v1/offers", "待接派单", "work that is asked for"),
            ("POST /v1/work-orders/{work_id}/reports", "报工", "report production"),
            ("GET /v1/lines/{line_id}/schedule", "产线排程", "a line's schedule"),
        ),
    ),
    Signpost(
        "试点专班",
        "Programme office",
        "查看产能利用率，每个数字都能追到背后的事件。",
        "Read utilization; every figure leads to the events behind it.",
        (
            ("GET /v1/utilization", "产能利用率", "utilization"),
            ("GET /v1/kpis", "指标登记表", "the registry of indicators"),
            ("GET /v1/entries", "台账条目", "ledger entries"),
            ("GET /v1/exports", "导出", "exports"),
            ("POST /v1/organisations", "准入机构", "admit an organisation"),
        ),
    ),
)
