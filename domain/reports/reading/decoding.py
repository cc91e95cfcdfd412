"""The text of a file, told from its bytes."""

from dataclasses import dataclass

from domain.core.errors import Invalid

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_WESTERN = frozenset("äöüÄÖÜßéèêëàâçñóíáúôîïûùÿœæøåÅØÆãõ€£°²³–—’“”„«»…·§®µ¿¡ÉÈÀÇÑÓÍÁÚÔÎ")
_ESCAPED = range(0xDC80, 0xDD00)  # how Python keeps bytes that are no UTF-8: PEP 383


@dataclass(frozen=True, slots=True)
class Decoded:
    """``mended`` are the numbers of the lines (from 1) in which single bytes did not fit the encoding of the rest."""

    text: str
    mended: tuple[int, ...] = ()


def decode(name: str, content: bytes) -> Decoded:
    """The text of a file: by its byte order mark, its escape sequences, as UTF-8 even where single bytes of it are
    none, as UTF-16 without a mark, else as Windows-1252 or its like.

    Raises:
        Invalid: it is not text.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return Decoded(content.decode(encoding, errors="replace"))
    if (text := _escaped(content)) is not None:
        return Decoded(text)
    sample = content[:4000]
    nulls = sample.count(0)
    if nulls > len(sample) * 0.3:
        little = sample[1::2].count(0) > sample[::2].count(0)
        return Decoded(content.decode("utf-16-le" if little else "utf-16-be", errors="replace"))
    controls = sum(byte < 32 and byte not in (9, 10, 12, 13) for byte in sample)
    if nulls or controls > len(sample) * 0.02:
        raise Invalid(f"{name} is no text and holds no table.", remedy="Send it as CSV, XLSX or JSON.")
    text = content.decode("utf-8", errors="surrogateescape")
    bad = sum(ord(letter) in _ESCAPED for letter in text) if not text.isascii() else 0
    if not bad:
        return Decoded(text)
    if sum(ord(letter) > 127 for letter in text) - bad > bad:
        return _mended(text)
    return Decoded(_by_likelihood(content))


def _escaped(content: bytes) -> str | None:
    """Japanese and Chinese in seven bits: ISO-2022-JP (RFC 1468) and HZ (RFC 1843)."""
    encoding = "iso2022_jp_2" if b"\x1b$" in content else "hz" if b"~{" in content and b"~}" in content else None
    if encoding is None or not content.isascii():
        return None
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _mended(text: str) -> Decoded:
    """Each byte that is no UTF-8 read as Windows-1252."""
    lines = [
        number for number, line in enumerate(text.split("\n"), 1) if any(ord(letter) in _ESCAPED for letter in line)
    ]
    letters = [
        bytes([ord(letter) - 0xDC00]).decode("cp1252", errors="replace") if ord(letter) in _ESCAPED else letter
        for letter in text
    ]
    return Decoded("".join(letters), tuple(lines))


def _by_likelihood(content: bytes) -> str:
    """Windows-1252, unless another legacy encoding is what the letters clearly speak for."""
    western = content.decode("cp1252", errors="replace")
    high = [letter for letter in western if ord(letter) > 127]
    likely = sum(letter in _WESTERN for letter in high)
    if not high or likely >= 0.7 * len(high):
        return western
    from charset_normalizer import from_bytes  # loaded only for rare encodings

    guess = from_bytes(content[:200_000]).best()
    return content.decode(guess.encoding, errors="replace") if guess else western
