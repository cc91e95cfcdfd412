"""Servers and models as they are: each manner is a way in which one that people use differs from the sound one.

The same small conversation is held by all of them, so that what a manner changes can be told from what is asked:
the capital of France is a direct reply; a sum is a plan whose one step may call ``calculate``; any other message is
a plan of a sum and an answer.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

from tests.fakes.openai import bodies
from tests.fakes.openai.behaviours import Behaviour, Call, decides, fails, says
from tests.fakes.openai.rules import last_words

Json = dict[str, Any]
Manner = Callable[[Json], Behaviour]

SECRET = "the-inner-voice"
"""Stands in everything that is thought, and nowhere else."""
THOUGHT = f"Okay, {SECRET} wants an answer. Let me think about {SECRET}.\n"
CAPITAL = "The capital of France is Paris."
SUM = "It is 42."
PLAN = {"reply": "I work it out.", "kind": "plan", "title": "A sum"}


def sound(body: Json) -> Behaviour:
    """What the model has to say, before its manner."""
    words = last_words(body)
    if not is_decision(body):
        if "tools" in body and not _answered(body):
            return Behaviour(calls=(Call("calculate", {"expression": "6*7"}, "call_a"),))
        return says(SUM)
    if "capital" in words:
        return decides({"reply": CAPITAL, "kind": "reply", "title": "", "plan": None})
    answer = {"id": "n1", "type": "llm", "name": "answer", "config": {"prompt": "Answer.", "tools": ["calculate"]}}
    if "sum" in words:
        return decides(PLAN | {"plan": {"nodes": [answer], "edges": []}})
    nodes = [
        {"id": "n1", "type": "tool", "name": "calculate", "config": {"expression": "6*7"}},
        {"id": "n2", "type": "llm", "name": "answer", "config": {"prompt": "Answer.", "inputs": ["{{ n1.output }}"]}},
    ]
    return decides(PLAN | {"plan": {"nodes": nodes, "edges": [["n1", "n2"]]}})


def is_decision(body: Json) -> bool:
    written = json.dumps(body.get("messages") or [body.get("instructions"), body.get("input")])
    return "Decide, once, what follows" in written


def _turns(body: Json) -> list[Json]:
    return body.get("input") or body["messages"]


def _answered(body: Json) -> bool:
    return any(turn.get("role") == "tool" or turn.get("type") == "function_call_output" for turn in _turns(body))


def _is_chat(body: Json) -> bool:
    return "messages" in body


# -- what is thought aloud ---------------------------------------------------------------------------


def _before(opening: str, closing: str, *, steps_only: bool = False) -> Manner:
    def manner(body: Json) -> Behaviour:
        made = sound(body)
        if made.calls or (steps_only and is_decision(body)):
            return made
        return replace(made, text=f"{opening}{THOUGHT}{closing}\n\n{made.text}")

    return manner


def _in_reply(body: Json) -> Behaviour:
    made = sound(body)
    if not is_decision(body):
        return replace(made, text=f"<think>{THOUGHT}</think>{made.text}") if made.text else made
    decision = json.loads(made.text)
    title = f"<think>{SECRET}</think>{decision['title']}"
    return decides(decision | {"reply": f"<think>{THOUGHT}</think>\n{decision['reply']}", "title": title})


def _apart(*names: str) -> Manner:
    """The server keeps the thought apart, in a field of its own."""

    def manner(body: Json) -> Behaviour:
        made = sound(body)
        thought: list[Json] = [{name: THOUGHT, "content": None} for name in names]
        return replace(made, events=(*(_chunk(body, delta) for delta in thought), *_events(body, made)))

    return manner


# -- limits ------------------------------------------------------------------------------------------


def _cut(text: str, *, decisions: bool = True) -> Manner:
    def manner(body: Json) -> Behaviour:
        if is_decision(body) and not decisions:
            return sound(body)
        return says(text, incomplete="max_output_tokens")

    return manner


def _small_window(body: Json) -> Behaviour:
    """A window of 4,096 tokens, of which any prompt takes 900."""
    wanted = body.get("max_completion_tokens") or body.get("max_tokens") or body.get("max_output_tokens") or 0
    if 900 + wanted <= 4_096:
        return sound(body)
    message = (
        f"This model's maximum context length is 4096 tokens. However, you requested {900 + wanted} tokens "
        f"(900 in the messages, {wanted} in the completion). Please reduce the length of the messages or completion."
    )
    return fails(400, message, kind="BadRequestError")


# -- what the server does not know, or demands --------------------------------------------------------


def _alternate(body: Json) -> Behaviour:
    roles = [turn.get("role") for turn in _turns(body) if turn.get("role") in ("user", "assistant")]
    if any(one == other == "user" for one, other in pairwise(roles)) or roles[0] != "user":
        return fails(400, "Conversation roles must alternate user/assistant/user/assistant/...")
    return sound(body)


def _no_system(body: Json) -> Behaviour:
    if body.get("instructions") or any(turn.get("role") == "system" for turn in _turns(body)):
        return fails(400, "System role not supported")
    return sound(body)


def _no_schema(body: Json) -> Behaviour:
    if body.get("response_format") or body.get("text"):
        return fails(400, "response_format / text.format of type json_schema is not supported")
    return sound(body)


# -- the form of the answer --------------------------------------------------------------------------


def _chunk(body: Json, delta: Json | None, finish: str | None = None) -> Json:
    return {"id": "chatcmpl_1", "object": "chat.completion.chunk", "created": bodies.CREATED, "model": body["model"],
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}  # fmt: skip


def _events(body: Json, made: Behaviour) -> list[Json]:
    if _is_chat(body):
        return list(bodies.completion_chunks(body, "", made))
    return list(bodies.response_events(body, "", made))


def _without_delta(body: Json) -> Behaviour:
    """The asynchronous content filter of Azure."""
    first = {**_chunk(body, {}), "choices": [], "prompt_filter_results": [{"prompt_index": 0}]}
    last = _chunk(body, {}, None)
    last["choices"] = [{"index": 0, "finish_reason": None, "content_filter_results": {}, "content_filter_offsets": {}}]
    return replace(sound(body), events=(first, *_events(body, sound(body)), last))


def _nulls(body: Json) -> Behaviour:
    """Fields that are there and hold nothing."""
    empty = {**_chunk(body, None), "choices": None, "usage": None}
    return replace(sound(body), events=(empty, _chunk(body, None), *_events(body, sound(body))))


def _as_parts(body: Json) -> Behaviour:
    made = sound(body)
    if made.calls:
        return made
    inner = [{"type": "thinking", "thinking": [{"type": "text", "text": THOUGHT}]}]
    told = [_chunk(body, {"content": [{"type": "text", "text": piece}]}) for piece in bodies.pieces(made.text)]
    return replace(made, events=(_chunk(body, {"content": inner}), *told, _chunk(body, {}, "stop")))


def _error_object(body: Json) -> Behaviour:
    error = {"error": {"message": "the engine is confused", "type": "server_error", "code": 500}}
    return says("", raw=json.dumps(error).encode(), content_type="application/json")


def _error_event(body: Json) -> Behaviour:
    error = {"message": "the engine is confused", "type": "server_error", "param": None, "code": "server_error"}
    return says("It is surely thus, or so.", error=error, error_after=1)


def _not_streamed(body: Json) -> Behaviour:
    return replace(sound(body), whole=True)


def _whole_in_a_stream(body: Json) -> Behaviour:
    """One JSON body, over several lines, under the name of a stream."""
    made = sound(body)
    whole = bodies.completion(body, "", made) if _is_chat(body) else bodies.response(body, "", made)
    return says("", raw=json.dumps(whole, indent=2).encode())


def _unfinished(body: Json) -> Behaviour:
    """No reason why it ended, only the word that it did."""
    told = [event for event in _events(body, sound(body)) if not any(c["finish_reason"] for c in event["choices"])]
    return replace(sound(body), events=tuple(told))


def _left_out(body: Json) -> Behaviour:
    """The end does not repeat what was streamed."""
    *told, last = _events(body, sound(body))
    calls = bodies.response(body, "", sound(body))["output"]
    items = [{"type": "response.output_item.done", "output_index": 0, "item": item} for item in calls]
    return replace(sound(body), events=(*told, *items, {**last, "response": {**last["response"], "output": []}}))


def _only_the_end(body: Json) -> Behaviour:
    return replace(sound(body), events=tuple(_events(body, sound(body))[-1:]), done=False)


# -- text around and inside of objects ----------------------------------------------------------------


def _wrapped(wrap: Callable[[str], str]) -> Manner:
    def manner(body: Json) -> Behaviour:
        made = sound(body)
        return replace(made, text=wrap(made.text)) if is_decision(body) else made

    return manner


def _looping(body: Json) -> Behaviour:
    return says("I think that the answer is the answer that I think that it is. " * 400)


def _nesting(body: Json) -> Behaviour:
    opening = '{"reply": "I do it.", "kind": "plan", "title": "x", "plan": {"nodes": [{"id": "n1", "config": '
    return says(opening + '{"config": ' * 3_000)


# -- function calls -----------------------------------------------------------------------------------

TWO = (Call("calculate", {"expression": "6*7"}, "call_a"), Call("calculate", {"expression": "40+2"}, "call_b"))


def _calling(build: Callable[[Json], list[Json]]) -> Manner:
    """Fragments of calls of a model's own making, where the sound one would call."""

    def manner(body: Json) -> Behaviour:
        made = sound(body)
        if not made.calls:
            return made
        fragments = [_chunk(body, {"tool_calls": [fragment]}) for fragment in build(body)]
        return replace(made, events=(*fragments, _chunk(body, {}, "tool_calls")))

    return manner


