"""Prompts are versioned files: ``prompt_files/<name>.v<n>.md``.

The part before a line ``---user---`` is the front: instructions first, then what changes seldom (the
tools, the agent's own instructions), so that providers can cache it by its prefix. The part after it
is the call's own text, sent as the last user turn.

``$name`` stands for a variable. A line that begins with ``?`` is left out when every variable in it
is empty. Values are put in once and never read again, so that nothing in them can act as a template.
"""

import re
from collections.abc import Mapping, Sequence
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


DECIDE = Prompt("decide", 5)
STEP = Prompt("step", 4)
REPLAN = Prompt("replan", 6)
AGENT = Prompt("agent", 1)
PROBE = Prompt("probe", 1)


@dataclass(frozen=True, slots=True)
class _Line:
    """``template`` is None where nothing is to be filled in. A line with ``needs`` is left out where all are empty."""

    text: str
    template: Template | None
    needs: tuple[str, ...]

    def filled(self, texts: Mapping[str, str]) -> str | None:
        if self.needs and not any(texts[name] for name in self.needs):
            return None
        return self.text if self.template is None else self.template.substitute(texts)


@cache
def _parts(name: str, version: int) -> tuple[Sequence[_Line], Sequence[_Line]]:
    path = _FILES / f"{name}.v{version}.md"
    if not path.is_file():
        raise NotFound(f"There is no prompt {name}.v{version}.")
    front, separator, user = path.read_text(encoding="utf-8").partition(_SEPARATOR)
    if not separator:
        raise ValueError(f"{path.name} has no line ---user---")
    return [_line(line) for line in front.splitlines()], [_line(line) for line in user.splitlines()]


def _line(written: str) -> _Line:
    optional = written.startswith("?")
    text = written[1:] if optional else written
    names = tuple(braced or bare for braced, bare in _VARIABLE.findall(text))
    return _Line(text, Template(text) if "$" in text else None, names if optional else ())


def _filled(lines: Sequence[_Line], texts: Mapping[str, str]) -> str:
    filled = [line.filled(texts) for line in lines]
    return "\n".join(line for line in filled if line is not None).strip()
