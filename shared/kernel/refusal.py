"""How a rule says no: a typed reason, its kind, and words for people in Chinese and English."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Language = Literal["zh", "en"]

REASON_ROWS_MAX = 200


class Kind(StrEnum):
    """What sort of no it is. `shared/web/problems.py` is the only table from kind to HTTP status."""

    MALFORMED = "malformed"  # cannot be read at all (400)
    UNAUTHENTICATED = "unauthenticated"  # nobody we know (401)
    FORBIDDEN = "forbidden"  # known, and may never do this (403)
    NOT_FOUND = "not_found"  # absent, or another tenant's: alike (404)
    CONFLICT = "conflict"  # the state of the thing does not allow it (409)
    GONE = "gone"  # was there, has ended (410)
    STALE = "stale"  # based on an older version (412)
    TOO_LARGE = "too_large"  # beyond an explicit limit (413)
    INVALID = "invalid"  # readable, and wrong (422)
    VERSION_NEEDED = "version_needed"  # a change without If-Match (428)
    TOO_MANY = "too_many"  # slow down (429)
    UNAVAILABLE = "unavailable"  # try again later (503)


@dataclass(frozen=True, slots=True)
class Words:
    """Title and detail of one reason in both languages; details are `str.format` templates over the facts."""

    kind: Kind
    title_zh: str
    title_en: str
    detail_zh: str
    detail_en: str

    def title(self, language: Language) -> str:
        return self.title_zh if language == "zh" else self.title_en

    def detail(self, language: Language, facts: dict[str, object]) -> str:
        """The detail with *facts* filled in; a fact the template names and the refusal lacks shows as `?`.

        A fact that is itself told in both languages is a mapping {"zh": …, "en": …}.
        """
        template = self.detail_zh if language == "zh" else self.detail_en
        told = {name: fact.get(language, "?") if isinstance(fact, dict) else fact for name, fact in facts.items()}
        return template.format_map(_Facts(told))


class _Facts(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"


class Reason(StrEnum):
    """Base of every service's `Why`: members are stable codes; `words` tells them to people.

    Subclasses define `words(self) -> Words`. Members are listed in order of precedence, so that two faults have
    one answer.
    """

    @property
    def words(self) -> Words:
        raise LookupError(f"{type(self).__name__}.{self.name} has no words; add them beside the reason")


class Refused(Exception):  # an answer, not an error of the program
    """A rule's no. *why* is the stable reason; *facts* are the numbers a person needs to act on it.

    *reasons* and *relaxation* carry the typed planning reasons of `shared/contracts/reasons.py` as plain dicts
    where a plan could not be made.
    """

    def __init__(
        self,
        why: Reason,
        *,
        pointer: str | None = None,
        reasons: tuple[dict[str, object], ...] = (),
        relaxation: dict[str, object] | None = None,
        **facts: object,
    ) -> None:
        self.why = why
        self.pointer = pointer
        self.reasons = reasons[:REASON_ROWS_MAX]
        self.relaxation = relaxation
        self.facts = facts
        super().__init__(f"{why.value}: {why.words.detail('en', dict(facts))}")
