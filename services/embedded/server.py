"""The HTTP server of the embedded mode: waitress in a thread of its own, stopped without cutting an answer short."""

from threading import Thread

from waitress import wasyncore
from waitress.server import create_server

from services.embedded.gateway import Wsgi

THREADS = 16  # two cores: most threads wait for the log's commit or for a change to stream
BODY_BYTES_MAX = 12 * 1024 * 1024  # the largest a service takes (a workbook); services set lower limits a route
HEADER_BYTES_MAX = 32 * 1024  # a token of 8 kB and a cursor fit with room to spare
DRAIN_SECONDS_MAX = 5


class Server:
    """Serves *app* on *host*:*port* (0: any free port) from `start` to `stop`."""

    def __init__(self, app: Wsgi, host: str, port: int) -> None:
        self._waitress = create_server(
            app,
            host=host,
            port=port,
            threads=THREADS,
            ident="gongfang",
            max_request_header_size=HEADER_BYTES_MAX,
            max_request_body_size=BODY_BYTES_MAX,
            clear_untrusted_proxy_headers=True,
            channel_timeout=60,
        )
        self.port = int(self._waitress.effective_port)
        self.address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{self.port}"  # noqa: S104 - compared
        self._thread = Thread(target=self._waitress.run, name="http", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Take no new connection, let running requests answer (bounded), then close every connection."""
        if not self._thread.is_alive():
            return
        self._waitress.trigger.pull_trigger(self._close_door)
        self._waitress.task_dispatcher.shutdown(cancel_pending=False, timeout=DRAIN_SECONDS_MAX)
        self._waitress.trigger.pull_trigger(self._hang_up)
        self._thread.join(DRAIN_SECONDS_MAX)

    def _close_door(self) -> None:
        wasyncore.dispatcher.close(self._waitress)

    def _hang_up(self) -> None:
        for channel in list(self._waitress.active_channels.values()):
            if channel.total_outbufs_len:
                channel.handle_write()
        wasyncore.close_all(self._waitress._map, ignore_all=True)  # noqa: SLF001 - waitress offers no other end
