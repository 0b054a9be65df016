"""`demo` and `seed`: the fictional world, told as stories or just set up."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click
from httpx import HTTPError

from services.demo.party import Login, Turned
from services.embedded.cli import PORT
from services.embedded.door import Door, door
from services.terminal import EXIT_CODES_HELP, Exit, Terminal

DATA_DEFAULT = "var/demo"
STORY_NUMBERS = (1, 2, 3, 4, 7, 8)

_data = click.option(
    "--data",
    default=DATA_DEFAULT,
    show_default=True,
    type=click.Path(path_type=Path),
    help="Data directory; an earlier demo in it is replaced.",
)
_json = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout instead of words.")


@click.command(epilog=EXIT_CODES_HELP)
@_data
@click.option("--no-serve", is_flag=True, help="End after the checks instead of serving.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve on afterwards.")
@click.option(
    "--port", type=PORT, default=8480, show_default=True, help="Port to serve on afterwards; 0 takes any free one."
)
@click.option(
    "--story", "numbers", multiple=True, type=click.Choice([str(one) for one in STORY_NUMBERS]), help="Only these."
)
@_json
def demo(*, data: Path, no_serve: bool, host: str, port: int, numbers: tuple[str, ...], as_json: bool) -> None:
    """Seed 13 fictional plants, tell the stories over the public API, check everything, then serve."""
    from services.demo.telling import credentials_file, tell

    terminal = Terminal(as_json=as_json)
    with room_for_a_story(data, host, port, serves=not no_serve) as entrance:
        told = tell(data, terminal, [int(one) for one in numbers] or STORY_NUMBERS)
        kept = credentials_file(data, told.world)
        terminal.say(f"\n[dim]API clients of all organisations: {kept}[/]\n")
        end = terminal.checks("checks", told.checks)
        took = ", ".join(f"{what} {seconds:.1f} s" for what, seconds in told.seconds.items())
        terminal.say(f"[dim]{took}[/]")
        if entrance is not None and end is Exit.DONE:
            serve_on(data, entrance, terminal, told.world.logins)
    sys.exit(end)


@click.command(epilog=EXIT_CODES_HELP)
@_data
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve on afterwards.")
@click.option(
    "--port", type=PORT, default=8480, show_default=True, help="Port to serve on afterwards; 0 takes any free one."
)
@click.option("--no-serve", is_flag=True, help="End after seeding instead of serving.")
@click.option("--tell-time", is_flag=True, help="Serve as a story: the clock stands still and can be told the time.")
@_json
def seed(*, data: Path, host: str, port: int, no_serve: bool, tell_time: bool, as_json: bool) -> None:
    """Set up the fictional world without its stories, print logins and API clients, then serve."""
    from services.demo.telling import credentials_file, seed_only

    terminal = Terminal(as_json=as_json)
    with room_for_a_story(data, host, port, serves=not no_serve) as entrance:
        world = seed_only(data, terminal)
        kept = credentials_file(data, world)
        terminal.say(f"API clients of all organisations: [bold]{kept}[/]")
        if entrance is None:
            logins(terminal, world.logins)
            terminal.result({"data": str(data), "credentials": str(kept)})
        else:
            serve_on(data, entrance, terminal, world.logins, tell_time=tell_time)


@contextmanager
def room_for_a_story(data: Path, host: str, port: int, *, serves: bool) -> Iterator[Door | None]:
    """A clear directory and a log file in it; the door to serve at afterwards, where it *serves*.

    The door is held from the beginning: a taken port is said before an earlier story is cleared away and a new one told.
    """
    from services.demo.telling import NotADemo, cleared, logged
    from services.embedded.endings import named_endings

    with named_endings(), told_endings(), door(host, port) if serves else nullcontext() as entrance:
        try:
            cleared(data)
        except NotADemo as refused:
            raise click.UsageError(str(refused)) from refused
        with logged(data):
            yield entrance


@contextmanager
def told_endings() -> Iterator[None]:
    """End with STORY_FAILED and one line where the world could not be set up."""
    from services.embedded.house import NotAtRest

    try:
        yield
    except (Turned, NotAtRest, HTTPError) as failure:
        sys.stderr.write(f"{failure}\n")
        sys.exit(Exit.STORY_FAILED)


def serve_on(
    data: Path, entrance: Door, terminal: Terminal, people: Mapping[str, Login], *, tell_time: bool = False
) -> None:
    """Serve the told world until told to stop; its clock runs on from the story's end, or stands with *tell_time*."""
    from services.demo.telling import STORY_FROM
    from services.embedded.running import StopSignal, opened, served

    stop = StopSignal()
    with opened(data, STORY_FROM if tell_time else None) as house, served(house, door=entrance) as address:
        terminal.say(f"\nGongfang 共坊 serves [bold]{address}[/]  (API docs {address}/docs); Ctrl-C stops it")
        logins(terminal, people)
        terminal.result({"address": address, "data": str(data)})
        stop.wait()


def logins(terminal: Terminal, people: Mapping[str, Login]) -> None:
    """The people who may sign in, each with the password made for this run."""
    for code, login in people.items():
        terminal.say(f"  {code:7} login [bold]{login.login}[/]  password [bold]{login.password}[/]")
