"""A thread that repeats one step: how projector, relay and consumer run when nobody steps them by hand."""

from collections.abc import Callable
from threading import Event, Thread
from time import monotonic

import structlog

RETRY_WAIT_S = 0.5
ROUND_SECONDS_MAX = 6.0  # a step and a wait take a quarter of a second where nothing is wrong
AWAY_SECONDS_MAX = 2.0  # a race lost or a lock met once is no trouble yet

_log = structlog.get_logger(__name__)


class Stepper:
    """Repeats *step* and calls *idle* when it did nothing; *wake* ends a wait inside *idle*.

    What is *away* (a full disk, a broker down) is waited for. Any other error ends the thread: it is logged, kept in
    `failure`, and readiness checks see that the thread is gone.
    """

    def __init__(
        self,
        name: str,
        step: Callable[[], int],
        idle: Callable[[], object],
        wake: Callable[[], None],
        away: tuple[type[Exception], ...],
    ) -> None:
        self._name = name
        self._step = step
        self._idle = idle
        self._wake = wake
        self._away = away
        self._stopping = Event()
        self._thread: Thread | None = None
        self._round_begun = 0.0  # both on the monotonic clock
        self._away_since: float | None = None
        self._away_because = ""
        self.failure: Exception | None = None

    @property
    def is_started(self) -> bool:
        return self._thread is not None

    @property
    def is_well(self) -> bool:
        """Not started yet, or running: False only after the thread died of an error."""
        return self.failure is None

    def trouble(self) -> str | None:
        """What keeps the thread from its work: its death, what it waits for, a round that does not end; None when well."""
        if self.failure is not None:
            return f"{self._name} ended: {type(self.failure).__name__}: {self.failure}"
        if self._thread is None:
            return None
        if not self._thread.is_alive():
            return f"{self._name} ended"
        now, away_since = monotonic(), self._away_since
        if away_since is not None and now - away_since > AWAY_SECONDS_MAX:
            return f"{self._name} has waited {now - away_since:.0f} s: {self._away_because}"
        lasts = now - self._round_begun
        return f"{self._name} has been at one round for {lasts:.0f} s" if lasts > ROUND_SECONDS_MAX else None

    def start(self) -> None:
        if self._thread is None:
            self._stopping.clear()
            self.failure, self._away_since, self._round_begun = None, None, monotonic()
            self._thread = Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End after the step under way; returns when the thread is gone."""
        self._stopping.set()
        self._wake()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._round_begun = monotonic()
            try:
                if not self._step() and not self._stopping.is_set():
                    self._idle()
                self._away_since = None
            except self._away as away:
                self._away_because = str(away)
                self._away_since = self._away_since or self._round_begun
                _log.warning("waiting", thread=self._name, reason=str(away))
                self._stopping.wait(RETRY_WAIT_S)
            except Exception as failure:  # noqa: BLE001 - the outermost loop of a thread: it logs and ends
                self.failure = failure
                _log.exception("thread ended", thread=self._name)
                return
