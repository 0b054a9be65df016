"""What a module's code depends on within this project: its own file, those it imports, theirs, and the data beside them.

Found in the text of the files, so that nothing has to be imported for it: a few milliseconds for a hundred modules,
once a process. A change of any of them may change what a view means, so its digest moves with all of them.
"""

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
OWN = ("services", "shared")
DATA = frozenset({".yaml", ".json", ".sql", ".csv"})
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+((?:services|shared)[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)"
    r"|import[ \t]+((?:services|shared)[\w.]*))",
    re.MULTILINE,
)
_NAME = re.compile(r"(\w+)(?:[ \t]+as[ \t]+\w+)?[ \t]*(?:,|\)|#|\n|$)")


@cache
def code_digest_of(module: str) -> bytes:
    """Over every file that *module* depends on; no bytes for a module that is not of this project."""
    if module.partition(".")[0] not in OWN:
        return b""
    total = hashlib.sha256()
    for name in sorted(modules_of(module)):
        total.update(name.encode() + b"\0" + _file_digest(name))
    return total.digest()


def modules_of(module: str) -> set[str]:
    """*module* and every module of this project that it depends on, packages above them with them."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in found and _path_of(name) is not None:
            found.add(name)
            waiting += _imports_of(name)
            waiting += [name.rpartition(".")[0]] if "." in name else []
    return found


@cache
def _path_of(module: str) -> Path | None:
    place = ROOT.joinpath(*module.split("."))
    return next((one for one in (place.with_suffix(".py"), place / "__init__.py") if one.is_file()), None)


@cache
def _imports_of(module: str) -> tuple[str, ...]:
    """What its text imports; a name that is taken from a package may be a module of it."""
    path = _path_of(module)
    return () if path is None else tuple(_named_in(path.read_text("utf-8")))


def _named_in(text: str) -> Iterator[str]:
    for package, names, whole in _IMPORT.findall(text):
        yield package or whole
        for name in _NAME.findall(names):
            yield f"{package}.{name}"


@cache
def _file_digest(module: str) -> bytes:
    """Over the module's file and the data that lie beside it."""
    path = _path_of(module)
    if path is None:
        raise LookupError(f"module {module} has no file")
    total = hashlib.sha256(path.read_bytes())
    for beside in _data_in(path.parent):
        total.update(beside)
    return total.digest()


@cache
def _data_in(folder: Path) -> tuple[bytes, ...]:
    """Digests of the data in *folder*, and in folders below it that hold no code of their own."""
    found = []
    for one in sorted(folder.iterdir()):
        if one.suffix in DATA and one.is_file():
            found.append(hashlib.sha256(one.name.encode() + b"\0" + one.read_bytes()).digest())
        elif one.is_dir() and not (one / "__init__.py").exists():
            found += _data_in(one)
    return tuple(found)
