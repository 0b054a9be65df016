"""The words the API speaks: typed, bounded fields that say in both languages what is wrong, and the base schema.

Services build their schemas from these alone; a field of marshmallow's own would answer in English only.
Loaded values are kernel values (`Money`, aware datetimes); quantities stay text and unit (`Given`) until the item's
conversion factors are known. The same fields dump.
"""

from shared.web.fields.amounts import Given, MoneyField, QuantityField
from shared.web.fields.plain import Flag, Whole
from shared.web.fields.shapes import Many, Part, Record
from shared.web.fields.speaking import BaseSchema, Spoken
from shared.web.fields.texts import Choice, Choices, Id, LanguageText, Text, codes_of
from shared.web.fields.times import Day, Instant

__all__ = [
    "BaseSchema",
    "Choice",
    "Choices",
    "Day",
    "Flag",
    "Given",
    "Id",
    "Instant",
    "LanguageText",
    "Many",
    "MoneyField",
    "Part",
    "QuantityField",
    "Record",
    "Spoken",
    "Text",
    "Whole",
    "codes_of",
]
