from datetime import UTC, datetime

import pytest

from services.portal.domain.duties import narrowed
from services.portal.domain.refusals import Why
from services.portal.domain.user import (
    USER,
    Absent,
    Active,
    ChangePassword,
    Dismissed,
    DismissUser,
    Duty,
    RegisterUser,
    User,
    UserCommand,
)
from shared.kernel.principal import Role
from shared.kernel.refusal import Refused
from shared.web.permissions import PERMISSIONS
from tests.support.words import untold

AT = datetime(2026, 12, 1, tzinfo=UTC)
REGISTER = RegisterUser("usr_1", "org_1", Duty.OPERATOR, "li", "name", "phone", "hash", "usr_0", AT)


def _after(*commands: UserCommand) -> User:
    state: User = USER.initial
    for command in commands:
        state = USER.fold(USER.decide(command, state), state)
    return state


def _why(command: UserCommand, state: User) -> object:
    with pytest.raises(Refused) as caught:
        USER.decide(command, state)
    return caught.value.why


def test_a_registered_user_is_active_and_a_changed_password_counts() -> None:
    user = _after(REGISTER, ChangePassword("new hash", AT))
    assert isinstance(user, Active)
    assert (user.password_sealed, user.duty) == ("new hash", Duty.OPERATOR)


def test_a_user_is_registered_once() -> None:
    assert _why(REGISTER, _after(REGISTER)) is Why.LOGIN_TAKEN


def test_a_dismissed_user_changes_no_more() -> None:
    gone = _after(REGISTER, DismissUser("usr_0", AT))
    assert isinstance(gone, Dismissed)
    for command in (ChangePassword("x", AT), DismissUser("usr_0", AT)):
        assert _why(command, gone) is Why.USER_DISMISSED
        assert _why(command, Absent()) is Why.USER_DISMISSED


def test_nobody_dismisses_themselves_so_that_an_administrator_remains() -> None:
    assert _why(DismissUser("usr_1", AT), _after(REGISTER)) is Why.LAST_ADMINISTRATOR


@pytest.mark.parametrize("role", [Role.BUYER, Role.FACTORY, Role.OFFICE])
def test_duties_narrow_step_by_step(role: Role) -> None:
    everything = PERMISSIONS[role]
    administrator, operator, reader = (narrowed(everything, duty) for duty in Duty)
    assert reader < operator < administrator == everything
    assert administrator - operator == everything & {"user:manage", "client:manage", "organisation:admit"}
    assert all(one.endswith(":read") for one in reader)


def test_every_reason_of_the_portal_is_told_in_both_languages() -> None:
    assert untold(Why) == []
