"""Each fault turns /readyz 503 by its name within ten seconds, and mended it is ready again."""

from pathlib import Path

import pytest

from tests.fault.readiness.striking import SAID_WITHIN_S, strike_all


@pytest.mark.timeout(300)
def test_every_fault_is_said_by_name_in_ten_seconds_and_ends_with_its_cause(tmp_path: Path) -> None:
    for one in strike_all(tmp_path / "data"):
        assert one.said_after_s is not None, one
        assert one.said_after_s <= SAID_WITHIN_S, one
        assert one.well_after_s is not None, one
