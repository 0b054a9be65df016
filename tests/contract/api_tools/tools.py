"""The public tools that judge the API's document, run as strangers run them: two linters and two generators."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
BIN = HERE / "node_modules" / ".bin"
_TIMEOUT_S = 110


class ToolMissing(Exception):
    """`make api-tools` has not been run; in CI that is a failure like any other."""

    def __init__(self, tool: Path) -> None:
        super().__init__(f"expected {tool}; run make api-tools (it needs Node 20.19 or newer and npm)")


@dataclass(frozen=True)
class Said:
    """What a tool said, and how it ended."""

    code: int
    out: str
    err: str


def run(tool: str, *arguments: str, cwd: Path = HERE) -> Said:
    """Run one of the npm tools. Raises ToolMissing."""
    path = BIN / tool
    if not path.exists():
        raise ToolMissing(path)
    quiet = {**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}
    ended = subprocess.run(
        [str(path), *arguments], cwd=cwd, env=quiet, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S
    )
    return Said(ended.returncode, ended.stdout, ended.stderr)


def spectral(document: Path) -> list[str]:
    """What Spectral's OpenAPI rules find wrong, errors and warnings alike."""
    said = run("spectral", "lint", "--ruleset", str(HERE / ".spectral.yaml"), "--format", "json", str(document))
    rows = json.loads(said.out[said.out.index("[") : said.out.rindex("]") + 1])
    return [f"{row['code']} {'/'.join(map(str, row['path']))}: {row['message']}" for row in rows]


def redocly(document: Path) -> list[str]:
    """What Redocly's recommended rules find wrong, errors and warnings alike."""
    said = run("redocly", "lint", "--config", str(HERE / "redocly.yaml"), "--format", "json", str(document))
    found = json.loads(said.out[said.out.index("{") : said.out.rindex("}") + 1])
    return [f"{row['ruleId']}: {row['message']} {row['location']}" for row in found["problems"]]
