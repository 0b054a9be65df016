"""The clients' own record: what they asked for, under which key, and what the platform acknowledged."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import Literal

Outcome = Literal["acknowledged", "refused", "unanswered"]


@dataclass(frozen=True, slots=True)
class Deed:
    """A command that was sent until it was answered. *about*: what its effect is counted on, e.g. an offer's work.

    *tries*: how often it was sent; *repeated*: the platform said that it showed an earlier answer again.
    """

    kind: str
    about: str
    who: str
    key: str
    outcome: Outcome
    tries: int
    repeated: bool
    said: str  # the version shown, the code of the refusal, or why it was given up


class Record:
    """One JSON line a deed, written through before the client goes on. Thread-safe."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._lock = Lock()
        self._deeds: list[Deed] = []

    def note(self, deed: Deed) -> None:
        with self._lock:
            self._deeds.append(deed)
            self._file.write(json.dumps(asdict(deed)) + "\n")
            self._file.flush()

    def __iter__(self) -> Iterator[Deed]:
        with self._lock:
            return iter(list(self._deeds))

    def refusals(self) -> dict[str, int]:
        """How often each code was the answer: a client that asks for nothing wrong is refused for what has changed."""
        return dict(Counter(one.said for one in self if one.outcome == "refused").most_common())

    def figures(self) -> dict[str, int]:
        """How many deeds there were, by how they ended, and how many had to be sent again."""
        outcomes = Counter(one.outcome for one in self)
        return {
            "requests": sum(one.tries for one in self),
            "commands": outcomes.total(),
            "acknowledged": outcomes["acknowledged"],
            "refused": outcomes["refused"],
            "unanswered": outcomes["unanswered"],
            "retried": sum(one.tries > 1 for one in self),
            "answered_again": sum(one.repeated for one in self),
        }

    def close(self) -> None:
        self._file.close()
