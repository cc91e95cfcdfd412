"""Mail addresses as people write them, and as they may be shown to others."""

import re

from domain.core.errors import Invalid

_LONGEST, _LONGEST_LOCAL = 254, 64  # https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_REMEDY = "It looks like ben@example.org."
_TWO_WAYS = re.compile("[\u00df\u1e9e\u03c2\u200c\u200d]")
"""What the two standards for names in other alphabets (IDNA 2003 and 2008) read as names of two different servers."""


def is_meant(written: str) -> bool:
    """Whether an address is meant, well written or not: something stands before an @."""
    return "@" in written.strip()[1:]


def read(written: str) -> str:
    """One address, with its domain as mail servers know it (in lower case, in ASCII).

    Raises Invalid: it is none, several, or longer than mail servers take.
    """
    address = written.strip().removeprefix("mailto:")
    if re.search(r"[\s,;<>\"]", address) or address.count("@") > 1:
        raise Invalid("That is not one mail address.", remedy=f"{_REMEDY} Name one at a time.")
    local, _, domain = address.rpartition("@")
    if _TWO_WAYS.search(domain):
        remedy = "Write what stands behind the @ in ASCII: it begins with “xn--”."
        raise Invalid("Of that mail address it is not certain whose it is.", remedy=remedy)
    try:
        named = domain.encode("idna").decode().lower() if not domain.isascii() else domain.lower()
    except UnicodeError:
        named = ""
    if len(local) > _LONGEST_LOCAL or len(f"{local}@{named}") > _LONGEST:
        raise Invalid("That mail address is too long: no mail server takes it.", remedy=_REMEDY)
    labels = named.split(".")
    known = len(labels) > 1 and all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdigit()
    if not known or not _LOCAL.fullmatch(local) or "=?" in local:  # which would be decoded in a header
        raise Invalid("That is no mail address that can be written to.", remedy=_REMEDY)
    return f"{local}@{named}"


def mailbox(address: str) -> str:
    """Where an address leads: on most servers case makes no difference, nor does what stands behind a plus."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def masked(address: str) -> str:
    """As much of it as a log may have."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"
