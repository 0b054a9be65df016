"""Every mistake at the assembled platform's door: its status and code, told in the reader's language, nothing written."""

import base64
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from services.embedded.assembly import build_in_memory
from shared.web.tokens import LIFETIME_MAX
from tests.support.mistakes import BOOKS, MISTAKES, Mistake
from tests.support.open_house import PEOPLE, OpenHouse, running, story_clock
from tests.support.web_client import Issuer, problem

CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
QUOTED = re.compile(r"[\u4e00-\u9fff]+![A-Z]+[0-9]+|“[^”]*”")  # sheets are called so in the file; what was written
HERE = re.escape(str(Path(__file__).parents[2]))
INSIDE = re.compile(r"Traceback|sqlite|werkzeug|marshmallow|Exception|None\b|\{\w+\}|" + HERE, re.IGNORECASE)


@pytest.fixture(scope="module")
def open_house() -> Iterator[OpenHouse]:
    """At rest: one plant published, one order placed and answered."""
    with running(build_in_memory(story_clock())) as opened:
        opened.publish_a_plant()
        opened.known["order"] = str(opened.place().get_json()["id"])
        opened.known["spent token"] = opened.token("brand")
        opened.clock.advance(LIFETIME_MAX + timedelta(minutes=1))
        opened.house.settle()
        yield opened


def bearer(opened: OpenHouse, kind: str) -> str:
    """A token that nobody should accept."""
    brand = PEOPLE["brand"]
    good = opened.token("brand")
    head, claims, signature = good.split(".")
    match kind:
        case "expired":
            return opened.known["spent token"]
        case "forged":
            said = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
            other = json.dumps({**said, "org": PEOPLE["rival brand"].org_id}).encode()
            return f"{head}.{base64.urlsafe_b64encode(other).rstrip(b'=').decode()}.{signature}"
        case "of another issuer":
            return Issuer(opened.clock).token(brand)
        case "unsigned":
            none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
            return f"{none}.{claims}."
        case _:
            return kind


def make(opened: OpenHouse, mistake: Mistake, language: str) -> TestResponse:
    headers = {**mistake.headers, "Accept-Language": language}
    if mistake.bearer is not None:
        headers["Authorization"] = f"Bearer {bearer(opened, mistake.bearer)}"
    return opened.send(mistake.method, mistake.path, who=mistake.who, headers=headers, **mistake.content())


def sentences(found: dict[str, Any]) -> list[str]:
    """Everything in a problem that is meant for people."""
    rows = [*found.get("errors", []), *found.get("reasons", [])]
    return [
        found["title"],
        found["detail"],
        *(str(row[name]) for row in rows for name in ("title", "detail") if name in row),
    ]


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_is_named_in_both_languages_and_writes_nothing(open_house: OpenHouse, mistake: Mistake) -> None:
    before = open_house.heads()
    answers = {language: make(open_house, mistake, language) for language in ("zh-CN", "en")}
    assert open_house.heads() == before
    zh, en = (problem(answers[language], *mistake.answer) for language in ("zh-CN", "en"))
    assert all(CHINESE.search(one) for one in sentences(zh)), sentences(zh)
    assert not any(CHINESE.search(QUOTED.sub("", one)) for one in sentences(en)), sentences(en)
    for found in (zh, en):
        said = " ".join([*sentences(found), *(f"{one['cell']} {one['code']}" for one in found.get("reasons", []))])
        assert [one for one in mistake.tells if one not in said] == [], said
        assert not INSIDE.search(said), said
        assert found["title"] != found["detail"]
        if mistake.pointer is not None:
            places = [one.get("pointer", one.get("parameter")) for one in found["errors"]]
            assert mistake.pointer in places


def test_the_table_holds_twenty_kinds_of_bad_cell() -> None:
    assert len({one.tells[1] for one in BOOKS if one.answer[1] == "WORKBOOK_BAD_CELLS"}) >= 20


def test_the_same_order_sent_again_is_answered_as_before_and_writes_nothing(open_house: OpenHouse) -> None:
    before = open_house.heads()
    again = open_house.place()
    assert (again.status_code, again.get_json()["id"]) == (201, open_house.known["order"])
    assert again.headers["Idempotency-Replayed"] == "true"
    assert open_house.heads() == before


def test_after_all_mistakes_the_right_request_is_served(open_house: OpenHouse) -> None:
    placed = open_house.place("a-second-order")
    assert placed.status_code == 201
    open_house.house.settle()
