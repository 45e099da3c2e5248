"""FTP through fsspec, over connections of ours: to allowed addresses alone, and with one deadline."""

from __future__ import annotations

import socket
from ftplib import FTP, error_proto
from typing import Any

from fsspec.implementations.ftp import FTPFileSystem

from imr.sources.connections import Connections, TimedSocket
from imr.sources.deadlines import seconds_left

MOST_RECEIVED = 500_000_000
"""Bytes that a connection for data gives at most: the list of a folder of millions of files, or ten files."""

_MOST_LINES = 1000  # of one answer on the control connection


class CheckedFTPFileSystem(FTPFileSystem):  # type: ignore[misc]
    """An FTP server; its name is looked up once."""

    def __init__(self, connections: Connections, **options: Any) -> None:  # noqa: ANN401 - fsspec's
        self._connections = connections
        super().__init__(**options)

    def _connect(self) -> None:
        self.ftp = _CheckedFTP(self._connections, self.encoding)
        self.ftp.connect(self.host, self.port)
        self.ftp.login(*self.cred)


class _CheckedFTP(FTP):
    def __init__(self, connections: Connections, encoding: str) -> None:
        super().__init__(encoding=encoding)
        self._connections = connections
        self._lines = 0

    def connect(self, host: str = "", port: int = 0, *_: Any, **__: Any) -> str:  # noqa: ANN401 - ftplib's
        """Connect; the answer is the server's welcome."""
        self.host, self.port = host, int(port)
        self.sock = self._connections.connect(self.host, self.port)
        self.af = self.sock.family
        self.file = self.sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()
        return self.welcome

    def putline(self, line: str) -> None:
        """Send a command."""
        self._lines = 0
        super().putline(line)

    def getline(self) -> str:
        """A line of the answer, which may not go on for ever."""
        self._lines += 1
        if self._lines > _MOST_LINES:
            raise error_proto
        return super().getline()

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        """A connection for data, and how much is expected."""
        self.timeout = seconds_left()
        connection, size = super().ntransfercmd(cmd, rest)
        timed = TimedSocket.of(connection, MOST_RECEIVED)
        self._connections.keep(timed)
        return timed, size
