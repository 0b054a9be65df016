"""The assembled house, called through its gateway as browsers and ERPs call it, with one brand, one plant, one order."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from werkzeug.test import Client, TestResponse

from services.capacity.workbook.template import MEDIA_TYPE, write_workbook
from services.embedded.front import gateway_of
from services.embedded.house import House
from shared.clock import StoryClock
from shared.kernel.principal import Principal, Role
from tests.support.known_people import make_known
from tests.support.masters import NOW
from tests.support.web_client import a_principal
from tests.support.workbooks import a_book

ORDER: dict[str, Any] = {
    "reference": "PO-2026-77",
    "lines": [
        {
            "product": "tea-can-330",
            "options": {"artwork": "cold-brew-v3"},
            "quantity": {"value": "60000", "unit": "can"},
        }
    ],
    "deliver_to": {"district": "420100", "address": "江岸区"},
    "requested_by": "2026-12-28T08:00:00Z",
}
FIRST_KEY = "the-first-order"
PEOPLE: Mapping[str, Principal] = {
    "brand": a_principal(Role.BUYER),
    "rival brand": a_principal(Role.BUYER, 2),
    "plant": a_principal(Role.FACTORY),
    "rival plant": a_principal(Role.FACTORY, 2),
    "office": a_principal(Role.OFFICE),
}


@dataclass
class OpenHouse:
    """*house* behind its gateway. *known*: what a path may name, such as `order`, `plant`, `line`."""

    house: House
    clock: StoryClock
    known: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        make_known(self.house.portal, PEOPLE.values())
        self.client = Client(gateway_of(self.house), use_cookies=False)

    def token(self, who: str) -> str:
        return self.house.portal.signing.issue(PEOPLE[who]).text

    def send(
        self, method: str, path: str, *, who: str | None = None, headers: Mapping[str, str] | None = None, **more: Any
    ) -> TestResponse:
        """*path* may name what is known: `/v1/orders/{order}`."""
        sent = {"Authorization": f"Bearer {self.token(who)}"} if who is not None else {}
        return self.client.open(path.format(**self.known), method=method, headers={**sent, **(headers or {})}, **more)

    def heads(self) -> dict[str, tuple[int, bytes]]:
        """Where every log stands: equal before and after means that nothing was written anywhere."""
        found = {name: service.log.head() for name, service in self.house.services.items()}
        return {name: (head.position, head.digest) for name, head in found.items()}

    def place(self, key: str = FIRST_KEY) -> TestResponse:
        return self.send("POST", "/v1/orders", who="brand", json=ORDER, headers={"Idempotency-Key": key})

    def publish_a_plant(self) -> None:
        plant = {"code": "P08", "name": "淦河无菌茶饮厂", "district": "421202"}
        made = self.send("POST", "/v1/plants", who="plant", json=plant)
        assert made.status_code == 201, made.text
        self.known["plant"] = str(made.get_json()["id"])
        path, content = "/v1/plants/{plant}/workbook", write_workbook(a_book())
        taken = self.send("POST", path, who="plant", data=content, headers={"Content-Type": MEDIA_TYPE})
        assert taken.status_code == 200, taken.text
        lines = self.send("GET", "/v1/lines", who="plant").get_json()["items"]
        self.known["line"] = str(lines[0]["id"])


@contextmanager
def running(house: House) -> Iterator[OpenHouse]:
    """*house* with facts flowing between its services, and stopped and closed in the end."""
    clock = house.clock
    assert isinstance(clock, StoryClock)
    house.start()
    try:
        yield OpenHouse(house, clock)
    finally:
        house.stop()
        house.close()


def story_clock() -> StoryClock:
    return StoryClock(NOW)
