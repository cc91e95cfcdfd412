"""The readable part of a web page: its title, its text and where it links to."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, cast
from urllib.parse import urldefrag, urljoin

from domain.tools.builtin.characters import clean

__all__ = ["Link", "Page", "readable", "whole"]

_MAX_LINKS = 20
_MAX_CHARS = 2_000_000
_BLOCKS = (
    "address article aside blockquote dd div dl dt fieldset figure footer form header main ol p pre section table tr ul"
)
_MARKS = (
    (_BLOCKS, "\n", "\n"),
    ("br hr", "", "\n"),
    ("li", "\n- ", "\n"),
    ("td th", "", " | "),
    ("h1", "\n# ", "\n"),
    ("h2", "\n## ", "\n"),
    ("h3 h4 h5 h6", "\n### ", "\n"),
)
"""What stands before and after the content of elements, where a browser would begin a new line or cell."""
_IN_MENU = "ancestor::nav or ancestor::header or ancestor::footer"


class _Element(Protocol):
    """What is used of an lxml element; lxml itself comes without types."""

    text: str | None
    tail: str | None

    def findtext(self, path: str) -> str | None: ...
    def xpath(self, path: str) -> "list[_Element]": ...
    def get(self, key: str, default: str) -> str: ...
    def text_content(self) -> str: ...
    def drop_tree(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Page:
    """``text`` is Markdown-like and empty where the page shows none; ``links`` are absolute, at most twenty."""

    title: str
    text: str
    links: tuple[Link, ...]


def readable(html: str, url: str) -> Page:
    """The article of a page without its menus; the whole text where no article is found.

    ``url`` is the page's own address, against which its links are read.
    """
    from trafilatura import extract  # loaded on first use, as lxml: they take many megabytes

    html = html[:_MAX_CHARS]
    tree = _tree(html)
    if tree is None:
        return Page("", "", ())
    links = tuple(islice(_links(tree, url), _MAX_LINKS))
    article = extract(html, url=url, output_format="markdown", include_comments=False, favor_recall=True)
    return Page(_title(tree), (article or _whole_text(tree)).strip(), links)


def whole(html: str) -> Page:
    """Everything a page shows, for files, in which nothing is mere decoration; without links."""
    tree = _tree(html[:_MAX_CHARS])
    return Page("", "", ()) if tree is None else Page(_title(tree), _whole_text(tree), ())


def _title(tree: _Element) -> str:
    return _one_line(tree.findtext(".//title") or "")


def _tree(html: str) -> _Element | None:
    """The parsed page; None for one without a single element."""
    from lxml.etree import ParserError  # pyright: ignore[reportUnknownVariableType]
    from lxml.html import (  # pyright: ignore[reportMissingTypeStubs]
        HTMLParser,
        document_fromstring,  # pyright: ignore[reportUnknownVariableType]
    )

    try:
        # encoded anew, because the character set a page declares has been undone already
        return cast(
            _Element,
            document_fromstring(html.encode("utf-8", errors="replace"), parser=HTMLParser(encoding="utf-8")),
        )
    except ParserError:
        return None


def _links(tree: _Element, url: str) -> Iterator[Link]:
    """Web links in the order of the page, those of its body before those of its menus."""
    seen = {urldefrag(url)[0]}
    for path in (f"//a[@href][not({_IN_MENU})]", f"//a[@href][{_IN_MENU}]"):
        for anchor in tree.xpath(path):
            target = _target(url, anchor.get("href", ""))
            text = _one_line(anchor.text_content())
            if text and target is not None and target not in seen:
                seen.add(target)
                yield Link(text[:120], target)


def _target(url: str, href: str) -> str | None:
    try:
        target = urldefrag(urljoin(url, href.strip()))[0]
    except ValueError:
        return None  # what a page writes into a link need not be a URL
    return target if target.startswith(("http://", "https://")) and len(target) <= 2_000 else None


def _whole_text(tree: _Element) -> str:
    """Everything a page shows, one block a line."""
    for element in tree.xpath("//script|//style|//noscript|//template|//head"):
        element.drop_tree()
    for tags, before, after in _MARKS:
        for element in tree.xpath("|".join(f"//{tag}" for tag in tags.split())):
            element.text = before + (element.text or "")
            element.tail = after + (element.tail or "")
    lines = (_one_line(line) for line in tree.text_content().splitlines())
    return "\n".join(line for line in lines if line)


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())
