"""The trail of a story as a person reads it on a terminal: chapters, process tree, Gantt by plant, prices, reasons."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from rich.console import RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from services.terminal import Terminal
from shared.kernel.clock import LOCAL_ZONE

GANTT_COLUMNS = 36  # with the longest names of plant and capability a row still fits 80 columns
INDENT, GANTT_INDENT = 15, 3
_COLOURS = ("cyan", "magenta", "green", "yellow", "blue", "red")


@dataclass(frozen=True, slots=True)
class Bar:
    """One slot on a plant's row; the first *setup* of it is set-up."""

    plant: str
    label: str
    starts_at: datetime
    ends_at: datetime
    setup: timedelta


@dataclass(frozen=True, slots=True)
class Node:
    """A step of the process tree with what feeds it."""

    title: str
    detail: str
    feeds: Sequence["Node"] = field(default_factory=tuple)


class Trail:
    """Tells a story on *terminal*; silent with --json."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def chapter(self, number: int, title_zh: str, title_en: str) -> None:
        self._terminal.say()
        self._terminal.show(Rule(f"[bold]{number}[/]  {title_zh} · {title_en}", align="left", style="dim"))

    def event(self, at: datetime, who: str, what: str) -> None:
        """*who* did *what* (rich markup) at *at*; shown in Xianning's own time."""
        self._terminal.say(f"[dim]{local(at)}[/]  [bold]{who}[/]  {what}")

    def aside(self, what: str) -> None:
        self._terminal.say(f"               [dim]{what}[/]")

    def tree(self, root: Node) -> None:
        self._indented(_branch(Tree(_title(root)), root.feeds))

    def gantt(self, bars: Iterable[Bar]) -> None:
        self._indented(gantt(list(bars)), GANTT_INDENT)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        table = Table(*columns, box=None, pad_edge=False, header_style="dim")
        for row in rows:
            table.add_row(*row)
        self._indented(table)

    def _indented(self, what: RenderableType, indent: int = INDENT) -> None:
        self._terminal.show(Padding(what, (0, 0, 0, indent)))


def local(at: datetime) -> str:
    """Month, day, hour and minute in Xianning."""
    return at.astimezone(LOCAL_ZONE).strftime("%m-%d %H:%M")


def counted(number: int, thing: str) -> str:
    """`1 plant`, `2 plants`."""
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def yuan(money: Mapping[str, str]) -> str:
    """An amount of the API, for people."""
    return f"¥{Decimal(money['amount']):,}"


def _title(node: Node) -> str:
    return f"{node.title}  [dim]{node.detail}[/]"


def _branch(tree: Tree, feeds: Sequence[Node]) -> Tree:
    for one in feeds:
        _branch(tree.add(_title(one)), one.feeds)
    return tree


def gantt(bars: Sequence[Bar]) -> RenderableType:
    """A row a plant in order of first start, a column a slice of the whole span; `░` set-up, `█` run."""
    if not bars:
        return Text("")
    begins, ends = min(one.starts_at for one in bars), max(one.ends_at for one in bars)
    slice_for = max((ends - begins) / GANTT_COLUMNS, timedelta(seconds=1))
    plants = list(dict.fromkeys(one.plant for one in sorted(bars, key=lambda bar: bar.starts_at)))
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, min_width=GANTT_COLUMNS)
    table.add_column()
    for number, plant in enumerate(plants):
        own = [one for one in bars if one.plant == plant]
        cells = Text("".join(_cell(own, begins + slice_for * at, slice_for) for at in range(GANTT_COLUMNS)))
        cells.stylize(_COLOURS[number % len(_COLOURS)])
        labels = ", ".join(dict.fromkeys(one.label for one in own))
        table.add_row(plant, cells, f"[dim]{labels}[/]")
    scale = Text(f"{local(begins)}{local(ends):>{GANTT_COLUMNS - 11}}", style="dim")
    table.add_row("", scale, f"[dim]{counted(len(plants), 'plant')}[/]")
    return table


def _cell(bars: Sequence[Bar], at: datetime, slice_for: timedelta) -> str:
    for bar in bars:
        if bar.starts_at < at + slice_for and at < bar.ends_at:
            return "░" if at + slice_for / 2 < bar.starts_at + bar.setup else "█"
    return "·"
