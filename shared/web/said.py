"""What is wrong with one field, told in both languages and by a stable code."""

import json
from typing import Self

from marshmallow import ValidationError

from shared.kernel.refusal import Language

SHOWN_MAX = 40


class Said(str):
    """A field's fault: the English text itself, with the Chinese text and a code a program can act on."""

    __slots__ = ("code", "zh")
    code: str
    zh: str

    def __new__(cls, code: str, zh: str, en: str) -> Self:
        said = super().__new__(cls, en)
        said.code, said.zh = code, zh
        return said

    def __getnewargs__(self) -> tuple[str, str, str]:  # type: ignore[override] # str promises less
        return self.code, self.zh, str(self)

    def text(self, language: Language) -> str:
        return self.zh if language == "zh" else str(self)


def fault(code: str, zh: str, en: str) -> ValidationError:
    """What a field or validator raises, e.g. `past_date`, 日期已过, The date has passed."""
    return ValidationError([Said(code, zh, en)])


def shown(value: object) -> str:
    """What the caller sent, as JSON, cut short and without anything invisible."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    cut = text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}…"
    return "".join(one if one.isprintable() else "·" for one in cut)


REQUIRED = Said("required", "此项必填，请补上。", "This field is required.")
NULL = Said("null", "此项不能为空。", "This field may not be null.")
UNKNOWN = Said(
    "unknown_field", "没有这个字段，请删去或核对拼写。", "There is no such field; remove it or check its spelling."
)
NOT_OBJECT = Said("not_object", "应为 JSON 对象，例如 {}。", "A JSON object such as {} was expected.")
