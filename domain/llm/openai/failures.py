"""What a failed attempt means: ask again, ask for less, or tell whom it concerns."""

import email.utils
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import cast

import openai

from domain.core.errors import Invalid, LegworkError, Misconfigured, Unavailable, Unusable
from domain.llm.openai.call import UNREADABLE_CALL, WRONG_ADDRESS, Broken, Call, Feature
from domain.llm.openai.guard import EMPTY, REPEATS, THOUGHT_ONLY, TOO_DEEP
from domain.llm.openai.window import LEAST, Room, room_of

_PASSING = (408, 429)
_KEY = re.compile(r"\b(?:sk|pk|key)-[A-Za-z0-9_*-]{4,}|Bearer\s+\S+", re.IGNORECASE)
_ADDRESS = re.compile(
    r"\w+://[^\s'\"“”<>)]+|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b|\[[0-9a-f:]*:[0-9a-f:]+\](?::\d+)?"
    r"|\b(?:localhost|[\w-]+(?:\.[\w-]+)*):\d{2,5}\b|\b[\w-]+(?:\.[\w-]+)*\.(?:internal|local|lan|svc|corp)\b",
    re.IGNORECASE,
)
_NO_SUCH = re.compile(r"not (?:exist|found)|no such|unknown|not a valid model", re.I)
_TOO_LONG = re.compile(
    r"context.?(?:length|window|size|limit)|maximum context|too many tokens|prompt is too long"
    r"|max_(?:new_|completion_|output_)?tokens\W.*(?:too large|exceed|must be|at most)|requested of",
    re.I,
)
_WORDS: dict[Feature, re.Pattern[str]] = {
    "aside": re.compile(r"\broles? must alternate\b|\brole\b.{0,20}\bafter\b.{0,20}\btool\b", re.I),
    "schema": re.compile(r"response_format|json_schema|text\.format|structured output|guided", re.I),
    "temperature": re.compile(r"temperature", re.I),
    "reasoning": re.compile(r"reasoning", re.I),
    "usage": re.compile(r"stream_options|include_usage", re.I),
    "output_limit": re.compile(r"max_completion_tokens|max_output_tokens", re.I),
    "storing": re.compile(r"\bstore\b", re.I),
    "system": re.compile(
        r"\bsystem\b.{0,40}\b(?:roles?|messages?|prompts?)\b|\broles?\b.{0,60}\bsystem\b|\binstructions\b", re.I
    ),
    "choice": re.compile(r"tool_choice", re.I),
    "tools": re.compile(r"\btools?\b|tool_choice|\bfunctions?\b", re.I),
}
"""How servers word that they do not know a feature; the vaguest words come last."""


_NOT_KNOWN = re.compile(
    r"support|enable|unknown|unrecogni[sz]ed|unexpected|not (?:allowed|permitted|available|known)|extra", re.I
)


@dataclass(frozen=True, slots=True)
class Failure:
    """``error`` is raised when nothing else helps."""

    error: LegworkError
    passing: bool = False
    """Whether the same call may succeed in a moment."""
    again: str | None = None
    """The model is asked once more, and told this (nothing, where it is empty)."""
    cut: bool = False
    """Its limit was reached before it said a word."""
    too_long: bool = False
    """The model's window does not hold what was sent and an answer."""
    window: int | None = None
    """That window in tokens, where it was told."""
    room: Room | None = None
    """What was asked for does not fit; this would."""
    without: Feature | None = None
    """What the server refused, where the call may succeed without it."""
    after: timedelta | None = None
    """How long the server asked us to wait."""
    told: str = ""
    """What was raised, for the log: without anything like a key."""


def failure_of(error: Exception, call: Call) -> Failure:
    """What an attempt's error means: for people without an address, which is an operator's business."""
    return replace(_failure(error, call), told=_masked(str(error) or type(error).__name__))


