"""``/admin tools``: what may be used at all on this installation."""

from collections.abc import Sequence
from difflib import get_close_matches

from bot.commands.declare import Call, Verb
from domain.conversations.said import Listing, Note, Said
from domain.core.errors import NotFound
from domain.orgs.access import Permission
from domain.tools import repository as tools
from domain.tools.kit import switch_for_all

OPERATE = Permission.OPERATE


async def _list(call: Call) -> Sequence[Said]:
    rows = await tools.all_tools(call.session)
    return (
        Listing(
            title="Tools of this installation",
            columns=("tool", "what it does", "is"),
            rows=tuple((row["name"], row["description"], "on" if row["enabled"] else "off for all") for row in rows),
            footer="“/admin tools off NAME” switches one off for everybody; organizations switch theirs with “/tools”.",
        ),
    )


async def _on(call: Call) -> Sequence[Said]:
    return await _switch(call, on=True)


async def _off(call: Call) -> Sequence[Said]:
    return await _switch(call, on=False)


async def _switch(call: Call, *, on: bool) -> Sequence[Said]:
    tool, state = call.word(0, "the tool's name").lower(), "on" if on else "off"
    names = [str(row["name"]) for row in await tools.all_tools(call.session)]
    if tool not in names:
        near = get_close_matches(tool, names, n=1)
        remedy = f"Did you mean “{near[0]}”?" if near else "“/admin tools list” lists them."
        raise NotFound(f"There is no tool “{tool}”.", remedy=remedy)
    call.about("tool", tool)
    async with call.session.system("what is used at all is the installation's"):
        changed = await switch_for_all(call.session, tool, on=on)
    if not changed:
        call.changed_nothing()
        return (Note(text=f"{tool} is {state} already."),)
    but = "; what an organization has switched off itself stays off there" if on else ", also in what is under way"
    return (Note(text=f"{tool} is {state} for everybody here now{but}."),)


VERBS = (
    Verb(
        "tools list",
        "what may be used at all",
        "/admin tools list",
        _list,
        permission=OPERATE,
        private=True,
        audited=False,
    ),
    Verb("tools on", "lets one be used again", "/admin tools on http_request", _on, permission=OPERATE, private=True),
    Verb(
        "tools off",
        "switches one off for everybody, at once",
        "/admin tools off http_request",
        _off,
        permission=OPERATE,
        private=True,
    ),
)
