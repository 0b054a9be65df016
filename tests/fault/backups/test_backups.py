"""The short campaign of backups: two under load, and what was planted in the record is found lost."""

from pathlib import Path

import pytest

from services.terminal import Terminal
from tests.fault.backups.running import as_of, run
from tests.fault.campaign.record import Deed


@pytest.mark.timeout(400)
@pytest.mark.usefixtures("quick_sign_ins")
def test_backups_under_load_lose_nothing_acknowledged_and_a_mixed_set_is_refused(tmp_path: Path) -> None:
    figures = run(tmp_path, 2, seed=3, terminal=Terminal(as_json=True), progress=lambda: None)
    assert figures["faults"] == []
    assert figures["acknowledged_lost"] == 0
    assert figures["acknowledged_by_backup"][-1] > 0


def test_what_was_answered_after_a_backup_began_is_owed_by_none() -> None:
    deeds = [Deed("place order", name, "B1", name, "acknowledged", 1, repeated=False, said="") for name in ("a", "b")]
    assert [one.outcome for one in as_of(deeds, 1)] == ["acknowledged", "unanswered"]
