"""What every schema and field has in common: unknown members are refused, and faults are told in both languages."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError

from shared.web.said import NOT_OBJECT, NULL, REQUIRED, UNKNOWN, Said


class BaseSchema(Schema):
    """Refuses unknown members and keeps the declared order."""

    class Meta:
        unknown = RAISE

    error_messages: ClassVar[dict[str, str]] = {"unknown": UNKNOWN, "type": NOT_OBJECT}  # type: ignore[misc] # a plain dict upstream


class Spoken:
    """Makes a field's own faults bilingual. *said* maps marshmallow's message keys to what we say."""

    said: ClassVar[Mapping[str, Said]] = {}
    openapi: Mapping[str, object] = {}

    def make_error(self, key: str, **_: Any) -> ValidationError:
        common = {"required": REQUIRED, "null": NULL}
        return ValidationError([self.said.get(key) or common.get(key) or Said(key, "内容不正确。", "Not valid.")])


def exact_members(value: Any, names: set[str]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValidationError([NOT_OBJECT])
    faults: dict[str, list[str]] = {name: [UNKNOWN] for name in value.keys() - names}
    faults |= {name: [REQUIRED] for name in names - value.keys()}
    if faults:
        raise ValidationError(faults)
    return value
