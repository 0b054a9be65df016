"""Words: bounded text, one of a set of codes, ids, and text in both languages."""
# ruff: noqa: ARG002 - marshmallow calls (de)serialisers with more than these need

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, get_args, get_type_hints

from marshmallow import ValidationError, fields

from shared.kernel.ids import is_id
from shared.web.fields.speaking import Spoken, exact_members
from shared.web.said import Said, fault, shown

TEXT_MAX = 200
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Text(Spoken, fields.String):
    """Bounded text without control characters, kept in one Unicode form (NFC: what looks alike is alike); *pattern*
    must match the whole of it.
    """

    said: ClassVar[Mapping[str, Said]] = {"invalid": Said("not_text", "应为文字。", "Text was expected.")}

    def __init__(self, *, low: int = 1, high: int = TEXT_MAX, pattern: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.low, self.high, self.pattern = low, high, pattern
        self.openapi = {"minLength": low, "maxLength": high} | ({"pattern": f"^{pattern}$"} if pattern else {})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = unicodedata.normalize("NFC", super()._deserialize(value, attr, data, **kwargs))
        if not self.low <= len(text) <= self.high or (self.low and not text.strip()):
            raise fault(
                "length",
                f"应为 {self.low} 到 {self.high} 个字符（不能全是空格），收到 {len(text)} 个。",
                f"Expected {self.low} to {self.high} characters, not only spaces; found {len(text)}.",
            )
        if CONTROL.search(text):
            raise fault(
                "control_character", "含有不可见的控制字符，请删去后重试。", "Remove the invisible control characters."
            )
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise fault("pattern", f"格式应为 {self.pattern}。", f"Expected the form {self.pattern}.")
        return text


class Choice(Spoken, fields.String):
    """One of a fixed set of codes."""

    said: ClassVar[Mapping[str, Said]] = {"invalid": Said("not_text", "应为文字。", "Text was expected.")}

    def __init__(self, choices: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = tuple(str(one) for one in choices)
        self.openapi = {"enum": list(self.choices)}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if value not in self.choices:
            known = ", ".join(self.choices)
            raise fault(
                "unknown_choice",
                f"应为以下之一：{known}；收到 {shown(value)}。",
                f"Expected one of {known}; found {shown(value)}.",
            )
        return str(value)


class Choices(Spoken, fields.Field[list[str]]):
    """Codes of a fixed set in a query, joined by commas, each once: `quoted,confirmed`."""

    def __init__(self, choices: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.one = Choice(choices)
        codes = "|".join(self.one.choices)
        self.openapi = {"type": "string", "pattern": f"^({codes})(,({codes}))*$"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        return list(dict.fromkeys(self.one.deserialize(one, attr, data, **kwargs) for one in str(value).split(",")))


def codes_of(kept: type, name: str) -> tuple[str, ...]:
    """The codes that the member *name* of *kept* may have by its type, so that a document follows the rules."""
    hint = get_type_hints(kept)[name]
    return tuple(str(one) for one in get_args(hint))


class Id(Spoken, fields.String):
    """An id with its prefix, e.g. `ord_01J…`."""

    def __init__(self, prefix: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.prefix = prefix
        self.openapi = {"pattern": f"^{prefix}_[0-9A-HJKMNP-TV-Z]{{26}}$"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or not is_id(value, self.prefix):
            raise fault(
                "not_id",
                f"应为 {self.prefix}_ 开头的编号，收到 {shown(value)}。",
                f"Expected an id that begins with {self.prefix}_, found {shown(value)}.",
            )
        return value


class LanguageText(Spoken, fields.Field[dict[str, str]]):
    """`{"zh": …, "en": …}`, both given and bounded."""

    def __init__(self, *, high: int = TEXT_MAX, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.text = Text(high=high)
        inner = {"type": "string", "minLength": 1, "maxLength": high}
        self.openapi = {
            **({"x-shape": "LanguageText"} if high == TEXT_MAX else {}),
            "type": "object",
            "required": ["zh", "en"],
            "additionalProperties": False,
            "properties": {"zh": inner, "en": inner},
        }

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> dict[str, str]:
        members = exact_members(value, {"zh", "en"})
        loaded: dict[str, str] = {}
        faults: dict[str, Any] = {}
        for tongue in ("zh", "en"):
            try:
                loaded[tongue] = self.text.deserialize(members[tongue])
            except ValidationError as error:
                faults[tongue] = error.messages
        if faults:
            raise ValidationError(faults)
        return loaded
