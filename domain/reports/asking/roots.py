"""Words of one root: “satisfaction” and “satisfied”, “zufrieden” and “Zufriedenheit”."""

from collections.abc import Mapping

from domain.reports.asking.lexicon import KIN, Phrase

_LISTED = (
    "ed ied ing ation ition tion sion ion ment ness able ible er or ity al ance ence ful ive ly ely y e es action "
    "heit keit enheit ung ungen lich ig isch igkeit barkeit en n et t ern"
)
_ENDINGS = frozenset(["", *_LISTED.split()])
_SHORTEST = 5


def same_root(word: str, other: str) -> bool:
    """Whether two plain words share all but the endings that make one of the other."""
    common = 0
    for mine, its in zip(word, other, strict=False):
        if mine != its:
            break
        common += 1
    if common < _SHORTEST:
        return False
    return any(word[at:] in _ENDINGS and other[at:] in _ENDINGS for at in range(common, _SHORTEST - 1, -1))


def columns_of_root(phrase: Phrase, names: Mapping[str, Phrase]) -> tuple[str, ...]:
    """The columns with a word of one root with a single word, or with one of its kin."""
    if len(phrase) != 1:
        return ()
    for words in (phrase, *sorted(KIN.get(phrase, ()))):
        if len(words) == 1:
            found = [name for name, own in names.items() if any(same_root(words[0], one) for one in own)]
            if found:
                return tuple(found)
    return ()
