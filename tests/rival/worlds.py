"""Pairs of worlds that differ in what brand B2 has done, and all that brand B1 asks and reads in both."""

import gc
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import msgspec

from shared.kernel.clock import instant_text
from tests.rival.market import BEGINS, Brand, Market

ASKED = ("sleeving-330", "pilot-run", "can-330-sleek", "tea-can-330", "herbal-pet-500", "functional-can-330")
_QUANTITIES = {"pilot-run": (200, 400), "sleeving-330": (3_000, 5_000, 20_000)}
_USUAL = (8_000, 12_000, 60_000, 250_000)
_TIMES_AS_MUCH = (1, 4, 16)
_DISTRICTS = ("420100", "421202", "421281")
RIVAL_ACTS = ("inquire", "quote", "accept", "accept", "accept", "cancel")


class Answer(msgspec.Struct, frozen=True):
    """One thing that B1 read. *about*: what it asked, without ids."""

    about: str
    status: int
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class World:
    """*rival*: what B2 does, in order; *questions*: what B1 asks for afterwards, the last one as an order."""

    seed: int
    rival: tuple[tuple[str, dict[str, Any]], ...]
    questions: tuple[dict[str, Any], ...]


def a_world(seed: int, questions: int) -> World:
    chance = Random(seed)
    products = chance.sample(ASKED, 3)
    rival = tuple(
        (chance.choice(RIVAL_ACTS), wanted(chance, chance.choice(products), chance.choice(_TIMES_AS_MUCH)))
        for _ in range(chance.randint(1, 5))
    )
    return World(seed, rival, tuple(wanted(chance, chance.choice(products)) for _ in range(questions + 1)))


def wanted(chance: Random, product: str, times: int = 1) -> dict[str, Any]:
    """A body that an inquiry and an order both take, for *times* a usual quantity."""
    quantity = times * chance.choice(_QUANTITIES.get(product, _USUAL))
    unit, options = "can", {"artwork": chance.choice(("spring", "summer"))}
    supplies = []
    if product == "sleeving-330":
        options |= {"colour": chance.choice(("light", "dark"))}
        arrives_at = BEGINS + timedelta(days=chance.randint(1, 4), seconds=chance.randint(0, 86_399))
        brought = {"value": str(quantity * 2), "unit": "can"}
        supplies = [{"item": "can-330-blank-own", "quantity": brought, "arrives_at": instant_text(arrives_at)}]
    elif product == "pilot-run":
        unit, options = "L", {"family": chance.choice(("tea", "protein")), "allergen": chance.choice(("no", "yes"))}
    elif product == "herbal-pet-500":
        unit, options = "bottle", {"sugar": chance.choice(("no", "yes"))}
    by = BEGINS + timedelta(days=chance.randint(6, 45), seconds=chance.randint(0, 86_399))
    body: dict[str, Any] = {
        "lines": [{"product": product, "options": options, "quantity": {"value": str(quantity), "unit": unit}}],
        "deliver_to": {"district": chance.choice(_DISTRICTS), "address": "x"},
        "requested_by": instant_text(by),
    }
    return body | ({"supplies": supplies} if supplies else {})


def told(market: Market, world: World, *, with_rival: bool) -> list[Answer]:
    """What B1 reads in *world*, with or without what B2 does before."""
    market.clock.advance(timedelta(hours=Random(world.seed).randint(0, 40)))
    if with_rival:
        _act(market.brand(2), world)
    market.clock.advance(timedelta(minutes=7))
    brand = market.brand(1)
    found = [one for body in world.questions[:-1] for one in _asked(brand, body)]
    return found + _ordered(brand, {**world.questions[-1], "reference": "mine"}) + _looked_around(brand)


def _act(rival: Brand, world: World) -> None:
    for act, body in world.rival:
        if act == "inquire":
            rival.ask(body)
            continue
        order_id = rival.place({**body, "reference": f"secret {world.seed}"})
        if act != "quote":
            rival.accept(order_id, world.seed)
        if act == "cancel":
            _cancel(rival, order_id)


def _cancel(rival: Brand, order_id: str) -> None:
    version = rival.get(f"/v1/orders/{order_id}").headers["ETag"]
    path = f"/v1/orders/{order_id}/cancellation"
    fee = rival.send("POST", f"{path}?preview=true", {}).get_json()["fee"]
    rival.send("POST", path, {"agreed_fee": fee}, **{"If-Match": version})


def _asked(brand: Brand, body: dict[str, Any]) -> list[Answer]:
    inquiry_id = brand.ask(body)
    return [_read(brand, "inquiry", f"/v1/inquiries/{inquiry_id}")]


def _ordered(brand: Brand, body: dict[str, Any]) -> list[Answer]:
    order_id = brand.place(body)
    parts = ("", "/quotes", "/processes", "/plan", "/timeline", "/events")
    found = [_read(brand, f"order{part}", f"/v1/orders/{order_id}{part}") for part in parts]
    quotes = found[1].body["items"]
    return found + [_read(brand, "quote", f"/v1/quotes/{one['id']}") for one in quotes]


def _looked_around(brand: Brand) -> list[Answer]:
    lists = ("/v1/orders", "/v1/inquiries", "/v1/quotes", "/v1/deliveries", "/v1/products")
    paths = (*lists, "/v1/orders?limit=1", "/v1/inquiries?limit=1", "/v1/products?limit=1", "/v1/orders/ord_none")
    return [_read(brand, path, path) for path in paths]


def _read(brand: Brand, about: str, path: str) -> Answer:
    answer = brand.get(path)
    return Answer(about, answer.status_code, dict(answer.headers), answer.get_json(force=True))


def in_both(market: Market, world: World, plant: Callable[[], None] | None = None) -> tuple[list[Answer], list[Answer]]:
    """The answers without and with the rival, each world a fork of *market*; *plant* puts a leak into both."""
    without, with_rival = (_forked(market, world, with_rival=one, plant=plant) for one in (False, True))
    return without, with_rival


def _forked(market: Market, world: World, *, with_rival: bool, plant: Callable[[], None] | None) -> list[Answer]:
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reads)
        try:
            gc.freeze()
            if plant is not None:
                plant()
            answers: Sequence[Answer] = told(market, world, with_rival=with_rival)
            with os.fdopen(writes, "wb") as pipe:
                pipe.write(msgspec.json.encode(answers))
            os._exit(0)
        except BaseException:  # noqa: BLE001 - the outermost of the child: it says what happened and ends
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
    os.close(writes)
    with os.fdopen(reads, "rb") as pipe:
        raw = pipe.read()
    os.waitpid(child, 0)
    if not raw:
        raise ChildProcessError(f"world {world.seed} ended without answers")
    return msgspec.json.decode(raw, type=list[Answer])