def _failure(error: Exception, call: Call) -> Failure:
    if isinstance(error, openai.APIStatusError):
        return _status(error, call)
    if isinstance(error, (openai.APITimeoutError, TimeoutError)):
        return _passing("The language model did not answer in time.", "model_timeout")
    if isinstance(error, openai.APIConnectionError):
        return _passing("The language model is not reachable.", "model_unreachable", _LOOK)
    if isinstance(error, openai.APIError):  # an error told in mid-stream
        return _told(error.code, error.message, call)
    if isinstance(error, Broken):
        return _told(error.code, error.reason, call)
    if isinstance(error, (ValueError, TypeError, AttributeError)):
        # Nothing checks what a server sends: a malformed answer shows itself wherever it is first used.
        return _told(None, "it is unreadable", call)
    raise error


_LOOK = "An admin can look with “legwork doctor”."


def _status(error: openai.APIStatusError, call: Call) -> Failure:
    status, message = error.status_code, _message(error)
    if status in (401, 403):
        return Failure(_refused_key(status, call))
    if status == 429 and _is_quota(error.code, error.type, message):
        return Failure(_quota())
    if status == 409:
        return Failure(_unusable(message), passing=True)
    feature = _refused_feature(message, call)
    if status == 500 and feature == "aside":  # a template's own words, which llama.cpp passes on as its fault
        return Failure(_unusable(message), without=feature)
    if status in _PASSING or status >= 500:
        after = retry_after(error.response.headers, datetime.now(UTC))
        busy = "has too much to do" if status == 429 else f"has a problem (status {status})"
        sentence = f"The language model {busy} at the moment."
        return Failure(Unavailable(sentence, after=after), passing=True, after=after)
    if status == 404 and not _names_model(error.code, message, call.model):
        return Failure(_wrong_address())
    return _rejected(error.code, message, call)


def _told(code: str | None, message: str, call: Call) -> Failure:
    """An error that came inside a stream, or an answer that is not whole."""
    if _is_quota(code, None, message):
        return Failure(_quota())
    if code == WRONG_ADDRESS:
        return Failure(_wrong_address())
    if code in ("invalid_prompt", "content_filter", "bio_policy", "misalignment_policy_violation"):
        return Failure(_filtered())
    if code == "context_length_exceeded" or _TOO_LONG.search(message):
        return _not_held(message, call)
    again = _AGAIN.get(code or "", _AGAIN.get(message, ""))
    return Failure(_unusable(message), again=again, cut=message == THOUGHT_ONLY)


def _unusable(message: str) -> LegworkError:
    return Unusable(
        f"The model gave no answer that can be used: {shown(message)}.",
        remedy="Try again in other words, or choose another model.",
    )


_AGAIN = {
    UNREADABLE_CALL: "Your last call could not be read: its arguments were no JSON object. Call again with one.",
    EMPTY: "Your last answer was empty. Answer now.",
    REPEATS: "Your last answer repeated itself without end. Answer once, and briefly.",
    TOO_DEEP: "Your last answer was nested without end. Answer with one small JSON object, as asked.",
    THOUGHT_ONLY: "You thought until your limit was reached and gave no answer. Answer at once, without thinking.",
}
"""What the model is told of an answer that is none, by its code or its reason."""


def _not_held(message: str, call: Call) -> Failure:
    room = room_of(message, call.limit)
    fits = room if room is None or room.answer is None or room.answer >= LEAST else None
    return Failure(_too_long(call), too_long=True, window=room.window if room is not None else None, room=fits)


def _rejected(code: str | None, message: str, call: Call) -> Failure:
    if code == "context_length_exceeded" or _TOO_LONG.search(message):
        return _not_held(message, call)
    if code in ("content_filter", "content_policy_violation"):
        return Failure(_filtered())
    if _names_model(code, message, call.model):
        sentence = f"The model server has no model {call.model}."
        remedy = "Choose another with “/models use NAME”; an admin can set LEGWORK_MODEL."
        return Failure(Invalid(sentence, remedy=remedy, code="no_such_model"))
    sentence = f"The language model refused the request: {shown(message)}."
    return Failure(Invalid(sentence, code="model_refused"), without=_refused_feature(message, call))


