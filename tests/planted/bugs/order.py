"""Bugs of ordering: explosion, quotes, fees, deliveries, lists, and the exact arithmetic they stand on."""

from tests.planted.bug import Bug, Harm

EXPLOSION = "shared/contracts/explosion.py"
QUOTING = "services/order/domain/quoting.py"
CHANGING = "services/order/domain/changing.py"
DELIVERING = "services/order/domain/delivering.py"
TERMS = "services/order/domain/terms.py"
ROUNDING = "shared/kernel/rounding.py"

EXPLODED = "tests/unit/shared/contracts/test_explosion.py"
ROUNDED = "tests/unit/shared/kernel/test_rounding.py"
MACHINE = "tests/unit/order/domain/test_order_machine.py"
QUOTED = "tests/unit/order/domain/test_quoting.py"
CHANGED = "tests/unit/order/domain/test_changing.py"
DELIVERED = "tests/unit/order/domain/test_delivering.py"
FEES = "tests/unit/order/domain/test_terms.py"
QUOTES = "tests/integration/order/test_quotes_over_http.py"
CHANGES = "tests/integration/order/test_changes_over_http.py"
WHOLE = "tests/integration/order/test_an_order_from_end_to_end.py"
LISTS = "tests/integration/order/test_lists_and_catalogue.py"
WALLS = "tests/integration/order/test_tenant_walls.py"