def _fragments(*, index: bool = True, ids: bool = True, same: bool = False, repeat: bool = False) -> Manner:
    def build(_: Json) -> list[Json]:
        told: list[Json] = []
        for place, call in enumerate(TWO):
            for number, written in enumerate((call.written[:9], call.written[9:])):
                fragment: Json = {"type": "function", "function": {"arguments": written}}
                if number == 0 or repeat:
                    fragment["function"]["name"] = call.name
                if ids and (number == 0 or repeat):
                    fragment["id"] = call.id
                if index:
                    fragment["index"] = 0 if same else place
                told.append(fragment)
        return told

    return _calling(build)


def _written(arguments: str) -> Manner:
    def manner(body: Json) -> Behaviour:
        made = sound(body)
        return replace(made, calls=(Call("calculate", arguments, "call_a"),)) if made.calls else made

    return manner


def _in_words(before: str, after: str) -> Manner:
    """Of a model whose marks for calls the server does not know."""

    def manner(body: Json) -> Behaviour:
        made = sound(body)
        told = [json.dumps({"name": call.name, "arguments": call.arguments}) for call in made.calls]
        return says(f"{before}{told[0]}{after}") if told else made

    return manner


def _as_objects(_: Json) -> list[Json]:
    return [{"function": {"name": call.name, "arguments": call.arguments}} for call in TWO]


