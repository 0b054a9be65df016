"""How it all begins: the first office with its administrator, whom nobody can admit."""

from services.portal.handlers import NewOrganisation, NewUser
from services.portal.portal import Portal
from shared.eventstore.handling import transact
from shared.kernel.event import Cause
from shared.kernel.principal import system


def found_office(portal: Portal, office: NewOrganisation, administrator: NewUser) -> None:
    """Set up the programme office. Raises Refused OFFICE_EXISTS when there is one, and what admission refuses."""
    by, now = system("founding"), portal.clock.now()
    command = portal.handlers.sealed(administrator, office.org_id, by.subject, now)
    cause = Cause(correlation_id=portal.ids.new("req"), org_id=by.org_id, subject=by.subject, at=now)
    transact(portal.log, lambda: portal.handlers.found(office, command), cause)
