import pytest

from domain.llm.openai.window import MARGIN, room_of

FITS = 4_096 - 900 - MARGIN


@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 4096 tokens. However, you requested 4900 tokens (900 in the messages, 4000 in the completion).",  # noqa: E501
        "4,900 requested of 4,096, 4,000 of them for the completion",
        "'max_completion_tokens' is too large: 4000. This model's maximum context length is 4096 tokens and your request has 900 input tokens (4000 > 4096 - 900).",  # noqa: E501
        "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 900 `inputs` tokens and 4000 `max_new_tokens`",
        "input length and `max_tokens` exceed context limit: 900 + 4000 > 4096",
        "You requested a total of 4900 tokens: 900 tokens from the input messages and 4000 tokens for the completion; the model's maximum context length is 4096 tokens",  # noqa: E501
    ],
)  # fmt: skip
def test_what_is_left_beside_the_prompt_is_read_from_the_refusal(message: str):
    room = room_of(message, 4_000)
    assert room is not None
    assert (room.answer, room.window) == (FITS, 4_096)


def test_a_limit_of_answers_alone_is_told_apart_from_a_window():
    room = room_of("max_tokens is too large: 4000. This model supports at most 2048 completion tokens", 4_000)
    assert room is not None
    assert (room.answer, room.window) == (2_048, None)


def test_a_prompt_that_does_not_fit_leaves_nothing():
    room = room_of(
        "maximum context length is 4096 tokens; you requested 9000 tokens (5000 in the messages, 4000 in the completion)",  # noqa: E501
        4_000,
    )
    assert room is not None
    assert room.answer is not None
    assert room.answer < 0


@pytest.mark.parametrize("message", ["the request exceeds the available context size", "context size is 4096 tokens"])
def test_a_refusal_that_does_not_speak_of_the_limit_says_nothing_of_room(message: str):
    assert room_of(message, 4_000) is None
    assert room_of(message, None) is None
