"""What the rules look at: the message and what surrounds it, read from a request's variables."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any, cast

from domain.llm.model import Turn

DATA_SUFFIXES = (".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".json", ".jsonl", ".ndjson")
DOCUMENT_SUFFIXES = (".pdf", ".docx", ".txt", ".md", ".html", ".htm", ".log")

_DATA_TYPES = re.compile(r"csv|tab-separated|spreadsheetml|json", re.IGNORECASE)
_DOCUMENT_TYPES = re.compile(r"^text/|pdf|wordprocessingml", re.IGNORECASE)
_POLITE = re.compile(
    r"^(?:by the way[\s,.!:-]+)?(?:(?:hi|hello|hey|hallo|good (?:morning|afternoon|evening))(?: (?:there"
    r"|legwork))?[\s,.!:-]+)?"
    r"(?:@?legwork[\s,.!:-]+)?"
    r"(?:(?:can|could|would|will) you (?:please )?|(?:i(?:'d| would) like you to|i want you to|let's|bitte"
    r"|please|pls)\s+)*",
    re.IGNORECASE,
)
_RUN = re.compile(r"\s{30,}")
"""More blank space than divides words; rules would go through it again and again."""
_URL = re.compile(r"""https?://[^\s<>"'|)\]]+""", re.IGNORECASE)
_BARE_DOMAIN = re.compile(
    r"(?<![@\w./-])(?:www\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|dev|eu|de|at|ch|fr|uk|it|es|nl|edu|gov)"
    r"(?:/[^\s<>|]*)?(?![\w@])",
    re.IGNORECASE,
)


WELCOME, ALL_RIGHT = "You're welcome.", "All right."
COURTESIES = (WELCOME, ALL_RIGHT)
"""What is said to thanks and to praise; the conversation is where it was before."""


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file of the thread. ``made``: Legwork wrote it itself."""

    name: str
    mime_type: str = ""
    made: bool = False
    of_others: bool = False
    """It came with what the message refers to."""

    @property
    def is_data(self) -> bool:
        suffix = PurePath(self.name).suffix.lower()
        return suffix in DATA_SUFFIXES or (not suffix and bool(_DATA_TYPES.search(self.mime_type)))

    @property
    def is_document(self) -> bool:
        suffix = PurePath(self.name).suffix.lower()
        return suffix in DOCUMENT_SUFFIXES or (not suffix and bool(_DOCUMENT_TYPES.search(self.mime_type)))


@dataclass(frozen=True, slots=True)
class Referred:
    """Words of others, and whose they are."""

    text: str
    who: str = ""

    @property
    def worded(self) -> str:
        return f"{self.who}: {self.text}" if self.who else self.text


@dataclass(frozen=True, slots=True)
class Running:
    """A task of the person that has not ended. ``doing``: the beginning of what was asked."""

    number: int
    title: str
    doing: str = ""


def urls_in(text: str) -> list[str]:
    """The web addresses that are written out in a text."""
    return [url.rstrip(".,;:!?") for url in _URL.findall(text)]


@dataclass(frozen=True, slots=True)
class Situation:
    """``bare`` is the message without greeting and politeness; ``files`` are earlier ones, newest first."""

    message: str
    bare: str
    attachments: tuple[KnownFile, ...]
    files: tuple[KnownFile, ...]
    last: Mapping[str, Any]
    tools: frozenset[str]
    errors: tuple[str, ...]
    said: str
    """What the assistant said last."""
    told: str = ""
    """What the assistant said last, courtesies aside."""
    failed: bool = False
    """That is why something could not be done."""
    talked: bool = False
    """What was said last is a courtesy, help, or that something was not understood."""
    continues: bool = False
    """Whether the message may go on with the previous task: nothing else was said since, thanks aside."""
    asked: str = ""
    """What the person wrote before this message."""
    result: str = ""
    """The last answer that was a result."""
    first: tuple[str, ...] = ()
    """The thread's first messages."""
    helped: bool = False
    """Whether the thread was told what Legwork can do."""
    now: datetime | None = None
    """The present moment where the person is."""
    columns: tuple[Mapping[str, Any], ...] = ()
    """Of the table the previous task worked out: each with name and role."""
    referred: tuple["Referred", ...] = ()
    """What the message refers to; where it refers to nothing, what the person passed on just before without a word."""

    running: tuple[Running, ...] = ()

    @property
    def runs_last(self) -> bool:
        """Whether the only task that runs is what was last planned here, so that a few words go on with it."""
        asked = str(self.last.get("question") or "")
        return len(self.running) == 1 and (not asked or asked.startswith(self.running[0].doing))

    @property
    def sent(self) -> tuple[KnownFile, ...]:
        """The new files that the person sent themselves."""
        return tuple(file for file in self.attachments if not file.of_others)

    @property
    def known(self) -> tuple[KnownFile, ...]:
        """Every file of the thread, the new ones first, each name once."""
        return tuple({file.name: file for file in (*self.attachments, *self.files)}.values())

    @property
    def mentioned(self) -> tuple[KnownFile, ...]:
        """The files named in the message, in the order they are named."""
        text = self.message.casefold()
        found = [(text.find(file.name.casefold()), file) for file in self.known]
        return tuple(file for place, file in sorted(found, key=lambda pair: pair[0]) if place >= 0)

    @property
    def given(self) -> tuple[KnownFile, ...]:
        """The earlier files, those that people sent before those that Legwork made."""
        return tuple(sorted(self.files, key=lambda file: file.made))

    @property
    def worked_on(self) -> tuple[KnownFile, ...]:
        """The files the previous task read: those its plan names, else the newest it was given."""
        spec = cast("Mapping[str, Any]", self.last.get("plan") or {})
        nodes = cast("list[Mapping[str, Any]]", spec.get("nodes") or [])
        named = {cast("Mapping[str, Any]", node.get("config") or {}).get("file") for node in nodes}
        planned = tuple(file for file in self.known if file.name in named)
        return planned if nodes else _files(self.last.get("files"))[:1]

    @property
    def urls(self) -> tuple[str, ...]:
        """The web addresses in the message; a bare domain counts where it is no file's name."""
        found = urls_in(self.message)
        rest = _URL.sub(" ", self.message)
        names = {file.name.casefold() for file in self.known}
        bare = [domain.rstrip(".,;:!?") for domain in _BARE_DOMAIN.findall(rest) if domain.casefold() not in names]
        return tuple(dict.fromkeys([*found, *(f"https://{domain}" for domain in bare)]))


