"""
What can go wrong with what comes in.

MatchingError
├── ProfileError     candidates or slots whose columns do not fit together
├── PolicyError      a policy that cannot be used
└── ProblemError     scores, seats or pins that make no problem

That no assignment exists is not among them: it is a status of a plan, with its reasons.
"""


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
