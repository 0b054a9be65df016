"""The HTTP server of the embedded mode: waitress in a thread of its own, stopped without cutting an answer short."""

from threading import Thread

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import create_server

from services.embedded.gateway import Wsgi

THREADS = 16  # two cores: most threads wait for the log's commit or for a change to stream
BODY_BYTES_MAX = 12 * 1024 * 1024  # the largest a service takes (a workbook); services set lower limits a route
HEADER_BYTES_MAX = 32 * 1024  # a token of 8 kB and a cursor fit with room to spare
PROXY_HEADERS = {"x-forwarded-for", "x-forwarded-proto"}
DRAIN_SECONDS_MAX = 5


class _OneLength(HTTPRequestParser):  # type: ignore[misc] # waitress publishes no types
    """Refuses a request that gives its length in two ways: a proxy in front may have believed the other (RFC 9112 6.1)."""

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if "TRANSFER_ENCODING" in self.headers or (self.chunked and "CONTENT_LENGTH" in self.headers):
            raise ParsingError("The length of the body is given in two ways")


class _Channel(HTTPChannel):  # type: ignore[misc] # waitress publishes no types
    parser_class = _OneLength


class Server:
    """Serves *app* on *host*:*port* (0: any free port) from `start` to `stop`.

    *trusted_proxy* is the address of a proxy in front, whose word on the caller's address and on TLS is taken; without
    one, what a request says of itself in `X-Forwarded-*` is dropped.
    """

    def __init__(self, app: Wsgi, host: str, port: int, trusted_proxy: str | None = None) -> None:
        believed = {"trusted_proxy": trusted_proxy, "trusted_proxy_headers": PROXY_HEADERS} if trusted_proxy else {}
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
            **believed,
        )
        self._waitress.channel_class = _Channel
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
