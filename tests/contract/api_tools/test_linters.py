"""Both public linters, with the rules they recommend, find nothing; and they are awake."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.contract.api_tools.tools import redocly, spectral
from tests.support.api_document import whole_document


def _written(room: Path, document: dict[str, Any]) -> Path:
    path = room / "openapi.json"
    path.write_bytes(orjson.dumps(document))
    return path


@pytest.mark.parametrize("linter", [spectral, redocly])
def test_a_public_linter_finds_nothing_wrong(tmp_path: Path, linter: Any) -> None:
    assert linter(_written(tmp_path, whole_document())) == []


@pytest.mark.parametrize("linter", [spectral, redocly])
def test_a_public_linter_would_have_found_a_fault(tmp_path: Path, linter: Any) -> None:
    spoiled = orjson.loads(orjson.dumps(whole_document()))
    del spoiled["paths"]["/v1/orders"]["post"]["operationId"]
    assert len(linter(_written(tmp_path, spoiled))) == 1
