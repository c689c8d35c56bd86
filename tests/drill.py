"""How hard the tests look: a drill multiplies their examples, for an hour when nobody waits."""

import os

TIMES = int(os.environ.get("PROEFTUIN_DRILL") or 0)
"""`PROEFTUIN_DRILL=20 pytest tests/matching` tries twenty times as much."""


def examples(few: int) -> int:
    """How many examples to try: a few, or many in a drill."""
    return few * max(1, TIMES)
