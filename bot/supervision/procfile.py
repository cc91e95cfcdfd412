"""The Procfile: one process a line, ``name: command``."""

import os
import re
import shlex
from collections.abc import Mapping

from domain.core.errors import Misconfigured

__all__ = ["parse"]

_LINE = re.compile(r"([A-Za-z0-9_-]+):\s*(\S.*)")
_SHELL = frozenset({"|", "||", "&", "&&", ";", "<", ">", ">>"})


def parse(text: str, environment: Mapping[str, str] = os.environ) -> dict[str, list[str]]:
    """Each process' name with its command's words, in the order of the file.

    No shell stands between: signals reach the program itself. ``$NAME`` and ``${NAME}`` are replaced, words
    like ``NAME=value`` before the command set its environment, lines that start with ``#`` are comments.

    Raises:
        Misconfigured: a line is no process, or needs a shell, or a name comes twice.
    """
    commands: dict[str, list[str]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise _wrong(number, "is not of the form “name: command”")
        name, command = match.groups()
        if name in commands:
            raise _wrong(number, f"names {name} a second time")
        commands[name] = _words(number, command, environment)
    if not commands:
        raise Misconfigured("The Procfile names no process.", remedy="Write lines like “worker: python -m jobs”.")
    return commands


def _words(number: int, command: str, environment: Mapping[str, str]) -> list[str]:
    try:
        words = [_expand(word, environment) for word in shlex.split(command)]
    except ValueError as error:
        raise _wrong(number, f"cannot be read: {error}") from None
    if _SHELL & set(words):
        raise _wrong(number, "uses the shell's own signs, and no shell runs it")
    if words[0] == "exec" and len(words) > 1:
        words = words[1:]  # for a shell that runs the same file: here there is none to be replaced
    return ["env", *words] if "=" in words[0] else words


def _expand(word: str, environment: Mapping[str, str]) -> str:
    return re.sub(r"\$(?:\{(\w+)\}|(\w+))", lambda match: environment.get(match[1] or match[2], ""), word)


def _wrong(number: int, fault: str) -> Misconfigured:
    return Misconfigured(f"Line {number} of the Procfile {fault}.", remedy="Correct it and start again.")
