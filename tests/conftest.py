"""What holds for every test: no time limits a property, loaded states must equal a fold from the beginning, and whoever
sets the logs up leaves them as they were.
"""

import os
from collections.abc import Iterator

import hypothesis
import pytest
import structlog

from shared.eventstore.states import States

# Speed is measured in benchmarks; a slow machine must not make a property look false. In CI the cases are the same
# every time, so that a red build can be replayed; elsewhere chance goes on looking.
hypothesis.settings.register_profile("here", deadline=None, print_blob=True)
hypothesis.settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")

States.CHECKED = True


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    before = structlog.get_config() if structlog.is_configured() else None
    yield
    structlog.reset_defaults()
    if before is not None:
        structlog.configure(**before)
