"""Whether a delivery comes from Slack: https://docs.slack.dev/authentication/verifying-requests-from-slack"""

import hashlib
import hmac
from collections.abc import Mapping

from domain.core.clock import Clock
from domain.core.errors import Misconfigured

WINDOW = 300
"""Seconds a signature is good for."""


class Signature:
    """Raises Misconfigured for an empty secret: anybody could sign with it."""

    def __init__(self, secret: str, clock: Clock) -> None:
        if not secret.strip():
            raise Misconfigured(
                "Slack's deliveries over HTTP cannot be checked.",
                remedy="Set SLACK_SIGNING_SECRET, or SLACK_APP_TOKEN to use Socket Mode instead.",
            )
        self._secret = secret.encode()
        self._clock = clock

    def holds(self, headers: Mapping[str, str], body: bytes) -> bool:
        """The headers' form first, then their age, then the signature over the raw body."""
        at = headers.get("x-slack-request-timestamp", "")
        given = headers.get("x-slack-signature", "")
        if not (at.isascii() and at.isdecimal() and len(at) <= 12 and given.isascii()):
            return False
        if abs(self._clock.now().timestamp() - int(at)) > WINDOW:
            return False
        signed = hmac.new(self._secret, b"v0:%s:%s" % (at.encode(), body), hashlib.sha256).hexdigest()
        return hmac.compare_digest(f"v0={signed}".encode(), given.encode())
