"""Time -> command: what the portal does by itself."""

from collections.abc import Sequence
from datetime import timedelta

from services.portal.signing import Signing
from shared.scheduling import Job


def jobs(signing: Signing) -> Sequence[Job]:
    return [Job("portal-rotate-keys", timedelta(minutes=10), signing.rotate)]
