"""What buyers do in the stories: ask, place, choose, confirm; and how the answers are shown on the trail."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from services.demo.party import Json
from services.demo.stage import Stage
from services.demo.trail import Bar, Node, local, yuan
from shared.kernel.clock import instant_text, parse_instant

WAIT_S = 20
REFUSALS_SHOWN = 6
DULL = frozenset({"CAPABILITY_MISSING", "FORMAT_UNSUPPORTED"})  # true of most lines: told last


def line(product: str, value: int, unit: str, **options: str) -> Json:
    """One order line."""
    return {"product": product, "options": options, "quantity": {"value": str(value), "unit": unit}}


def place(
    stage: Stage,
    buyer: str,
    lines: Sequence[Json],
    *,
    to: tuple[str, str],
    by: datetime,
    limits: Mapping[str, object] | None = None,
    supplies: Sequence[Json] = (),
    reference: str = "",
) -> Json:
    """Place an order and wait for capacity's answer; returns the order as it stands then."""
    body: Json = {
        "lines": list(lines),
        "deliver_to": {"district": to[0], "address": to[1]},
        "requested_by": instant_text(by),
        "supplies": list(supplies),
    }
    if reference:
        body["reference"] = reference
    if limits is not None:
        body["limits"] = dict(limits)
    order = stage.party(buyer).post("/v1/orders", body, wait_s=WAIT_S)
    wanted = ", ".join(
        f"[b]{int(one['quantity']['value']):,}[/] {one['quantity']['unit']} {one['product']}" for one in lines
    )
    stage.trail.event(stage.now, stage.name_of(buyer), f"orders {wanted} to {to[1]} by {local(by)} → {order['id']}")
    return read(stage, buyer, order["id"])


def read(stage: Stage, buyer: str, order_id: str) -> Json:
    """The order as it stands."""
    return stage.party(buyer).get(f"/v1/orders/{order_id}")


def show_processes(stage: Stage, buyer: str, order_id: str, variant: str | None = None) -> None:
    """The process tree of an order, from what is delivered back to what it is made of."""
    rows = stage.party(buyer).get(f"/v1/orders/{order_id}/processes")["items"]
    chosen = variant or (rows[0]["variant"] if rows else "")
    rows = [row for row in rows if row["variant"] == chosen and row["part"] <= 1]
    fed = {name for row in rows for name in row["eats"]}
    by_step = {row["step"]: row for row in rows}

    def node(row: Json) -> Node:
        made = [node(by_step[name]) for name in row["eats"] if name in by_step]
        bought = [Node(f"[dim]{name}[/]", "") for name in row["eats"] if name not in by_step]
        net, gross = row["quantity_net"], row["quantity_gross"]
        detail = f"{int(gross['value']):,} started for {int(net['value']):,} good {net['unit']} · {row['capability']}"
        return Node(f"{row['name']['zh']} {row['name']['en']}", detail, [*made, *bought])

    for row in rows:
        if row["step"] not in fed:
            stage.trail.tree(node(row))


def newest_quote(stage: Stage, buyer: str, order_id: str) -> Json:
    """The quote on the table. Raises Broken when there is none."""
    quotes = stage.party(buyer).items(f"/v1/orders/{order_id}/quotes")
    live = [one for one in quotes if one["state"] in {"offered", "open", "live"}] or quotes
    stage.expect(live, f"a quote for {order_id}", read(stage, buyer, order_id)["state"])
    return max(live, key=lambda one: int(one["attempt"]))


def show_menu(stage: Stage, quote: Json) -> None:
    """The options side by side, and why others are not among them."""
    rows = [
        (
            ", ".join(one["labels"]) or "–",
            " + ".join(dict.fromkeys(one["variants"])),
            yuan(one["price"]),
            one["promise_on"],
            str(one["plants"]),
        )
        for one in quote["options"]
    ]
    stage.trail.table(("option", "made as", "price before VAT", "promised", "plants"), rows)
    show_reasons(stage, quote["refusals"])


