"""Which headers a caller may send."""

import re
from collections.abc import Mapping

from domain.core.errors import Invalid

__all__ = ["sendable"]

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]{0,8192}")
_OURS = {
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
"""They steer the connection itself; set by a caller they would split or misdirect requests."""


def sendable(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers with names in lower case.

    Raises:
        Invalid: a header is malformed, or one of those the client sets itself.
    """
    checked: dict[str, str] = {}
    for name, value in headers.items():
        lower = name.strip().lower()
        if lower in _OURS or lower.startswith("proxy-"):
            raise Invalid(f"The header {lower} is set by Legwork itself.", remedy="Leave it out.")
        if not _NAME.fullmatch(lower) or not _VALUE.fullmatch(value):
            raise Invalid(f"The header “{name[:40]}” is malformed.", remedy="Use a plain name and a value on one line.")
        checked[lower] = value.strip()
    return checked
