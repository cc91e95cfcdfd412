"""Forms: a command put together by choosing, and what to do with a message that is handed over.

What a form is about travels in its ``private_metadata``, which Slack hands back with what was filled in.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.commands.declare import Noun
from bot.slack.files import attached
from bot.slack.literal import label
from bot.slack.referred import marked
from bot.slack.shapes import mapping, mappings, string
from bot.slack.words import NOBODY, Names, spoken
from domain.conversations.ports import IncomingFile
from domain.conversations.quoted import Quoted

Json = dict[str, Any]

COMMAND = "legwork_command"
"""The form that becomes a command."""
GIVE = "legwork_give"
"""The message shortcut, and the form it opens."""
FORM_ACTION = "form"
"""The action of a button that opens the form of one noun."""

_KEPT = 3_000  # characters Slack keeps with a form
_FILES = 8
_OPTIONS = 100


def command(nouns: Sequence[Noun], noun: str = "") -> Json:
    """The form for every command, or for those of one noun."""
    wanted = [one for one in nouns if one.name == noun] or list(nouns)
    groups = [
        {
            "label": _plain(label(one.summary, 75)),
            "options": [_option(one.name, verb.name, verb.summary) for verb in one.verbs][:_OPTIONS],
        }
        for one in wanted
    ]
    lines = {"multiline": True} if any(verb.lines for one in wanted for verb in one.verbs) else {}
    examples = ", ".join(verb.example.removeprefix("/") for one in wanted[:1] for verb in one.verbs[:2])
    return _modal(
        COMMAND,
        wanted[0].name if len(wanted) == 1 else "Commands",
        "Run",
        [
            _input("command", "What to do", {"type": "static_select", "action_id": "chosen", "option_groups": groups}),
            _input(
                "words",
                "With",
                {
                    "type": "plain_text_input",
                    "action_id": "written",
                    "placeholder": _plain(label(f"If it needs more words, as in {examples}", 150)),
                }
                | lines,
                optional=True,
            ),
        ],
    )


def composed(view: Json) -> str:
    """The text of the command that was chosen; empty where none was."""
    chosen = string(mapping(_field(view, "command", "chosen").get("selected_option")).get("value"))
    return f"/{chosen} {string(_field(view, 'words', 'written').get('value'))}".strip() if chosen else ""


def give(message: Json, names: Names = NOBODY) -> Json:
    """The form that asks what to do with somebody's message; ``names`` are those of the people and channels in it."""
    quoted = spoken(marked(message), names=names)
    files = [
        {"id": file.ref, "name": file.name[:60], "mimetype": file.mime_type[:60], "size": file.size}
        for file in attached(message.get("files"))
    ][:_FILES]
    asked = _input(
        "wish",
        "What shall I do with it?",
        {"type": "plain_text_input", "action_id": "written", "multiline": True, "max_length": 2_000},
    )
    shown: Json = {"type": "section", "text": _plain(label(quoted, 1_000) or "(no text)")}
    kept = _kept(quoted, names.get(string(message.get("user")), ""), files)
    return _modal(GIVE, "Give to Legwork", "Give", [asked, shown]) | {"private_metadata": kept}


def given(view: Json) -> tuple[str, tuple[Quoted, ...], tuple[IncomingFile, ...]]:
    """What the person wants, and the message with its files: it is somebody else's words, not theirs."""
    try:
        kept = mapping(json.loads(string(view.get("private_metadata"))))
    except ValueError:
        kept = {}
    wish = string(_field(view, "wish", "written").get("value")).strip()
    files = tuple(replace(file, of_others=True) for file in attached(mappings(kept.get("files"))))
    text, who = string(kept.get("text")), string(kept.get("who")) or None
    piece = Quoted("shared", text, who, files=tuple(file.name for file in files))
    return wish, (piece,) if text or files else (), files


def _kept(quoted: str, who: str, files: list[Json]) -> str:
    """The message within what Slack keeps with a form; a text that is too long is marked as shortened."""
    most = _KEPT
    while True:
        text = quoted if len(quoted) <= most else f"{quoted[:most]}… (shortened)"
        kept = json.dumps({"text": text, "who": who[:80], "files": files}, ensure_ascii=False)
        if len(kept) <= _KEPT:
            return kept
        most = most * 3 // 4


def _field(view: Json, block: str, action: str) -> Json:
    return mapping(mapping(mapping(mapping(view.get("state")).get("values")).get(block)).get(action))


def _modal(callback_id: str, title: str, submit: str, blocks: list[Json]) -> Json:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": _plain(label(title, 24)),
        "submit": _plain(submit),
        "close": _plain("Cancel"),
        "blocks": blocks,
    }


def _input(block_id: str, name: str, element: Json, *, optional: bool = False) -> Json:
    return {"type": "input", "block_id": block_id, "label": _plain(name), "element": element, "optional": optional}


def _option(noun: str, verb: str, summary: str) -> Json:
    return {
        "text": _plain(label(f"{noun} {verb}", 75)),
        "value": f"{noun} {verb}",
        "description": _plain(label(summary, 75)),
    }


def _plain(text: str) -> Json:
    """``text`` is escaped."""
    return {"type": "plain_text", "text": text, "emoji": False}
