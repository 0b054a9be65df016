"""Story 1: 12,000 cans of tea are far below the offset minimum; a sleeve or digital print on blank cans makes them."""

from datetime import UTC, datetime

from services.demo import making, ordering
from services.demo.measuring import show_utilization
from services.demo.stage import Stage

BUYER = "B1"
WANTED_BY = datetime(2026, 12, 20, 10, 0, tzinfo=UTC)


def tell(stage: Stage) -> str:
    stage.next_morning()
    tea = ordering.line("tea-can-330", 12_000, "can", artwork="yunxi-cold-brew", colour="dark")
    order = ordering.place(stage, BUYER, [tea], to=("420100", "武汉"), by=WANTED_BY, reference="YX-1201")
    stage.expect(order["state"] == "quoted", "a quote", order["state"])
    quote = ordering.newest_quote(stage, BUYER, order["id"])
    ordering.show_menu(stage, quote)
    codes = {one["code"] for one in quote["refusals"]}
    stage.expect("MOQ_NOT_MET" in codes, "MOQ_NOT_MET for the offset can", codes)
    option = ordering.option_named(quote, "cheapest")
    ordering.accept(stage, BUYER, quote, option)
    ordering.show_processes(stage, BUYER, order["id"])
    making.accept_offers(stage, order["id"])
    plan = ordering.plan_of(stage, BUYER, order["id"])
    ordering.show_plan(stage, plan)
    show_utilization(stage, plan, "before")
    making.produce(stage, order["id"])
    closed = ordering.confirm_deliveries(stage, BUYER, order["id"])
    stage.expect(closed["state"] == "closed", "a closed order", closed["state"])
    show_utilization(stage, plan, "after")
    return f"12,000 cans made and tested by {', '.join(dict.fromkeys(one['plant'] for one in plan['steps']))}"
