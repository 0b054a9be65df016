"""Output made of lots that never came, or of what no recipe names, is found."""

from typing import Literal

import pytest

from services.capacity.domain.work_events import (
    MaterialReceived,
    ProductionReported,
    ReportCorrected,
    WorkEvent,
    WorkInput,
    WorkOffered,
)
from services.sim.invariants.book import Past
from services.sim.invariants.eaten import EatenWasThere
from shared.contracts.line_time import LotMove
from shared.kernel.event import Event
from tests.support.made import found, log_of, made

LOTS = [LotMove("lot_1", "body", 200, "can")]


def offered(source: Literal["made", "pooled", "buyer"] = "made") -> WorkOffered:
    return made(WorkOffered, work_id="wrk_1", inputs=[WorkInput("body", "can", source, 150, 0)])


def came(work_id: str = "wrk_1") -> MaterialReceived:
    return made(MaterialReceived, work_id=work_id, item="body", lots=LOTS)


def violations(*events: Event) -> list[str]:
    return found(EatenWasThere(Past()), log_of(*events))


@pytest.mark.parametrize("kind", [ProductionReported, ReportCorrected])
def test_a_lot_that_never_came_may_be_eaten_only_where_it_is_bought(kind: type[WorkEvent]) -> None:
    eats = made(kind, work_id="wrk_1", lots_in=LOTS)
    assert violations(offered(), came(), eats) == []
    assert "wrk_1 eats of lot_1, which never came for it" in violations(offered(), eats)[0]
    assert "never came for it" in violations(offered("buyer"), came("wrk_2"), eats)[0]
    assert violations(offered("pooled"), eats) == []


def test_material_that_no_recipe_names_is_found() -> None:
    eats = made(ProductionReported, work_id="wrk_1", lots_in=LOTS)
    assert (
        "eats body, which its recipe does not name" in violations(made(WorkOffered, work_id="wrk_1"), came(), eats)[0]
    )
