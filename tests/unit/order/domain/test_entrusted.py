"""The report of entrusted production: drafted from a drink order, signed by both sides, voided by a changed plan."""

import msgspec
import pytest

from services.order.domain.commands import ReceivePlanChange
from services.order.domain.entrusted import REPORT, Draft, Report, Signature, SignReport, draft_of
from services.order.domain.entrusted_events import EntrustedReportSigned
from services.order.domain.refusals import Why
from shared.reference.food import check_digit
from tests.support.order_world import BUYER, FACTORY, NOW, a_line, a_plan_change, placing
from tests.support.stories import given
from tests.unit.order.domain.conftest import Situation, confirmed_with

_DIGITS = "1064212029001"
OTHER = "org_F" + "0" * 24 + "2"
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
    assert not story.state.holds(BUYER, changed)
    story.when(SignReport(changed, BUYER, "", NOW)).then(EntrustedReportSigned)


def of_two_factories(draft: Draft) -> Draft:
    """The draft as if another factory made one part more of it."""
    (part,) = draft.parts
    return msgspec.structs.replace(draft, parts=[part, msgspec.structs.replace(part, factory_org_id=OTHER)])


def test_a_factory_signs_its_own_part_and_the_others_changes_leave_it(a_confirmed_order: Situation) -> None:
    draft = of_two_factories(drafted(a_confirmed_order))
    mine = draft.as_signed_by(FACTORY)
    assert [one.factory_org_id for one in mine.parts] == [FACTORY]
    story = given(REPORT).after(SignReport(draft, BUYER, "", NOW), SignReport(draft, FACTORY, LICENCE, NOW))
    first, other = draft.parts
    moved = msgspec.structs.replace(draft, parts=[first, msgspec.structs.replace(other, plant_name="另一厂")])
    assert story.state.holds(FACTORY, moved)
    assert story.state.holds_between(moved, FACTORY)
    assert not story.state.holds_between(moved, OTHER)
    assert not story.state.holds(BUYER, moved)


def test_a_signature_of_the_whole_by_a_factory_still_holds(a_confirmed_order: Situation) -> None:
    draft = of_two_factories(drafted(a_confirmed_order))
    report = Report({FACTORY: Signature("entrusted", draft.digest, LICENCE, NOW)})
    assert report.holds(FACTORY, draft)
