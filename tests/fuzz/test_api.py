"""Some hundred cases by Schemathesis: every operation, each as one whom its permission lets in. Long: `make fuzz-api`."""

from collections.abc import Iterator

import pytest
import structlog
from flask import Flask

from shared.kernel.principal import Role
from shared.web.app import own_document
from shared.web.documentation import METHODS
from tests.fuzz.api_campaign import ROLES, Tally, quiet, run
from tests.fuzz.api_world import TriedHouse, tried_as
from tests.support.traded_house import Traded, a_traded_house
from tests.support.web_client import a_principal


def _operations(apps: list[Flask]) -> dict[str, set[str]]:
    """Operation -> permissions that open it, empty for public ones."""
    return {
        f"{method.upper()} {path}": set(operation.get("x-permissions", ()))
        for app in apps
        for path, operations in own_document(app)["paths"].items()
        for method, operation in operations.items()
        if method in METHODS
    }


def _shared_out(operations: dict[str, set[str]]) -> dict[Role, frozenset[str]]:
    """Each operation to one role that may call it, in turns where several may."""
    found: dict[Role, set[str]] = {role: set() for role in ROLES}
    for name, needed in operations.items():
        may = [role for role in ROLES if not needed or needed & a_principal(role).permissions]
        found[min(may, key=lambda role: len(found[role]))].add(name)
    return {role: frozenset(names) for role, names in found.items()}


@pytest.fixture(scope="module")
def traded() -> Iterator[Traded]:
    with a_traded_house() as found:
        quiet()
        yield found
    structlog.reset_defaults()


@pytest.mark.filterwarnings("ignore")  # of Schemathesis about itself; answers are judged by the checks
@pytest.mark.parametrize("role", ROLES)
def test_every_operation_answers_as_its_document_says(traded: Traded, role: Role) -> None:
    names = _shared_out(_operations([service.app for service in traded.house.services.values()]))[role]
    tally = Tally()
    run(TriedHouse(traded, tried_as(traded, role)), ["fuzzing"], examples=2, seed=1, tally=tally, only=names)
    assert tally.violations == {}, "\n".join(f"{what}\n{how}" for what, how in tally.violations.items())
    assert names <= set(tally.by_operation)
    assert tally.cases >= len(names)
