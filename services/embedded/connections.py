"""Connections of the web server: how many there may be, how long one may take to say what it wants, who makes room.

A connection costs a descriptor, not a thread, until its request has come whole. So a newcomer is never turned away for
those who only hold a place: beyond a limit the one that has waited longest without asking for anything is hung up on.
"""

import resource
import select
from collections import Counter
from time import monotonic

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer

CONNECTIONS_MAX = 1_000  # in all; a browser holds 6, a proxy some hundred
PER_ADDRESS_MAX = 100  # of one address that is no trusted proxy
HEADER_SECONDS_MAX = 10.0  # from a request's first byte, or from connecting, to the end of its headers
BODY_SECONDS_MIN = 20.0  # to the end of a request, and a second more for each
BODY_BYTES_A_SECOND_LEAST = 4_096
ANSWER_SECONDS_MIN = 30.0  # to take an answer, as long as fewer than so many bytes a second are taken
ANSWER_BYTES_A_SECOND_LEAST = 1_024
DESCRIPTORS_WANTED = 4_096  # connections, and the files of four logs with their readers
BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Type: text/plain\r\n"
    b"Content-Length: 34\r\n\r\ntoo many connections, come again\r\n"
)


class OneLength(HTTPRequestParser):  # type: ignore[misc] # waitress publishes no types
    """Refuses a request that gives its length in two ways: a proxy in front may have believed the other (RFC 9112 6.1)."""

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if "TRANSFER_ENCODING" in self.headers or (self.chunked and "CONTENT_LENGTH" in self.headers):
            raise ParsingError("The length of the body is given in two ways")


class Channel(HTTPChannel):  # type: ignore[misc] # waitress publishes no types
    """A connection that knows since when it has been waited for. Its times are those of the monotonic clock."""

    parser_class = OneLength

    def __init__(self, *arguments: object, **named: object) -> None:
        self.waited_for_since = monotonic()  # when it connected, last finished, or began the request under way
        self.came_bytes = 0  # of the request under way
        self.has_asked = False
        self._taken_bytes = 0
        self._slow_since: float | None = None  # since when an answer lies here that is not taken
        self._taken_before = 0
        super().__init__(*arguments, **named)

    @property
    def is_at_work(self) -> bool:
        return bool(self.requests or self.total_outbufs_len)

    def readable(self) -> bool:
        return not self.server.is_draining and bool(super().readable())

    def received(self, data: bytes) -> bool:
        before = self.request
        took = bool(super().received(data))
        if self.request is not before:
            self.waited_for_since, self.came_bytes = monotonic(), 0
        self.came_bytes += len(data)
        self.has_asked = self.has_asked or bool(self.requests)
        return took

    def send(self, data: bytes, do_close: bool = True) -> int:  # noqa: FBT001, FBT002 - waitress's signature
        sent = int(super().send(data, do_close))
        self._taken_bytes += sent
        return sent

    def is_overdue(self, now: float) -> bool:
        """Whether it has had the time there is for what it does. Idle ones that have asked before are waitress's part."""
        if self.total_outbufs_len:
            return self._takes_too_slowly(now)
        self._slow_since = None
        if self.requests:
            return False
        waited = now - self.waited_for_since
        if self.request is None:
            return not self.has_asked and waited > HEADER_SECONDS_MAX
        if not self.request.headers_finished:
            return waited > HEADER_SECONDS_MAX
        return waited > BODY_SECONDS_MIN + self.came_bytes / BODY_BYTES_A_SECOND_LEAST

    def _takes_too_slowly(self, now: float) -> bool:
        if self._slow_since is None:
            self._slow_since, self._taken_before = now, self._taken_bytes
        for_s = now - self._slow_since
        taken = self._taken_bytes - self._taken_before
        return for_s > ANSWER_SECONDS_MIN and taken < for_s * ANSWER_BYTES_A_SECOND_LEAST

    def has_more_to_say(self) -> bool:
        """Whether something of it lies here that has not been read yet, such as its whole request."""
        looking = select.poll()
        looking.register(self._fileno, select.POLLIN)
        return bool(looking.poll(0))

    def hang_up(self) -> None:
        """Close it; only in the thread that runs the loop."""
        self.will_close = True
        self.handle_close()


class Listener(TcpWSGIServer):  # type: ignore[misc] # waitress publishes no types
    """Accepts connections and keeps to the limits. *believed*: addresses of proxies, behind which many callers stand."""

    channel_class = Channel
    is_draining = False
    believed: frozenset[str] = frozenset()

    def handle_accept(self) -> None:
        known = len(self.active_channels)
        super().handle_accept()
        if len(self.active_channels) > max(known, PER_ADDRESS_MAX):
            self._make_room(next(reversed(self.active_channels.values())))

    def _make_room(self, newest: Channel) -> None:
        by_address = Counter(_address(channel) for channel in self.active_channels.values())
        address = _address(newest)
        if by_address[address] > PER_ADDRESS_MAX and address not in self.believed:
            self._hang_up_on_one_of(address, newest)
        elif len(self.active_channels) > CONNECTIONS_MAX:
            self._hang_up_on_one_of(by_address.most_common(1)[0][0], newest)

    def _hang_up_on_one_of(self, address: str, newest: Channel) -> None:
        """The one of *address* that has waited longest without asking; the newest one when all the others are at work."""
        waiting = [
            channel
            for channel in self.active_channels.values()
            if _address(channel) == address and channel is not newest and not channel.is_at_work
        ]
        for channel in sorted(waiting, key=lambda one: one.waited_for_since):
            if not channel.has_more_to_say():
                channel.hang_up()
                return
        newest.send(BUSY)
        newest.hang_up()

    def maintenance(self, now: float) -> None:
        super().maintenance(now)
        moment = monotonic()
        for channel in list(self.active_channels.values()):
            if channel.is_overdue(moment):
                channel.hang_up()  # at once: a socket that takes nothing never says that it may be closed


def _address(channel: Channel) -> str:
    return str(channel.addr[0])


def allow_descriptors() -> None:
    """Let this process open as many files as connections and logs may need, where its limits can be raised so far."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS_WANTED if hard == resource.RLIM_INFINITY else min(DESCRIPTORS_WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
