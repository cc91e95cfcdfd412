"""The embedded Valkey: append-only file on, a unix socket, no TCP port."""

import signal
import socket
import subprocess
from pathlib import Path

from domain.core.embedded import binaries
from domain.core.embedded.place import Place
from domain.core.embedded.process import Host

__all__ = ["Valkey", "socket_path"]

_PATIENCE = 0.2  # seconds for one answer to PING


def socket_path(place: Place) -> Path:
    return place.sockets / "valkey.sock"


class Valkey:
    name = "Valkey"
    stop_signals = (signal.SIGTERM, signal.SIGKILL)

    def __init__(self, package: Path, host: Host) -> None:
        self._package = package
        self._host = host
        self._data = host.place.home / "valkey"

    @property
    def log(self) -> Path:
        return self._host.place.home / "valkey.log"

    def prepare(self) -> None:
        self._binary = binaries.valkey_server(self._package, self._host)
        self._host.make(self._data)

    def start(self) -> subprocess.Popen[bytes]:
        options = {
            "port": "0",
            "unixsocket": str(socket_path(self._host.place)),
            "unixsocketperm": "700",
            "dir": str(self._data),
            "appendonly": "yes",
            "save": "",  # the append-only file alone is the record
            "maxmemory-policy": "noeviction",  # a queue must not forget
            "daemonize": "no",
            "loglevel": "warning",
        }
        command = [str(self._binary), *(word for name, value in options.items() for word in (f"--{name}", value))]
        return self._host.spawn(command, log=self.log, death_signal=signal.SIGTERM)

    def is_ready(self, pid: int) -> bool:
        """Whether PING is answered with PONG: while the file is being read the answer is LOADING."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(_PATIENCE)
            try:
                connection.connect(str(socket_path(self._host.place)))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
            except OSError:  # not listening yet
                return False

    def settle(self) -> None:
        """Nothing is left to do: it writes its file as it goes."""
