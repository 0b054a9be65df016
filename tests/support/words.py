"""Checks that every reason of a service is told to people in Chinese and in English."""

import re
from string import Formatter

from shared.kernel.refusal import Reason

_CHINESE = re.compile("[\u4e00-\u9fff]")


def untold(reasons: type[Reason]) -> list[str]:
    """What is missing: a reason without words, an untranslated title, templates that name different facts."""
    missing = []
    for reason in reasons:
        words = reason.words
        facts = [
            {name for _, name, _, _ in Formatter().parse(text) if name} for text in (words.detail_zh, words.detail_en)
        ]
        if not _CHINESE.search(words.title_zh) or _CHINESE.search(words.title_en):
            missing.append(f"{reason}: title")
        if not words.detail_zh or not words.detail_en or facts[0] != facts[1]:
            missing.append(f"{reason}: detail, facts {facts}")
    return missing
