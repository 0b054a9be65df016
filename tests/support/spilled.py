"""What must never stand in a log, looked for in its text: known secrets and names, and the shapes of unknown ones."""

import re
from collections.abc import Iterable

SHAPES = {
    "a token": re.compile(r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]+"),
    "a bearer header": re.compile(r"(?i)bearer [\w.~+/=-]{8,}"),
    "a basic header": re.compile(r"(?i)basic [\w+/=]{12,}"),
    "a client's secret": re.compile(r"gfs_[\w-]{8,}"),
    "a password's hash": re.compile(r"\$argon2"),
    "a session's cookie": re.compile(r"(?:__Host-gongfang|gongfang_session)=\w"),
    "a private key": re.compile(r"""["']d["']\s*:|PRIVATE KEY"""),
    "a telephone number": re.compile(r"(?<![\w.-])(?:1[3-9]\d{9}|0\d{2,3}-\d{7,8})(?![\w-])"),
}


def spilled(text: str, known: Iterable[str]) -> list[str]:
    """What of *known* stands in *text*, and the kinds of unknown secrets that do; a secret itself is not repeated."""
    found = [f"number {number} of what is known" for number, one in enumerate(known) if one and one in text]
    return found + [kind for kind, shape in SHAPES.items() if shape.search(text)]
