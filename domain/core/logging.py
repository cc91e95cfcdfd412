"""Structured logs: readable lines on a terminal, JSON in production. Context (job, task) is bound by the runner."""

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog

from domain.core.discretion import discreet
from domain.core.settings import Settings

_PLAIN = structlog.dev.plain_traceback
"""A traceback without the values of variables, which rich would print: secrets too."""


def configure(settings: Settings, *, file: Path | None = None) -> None:
    """Set logging up for this process: to standard error, or to a file where a terminal shows a chat."""
    stream = file.open("a", encoding="utf-8", buffering=1) if file is not None else sys.stderr
    readable = settings.env == "development"
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(
            colors=stream.isatty(),
            exception_formatter=_PLAIN,
        )
        if readable
        else structlog.processors.JSONRenderer()
    )
    formatter = _Discreet(
        discreet(settings),
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *([] if readable else [structlog.processors.format_exc_info]),
            renderer,
        ],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    for noisy in ("alembic", "arq", "httpx", "httpx2", "httpcore", "openai", "asyncio"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


class _Discreet(structlog.stdlib.ProcessorFormatter):
    """Hides secrets in whatever a record came to, a traceback's text included."""

    def __init__(self, hide: Callable[[str], str], **given: Any) -> None:
        super().__init__(**given)
        self._hide = hide

    def format(self, record: logging.LogRecord) -> str:
        return self._hide(super().format(record))


def logger(name: str) -> structlog.stdlib.BoundLogger:
    return structlog.stdlib.get_logger(name)


def _before_it_is_set_up() -> None:
    """What is said before ``configure``, or in a command that keeps no log: warnings, on standard error."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=_PLAIN),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


_before_it_is_set_up()
