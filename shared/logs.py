"""Logs are events with fields: JSON for machines, pretty on a terminal. Never a number or a name of a person."""

import logging
import sys

import structlog
from structlog.typing import EventDict, Processor

from shared.faults import without_values

# Without local variables: they hold what people wrote.
_TRACEBACKS = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))
_QUIET = ("nats", "faststream", "uvicorn.access", "httpx", "sqlalchemy", "asyncio")


def configure(service: str, form: str = "auto", level: str = "info") -> None:
    """Log to standard error; `form` is `json`, `pretty` or `auto` (pretty on a terminal)."""
    pretty = form == "pretty" or (form == "auto" and sys.stderr.isatty())
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    last = rendering(pretty)
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last], foreign_pre_chain=shared
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def rendering(pretty: bool) -> list[Processor]:
    """The last steps of every line: errors lose the values in them, then all of it is text."""
    if pretty:
        return [_conceal, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    return [_conceal, _TRACEBACKS, structlog.processors.JSONRenderer()]


def _conceal(_: object, __: str, event: EventDict) -> EventDict:
    """Show errors without what people wrote. A library names them after its first line, too, as asyncio does."""
    error = event.get("exc_info")
    if isinstance(error, tuple):
        error = error[1]
    elif error and not isinstance(error, BaseException):
        error = sys.exc_info()[1]
    if error:
        event["exc_info"] = without_values(error)
        event["event"] = str(event["event"]).partition("\n")[0]
    return event
