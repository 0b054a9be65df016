"""A patient client trusts a key only as long as the platform promises to remember it."""

from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Event

from services.demo.party import Credentials
from shared.web.idempotency import KEPT_FOR
from tests.fault.campaign.patience import Patient
from tests.fault.campaign.record import Record
from tests.fault.campaign.victim import free_port


def test_a_command_without_an_answer_is_given_up_before_the_platform_forgets_its_key(tmp_path: Path) -> None:
    record, hours = Record(tmp_path / "record.jsonl"), count()
    nobody = f"http://127.0.0.1:{free_port()}"
    client = Patient(
        nobody, "B1", Credentials("id", "secret"), record, Event(), clock=lambda: timedelta(hours=next(hours))
    )
    try:
        assert client.do("place order", "one", "/v1/orders", {}) is None
    finally:
        client.close()
        record.close()
    (deed,) = record
    assert deed.outcome == "unanswered"
    assert timedelta(hours=1) < timedelta(hours=deed.tries) < KEPT_FOR
