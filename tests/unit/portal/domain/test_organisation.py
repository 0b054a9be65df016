from datetime import UTC, datetime

import pytest

from services.portal.domain.organisation import ORGANISATION, Absent, AdmitOrganisation, Admitted, OrganisationAdmitted
from services.portal.domain.refusals import Why
from shared.kernel.refusal import Refused
from tests.support.accounts import a_credit_code

AT = datetime(2026, 12, 1, tzinfo=UTC)


def _admit(code: str = "", district: str = "421202") -> AdmitOrganisation:
    return AdmitOrganisation(
        org_id="org_1",
        kind="buyer",
        name="小茶",
        credit_code=code or a_credit_code(1),
        district=district,
        districts=frozenset({"421202"}),
        by="usr_1",
        at=AT,
    )


def test_an_organisation_is_admitted_under_its_code() -> None:
    events = ORGANISATION.decide(_admit(), Absent())
    assert ORGANISATION.fold(events) == Admitted("org_1", "buyer", "小茶", a_credit_code(1), "421202", AT)
    assert [type(one) for one in events] == [OrganisationAdmitted]


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (_admit(code="91421202000000001X"), Why.CREDIT_CODE_INVALID),
        (_admit(code="91421202000000001X", district="999999"), Why.CREDIT_CODE_INVALID),
        (_admit(district="999999"), Why.DISTRICT_UNKNOWN),
    ],
)
def test_a_wrong_code_and_an_unknown_district_are_refused_in_order_of_precedence(
    command: AdmitOrganisation, why: Why
) -> None:
    with pytest.raises(Refused) as caught:
        ORGANISATION.decide(command, Absent())
    assert caught.value.why is why


def test_nobody_is_admitted_twice() -> None:
    state = ORGANISATION.fold(ORGANISATION.decide(_admit(), Absent()))
    with pytest.raises(Refused) as caught:
        ORGANISATION.decide(_admit(), state)
    assert caught.value.why is Why.CREDIT_CODE_TAKEN
