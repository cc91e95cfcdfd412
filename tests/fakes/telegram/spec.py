"""Telegram's published Bot API as a validator of what is asked and answered."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any, cast

_ROOT = Path(__file__).parents[3]
_ARRAY = "Array of "
_TEXTS = frozenset({"text", "caption", "url", "secret_token", "parse_mode", "action", "file_id", "callback_query_id"})
"""Parameters that are never anything else, for when there is no specification."""

Json = dict[str, Any]


class Upload:
    """A file that came with a request."""

    def __init__(self, name: str, mime_type: str, content: bytes) -> None:
        self.name = name
        self.mime_type = mime_type
        self.content = content


def spec_path() -> Path:
    shared = os.environ.get("LEGWORK_SHARED")
    return (Path(shared) if shared else _ROOT.parent / "shared") / "specs" / "telegram-bot-api.json"


@cache
def _document() -> Json:
    path = spec_path()
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def available() -> bool:
    return bool(_document())


def arguments(method: str, given: Json) -> tuple[Json, list[str]]:
    """The request's parameters in their own types, and what is wrong with them.

    ``given`` holds what came over the wire: text, or values of a JSON body, or uploads.
    """
    if not available():
        return {name: value if name in _TEXTS else _guessed(value) for name, value in given.items()}, []
    fields = {field["name"]: field for field in _document()["methods"][method].get("fields", [])}
    problems = [f"{method} has no parameter {name}" for name in given if name not in fields]
    problems += [f"{name} is required" for name, field in fields.items() if field["required"] and name not in given]
    read: Json = {}
    for name, value in given.items():
        if name in fields:
            read[name] = _read(value, fields[name]["types"])
            problems += _any(name, read[name], fields[name]["types"])
    return read, problems


def answer(method: str, value: Any) -> list[str]:
    """What is wrong with a result."""
    return _any(method, value, _document()["methods"][method]["returns"]) if available() else []


def errors(type_name: str, value: Any) -> list[str]:
    """What is wrong with an object of a type."""
    return _one(type_name, value, type_name) if available() else []


def _guessed(value: Any) -> Any:
    """A parameter without a specification: JSON where it reads as such."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _read(value: Any, types: list[str]) -> Any:
    """A form's text in the first type it can be read in; numbers before texts, as the server does."""
    if not isinstance(value, str):
        return value
    if any(name not in ("String", "InputFile", "Integer", "Float", "Boolean") for name in types):
        return _guessed(value)
    if "Boolean" in types and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if "Integer" in types and value.lstrip("-").isdigit():
        return int(value)
    return float(value) if types == ["Float"] else value


def _any(where: str, value: Any, types: list[str]) -> list[str]:
    found = [_one(where, value, name) for name in types]
    return min(found, key=len) if found else []


def _one(where: str, value: Any, name: str) -> list[str]:
    if name.startswith(_ARRAY):
        if not isinstance(value, list):
            return [f"{where} is no array"]
        items = cast("list[Any]", value)
        inner = name.removeprefix(_ARRAY)
        return [problem for at, item in enumerate(items) for problem in _one(f"{where}[{at}]", item, inner)]
    match name:
        case "Integer":
            right = isinstance(value, int) and not isinstance(value, bool)
        case "Float":
            right = isinstance(value, int | float) and not isinstance(value, bool)
        case "Boolean":
            right = isinstance(value, bool)
        case "String":
            right = isinstance(value, str)
        case "InputFile":
            right = isinstance(value, Upload)
        case _:
            return _object(where, value, name)
    return [] if right else [f"{where} is no {name}: {value!r:.80}"]


def _object(where: str, value: Any, name: str) -> list[str]:
    definition: Json = _document()["types"][name]
    if subtypes := definition.get("subtypes"):
        return _any(where, value, subtypes)
    if not isinstance(value, dict):
        return [f"{where} is no {name}"]
    given = cast(Json, value)
    fields = {field["name"]: field for field in definition.get("fields", [])}
    problems = [f"{where}: a {name} has no {key}" for key in given if key not in fields]
    problems += [f"{where}.{key} is missing" for key, field in fields.items() if field["required"] and key not in given]
    for key, part in given.items():
        if key in fields:
            problems += _any(f"{where}.{key}", part, fields[key]["types"])
    return problems
