"""Every command of the README's order runs against a real server and prints what the README says it prints."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXTS = {name: (ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md")}
pytestmark = pytest.mark.timeout(300)  # seeds a whole world, and two cores are shared


def blocks(text: str) -> list[str]:
    return re.findall(r"```bash\n(.*?)```", text, re.DOTALL)


def test_both_languages_show_the_same_commands_under_as_many_headings() -> None:
    english, chinese = TEXTS.values()
    assert blocks(english) == blocks(chinese)
    assert english.count("\n## ") == chinese.count("\n## ")
    assert english.count("\n| ") == chinese.count("\n| ")


def test_every_command_shown_prints_what_is_shown(tmp_path: Path) -> None:
    data = tmp_path / "data"
    seed = [sys.executable, "-m", "services", "seed", "--tell-time", "--json", "--port", "0", "--data", str(data)]
    script = "set -euo pipefail\n" + "".join(blocks(TEXTS["README.md"]))
    with subprocess.Popen(seed, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        assert server.stdout is not None
        address = json.loads(server.stdout.readline())["address"]
        surroundings = os.environ | {"HERE": address, "DEMO": str(data), "TMPDIR": str(tmp_path)}
        walked = subprocess.run(
            ["bash", "-c", script], capture_output=True, text=True, check=False, timeout=200, cwd=ROOT, env=surroundings
        )
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
    assert walked.returncode == 0, walked.stdout + walked.stderr
    assert "\n".join(re.findall(r"# → (.*)", script)) == walked.stdout.rstrip()
