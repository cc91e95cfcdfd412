"""navigate_url: what a web page says."""

from pydantic import Field

from domain.core.errors import Invalid
from domain.core.web import Fetched, GuardedClient
from domain.tools.registry import Arguments, Category, Effect, Output, Tool, ToolContext

__all__ = ["navigate_url"]

_HTML = ("text/html", "application/xhtml+xml")
_TEXT = ("application/json", "application/xml", "application/yaml", "application/javascript")


class _Arguments(Arguments):
    url: str = Field(min_length=1, max_length=4_000, description="Address of the page: https://…")
    max_chars: int = Field(default=20_000, ge=100, le=200_000, description="Most characters of text to return.")


def navigate_url(web: GuardedClient) -> Tool:
    async def run(arguments: _Arguments, context: ToolContext) -> Output:
        page = (await web.fetch("GET", arguments.url, headers={"accept-language": "en, *;q=0.5"})).checked()
        found = await _read(page, arguments.max_chars, context)
        return {"url": page.url, "content_type": page.content_type, **found, "untrusted": True}

    return Tool(
        name="navigate_url",
        display_name="Open a web page",
        description="The title, readable text and links of a web page; also of a PDF, JSON or text on the web.",
        category=Category.BROWSER,
        effect=Effect.READ,
        arguments=_Arguments,
        run=run,
    )


async def _read(page: Fetched, max_chars: int, context: ToolContext) -> Output:
    # loaded on first use: the readers pull in heavy parsers
    from domain.tools.builtin.reading.documents import pdf_text
    from domain.tools.builtin.reading.text import cut

    if page.content_type in _HTML:
        return await _read_html(page, max_chars, context)
    if page.content_type == "application/pdf":
        if page.truncated:
            raise Invalid("The PDF at that address is too large to be read.", remedy="Look for a smaller one.")
        found = await context.compute.run(pdf_text, page.content, "The PDF at that address", max_chars)
        return {"title": "", "links": [], **found}
    if (
        page.content_type.startswith("text/")
        or page.content_type in _TEXT
        or page.content_type.endswith(("+json", "+xml"))
    ):
        text, cut_short = cut(page.text, max_chars)
        return {"title": "", "text": text, "links": [], "truncated": cut_short or page.truncated}
    raise Invalid(
        f"There is no text at that address: it holds {page.content_type}.", remedy="Name a page, a PDF or a text."
    )


async def _read_html(page: Fetched, max_chars: int, context: ToolContext) -> Output:
    from domain.tools.builtin.reading.pages import readable
    from domain.tools.builtin.reading.text import cut

    found = await context.compute.run(readable, page.text, page.url)
    if not found.text:
        raise Invalid(
            "The page shows no readable text: it may need a browser or a log-in.", remedy="Try another address."
        )
    text, cut_short = cut(found.text, max_chars)
    return {
        "title": found.title,
        "text": text,
        "links": [{"text": link.text, "url": link.url} for link in found.links],
        "truncated": cut_short or page.truncated,
    }
