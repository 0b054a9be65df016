"""A work order with its lots and inspections in one answer, each exactly as it stands alone."""

from tests.integration.capacity.test_production_over_http import Made
from tests.support.capacity_world import capacity_world
from tests.support.planning_world import capability, line
from tests.support.web_client import problem


def test_a_work_order_brings_along_its_lots_and_inspections() -> None:
    made = Made(capacity_world(line("b1", "p1", capability("BODY")), line("r1", "p3", capability("PRINT"))))
    made.make(made.body, 2_050)
    caller = made.world.caller(made.world.owner("p1"))
    path = f"/v1/work-orders/{made.body}"
    plain = caller.get(path).json
    wide = caller.get(f"{path}?expand=lots,inspections").json
    assert plain is not None
    assert wide is not None
    assert plain["lots"]
    for row, bare in zip(wide["lots"], plain["lots"], strict=True):
        assert row == {**bare, "lot": caller.get(f"/v1/lots/{bare['id']}").json}
    for row, bare in zip(wide["inspections"], plain["inspections"], strict=True):
        assert row == {**bare, "lot": caller.get(f"/v1/lots/{bare['lot_id']}").json}
    halves = caller.get(f"{path}?expand=lots").json
    assert halves is not None
    assert "lot" not in halves["inspections"][0]
    problem(caller.get(f"{path}?expand=reports"), 422, "FIELDS_INVALID")
