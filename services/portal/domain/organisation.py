"""An organisation of the programme: admitted once by the office, under its credit code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never

from services.portal.domain.credit_code import is_credit_code
from services.portal.domain.refusals import Why
from services.portal.domain.user import RegisterUser
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


class OrganisationNominated(Event):
    """An office organisation that waits for a second person, with the administrator it will begin with."""

    org_id: str
    kind: OrganisationKind
    name: str
    credit_code: str
    district: str
    administrator_id: str
    login: str
    name_sealed: str
    phone_sealed: str
    password_sealed: str
    nominated_by: str
    nominated_at: datetime
    lapses_at: datetime
    login_key: str


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
class NominateOrganisation:
    """To be admitted by a second person before *lapses_at*; *administrator* is registered with it then."""

    admission: AdmitOrganisation
    administrator: RegisterUser
    lapses_at: datetime


@dataclass(frozen=True, slots=True)
class ConfirmNomination:
    """*persons*: whoever stands behind the nomination; the one who confirms is none of them."""

    by: str
    persons: frozenset[str]
    at: datetime


OrganisationCommand = AdmitOrganisation | NominateOrganisation | ConfirmNomination


@dataclass(frozen=True, slots=True)
class Absent:
    pass


@dataclass(frozen=True, slots=True)
class Nominated:
    """Waits for a second person until *lapses_at*, and comes to nothing then."""

    event: OrganisationNominated


@dataclass(frozen=True, slots=True)
class Admitted:
    org_id: str
    kind: OrganisationKind
    name: str
    credit_code: str
    district: str
    admitted_at: datetime


Organisation = Absent | Nominated | Admitted


def decide(command: OrganisationCommand, organisation: Organisation) -> Sequence[Event]:
    match command:
        case AdmitOrganisation():
            return _admit(command, organisation)
        case NominateOrganisation():
            return _nominate(command, organisation)
        case ConfirmNomination():
            return _confirm(command, organisation)
        case _:
            assert_never(command)


def _nominate(command: NominateOrganisation, organisation: Organisation) -> Sequence[Event]:
    admission, person = command.admission, command.administrator
    _admit(admission, organisation)  # what would not be admitted is not nominated
    return [
        OrganisationNominated(
            org_id=admission.org_id,
            kind=admission.kind,
            name=admission.name,
            credit_code=admission.credit_code,
            district=admission.district,
            administrator_id=person.user_id,
            login=person.login,
            name_sealed=person.name_sealed,
            phone_sealed=person.phone_sealed,
            password_sealed=person.password_sealed,
            nominated_by=admission.by,
            nominated_at=admission.at,
            lapses_at=command.lapses_at,
            login_key=person.login_key,
        )
    ]


def _confirm(command: ConfirmNomination, organisation: Organisation) -> Sequence[Event]:
    if not isinstance(organisation, Nominated):
        raise Refused(Why.NOMINATION_OVER)
    waiting = organisation.event
    if command.at >= waiting.lapses_at:
        raise Refused(Why.NOMINATION_LAPSED, until=f"{waiting.lapses_at:%FT%TZ}")
    if command.by in command.persons or not command.by.startswith("usr_"):
        raise Refused(Why.SECOND_PERSON_NEEDED)
    return [
        OrganisationAdmitted(
            org_id=waiting.org_id,
            kind=waiting.kind,
            name=waiting.name,
            credit_code=waiting.credit_code,
            district=waiting.district,
            admitted_by=command.by,
            admitted_at=command.at,
        )
    ]


def _admit(command: AdmitOrganisation, organisation: Organisation) -> Sequence[Event]:
    if not is_credit_code(command.credit_code):
        raise Refused(Why.CREDIT_CODE_INVALID, pointer="/credit_code", found=command.credit_code)
    if command.district not in command.districts:
        known = ", ".join(sorted(command.districts))
        raise Refused(Why.DISTRICT_UNKNOWN, pointer="/district", found=command.district, known=known)
    match organisation:
        case Admitted() | Nominated():
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
    return Nominated(event) if isinstance(event, OrganisationNominated) else organisation


ORGANISATION: Decider[OrganisationCommand, Organisation, Event] = Decider(Absent(), decide, evolve)
ORGANISATION_EVENTS: dict[str, type[Event]] = {
    "organisation-admitted.v1": OrganisationAdmitted,
    "organisation-nominated.v1": OrganisationNominated,
    "credit-code-taken.v1": CreditCodeTaken,
}
