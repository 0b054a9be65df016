"""The HTTP server of the embedded mode: waitress in a thread of its own, stopped without cutting an answer short."""

from threading import Event, Lock, Thread
from time import monotonic

import structlog
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.task import ThreadedTaskDispatcher

from services.embedded.connections import CONNECTIONS_MAX, Listener, allow_descriptors
from services.embedded.door import Door, listening
from services.embedded.gateway import Wsgi

THREADS = 16  # two cores: most threads wait for the log's commit or for a change to stream
BODY_BYTES_MAX = 12 * 1024 * 1024  # the largest a service takes (a workbook); services set lower limits a route
HEADER_BYTES_MAX = 32 * 1024  # a token of 8 kB and a cursor fit with room to spare
PROXY_HEADERS = {"x-forwarded-for", "x-forwarded-proto"}
IDLE_SECONDS_MAX = 60  # a connection that has asked before and asks nothing more
LOOK_SECONDS = 1.0  # how often the loop looks at connections that are overdue, and whether it shall end
DRAIN_SECONDS_MAX = 5.0
STOPS_WITHIN_S = 5.0

_log = structlog.get_logger(__name__)


class Server:
    """Serves *app* on *host*:*port* (0: any free port), or at a *door* that is open already, from `start` to `stop`.

    *trusted_proxy* is the address of a proxy in front, whose word on the caller's address and on TLS is taken; without
    one, what a request says of itself in `X-Forwarded-*` is dropped.
    """

    def __init__(
        self,
        app: Wsgi,
        host: str = "127.0.0.1",
        port: int = 0,
        trusted_proxy: str | None = None,
        *,
        door: Door | None = None,
        threads: int = THREADS,
    ) -> None:
        allow_descriptors()
        own = door or listening(host, port)
        believed = {"trusted_proxy": trusted_proxy, "trusted_proxy_headers": PROXY_HEADERS} if trusted_proxy else {}
        adjustments = Adjustments(
            sockets=[own.listener],
            threads=threads,
            ident="gongfang",
            max_request_header_size=HEADER_BYTES_MAX,
            max_request_body_size=BODY_BYTES_MAX,
            clear_untrusted_proxy_headers=True,
            channel_timeout=IDLE_SECONDS_MAX,
            cleanup_interval=LOOK_SECONDS,
            connection_limit=2 * CONNECTIONS_MAX,  # never reached: the listener makes room before
            **believed,
        )
        self._map: dict[int, wasyncore.dispatcher] = {}
        self._dispatcher = ThreadedTaskDispatcher()
        self._dispatcher.set_thread_count(threads)
        self._listener = _Listener(
            app,
            self._map,
            _sock=own.listener,
            dispatcher=self._dispatcher,
            adj=adjustments,
            bind_socket=False,
            sockinfo=(own.listener.family, own.listener.type, own.listener.proto, own.listener.getsockname()),
        )
        self._listener.believed = frozenset([trusted_proxy] if trusted_proxy else [])
        self.port, self.address = own.port, own.address
        self._ended, self._drained = Event(), Event()
        self._stopping = Lock()
        self._is_stopped = False
        self._drain_until: float | None = None
        self._thread = Thread(target=self._run, name="http", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def connections(self) -> int:
        """Open ones, now."""
        return len(self._listener.active_channels)

    def stop(self) -> None:
        """Take no new connection, let what was asked be answered (bounded), then close every connection.

        May be called at any time, by any thread, as often as one likes, whether or not it was ever started. Only the
        loop closes sockets while it runs; what it needs to be woken is closed when nobody can wake it any more.
        """
        with self._stopping:
            if self._is_stopped:
                return
            self._is_stopped = True
            if self._thread.is_alive():
                self._drain_until = monotonic() + DRAIN_SECONDS_MAX
                self._listener.pull_trigger()
                self._drained.wait(DRAIN_SECONDS_MAX + STOPS_WITHIN_S)
                self._ended.set()
                self._listener.pull_trigger()
                self._thread.join(STOPS_WITHIN_S)
            self._hang_up()
            self._dispatcher.shutdown(cancel_pending=True, timeout=STOPS_WITHIN_S)
            self._listener.give_up_trigger()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                wasyncore.poll2(LOOK_SECONDS if self._drain_until is None else 0.01, self._map)
                self._look_after_draining()
            except Exception:  # noqa: BLE001 - the outermost loop of a thread: one connection's fault closes no door
                _log.exception("the web server's loop stumbled")
                self._ended.wait(0.05)

    def _look_after_draining(self) -> None:
        """The first look closes the door; later ones see whether all that was asked is answered."""
        if self._drain_until is None or self._drained.is_set():
            return
        if not self._listener.is_draining:
            self._listener.is_draining = True
            wasyncore.dispatcher.close(self._listener)
        busy = any(channel.is_at_work for channel in list(self._listener.active_channels.values()))
        if not busy or monotonic() > self._drain_until:
            self._drained.set()

    def _hang_up(self) -> None:
        for channel in list(self._listener.active_channels.values()):
            channel.hang_up()
        wasyncore.dispatcher.close(self._listener)


class _Listener(Listener):
    """Wakes the loop by a pipe that is never written to once it is closed: its number may be another file's by then."""

    def __init__(self, *arguments: object, **named: object) -> None:
        self._waking = Lock()
        self._is_asleep = False
        super().__init__(*arguments, **named)

    def pull_trigger(self) -> None:
        with self._waking:
            if not self._is_asleep:
                super().pull_trigger()

    def give_up_trigger(self) -> None:
        """Nobody is woken any more: workers that still run find their connections closed."""
        with self._waking:
            if not self._is_asleep:
                self._is_asleep = True
                self.trigger.close()
