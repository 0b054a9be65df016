"""Two public generators build from the document, their own type checkers accept what they made, and the generated Python
client does README's whole job by typed fields alone.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
import yaml

from services.capacity.workbook.template import MEDIA_TYPE
from tests.contract.api_tools.tools import HERE, run
from tests.support.api_document import whole_document
from tests.support.traded_house import a_new_house, a_seeded_house

pytestmark = pytest.mark.timeout(240)  # compilers, on two shared cores
JOB = HERE / "whole_job.py"
FACTORIES = ("P01", "P11")


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("document") / "openapi.json"
    path.write_bytes(orjson.dumps(whole_document()))
    return path


@dataclass(frozen=True)
class Generated:
    """The folder that holds the generated package, and what the generator said about the document."""

    room: Path
    said: str


@pytest.fixture(scope="module")
def client(document: Path) -> Generated:
    """What `openapi-python-client` makes; it is told by its own switch that a workbook is a file of bytes."""
    room = document.parent
    config = room / "config.yaml"
    config.write_text(
        yaml.safe_dump({"post_hooks": [], "content_type_overrides": {MEDIA_TYPE: "application/octet-stream"}})
    )
    command = [
        "generate",
        "--path",
        str(document),
        "--output-path",
        str(room / "gongfang_api_client"),
        "--meta",
        "none",
    ]
    ended = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", *command, "--config", str(config), "--overwrite"],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert ended.returncode == 0, ended.stderr
    return Generated(room, ended.stdout + ended.stderr)


def test_the_generated_python_client_leaves_no_operation_out(client: Generated) -> None:
    assert "arning" not in client.said, client.said
    assert "rror" not in client.said, client.said
    made = {path.stem for path in client.room.glob("gongfang_api_client/api/*/*.py")} - {"__init__"}
    named = {
        operation["operationId"]
        for operations in whole_document()["paths"].values()
        for operation in operations.values()
        if isinstance(operation, dict)
    }
    assert {name.replace("_", "") for name in made} == {name.lower() for name in named}


@pytest.fixture(scope="module")
def seeded() -> Iterator[tuple[str, dict[str, tuple[str, str]]]]:
    with a_seeded_house(a_new_house()) as (address, world):
        wanted = ("B1", *FACTORIES, "OFFICE")
        yield (
            address,
            {code: (world.credentials[code].client_id, world.credentials[code].client_secret) for code in wanted},
        )


def test_the_generated_python_client_does_the_whole_job(
    client: Generated, seeded: tuple[str, dict[str, tuple[str, str]]]
) -> None:
    address, credentials = seeded
    ended = subprocess.run(
        [sys.executable, str(JOB), address, json.dumps(credentials)],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        env={"PYTHONPATH": str(client.room), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    print(f"the whole job: {told['calls']} calls, sign-ins included")
    assert (told["state"], told["plants"], told["no"]) == ("closed", 2, "UNKNOWN_ORDER")
    assert told["calls"] <= 50
    assert told["busy_seconds"] > 0
    assert told["entries"] > 0


def test_the_whole_job_uses_typed_fields_only(client: Generated) -> None:
    """mypy, strict, over the job and the generated package: a member that the document does not type is an error."""
    ended = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={client.room / 'cache'}", str(JOB)],
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
        env={"MYPYPATH": str(client.room), "PYTHONPATH": str(client.room)},
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "additional_properties" not in JOB.read_text("utf-8")


def test_the_generated_typescript_client_compiles_strictly(document: Path) -> None:
    made = document.parent / "gongfang.ts"
    generated = run("openapi-typescript", str(document), "--output", str(made))
    assert generated.code == 0, generated.err
    used = document.parent / "used.ts"
    used.write_text(
        'import type { components, operations } from "./gongfang";\n'
        'type Order = components["schemas"]["OrderView"];\n'
        "export const promised = (order: Order): string | undefined => order.promise?.promise_at;\n"
        'export const quoted: Order["state"] = "quoted";\n'
        'export type Placed = operations["placeOrder"]["responses"][201]["content"]["application/json"];\n'
        "// @ts-expect-error a state that there is not\n"
        'export const none: Order["state"] = "nowhere";\n',
        "utf-8",
    )
    checked = run(
        "tsc",
        "--strict",
        "--noEmit",
        "--target",
        "es2022",
        "--moduleResolution",
        "bundler",
        "--module",
        "es2022",
        str(used),
    )
    assert checked.code == 0, checked.out
