"""The whole API's document, as the front of the one origin serves it."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from services.embedded.assembly import build_in_memory
from services.embedded.front import TITLE, VERSION
from shared.clock import StoryClock
from shared.web.app import own_document
from shared.web.documentation import merge_documents


@cache
def whole_document() -> dict[str, Any]:
    """Made once a process; nobody changes it."""
    house = build_in_memory(StoryClock(datetime(2026, 12, 1, tzinfo=UTC)))
    made = merge_documents(
        [own_document(service.app) for service in house.services.values()], title=TITLE, version=VERSION
    )
    house.close()
    return made
