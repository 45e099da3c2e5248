"""Connections over the internet: to allowed addresses alone, with one deadline, and broken off when the run is over."""

from __future__ import annotations

import errno
import socket
import ssl
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from weakref import WeakSet

import httpcore

from imr.errors import Code, SourceError
from imr.sources.addresses import is_public
from imr.sources.deadlines import Ending, seconds_left


class Connections:
    """The connections of a run. A name is looked up once, and what was checked is what is called.

    May be used from many threads.
    """

    def __init__(self, ending: Ending, *, allow_private: bool) -> None:
        self._ending = ending
        self._allow_private = allow_private
        self._lock = threading.Lock()
        self._open: WeakSet[socket.socket] = WeakSet()

    def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a host that may be called.

        Raises:
            SourceError: `address_not_allowed` or `source_missing`; `source_busy` when the look-up takes too long.
        """
        try:
            found = self._ending.in_time(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            passing = getattr(error, "errno", None) == socket.EAI_AGAIN
            raise SourceError(Code.SOURCE_MISSING, "there is no host of that name", transient=passing) from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        allowed = [address for address in addresses if self._allow_private or is_public(address)]
        if not allowed:
            message = "the address is of this machine or a private network"
            raise SourceError(Code.ADDRESS_NOT_ALLOWED, message)
        return allowed

    def connect(self, host: str, port: int) -> TimedSocket:
        """A connection to the first address of a host that answers.

        Raises:
            SourceError: as `addresses` does.
            OSError: none of them answers, `TimeoutError` not in time.
        """
        *others, last = self.addresses(host, port)
        for address in others:
            with suppress(OSError):
                return self._connected(address, port)
        return self._connected(last, port)

    def keep(self, connection: socket.socket) -> None:
        """Break a connection off when the run is over."""
        with self._lock:
            self._open.add(connection)
        if self._ending.is_over:
            self.break_off()

    def break_off(self) -> None:
        """Break all connections off: whoever reads from one fails at once."""
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            with suppress(OSError):  # closed already
                socket.socket.shutdown(connection, socket.SHUT_RDWR)  # an SSLSocket's own would pull the rug

    def _connected(self, address: str, port: int) -> TimedSocket:
        connection = TimedSocket.of(socket.create_connection((address, port), seconds_left()))
        self.keep(connection)
        return connection


class TimedSocket(socket.socket):
    """A socket on which every wait ends at the deadline of the exchange, and which gives `most` bytes at most."""

    most = float("inf")

    @classmethod
    def of(cls, plain: socket.socket, most: float = most) -> TimedSocket:
        """A socket that is connected already, which is used up."""
        timed = cls(fileno=plain.detach())
        timed.most = most
        return timed

    def recv(self, *args: Any) -> bytes:  # noqa: ANN401 - as the socket's own
        """Receive bytes."""
        self.settimeout(seconds_left())
        received = super().recv(*args)
        self._count(len(received))
        return received

    def recv_into(self, *args: Any) -> int:  # noqa: ANN401
        """Receive bytes into a buffer."""
        self.settimeout(seconds_left())
        count = super().recv_into(*args)
        self._count(count)
        return count

    def sendall(self, *args: Any) -> None:  # noqa: ANN401
        """Send bytes."""
        self.settimeout(seconds_left())
        super().sendall(*args)

    def _count(self, received: int) -> None:
        self.most -= received
        if self.most < 0:
            raise OSError(errno.EFBIG, "more came than was asked for")


class HttpBackend(httpcore.NetworkBackend):
    """What the HTTP client connects with."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of a host that answers.

        Raises:
            SourceError: as `Connections.addresses` does.
        """
        *others, last = self._connections.addresses(host, port)
        for address in others:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return self._connected(address, port, timeout, local_address, socket_options)
        return self._connected(last, port, timeout, local_address, socket_options)

    def _connected(self, address: str, port: int, timeout: float | None, *options: Any) -> httpcore.NetworkStream:  # noqa: ANN401
        stream = self._plain.connect_tcp(address, port, _left(timeout, httpcore.ConnectTimeout), *options)
        return _Stream(stream, self._connections)


class _Stream(httpcore.NetworkStream):
    """A connection on which every wait ends at the deadline of the exchange."""

    def __init__(self, plain: httpcore.NetworkStream, connections: Connections) -> None:
        self._plain = plain
        self._connections = connections
        connections.keep(plain.get_extra_info("socket"))

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._plain.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._plain.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._plain.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._plain.start_tls(ssl_context, server_hostname, _left(timeout, httpcore.ConnectTimeout))
        return _Stream(secured, self._connections)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401
        return self._plain.get_extra_info(info)


def _left(longest: float | None, late: type[httpcore.TimeoutException]) -> float | None:
    try:
        return seconds_left(longest)
    except TimeoutError as error:
        raise late from error
