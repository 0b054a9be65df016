"""The short campaign: the telling kinds of harm on a small log; the comparison finds what was planted in it."""

from collections import Counter
from pathlib import Path

import pytest

from services.terminal import Terminal
from tests.fault.campaign.compare import differences
from tests.fault.campaign.record import Deed, Outcome
from tests.fault.campaign.running import run


@pytest.mark.usefixtures("quick_sign_ins")
def test_nothing_acknowledged_is_lost_or_done_twice_under_kills_and_a_full_disk(tmp_path: Path) -> None:
    kinds = ["disk full", "kill while starting", "terminate"]
    outcome = run(tmp_path, kinds, events=0, seed=4, terminal=Terminal(as_json=True), progress=lambda: None)
    assert outcome.is_sound, (outcome.finding, outcome.faults)
    assert outcome.figures["acknowledged"] > 0
    assert outcome.figures["effects"] >= outcome.figures["acknowledged"]
    assert outcome.figures["harm"] == dict.fromkeys(sorted(kinds), 1)


def deed(about: str, outcome: Outcome) -> Deed:
    return Deed("place order", about, "B1", f"key of {about}", outcome, tries=2, repeated=False, said="")


def test_a_lost_order_and_one_that_was_placed_twice_are_found() -> None:
    record = [deed("kept", "acknowledged"), deed("gone", "acknowledged"), deed("twice", "acknowledged")]
    found = Counter({("place order", "kept"): 1, ("place order", "twice"): 2})
    assert differences(record, found) == (["place order gone"], ["place order twice"])


def test_what_was_refused_must_not_have_happened_and_what_was_never_answered_may_have_once() -> None:
    record = [deed("refused", "refused"), deed("open", "unanswered"), deed("open twice", "unanswered")]
    found = Counter({("place order", "refused"): 1, ("place order", "open"): 1, ("place order", "open twice"): 2})
    assert differences(record, found) == ([], ["place order refused", "place order open twice"])
    assert differences(record[1:2], Counter()) == ([], [])
