"""Story 8: the plant that is asked first declines; the second best is asked at once and accepts."""

from datetime import timedelta

from services.demo import making, ordering
from services.demo.stage import Stage

BUYER = "B2"
QUANTITY = 90_000


def tell(stage: Stage) -> str:
    stage.next_morning()
    blank = ordering.line("can-330-blank", QUANTITY, "can")
    order = ordering.place(
        stage, BUYER, [blank], to=("421202", "咸安"), by=stage.now + timedelta(days=9), reference="CM-90K"
    )
    quote = ordering.newest_quote(stage, BUYER, order["id"])
    ordering.show_menu(stage, quote)
    ordering.accept(stage, BUYER, quote, ordering.option_named(quote, "cheapest"))
    [(first, offer)] = making.offers_of(stage, order["id"])
    body = {"reason": "equipment", "note": "模具检修 die under repair"}
    stage.party(first).post(f"/v1/offers/{offer['id']}/decline", body, version=offer["version"])
    stage.trail.event(stage.now, stage.name_of(first), "[red]declines[/]: die under repair")
    stage.settle()
    ordering.answer_questions(stage, BUYER, order["id"], "accept")
    second = {code for code, _ in making.offers_of(stage, order["id"])}
    stage.expect(second and first not in second, "another plant to be asked", second)
    making.accept_offers(stage, order["id"])
    making.produce(stage, order["id"])
    closed = ordering.confirm_deliveries(stage, BUYER, order["id"])
    stage.expect(closed["state"] == "closed", "a closed order", closed["state"])
    return f"{stage.name_of(first)} declined, {' and '.join(stage.name_of(code) for code in second)} made it"
