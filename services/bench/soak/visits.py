"""One visit of a buyer: an order placed and quoted, looked at, then cancelled or, now and then, accepted."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from time import monotonic
from typing import Any

from services.bench.soak.record import Record
from services.demo import ordering
from services.demo.measuring import utilization
from services.demo.party import Party
from services.demo.stage import Broken, Stage
from shared.kernel.clock import instant_text

BUYERS = ("B1", "B2", "B3", "B4", "B5")
TO = {"district": "420100", "address": "武汉"}
LEAD = timedelta(days=40)
WAIT_S = 20
OFFICE_EVERY = 20  # visits between two looks of the programme office at its figures
WANTED = (
    ordering.line("tea-can-330", 12_000, "can", artwork="soak", colour="dark"),
    ordering.line("can-330-sleek", 8_000, "can", artwork="soak", decoration="digital"),
    ordering.line("can-330-blank", 90_000, "can"),
)


class Visits:
    """Visits on a stage, noted in *record*; every *accept_every*-th ends with an order for `on_accepted`."""

    def __init__(self, stage: Stage, record: Record, on_accepted: Callable[[str, str], None]) -> None:
        self._stage, self._record, self._on_accepted = stage, record, on_accepted
        self._numbers = count(1)
        self.accept_every = 0  # none while the top rate is sought

    def visit(self, party: Party, buyer: str, due_s: float | None = None) -> None:
        """*due_s*: when the buyer meant to come, by `perf_counter`; now when None."""
        number, record, every = next(self._numbers), self._record, self.accept_every
        accepts = bool(every) and number % every == 0
        wanted = WANTED[(number // every if accepts else number) % len(WANTED)]  # what is accepted changes as well
        body = {
            "lines": [wanted],
            "deliver_to": TO,
            "requested_by": instant_text(self._stage.now + LEAD),
            "supplies": [],
        }
        with record.timed("place", due_s):
            placed = party.post("/v1/orders", body, wait_s=WAIT_S)
        order = self._quoted(party, placed["id"])
        with record.timed("read"):
            [quote, *_] = party.get(f"/v1/orders/{order['id']}/quotes")["items"]
        if accepts:
            with record.timed("accept"):
                party.post(f"/v1/quotes/{quote['id']}/accept", _cheapest(quote), wait_s=WAIT_S)
            self._on_accepted(buyer, order["id"])
        else:
            with record.timed("cancel"):
                party.post(f"/v1/orders/{order['id']}/cancellation", {}, version=order["version"])
        if number % OFFICE_EVERY == 0:
            with record.timed("figures"):
                utilization(self._stage, self._stage.now - timedelta(days=1), self._stage.now)

    def _quoted(self, party: Party, order_id: str) -> dict[str, Any]:
        """The order once it is quoted: an answer that came before its quote is asked for again. Raises Broken."""
        deadline = monotonic() + WAIT_S
        while True:
            with self._record.timed("read"):
                order = party.get(f"/v1/orders/{order_id}")
            if order["state"] == "quoted":
                return order
            if monotonic() > deadline:
                raise Broken(f"expected a quote within {WAIT_S} s, found {order['state']}")


def _cheapest(quote: dict[str, Any]) -> dict[str, str]:
    return {"option_id": ordering.option_named(quote, "cheapest")["option_id"]}
