"""What brands do under fire: order, accept, change, cancel, confirm. Each thread is one brand."""

import random
import secrets
from datetime import datetime, timedelta

from services.demo.ordering import line
from services.demo.party import Json
from shared.kernel.clock import instant_text
from tests.fault.campaign.patience import Patient

OPEN_ORDERS_MAX = 6
LEAD = timedelta(days=60)
PLACES = ("420100", "421202", "421281")
_PRODUCTS: tuple[tuple[str, str, range, dict[str, str]], ...] = (
    ("lab-test", "sample", range(2, 20), {"test": "MICRO"}),
    ("lab-test", "sample", range(2, 20), {"test": "GC"}),
    ("can-330-blank", "can", range(9_000, 20_000, 1_000), {}),
    ("can-330-sleek", "can", range(8_000, 20_000, 1_000), {"artwork": "spring", "decoration": "digital"}),
    ("tea-can-330", "can", range(12_000, 24_000, 1_000), {"artwork": "cold-brew", "colour": "dark"}),
)
PLACING, CHANGING, CANCELLING = 0.5, 0.06, 0.05


class Brand:
    """Orders what the plants can make, and answers what it is asked."""

    def __init__(self, client: Patient, chance: random.Random, now: datetime) -> None:
        self._client, self._chance, self._now = client, chance, now
        self._open: list[str] = []

    def step(self) -> bool:
        """One deed or two; False when there was nothing to do."""
        if len(self._open) < OPEN_ORDERS_MAX and self._chance.random() < PLACING:
            self._place()
            return True
        if not self._open:
            return False
        order_id = self._chance.choice(self._open)
        order = self._client.read(f"/v1/orders/{order_id}")
        if not order["actions"]:
            self._open.remove(order_id)
            return False
        return self._answer(order)

    def _place(self) -> None:
        product, unit, quantities, options = self._chance.choice(_PRODUCTS)
        key = secrets.token_hex(12)
        body = {
            "reference": key,
            "lines": [line(product, self._chance.choice(quantities), unit, **options)],
            "deliver_to": {"district": self._chance.choice(PLACES), "address": "一号门"},
            "requested_by": instant_text(self._now + LEAD),
        }
        placed = self._client.do_as(key, "place order", key, "/v1/orders", body)
        if placed is not None:
            self._open.append(placed["id"])
            self._now = max(self._now, datetime.fromisoformat(placed["created_at"]))

    def _answer(self, order: Json) -> bool:
        path, actions = f"/v1/orders/{order['id']}", order["actions"]
        done = self._confirm(order) if "confirm_delivery" in actions else False
        if "answer_replan" in actions:
            for one in order["questions"]:
                if one["kind"] == "replan":
                    body = {"choice": "accept"}
                    self._client.do("answer replan", one["id"], f"{path}/replans/{one['id']}/answer", body)
            return True
        if "accept" in actions and self._chance.random() > CANCELLING:
            return self._accept(order) or done
        if "cancel" in actions and self._is_hopeless(order):
            self._cancel(order)
            return True
        if "change" in actions and order["state"] == "quoted" and self._chance.random() < CHANGING:
            return self._change(order) or done
        return done

    def _is_hopeless(self, order: Json) -> bool:
        """Refused, or its quote has expired; else some are cancelled on a whim."""
        return order["state"] in {"unplannable", "quote_expired"} or self._chance.random() < CANCELLING

    def _accept(self, order: Json) -> bool:
        quotes = self._client.read(f"/v1/orders/{order['id']}/quotes")["items"]
        if not quotes:
            return False
        quote = quotes[0]
        option = self._chance.choice(quote["options"])["option_id"]
        self._client.do("accept quote", quote["id"], f"/v1/quotes/{quote['id']}/accept", {"option_id": option})
        return True

    def _cancel(self, order: Json) -> None:
        path = f"/v1/orders/{order['id']}/cancellation"
        body: Json = {}
        if order["promise"] is not None:
            body = {"agreed_fee": self._client.preview(path)["fee"]}
        self._client.do("cancel order", order["id"], path, body, version=order["version"])

    def _change(self, order: Json) -> bool:
        first = order["lines"][0]
        more = str(int(first["quantity"]["value"]) + 1_000)
        quantity = {"value": more, "unit": first["quantity"]["unit"]}
        body = {"lines": [{"order_line_id": first["id"], "quantity": quantity}]}
        path = f"/v1/orders/{order['id']}/changes"
        self._client.do("change order", order["id"], path, body, version=order["version"])
        return True

    def _confirm(self, order: Json) -> bool:
        waiting = [one for one in order["deliveries"] if one["state"] == "arrived"]
        for one in waiting:
            self._client.do("confirm delivery", one["id"], f"/v1/deliveries/{one['id']}/confirm", {})
        return bool(waiting)
