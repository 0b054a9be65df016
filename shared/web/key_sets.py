"""Where a service in another process than the portal gets the keys to verify tokens, and whom to refuse all the same: the
portal's JWKS, kept for a while.
"""

import threading
import time
from collections.abc import Mapping, Sequence

import httpx
import structlog

from shared.kernel.refusal import Refused
from shared.web.refusals import WebWhy

KEPT_FOR_S = 30.0  # whoever was revoked is refused within a minute, the time to fetch included
TRY_AGAIN_S = 5.0
TIMEOUT_S = 3.0


class FetchedKeys:
    """The key set at *url*, fetched anew after KEPT_FOR_S; the last one serves on while the portal is away.

    Raises Refused NOT_READY only while no set was ever fetched.
    """

    def __init__(self, url: str, client: httpx.Client | None = None) -> None:
        self._url = url
        self._client = client or httpx.Client(timeout=TIMEOUT_S)
        self._lock = threading.Lock()
        self._keys: Sequence[Mapping[str, object]] | None = None
        self._revoked: frozenset[str] = frozenset()
        self._fetch_at = 0.0

    def __call__(self) -> Sequence[Mapping[str, object]]:
        with self._lock:
            if self._keys is None or time.monotonic() >= self._fetch_at:
                self._fetch()
            return self._keys or ()

    def revoked(self) -> frozenset[str]:
        """Subjects whose tokens are refused although they verify."""
        self()
        return self._revoked

    def _fetch(self) -> None:
        try:
            answer = self._client.get(self._url)
            answer.raise_for_status()
            told = answer.json()
            found, revoked = told["keys"], told.get("revoked_subjects", [])
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            self._fetch_at = time.monotonic() + TRY_AGAIN_S
            structlog.get_logger(__name__).warning("key set not fetched", url=self._url, error=str(error))
            if self._keys is None:
                raise Refused(WebWhy.NOT_READY, names="keys") from error
        else:
            self._keys = [key for key in found if isinstance(key, dict)]
            self._revoked = frozenset(one for one in revoked if isinstance(one, str))
            self._fetch_at = time.monotonic() + KEPT_FOR_S
