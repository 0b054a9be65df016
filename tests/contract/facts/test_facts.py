"""A published fact never changes: golden bytes of every version decode and encode back to the same bytes."""

from pathlib import Path

import jsonschema
import msgspec
import orjson
import pytest

from shared.contracts.registry import FACTS
from shared.contracts.schemas import asyncapi, fact_schemas

GOLDEN = Path(__file__).with_name("golden")
ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", sorted(FACTS.classes))
def test_golden_fact_round_trips_to_the_same_bytes(name: str) -> None:
    stored = (GOLDEN / f"{name}.json").read_bytes().rstrip(b"\n")
    assert FACTS.encode(FACTS.decode(name, stored)) == stored


@pytest.mark.parametrize("name", sorted(FACTS.classes))
def test_golden_fact_satisfies_its_published_schema(name: str) -> None:
    jsonschema.validate(orjson.loads((GOLDEN / f"{name}.json").read_bytes()), fact_schemas()[name])


@pytest.mark.parametrize("name", sorted(FACTS.classes))
def test_a_fact_without_any_field_is_refused(name: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        FACTS.decode(name, b"{}")


def test_no_golden_fact_was_forgotten_or_removed() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(FACTS.classes)


def test_an_unknown_fact_is_named_in_the_refusal() -> None:
    with pytest.raises(LookupError, match=r"order\.unheard-of\.v1"):
        FACTS.decode("order.unheard-of.v1", b"{}")


def test_the_committed_asyncapi_document_is_current() -> None:
    committed = orjson.loads((ROOT / "docs" / "asyncapi.json").read_bytes())
    assert committed == asyncapi(), "run: python -m shared.contracts > docs/asyncapi.json"
