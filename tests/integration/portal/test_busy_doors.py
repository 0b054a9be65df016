"""Who registers people, or signs in, while passwords are being hashed as fast as the machine may."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from argon2 import PasswordHasher

from services.portal import passwords
from services.portal.attempts import PER_ACCOUNT_MAX
from services.portal.passwords import HASHES_AT_ONCE
from shared.clock import StoryClock
from shared.kernel.principal import Role
from tests.support.accounts import PASSWORD, Accounts, accounts
from tests.support.web_client import Caller, problem

LOGIN = {"login": "brand-a", "password": PASSWORD}
LILY: dict[str, Any] = {"login": "lily", "name": "x", "password": PASSWORD, "duty": "reader"}


class Slow(PasswordHasher):
    """Works when told to, in all threads but the main one; counts what it hashed."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.entered, self.go_on, self.hashed = threading.Semaphore(0), threading.Event(), 0

    def hash(self, *args: Any, **kwargs: Any) -> str:
        self.hashed += 1
        self._wait()
        return super().hash(*args, **kwargs)

    def verify(self, *args: Any, **kwargs: Any) -> Any:
        self._wait()
        return super().verify(*args, **kwargs)

    def _wait(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            self.entered.release()
            assert self.go_on.wait(20)


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def house(clock: StoryClock, slow: Slow) -> Accounts:
    made = accounts(clock, hasher=slow)
    made.admit(Role.BUYER, "brand-a")
    made.caller(made.principals["brand-a"]).get("/v1/me")
    return made


@contextmanager
def _meanwhile(slow: Slow, count: int, act: Any, *args: Any) -> Iterator[None]:
    """*count* threads that have come as far as the hasher with *act*."""
    threads = [threading.Thread(target=act, args=args) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        for _ in threads:
            assert slow.entered.acquire(timeout=20)
        yield
    finally:
        slow.go_on.set()
        for thread in threads:
            thread.join(20)


def test_an_attempt_that_found_no_place_was_none(house: Accounts, slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else whoever keeps the door busy closes the accounts of all who try to come in."""
    monkeypatch.setattr(passwords, "WAIT_S_MAX", 0.05)
    nobody, brand = house.caller(None), house.caller(house.principals["brand-a"])
    change = {"present_password": PASSWORD, "password": "Battery-Staple-2027"}
    with _meanwhile(slow, HASHES_AT_ONCE, house.service.handlers.fits, None, "x"):
        for _ in range(PER_ACCOUNT_MAX + 1):
            problem(nobody.post("/session", LOGIN), 503, "SIGN_IN_BUSY")
            problem(brand.post("/v1/me/password", change), 503, "SIGN_IN_BUSY")
    assert nobody.post("/session", LOGIN).status_code == 200
    assert brand.post("/v1/me/password", change).status_code == 200


def test_one_person_is_registered_at_a_time_and_the_other_places_are_for_signing_in(
    house: Accounts, slow: Slow
) -> None:
    brand = house.caller(house.principals["brand-a"])
    first = {**LILY, "login": "lily-1"}
    with _meanwhile(slow, 1, Caller.post, house.caller(house.principals["brand-a"]), "/v1/users", first):
        second = brand.post("/v1/users", {**LILY, "login": "lily-2"})
        problem(second, 503, "SIGN_IN_BUSY")
        assert int(second.headers["Retry-After"]) > 0
        assert house.caller(None).post("/session", LOGIN).status_code == 200
    assert brand.post("/v1/users", {**LILY, "login": "lily-2"}).status_code == 201


def test_a_login_that_is_taken_costs_no_hash(house: Accounts, slow: Slow) -> None:
    brand, before = house.caller(house.principals["brand-a"]), slow.hashed
    problem(brand.post("/v1/users", {**LILY, "login": "Brand-A"}), 409, "LOGIN_TAKEN")
    assert slow.hashed == before
