"""Every route of every service, over a world that has really traded: role × own / foreign / absent object, odd requests."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared.kernel.principal import Principal, Role
from tests.support.odd_requests import check_answers
from tests.support.route_matrix import Findings, Matrix, Values, walk
from tests.support.traded_house import Traded, a_traded_house

ZEROS = "0" * 26
CELLS_MIN = {"order": 20, "capacity": 300, "ledger": 5}  # so that the test notices when it has nothing to look at


@pytest.fixture(scope="module")
def traded() -> Iterator[Traded]:
    with a_traded_house() as found:
        yield found


def _shares(traded: Traded, viewer: Principal, owner: Principal, rule: str) -> bool | None:
    """Who may see what is not their own: the office what it audits; partners perhaps what their common order is about."""
    if viewer.role is Role.OFFICE:
        return not rule.startswith(("/v1/users", "/v1/api-clients"))
    if rule == "/v1/products/<product_id>":
        return True
    of_a_common_order = ("/v1/lots/", "/v1/orders/<order_id>/entrusted-production-report", "/v1/inspection-lots/")
    return None if rule.startswith(of_a_common_order) and traded.partners(viewer.org_id, owner.org_id) else False


@pytest.mark.parametrize("service", ["order", "capacity", "ledger"])
def test_no_route_tells_one_tenant_of_another(traded: Traded, service: str) -> None:
    def maker(name: str) -> Any:
        def make(owner: Principal) -> Values | None:
            found = traded.ids[owner.org_id]
            return {name: found[name]} if name in found else None

        return make

    absent = {
        **{f"{name}_id": f"{prefix}_{ZEROS}" for name, prefix in _PREFIXES.items()},
        "operation_id": f"opn_{ZEROS}_1",
        "product_id": "no-such-product",
        "number": "SC10642120290000",
        "certificate": "none",
        "index": "0" * 64,
    }
    app = traded.house.services[service].app
    found: Findings = walk(
        Matrix(
            app=app,
            tokens=traded,
            principals=traded.principals,
            makers={name: maker(name) for name in absent},
            absent=absent,
            shares=lambda viewer, owner, rule: _shares(traded, viewer, owner, rule),
        )
    )
    print(f"{service}: {found.cells}")
    assert found.cells["foreign"] >= CELLS_MIN[service]
    assert found.leaks == [], "\n".join(one[:420] for one in found.leaks)


@pytest.mark.parametrize("service", ["order", "capacity", "ledger", "portal"])
def test_whatever_is_sent_to_any_service_is_answered(traded: Traded, service: str) -> None:
    brand, _, plant, *_, office = traded.principals
    known = traded.ids[brand.org_id] | traded.ids[plant.org_id] | {"product_id": "tea-can-330"}
    check_answers(traded.house.services[service].app, traded, [brand, plant, office], known, examples_max=120)


_PREFIXES = {
    "order": "ord",
    "quote": "quo",
    "inquiry": "inq",
    "delivery": "dlv",
    "replan": "rpl",
    "plant": "plt",
    "line": "lin",
    "offer": "off",
    "work": "wrk",
    "report": "rpt",
    "stoppage": "stp",
    "lot": "lot",
    "inspection_lot": "ins",
}
