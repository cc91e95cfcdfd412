"""What ``legwork doctor`` says of the model: whether its server knows it, and what was seen when it was asked."""

from collections.abc import Sequence

from bot.views import words
from domain.core.settings import Settings
from domain.health import Finding, Level, error, ok, outside, warning

LIMIT = 200.0
"""Seconds for all that is asked: small models on a small machine take their time."""


async def model(settings: Settings) -> Sequence[Finding]:
    """Raises Unavailable where its server cannot be asked."""
    listed = await outside.model(settings)
    if not settings.has_model or any(finding.level is Level.ERROR for finding in listed):
        return listed
    from domain.core.errors import LegworkError
    from domain.llm.probe import probe  # loads the SDK

    try:
        seen = await probe(settings)
    except LegworkError as failure:
        return [*listed, error("model's answer", failure.sentence, failure.remedy)]
    said = f"{settings.model} said “{seen.word[:40]}” after {words.duration(seen.duration_ms)}."
    traits = [
        ("streams", "sends its answers whole", seen.streams),
        ("keeps a schema", "keeps no schema", seen.schema),
        ("calls tools", "calls no tools by itself", seen.tools),
    ]
    told = [yes if has else no for yes, no, has in traits if has is not None]
    window = [f"has a window of {seen.window:,} tokens"] if seen.window else []
    sentence = f"{said} It {_listed([*told, *window])}."
    if seen.schema is False and seen.tools is False:
        remedy = "Plans will often fail: a model that keeps a schema or calls tools is needed for them."
        return [*listed, warning("model's answer", sentence, remedy)]
    return [*listed, ok("model's answer", sentence)]


def _listed(parts: Sequence[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
