"""README's whole job with the client that a public generator made from the document, by typed fields alone.

Run as `python whole_job.py ADDRESS CREDENTIALS` with the generated package on the path; CREDENTIALS is JSON: code ->
[client id, secret]. Prints one line of JSON: how many calls, and what came of it. mypy checks this file against the
generated package, so a field that the document does not type is an error there.
"""

import datetime as dt
import json
import sys
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

import httpx
from gongfang_api_client import AuthenticatedClient, Client
from gongfang_api_client.api.deliveries import confirm_delivery
from gongfang_api_client.api.entries import list_entries
from gongfang_api_client.api.inquiries import make_inquiry
from gongfang_api_client.api.lots import set_disposition
from gongfang_api_client.api.offers import accept_offer, list_offers
from gongfang_api_client.api.orders import get_order, get_order_plan, place_order
from gongfang_api_client.api.products import get_product
from gongfang_api_client.api.quotes import accept_quote, list_quotes
from gongfang_api_client.api.tokens import issue_token
from gongfang_api_client.api.utilization import get_utilization
from gongfang_api_client.api.work_orders import (
    deliver_work,
    finish_setup,
    finish_work,
    get_work_order,
    list_work_orders,
    report_production,
    ship_work,
    start_work,
)
from gongfang_api_client.models import (
    AcceptBody,
    ConfirmBody,
    DeliverBody,
    DispositionBody,
    DispositionBodyDisposition,
    InquiryBody,
    ListOffersState,
    ListWorkOrdersState,
    MomentBody,
    OrderBody,
    OrderLineBody,
    OrderLineBodyOptions,
    OrderView,
    OrderViewState,
    PlaceBody,
    PositiveQuantity,
    Problem,
    Quantity,
    ReportBody,
    ShipBody,
    StartBody,
    TokenRequest,
    TokenRequestGrantType,
    WorkView,
    WorkViewState,
)
from gongfang_api_client.types import Response

T = TypeVar("T")
WAIT = "wait=10"
MINUTE = dt.timedelta(minutes=1)


class Job:
    """The parties, the story's clock, and how often the platform was called."""

    def __init__(self, address: str, credentials: dict[str, tuple[str, str]]) -> None:
        self.address, self.calls, self.credentials = address, 0, credentials
        self.kept: dict[str, AuthenticatedClient] = {}

    def client(self, code: str) -> AuthenticatedClient:
        """The client of *code*; tokens last minutes, and the story's clock runs faster."""
        if code not in self.kept:
            self.kept[code] = self._signed_in(*self.credentials[code])
        return self.kept[code]

    def _signed_in(self, client_id: str, secret: str) -> AuthenticatedClient:
        asked = TokenRequest(
            grant_type=TokenRequestGrantType.CLIENT_CREDENTIALS, client_id=client_id, client_secret=secret
        )
        token = self.good(issue_token.sync_detailed(client=Client(base_url=self.address), body=asked))
        return AuthenticatedClient(base_url=self.address, token=token.access_token, timeout=httpx.Timeout(60))

    def good(self, response: Response[T | Problem]) -> T:
        """What was answered, which must be a yes."""
        self.calls += 1
        found = response.parsed
        assert found is not None, response.content
        assert not isinstance(found, Problem), (found.code, found.detail)
        return found

    def move_to(self, at: dt.datetime) -> None:
        """The story's clock stands beside the API."""
        self.kept.clear()
        httpx.post(f"{self.address}/story/clock", json={"at": at.isoformat()}, timeout=60).raise_for_status()

    def now(self) -> dt.datetime:
        return dt.datetime.fromisoformat(httpx.get(f"{self.address}/story/clock", timeout=60).json()["now"])


def order_cans(job: Job) -> OrderView:
    """Look, ask, order, choose: the brand's part until it is confirmed."""
    brand = job.client("B1")
    product = job.good(get_product.sync_detailed("can-330-sleek", client=brand))
    options = OrderLineBodyOptions.from_dict({"artwork": "spring", "decoration": "digital"})
    line = OrderLineBody(
        product=product.id, options=options, quantity=PositiveQuantity(value="8000", unit=product.unit)
    )
    to, by = PlaceBody(district="420100", address="武汉"), dt.datetime(2026, 12, 20, 10, tzinfo=dt.UTC)
    asked = job.good(
        make_inquiry.sync_detailed(
            client=brand, prefer=WAIT, body=InquiryBody(lines=[line], deliver_to=to, requested_by=by)
        )
    )
    assert asked.price_from is not None
    body = OrderBody(lines=[line], deliver_to=to, requested_by=by, reference="SPRING-1")
    order = job.good(place_order.sync_detailed(client=brand, prefer=WAIT, idempotency_key="spring-1", body=body))
    assert order.state is OrderViewState.QUOTED, order.state
    quote = job.good(list_quotes.sync_detailed(order.id, client=brand)).items[0]
    accepted = job.good(
        accept_quote.sync_detailed(
            quote.id, client=brand, prefer=WAIT, body=AcceptBody(option_id=quote.options[0].option_id)
        )
    )
    assert accepted.promise is not None
    assert accepted.promise.price == quote.options[0].price
    return accepted


