"""Logs as JSON lines from an allow-list of fields: never a path, a query, a body, a header or a message of another library.

Our own records are events with fields of known names. Of a record that another library makes, only its logger, its level
and the type and place of its exception are kept: its words may quote what a client sent.
"""

import json
import logging
from datetime import UTC, datetime
from typing import Any, Literal

from app.web.shield import place

Level = Literal["debug", "info", "warning", "error"]
OWN = ("ivig_cds", "app")
SERVER = "uvicorn.error"
"""Its messages are kept without what would be filled in."""
FIELDS = frozenset(
    {
        "request_id",
        "method",
        "route",
        "status",
        "duration_ms",
        "rule_set",
        "findings",
        "not_understood",
        "lines",
        "error",
        "place",
    }
)
LONGEST = 1_000
UNFINISHED = "ASGI callable returned without completing response."


class Quiet(logging.Filter):
    """Leaves out what uvicorn says of an answer cut short: the shield has said why, and a client that left is no fault."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.msg != UNFINISHED


class JsonLines(logging.Formatter):
    """One record, one line; what is in a field is escaped, so no value can end the line or colour a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"at": at, "level": record.levelname.lower(), "logger": record.name, **_words(record)}
        if record.exc_info and record.exc_info[0]:
            line |= {"error": record.exc_info[0].__name__, "place": place(record.exc_info[2])}
        return json.dumps(line, default=lambda value: type(value).__name__)


def _words(record: logging.LogRecord) -> dict[str, Any]:
    if record.name == SERVER:
        return {"event": str(record.msg)}
    if not record.name.startswith(OWN):
        return {}
    fields = {name: value for name, value in getattr(record, "fields", {}).items() if name in FIELDS}
    return {"event": record.getMessage()[:LONGEST], **fields}


def configuration(level: Level) -> dict[str, Any]:
    """For ``logging.config.dictConfig`` and uvicorn's ``log_config``: standard output, every logger through one formatter."""
    own = {name: {"level": level.upper()} for name in OWN}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "app.web.logs.JsonLines"}},
        "filters": {"quiet": {"()": "app.web.logs.Quiet"}},
        "handlers": {
            "out": {
                "class": "logging.StreamHandler",
                "formatter": "json",
                "filters": ["quiet"],
                "stream": "ext://sys.stdout",
            }
        },
        "root": {"level": "WARNING", "handlers": ["out"]},
        "loggers": {
            **own,
            "uvicorn": {"level": "WARNING", "handlers": [], "propagate": True},
            "uvicorn.error": {"level": "WARNING", "handlers": [], "propagate": True},
            "uvicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
        },
    }