def _refused_feature(message: str, call: Call) -> Feature | None:
    for feature, words in _WORDS.items():
        if call.uses(feature) and words.search(message):
            return None if _is_of_exchange(feature, message, call) else feature
    return None


def _is_of_exchange(feature: Feature, message: str, call: Call) -> bool:
    """Whether a refusal that speaks of tools is about calls that were made before, and not about there being tools."""
    return feature == "tools" and bool(call.exchange) and not _NOT_KNOWN.search(message)


def _passing(sentence: str, code: str, remedy: str | None = None) -> Failure:
    return Failure(Unavailable(sentence, remedy=remedy, code=code), passing=True)


def _refused_key(status: int, call: Call) -> LegworkError:
    if status == 401:
        sentence = "The language model does not accept Legwork's key."
        return Misconfigured(sentence, remedy="An admin has to set OPENAI_API_KEY to a valid one.", code="model_key")
    sentence = f"Legwork's key may not use the model {call.model}."
    remedy = "An admin has to give it access, or to set LEGWORK_MODEL."
    return Misconfigured(sentence, remedy=remedy, code="model_forbidden")


def _quota() -> LegworkError:
    sentence = "The quota of the language model's account is used up."
    return Unavailable(sentence, remedy="An admin has to top it up or to raise its limit.", code="model_quota")


def _wrong_address() -> LegworkError:
    return Misconfigured(
        "The model server does not know the address that models are asked at.",
        remedy="An admin has to check OPENAI_BASE_URL (most end in /v1), or to set LEGWORK_LLM_API=chat.",
        code="model_address",
    )


def _too_long(call: Call) -> LegworkError:
    return Invalid(
        f"This is more text than the model {call.model} can take in at once.",
        remedy="Send less, or choose a model with a larger context.",
        code="model_too_long",
    )


def _filtered() -> LegworkError:
    return Invalid(
        "The model's provider refused this content.",
        remedy="Put it differently, or leave that part out.",
        code="model_filtered",
    )


def _is_quota(code: str | None, kind: str | None, message: str) -> bool:
    return "insufficient_quota" in (code, kind) or "exceeded your current quota" in message


def _names_model(code: str | None, message: str, model: str) -> bool:
    return code == "model_not_found" or (model in message and _NO_SUCH.search(message) is not None)


def _message(error: openai.APIStatusError) -> str:
    """The server's own words, without the SDK's dump of the whole body."""
    parsed = error.body
    if not isinstance(parsed, Mapping):
        return error.message
    body = cast("Mapping[str, object]", parsed)
    told, param = body.get("message"), body.get("param")
    if not isinstance(told, str):
        return error.message
    return f"{told} ({param})" if isinstance(param, str) and param not in told else told


def shown(message: str) -> str:
    """A server's message as people may read it: short, one line, without anything like a key or an address."""
    return _masked(_ADDRESS.sub("…", " ".join(message.split()))).rstrip(".")


def _masked(message: str) -> str:
    line = _KEY.sub("…", " ".join(message.split()))
    return line if len(line) <= 200 else f"{line[:200].rstrip()}…"


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """The wait a server asked for: ``retry-after-ms``, or ``Retry-After`` (RFC 9110, section 10.2.3)."""
    exact = _number(headers.get("retry-after-ms"))
    if exact is not None:
        return timedelta(milliseconds=exact)
    written = headers.get("retry-after")
    seconds = _number(written)
    if seconds is not None:
        return timedelta(seconds=seconds)
    try:
        moment = email.utils.parsedate_to_datetime(written or "")
    except ValueError:
        return None
    return max(moment.replace(tzinfo=moment.tzinfo or UTC) - now, timedelta(0))


def _number(written: str | None) -> float | None:
    try:
        value = float(written or "")
    except ValueError:
        return None
    return value if 0 <= value < 1e7 else None
