"""How lines look in a terminal: wrapped below their text, and never too long to read."""

import textwrap
from typing import Final

from rich.console import Console
from rich.text import Text

WIDEST: Final = 96
"""Longer lines are hard to read on."""

UNBROKEN: Final = "\u00a0"
"""A space at which no line is broken."""

NARROWEST: Final = 20
"""What a line keeps for its text on a narrow screen."""


def print_line(console: Console, head: str, line: str, *, style: str = "") -> None:
    """Print a line whose continuation stands below its text, not below its head."""
    width = max(min(console.width, WIDEST), len(head) + NARROWEST)
    rows = textwrap.wrap(
        line,
        width,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )
    for row in rows:
        console.print(Text(row.replace(UNBROKEN, " "), style=style), soft_wrap=True)
