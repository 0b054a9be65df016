import threading
import time
from typing import Any

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from services.portal import passwords
from services.portal.domain.refusals import Why
from services.portal.passwords import HASHES_AT_ONCE, WAITING_MAX, Passwords, check_strength
from shared.kernel.refusal import Refused
from tests.support.accounts import QUICK


def test_a_password_fits_its_own_hash_only() -> None:
    keeper = Passwords(QUICK)
    hashed = keeper.hash("Correct-Horse-2026")
    assert hashed.startswith("$argon2id$")
    assert keeper.verify(hashed, "Correct-Horse-2026")
    assert not keeper.verify(hashed, "correct-horse-2026")
    assert not keeper.verify("no hash at all", "Correct-Horse-2026")


def test_an_account_that_does_not_exist_is_verified_all_the_same_and_never_fits() -> None:
    calls: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: Any, password: Any) -> Any:  # noqa: A002 - argon2's own name
            calls.append(str(hash))
            return super().verify(hash, password)

    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    assert not Passwords(hasher).verify(None, "nobody's password")
    assert len(calls) == 1
    with pytest.raises(VerifyMismatchError):  # it is well formed, so that all of the work is done
        hasher.verify(calls[0], "nobody's password")
    assert not hasher.check_needs_rehash(calls[0])


def test_the_usual_cost_is_that_of_rfc_9106_for_little_memory() -> None:
    usual = PasswordHasher()
    assert (usual.type.name, usual.memory_cost, usual.time_cost) == ("ID", 65_536, 3)


WEAK = ["Short-1", "aaaaaaaaaaaa", "1234567890", "Password123", "brand-tea12", "BRAND-TEA"]
OF_PUBLIC_LISTS = [
    "password12",
    "qwertyuiop",
    "1q2w3e4r5t",
    "P@ssw0rd1234",
    "iloveyou1234",
    "woaini1314520",
    "Admin@123456",
]
OF_THE_PLATFORM = ["Xianning2026", "gongfang2026", "Gongfang123!", "咸宁2026共坊", "ｇｏｎｇｆａｎｇ2026"]


@pytest.mark.parametrize("weak", [*WEAK, *OF_PUBLIC_LISTS, *OF_THE_PLATFORM])
def test_weak_passwords_are_refused_by_pointer(weak: str) -> None:
    with pytest.raises(Refused) as caught:
        check_strength(weak, "brand-tea", "/administrator/password")
    assert caught.value.why is Why.PASSWORD_WEAK
    assert caught.value.pointer == "/administrator/password"


def test_a_good_password_passes() -> None:
    check_strength("Correct-Horse-2026", "li", "/password")
    check_strength("春眠不觉晓处处闻啼鸟", "li", "/password")


class Slow(PasswordHasher):
    """Hashes when told to: says that it has begun, and waits. The main thread's own hash is not held up."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.entered, self.go_on = threading.Semaphore(0), threading.Event()

    def hash(self, *args: Any, **kwargs: Any) -> str:
        if threading.current_thread() is not threading.main_thread():
            self.entered.release()
            assert self.go_on.wait(10)
        return super().hash(*args, **kwargs)


def _hashing(keeper: Passwords, slow: Slow, count: int) -> list[threading.Thread]:
    """*count* threads that want a hash, the first HASHES_AT_ONCE of them at it."""
    threads = [threading.Thread(target=keeper.hash, args=["x"]) for _ in range(count)]
    for thread in threads:
        thread.start()
    for _ in range(HASHES_AT_ONCE):
        assert slow.entered.acquire(timeout=10)
    return threads


def _ended(slow: Slow, threads: list[threading.Thread]) -> None:
    slow.go_on.set()
    for thread in threads:
        thread.join(10)


def test_only_a_few_hashes_run_at_once_and_the_rest_are_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "WAIT_S_MAX", 0.05)
    slow = Slow()
    keeper = Passwords(slow)
    threads = _hashing(keeper, slow, HASHES_AT_ONCE)
    with pytest.raises(Refused) as caught:
        keeper.hash("one too many")
    assert caught.value.why is Why.SIGN_IN_BUSY
    _ended(slow, threads)
    assert keeper.hash("free again")


def test_who_finds_the_queue_full_is_asked_to_come_again_without_waiting() -> None:
    slow = Slow()
    keeper = Passwords(slow)
    threads = _hashing(keeper, slow, HASHES_AT_ONCE + WAITING_MAX)
    deadline = time.monotonic() + 10
    refused: Refused | None = None
    while refused is None and time.monotonic() < deadline:
        begun = time.monotonic()
        try:
            keeper.hash("one too many")  # while the last of the threads has not queued yet, this one may have its place
        except Refused as no:
            refused = no
    assert refused is not None
    assert refused.why is Why.SIGN_IN_BUSY
    assert time.monotonic() - begun < passwords.WAIT_S_MAX
    _ended(slow, threads)
    assert keeper.hash("free again")
