"""What of an answer that is being written may be read aloud, as pieces that follow one another."""

from collections.abc import Iterator

from domain.llm.json_text import looks_like_json
from domain.llm.model import Piece, Restart
from domain.llm.thought import bare_thought, may_hold_mark, without_thought


class Aloud:
    """Takes raw text in and gives pieces of what is no thought.

    ``trusted``: the model is known to write no thought without an opening mark. Otherwise plain text is held until it
    is whole, because only a closing mark would tell what stood before it: a few models' templates write the opening
    one themselves. An object is read as it comes.
    """

    def __init__(self, *, trusted: bool) -> None:
        self.raw = ""
        self.said = ""
        self.trusted = trusted
        self._marked = False

    @property
    def thinks_bare(self) -> bool:
        return bare_thought(self.raw)

    def take(self, added: str) -> Iterator[Piece | Restart]:
        self.raw += added
        self._marked = self._marked or may_hold_mark(added)
        if self.said and not self._marked:  # what is read aloud is all there is, and goes on
            self.said += added
            yield Piece(added)
        else:
            yield from self._say(without_thought(self.raw, whole=False), whole=False)

    def end(self, whole: str) -> Iterator[Piece | Restart]:
        """``whole`` is the finished answer, as it was meant."""
        yield from self._say(whole, whole=True)

    def _say(self, text: str, *, whole: bool) -> Iterator[Piece | Restart]:
        if not (whole or self.trusted or looks_like_json(text) or self.thinks_bare):
            return
        if not text.startswith(self.said):
            yield Restart()
            self.said = ""
        if len(text) > len(self.said):
            added, self.said = text[len(self.said) :], text
            yield Piece(added)
