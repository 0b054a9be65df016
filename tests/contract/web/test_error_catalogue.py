"""Every code there is stands in the catalogue and in the document, with words in both languages."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from werkzeug.test import Client

from services.embedded.assembly import build_in_memory
from services.embedded.front import gateway_of
from shared.clock import StoryClock
from shared.contracts.reasons import ReasonCode
from shared.kernel.refusal import Reason
from shared.web.error_catalogue import listed
from tests.support.api_document import whole_document


@pytest.fixture(scope="module")
def front() -> Iterator[Client]:
    house = build_in_memory(StoryClock(datetime(2026, 12, 1, tzinfo=UTC)))
    yield Client(gateway_of(house), use_cookies=False)
    house.close()


def test_every_reason_of_every_service_is_on_the_page_in_both_languages(front: Client) -> None:
    zh = front.get("/docs/errors").text
    en = front.get("/docs/errors", headers={"Accept-Language": "en"}).text
    reasons = [why for reasons in Reason.__subclasses__() for why in reasons]
    assert len(reasons) > 100
    for why in reasons:
        assert f'id="{why.value}"' in zh, why
        assert f'id="{why.value}"' in en, why
    for code in ReasonCode:
        assert f'id="{code.value}"' in zh, code
    assert "没有找到" in zh
    assert "Not found" in en
    for page in (zh, en):
        assert "<script" not in page
        assert re.search("https?://", page) is None


def test_every_code_in_the_catalogue_is_explained(front: Client) -> None:
    for one in listed():
        assert re.search("[一-鿿]", one.zh), one.code
        assert one.en, one.code
        assert 400 <= one.status <= 503, one.code


def test_the_document_lists_the_codes_that_a_problem_may_carry() -> None:
    codes = whole_document()["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
    assert codes == [one.code for one in listed()]
    assert {"NOT_FOUND", "VERSION_STALE", "INTERNAL_ERROR", "METHOD_NOT_ALLOWED", "UNKNOWN_ORDER"} <= set(codes)


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/nowhere", {}),
        ("PATCH", "/v1/orders", {}),
        ("GET", "/v1/orders", {}),
        ("POST", "/oauth/token", {"Content-Type": "text/plain"}),
        ("GET", "/openapi.json?lang=en", {"Accept": "image/png"}),
    ],
)
def test_what_is_answered_carries_a_code_of_the_catalogue(
    front: Client, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = front.open(path, method=method, headers=headers)
    if answer.status_code >= 400:
        assert answer.get_json(force=True)["code"] in {one.code for one in listed()}
