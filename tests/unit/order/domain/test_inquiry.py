"""Inquiries: asked, answered once, bounded like orders."""

from dataclasses import replace

import pytest

from services.order.domain.inquiry import INQUIRY, Answered, Asked, MakeInquiry, ReceiveAnswer, stream_of
from services.order.domain.inquiry_events import InquiryAnswered, InquiryMade
from services.order.domain.refusals import Why
from services.order.packs.terms import terms
from shared.contracts.planning import Limits, Place
from shared.kernel.ids import derived_id
from tests.support.order_world import BUYER, NOW, WANTED, a_line, a_quote, a_reason
from tests.support.stories import given

INQUIRY_ID = derived_id("inq", "test")


def asking() -> MakeInquiry:
    return MakeInquiry(
        inquiry_id=INQUIRY_ID,
        buyer_org_id=BUYER,
        lines=(a_line(),),
        deliver_to=Place(district="420100"),
        requested_by=WANTED,
        limits=Limits(),
        supplies=(),
        terms=terms(),
        at=NOW,
    )


def answering() -> ReceiveAnswer:
    quote = a_quote([a_line().demand])
    return ReceiveAnswer(tuple(quote.options), (a_reason(),), None, NOW)


def test_an_inquiry_is_asked_and_answered() -> None:
    told = given(INQUIRY).when(asking())
    told.then(InquiryMade)
    assert isinstance(told.state(), Asked)
    told = given(INQUIRY).after(asking()).when(answering())
    told.then(InquiryAnswered)
    assert isinstance(told.state(), Answered)


def test_the_first_answer_counts() -> None:
    given(INQUIRY).after(asking(), answering()).when(answering()).then()
    given(INQUIRY).when(answering()).then()


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"lines": ()}, Why.LINES_COUNT), ({"requested_by": NOW}, Why.DATE_PAST)],
)
def test_an_inquiry_out_of_bounds_is_refused(changes: dict[str, object], why: Why) -> None:
    given(INQUIRY).when(replace(asking(), **changes)).refused(why)  # type: ignore[arg-type] # real fields


def test_an_inquiry_is_made_once() -> None:
    given(INQUIRY).when(asking(), asking()).refused(Why.ORDER_EXISTS)


def test_inquiries_have_streams_of_their_own() -> None:
    assert stream_of(INQUIRY_ID) == f"inquiry-{INQUIRY_ID}"
