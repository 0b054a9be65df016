"""`serve`, `doctor` and `verify`: running the embedded mode and looking after its data directory."""

import gc
import ipaddress
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.embedded.door import PORT_MAX
from services.terminal import EXIT_CODES_HELP, Exit, Terminal
from shared.kernel.clock import instant_text, parse_instant

if TYPE_CHECKING:  # --help is instant: neither is needed for it
    from services.embedded.door import Door
    from services.embedded.house import House

FOUND_FIRST = (
    "this house has no office yet / 尚未创始专班：found it at [bold]{address}/founding[/]\n"
    "one-time code / 一次性创始码 [bold]{code}[/]  (shown this once; a restart makes another)"
)
DATA_DEFAULT = "var"
PORT_DEFAULT = 8480

data_option = click.option(
    "--data", default=DATA_DEFAULT, show_default=True, type=click.Path(path_type=Path), help="Data directory."
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout instead of words.")


class Instant(click.ParamType[datetime]):
    """An RFC 3339 instant with a zone."""

    name = "instant"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return parse_instant(str(value))
        except ValueError as wrong:
            self.fail(str(wrong), param, ctx)


class Place(click.ParamType[tuple[str, int]]):
    """A host and a port, such as 127.0.0.1:9480 or [::1]:9480."""

    name = "address"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        host, _, port = str(value).rpartition(":")
        if not host or not port.isascii() or not port.isdigit() or int(port) > PORT_MAX:
            self.fail(f"expected HOST:PORT, found {value!r}", param, ctx)
        return host.strip("[]"), int(port)


class Address(click.ParamType[str]):
    """An IP address, written as the sockets write it."""

    name = "address"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return str(ipaddress.ip_address(str(value)))
        except ValueError as wrong:
            self.fail(str(wrong), param, ctx)


PORT = click.IntRange(0, PORT_MAX)


@click.command(epilog=EXIT_CODES_HELP)
@data_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=PORT, default=PORT_DEFAULT, show_default=True, help="Port to listen on; 0 takes any free one."
)
@click.option(
    "--story-from",
    type=Instant(),
    default=None,
    help="Start a story at this instant: the clock stands still and can be told the time. Never for real data.",
)
@click.option(
    "--trusted-proxy",
    type=Address(),
    default=None,
    metavar="ADDRESS",
    help="Address of the proxy in front: its X-Forwarded-For and X-Forwarded-Proto are believed, nobody else's.",
)
@click.option(
    "--metrics-address",
    type=Place(),
    default=None,
    metavar="HOST:PORT",
    help="Operators' own door: /metrics, /readyz, /livez. Elsewhere /metrics wants the token GONGFANG_METRICS_TOKEN.",
)
@json_option
def serve(
    *,
    data: Path,
    host: str,
    port: int,
    story_from: datetime | None,
    trusted_proxy: str | None,
    metrics_address: tuple[str, int] | None,
    as_json: bool,
) -> None:
    """Serve all services on one address until SIGTERM or Ctrl-C."""
    gc.disable()  # a start makes many objects and drops few: looking for garbage takes a tenth of it
    from services.embedded.door import door
    from services.embedded.endings import named_endings
    from services.embedded.one_heap import use_one_heap
    from services.embedded.running import StopSignal, opened
    from shared import logs

    use_one_heap()
    logs.configure()
    terminal = Terminal(as_json=as_json)
    stop = StopSignal()
    with (
        named_endings(),
        door(host, port) as entrance,
        door(*metrics_address) if metrics_address else nullcontext() as own,
        opened(data, story_from) as house,
        serving(house, trusted_proxy, entrance, own) as (address, code),
    ):
        gc.freeze()
        gc.enable()
        terminal.say(
            f"Gongfang 共坊 serves [bold]{address}[/]  (API docs {address}/docs, data {data}); Ctrl-C stops it"
        )
        if code:
            terminal.say(FOUND_FIRST.format(address=address, code=code))
        said = {"address": address, "data": str(data), "now": instant_text(house.clock.now())}
        more = ({} if own is None else {"metrics": f"{own.address}/metrics"}) | (
            {"founding_code": code} if code else {}
        )
        terminal.result(said | more)
        stop.wait()
        terminal.say("stopping: running requests are answered, facts on their way are kept")
    sys.exit(Exit.DONE)


@contextmanager
def serving(
    house: "House", trusted_proxy: str | None, entrance: "Door", own: "Door | None"
) -> Iterator[tuple[str, str]]:
    """The address, and the code that founds the office where there is none and nobody gave one by the environment."""
    from services.embedded.founding import is_founded
    from services.embedded.founding_door import given_code, new_code
    from services.embedded.running import served

    given = given_code()
    made = "" if given or is_founded(house.portal) else new_code()
    with served(
        house, trusted_proxy=trusted_proxy, door=entrance, operators_door=own, founding_code=given or made
    ) as address:
        yield address, made


@click.command(epilog=EXIT_CODES_HELP)
@data_option
@json_option
def doctor(data: Path, as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Look at Python, SQLite, disk, clock, logs and lag of a data directory that is not being served."""
    from services.embedded.endings import named_endings
    from services.embedded.health import findings

    with named_endings():
        found = findings(data)
    sys.exit(Terminal(as_json=as_json).checks("doctor", found))


@click.command(epilog=EXIT_CODES_HELP)
@data_option
@json_option
def verify(data: Path, as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Check that logs are contiguous, views equal a rebuild, and the ledger's tree and books are true."""
    from services.embedded.checks import stored
    from services.embedded.endings import named_endings
    from services.embedded.running import opened

    terminal = Terminal(as_json=as_json)
    with named_endings(), opened(data) as house:
        found = []
        with terminal.progress("checking", total=0) as advance:
            for check in stored(house):
                found.append(check)
                advance()
    sys.exit(terminal.checks("verify", found))
