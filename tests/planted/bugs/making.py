"""Bugs of making: offers of work, the shop floor, reports and corrections, lots, inspection and shipping."""

from tests.planted.bug import Bug, Harm

WORK_STATE = "services/capacity/domain/work_state.py"
PRODUCTION = "services/capacity/domain/production.py"
OFFERS = "services/capacity/domain/offers.py"
SHIPPING = "services/capacity/domain/shipping.py"
LOTS = "services/capacity/domain/lots.py"

WORK = "tests/unit/capacity/domain/test_work.py"
WORK_MACHINE = "tests/unit/capacity/domain/test_work_machine.py"
FLOOR = "tests/unit/capacity/domain/test_floor.py"
MADE = "tests/integration/capacity/test_production_over_http.py"
OFFERED = "tests/integration/capacity/test_offers_and_replanning.py"
MACHINE = "tests/integration/capacity/test_capacity_machine.py"
LABORATORY = "tests/integration/capacity/test_laboratory_and_supplies.py"
WALLS = "tests/integration/capacity/test_tenant_walls.py"

BUGS = (
    Bug(
        "offer-accepted-too-late",
        Harm.TWICE,
        OFFERS,
        """    terms = _open(work).terms
    if terms.answer_by <= command.at:
        raise Refused(Why.OFFER_EXPIRED, id=terms.offer_id, answer_by=instant_text(terms.answer_by))
    return [OfferAccepted""",
        """    terms = _open(work).terms
    return [OfferAccepted""",
        "A plant accepts work that has gone to the second best.",
        rules=(WORK, WORK_MACHINE),
        assembled=(OFFERED,),
    ),
    Bug(
        "declined-offer-accepted",
        Harm.TWICE,
        OFFERS,
        '        if work.how == "declined":\n            raise Refused(Why.OFFER_ANSWERED, id=offer_id, at=instant_text(work.at), answer="declined")\n',
        '        if work.how == "declined":\n            return Offered(work.terms)\n',
        "A plant that declined changes its mind after the work went elsewhere.",
        rules=(WORK, WORK_MACHINE),
        assembled=(OFFERED,),
    ),
    Bug(
        "auto-accept-any-condition",
        Harm.WRONG,
        OFFERS,
        "        and offer.price_fen >= rule.price_fen_min\n",
        "        and (offer.price_fen >= rule.price_fen_min or lead_hours >= rule.lead_hours_min)\n",
        "A plant's own rule takes work below the price the plant set.",
        rules=("tests/unit/capacity/domain/test_offers.py",),
    ),
    Bug(
        "two-works-on-one-line",
        Harm.ILLEGAL,
        "services/capacity/domain/floor.py",
        "    if floor.running:\n",
        "    if floor.running == command.work_id:\n",
        "A line runs two work orders at once.",
        rules=(FLOOR,),
        assembled=(MADE, MACHINE),
    ),
    Bug(
        "started-on-a-broken-line",
        Harm.ILLEGAL,
        "services/capacity/domain/floor.py",
        "    if down is not None and command.at >= down.starts_at:",
        "    if down is not None and command.at >= down.expected_until:",
        "Work starts on a line that is down.",
        rules=(FLOOR,),
        assembled=(OFFERED, MACHINE),
    ),
    Bug(
        "run-without-material",
        Harm.ILLEGAL,
        PRODUCTION,
        '        if one.source != "pooled" and found < enough:',
        '        if one.source == "buyer" and found < enough:',
        "A line starts although what the step before makes has not come.",
        rules=(WORK,),
        assembled=(MADE,),
    ),
    Bug(
        "correction-eats-again",
        Harm.TWICE,
        WORK_STATE,
        "    for sign, lots in ((-1, before.lots_in if before else ()), (1, report.lots_in)):",
        "    for sign, lots in ((1, report.lots_in),):",
        "A corrected report takes its material from stock a second time.",
        rules=(WORK, WORK_MACHINE),
    ),
    Bug(
        "corrected-report-counted-twice",
        Harm.TWICE,
        PRODUCTION,
        "    others = {name: one for name, one in work.reports.items() if name != command.report_id}\n",
        "    others = dict(work.reports)\n",
        "The totals after a correction count the wrong report and the right one.",
        rules=(WORK, WORK_MACHINE),
        assembled=(MADE,),
    ),
    Bug(
        "scrap-not-bounded",
        Harm.WRONG,
        PRODUCTION,
        "    found = max(after.good + after.scrap, after.rework)",
        "    found = max(after.good, after.rework)",
        "More is reported made and scrapped than was ever started.",
        rules=(WORK, WORK_MACHINE),
    ),
    Bug(
        "scrap-eats-nothing",
        Harm.WRONG,
        PRODUCTION,
        "eaten_by_recipe(terms.inputs, running.stock, after.good + after.scrap, eaten)",
        "eaten_by_recipe(terms.inputs, running.stock, after.good, eaten)",
        "Material that went into scrap stays in stock on paper.",
        rules=(WORK, WORK_MACHINE),
    ),
    Bug(
        "report-out-of-order",
        Harm.WRONG,
        PRODUCTION,
        "    when.limits.check_at(from_at, when.now, last_to)\n",
        "    when.limits.check_at(from_at, when.now, running.run_at)\n",
        "Two reports of one run claim the same minutes.",
        rules=(WORK, WORK_MACHINE),
    ),
    Bug(
        "finished-while-stopped",
        Harm.WRONG,
        PRODUCTION,
        """    running, when = _running(work), command.when
    if running.stoppage_id:
        raise Refused(Why.STOPPED, stoppage_id=running.stoppage_id)
    when.limits.check_at(when.at, when.now, running.last_at)
    if not running.reports:""",
        """    running, when = _running(work), command.when
    when.limits.check_at(when.at, when.now, running.last_at)
    if not running.reports:""",
        "A run ends while its line stands still: the stop never ends.",
        rules=(WORK, WORK_MACHINE),
    ),
    Bug(
        "lot-eaten-beyond-its-size",
        Harm.WRONG,
        LOTS,
        "        wanted[lot.lot_id] = wanted.get(lot.lot_id, 0) + lot.quantity\n",
        "        wanted[lot.lot_id] = lot.quantity\n",
        "One lot named twice in a report is eaten twice over.",
        rules=(WORK, WORK_MACHINE),
    ),
    Bug(
        "blocked-lot-shipped",
        Harm.ILLEGAL,
        SHIPPING,
        'if destination.before_release else lots_with(work, "released"))',
        'if destination.before_release else lots_with(work, "released", "blocked"))',
        "A lot that the laboratory blocked is shipped.",
        rules=(WORK, WORK_MACHINE),
        assembled=(LABORATORY, MADE),
    ),
    Bug(
        "goods-shipped-twice",
        Harm.TWICE,
        SHIPPING,
        "            gone[lot.lot_id] = gone.get(lot.lot_id, 0) + lot.quantity\n",
        "            gone[lot.lot_id] = 0\n",
        "Goods that left for one place are shipped once more to the next.",
        rules=(WORK, WORK_MACHINE),
    ),
    Bug(
        "anybody-judges-a-lot",
        Harm.LEAK,
        "services/capacity/domain/inspection.py",
        "    if found.inspector_org_id == command.by_org_id:",
        "    if command.by_org_id:",
        "The factory releases a lot that a laboratory is to judge.",
        rules=(WORK,),
        assembled=(LABORATORY, WALLS),
    ),
    Bug(
        "rivals-work-is-known",
        Harm.LEAK,
        "services/capacity/handlers/access.py",
        "    if isinstance(work, NoWork) or not principal.owns(work.terms.factory_org_id):",
        "    if isinstance(work, NoWork):",
        "A factory reports on, ships or answers for its rival's work.",
        assembled=(WALLS,),
        unseen="In the worlds every plant touches only what it was offered.",
    ),
    Bug(
        "rivals-lots-in-the-genealogy",
        Harm.LEAK,
        "services/capacity/projections/lots.py",
        "mine.c.direction == own, theirs.c.direction == other, visible(role))",
        "mine.c.direction == own, theirs.c.direction == other)",
        "A lot's history shows lots that belong to others.",
        assembled=(MADE,),
        unseen="Nobody in the simulated worlds asks where a lot came from.",
    ),
)
