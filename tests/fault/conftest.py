"""What fault tests of the whole platform share."""

import pytest

from services.portal import passwords
from tests.support.accounts import QUICK


@pytest.fixture
def quick_sign_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    """The world is seeded without the cost of real passwords, which is no subject here."""
    monkeypatch.setattr(passwords, "PasswordHasher", lambda: QUICK)
