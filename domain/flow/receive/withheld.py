"""Words that open something, which are kept no longer than until they were heard."""

import re

_OPENING = re.compile(
    r"(\s*[/!](?:legwork +)?(?:start(?:@\w+)?|link(?:@\w+)?\s+confirm))\s+\S.*", re.IGNORECASE | re.DOTALL
)


def withheld(text: str) -> str:
    """The same without what an invitation's link carries, or the code of another account."""
    opening = _OPENING.fullmatch(text)
    return f"{opening[1]} …" if opening is not None else text
