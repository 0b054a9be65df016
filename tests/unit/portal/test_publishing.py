from datetime import UTC, datetime

from services.portal.domain.organisation import CreditCodeTaken, OrganisationAdmitted
from services.portal.publishing import publish
from shared.contracts.registry import FACTS
from shared.eventstore.port import Recorded
from shared.kernel.event import Cause, Event

AT = datetime(2026, 12, 1, tzinfo=UTC)


def _recorded(event: Event) -> Recorded:
    cause = Cause(correlation_id="c", org_id="o", subject="s", at=AT)
    return Recorded(1, "stream", 1, "id", "type", event, cause, AT)


def test_an_admission_is_told_without_anything_personal() -> None:
    event = OrganisationAdmitted(
        org_id="org_1",
        kind="factory",
        name="青浦罐业示范厂",
        credit_code="91421202000000001D",
        district="421202",
        admitted_by="usr_1",
        admitted_at=AT,
    )
    (outgoing,) = publish(_recorded(event))
    assert outgoing.key == "org_1"
    assert FACTS.name_of(outgoing.fact) == "portal.organisation-admitted.v1"
    assert b"usr_1" not in FACTS.encode(outgoing.fact)


def test_everything_else_stays_inside() -> None:
    assert publish(_recorded(CreditCodeTaken(credit_code="x", org_id="org_1"))) == []
