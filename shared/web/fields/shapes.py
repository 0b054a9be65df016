"""What holds other fields: lists, objects with a schema, objects without one; all bounded."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import fields

from shared.web.fields.speaking import Spoken
from shared.web.fields.texts import CONTROL, TEXT_MAX
from shared.web.said import NOT_OBJECT, Said, fault

ITEMS_MAX = 100


class Many(Spoken, fields.List[Any]):
    """A list of *low* to *high* of *inner*."""

    said: ClassVar[Mapping[str, Said]] = {"invalid": Said("not_list", "应为列表。", "A list was expected.")}

    def __init__(self, inner: Any, *, low: int = 0, high: int = ITEMS_MAX, **kwargs: Any) -> None:
        super().__init__(inner, **kwargs)
        self.low, self.high = low, high
        self.openapi = {"minItems": low, "maxItems": high}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        if not self.low <= len(value) <= self.high:
            raise fault("items", f"应有 {self.low} 到 {self.high} 项。", f"Expected {self.low} to {self.high} items.")
        return super()._deserialize(value, attr, data, **kwargs)


class Part(Spoken, fields.Nested):
    """An object with a schema of its own."""

    said: ClassVar[Mapping[str, Said]] = {"type": NOT_OBJECT}


class Record(Spoken, fields.Dict):
    """An object whose members the schema does not know beforehand (e.g. a product's options): at most *high*.

    Names and values that no *keys* and *values* field bounds are bounded here: short text, whole numbers that every
    JSON reader keeps, true, false.
    """

    said: ClassVar[Mapping[str, Said]] = {"invalid": NOT_OBJECT}

    def __init__(self, *, high: int = 50, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.high = high
        self.openapi = {"maxProperties": high}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        made = super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call] # upstream forgot
        if len(made) > self.high:
            raise fault("items", f"最多 {self.high} 项。", f"At most {self.high} members are accepted.")
        if self.value_field is None and not all(_is_plain(key) and _is_plain(one) for key, one in made.items()):
            raise fault(
                "not_plain", "只能是简短的文字、整数、true 或 false。", "Only short text, whole numbers, true, false."
            )
        return made


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= TEXT_MAX and not CONTROL.search(value)
    return isinstance(value, int) and abs(value) < 2**53
