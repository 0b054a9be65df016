"""What the routes of plants, lines and workbooks need, handed over by the wiring."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.capacity.handlers.masters import Masters
from services.capacity.handlers.papers_ending import PapersEnding
from services.capacity.handlers.workbooks import Workbooks
from shared.eventstore.handling import Prepared, transact
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.projector import Projector
from shared.kernel.clock import Clock
from shared.web.etags import check_version, etag
from shared.web.idempotency import Command

VIEW_WAIT_S = 2.0


@dataclass(frozen=True, slots=True)
class MasterApi:
    """*projector* keeps the lists; single things are folded from the log itself and are never late."""

    log: LogWithViews
    clock: Clock
    projector: Projector
    masters: Masters
    workbooks: Workbooks
    papers_ending: PapersEnding

    @property
    def views(self) -> sa.Engine:
        return self.log.views

    def wait_for_view(self, name: str) -> None:
        """Let the list include everything written so far, one's own writes above all."""
        self.projector.wait_for(name, self.log.head().position, VIEW_WAIT_S)

    def run(self, command: Command, prepare: Callable[[], Prepared[Any]]) -> None:
        transact(self.log, prepare, command.cause, command.marks)

    def run_on_version(self, command: Command, stream: str, prepare: Callable[[], Prepared[Any]]) -> None:
        """As `run`, but only while *stream* stands at the version in If-Match."""
        expected = command.expected_version

        def checked() -> Prepared[Any]:
            prepared = prepare()
            for one in prepared.appends:
                if one.stream == stream:
                    check_version(expected, one.expected_version)
            return prepared

        transact(self.log, checked, command.cause, command.marks)


def tagged(view: Mapping[str, Any]) -> tuple[Mapping[str, Any], None, dict[str, str]]:
    """A resource with its version as ETag."""
    return view, None, etag(view["version"])
