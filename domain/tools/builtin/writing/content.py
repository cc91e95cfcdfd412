"""From content to a file's bytes: the format decides who writes it."""

import html
import json
from dataclasses import dataclass

from domain.core.errors import Invalid
from domain.tools.builtin.characters import clean, clean_json
from domain.tools.builtin.writing.blocks import Block, blocks, parser
from domain.tools.builtin.writing.rows import Content, markdown, rows_of
from domain.tools.builtin.writing.sheets import separated, workbook

__all__ = ["Written", "write_content"]

_MAX_DOCUMENT = 1_000_000
"""Characters, some 400 pages: laying out more would take minutes."""
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>body{{font:16px/1.55 system-ui,sans-serif;max-width:46rem;margin:3rem auto;padding:0 1rem;color:#22262d}}
h1,h2,h3{{color:#1e406e;line-height:1.25}}table{{border-collapse:collapse;margin:1rem 0}}
th,td{{border-bottom:1px solid #c8ced6;padding:.35rem .8rem;text-align:left}}
pre,code{{background:#f0f3f7;border-radius:4px}}pre{{padding:.8rem;overflow-x:auto}}</style></head>
<body>
{body}</body></html>
"""


@dataclass(frozen=True, slots=True)
class Written:
    """``note`` says what could not be written as given; empty where all was."""

    content: bytes
    note: str = ""


def write_content(kind: str, title: str, content: Content) -> Written:
    """The bytes of a file of a kind in ``MIME_TYPES``.

    Raises:
        Invalid: the content does not fit the format.
    """
    match kind:
        case "csv" | "tsv":
            return Written(separated(rows_of(content), "," if kind == "csv" else "\t"))
        case "xlsx":
            return Written(workbook(rows_of(content, typed=True)))
        case "json":
            return Written(_json(content))
        case "html":
            return Written(_html(title, content))
        case "pdf":
            return _pdf(title, content)
        case "docx":
            from domain.tools.builtin.writing.word import word  # loaded on first use: python-docx is large

            return Written(word(_blocks(content), title))
        case _:
            return Written(_text(content).encode())


def _text(content: Content) -> str:
    """Text as it is; rows as a Markdown table."""
    return clean(content) if isinstance(content, str) else markdown(rows_of(content))


def _blocks(content: Content) -> list[Block]:
    text = _text(content)
    if len(text) > _MAX_DOCUMENT:
        raise Invalid("That is too much for one document.", remedy="Write a table as xlsx, or split the text.")
    return blocks(text)


def _json(content: Content) -> bytes:
    if isinstance(content, str):
        try:
            content = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise Invalid(
                "The content is not valid JSON.", remedy="Give a JSON value, a list of objects or rows."
            ) from error
    return json.dumps(clean_json(content), ensure_ascii=False, indent=2, default=str).encode()


def _html(title: str, content: Content) -> bytes:
    """A page given as such is kept; text is drawn from its Markdown, with raw HTML shown as text."""
    text = _text(content)
    if text.lstrip()[:15].lower().startswith(("<!doctype html", "<html")):
        return text.encode()
    return _PAGE.format(title=html.escape(title), body=parser().render(text)).encode()


def _pdf(title: str, content: Content) -> Written:
    from domain.tools.builtin.writing.pdf import pdf  # loaded on first use: fpdf2 is large

    made, missing = pdf(_blocks(content), title)
    note = f"The typeface has no sign for {len(missing)} characters, such as “{missing[:5]}”." if missing else ""
    return Written(made, note)
