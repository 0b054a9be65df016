"""Delivery addresses under seal: events, facts and ledger entries carry a token, and only this service has the keys.

A key for each place of an organisation, so that a brand's orders to one warehouse share it and an erasure takes one place
out of all of them; and one for each contact, so that it takes one person out of them and nobody else. What capacity shows to whoever ships is opened here, too.
"""

import hashlib
import hmac

import msgspec

from services.order.domain.situations import Body
from shared.contracts.planning import Place
from shared.eventstore.sealing import Seals, is_sealed

ERASED = ""  # what is shown of an address whose key is gone


class Addresses:
    """Seals and opens with *seals*; *secret* keeps a place's key name from telling the place."""

    def __init__(self, seals: Seals, secret: bytes) -> None:
        self._seals = seals
        self._secret = b"order addresses\0" + secret

    def sealed(self, place: Place, org_id: str) -> Place:
        """*place* as it is stored. Whatever a caller sends is sealed, a token of another's too: it opens nothing."""
        address = self._seal(f"{org_id}\0{place.district}", place.address)
        contact = self._seal(f"{org_id}\0contact", place.contact)
        return msgspec.structs.replace(place, address=address, contact=contact)

    def _seal(self, within: str, text: str) -> str:
        """*text* under the one key that it has *within* an organisation; nothing stays nothing."""
        if not text:
            return text
        named = hmac.new(self._secret, f"{within}\0{text}".encode(), hashlib.sha256)
        return self._seals.seal(f"adr_{named.hexdigest()[:32]}", text)

    def opened(self, address: str) -> str:
        """The address in *address*; text from before addresses were sealed is itself."""
        if not is_sealed(address):
            return address
        text = self._seals.open(address)
        return ERASED if text is None else text

    def forget(self, body: Body) -> int:
        """Erase every address and contact of an order, and with it the same places in other orders of its buyer; how many."""
        places = [body.deliver_to, *(one.demand.deliver_to for one in body.lines)]
        texts = {text for place in places if place is not None for text in (place.address, place.contact)}
        tokens = {text for text in texts if is_sealed(text)}
        return sum(self._seals.erase(subject) for subject in {Seals.subject_of(token) for token in tokens})
