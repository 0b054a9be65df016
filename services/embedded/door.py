"""The door: the address that is listened on, taken before any other work begins, so that a taken one costs nobody time."""

import errno
import ipaddress
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

WAITING_MAX = 1_024  # connections that the kernel keeps for us while the house starts
PORT_MAX = 65_535


class CannotListen(Exception):  # an answer, not an error of the program
    """The address is somebody else's, or may not be listened on by this user."""

    def __init__(self, host: str, port: int, failure: OSError) -> None:
        super().__init__(
            f"cannot listen on {host} port {port}: {os.strerror(failure.errno or 0)}; stop who does, or name another"
            f" address / 无法监听 {host} 端口 {port}：请先停止占用者，或另选地址"
        )


class NoSuchAddress(Exception):  # an answer, not an error of the program
    """No interface of this machine has the address, or it is none at all."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{host!r} is no address of this machine / {host!r} 不是本机的地址")


@dataclass(frozen=True, slots=True)
class Door:
    """A listening socket and the address that people type."""

    listener: socket.socket
    address: str
    port: int

    def close(self) -> None:
        self.listener.close()


def listening(host: str, port: int) -> Door:
    """Listen on *host*:*port* (0: any free port) from now on. Raises CannotListen, NoSuchAddress."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError):
        raise NoSuchAddress(host) from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen(WAITING_MAX)
    except OSError as failure:
        listener.close()
        if failure.errno == errno.EADDRNOTAVAIL:
            raise NoSuchAddress(host) from None
        raise CannotListen(host, port, failure) from failure
    found = int(listener.getsockname()[1])
    return Door(listener, f"http://{_typed(host)}:{found}", found)


@contextmanager
def door(host: str, port: int) -> Iterator[Door]:
    """The same, closed in the end by whoever opened it, were it only because nothing came of it."""
    opened = listening(host, port)
    try:
        yield opened
    finally:
        opened.close()


def _typed(host: str) -> str:
    """What stands in an address: all interfaces are reached over the loopback one, too; a colon wants brackets."""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return host
    if found.is_unspecified:
        return "127.0.0.1" if found.version == 4 else "[::1]"
    return f"[{host}]" if found.version == 6 else host
