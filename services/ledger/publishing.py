"""The ledger publishes nothing: what it knows it learned from facts, and whoever wants a figure asks for it."""

from shared.eventstore.port import Recorded


def publish(recorded: Recorded) -> list[object]:  # noqa: ARG001 - the shape every service's publishing has
    """No private event of the ledger becomes a fact."""
    return []