def show_reasons(stage: Stage, reasons: Sequence[Json]) -> None:
    """Typed reasons, the same one once, with the figures behind them and the smallest change that would help."""
    told: dict[str, None] = {}
    for one in sorted(reasons, key=lambda reason: str(reason["code"]) in DULL):
        facts = ", ".join(f"{name} {value}" for name, value in one["facts"].items())
        better = one.get("relaxation")
        helps = f"; would do: {better['kind']} {better['to']} {better['unit']}".rstrip() if better else ""
        who = " ".join(part for part in (one["plant"], one["capability"] or one["step"]) if part)
        told[f"✗ {one['code']} {who} ({facts}{helps})"] = None
    for sentence in list(told)[:REFUSALS_SHOWN]:
        stage.trail.aside(sentence)
    if len(told) > REFUSALS_SHOWN:
        stage.trail.aside(f"… and {len(told) - REFUSALS_SHOWN} more reasons")


def option_named(quote: Json, label: str) -> Json:
    """The option with *label*, else the first."""
    options: list[Json] = quote["options"]
    return next((one for one in options if label in one["labels"]), options[0])


def accept(stage: Stage, buyer: str, quote: Json, option: Json) -> Json:
    """Accept one option and wait until capacity has booked it; returns the order."""
    body = {"option_id": option["option_id"]}
    stage.party(buyer).post(f"/v1/quotes/{quote['id']}/accept", body, wait_s=WAIT_S)
    stage.settle()
    order = read(stage, buyer, quote["order_id"])
    stage.expect(order["promise"], "a promise after accepting", order["state"])
    promise = order["promise"]
    stage.trail.event(
        stage.now,
        stage.name_of(buyer),
        f"accepts: [b]{yuan(promise['price'])}[/] + VAT, promised [b]{local(parse_instant(promise['promise_at']))}[/]",
    )
    return order


def plan_of(stage: Stage, buyer: str, order_id: str) -> Json:
    return stage.party(buyer).get(f"/v1/orders/{order_id}/plan")


def show_plan(stage: Stage, plan: Json) -> None:
    """The plan by plant as a small Gantt."""
    stage.trail.gantt(
        Bar(
            one["plant"].removesuffix("（演示）"),
            one["capability"],
            parse_instant(one["starts_at"]),
            parse_instant(one["ends_at"]),
            timedelta(seconds=int(one["setup_seconds"])),
        )
        for one in plan["steps"]
    )


def change(stage: Stage, buyer: str, order: Json, what: Json) -> Json:
    """Look at what a change costs, agree to it, and wait for the new quote; returns the preview with its fee."""
    path, party = f"/v1/orders/{order['id']}/changes", stage.party(buyer)
    preview = party.post(path, what, query={"preview": "true"})
    now = read(stage, buyer, order["id"])
    party.post(path, {**what, "agreed_fee": preview["fee"]}, version=now["version"], wait_s=WAIT_S)
    stage.trail.event(
        stage.now, stage.name_of(buyer), f"changes the order; the fee shown first: {yuan(preview['fee'])}"
    )
    stage.settle()
    return preview


def answer_questions(stage: Stage, buyer: str, order_id: str, choice: str) -> None:
    """Answer every replan the buyer is asked about."""
    for one in read(stage, buyer, order_id)["questions"]:
        if one["kind"] != "replan":
            continue
        asked = f"{local(parse_instant(one['old_promise_at']))} → {one['new_promise_on']}"
        stage.trail.event(
            stage.now,
            stage.name_of(buyer),
            f"is asked ({one['cause']}): {asked}; silence until {_when(one['answer_by'])} means "
            f"{one['default_choice']} → says [b]{choice}[/]",
        )
        stage.party(buyer).post(f"/v1/orders/{order_id}/replans/{one['id']}/answer", {"choice": choice})
    stage.settle()


def _when(text: str | None) -> str:
    return "?" if text is None else local(parse_instant(text))


def confirm_deliveries(stage: Stage, buyer: str, order_id: str) -> Json:
    """Confirm every delivery that arrived; returns the order."""
    for one in read(stage, buyer, order_id)["deliveries"]:
        if one["state"] in {"arrived", "delivered"}:
            stage.party(buyer).post(f"/v1/deliveries/{one['id']}/confirm", {})
            amount = one["quantity"]
            stage.trail.event(
                stage.now, stage.name_of(buyer), f"confirms [b]{int(amount['value']):,}[/] {amount['unit']} in order"
            )
    stage.settle()
    return read(stage, buyer, order_id)
