"""A copy of the tree in which a bug is planted: the product's own files are never touched."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import cache_from_source
from pathlib import Path

from tests.planted.bug import Bug

ROOT = Path(__file__).parents[2]
_COPIED = ("services", "shared", "tests", "docs", "deploy")
_FILES = ("pyproject.toml", "Makefile", "README.md", "requirements.lock", "CHANGELOG.md")


class Scratch:
    """One copy at *root*; bugs are planted one at a time and taken out again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in _COPIED:
            shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__", ".hypothesis"))
        for name in _FILES:
            shutil.copy(ROOT / name, root)

    @contextmanager
    def with_bug(self, bug: Bug) -> Iterator[None]:
        target = self.root / bug.file
        before = target.read_text("utf-8")
        bug.plant(self.root)
        self._forget_compiled(target)
        try:
            yield
        finally:
            target.write_text(before, "utf-8")
            self._forget_compiled(target)

    @staticmethod
    def _forget_compiled(source: Path) -> None:
        """Python tells a changed file by second and size, which a bug may share with the right code."""
        Path(cache_from_source(str(source))).unlink(missing_ok=True)


@contextmanager
def scratch() -> Iterator[Scratch]:
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        yield Scratch(Path(folder))
