"""Every route of the order service × role × own, foreign and absent object; and whatever else may be sent to it."""

from typing import Any

from shared.kernel.ids import derived_id
from shared.kernel.principal import Principal, Role
from tests.integration.order.conftest import ORDER_BODY, World
from tests.support.odd_requests import check_answers
from tests.support.order_world import a_plan_change, a_shipment
from tests.support.route_matrix import Matrix, two_of_each, walk
from tests.support.web_client import a_principal


def a_full_order(world: World, number: int) -> dict[str, str]:
    """Ids of everything an order of buyer *number* has."""
    quote = world.confirmed(number=number)
    last = quote.options[0].steps[-1]
    delivery = a_shipment(last, 6_000, order_id=quote.order_id, buyer_org_id=quote.buyer_org_id)
    change = a_plan_change(quote.options[0], order_id=quote.order_id, buyer_org_id=quote.buyer_org_id)
    world.told(delivery, change)
    inquiry = {name: value for name, value in ORDER_BODY.items() if name != "reference"}
    inquiry_id = world.caller(number=number).post("/v1/inquiries", inquiry).get_json()["id"]
    return {
        "order_id": quote.order_id,
        "quote_id": quote.quote_id,
        "replan_id": change.replan_id,
        "delivery_id": delivery.delivery_id,
        "inquiry_id": inquiry_id,
    }


def shares(viewer: Principal, owner: Principal, rule: str) -> bool:
    if rule.startswith("/v1/products"):
        return True
    if viewer.role is Role.FACTORY:  # the factory of the tests' plans is a party to the report
        return "entrusted-production-report" in rule and viewer.org_id.endswith("01")
    return viewer.role is Role.OFFICE and owner.role is Role.BUYER


def test_no_route_tells_anybody_of_anothers_things(world: World) -> None:
    owned = {a_principal(Role.BUYER, number).org_id: a_full_order(world, number) for number in (1, 2)}

    def maker(name: str) -> Any:
        return lambda owner: {name: owned[owner.org_id][name]} if owner.org_id in owned else None

    def operation(owner: Any) -> Any:
        found = owned.get(owner.org_id)
        return None if found is None else {"operation_id": f"opn_{str(found['order_id']).removeprefix('ord_')}_1"}

    names = ("order_id", "quote_id", "replan_id", "delivery_id", "inquiry_id")
    line = {"product": "tea-can-330", "options": {"artwork": "a"}, "quantity": {"value": "1", "unit": "case"}}
    place = {**ORDER_BODY, "lines": [line]}
    order = "POST /v1/orders/<order_id>"
    matrix = Matrix(
        app=world.service.app,
        tokens=world.issuer,
        principals=[a_principal(role, number) for role, number in two_of_each()],
        makers={
            **{name: maker(name) for name in names},
            "product_id": lambda _: {"product_id": "tea-can-330"},
            "operation_id": operation,
        },
        absent={
            "order_id": derived_id("ord", "no"),
            "quote_id": derived_id("quo", "no"),
            "replan_id": derived_id("rpl", "no"),
            "delivery_id": derived_id("dlv", "no"),
            "inquiry_id": derived_id("inq", "no"),
            "product_id": "gold-bar",
            "operation_id": f"opn_{derived_id('ord', 'no').removeprefix('ord_')}_1",
        },
        bodies={
            "POST /v1/orders": place,
            "POST /v1/inquiries": {name: value for name, value in place.items() if name != "reference"},
            "POST /v1/quotes/<quote_id>/accept": {"option_id": derived_id("opt", "any")},
            f"{order}/changes": {"requested_by": "2027-03-01T00:00:00Z"},
            f"{order}/cancellation": {"agreed_fee": {"amount": "0.00", "currency": "CNY"}},
            f"{order}/replans/<replan_id>/answer": {"choice": "accept"},
            f"{order}/supplies/arrivals": {"item": "tea-base", "quantity": {"value": "5", "unit": "mL"}},
            f"{order}/entrusted-production-report/signatures": {},
            "POST /v1/deliveries/<delivery_id>/confirm": {},
            "POST /v1/deliveries/<delivery_id>/dispute": {"grounds": "dented"},
        },
        shares=shares,
    )
    findings = walk(matrix)
    assert findings.leaks == []
    assert findings.cells["foreign"] >= 40


def test_whatever_is_sent_is_answered(world: World) -> None:
    ids = a_full_order(world, 1)
    callers = [a_principal(Role.BUYER), a_principal(Role.OFFICE)]
    check_answers(world.service.app, world.issuer, callers, {**ids, "product_id": "tea-can-330"})
