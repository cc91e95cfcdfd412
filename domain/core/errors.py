"""Errors named by what should happen next.

Each carries a stable ``code`` and a ``sentence`` fit for a person; ``remedy`` says what to do about
it. Only the edges (chat, HTTP, command line, job runner) translate them.
"""

from datetime import timedelta
from typing import ClassVar


class LegworkError(Exception):
    """Anything Legwork itself can explain in one clear sentence."""

    code: ClassVar[str] = "error"

    def __init__(self, sentence: str, *, remedy: str | None = None, code: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy
        self.reason = code or type(self).code

    def __str__(self) -> str:
        return f"{self.sentence} {self.remedy}" if self.remedy else self.sentence


class Invalid(LegworkError):
    """What was asked cannot be done as written; the same request will fail again."""

    code = "invalid"


class Unusable(Invalid):
    """A model is there and answered, and nothing can be made of what it answered; work does not wait for it."""

    code = "unusable"


class NotFound(LegworkError):
    """The thing named does not exist, or not for this person."""

    code = "not_found"


class Refused(LegworkError):
    """It is understood and not allowed."""

    code = "refused"


class Misconfigured(LegworkError):
    """A setting or a service is missing or wrong; an operator has to act."""

    code = "misconfigured"


class Outdated(Misconfigured):
    """This program is older than what it is to work with; starting it again does not help."""

    code = "outdated"


class Unavailable(LegworkError):
    """A service did not answer or is over its limit; the same request may succeed later."""

    code = "unavailable"

    def __init__(
        self, sentence: str, *, remedy: str | None = None, code: str | None = None, after: timedelta | None = None
    ) -> None:
        super().__init__(sentence, remedy=remedy, code=code)
        self.after = after  # how long the service asked us to wait


class Ambiguous(LegworkError):
    """An external effect may or may not have happened; it must not be repeated unasked."""

    code = "ambiguous"


class LeaseLost(LegworkError):
    """Another worker holds this job now; nothing of this run may be written any more."""

    code = "lease_lost"
