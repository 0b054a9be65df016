"""Examples for the document, taken from what a traded house was asked and answered: the first of each kind, short."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from shared.web import examples
from tests.support.listening import Heard

FILE = Path(examples.__file__).with_name("examples.json")
TAKE = "GONGFANG_TAKE_EXAMPLES"
"""Set it to take the examples anew: `GONGFANG_TAKE_EXAMPLES=1 python -m pytest tests/e2e/test_preconditions.py`."""
_SECRET = {"client_secret": "gfs_…", "access_token": "eyJ…", "csrf_token": "…", "password": "a password of your own"}
_WATCHED = re.compile(r"canary-[a-z0-9-]+")  # words that the tests of the walls listen for
_ITEMS_MAX = 1


def taken(heard: Sequence[Heard], document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """operationId -> `request` or status -> the first that was heard."""
    found: dict[str, dict[str, Any]] = {}
    for one in heard:
        operation = document["paths"].get(one.path, {}).get(one.method.lower())
        if operation is None or one.said is None or not 200 <= one.status < 300:
            continue
        kept = found.setdefault(operation["operationId"], {})
        if str(one.status) not in kept or _is_empty(kept[str(one.status)]) > _is_empty(one.said):
            kept[str(one.status)] = _shortened(one.said)
            if one.sent:
                kept[examples.REQUEST] = _shortened(one.sent)
    return found


def _is_empty(said: Any) -> bool:
    return isinstance(said, dict) and said.get("items") == []


def write(found: Mapping[str, Any]) -> None:
    FILE.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")


def _shortened(value: Any) -> Any:
    """Lists cut to one item, secrets left out."""
    if isinstance(value, list):
        return [_shortened(one) for one in value[:_ITEMS_MAX]]
    if isinstance(value, dict):
        return {name: _SECRET.get(name, _shortened(one)) for name, one in value.items()}
    return _WATCHED.sub("例 example", value) if isinstance(value, str) else value
