"""All fuzz targets by name, and where their inputs are kept."""

from collections.abc import Mapping
from pathlib import Path

from tests.fuzz.targets.files import FILES
from tests.fuzz.targets.requests import REQUESTS
from tests.fuzz.targets.stored import STORED
from tests.fuzz.targets.target import Target
from tests.fuzz.targets.values import VALUES

CORPUS = Path(__file__).parents[1] / "corpus"
TARGETS: Mapping[str, Target] = {one.name: one for one in (*VALUES, *REQUESTS, *STORED, *FILES)}


def kept(name: str) -> list[Path]:
    """The kept inputs of target *name*: seeds that mean something, and all that once crashed it."""
    return sorted(one for one in (CORPUS / name).iterdir() if one.is_file())
