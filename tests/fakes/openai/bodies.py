"""The two interfaces' answers, whole and as streams, as the specification words them."""

from collections.abc import Iterator
from typing import Any

from tests.fakes.openai.behaviours import PIECE, Behaviour

CREATED = 1_700_000_000

Json = dict[str, Any]


def pieces(text: str, length: int = PIECE) -> list[str]:
    return [text[start : start + length] for start in range(0, len(text), length)]


def _tokens(text: str) -> int:
    return len(text) // 4 + 1


# -- responses ---------------------------------------------------------------------------------------


def response(request: Json, asked: str, behaviour: Behaviour, *, status: str = "completed") -> Json:
    done = status != "in_progress"
    tokens_in, tokens_out = _tokens(asked), _tokens(behaviour.text)
    whole: Json = {
        "id": "resp_1",
        "object": "response",
        "created_at": CREATED,
        "status": status,
        "error": {"code": "server_error", "message": behaviour.error["message"]}
        if status == "failed" and behaviour.error
        else None,
        "incomplete_details": {"reason": behaviour.incomplete} if status == "incomplete" else None,
        "instructions": request.get("instructions"),
        "model": request["model"],
        "output": _output(behaviour) if done else [],
        "parallel_tool_calls": True,
        "metadata": {},
        "tools": request.get("tools", []),
        "tool_choice": "auto",
        "temperature": 1,
        "top_p": 1,
    }
    if done and behaviour.counts:
        whole["usage"] = {
            "input_tokens": tokens_in,
            "input_tokens_details": {"cached_tokens": behaviour.cached, "cache_write_tokens": 0},
            "output_tokens": tokens_out,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": tokens_in + tokens_out,
        }
    return whole


def _output(behaviour: Behaviour) -> list[Json]:
    items: list[Json] = []
    if behaviour.text or behaviour.refusal is not None:
        items.append(_message(behaviour, "completed"))
    for place, call in enumerate(behaviour.calls):
        items.append({"type": "function_call", "id": f"fc_{place}", "call_id": call.id, "name": call.name,
                      "arguments": call.written, "status": "completed"})  # fmt: skip
    return items


def _message(behaviour: Behaviour, status: str) -> Json:
    part: Json = {"type": "output_text", "text": behaviour.text, "annotations": [], "logprobs": []}
    if behaviour.refusal is not None:
        part = {"type": "refusal", "refusal": behaviour.refusal}
    content = [part] if status == "completed" else []
    return {"type": "message", "id": "msg_1", "role": "assistant", "status": status, "content": content}


def response_events(request: Json, asked: str, behaviour: Behaviour) -> Iterator[Json]:
    """Every event of a stream, in order; the server numbers them and cuts where the behaviour says."""
    yield {"type": "response.created", "response": response(request, asked, behaviour, status="in_progress")}
    written = behaviour.refusal if behaviour.refusal is not None else behaviour.text
    at = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    if written:
        yield {"type": "response.output_item.added", "output_index": 0, "item": _message(behaviour, "in_progress")}
        for piece in pieces(written, behaviour.piece):
            if behaviour.refusal is not None:
                yield {"type": "response.refusal.delta", **at, "delta": piece}
            else:
                yield {"type": "response.output_text.delta", **at, "delta": piece, "logprobs": []}
        yield {"type": "response.output_item.done", "output_index": 0, "item": _message(behaviour, "completed")}
    status = "incomplete" if behaviour.incomplete else "completed"
    whole = response(request, asked, behaviour, status=status)
    yield {"type": f"response.{status}", "response": whole}


def response_error(error: Json) -> Json:
    return {"type": "error", "code": error["code"], "message": error["message"], "param": error["param"]}


# -- chat completions --------------------------------------------------------------------------------


def completion(request: Json, asked: str, behaviour: Behaviour) -> Json:
    message: Json = {"role": "assistant", "content": behaviour.text or None, "refusal": behaviour.refusal}
    if behaviour.calls:
        message["tool_calls"] = [_tool_call(call) for call in behaviour.calls]
    choice = {"index": 0, "message": message, "finish_reason": finish(behaviour), "logprobs": None}
    whole = {"id": "chatcmpl_1", "object": "chat.completion", "created": CREATED, "model": request["model"]}
    return {**whole, "choices": [choice], **({"usage": usage(asked, behaviour)} if behaviour.counts else {})}


def _tool_call(call: Any) -> Json:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.written}}


def finish(behaviour: Behaviour) -> str:
    if behaviour.incomplete:
        return {"max_output_tokens": "length", "content_filter": "content_filter"}[behaviour.incomplete]
    return "tool_calls" if behaviour.calls else "stop"


def usage(asked: str, behaviour: Behaviour) -> Json:
    tokens_in, tokens_out = _tokens(asked), _tokens(behaviour.text)
    return {"prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": tokens_in + tokens_out,
            "prompt_tokens_details": {"cached_tokens": behaviour.cached}}  # fmt: skip


def completion_chunks(request: Json, asked: str, behaviour: Behaviour) -> Iterator[Json]:
    yield _chunk(request, {"role": "assistant", "content": ""})
    key = "content" if behaviour.refusal is None else "refusal"
    for piece in pieces(behaviour.text if behaviour.refusal is None else behaviour.refusal, behaviour.piece):
        yield _chunk(request, {key: piece})
    for place, call in enumerate(behaviour.calls):
        half = len(call.written) // 2
        head = {"name": call.name, "arguments": call.written[:half]}
        yield _chunk(request, {"tool_calls": [{"index": place, "id": call.id, "type": "function", "function": head}]})
        yield _chunk(request, {"tool_calls": [{"index": place, "function": {"arguments": call.written[half:]}}]})
    yield _chunk(request, {}, finish(behaviour))
    if behaviour.counts and (request.get("stream_options") or {}).get("include_usage"):
        yield {**_chunk(request, {}), "choices": [], "usage": usage(asked, behaviour)}


def _chunk(request: Json, delta: Json, finish_reason: str | None = None) -> Json:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}
    return {"id": "chatcmpl_1", "object": "chat.completion.chunk", "created": CREATED, "model": request["model"],
            "choices": [choice]}  # fmt: skip
