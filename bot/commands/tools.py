"""``/tools``"""

import json
from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import RowMapping

from bot.commands.declare import Call, Noun, Verb
from domain.conversations.said import Details, Listing, Note, Said
from domain.core.errors import Invalid, NotFound, Refused
from domain.core.queue import enqueue
from domain.flow.common.commands import advance_command
from domain.flow.understand.wait import let_begin
from domain.orgs.access import Permission
from domain.tasks import repository as tasks
from domain.tasks.states import Priority
from domain.tools import repository as tools
from domain.tools.kit import Kit, kit_of, switch
from domain.workflows.spec import read_spec
from domain.workflows.validate import KnownTool, problems

_EFFECTS = {"read": "reads", "write": "writes here", "external": "asks first"}
_IT_DEPENDS = "reads; asks before it changes something"


async def _list(call: Call) -> Sequence[Said]:
    kit = await _kit(call)
    rows = [row for row in await tools.all_tools(call.session) if row["name"] in call.tools]
    return (
        Listing(
            title="Tools",
            columns=("tool", "what it does", "effect", "used"),
            rows=tuple(
                (
                    row["name"],
                    row["description"],
                    _standing(call, kit, row),
                    _used(row["usage_count"]),
                )
                for row in rows
            ),
            footer="“/tools show NAME” lists its arguments, “/tools run NAME key=value …” runs it.",
        ),
    )


async def _kit(call: Call) -> Kit:
    return await kit_of(call.session, call.person.org_id, call.person.user_id)


def _standing(call: Call, kit: Kit, row: RowMapping) -> str:
    """What it changes, where it can be used here."""
    if row["name"] in kit.off:
        return "switched off"
    if not call.tools.get(row["name"]).configured:
        return "not configured"
    return _effect(call, row["name"], row["effect"])


def _effect(call: Call, name: str, effect: str) -> str:
    return _IT_DEPENDS if call.tools.get(name).external_when is not None else _EFFECTS[effect]


def _used(calls: int) -> str:
    return f"{calls:,}" if calls < tools.MOST_COUNTED else f"{tools.MOST_COUNTED:,} or more"


async def _find(call: Call) -> dict[str, Any]:
    name = call.word(0, "the tool's name").lower()
    rows = await tools.all_tools(call.session)
    found = next((row for row in rows if row["name"] == name and name in call.tools), None)
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
        ("enabled", "no" if tool["name"] in (await _kit(call)).off else "yes"),
        ("used", f"{_used(tool['usage_count'])} times"),
    )
    text = f"{tool['description']}\n\n{arguments}"
    return (Details(title=tool["display_name"], fields=fields, text=text),)


async def _run(call: Call) -> UUID:
    """A task of one step, with the same approval, limits and record as any other."""
    tool = await _find(call)
    if tool["name"] in (await _kit(call)).off:
        raise Refused(
            f"{tool['name']} is switched off here.",
            remedy=f"An admin can switch it on with “/tools enable {tool['name']}”.",
        )
    spec = read_spec(
        {"nodes": [{"id": "n1", "type": "tool", "name": tool["name"], "config": _arguments(tool, call.words[1:])}]}
    )
    wrong = problems(spec, {tool["name"]: KnownTool(tool["schema"])})
    if wrong:
        raise Invalid(wrong[0], remedy=f"“/tools show {tool['name']}” lists its arguments.")
    await let_begin(call.session, call.heard)
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


async def _enable(call: Call) -> Sequence[Said]:
    return await _switch(call, on=True)


async def _disable(call: Call) -> Sequence[Said]:
    return await _switch(call, on=False)


async def _switch(call: Call, *, on: bool) -> Sequence[Said]:
    tool = await _find(call)
    name = tool["name"]
    call.about("tool", name)
    if not tool["enabled"]:
        raise Refused(f"{name} is switched off for everybody who uses this Legwork.", remedy="Ask whoever runs it.")
    if not await switch(call.session, call.person.org_id, name, on=on):
        call.changed_nothing()
        return (Note(text=f"{name} is switched {'on' if on else 'off'} already."),)
    if on:
        return (Note(text=f"{name} is switched on. What failed for want of it can be tried again."),)
    return (Note(text=f"{name} is switched off for everybody here. A call that runs now is seen through."),)


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
        Verb("enable", "switches one on for everybody here", "/tools enable http_request", _enable, Permission.MANAGE),
        Verb(
            "disable",
            "switches one off, also in plans that wait",
            "/tools disable http_request",
            _disable,
            Permission.MANAGE,
        ),
        Verb("run", "runs one by itself", "/tools run calculate expression=2*21", _run, Permission.WORK),
    ),
    also=("tool",),
)
