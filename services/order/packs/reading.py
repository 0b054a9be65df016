"""How pack files are read: YAML by the C parser where there is one, with repeated keys refused instead of lost."""

from typing import Any

import yaml

_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_BASE):  # type: ignore[misc] # whichever safe loader this PyYAML was built with
    """A safe loader for which a key that stands twice in one mapping is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 - PyYAML's own signature
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    "while reading a mapping", node.start_mark, f"found {key!r} twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def read_yaml(content: bytes) -> Any:
    """The value in *content*. Raises yaml.YAMLError, which names line and column where the parser knows them."""
    try:
        return yaml.load(content, Loader=_StrictLoader)  # noqa: S506 - a safe loader, only stricter
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as fault:
        # PyYAML lets through what a scalar's own type says no with (month 13, `!!int x`), keys that are lists, and depth.
        raise yaml.YAMLError(f"{type(fault).__name__}: {fault}") from fault
