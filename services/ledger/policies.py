"""Every fact that arrives is recorded, whatever it says: which command follows is never in question."""

from collections.abc import Iterable
from datetime import datetime

from services.ledger.domain.commands import ArrivedFact, RecordFacts
from shared.contracts.envelope import CloudEvent


def on_facts(arrived: Iterable[tuple[CloudEvent, bytes]], at: datetime) -> RecordFacts:
    """Record facts, each with its own fresh salt of 32 bytes, in the order of their arrival."""
    return RecordFacts(
        tuple(
            ArrivedFact(
                source=envelope.source,
                position=envelope.position,
                part=envelope.part,
                fact_id=envelope.id,
                type=envelope.type,
                subject=envelope.subject,
                actor=envelope.actor,
                correlation=envelope.correlationid,
                time=envelope.time,
                data=bytes(envelope.data),
                salt=salt,
                sequence=envelope.sequence,
                epoch=max(1, envelope.epoch),
            )
            for envelope, salt in arrived
        ),
        at,
    )
