"""Builds the ledger: the only file that knows how its parts fit together."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from flask import Flask

from services.ledger import consumers, jobs
from services.ledger.api import entries, exports, programme, utilization
from services.ledger.api.ledger import Ledger
from services.ledger.api.starving import Starved
from services.ledger.domain.leaf import SALT_BYTES
from services.ledger.handlers.auditing import Audit
from services.ledger.handlers.recording import Recording
from services.ledger.projections.books import Books
from services.ledger.projections.entries import Entries
from services.ledger.projections.registers import Registers
from services.ledger.projections.tree import Tree
from services.ledger.settings import Settings
from shared.bus.consumer import Consumer
from shared.bus.ordered import Held
from shared.bus.port import Broker
from shared.bus.relay import Relay
from shared.eventstore.port import PAGE_MAX
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.projector import Projector
from shared.kernel.clock import Clock
from shared.kernel.ids import IdSource
from shared.scheduling import Job, forget_claims
from shared.web.app import build_app
from shared.web.tokens import Verifier

NAME = "ledger"


@dataclass(frozen=True)
class Service:
    """The ledger, built. *relay* is None: it publishes nothing. *audit* is what `verify` asks."""

    name: str
    log: LogWithViews
    new_app: Callable[[], Flask]
    relay: Relay | None
    consumers: Sequence[Consumer]
    projector: Projector
    jobs: Sequence[Job]
    handlers: Recording
    audit: Audit

    @cached_property
    def app(self) -> Flask:
        """Made when it is first asked for: a worker, a benchmark and a simulation serve nobody."""
        return self.new_app()


def build(
    settings: Settings,
    *,
    clock: Clock,
    ids: IdSource,
    log: LogWithViews,
    broker: Broker | None,
    verifier: Verifier,
    new_salt: Callable[[], bytes] = lambda: secrets.token_bytes(SALT_BYTES),
    page_max: int = PAGE_MAX,
) -> Service:
    """The ledger over *log*. Without *broker* it only answers (an API process beside a worker).

    *new_salt* stands in for chance where a run must repeat bit for bit. *page_max*: events that the views take at once.
    """
    projector = Projector(log, [Entries(), Tree(), Books(), Registers()], clock, page_max)
    recording = Recording(log)
    listening = [] if broker is None else consumers.build(recording, log, broker, clock, new_salt)

    def starved() -> list[Held]:
        return [held for one in listening for held in one.held]

    new_app = partial(
        build_app,
        NAME,
        routes=[utilization.routes, entries.routes, exports.routes, programme.routes],
        provides=[Ledger(log, projector)],
        verifier=verifier,
        clock=clock,
        ids=ids,
        log=log,
        cursor_key=b"ledger cursors\0" + settings.secret,
        title="共坊 Gongfang: ledger",
        version=settings.version,
        checks={
            "views": lambda: None if projector.ready else f"stale: {', '.join(projector.stale)}",
            "facts": lambda: "; ".join(map(str, starved())) or None,
        },
        collectors=[Starved(lambda: {one.source: one.sequence for one in starved()})],
    )
    return Service(
        name=NAME,
        log=log,
        new_app=new_app,
        relay=None,
        consumers=listening,
        projector=projector,
        jobs=[*jobs.jobs(), forget_claims(NAME, log, clock)],
        handlers=recording,
        audit=Audit(log, clock),
    )
