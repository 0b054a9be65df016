"""Every code that a problem may carry, with its status and words: what `/docs/errors` shows and the document lists."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from werkzeug.http import HTTP_STATUS_CODES

from shared.contracts.reason_words import reason_title
from shared.contracts.reasons import ReasonCode
from shared.kernel.refusal import Reason
from shared.web.languages import language
from shared.web.problems import HTTP_TITLES_ZH, PROBLEM_SCHEMA, STATUS_OF, http_code


@dataclass(frozen=True, slots=True)
class Listed:
    """One code. *status*: the HTTP status it comes with; 0 for a reason that stands beside others in `reasons`."""

    code: str
    status: int
    zh: str
    en: str
    detail_zh: str = ""
    detail_en: str = ""


def listed() -> list[Listed]:
    """The codes of everything that is loaded, by status and code; a code that two rooms share stands once."""
    found = {one.code: one for one in [*_of_http(), *_of_rules()]}
    return sorted(found.values(), key=lambda one: (one.status, one.code))


def planning_codes() -> list[Listed]:
    """Why a plan could not be made: the `code` within `reasons`."""
    return [Listed(one.value, 0, reason_title(one, "zh"), reason_title(one, "en")) for one in ReasonCode]


def _of_rules() -> Iterator[Listed]:
    for reasons in Reason.__subclasses__():
        for why in reasons:
            words = why.words
            yield Listed(
                why.value,
                STATUS_OF[words.kind],
                words.title_zh,
                words.title_en,
                words.detail_zh,
                words.detail_en,
            )


def _of_http() -> Iterator[Listed]:
    for status, zh in HTTP_TITLES_ZH.items():
        yield Listed(http_code(status), status, zh, HTTP_STATUS_CODES[status])


def problem_schema() -> dict[str, Any]:
    """`Problem` with all its codes."""
    schema = deepcopy(PROBLEM_SCHEMA)
    schema["properties"]["code"]["enum"] = [one.code for one in listed()]
    return schema


def errors_page(info: Mapping[str, Any]) -> str:
    """The catalogue in the reader's language."""
    return render_template(
        "errors.html",
        info=info,
        rows=listed(),
        reasons=planning_codes(),
        language=language(),
        chosen=request.args.get("lang") in {"zh", "en"},
    )
