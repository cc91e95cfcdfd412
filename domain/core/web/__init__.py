"""The guarded way to the web: every fetch of a tool goes through this client and no other."""

from domain.core.web.answer import AnswerLost, Fetched
from domain.core.web.client import GuardedClient
from domain.core.web.guard import Resolver
from domain.core.web.headers import sendable

__all__ = ["AnswerLost", "Fetched", "GuardedClient", "Resolver", "sendable"]
