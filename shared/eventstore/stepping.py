"""A thread that repeats one step: how projector, relay and consumer run when nobody steps them by hand."""

from collections.abc import Callable
from threading import Event, Thread

import structlog

RETRY_WAIT_S = 0.5

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
        self.failure: Exception | None = None

    @property
    def is_started(self) -> bool:
        return self._thread is not None

    @property
    def is_well(self) -> bool:
        """Not started yet, or running: False only after the thread died of an error."""
        return self.failure is None

    def start(self) -> None:
        if self._thread is None:
            self._stopping.clear()
            self.failure = None
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
            try:
                if not self._step() and not self._stopping.is_set():
                    self._idle()
            except self._away as away:
                _log.warning("waiting", thread=self._name, reason=str(away))
                self._stopping.wait(RETRY_WAIT_S)
            except Exception as failure:  # noqa: BLE001 - the outermost loop of a thread: it logs and ends
                self.failure = failure
                _log.exception("thread ended", thread=self._name)
                return
