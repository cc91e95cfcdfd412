"""OpenAI's published specification as a validator of what is asked and answered."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.validators import extend
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

_ROOT = Path(__file__).parents[3]
_NAME = "urn:openai"


def spec_path() -> Path:
    shared = os.environ.get("LEGWORK_SHARED")
    return (Path(shared) if shared else _ROOT.parent / "shared") / "specs" / "openai-openapi.json"


@cache
def _registry() -> Registry[Any] | None:
    path = spec_path()
    if not path.is_file():
        return None
    document = json.loads(path.read_text(encoding="utf-8"))
    return Registry().with_resource(_NAME, Resource(contents=document, specification=DRAFT202012))


def available() -> bool:
    return _registry() is not None


@cache
def _validator(schema: str) -> Draft202012Validator:
    registry = _registry()
    assert registry is not None, "there is no specification to validate against"
    return _Validator({"$ref": f"{_NAME}#/components/schemas/{schema}"}, registry=registry)


def errors(schema: str, value: Any) -> list[str]:
    """What is wrong with a value, in words; empty where it is right."""
    return [f"{error.json_path}: {error.message[:300]}" for error in _validator(schema).iter_errors(value)]


def _nullable(keyword: Any) -> Any:
    """The specification still says ``nullable: true`` in places, a word of an older dialect."""

    def check(validator: Any, rule: Any, instance: Any, schema: Any) -> Any:
        if instance is None and schema.get("nullable") is True:
            return
        yield from keyword(validator, rule, instance, schema) or ()

    return check


_Validator = extend(
    Draft202012Validator,
    {word: _nullable(Draft202012Validator.VALIDATORS[word]) for word in ("type", "enum", "$ref", "anyOf", "oneOf")},
)