BUGS = (
    Bug(
        "explosion-rounds-down",
        Harm.WRONG,
        EXPLOSION,
        "ceil_to_multiple(ceil_div((net + fixed_loss) * PPM, yield_ppm), multiple)",
        "ceil_to_multiple((net + fixed_loss) * PPM // yield_ppm, multiple)",
        "A step starts with a piece too few to yield what the next one needs.",
        rules=(EXPLODED,),
        assembled=(WHOLE, QUOTES),
    ),
    Bug(
        "fixed-loss-forgotten",
        Harm.WRONG,
        EXPLOSION,
        "ceil_div((net + fixed_loss) * PPM, yield_ppm)",
        "ceil_div(net * PPM, yield_ppm)",
        "Sheets spoilt while a press is set up are not planned for.",
        rules=(EXPLODED,),
        assembled=(WHOLE, QUOTES),
    ),
    Bug(
        "multiple-ignored",
        Harm.WRONG,
        EXPLOSION,
        "    return ceil_to_multiple(ceil_div((net + fixed_loss) * PPM, yield_ppm), multiple)",
        "    return max(multiple, ceil_div((net + fixed_loss) * PPM, yield_ppm))",
        "Half a sheet or half a tank is planned.",
        rules=(EXPLODED,),
        assembled=(WHOLE, QUOTES),
    ),
    Bug(
        "shared-input-not-added",
        Harm.WRONG,
        EXPLOSION,
        "net[one.step] = net.get(one.step, 0) + quantity",
        "net[one.step] = max(net.get(one.step, 0), quantity)",
        "A step that feeds two others makes enough for one.",
        rules=(EXPLODED,),
    ),
    Bug(
        "largest-remainder-lost",
        Harm.LOSS,
        ROUNDING,
        "    for i in order[: total - sum(parts)]:",
        "    for i in order[: total - sum(parts) - 1]:",
        "Parts of a whole add up to one less than the whole.",
        rules=(ROUNDED,),
        assembled=("tests/integration/capacity/test_production_over_http.py",),
    ),
    Bug(
        "half-rounded-to-even",
        Harm.WRONG,
        ROUNDING,
        "    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))",
        "    return round(numerator / denominator) if sign else 0",
        "Half a fen is rounded to the even fen, and large amounts go through floating point.",
        rules=(ROUNDED,),
    ),
    Bug(
        "quote-good-at-its-end",
        Harm.WRONG,
        "services/order/domain/situations.py",
        "        return at < self.expires_at",
        "        return at <= self.expires_at",
        "A quote is accepted in the instant in which its holds are free again.",
        rules=(QUOTED, MACHINE),
        assembled=(QUOTES,),
    ),
    Bug(
        "outdated-quote-shown",
        Harm.WRONG,
        QUOTING,
        "    if fact.attempt != _awaits(order):\n        return [\n",
        "    if _awaits(order) is None:\n        return [\n",
        "The answer to an older question is shown as the answer to the newest.",
        rules=(QUOTED, MACHINE),
        assembled=(QUOTES, CHANGES),
    ),
    Bug(
        "quote-told-twice-set-aside",
        Harm.LOSS,
        QUOTING,
        "    if _stands(order, fact.quote_id):\n        return []\n",
        "",
        "A quote that is delivered twice is set aside, and its holds are given back.",
        rules=(QUOTED, MACHINE),
        assembled=(QUOTES,),
    ),
    Bug(
        "loss-of-an-older-quote",
        Harm.LOSS,
        QUOTING,
        "        case Accepted(body=body, taken=taken) if taken.quote.quote_id == quote_id:",
        "        case Accepted(body=body):",
        "The loss of a quote that was replaced is taken for that of the accepted one.",
        rules=(QUOTED, MACHINE),
    ),
    Bug(
        "fence-shut-one-instant-late",
        Harm.WRONG,
        TERMS,
        "        elif step.starts_at - at <= terms.fence:",
        "        elif step.starts_at - at < terms.fence:",
        "Who cancels exactly at the fence pays the lower share.",
        rules=(FEES, CHANGED),
    ),
    Bug(
        "begun-work-cancelled-for-less",
        Harm.WRONG,
        TERMS,
        "        elif running.has_begun(step.process_id):\n            why, ppm",
        "        elif running.has_begun(step.process_id) and step.starts_at <= at:\n            why, ppm",
        "Work that began before its time is cancelled at the price of work that has not begun.",
        rules=(FEES, CHANGED),
    ),
    Bug(
        "fee-charged-unseen",
        Harm.WRONG,
        CHANGING,
        "    if fee_fen > (agreed_fen or 0):",
        "    if agreed_fen is not None and fee_fen > agreed_fen:",
        "Who does not name a fee is charged one he was never shown.",
        rules=(CHANGED,),
        assembled=(CHANGES,),
    ),
    Bug(
        "change-of-running-work",
        Harm.ILLEGAL,
        CHANGING,
        "        case Running() if not order.is_in_production:",
        "        case Running():",
        "An order is changed while it is being made.",
        rules=(CHANGED, MACHINE),
        assembled=(CHANGES,),
    ),
    Bug(
        "delivery-counted-twice",
        Harm.TWICE,
        DELIVERING,
        "    if running is None or fact.delivery_id in running.deliveries:",
        "    if running is None:",
        "A delivery that is told twice is recorded twice and its confirmation forgotten.",
        rules=(DELIVERED, MACHINE),
        assembled=(WHOLE,),
    ),
    Bug(
        "more-confirmed-than-arrived",
        Harm.WRONG,
        "services/order/domain/judging.py",
        "    if not 0 <= said <= delivery.quantity:",
        "    if said < 0:",
        "More is confirmed, counted and paid for than arrived.",
        rules=(DELIVERED, MACHINE),
        assembled=(WHOLE,),
    ),
    Bug(
        "closed-before-all-confirmed",
        Harm.WRONG,
        DELIVERING,
        "    return all(one.confirmed is not None for one in order.deliveries.values())",
        "    return any(one.confirmed is not None for one in order.deliveries.values())",
        "The first confirmation closes an order of several deliveries.",
        rules=(DELIVERED, MACHINE),
    ),
    Bug(
        "design-told-across-buyers",
        Harm.LEAK,
        "services/order/domain/tailoring.py",
        '.sha256(f"{buyer_org_id}\\x1f{text}".encode())',
        ".sha256(text.encode())",
        "Two brands that name an artwork alike are planned as if it were one, and can tell.",
        rules=("tests/unit/order/domain/test_tailoring.py",),
        unseen="Worlds do not compare design codes of different buyers: artworks are named apart there.",
    ),
    Bug(
        "list-without-tenant",
        Harm.LEAK,
        "services/order/projections/order_overview.py",
        "    if principal.role is not Role.OFFICE:",
        "    if principal.role is Role.FACTORY:",
        "A brand's list of orders shows all brands' orders.",
        assembled=(LISTS, WALLS),
        unseen="Nobody in the simulated worlds asks for lists: they read streams and views as the platform does.",
    ),
)
