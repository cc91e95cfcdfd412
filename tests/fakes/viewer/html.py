"""HTML, written so that no text becomes a tag."""

import base64
import html
from collections.abc import Iterable, Mapping
from pathlib import Path

STYLES = Path(__file__).parent

_EMPTY = frozenset({"img", "line", "rect", "polyline"})


class Html(str):
    """A piece that is HTML already."""


def written(*inside: str) -> Html:
    """Pieces one after the other; what is not HTML yet is shown as it stands."""
    return Html("".join(part if isinstance(part, Html) else html.escape(part) for part in inside))


def tag(name: str, *inside: str, kind: str = "", attributes: Mapping[str, object] | None = None) -> Html:
    """One element; ``kind`` is its class."""
    given = ({"class": kind} if kind else {}) | dict(attributes or {})
    head = name + "".join(f' {key}="{html.escape(str(value))}"' for key, value in given.items())
    return Html(f"<{head}/>" if name in _EMPTY else f"<{head}>{written(*inside)}</{name}>")


def div(kind: str, *inside: str) -> Html:
    return tag("div", *inside, kind=kind)


def span(kind: str, *inside: str) -> Html:
    return tag("span", *inside, kind=kind)


def picture(content: bytes, mime_type: str, kind: str) -> Html:
    """A picture that is part of the page."""
    data = base64.b64encode(content).decode()
    return tag("img", kind=kind, attributes={"src": f"data:{mime_type};base64,{data}", "alt": ""})


def page(title: str, style: str, scenes: Iterable[tuple[str, Html]]) -> str:
    """A whole page: named scenes one under the other, or the one named in the address."""
    css = "\n".join((STYLES / name).read_text("utf-8") for name in ("scenes.css", style))
    sections = [tag("section", shown, attributes={"id": name}) for name, shown in scenes]
    head = written(tag("title", title), tag("style", Html(css)))
    body = tag("body", *sections)
    return f'<!doctype html><html lang="en"><meta charset="utf-8">{head}{body}</html>\n'
