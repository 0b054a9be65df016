"""What the command line says and how it ends: people's words or one JSON object, and the documented exit codes."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table


class Exit(IntEnum):
    """Exit codes of every command; `--help` repeats them."""

    DONE = 0
    CHECK_FAILED = 1
    WRONG_USAGE = 2  # click's own
    DIRECTORY_IN_USE = 3
    LOG_UNAVAILABLE = 4
    STORY_FAILED = 5
    HISTORY_BROKEN = 6
    CANNOT_LISTEN = 7


EXIT_CODES_HELP = (
    "Exit codes: 0 done; 1 a check failed (it is named); 2 wrong usage; 3 the data directory is in use by another "
    "process; 4 the event log cannot be used (damaged, read-only, disk full); 5 the story or the seed broke off; "
    "6 a log went back in time behind its readers (they are named; see `recover`); "
    "7 the address to listen on is taken or not allowed."
)


@dataclass(frozen=True, slots=True)
class Check:
    """One named check with what was found."""

    name: str
    passed: bool
    found: str


class Terminal:
    """Writes for a person (rich; colours only on a terminal and without NO_COLOR) or, with *as_json*, one object."""

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self.console = Console(stderr=as_json, highlight=False)

    def say(self, text: str = "") -> None:
        """A line of rich markup for a person; silent with --json."""
        if not self.as_json:
            self.console.print(text)

    def show(self, what: object) -> None:
        """A rich renderable for a person; silent with --json."""
        if not self.as_json:
            self.console.print(what)

    def result(self, value: Mapping[str, object]) -> None:
        """The command's one JSON object; silent without --json."""
        if self.as_json:
            sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
            sys.stdout.flush()

    def checks(self, title: str, checks: Sequence[Check]) -> Exit:
        """Show *checks* as a table, or as JSON, and give the exit code; a failed check is named on stderr too."""
        table = Table(title=title, title_justify="left", box=None, pad_edge=False)
        for column in ("", "check", "found"):
            table.add_column(column)
        for one in checks:
            table.add_row("[green]✓[/]" if one.passed else "[red]✗[/]", one.name, one.found)
        self.show(table)
        failed = [one.name for one in checks if not one.passed]
        rows = [{"check": one.name, "passed": one.passed, "found": one.found} for one in checks]
        self.result({"passed": not failed, "failed": failed, "checks": rows})
        if failed:
            sys.stderr.write(f"failed: {', '.join(failed)}\n")
            return Exit.CHECK_FAILED
        return Exit.DONE

    @contextmanager
    def progress(self, what: str, total: int) -> Iterator["Advance"]:
        """A bar on a terminal, nothing elsewhere; call the given function with how many more are done."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        shown = self.console.is_terminal
        with Progress(*columns, console=self.console, transient=True, disable=not shown) as progress:
            task = progress.add_task(what, total=total)
            yield Advance(progress, task)


class Advance:
    """Moves one progress bar on."""

    def __init__(self, progress: Progress, task: object) -> None:
        self._progress, self._task = progress, task

    def __call__(self, by: int = 1) -> None:
        self._progress.advance(self._task, by)  # type: ignore[arg-type]  # TaskID is a NewType of int
