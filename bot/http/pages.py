"""The few pages that are shown to a browser: plain, in one file, with nothing of anybody else's in them.

Every one of them says that it is kept by nobody, tells no other site where it came from, and stands in no frame.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from domain.core.db import AWAY
from domain.core.logging import logger

__all__ = ["HEADERS", "NOT_OURS", "Answer", "Field", "Form", "Page", "or_not_now", "shown"]

log = logger(__name__)

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
"""Of every page. There is no script and no picture; the style is the page's own."""

_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem;color:#1a1a1a}"
    "h1{font-size:1.4rem}button{font:inherit;padding:.5rem 1rem}dt{font-weight:600}input{font:inherit}"
    "@media(prefers-color-scheme:dark){body{background:#111;color:#eee}a{color:#9cf}}"
)


@dataclass(frozen=True, slots=True)
class Field:
    """What a form carries along unseen."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Form:
    """One button. ``action``: the path it is sent to; the page's own where it is empty."""

    button: str
    action: str = ""
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says. All of it is text: it is escaped where it is shown."""

    title: str
    paragraphs: tuple[str, ...] = ()
    listed: tuple[tuple[str, str], ...] = ()
    forms: tuple[Form, ...] = ()
    status: int = 200


NOT_OURS = Page("That form is not from here", ("Open the page anew, and press again.",), status=403)
"""What whoever sends a form is shown that no page of ours had."""


_NOT_NOW = Page("Not now", ("The database does not answer. Try again in a moment.",), status=503)

Answer = Callable[[Request], Awaitable[Response]]
"""Answers a request."""


def or_not_now(answer: Answer) -> Answer:
    """The same, and a page that says so while the database is away."""

    async def answered(request: Request) -> Response:
        try:
            return await answer(request)
        except AWAY as error:
            log.error("a page could not be shown", error=type(error).__name__)
            return shown(_NOT_NOW)

    return answered


def shown(page: Page) -> HTMLResponse:
    """The page as it is sent."""
    parts = [
        *(f"<p>{escape(words)}</p>" for words in page.paragraphs),
        *(
            ["<dl>", *(f"<dt>{escape(name)}</dt><dd>{escape(said)}</dd>" for name, said in page.listed), "</dl>"]
            if page.listed
            else []
        ),
        *map(_form, page.forms),
    ]
    return HTMLResponse(_document(page.title, parts), status_code=page.status, headers=HEADERS)


def _form(form: Form) -> str:
    hidden = "".join(
        f'<input type="hidden" name="{escape(field.name)}" value="{escape(field.value)}">' for field in form.fields
    )
    action = f' action="{escape(form.action)}"' if form.action else ""
    return f'<form method="post"{action}>{hidden}<button>{escape(form.button)}</button></form>'


def _document(title: str, parts: Sequence[str]) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{escape(title)}</h1>{''.join(parts)}</body></html>"
    )
