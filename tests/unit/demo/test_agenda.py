"""The agenda keeps one order of time over all plants; within an instant, what ends comes before what begins."""

from datetime import UTC, datetime, timedelta

from services.demo.agenda import Agenda

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def test_deeds_come_in_order_of_time_and_endings_before_beginnings() -> None:
    agenda, done = Agenda(), list[str]()
    agenda.note(NOW + timedelta(hours=1), lambda: done.append("start"), begins=True)
    agenda.note(NOW + timedelta(hours=2), lambda: done.append("late"))
    agenda.note(NOW + timedelta(hours=1), lambda: done.append("finish"))
    agenda.note(NOW, lambda: done.append("first"))
    assert agenda.next_at() == NOW
    while agenda.next_at() is not None:
        agenda.take()()
    assert done == ["first", "finish", "start", "late"]