def read_situation(variables: Mapping[str, Any], turns: Sequence[Turn]) -> Situation:
    message = str(variables.get("message") or "").strip()
    tools = cast("list[Mapping[str, Any]]", variables.get("tools") or [])
    spoken = [turn for turn in turns if turn.role == "assistant" and turn.text]
    said = spoken[-1] if spoken else Turn("assistant")
    told = next((turn for turn in reversed(spoken) if turn.text not in COURTESIES), Turn("assistant"))
    last = cast("Mapping[str, Any]", variables.get("last") or {})
    return Situation(
        message=message,
        bare=_RUN.sub(" ", _POLITE.sub("", message, count=1).strip()),
        attachments=_files(variables.get("attachments")),
        files=_files(variables.get("files")),
        last=last,
        tools=frozenset(str(tool["name"]) for tool in tools),
        errors=tuple(str(error) for error in cast("list[Any]", variables.get("errors") or [])),
        said=said.text,
        told=told.text,
        failed=told.failed,
        talked=said.talk,
        continues=_continues(turns),
        asked=next((_own_words(turn) for turn in reversed(turns) if turn.role == "user"), ""),
        result=str(variables.get("result") or ("" if said.failed or said.talk else said.text)),
        first=tuple(str(words) for words in cast("list[Any]", variables.get("first") or [])),
        helped=variables.get("helped") is True,
        now=_moment(variables.get("now")),
        referred=_referred(variables.get("quoted")) or _passed_on(turns),
        running=tuple(
            Running(int(task["number"]), str(task["title"]), str(task.get("doing") or ""))
            for task in cast("list[Mapping[str, Any]]", variables.get("open") or [])
        ),
        columns=tuple(cast("list[Mapping[str, Any]]", last.get("columns") or [])),
    )


def _referred(value: Any) -> tuple[Referred, ...]:
    """Words of others; what was pasted is worked on as the file it is kept as."""
    pieces = (piece for piece in cast("Sequence[Mapping[str, Any]]", value or []) if piece.get("kind") != "pasted")
    return tuple(Referred(str(piece.get("text") or ""), str(piece.get("who") or "")) for piece in pieces)


def _passed_on(turns: Sequence[Turn]) -> tuple[Referred, ...]:
    """Of the turn just before, where nothing but others' words was in it: the person was asked what to do with them."""
    last = turns[-1] if turns else None
    return _referred(last.quoted) if last is not None and last.quoted and not _own_words(last) else ()


def _own_words(turn: Turn) -> str:
    """What the person said themselves: what that refers to stands below it."""
    return turn.text.partition("<untrusted source=")[0].strip() if turn.quoted else turn.text


def _continues(turns: Sequence[Turn]) -> bool:
    said = (turn for turn in reversed(turns) if turn.role == "assistant" and turn.text not in COURTESIES)
    return not next(said, Turn("assistant")).talk


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return None


def _files(value: Any) -> tuple[KnownFile, ...]:
    return tuple(_file(entry) for entry in cast("list[Any]", value or []))


def _file(entry: Any) -> KnownFile:
    if isinstance(entry, Mapping):
        described = cast("Mapping[str, Any]", entry)
        made = described.get("made") is True
        of_others = described.get("of_others") is True
        return KnownFile(str(described.get("name") or ""), str(described.get("mime_type") or ""), made, of_others)
    return KnownFile(str(entry))
