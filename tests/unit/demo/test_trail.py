"""The trail draws what it is given: a row a plant, set-up before the run, nothing where nothing is planned."""

from datetime import UTC, datetime, timedelta
from io import StringIO

from rich.console import Console

from services.demo.trail import GANTT_COLUMNS, Bar, gantt

BEGIN = datetime(2026, 12, 1, tzinfo=UTC)


def drawn(bars: list[Bar]) -> list[str]:
    console = Console(file=StringIO(), width=160, force_terminal=False)
    console.print(gantt(bars))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue().splitlines()


def bar(plant: str, first_hour: int, hours: int, setup_hours: int = 0) -> Bar:
    begins = BEGIN + timedelta(hours=first_hour)
    return Bar(plant, "CAN_BODY", begins, begins + timedelta(hours=hours), timedelta(hours=setup_hours))


def test_plants_stand_in_the_order_they_begin_over_one_scale() -> None:
    rows = drawn([bar("late", 24, 24), bar("early", 0, 24, 8)])
    assert [row.split()[0] for row in rows[:2]] == ["early", "late"]
    half = GANTT_COLUMNS // 2
    setup = half // 3
    assert "░" * setup + "█" * (half - setup) + "·" * half in rows[0]
    assert "·" * half + "█" * half in rows[1]
    assert "12-01 08:00" in rows[2]
    assert "12-03 08:00" in rows[2]


def test_a_plan_without_steps_draws_nothing() -> None:
    assert drawn([]) == [""]
