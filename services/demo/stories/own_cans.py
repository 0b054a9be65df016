"""Story 7: a brand brings its own cans, fewer than it announced; it is asked, and orders what they are enough for."""

from datetime import timedelta

from services.demo import making, ordering
from services.demo.stage import Stage
from services.demo.trail import yuan
from shared.kernel.clock import instant_text

BUYER = "B3"
ANNOUNCED, ARRIVED = 65_000, 40_000
QUANTITY = 60_000


def tell(stage: Stage) -> str:
    stage.next_morning()
    arrives = stage.now + timedelta(days=2)
    tea = ordering.line("tea-can-330", QUANTITY, "can", artwork="lushui-tea", colour="light")
    own = {
        "item": "can-330-own",
        "quantity": {"value": str(ANNOUNCED), "unit": "can"},
        "arrives_at": instant_text(arrives),
    }
    order = ordering.place(
        stage,
        BUYER,
        [tea],
        to=("421221", "嘉鱼"),
        by=stage.now + timedelta(days=20),
        supplies=[own],
        reference="LS-OWN",
    )
    quote = ordering.newest_quote(stage, BUYER, order["id"])
    ordering.show_menu(stage, quote)
    own_cans = [one for one in quote["options"] if all(code.startswith("own-cans") for code in one["variants"])]
    stage.expect(own_cans, "an option with the buyer's own cans", [one["variants"] for one in quote["options"]])
    ordering.accept(stage, BUYER, quote, own_cans[0])
    making.accept_offers(stage, order["id"])
    stage.carry_out(arrives)
    arrival = {"item": "can-330-own", "quantity": {"value": str(ARRIVED), "unit": "can"}}
    stage.party(BUYER).post(f"/v1/orders/{order['id']}/supplies/arrivals", arrival)
    stage.settle()
    stage.trail.event(stage.now, stage.name_of(BUYER), f"brings {ARRIVED:,} of {ANNOUNCED:,} cans")
    asked = ordering.read(stage, BUYER, order["id"])
    short = [one for one in asked["questions"] if one["kind"] == "short_supply"]
    stage.expect(short, "the buyer to be asked about the short supply", asked["questions"])
    enough_for = short[0]["makeable"][0]
    stage.trail.event(
        stage.now,
        stage.name_of(BUYER),
        f"is asked: the cans are enough for [b]{int(enough_for['quantity']['value']):,}[/]; change, wait or cancel?",
    )
    changed = ordering.change(stage, BUYER, asked, {"lines": [enough_for]})
    quote = ordering.newest_quote(stage, BUYER, order["id"])
    ordering.accept(stage, BUYER, quote, quote["options"][0])
    making.accept_offers(stage, order["id"])
    making.produce(stage, order["id"])
    closed = ordering.confirm_deliveries(stage, BUYER, order["id"])
    stage.expect(closed["state"] == "closed", "a closed order", closed["state"])
    made = int(enough_for["quantity"]["value"])
    return f"{ARRIVED:,} of {ANNOUNCED:,} cans came; {made:,} made, fee {yuan(changed['fee'])}"
