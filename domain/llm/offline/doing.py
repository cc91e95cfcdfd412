"""What a message asks to be done at once: call an address, ask the person something."""

import json
import re
from typing import Any

from domain.llm.offline.plans import Plan, Proposal, literal, refused
from domain.llm.offline.situation import Situation
from domain.llm.offline.talk import missing_tool

_REQUEST = re.compile(
    r"^(?:(?:send|make|do|issue|perform|schicke?|sende)\s+(?:an?|einen?|ein)\s+)?(?:http\s+)?(?P<method>get|post|put|patch"
    r"|delete|head|options)(?:[\s-]+request)?(?P<before>\b(?:(?!https?://).)*?)\s*(?:\b(?:to|from|at|on|an|à)\s+)?"
    r"(?P<url>https?://[^\s<>|]+)(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_POLITE_END = re.compile(r"(?:[\s,]+(?:please|pls|bitte|thanks|thank you|danke|now))+[\s.!]*$", re.IGNORECASE)
_PAYLOAD_LEAD = re.compile(
    r"^\s*[,:]?\s*(?:(?:with|using|mit|and|the|a|this|json|raw|request|body|data|payload|content|of|file)\b[\s:,=]*)*",
    re.I,
)
_ASK = re.compile(r"^(?:first\s+)?(?:ask me|frag(?:e)? mich)\b[\s:,]*(?P<what>.+)$", re.IGNORECASE | re.DOTALL)
_FOR = re.compile(r"^(?:for|about|nach)\s+(?P<thing>.+)$", re.IGNORECASE | re.DOTALL)
_QUESTION_WORD = re.compile(r"^(?:what|which|where|when|who|whom|how|why|if|whether|do|does|did|is|are|can)\b", re.I)
_MINE = ((re.compile(r"\bmy\b", re.I), "your"), (re.compile(r"\bI am\b|\bI'm\b", re.I), "you are"),
         (re.compile(r"\b(?:I|me)\b"), "you"))  # fmt: skip


def request(situation: Situation) -> Proposal | None:
    """“POST https://… {json}”, “POST {json} to https://…”, “send a POST request to https://… with {json}”."""
    match = _REQUEST.match(situation.bare)
    if match is None or situation.attachments:
        return None
    method = match["method"].upper()
    url = match["url"].rstrip(".,;")
    rest = _POLITE_END.sub("", match["rest"])
    before, after = _PAYLOAD_LEAD.sub("", match["before"]).strip(), _PAYLOAD_LEAD.sub("", rest).strip(" .")
    payload = _payload(before or after) if not (before and after) else None
    takes_none = method in ("GET", "HEAD", "OPTIONS")
    if payload is None or (payload and takes_none):
        form = f"{method} {url}" if takes_none else f"{method} {url} {{…}}"
        return refused(f"I did not understand “{after or before}”, so nothing was sent. Write: {form}")
    if "http_request" not in situation.tools:
        return missing_tool(("http_request",))
    plan = Plan()
    answered = plan.tool("http_request", {"method": method, "url": url, **payload})
    plan.write("answer", "Say what the address answered.", [answered])
    return plan.proposal(f"I'll send {method} to {url}.", f"{method} {url}"[:60])


def _payload(written: str) -> dict[str, Any] | None:
    """What is sent, as the tool takes it; None where it is neither JSON nor quoted."""
    if not written:
        return {}
    if written[0] in "{[":
        try:
            return {"json": json.loads(literal(written))}
        except ValueError:
            return None
    if len(written) > 1 and (written[0], written[-1]) in (('"', '"'), ("'", "'"), ("“", "”"), ("„", "“")):
        return {"body": literal(written[1:-1])}
    return None


def asking(situation: Situation) -> Proposal | None:
    """“ask me for my favourite colour”."""
    match = _ASK.match(situation.bare)
    if match is None:
        return None
    question = _question(match["what"])
    if not question:
        return refused("What should I ask you?")
    plan = Plan()
    answered = plan.ask(question)
    plan.write("answer", "Repeat the answer that was given.", [answered])
    return plan.proposal("I'll ask you.", question)


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
