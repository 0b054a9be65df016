"""Story 2: 3 million printed cans stay in the one plant that prints the design; 3 million blanks need two plants."""

from datetime import timedelta

from services.demo import making, ordering
from services.demo.party import Json
from services.demo.stage import Stage

PRINTED_BUYER, BLANK_BUYER = "B5", "B2"
TO = ("420100", "武汉")
QUANTITY = 3_000_000
DAYS_WANTED_WITHIN = 4
PRINTED, BLANK = "3 million printed cans", "3 million blank cans"  # under these names the stage keeps both orders


def tell(stage: Stage) -> str:
    stage.next_morning()
    design = ordering.line("can-330-sleek", QUANTITY, "can", artwork="jiangcheng-2027", colour="dark")
    printed = _ordered(stage, PRINTED, PRINTED_BUYER, design)
    printers = {one["plant"] for one in printed["steps"] if one["capability"] == "CAN_PRINT"}
    stage.expect(len(printers) == 1, "one plant to print one design", printers)
    blank = _ordered(stage, BLANK, BLANK_BUYER, ordering.line("can-330-blank", QUANTITY, "can"))
    makers = {one["plant"] for one in blank["steps"]}
    stage.expect(len(makers) > 1, "several plants to share 3 million blanks", makers)
    net = sum(int(one["quantity_net"]["value"]) for one in blank["steps"])
    stage.expect(net == QUANTITY, "parts that add up exactly", net)
    return f"printed by {', '.join(printers)} alone; blanks by {' and '.join(sorted(makers))}"


def _ordered(stage: Stage, name: str, buyer: str, line: Json) -> Json:
    """Order, take the fastest option, let the plants accept; the plan as booked."""
    by = stage.now + timedelta(days=DAYS_WANTED_WITHIN)
    order = ordering.place(stage, buyer, [line], to=TO, by=by, reference=f"{buyer}-3M")
    quote = ordering.newest_quote(stage, buyer, order["id"])
    ordering.show_menu(stage, quote)
    ordering.accept(stage, buyer, quote, ordering.option_named(quote, "fastest"))
    making.accept_offers(stage, order["id"])
    plan = ordering.plan_of(stage, buyer, order["id"])
    ordering.show_plan(stage, plan)
    stage.kept[name] = order["id"]
    return plan
