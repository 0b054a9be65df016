"""The product asks nobody on behalf of a caller: what could open a connection is imported in the named places only."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLIENTS = {
    *{"aiohttp", "ftplib", "http.client", "httpx", "requests", "smtplib", "socket", "telnetlib", "urllib.request"},
    *{"urllib3", "xmlrpc.client", "websockets"},
}
ALLOWED = {
    "shared/web/key_sets.py",  # the portal's key set, at an address of the settings
    "services/embedded/door.py",  # listens, and calls nobody
    "services/bench",
    "services/demo",  # clients of the platform, run by hand
}


def imported(source: str) -> Iterator[str]:
    """Every module that *source* imports, at the top or inside a function."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def asks_others(source: str) -> bool:
    return any(name in CLIENTS or name.partition(".")[0] in CLIENTS for name in imported(source))


def is_allowed(path: Path) -> bool:
    relative = path.relative_to(ROOT).as_posix()
    return any(relative == one or relative.startswith(f"{one}/") for one in ALLOWED)


def test_nothing_but_the_named_places_can_open_a_connection() -> None:
    files = [*ROOT.glob("services/**/*.py"), *ROOT.glob("shared/**/*.py")]
    assert len(files) > 300
    found = {path.relative_to(ROOT).as_posix() for path in files if asks_others(path.read_text("utf-8"))}
    assert "shared/web/key_sets.py" in found, "what is looked for is seen"
    assert {one for one in found if not is_allowed(ROOT / one)} == set()


def test_a_planted_client_is_found() -> None:
    assert asks_others("def call():\n    import urllib.request\n")
    assert asks_others("from http import client")
    assert asks_others("import requests.sessions")
    assert not asks_others("from urllib.parse import quote")
