"""What a group of processes prints, as one stream of lines that each say whose they are."""

from collections.abc import Callable, Iterable
from itertools import cycle

__all__ = ["Output"]

_COLOURS = ("36", "33", "32", "35", "34", "96", "93", "92", "95", "94")  # ECMA-48: the foreground, red left out
_LONGEST_LINE = 64 * 1024


class Output:
    """``write`` takes whole lines, each with its end."""

    def __init__(self, write: Callable[[str], object], names: Iterable[str], *, colours: bool) -> None:
        names = list(names)
        width = max((len(name) for name in names), default=0)
        self._write = write
        self._prefixes = {
            name: f"\x1b[{colour}m{name:<{width}} |\x1b[0m " if colours else f"{name:<{width}} | "
            for name, colour in zip(names, cycle(_COLOURS), strict=False)
        }

    def line(self, name: str, text: str) -> None:
        self._write(f"{self._prefixes[name]}{text}\n")


class Lines:
    """Bytes as they come, made into lines; one that is too long is handed on in pieces."""

    def __init__(self, emit: Callable[[str], object]) -> None:
        self._emit = emit
        self._rest = b""

    def feed(self, received: bytes) -> None:
        *lines, rest = (self._rest + received).split(b"\n")
        while len(rest) > _LONGEST_LINE:
            lines.append(rest[:_LONGEST_LINE])
            rest = rest[_LONGEST_LINE:]
        self._rest = rest
        for line in lines:
            self._emit(line.decode(errors="replace").rstrip("\r"))

    def end(self) -> None:
        """Hand on what was left without a line's end."""
        if self._rest:
            self.feed(b"\n")
