"""Story 3: on the third day a bodymaker at P01 breaks down; the printed cans are planned anew and their buyer asked."""

from datetime import timedelta

from services.demo import making, ordering
from services.demo.stage import Stage
from services.demo.stories import three_million
from services.demo.stories.three_million import BLANK, BLANK_BUYER, PRINTED, PRINTED_BUYER
from services.demo.trail import counted, local
from shared.kernel.clock import instant_text, parse_instant

ORDERS = ((PRINTED_BUYER, PRINTED), (BLANK_BUYER, BLANK))  # both may have work on the line that breaks
OUT_FOR = timedelta(days=2)
BEFORE_START = timedelta(minutes=30)


def tell(stage: Stage) -> str:
    if PRINTED not in stage.kept:
        three_million.tell(stage)
    order_id = stage.kept[PRINTED]
    code, work = making.work_of(stage, order_id)[0]
    old = ordering.read(stage, PRINTED_BUYER, order_id)["promise"]["promise_at"]
    stage.move_to(parse_instant(work["starts_at"]) - BEFORE_START)
    until = stage.now + OUT_FOR
    body = {"expected_until": instant_text(until), "reason": "breakdown"}
    outage = stage.party(code).post(f"/v1/lines/{work['line_id']}/breakdowns", body)
    stage.trail.event(
        stage.now,
        stage.name_of(code),
        f"[red]bodymaker down[/] until {local(until)}: {counted(int(outage['replanned_orders']), 'order')} planned anew",
    )
    stage.settle()
    making.mend_at(stage, code, work["line_id"], outage["id"], until)
    for buyer, name in ORDERS:
        ordering.answer_questions(stage, buyer, stage.kept[name], "accept")
        making.accept_offers(stage, stage.kept[name])
    new = ordering.read(stage, PRINTED_BUYER, order_id)["promise"]["promise_at"]
    ordering.show_plan(stage, ordering.plan_of(stage, PRINTED_BUYER, order_id))
    making.produce(stage, order_id, stage.kept[BLANK])
    for buyer, name in ORDERS:
        closed = ordering.confirm_deliveries(stage, buyer, stage.kept[name])
        stage.expect(closed["state"] == "closed", f"{name} closed", closed["state"])
    return f"promise moved from {local(parse_instant(old))} to {local(parse_instant(new))}, with the buyer's consent"
