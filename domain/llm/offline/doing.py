"""What a message asks to be done at once: write a file, call an address, ask the person something."""

import json
import re
from typing import Any

from domain.llm.offline.plans import Plan, Proposal, reply
from domain.llm.offline.situation import Situation
from domain.llm.offline.talk import missing_tool
from domain.llm.offline.target import target_of

_REQUEST = re.compile(
    r"^(?:(?:send|make|do)\s+an?\s+)?(?P<method>get|post|put|patch|delete|head"
    r"|options)\s+(?:request\s+)?(?:to\s+|from\s+)?"
    r"(?P<url>https?://[^\s<>|]+)(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ASK = re.compile(r"^(?:first\s+)?(?:ask me|frag(?:e)? mich)\b[\s:,]*(?P<what>.+)$", re.IGNORECASE | re.DOTALL)
_FOR = re.compile(r"^(?:for|about|nach)\s+(?P<thing>.+)$", re.IGNORECASE | re.DOTALL)
_QUESTION_WORD = re.compile(r"^(?:what|which|where|when|who|whom|how|why|if|whether|do|does|did|is|are|can)\b", re.I)
_MINE = ((re.compile(r"\bmy\b", re.I), "your"), (re.compile(r"\bI am\b|\bI'm\b", re.I), "you are"),
         (re.compile(r"\b(?:I|me)\b"), "you"))  # fmt: skip


def writing(situation: Situation) -> Proposal | None:
    """“save to notes.md: …”, or “save that to notes.md” for what was said last."""
    target = target_of(situation)
    if target is None or situation.attachments:
        return None
    content = target.content
    others = [file for file in situation.mentioned if file.name != target.name]
    if content is None and not target.before and not others and not situation.urls:
        if situation.failed:
            return reply(f"There is nothing to save to {target.name}: what you asked for last was not done.")
        if not situation.said:
            return reply(f"There is nothing to write to {target.name} yet: put the text after a colon.")
        content = situation.said
    if content is None:
        return None
    if "write_file" not in situation.tools:
        return missing_tool(("write_file",))
    plan = Plan()
    written = plan.tool("write_file", {"name": target.name, "content": content})
    plan.write("answer", "Say what was written.", [written])
    return plan.proposal(f"I'll write {target.name}.", f"Write {target.name}")


def request(situation: Situation) -> Proposal | None:
    """“POST https://… {json}”."""
    match = _REQUEST.match(situation.bare)
    if match is None:
        return None
    if "http_request" not in situation.tools:
        return missing_tool(("http_request",))
    method, url = match["method"].upper(), match["url"].rstrip(".,;")
    plan = Plan()
    answered = plan.tool("http_request", {"method": method, "url": url, **_payload(match["rest"])})
    plan.write("answer", "Say what the address answered.", [answered])
    return plan.proposal(f"I'll send {method} to {url}.", f"{method} {url}"[:60])


def _payload(rest: str) -> dict[str, Any]:
    start = rest.find("{")
    if start < 0:
        return {}
    try:
        return {"json": json.loads(rest[start:])}
    except ValueError:
        return {"body": rest[start:].strip()}


def asking(situation: Situation) -> Proposal | None:
    """“ask me for my favourite colour”."""
    match = _ASK.match(situation.bare)
    if match is None:
        return None
    question = _question(match["what"])
    if not question:
        return reply("What should I ask you?")
    plan = Plan()
    answered = plan.ask(question)
    plan.write("answer", "Repeat the answer that was given.", [answered])
    return plan.proposal("I'll ask you.", "A question to you")


def _question(what: str) -> str:
    text = what.strip().strip('"“”').rstrip(".?! ")
    for mine, yours in _MINE:
        text = mine.sub(yours, text)
    thing = _FOR.match(text)
    if thing:
        return f"What is {thing['thing']}?"
    if not text:
        return ""
    text = re.sub(r"^(?:if|whether)\s+", "Is it so that ", text, flags=re.IGNORECASE)
    start = text[0].upper() + text[1:]
    return f"{start}?" if _QUESTION_WORD.match(what.strip()) else f"Please tell me: {text}"
