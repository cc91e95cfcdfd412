"""The character set of bytes that do not name theirs."""

import re

__all__ = ["guessed_text"]

_SAMPLE = 65_536
_LIKELIEST = "cp1252"
"""What most text outside UTF-8 is in. A short text fits its eastern neighbours as well, which would be listed first."""

_SIGN_IN_A_WORD = re.compile(r"[^\W\d_][¡-©¬®-¶¸¹¼-¿]|[¢-©¬®-¶¸¹¼-¾][^\W\d_]")
"""What the letters of the eastern sets turn into when they are read as the western one: £ód³."""


def guessed_text(content: bytes) -> str:
    """The bytes as text in the character set that makes most sense of them; never an error."""
    from charset_normalizer import from_bytes  # loaded on first use: nearly everything is UTF-8

    matches = from_bytes(content[:_SAMPLE])
    best = matches.best()
    if best is None:
        return content.decode("latin-1")
    equal = {match.encoding for match in matches if match.chaos <= best.chaos and match.coherence >= best.coherence}
    likeliest = content.decode(_LIKELIEST, errors="replace")
    if _LIKELIEST in equal and not _SIGN_IN_A_WORD.search(likeliest):
        return likeliest
    return content.decode(best.encoding, errors="replace")
