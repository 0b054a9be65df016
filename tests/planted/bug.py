"""A planted bug: one exact text of one file becomes another, and where it should be noticed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Harm(StrEnum):
    """What such a bug does to whom, the worst first."""

    LOSS = "loss"  # something acknowledged is gone
    TWICE = "twice"  # something takes effect twice
    LEAK = "leak"  # somebody sees or does what is not his to see or do
    ILLEGAL = "illegal"  # something is planned, made or shipped that must not be
    WRONG = "wrong"  # a figure, a fee or a record is wrong
    STUCK = "stuck"  # somebody is refused or waits without reason


class BugMoved(Exception):
    """The code a bug is planted in does not read as the bug expects: adapt the bug to the code of today."""

    def __init__(self, name: str, file: str, found: int) -> None:
        super().__init__(f"bug {name}: expected its old text exactly once in {file}, found it {found} times")


@dataclass(frozen=True, slots=True)
class Bug:
    """A mistake a good engineer could make: in *file* the text *old* becomes *new*.

    *breaks* says in a sentence what goes wrong. *rules* and *assembled* are the test files or tests of the first two
    layers that are asked, in this order; none where the layer holds nothing of the kind. *unseen*: why no simulated
    world can notice it; "" when one must.
    """

    name: str
    harm: Harm
    file: str
    old: str
    new: str
    breaks: str
    rules: Sequence[str] = ()
    assembled: Sequence[str] = ()
    unseen: str = ""

    def planted_in(self, text: str) -> str:
        """*text* of the file with the bug. Raises BugMoved unless the old text stands there exactly once."""
        found = text.count(self.old)
        if found != 1:
            raise BugMoved(self.name, self.file, found)
        return text.replace(self.old, self.new)

    def plant(self, root: Path) -> None:
        """Write the bug into the tree at *root*, which is a copy that nobody else uses."""
        target = root / self.file
        target.write_text(self.planted_in(target.read_text("utf-8")), "utf-8")
