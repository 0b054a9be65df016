"""The seed world: every plant's real workbook goes in through the public door, cleanly and for good."""

import json
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from services.capacity.domain.calendar import day_start
from services.capacity.domain.line import LINE, line_id_of, line_stream
from services.capacity.domain.line_state import Line
from services.capacity.domain.spans import between
from services.demo.seed_workbooks import SeedPlant, main, seed_plants
from shared.eventstore.handling import load
from shared.kernel.principal import Role
from shared.reference.capabilities import capabilities, terms
from shared.reference.food import check_digit, parse_number
from tests.support.master_app import MasterApp, a_plant, master_app, send_workbook
from tests.support.web_client import Caller

PLANTS = list(seed_plants().values())


@pytest.fixture(scope="module")
def app() -> MasterApp:
    return master_app()


def owner(app: MasterApp, plant: SeedPlant) -> Caller:
    return app.caller(Role.FACTORY, int(plant.code[1:]))


@pytest.fixture(scope="module")
def imported(app: MasterApp) -> dict[str, Any]:
    """Plant id by code, after every workbook was sent."""
    found = {}
    for plant in PLANTS:
        caller = owner(app, plant)
        found[plant.code] = a_plant(caller, plant.code, plant.district, plant.name)
        answer = send_workbook(caller, found[plant.code], plant.workbook)
        assert answer.status_code == 200, answer.get_json(force=True)
        assert (answer.get_json()["imported"], answer.get_json()["lines"]) == (True, len(plant.book.lines))
    return found


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.code)
def test_a_seed_workbook_imports_cleanly_and_comes_back_the_same(
    app: MasterApp, imported: dict[str, Any], plant: SeedPlant
) -> None:
    plant_id = imported[plant.code]
    for book in plant.book.lines:
        line = load(app.log, LINE, line_stream(line_id_of(plant_id, book.code))).state
        assert isinstance(line, Line)
        assert line.calendar == book.calendar
        assert line.offered
    again = owner(app, plant).get(f"/v1/plants/{plant_id}/workbook").data
    before = app.log.head().position
    preview = send_workbook(owner(app, plant), plant_id, again, preview=True).get_json()
    assert (preview["imported"], preview["changes"]) == (False, [])
    assert send_workbook(owner(app, plant), plant_id, again).status_code == 200
    assert app.log.head().position == before


def test_spring_festival_is_closed_except_where_cold_rooms_must_run(app: MasterApp, imported: dict[str, Any]) -> None:
    for plant in PLANTS:
        for book in plant.book.lines:
            line = load(app.log, LINE, line_stream(line_id_of(imported[plant.code], book.code))).state
            assert isinstance(line, Line)
            runs = between(line.operation, day_start(date(2027, 2, 5)), day_start(date(2027, 2, 13)))
            assert bool(runs) == ("冷库" in book.name), (plant.code, book.code)


def test_every_change_a_recipe_can_ask_for_has_a_rule() -> None:
    """A changed feature without a rule is forbidden, so a forgotten one would close a line to half its work."""
    for plant in PLANTS:
        for book in plant.book.lines:
            rules = {(one.feature, one.from_value, one.to_value) for one in book.changeovers}
            for one in book.capabilities:
                for feature in capabilities()[one.code].features:
                    pairs = {(feature, *pair) for pair in permutations(terms("features")[feature].values, 2)}
                    ruled = (feature, "*", "*") in rules or (pairs and pairs <= rules)
                    assert ruled, (plant.code, book.code, feature)
            assert {one.code for one in book.capabilities} == {one.capability for one in book.prices}


def test_licences_are_fictional_and_the_plant_drinks_plant_runs_out_of_one_in_december() -> None:
    numbers = [one.number for plant in PLANTS for one in plant.book.licences]
    assert len(set(numbers)) == 4
    for number in numbers:
        assert 9000 <= int(parse_number(number).sequence) <= 9999
        assert check_digit(number[2:-1]) == number[-1]
    [ending] = seed_plants()["P09"].book.licences
    assert ending.valid_until.isoformat() == "2026-12-21"


def test_the_same_plant_gives_the_same_bytes() -> None:
    assert seed_plants()["P01"].workbook == seed_plants()["P01"].workbook


def test_the_workbooks_can_be_written_out_to_look_at(tmp_path: Path) -> None:
    answer = CliRunner().invoke(main, [str(tmp_path / "seed"), "--json"])
    assert answer.exit_code == 0, answer.output
    rows = json.loads(answer.output)["workbooks"]
    assert [row["code"] for row in rows] == list(seed_plants())
    assert Path(rows[0]["path"]).read_bytes() == seed_plants()["P01"].workbook
