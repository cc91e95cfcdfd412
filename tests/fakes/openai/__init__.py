"""A loopback double of OpenAI's Responses and chat completions interfaces."""

from tests.fakes.openai.behaviours import Behaviour, Call, decides, fails, says
from tests.fakes.openai.server import FakeOpenAI, Received

__all__ = ["Behaviour", "Call", "FakeOpenAI", "Received", "decides", "fails", "says"]
