"""Plain text of any encoding, and JSON."""

import json
from pathlib import Path
from typing import Any, cast

from domain.core.errors import Invalid
from domain.core.web.charset import guessed_text
from domain.tools.builtin.characters import clean
from domain.tools.registry import Output

__all__ = ["cut", "decoded", "read_json", "read_json_lines", "read_text"]


def decoded(path: Path, name: str) -> str:
    """The file as text: UTF-8 or UTF-16 with its mark, else the best guess.

    Raises:
        Invalid: it is empty, or no text at all.
    """
    content = path.read_bytes()
    if not content.strip():
        raise Invalid(f"{name} is empty.", remedy="Send a file with content.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content[:65_536]:
        raise Invalid(
            f"{name} is no text, and not a kind of file Legwork reads.",
            remedy="Send text, CSV, Excel, JSON, PDF, Word or HTML.",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return guessed_text(content)


def cut(text: str, max_chars: int) -> tuple[str, bool]:
    """The text's beginning, clean, and whether more of it was left out."""
    text = clean(text).strip()
    return (text, False) if len(text) <= max_chars else (text[: max_chars - 1].rstrip() + "…", True)


def read_text(path: Path, name: str, max_chars: int) -> Output:
    whole = decoded(path, name)
    text, truncated = cut(whole, max_chars)
    return {"text": text, "truncated": truncated, "lines": whole.count("\n") + 1}


def read_json(path: Path, name: str, max_chars: int) -> Output:
    whole = decoded(path, name)
    try:
        value: Any = json.loads(whole)
    except json.JSONDecodeError as error:
        raise Invalid(
            f"{name} is not valid JSON: line {error.lineno}, column {error.colno}.",
            remedy="Correct it and send it again.",
        ) from error
    except RecursionError as error:
        raise Invalid(f"{name} is nested too deeply.", remedy="Send a flatter file.") from error
    text, truncated = cut(json.dumps(value, ensure_ascii=False, indent=1), max_chars)
    return {"text": text, "truncated": truncated, "items": _items(value)}


def _items(value: Any) -> int:
    """How many members a list or an object has; a lone value counts as one."""
    return len(cast(list[Any], value)) if isinstance(value, list | dict) else 1


def read_json_lines(path: Path, name: str, max_chars: int) -> Output:
    """One JSON value a line, as logs and exports have it; a broken line is named."""
    lines = [line for line in decoded(path, name).splitlines() if line.strip()]
    for number, line in enumerate(lines, start=1):
        try:
            json.loads(line)
        except (ValueError, RecursionError) as error:
            raise Invalid(
                f"Line {number} of {name} is not valid JSON.", remedy="Correct it and send it again."
            ) from error
    text, truncated = cut("\n".join(lines), max_chars)
    return {"text": text, "truncated": truncated, "items": len(lines)}
