"""Completion while typing: ``@`` names a file, a first ``/`` a command."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

_AT = re.compile(r"""(?:^|\s)@(?:"(?P<quoted>[^"]*)|(?P<bare>(?:\\.|[^\s\\"'])*))$""")
_MOST = 200  # entries of one directory that are offered


class LineCompleter(Completer):
    """Offers paths and the given commands (``/tasks`` and the like)."""

    def __init__(self, commands: Sequence[str] = ()) -> None:
        self._commands = commands

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        before = document.text_before_cursor
        named = _AT.search(before)
        if named is not None:
            quoted = named["quoted"]
            written = quoted if quoted is not None else re.sub(r"\\(.)", r"\1", named["bare"])
            start = before.rindex("@", 0, named.end()) if quoted is None else before.rindex('@"')
            yield from _paths(written, start - len(before))
        elif before.startswith("/") and " " not in before:
            for command in self._commands:
                if command.startswith(before):
                    yield Completion(command, start_position=-len(before))


def _paths(written: str, start: int) -> Iterable[Completion]:
    folder, slash, begun = written.rpartition("/")
    try:
        base = Path(f"{folder}{slash}").expanduser()
        entries = sorted(base.iterdir(), key=lambda entry: entry.name.casefold())
    except (OSError, RuntimeError):  # not there, not ours to read, or the home of nobody
        return
    fitting = [entry for entry in entries if _fits(entry.name, begun)]
    for entry in fitting[:_MOST]:
        shown = f"{entry.name}/" if entry.is_dir() else entry.name
        yield Completion(_named(f"{folder}{slash}{shown}"), start_position=start, display=shown)


def _fits(name: str, begun: str) -> bool:
    if name.startswith(".") and not begun.startswith("."):
        return False
    return name.isprintable() and '"' not in name and name.casefold().startswith(begun.casefold())


def _named(path: str) -> str:
    """The path as it is typed; a directory with a space keeps its quotation open, to be typed on."""
    if not re.search(r"[\s\\']", path):
        return f"@{path}"
    return f'@"{path}' if path.endswith("/") else f'@"{path}"'
