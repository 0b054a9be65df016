import pytest

from shared.kernel.principal import Role
from shared.kernel.refusal import Kind
from shared.web.permissions import PERMISSIONS, permissions_of
from shared.web.problems import STATUS_OF
from shared.web.refusals import WebWhy
from tests.support.words import untold


def test_every_kind_has_one_status() -> None:
    assert set(STATUS_OF) == set(Kind)
    assert len(set(STATUS_OF.values())) == len(STATUS_OF)
    assert all(400 <= status < 600 for status in STATUS_OF.values())


def test_every_reason_is_told_in_both_languages() -> None:
    assert untold(WebWhy) == []


@pytest.mark.parametrize("role", list(Role))
def test_every_permission_is_thing_and_verb(role: Role) -> None:
    assert all(one.count(":") == 1 for one in PERMISSIONS[role])


def test_a_scope_narrows_and_never_widens() -> None:
    asked = frozenset({"order:read", "organisation:admit"})
    assert permissions_of(Role.BUYER, asked) == {"order:read"}
    assert permissions_of(Role.BUYER) == PERMISSIONS[Role.BUYER]


def test_the_office_writes_nothing_that_it_audits() -> None:
    writing = {"order:place", "order:accept", "plant:publish", "work:report", "stoppage:report", "offer:answer"}
    assert not writing & PERMISSIONS[Role.OFFICE]


def test_the_platform_itself_gets_no_permission_from_a_token() -> None:
    assert PERMISSIONS[Role.SYSTEM] == frozenset()
