"""Prompts are versioned files: ``prompts/<name>.v<n>.md``.

The part before a line ``---user---`` is the stable front (the same for every call, so that providers
can cache it); the part after it is rendered for the call.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prompt:
    """``name`` and ``version`` are stored with what the call produced (``llm_prompt_version``)."""

    name: str
    version: int
