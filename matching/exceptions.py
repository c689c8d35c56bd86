"""
What can go wrong with what comes in.

MatchingError
├── ProfileError     candidates or slots whose columns do not fit together
├── PolicyError      a policy that cannot be used
├── ProblemError     scores, seats or pins that make no problem
└── FileError        a file that cannot be read, with all its faults

That no assignment exists is not among them: it is a status of a plan, with its reasons.
"""

from collections.abc import Sequence


class MatchingError(ValueError):
    """
    Bad input, told so that its giver can mend it.

    Parameters
    ----------
    message : str
        What is wrong, with the accepted range.
    field : str, optional
        The field that is wrong, as the caller spells it.
    row : int, optional
        The row, counted from 0, where the input has rows.
    """

    def __init__(self, message: str, *, field: str = "", row: int | None = None) -> None:
        where = field if row is None else f"{field}[{row}]"
        super().__init__(f"{where}: {message}" if where else message)
        self.message = message
        self.field = field
        self.row = row


class ProfileError(MatchingError):
    """Candidates or slots whose columns do not fit together."""


class PolicyError(MatchingError):
    """A policy that cannot be used."""


class ProblemError(MatchingError):
    """Scores, seats or pins that make no problem."""


class FileError(MatchingError):
    """
    A file that cannot be read.

    Parameters
    ----------
    faults : sequence of MatchingError
        All that is wrong with it, at least one; the first gives the field and the row.
    """

    def __init__(self, faults: Sequence[MatchingError]) -> None:
        super().__init__(faults[0].message, field=faults[0].field, row=faults[0].row)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))
