"""A real server process of the whole platform, for tests that look at it from outside."""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Self

STARTS_WITHIN_S = 60
STOPS_WITHIN_S = 30


class ServerProcess:
    """`python -m services serve` on *data*; a story's server when *story_from* is given. Use as a context manager."""

    def __init__(self, data: Path, story_from: str | None = None, more: Sequence[str] = ()) -> None:
        self.data = data
        self.said: dict[str, str] = {}
        story = [] if story_from is None else ["--story-from", story_from]
        command = [sys.executable, "-m", "services", "serve", "--json", "--data", str(data), "--port", "0", *story]
        command += more
        self._errors = (data.parent / f"{data.name}.log").open("ab")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self._errors, text=True)
        self.address = ""

    def __enter__(self) -> Self:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()  # the server says its address when it is ready; ends at its death
        assert line, f"the server died at once; see {self._errors.name}"
        self.said = json.loads(line)
        self.address = self.said["address"]
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> int:
        """End it politely; returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self._ended()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self._ended()

    def _ended(self) -> int:
        code = self.process.wait(STOPS_WITHIN_S)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._errors.close()
        return code
