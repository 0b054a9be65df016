"""JSON Schemas of all published facts and the AsyncAPI 3.0 document made from them."""

from typing import Any

import msgspec

from shared.contracts.envelope import CloudEvent
from shared.contracts.registry import FACTS

ASYNCAPI_VERSION = "3.0.0"
_TOPIC_OF_PREFIX = {"order": "order", "capacity": "capacity", "portal": "portal"}


def _one_line(node: Any) -> Any:
    """*node* with every description on one line: Python 3.13 strips the indent of docstrings, older ones keep it."""
    if isinstance(node, dict):
        return {
            k: " ".join(v.split()) if k == "description" and isinstance(v, str) else _one_line(v)
            for k, v in node.items()
        }
    return [_one_line(one) for one in node] if isinstance(node, list) else node


def fact_schemas() -> dict[str, dict[str, Any]]:
    """Wire name -> JSON Schema 2020-12 of the fact's data, self-contained."""
    return {name: msgspec.json.schema(cls) for name, cls in FACTS.classes.items()}


def asyncapi() -> dict[str, Any]:
    """The AsyncAPI document: one channel a topic, one message a fact, schemas shared by reference."""
    names = list(FACTS.classes)
    (envelope, *facts), components = msgspec.json.schema_components(
        [CloudEvent, *FACTS.classes.values()], ref_template="#/components/schemas/{name}"
    )
    messages = {
        name: {
            "name": name,
            "title": cls.__name__,
            "summary": " ".join((cls.__doc__ or "").split()),
            "contentType": "application/cloudevents+json",
            "payload": {"allOf": [envelope, {"properties": {"type": {"const": name}, "data": schema}}]},
        }
        for (name, cls), schema in zip(FACTS.classes.items(), facts, strict=True)
    }
    channels: dict[str, dict[str, Any]] = {}
    for name in names:
        topic = _TOPIC_OF_PREFIX[name.split(".")[0]]
        channel = channels.setdefault(topic, {"address": topic, "messages": {}})
        channel["messages"][name] = {"$ref": f"#/components/messages/{name}"}
    document = {
        "asyncapi": ASYNCAPI_VERSION,
        "info": {"title": "Gongfang 共坊: published facts", "version": "1", "license": {"name": "Apache-2.0"}},
        "channels": channels,
        "operations": {
            f"publish-{topic}": {"action": "send", "channel": {"$ref": f"#/channels/{topic}"}} for topic in channels
        },
        "components": {"messages": messages, "schemas": components},
    }
    made: dict[str, Any] = _one_line(document)
    return made
