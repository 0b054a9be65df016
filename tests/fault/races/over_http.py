"""Races over HTTP for what one bench has left until tomorrow: 64 clients in 4 processes against one real server."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from threading import Event
from time import monotonic

from services.capacity import wiring
from services.capacity.domain.line_on_board import LineOnBoard
from services.demo.ordering import line
from services.demo.party import Json, Party, Turned
from services.demo.seeding import World
from services.demo.telling import logged, seed_only
from services.embedded.running import opened
from services.terminal import Terminal
from shared.contracts.reasons import ReasonCode
from shared.kernel.clock import instant_text
from tests.support.abreast import abreast
from tests.support.serving import ServerProcess

PROCESSES, THREADS = 4, 16
BENCH = "P12-B3"
BUYERS = ("B1", "B2", "B3", "B4")  # one a process
NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)  # stands still, so that no hold runs out
UNTIL = NOW + timedelta(days=7)
LAST = datetime(2028, 1, 1, tzinfo=UTC)  # beyond every calendar
INTERVALS_MAX = 400
SAMPLES = 30  # about three hours of the bench
ATTEMPT_S_MAX = 1.0
ANSWER_WITHIN_S = 120.0
LOOK_EVERY_S = 0.02
WAIT_S = 5


def raced(folder: Path, attempts: int) -> Counter[str]:
    """How *attempts* ended. AssertionError when more was booked than offered, or a loser was told nothing."""
    data = folder / "data"
    data.mkdir()
    with logged(folder):
        world = seed_only(data, Terminal(as_json=True))
    with ServerProcess(data, instant_text(NOW)) as server:
        _leave_the_last_hours(server.address, world)
        shares = [partial(_share, server.address, world, index, attempts) for index in range(PROCESSES)]
        ends: Counter[str] = sum(abreast(shares, within_s=60 + attempts * ATTEMPT_S_MAX), Counter())
    assert ends.total() == attempts, ends
    assert set(ends) <= {*ReasonCode, "booked", "cancelled", "dropped", "lost"}, ends
    _check(data, ends)
    return ends


def _leave_the_last_hours(address: str, world: World) -> None:
    """The laboratory takes back what its bench offers after `UNTIL`."""
    laboratory = world.party(address, "P12")
    (bench,) = [one for one in laboratory.items("/v1/lines") if one["code"] == BENCH]
    path = f"/v1/lines/{bench['id']}/offered-hours"
    later = laboratory.get(path, **{"from": instant_text(UNTIL), "to": instant_text(LAST)})["intervals"]
    for first in range(0, len(later), INTERVALS_MAX):
        taken_back = {"intervals": later[first : first + INTERVALS_MAX], "reason": "own products"}
        laboratory.post(f"{path}/withdraw", taken_back)
    laboratory.close()


def _share(address: str, world: World, index: int, attempts: int) -> Counter[str]:
    def of_thread(first: int) -> Counter[str]:
        party = world.party(address, BUYERS[index])
        mine = range(first * PROCESSES + index, attempts, PROCESSES * THREADS)
        ends = Counter(attempt(party, number) for number in mine)
        party.close()
        return ends

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(of_thread, range(THREADS)), Counter())


def attempt(party: Party, number: int) -> str:
    """One buyer's try: order, then take the quote, drop it, or take it and cancel. Returns how it ended."""
    body = {
        "lines": [line("lab-test", SAMPLES, "sample", test="SEAM")],
        "deliver_to": {"district": "421271", "address": "一号门"},
        "requested_by": instant_text(UNTIL),
    }
    order = _left(party, party.post("/v1/orders", body, wait_s=WAIT_S), "planning")
    if order["state"] == "unplannable":
        return str(order["failure"]["reasons"][0]["code"])
    assert order["state"] == "quoted", order["state"]
    if number % 5 == 0:
        _cancel(party, order)
        return "dropped"
    (quote, *_) = party.get(f"/v1/orders/{order['id']}/quotes")["items"]
    option = quote["options"][0]["option_id"]
    try:
        party.post(f"/v1/quotes/{quote['id']}/accept", {"option_id": option}, wait_s=WAIT_S)
    except Turned as no:
        if no.code != "QUOTE_LOST":
            raise
    order = _left(party, party.get(f"/v1/orders/{order['id']}"), "accepted", "planning")
    if order["state"] not in {"confirmed", "in_production"}:
        _cancel(party, order)
        return "lost"
    if number % 7 == 0:
        _cancel(party, order)
        return "cancelled"
    return "booked"


def _left(party: Party, order: Json, *states: str) -> Json:
    """The order once it is in none of *states*."""
    deadline, ever = monotonic() + ANSWER_WITHIN_S, Event()
    while order["state"] in states:
        assert monotonic() < deadline, f"{order['id']} is still {order['state']}"
        ever.wait(LOOK_EVERY_S)
        order = party.get(f"/v1/orders/{order['id']}")
    return order


def _cancel(party: Party, order: Json) -> None:
    path = f"/v1/orders/{order['id']}/cancellation"
    fee = party.post(path, {}, query={"preview": "true"})["fee"]
    body = {} if order["promise"] is None else {"agreed_fee": fee}
    try:
        party.post(path, body, version=order["version"])
    except Turned as no:
        if no.code != "VERSION_STALE":  # its plant answered meanwhile
            raise
        _cancel(party, party.get(f"/v1/orders/{order['id']}"))


def _check(data: Path, ends: Counter[str]) -> None:
    with opened(data, NOW) as house:
        house.step_to_rest()
        capacity = house.services["capacity"]
        assert isinstance(capacity, wiring.Service)
        lines = [one for one in capacity.board.caught_up().lines() if one.bookings]
    for one in lines:
        for first, second in pairwise(one.bookings):
            assert first.ends <= second.starts, (one.line_id, first, second)
    assert sum(_firm(one) for one in lines) == ends["booked"], ends


def _firm(one: LineOnBoard) -> int:
    """Firm bookings; each must fit into the hours offered."""
    firm = [booking for booking in one.bookings if not booking.expires_us]
    for booking in firm:
        assert one.hours.between(booking.starts, booking.ends) >= booking.busy, (one.line_id, booking)
    return len(firm)
