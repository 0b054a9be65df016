"""Events, facts and reasons are named in the glossary's words."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from shared.contracts.registry import FACTS
from shared.kernel.event import EventTypes

ROOT = Path(__file__).parents[2]
SERVICES = ("order", "capacity", "ledger", "portal")


def glossary_words() -> set[str]:
    """Every word of the English column, singular."""
    rows = re.findall(r"^\| ([a-zA-Z ,]+) \| [^|]*[\u4e00-\u9fff]", (ROOT / "docs/glossary.md").read_text("utf-8"), re.M)
    return {singular(word) for row in rows for word in re.findall(r"[a-z]+", row.lower())}


def singular(word: str) -> str:
    return word.removesuffix("ies") + "y" if word.endswith("ies") else word.rstrip("s")


def names_without_a_glossary_word(names: list[str]) -> list[str]:
    words = glossary_words()
    return [name for name in names if not {singular(part) for part in re.findall(r"[a-z]+", name.lower())} & words]


@pytest.mark.parametrize("service", SERVICES)
def test_stored_events_are_named_in_the_words_of_the_glossary(service: str) -> None:
    types = import_module(f"services.{service}.domain.events").EVENT_TYPES
    assert isinstance(types, EventTypes)
    assert names_without_a_glossary_word(types.names) == []


def test_published_facts_are_named_in_the_words_of_the_glossary() -> None:
    assert names_without_a_glossary_word(list(FACTS.classes)) == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_event_ends_in_what_happened(service: str) -> None:
    """Past tense: the last word before the version ends like a participle."""
    types = import_module(f"services.{service}.domain.events").EVENT_TYPES
    participles = re.compile(r"(ed|ost|en|ade|old|ept|aid|ent|ound|own|awn|held|broke|set|set-aside|fell-short)$")
    assert [name for name in types.names if not participles.search(name.split(".")[0])] == []

