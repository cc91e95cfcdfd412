"""``/tools``"""

import json
from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import RowMapping

from bot.commands.declare import Call, Noun, Verb
from domain.conversations.said import Details, Listing, Said
from domain.core.errors import Invalid, NotFound
from domain.core.queue import enqueue
from domain.flow.common.commands import advance_command
from domain.tasks import repository as tasks
from domain.tasks.states import Priority
from domain.tools import repository as tools
from domain.workflows.spec import read_spec
from domain.workflows.validate import KnownTool, problems

_EFFECTS = {"read": "reads", "write": "writes here", "external": "asks first"}
_IT_DEPENDS = "reads; asks before it changes something"


async def _list(call: Call) -> Sequence[Said]:
    rows = await tools.all_tools(call.session)
    return (
        Listing(
            title="Tools",
            columns=("tool", "what it does", "effect", "used"),
            rows=tuple(
                (
                    row["name"],
                    row["description"],
                    _standing(call, row),
                    _used(row["usage_count"]),
                )
                for row in rows
            ),
            footer="“/tools show NAME” lists its arguments, “/tools run NAME key=value …” runs it.",
        ),
    )


def _standing(call: Call, row: RowMapping) -> str:
    """What it changes, where it can be used here."""
    if not row["enabled"]:
        return "switched off"
    if row["name"] in call.tools and not call.tools.get(row["name"]).configured:
        return "not configured"
    return _effect(call, row["name"], row["effect"])


def _effect(call: Call, name: str, effect: str) -> str:
    depends = name in call.tools and call.tools.get(name).external_when is not None
    return _IT_DEPENDS if depends else _EFFECTS[effect]


def _used(calls: int) -> str:
    return f"{calls:,}" if calls < tools.MOST_COUNTED else f"{tools.MOST_COUNTED:,} or more"


async def _find(call: Call) -> dict[str, Any]:
    name = call.word(0, "the tool's name").lower()
    rows = await tools.all_tools(call.session)
    found = next((row for row in rows if row["name"] == name), None)
    if found is None:
        raise NotFound(f"There is no tool “{name}”.", remedy="“/tools” lists them.")
    return dict(found)


async def _show(call: Call) -> Sequence[Said]:
    tool = await _find(call)
    schema = cast("dict[str, Any]", tool["schema"])
    needed: list[str] = schema.get("required", [])
    arguments = "\n".join(
        f"- `{name}`{'' if name in needed else ' (optional)'}: {part.get('description') or part.get('type', 'any')}"
        for name, part in schema.get("properties", {}).items()
    )
    fields = (
        ("name", tool["name"]),
        ("kind", tool["category"].lower()),
        ("effect", _effect(call, tool["name"], tool["effect"])),
        ("enabled", "yes" if tool["enabled"] else "no"),
        ("used", f"{_used(tool['usage_count'])} times"),
    )
    text = f"{tool['description']}\n\n{arguments}"
    return (Details(title=tool["display_name"], fields=fields, text=text),)


async def _run(call: Call) -> UUID:
    """A task of one step, with the same approval, limits and record as any other."""
    tool = await _find(call)
    spec = read_spec(
        {"nodes": [{"id": "n1", "type": "tool", "name": tool["name"], "config": _arguments(tool, call.words[1:])}]}
    )
    wrong = problems(spec, {tool["name"]: KnownTool(tool["schema"], tool["enabled"])})
    if wrong:
        raise Invalid(wrong[0], remedy=f"“/tools show {tool['name']}” lists its arguments.")
    task = await tasks.add(
        call.session,
        org_id=call.person.org_id,
        user_id=call.person.user_id,
        thread_id=call.heard.thread.id,
        message_id=call.heard.message_id,
        title=f"Run {tool['name']}",
        description=call.heard.text,
        plan=spec.model_dump(mode="json"),
        total_steps=1,
        priority=Priority.MEDIUM.rank,
    )
    await enqueue(call.session, advance_command(task.id, call.person.user_id))
    return task.id


def _arguments(tool: dict[str, Any], words: Sequence[str]) -> dict[str, Any]:
    """``key=value`` words; one word without a key is the first argument. Values are JSON where they can be."""
    names = list(cast("dict[str, Any]", tool["schema"].get("properties", {})))
    given: dict[str, Any] = {}
    loose: list[str] = []
    for word in words:
        key, sign, value = word.partition("=")
        if sign and key in names:
            given[key] = _value(value, tool["schema"]["properties"][key])
        else:
            loose.append(word)
    if loose and names:
        given.setdefault(names[0], " ".join(loose))
    return given


def _value(text: str, schema: dict[str, Any]) -> Any:
    if schema.get("type") == "string":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


NOUN = Noun(
    "tools",
    "what I can do",
    (
        Verb("list", "every tool", "/tools list", _list),
        Verb("show", "one tool with its arguments", "/tools show calculate", _show),
        Verb("run", "runs one by itself", "/tools run calculate expression=2*21", _run, "member"),
    ),
    also=("tool",),
)
