"""`python -m services parked`: what was set aside is listed, applied again exactly once, or dropped."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.__main__ import gongfang
from services.embedded.checks import stored
from services.embedded.founding import found_office
from services.embedded.running import opened
from services.terminal import Exit
from shared.bus.port import Delivery
from shared.eventstore.handling import Prepared


def broken(page: Sequence[Delivery]) -> Prepared[None]:
    raise ValueError(f"cannot record {len(page)} facts")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory in which the ledger could record nothing of the portal's."""
    with opened(tmp_path) as house:
        found_office(
            house.portal,
            name="试点专班",
            credit_code="11421202MA9000003N",
            district="421202",
            person="吴",
            login="office",
            password="a long enough one",
        )
        [ledger] = house.services["ledger"].consumers
        ledger._react = broken
        house.step_to_rest()
    return tmp_path


def said(data: Path, *words: str, expected: Exit = Exit.DONE) -> dict[str, dict[str, str]]:
    result = CliRunner().invoke(gongfang, ["parked", *words, "--data", str(data), "--json"])
    assert result.exit_code == expected, result.output
    found: dict[str, dict[str, str]] = json.loads(result.stdout)
    return found


def ids(data: Path) -> list[str]:
    return [str(one["id"]) for one in said(data, "list")["parked"]]  # type: ignore[index] # the list's rows


def test_everything_parked_is_applied_again_and_the_house_is_sound(data: Path) -> None:
    parked = ids(data)
    assert parked
    assert said(data, "retry")["facts"] == dict.fromkeys(parked, "applied")
    assert ids(data) == []
    assert said(data, "retry")["facts"] == {}
    with opened(data) as house:
        house.step_to_rest()
        assert house.services["ledger"].log.head().position > 0
        assert [check for check in stored(house) if not check.passed] == []


def test_a_dropped_fact_is_gone_and_an_unknown_one_is_wrong_usage(data: Path) -> None:
    first, *rest = ids(data)
    assert said(data, "drop", first)["facts"] == {first: "dropped"}
    assert ids(data) == rest
    result = CliRunner().invoke(gongfang, ["parked", "drop", first, "--data", str(data)])
    assert result.exit_code == Exit.WRONG_USAGE
    assert "not parked" in result.output
