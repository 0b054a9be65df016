"""Private event -> public fact: what the other services learn of organisations."""

from collections.abc import Sequence

from services.portal.domain.organisation import OrganisationAdmitted
from shared.bus.port import Outgoing
from shared.contracts import portal as contract
from shared.eventstore.port import Recorded


def publish(recorded: Recorded) -> Sequence[Outgoing]:
    event = recorded.event
    if not isinstance(event, OrganisationAdmitted):
        return []
    fact = contract.OrganisationAdmitted(
        org_id=event.org_id,
        kind=event.kind,
        name=event.name,
        credit_code=event.credit_code,
        district=event.district,
        admitted_at=event.admitted_at,
    )
    return [Outgoing(event.org_id, fact)]
