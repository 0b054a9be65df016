"""The report of entrusted production: drafted from a drink order, signed by both sides, voided by a changed plan."""

import msgspec
import pytest

from services.order.domain.commands import ReceivePlanChange
from services.order.domain.entrusted import REPORT, Draft, SignReport, draft_of
from services.order.domain.entrusted_events import EntrustedReportSigned
from services.order.domain.refusals import Why
from shared.reference.food import check_digit
from tests.support.order_world import BUYER, FACTORY, NOW, a_line, a_plan_change, placing
from tests.support.stories import given
from tests.unit.order.domain.conftest import Situation, confirmed_with

_DIGITS = "1064212029001"
LICENCE = f"SC{_DIGITS}{check_digit(_DIGITS)}"


def drafted(situation: Situation) -> Draft:
    draft = draft_of(situation.story.state)
    assert draft is not None
    return draft


def test_the_draft_holds_what_needs_a_food_licence(a_confirmed_order: Situation) -> None:
    (part,) = drafted(a_confirmed_order).parts
    assert (part.licence_category, part.factory_org_id, part.unit) == ("0603", FACTORY, "can")
    assert part.quantity >= 12_000


def test_only_confirmed_drink_orders_have_one(a_quoted_order: Situation) -> None:
    assert draft_of(a_quoted_order.story.state) is None
    assert draft_of(confirmed_with(placing(a_line("can-330-sleek"))).story.state) is None


def test_both_sides_sign_and_only_then_it_is_signed(a_confirmed_order: Situation) -> None:
    draft = drafted(a_confirmed_order)
    story = given(REPORT).after(SignReport(draft, BUYER, "", NOW))
    assert not story.state.is_signed(draft)
    (signed,) = story.when(SignReport(draft, FACTORY, LICENCE, NOW)).then(EntrustedReportSigned)
    assert (signed.party, signed.licence_number) == ("entrusted", LICENCE)
    assert story.after(SignReport(draft, FACTORY, LICENCE, NOW)).state.is_signed(draft)


@pytest.mark.parametrize("number", ["", "SC123", LICENCE[:-1] + str((int(LICENCE[-1]) + 1) % 10)])
def test_a_factory_signs_with_a_true_licence_number(a_confirmed_order: Situation, number: str) -> None:
    draft = drafted(a_confirmed_order)
    given(REPORT).when(SignReport(draft, FACTORY, number, NOW)).refused(Why.LICENCE_NUMBER, "/licence_number")


def test_a_stranger_cannot_sign_nor_anybody_twice(a_confirmed_order: Situation) -> None:
    draft = drafted(a_confirmed_order)
    given(REPORT).when(SignReport(draft, "org_stranger", LICENCE, NOW)).refused(Why.UNKNOWN_ORDER)
    signing = SignReport(draft, BUYER, "", NOW)
    given(REPORT).when(signing, signing).refused(Why.SIGNED_ALREADY)


def test_a_changed_plan_voids_the_signature(a_confirmed_order: Situation) -> None:
    draft = drafted(a_confirmed_order)
    option = a_confirmed_order.quote.options[0]
    other = msgspec.structs.replace(
        option, steps=[msgspec.structs.replace(one, plant_name="另一厂") for one in option.steps]
    )
    moved = a_confirmed_order.story.after(ReceivePlanChange(a_plan_change(other, needs_answer=False)))
    changed = draft_of(moved.state)
    assert changed is not None
    assert changed.digest != draft.digest
    story = given(REPORT).after(SignReport(draft, BUYER, "", NOW))
    assert not story.state.holds(BUYER, changed.digest)
    story.when(SignReport(changed, BUYER, "", NOW)).then(EntrustedReportSigned)
