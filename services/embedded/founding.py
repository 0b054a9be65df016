"""The founding of the first office: the one account that nobody can admit over the API, made beside it, once."""

from services.portal.domain.user import Duty
from services.portal.handlers import FOUNDING, NewOrganisation, NewUser
from services.portal.portal import Portal
from shared.eventstore.handling import transact
from shared.kernel.event import Cause
from shared.kernel.principal import system


def is_founded(portal: Portal) -> bool:
    """Whether this house has its office: then nobody can found another."""
    return portal.log.stream_version(FOUNDING) > 0


def found_office(
    portal: Portal, *, name: str, credit_code: str, district: str, person: str, login: str, password: str
) -> str:
    """Found the office with its first administrator; returns its organisation id. Refused OFFICE_EXISTS ever after."""
    now, by = portal.clock.now(), system("founding")
    office = NewOrganisation(portal.ids.new("org"), "office", name, credit_code, district)
    user = NewUser(portal.ids.new("usr"), login, person, "", password, Duty.ADMINISTRATOR)
    administrator = portal.handlers.sealed(user, office.org_id, by.subject, now)
    cause = Cause(correlation_id=portal.ids.new("req"), org_id=by.org_id, subject=by.subject, at=now)
    transact(portal.log, lambda: portal.handlers.found(office, administrator), cause)
    return office.org_id
