"""What clients of one line were told can be put in one order that explains it, whoever died in between."""

import os
import random
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path

from tests.fault.histories.racing import Client, Notebook, history_in, is_serial
from tests.support.children import forked
from tests.support.last_hours import the_last_day, the_same_day
from tests.support.line_model import Accept, Ask, GiveUp, History, Move
from tests.support.linearizable import Call

THREADS, EACH = 12, 8
LIVES = 3  # processes that are killed one after the other
DEEDS_BEFORE_DEATH = 40


def test_histories_of_many_threads_with_time_that_moves_on_are_serial(tmp_path: Path) -> None:
    world, notebook = the_last_day(tmp_path), Notebook(tmp_path / "history")

    def live(thread: int) -> None:
        chance = random.Random(thread)
        client = Client(world, notebook, chance)
        for number in range(EACH):
            if chance.random() < 0.1:
                client.move_on(timedelta(minutes=chance.choice([1, 29, 30])))
            client.try_for_an_hour(f"ord_{thread}_{number}")

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(live, range(THREADS)))
    notebook.close()
    history = history_in(tmp_path / "history")
    kinds = {type(one.what) for one in history}
    assert kinds == {Ask, Accept, GiveUp, Move}
    assert is_serial(history)


def _live(folder: Path, life: int, pipe: int) -> None:
    """Race for the line for ever, telling after each try."""
    world, notebook = the_same_day(folder), Notebook(folder / "history")
    numbers = count()

    def live(thread: int) -> None:
        client = Client(world, notebook, random.Random(thread))
        while True:
            client.try_for_an_hour(f"ord_{life}_{next(numbers)}")
            os.write(pipe, b".")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(live, range(4)))


def test_histories_that_a_kill_left_open_are_serial_whether_or_not_the_last_calls_happened(tmp_path: Path) -> None:
    the_last_day(tmp_path).log.close()
    for life in range(LIVES):
        with forked(partial(_live, tmp_path, life)) as (child, pipe):
            pipe.read(DEEDS_BEFORE_DEATH)
            os.kill(child, signal.SIGKILL)
    history = history_in(tmp_path / "history")
    assert any(not one.is_answered for one in history), "somebody died while he waited for an answer"
    assert is_serial(history)


def test_a_planted_double_booking_is_found(tmp_path: Path) -> None:
    """Two clients are told that the same hour is theirs, each at a time when it could have been."""
    world, notebook = the_last_day(tmp_path), Notebook(tmp_path / "history")
    client = Client(world, notebook, random.Random(3))
    for number in range(12):
        client.try_for_an_hour(f"ord_{number}")
    notebook.close()
    history = history_in(tmp_path / "history")
    assert is_serial(history)
    booked = [one.what.order for one in history if isinstance(one.what, Accept) and one.what.answer == "booked"]
    given_up = {one.what.order for one in history if isinstance(one.what, GiveUp)}
    mine = next(order for order in booked if order not in given_up)
    held = next(one.what for one in history if isinstance(one.what, Ask) and one.what.order == mine)
    end = max(one.ended for one in history)
    twice: History = [
        Call(Ask("ord_thief", held.answer), end + 1, end + 2),
        Call(Accept("ord_thief", "booked"), end + 3, end + 4),
    ]
    assert not is_serial([*history, *twice])
    refused: History = [Call(Ask("ord_more", "full"), end + 1, end + 2)]
    assert not is_serial([*history, *refused]), "nobody is refused what is free"


def test_a_hold_that_was_lost_before_it_expired_is_found(tmp_path: Path) -> None:
    world, notebook = the_last_day(tmp_path), Notebook(tmp_path / "history")
    quote = Client(world, notebook, random.Random(0))._ask("ord_1")
    assert quote is not None
    notebook.close()
    history = history_in(tmp_path / "history")
    end = max(one.ended for one in history)
    lost: History = [Call(Accept("ord_1", "lost"), end + 1, end + 2)]
    assert not is_serial([*history, *lost])
    expired: History = [Call(Move(int(quote.expires_at.timestamp())), end, end + 1)]
    assert is_serial([*history, *expired, *lost])
