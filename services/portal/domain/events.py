"""All private events of the portal by their stored names."""

from services.portal.domain.client import CLIENT_EVENTS
from services.portal.domain.organisation import ORGANISATION_EVENTS
from services.portal.domain.signing_keys import KEY_EVENTS
from services.portal.domain.user import USER_EVENTS
from shared.kernel.event import EventTypes

EVENT_TYPES = EventTypes({**ORGANISATION_EVENTS, **USER_EVENTS, **CLIENT_EVENTS, **KEY_EVENTS})
