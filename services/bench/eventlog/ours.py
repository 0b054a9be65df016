"""Our event log at work, each measure by the very code that the services run."""

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Thread
from time import perf_counter

from services.bench.eventlog import trade
from shared.bus.memory import InProcessBroker
from shared.bus.relay import Relay
from shared.clock import SystemClock
from shared.eventstore.handling import Prepared, decide, load, transact
from shared.eventstore.projector import Projector
from shared.eventstore.sqlite import SqliteLog


def opened(path: Path) -> SqliteLog:
    return SqliteLog("bench", trade.TYPES, SystemClock(), path)


def command(log: SqliteLog, asked: trade.Asked) -> None:
    """One command as a handler does it: load, decide, append, again when another writer was first."""
    stream, command, cause = asked

    def prepare() -> Prepared[None]:
        return Prepared([decide(trade.LINE, load(log, trade.LINE, stream), stream, command)], None)

    transact(log, prepare, cause)


def append_one_writer(path: Path, commands: int, streams: int) -> float:
    """Seconds for *commands*, until the last of their facts is with the broker.

    The relay publishes page by page: here after every 100 commands, in the same thread, so that all of its work is
    in the figure and none of it hides on the other core.
    """
    asked = [trade.asked(index % streams, index) for index in range(commands)]
    log, broker = opened(path), InProcessBroker(trade.FACTS)
    relay = Relay(log, trade.publish, broker, "bench", trade.FACTS)
    relay.run_once()
    began = perf_counter()
    for index, one in enumerate(asked):
        command(log, one)
        if index % 100 == 99:
            relay.run_once()
    while relay.run_once():
        pass
    took = perf_counter() - began
    if relay.position != commands:
        raise AssertionError(f"expected {commands} events published, found {relay.position}")
    relay.stop()
    log.close()
    return took


def append_16_writers(path: Path, each: int) -> float:
    """Seconds for 16 threads making *each* appends of what was decided beforehand; each waits until it is durable.

    Versions are checked, events encoded and chained as always: this measures the combiner, not the deciding.
    """
    log = opened(path)

    def write(decided: Sequence[trade.Decided]) -> Callable[[], None]:
        def work() -> None:
            for one in decided:
                log.append([one.append], one.cause)

        return work

    took = timed_threads([write(one) for one in trade.decided_by_16(each)])
    if log.head().position != 16 * each:
        raise AssertionError(f"expected {16 * each} events, found {log.head().position}")
    log.close()
    return took


def project(path: Path) -> float:
    """Seconds to fold the whole log into a view, in pages of 1,000 with the checkpoint in the same transaction."""
    log = opened(path)
    projector = Projector(log, [trade.LineTotals()], SystemClock())
    began = perf_counter()
    projector.catch_up()
    took = perf_counter() - began
    log.close()
    return took


def fold(path: Path, streams: int) -> float:
    """Seconds to load every stream: rows, typed events, state."""
    log = opened(path)
    load(log, trade.LINE, "line-of-nobody")
    began = perf_counter()
    for number in range(streams):
        load(log, trade.LINE, trade.stream(number))
    took = perf_counter() - began
    log.close()
    return took


def fill(path: Path, events: int, streams: int) -> None:
    """A log of *events* spread evenly over *streams*, for project and fold."""
    log = opened(path)
    each = events // streams
    for number in range(streams):
        for first in range(0, each, 500):
            made = [
                trade.LINE.decide(trade.command(number, number * each + index), trade.LINE.initial)[0]
                for index in range(first, min(first + 500, each))
            ]
            log.append([trade.append_to(number, first, made)], trade.cause(number * each + first))
    log.close()


def timed_threads(works: list[Callable[[], None]]) -> float:
    threads = [Thread(target=one) for one in works]
    began = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return perf_counter() - began
