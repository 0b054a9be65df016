"""The registry of capacity's stored events: names are frozen facts in the log."""

import re

from services.capacity.domain.events import EVENT_TYPES


def test_every_stored_name_is_lower_case_with_a_version() -> None:
    assert [name for name in EVENT_TYPES.names if not re.fullmatch(r"[a-z]+(-[a-z]+)*\.v[1-9]", name)] == []
