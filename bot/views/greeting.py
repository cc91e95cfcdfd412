"""How Legwork introduces itself: two examples that work now, what becomes of files, and what is not connected."""

from domain.core.settings import Settings

EXAMPLES = ("What is 15% of 240?", "What time is it in Tokyo?")
"""Answered with a model and without one."""


def greeting(settings: Settings) -> str:
    """In Markdown, the same wherever somebody begins."""
    one, other = EXAMPLES
    parts = [
        "Hello, I am Legwork. Write as to a colleague, or drop a file with a sentence; no command is needed. Try:",
        f"- `{one}`\n- `{other}`\n- `what changed?` with a CSV or Excel file",
        _files(settings),
    ]
    rest = (missing(settings), "`/help` lists the commands; `stop` ends what I am doing.")
    return "\n\n".join([*parts, *filter(None, rest)])


def _files(settings: Settings) -> str:
    read = "what a question needs of them goes to the language model" if settings.has_model else "no model reads them"
    return (
        f"Files you send are kept in Legwork's own storage, where nothing is removed by itself yet, and are used in "
        f"the conversation they were sent in; {read}. I ask before anything is sent anywhere else."
    )


def missing(settings: Settings) -> str:
    """What is not connected, and what follows from it; empty where everything is."""
    parts: list[str] = []
    if not settings.has_model:
        parts.append(
            "no language model: I answer by rules, and say so where they end (an admin can set OPENAI_API_KEY)"
        )
    if not settings.has_search:
        parts.append("no web search: I read pages whose address you give me")
    return f"Not connected: {'; '.join(parts)}." if parts else ""
