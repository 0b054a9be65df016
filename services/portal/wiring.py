"""Builds the portal: the only file that knows how its parts fit together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from argon2 import PasswordHasher
from flask import Flask
from nacl.utils import random

from services.portal.api import clients, organisations, sessions, tokens, users
from services.portal.attempts import Attempts
from services.portal.handlers import Handlers
from services.portal.jobs import jobs
from services.portal.pages.start import pages
from services.portal.passwords import Passwords
from services.portal.portal import Portal
from services.portal.projections.clients import Clients
from services.portal.projections.organisations import Organisations
from services.portal.projections.users import Users
from services.portal.publishing import publish
from services.portal.recovery import Recovery
from services.portal.sessions import Sessions
from services.portal.settings import Settings
from services.portal.sign_in import SignIn
from services.portal.signing import Signing
from services.portal.standing import Standing
from services.portal.tables import METADATA
from shared.bus.consumer import Consumer
from shared.bus.port import Broker
from shared.bus.relay import HOLDER_BYTES, Relay
from shared.contracts.portal import TOPIC
from shared.contracts.registry import FACTS
from shared.eventstore.port import PAGE_MAX
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.projector import Projector
from shared.eventstore.sealing import Seals
from shared.kernel.clock import Clock
from shared.kernel.ids import Chance, IdSource
from shared.scheduling import Job, forget_claims
from shared.web.app import build_app
from shared.web.tokens import TokenVerifier, Verifier

NAME = "portal"


@dataclass(frozen=True)
class Service:
    """The portal, built. *verifier* verifies tokens against its own keys, for services in the same process."""

    name: str
    log: LogWithViews
    new_app: Callable[[], Flask]
    relay: Relay | None
    consumers: Sequence[Consumer]
    projector: Projector
    jobs: Sequence[Job]
    handlers: Handlers
    portal: Portal
    verifier: Verifier

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
    hasher: PasswordHasher | None = None,
    chance: Chance = random,
    lease_clock: Clock | None = None,
    page_max: int = PAGE_MAX,
) -> Service:
    """The portal over *log*. Without *broker* it publishes nothing (an API process beside a relay process).

    *hasher* stands in for the full-cost Argon2id where thousands of accounts are made up (tests, simulations).
    *chance* makes keys; with *lease_clock* it stands in for the system's where a run must repeat bit for bit.
    *page_max*: events that the relay and the views take at once.
    """
    with log.writing() as connection:
        METADATA.create_all(connection)
    handlers = Handlers(log, Seals(log, chance), Passwords(hasher))
    attempts = Attempts(log)
    signing = Signing(
        log,
        clock,
        ids,
        secret=settings.secret,
        issuer=settings.issuer,
        audience=settings.audience,
        chance=chance,
    )
    projector = Projector(log, [Organisations(), Users(), Clients()], clock, page_max)
    standing = Standing(log, clock)
    portal = Portal(
        log=log,
        clock=clock,
        ids=ids,
        handlers=handlers,
        sign_in=SignIn(handlers, attempts, clock),
        sessions=Sessions(log, settings.secret),
        attempts=attempts,
        signing=signing,
        projector=projector,
        standing=standing,
        recovery=Recovery(handlers, attempts),
        secure_cookies=settings.secure_cookies,
    )
    tokens_of_ours = TokenVerifier(signing.jwks, issuer=settings.issuer, audience=settings.audience, clock=clock)
    verifier = standing.verifier(tokens_of_ours)
    new_app = partial(
        build_app,
        NAME,
        routes=[organisations.routes, users.routes, clients.routes, tokens.routes, sessions.routes],
        pages=[pages],
        provides=[portal],
        verifier=verifier,
        clock=clock,
        ids=ids,
        log=log,
        cursor_key=b"portal cursors\0" + settings.secret,
        title="共坊 Gongfang: portal",
        version=settings.version,
        checks={"views": lambda: None if projector.ready else f"stale: {', '.join(projector.stale)}"},
    )
    relay = None
    if broker is not None:
        relay = Relay(
            log,
            publish,
            broker,
            TOPIC,
            FACTS,
            lease_clock=lease_clock,
            page_max=page_max,
            holder=chance(HOLDER_BYTES).hex(),
        )
    return Service(
        name=NAME,
        log=log,
        new_app=new_app,
        relay=relay,
        consumers=(),
        projector=projector,
        jobs=[*jobs(signing), forget_claims(NAME, log, clock)],
        handlers=handlers,
        portal=portal,
        verifier=verifier,
    )
