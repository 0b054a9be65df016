"""Bugs of the bus: the relay, its lease, the broker of one process, and consumers."""

from tests.planted.bug import Bug, Harm

RELAY = "shared/bus/relay.py"
CONSUMER = "shared/bus/consumer.py"
MEMORY = "shared/bus/memory.py"
LEASE = "shared/bus/lease.py"

DELIVERY = "tests/contract/bus/test_delivery.py"
RESTARTS = "tests/contract/bus/test_restarts.py"
KILLED = "tests/fault/eventstore/test_killed_bus.py"
LEASED = "tests/unit/shared/bus/test_lease.py"

BUGS = (
    Bug(
        "relay-skips-at-page-end",
        Harm.LOSS,
        RELAY,
        "        self._published = page[-1].position\n",
        "        self._published = page[-1].position + (len(page) == self._page_max)\n",
        "The event behind a full page is never published.",
        assembled=(DELIVERY, RESTARTS),
    ),
    Bug(
        "relay-sorts-by-stream",
        Harm.LOSS,
        RELAY,
        "for one in page:\n            made = self._made(one, facts)",
        "for one in sorted(page, key=lambda one: one.stream):\n            made = self._made(one, facts)",
        "Facts of different streams leave out of order, and late ones are taken for repetitions.",
        assembled=(DELIVERY,),
    ),
    Bug(
        "lease-never-ends",
        Harm.STUCK,
        LEASE,
        "row.holder != self._holder and instant(row.expires_us) > now",
        "row.holder != self._holder",
        "After a relay was killed nobody publishes its log again.",
        rules=(LEASED,),
        assembled=(RESTARTS,),
    ),
    Bug(
        "lease-not-heeded",
        Harm.TWICE,
        RELAY,
        "        if not self._lease.hold():\n            return 0\n",
        "        self._lease.hold()\n",
        "Two relays publish one log at the same time.",
        assembled=(RESTARTS,),
    ),
    Bug(
        "same-epoch-for-new-holder",
        Harm.TWICE,
        LEASE,
        "            epoch: int = row.epoch + 1",
        "            epoch: int = row.epoch",
        "A relay that lost its lease cannot be told from the one that took it over.",
        rules=(LEASED,),
        assembled=(RESTARTS,),
    ),
    Bug(
        "mark-not-stored-with-effect",
        Harm.TWICE,
        CONSUMER,
        "self._react(page), self._cause(page), [mark])",
        "self._react(page), self._cause(page))",
        "A consumer that restarts applies again what it had applied.",
        assembled=(DELIVERY, RESTARTS),
    ),
    Bug(
        "mark-in-second-transaction",
        Harm.TWICE,
        CONSUMER,
        "self._react(page), self._cause(page), [mark])",
        "self._react(page), self._cause(page))\n        self._log.append([], self._cause(page), [mark])",
        "A crash between a fact's effect and the consumer's mark applies the fact twice.",
        assembled=(DELIVERY, RESTARTS, KILLED),
    ),
    Bug(
        "full-disk-is-poison",
        Harm.LOSS,
        CONSUMER,
        """            except (LogUnavailable, LogDamaged):
                raise
            except WrongVersion as lost:""",
        """            except WrongVersion as lost:""",
        "Facts that come while the disk is full are set aside for good.",
        assembled=(DELIVERY,),
    ),
    Bug(
        "poison-stops-the-rest",
        Harm.STUCK,
        CONSUMER,
        "                if attempt == TRIES_MAX:\n",
        "                if attempt == TRIES_MAX:\n                    raise\n",
        "One fact that cannot be applied keeps all later ones from being applied.",
        assembled=(DELIVERY,),
    ),
    Bug(
        "lost-race-is-poison",
        Harm.LOSS,
        CONSUMER,
        "        if self._rounds_lost < ROUNDS_LOST_MAX:\n            raise lost\n",
        "",
        "A fact whose decision lost a race to other writers is set aside for good.",
        assembled=(DELIVERY,),
    ),
    Bug(
        "rewind-forgets-other-parts",
        Harm.LOSS,
        MEMORY,
        "    return max(0, position_of(cursor) - 1)",
        "    return position_of(cursor)",
        "A group that stopped inside an event never gets that event's other facts.",
        assembled=(RESTARTS,),
    ),
    Bug(
        "broker-drops-by-fastest",
        Harm.STUCK,
        MEMORY,
        "        lowest = min(self._cursors.values(), default=self._last_mark)",
        "        lowest = max(self._cursors.values(), default=self._last_mark)",
        "Facts are dropped once the fastest group has them, and the log is published over and over for the others.",
        assembled=(DELIVERY, RESTARTS),
    ),
)