def accept_offers(job: Job, factories: list[str], order_id: str) -> None:
    for code in factories:
        for offer in job.good(list_offers.sync_detailed(client=job.client(code), state=ListOffersState.WAITING)).items:
            if offer.order_id == order_id:
                job.good(accept_offer.sync_detailed(offer.id, client=job.client(code), if_match=f'"v{offer.version}"'))


def make(job: Job, code: str, order_id: str) -> None:
    """Set up, run, report, finish, release, ship, deliver: the work of one factory on the order."""
    rows = job.good(list_work_orders.sync_detailed(client=job.client(code), state=ListWorkOrdersState.ACCEPTED)).items
    work = job.good(
        get_work_order.sync_detailed(next(one.id for one in rows if one.order_id == order_id), client=job.client(code))
    )
    job.move_to(max(work.starts_at, job.now()))
    work = job.good(start_work.sync_detailed(work.id, client=job.client(code), body=StartBody()))
    if work.state is WorkViewState.SETTING_UP:
        job.move_to(job.now() + dt.timedelta(seconds=work.setup_seconds))
        work = job.good(finish_setup.sync_detailed(work.id, client=job.client(code), body=StartBody()))
    job.move_to(max(work.ends_at, job.now() + MINUTE))
    finished = _report(job, code, work)
    for inspection in finished.inspections:
        job.good(
            set_disposition.sync_detailed(
                inspection.id,
                client=job.client(code),
                body=DispositionBody(disposition=DispositionBodyDisposition.RELEASED),
            )
        )
    shipped = job.good(ship_work.sync_detailed(work.id, client=job.client(code), body=ShipBody()))
    arrives = [one.arrives_at for one in shipped.destinations if one.arrives_at is not None]
    job.move_to(max([job.now(), *arrives]))
    delivered = job.good(deliver_work.sync_detailed(work.id, client=job.client(code), body=DeliverBody()))
    assert delivered.state is WorkViewState.DELIVERED, delivered.state


def _report(job: Job, code: str, work: WorkView) -> WorkView:
    """All good but a few: what was begun is what was wanted and a little more."""
    good = Quantity(value=work.quantity.value, unit=work.quantity.unit)
    lost = Quantity(value=str(int(work.quantity_gross.value) - int(good.value)), unit=good.unit)
    reported = job.good(
        report_production.sync_detailed(work.id, client=job.client(code), body=ReportBody(good=good, scrap=lost))
    )
    assert reported.good == good
    return job.good(finish_work.sync_detailed(work.id, client=job.client(code), body=MomentBody()))


def confirm(job: Job, order_id: str) -> OrderView:
    brand = job.client("B1")
    for delivery in job.good(get_order.sync_detailed(order_id, client=brand)).deliveries:
        job.good(confirm_delivery.sync_detailed(delivery.id, client=brand, body=ConfirmBody()))
    return job.good(get_order.sync_detailed(order_id, client=brand))


def busy_seconds(job: Job, plant_id: str) -> tuple[int, int]:
    """The printing plant's busy time, and how many entries of the ledger stand behind the figure."""
    office = job.client("OFFICE")
    first, end = dt.date(2026, 12, 1), dt.date(2026, 12, 15)
    found = job.good(get_utilization.sync_detailed(client=office, from_=first, to=end, by="plant", plant=plant_id))
    figure = found.items[0].elements["AUBT"]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(figure.events_url).query).items()}
    page = job.good(
        list_entries.sync_detailed(
            client=office,
            from_=dt.date.fromisoformat(asked["from"]),
            to=dt.date.fromisoformat(asked["to"]),
            plant=asked["plant"],
            behind=asked["behind"],
            as_of=int(asked["as_of"]),
        )
    )
    return figure.value, len(page.items)


def run(address: str, credentials: dict[str, tuple[str, str]]) -> dict[str, int | str]:
    job = Job(address, credentials)
    order = order_cans(job)
    factories = [code for code in credentials if code.startswith("P")]
    steps = job.good(get_order_plan.sync_detailed(order.id, client=job.client("B1"))).steps
    accept_offers(job, factories, order.id)
    codes = {step.plant_id: step.plant for step in steps}
    for code in factories:
        make(job, code, order.id)
    closed = confirm(job, order.id)
    seconds, entries = busy_seconds(job, steps[-1].plant_id)
    refused = get_order.sync_detailed("ord_" + "0" * 26, client=job.client("B1"))
    assert refused.status_code is HTTPStatus.NOT_FOUND
    assert isinstance(refused.parsed, Problem)
    return {
        "calls": job.calls,
        "plants": len(codes),
        "state": closed.state.value,
        "busy_seconds": seconds,
        "entries": entries,
        "no": refused.parsed.code,
    }


if __name__ == "__main__":
    known = {code: (pair[0], pair[1]) for code, pair in json.loads(sys.argv[2]).items()}
    sys.stdout.write(json.dumps(run(sys.argv[1], known)))
