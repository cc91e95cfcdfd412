"""Prompts are versioned files: ``prompt_files/<name>.v<n>.md``.

The part before a line ``---user---`` is the front: instructions first, then what changes seldom (the
tools, the agent's own instructions), so that providers can cache it by its prefix. The part after it
is the call's own text, sent as the last user turn.

``$name`` stands for a variable. A line that begins with ``?`` is left out when every variable in it
is empty. Values are put in once and never read again, so that nothing in them can act as a template.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from domain.core.errors import NotFound
from domain.llm.wording import worded

_FILES = Path(__file__).parent / "prompt_files"
_SEPARATOR = "\n---user---\n"
_VARIABLE = re.compile(r"\$(?:\{([a-z_]+)\}|([a-z_]+))")


@dataclass(frozen=True, slots=True)
class Prompt:
    """``name`` and ``version`` are stored with what the call produced (``llm_prompt_version``)."""

    name: str
    version: int

    def render(self, variables: Mapping[str, Any]) -> tuple[str, str]:
        """``(front, user)`` with the variables worded for a model.

        Raises:
            NotFound: there is no prompt file of this name and version.
            KeyError: the file names a variable that was not given.
        """
        front, user = _parts(self.name, self.version)
        texts = worded(variables)
        return _filled(front, texts), _filled(user, texts)


DECIDE = Prompt("decide", 4)
STEP = Prompt("step", 4)
REPLAN = Prompt("replan", 4)
PROBE = Prompt("probe", 1)


@cache
def _parts(name: str, version: int) -> tuple[str, str]:
    path = _FILES / f"{name}.v{version}.md"
    if not path.is_file():
        raise NotFound(f"There is no prompt {name}.v{version}.")
    front, separator, user = path.read_text(encoding="utf-8").partition(_SEPARATOR)
    if not separator:
        raise ValueError(f"{path.name} has no line ---user---")
    return front, user


def _filled(template: str, texts: Mapping[str, str]) -> str:
    lines = [_line(line, texts) for line in template.splitlines()]
    return "\n".join(line for line in lines if line is not None).strip()


def _line(line: str, texts: Mapping[str, str]) -> str | None:
    if line.startswith("?"):
        names = [braced or bare for braced, bare in _VARIABLE.findall(line)]
        if not any(texts[name] for name in names):
            return None
        line = line[1:]
    return Template(line).substitute(texts)
