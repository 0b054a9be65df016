"""An organisation of the programme: admitted once by the office, under its credit code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never

from services.portal.domain.credit_code import is_credit_code
from services.portal.domain.refusals import Why
from shared.kernel.decider import Decider
from shared.kernel.event import Event
from shared.kernel.refusal import Refused

OrganisationKind = Literal["buyer", "factory", "office"]


class OrganisationAdmitted(Event):
    org_id: str
    kind: OrganisationKind
    name: str
    credit_code: str
    district: str
    admitted_by: str
    admitted_at: datetime


class CreditCodeTaken(Event):
    """On stream `credit-<code>`: makes a credit code good for one organisation, whoever is first."""

    credit_code: str
    org_id: str


@dataclass(frozen=True, slots=True)
class AdmitOrganisation:
    """*districts* are the codes known to the reference data."""

    org_id: str
    kind: OrganisationKind
    name: str
    credit_code: str
    district: str
    districts: frozenset[str]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Absent:
    pass


@dataclass(frozen=True, slots=True)
class Admitted:
    org_id: str
    kind: OrganisationKind
    name: str
    credit_code: str
    district: str
    admitted_at: datetime


Organisation = Absent | Admitted


def _admit(command: AdmitOrganisation, organisation: Organisation) -> Sequence[Event]:
    if not is_credit_code(command.credit_code):
        raise Refused(Why.CREDIT_CODE_INVALID, pointer="/credit_code", found=command.credit_code)
    if command.district not in command.districts:
        known = ", ".join(sorted(command.districts))
        raise Refused(Why.DISTRICT_UNKNOWN, pointer="/district", found=command.district, known=known)
    match organisation:
        case Admitted():
            raise Refused(Why.CREDIT_CODE_TAKEN, pointer="/credit_code", found=command.credit_code)
        case Absent():
            return [
                OrganisationAdmitted(
                    org_id=command.org_id,
                    kind=command.kind,
                    name=command.name,
                    credit_code=command.credit_code,
                    district=command.district,
                    admitted_by=command.by,
                    admitted_at=command.at,
                )
            ]
        case _:
            assert_never(organisation)


def evolve(organisation: Organisation, event: Event) -> Organisation:
    if isinstance(event, OrganisationAdmitted):
        return Admitted(event.org_id, event.kind, event.name, event.credit_code, event.district, event.admitted_at)
    return organisation


ORGANISATION: Decider[AdmitOrganisation, Organisation, Event] = Decider(Absent(), _admit, evolve)
ORGANISATION_EVENTS: dict[str, type[Event]] = {
    "organisation-admitted.v1": OrganisationAdmitted,
    "credit-code-taken.v1": CreditCodeTaken,
}