def _old_style(body: Json) -> Behaviour:
    """The function call of before there were several."""
    made = sound(body)
    if not made.calls:
        return made
    head, rest = {"name": "calculate", "arguments": '{"expression":'}, {"arguments": ' "6*7"}'}
    told = (_chunk(body, {"function_call": head}), _chunk(body, {"function_call": rest}))
    return replace(made, events=(*told, _chunk(body, {}, "function_call")))


_SUM = '{"expression": "6*7"}'

BOTH: dict[str, Manner] = {
    "plain": sound,
    "closethink": _before("", "</think>"),
    "think": _before("<think>", "</think>"),
    "think-node": _before("<think>", "</think>", steps_only=True),
    "think-brackets": _before("[THINK]", "[/THINK]"),
    "think-channels": _before("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    "think-in-reply": _in_reply,
    "length-text": _cut("The capital of France is a city on the"),
    "length-node": _cut("It is, as far as I can", decisions=False),
    "length-empty": _cut(""),
    "length-think": _cut(f"<think>{THOUGHT}"),
    "length-closethink": _before("", "</think>"),
    "smallctx": _small_window,
    "alternate": _alternate,
    "no-system": _no_system,
    "no-schema": _no_schema,
    "empty": lambda _: says(""),
    "error200": _error_object,
    "error-event": _error_event,
    "no-stream": _not_streamed,
    "whole-in-stream": _whole_in_a_stream,
    "uncounted": lambda body: replace(sound(body), counts=False),
    "intro": _wrapped(lambda text: f"Sure! Here is what I will do:\n\n{text}\n\nI hope that helps."),
    "fence": _wrapped(lambda text: f"Here it is:\n```json\n{text}\n```"),
    "comma": _wrapped(lambda text: f"{text[:-1]},}}"),
    "encoded": _wrapped(json.dumps),
    "loop": _looping,
    "nesting": _nesting,
    "tool-doubleenc": _written(json.dumps(_SUM)),
    "tool-badjson": _written(_SUM[:-1] + ",}"),
    "tool-unclosed": _written(_SUM[:-1]),
    "tool-in-marks": _in_words("I work it out.\n<tool_call>\n", "\n</tool_call>"),
    "tool-in-brackets": _in_words("[TOOL_CALLS][", "]"),
    "tool-in-fence": _in_words("```json\n", "\n```"),
    "tool-nojson": _written("{expression is 6*7"),
}
"""Manners of either interface."""

CHAT: dict[str, Manner] = BOTH | {
    "reasoning": _apart("reasoning_content", "reasoning"),
    "azure": _without_delta,
    "nulls": _nulls,
    "parts": _as_parts,
    "no-done": lambda body: replace(sound(body), done=False),
    "no-finish": _unfinished,
    "tool-sameindex": _fragments(same=True),
    "tool-noindex": _fragments(index=False),
    "tool-noids": _fragments(ids=False),
    "tool-nothing": _fragments(ids=False, index=False),
    "tool-repeat": _fragments(repeat=True),
    "tool-objects": _calling(_as_objects),
    "tool-old": _old_style,
}
RESPONSES: dict[str, Manner] = BOTH | {"left-out": _left_out, "only-the-end": _only_the_end}

BY_INTERFACE = {"chat": CHAT, "responses": RESPONSES}
