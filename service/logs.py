"""
Logs: one JSON line an event, to standard error; ids and counts, never what somebody needs or
writes.
"""

import json
import logging
import sys
from datetime import UTC, datetime

KEPT = ("request", "method", "path", "status", "job", "run", "error", "placed", "n", "milliseconds")
"""The only extra fields that reach a line: nothing else can slip in."""


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in KEPT if hasattr(record, name)}
        return json.dumps(line)


def logger(name: str) -> logging.Logger:
    """Return the logger of a module."""
    return logging.getLogger(name)


def start_logs(level: int = logging.INFO) -> None:
    """Send our own log lines to standard error; called by programs, never on import."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    # The server's own lines go the same way: as they come, they would print the text of an error.
    for name, lowest in (("service", level), ("uvicorn", logging.WARNING)):
        lines = logging.getLogger(name)
        lines.handlers = [handler]
        lines.setLevel(lowest)
        lines.propagate = False
