"""
Who asks, and what for. Every operation declares its policy here; one without keeps the service from
starting.

Until sign-in exists there is one actor, the coordinator at this machine; the policies are declared
all the same, so that roles can be enforced where they are now only written down.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

POLICIES: Final = frozenset(
    {
        "organisation:read",
        "organisation:write",
        "pilot:read",
        "pilot:write",
        "slot:read",
        "slot:write",
        "coach:read",
        "coach:write",
        "quota:read",
        "quota:write",
        "candidate:read",
        "candidate:write",
        "confidential:read",
        "confidential:write",
        "suggestion:read",
        "match_run:read",
        "match_run:ask",
        "match_run:start",
        "advice:ask",
        "policy:read",
        "vocabulary:read",
        "public",
    }
)
"""What can be done, as noun:verb. `public` needs nobody in particular."""


@dataclass(frozen=True)
class Actor:
    """Who does something: a role and a name for the audit trail."""

    role: str
    name: str

    @property
    def label(self) -> str:
        """How the audit trail writes it."""
        return f"{self.role}:{self.name}"


LOCAL_COORDINATOR: Final = Actor("coordinator", "local")
SHELL: Final = Actor("coordinator", "command-line")


class May:
    """A dependency that gives the actor, and says on the operation which policy it falls under."""

    def __init__(self, policy: str) -> None:
        if policy not in POLICIES:
            raise ValueError(f"{policy} is no policy")
        self.policy = policy

    def __call__(self) -> Actor:
        return LOCAL_COORDINATOR


def undeclared(operations: Iterable[APIRoute]) -> list[str]:
    """Return the operations that declare no policy."""
    return [
        f"{','.join(sorted(route.methods or ()))} {route.path}"
        for route in operations
        if not _declares(route.dependant)
    ]


def _declares(dependant: Dependant) -> bool:
    return any(isinstance(inner.call, May) or _declares(inner) for inner in dependant.dependencies)


Public = Annotated[Actor, Depends(May("public"))]
