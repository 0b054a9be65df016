import threading
from typing import Any

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from services.portal import passwords
from services.portal.domain.refusals import Why
from services.portal.passwords import HASHES_AT_ONCE, Passwords, check_strength
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


@pytest.mark.parametrize("weak", ["Short-1", "aaaaaaaaaaaa", "1234567890", "Password123", "brand-tea12", "BRAND-TEA"])
def test_weak_passwords_are_refused_by_pointer(weak: str) -> None:
    with pytest.raises(Refused) as caught:
        check_strength(weak, "brand-tea", "/administrator/password")
    assert caught.value.why is Why.PASSWORD_WEAK
    assert caught.value.pointer == "/administrator/password"


def test_a_good_password_passes() -> None:
    check_strength("Correct-Horse-2026", "li", "/password")
    check_strength("春眠不觉晓处处闻啼鸟", "li", "/password")


def test_only_a_few_hashes_run_at_once_and_the_rest_are_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "WAIT_S_MAX", 0.05)
    entered, go_on = threading.Semaphore(0), threading.Event()

    class Slow(PasswordHasher):
        def hash(self, *args: Any, **kwargs: Any) -> str:
            if threading.current_thread() is not threading.main_thread():
                entered.release()
                assert go_on.wait(10)
            return super().hash(*args, **kwargs)

    keeper = Passwords(Slow(time_cost=1, memory_cost=8, parallelism=1))
    threads = [threading.Thread(target=keeper.hash, args=["x"]) for _ in range(HASHES_AT_ONCE)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert entered.acquire(timeout=10)
    with pytest.raises(Refused) as caught:
        keeper.hash("one too many")
    assert caught.value.why is Why.SIGN_IN_BUSY
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert keeper.hash("free again")
