"""The short races; `python -m tests.fault.races --attempts 10000` runs the long ones."""

from pathlib import Path

import pytest

from tests.fault.races import last_hours, over_http
from tests.support.abreast import Stuck, abreast

ATTEMPTS = 400
ATTEMPTS_OVER_HTTP = 60


def test_four_processes_on_one_log_never_book_more_than_is_offered(tmp_path: Path) -> None:
    ends = last_hours.raced(tmp_path, ATTEMPTS)
    assert ends["booked"] > 0
    assert ends["CAPACITY_FULL"] > 0


@pytest.mark.usefixtures("quick_sign_ins")
def test_clients_of_one_server_never_book_more_than_is_offered(tmp_path: Path) -> None:
    ends = over_http.raced(tmp_path, ATTEMPTS_OVER_HTTP)
    assert ends["booked"] > 0
    assert ends["dropped"] + ends["cancelled"] > 0


def test_the_watchdog_names_processes_that_never_end() -> None:
    with pytest.raises(Stuck, match="1 of 2 processes"):
        abreast([lambda: 1, lambda: list(iter(int, 1))], within_s=2.0)


def test_what_fails_in_a_process_is_told_with_its_trace() -> None:
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        abreast([lambda: 1 // 0], within_s=20.0)
