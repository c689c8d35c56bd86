"""
Policy: what people decided beforehand, about all pairs alike.

Which hard rules hold and who may waive each, the weights, the value of unknown, the order of
objectives, on what ground in law a quota may count a group, and what each change takes.

A policy is a readable TOML file with a name and an edition. People write and sign it; the engine
only reads it.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from matching.efforts import Efforts
from matching.exceptions import PolicyError

RULES: Final = (
    "seat",
    "admission",
    "veto",
    "declined",
    "form",
    "dates",
    "hours",
    "travel",
    "education",
    "languages",
    "skills",
    "licence",
    "conditions",
    "support",
)
"""The hard rules, in the order in which people read them."""

CRITERIA: Final = (
    "skills",
    "education",
    "languages",
    "occupation",
    "tasks",
    "wishes",
    "conditions",
    "support",
    "hours",
    "travel",
)
"""The soft criteria, in the order in which people read them."""

COMPARE: Final = ("own_best", "absolute")
OBJECTIVES: Final = (("placed", "score"), ("score",))
NEVER_WAIVED: Final = ("veto", "seat")
"""A person's veto stands, and a seat that is taken cannot be given again."""

SECTIONS: Final = {
    "plan": ("objective", "compare"),
    "unknown": ("neutral",),
    "skills": ("learnable", "near"),
    "travel": ("half_life_minutes",),
    "reach": ("language_levels", "education_levels"),
}
"""The sections of a policy file, besides weights and rules, and what each of them holds."""

WAIVERS: Final = ("candidate", "coordinator", "host", "supplier")
"""Roles that a policy may let waive a rule for one pair."""

SHORTEST_GROUND: Final = 20
LONGEST_GROUND: Final = 1000
"""Characters of a ground in law: a word is none, and more than a page belongs elsewhere."""

DEFAULT_FILE: Final = Path(__file__).with_name("default_policy.toml")


@dataclass(frozen=True)
class Rule:
    """
    How a policy handles one hard rule.

    Parameters
    ----------
    applies : bool
        Whether the rule is looked at.
    waived_by : tuple of str
        Roles that may waive it for one pair, with a reason. Nobody waives a veto.
    """

    applies: bool = True
    waived_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Policy:
    """
    What people decided beforehand about all pairs alike.

    Parameters
    ----------
    name : str
        What people call it.
    edition : int
        Version, from 1.
    rules : mapping of str to Rule
        One for each of ``RULES``.
    weights : mapping of str to int
        Whole numbers from 0, one for each of ``CRITERIA``; only their shares matter.
    neutral : float
        What an unknown counts as, in [0, 1].
    compare : {"own_best", "absolute"}
        Whether a slot counts relative to that person's own best slot, or by its points.
    objective : tuple of str
        The order of objectives of a plan.
    language_reach, education_reach : int
        How many levels short somebody may be where the slot trains that level.
    learnable : float
        What a skill is worth that the slot itself teaches, in [0, 1].
    near : float
        What one step in the taxonomy leaves of a skill's worth, in [0, 1).
    travel_half_life : float
        Minutes after which the worth of being near has halved; positive.
    quota_grounds : mapping of str to str
        The groups that a quota may count, each with its ground in law and where it is known from.
        No rule and no criterion reads a group.
    efforts : Efforts
        What each step takes that could make a place possible.

    Raises
    ------
    PolicyError
        If a part is missing, unknown, or out of its range.
    """

    name: str = "default"
    edition: int = 1
    rules: Mapping[str, Rule] = field(default_factory=lambda: dict.fromkeys(RULES, Rule()))
    weights: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(CRITERIA, 1))
    neutral: float = 0.5
    compare: str = "own_best"
    objective: tuple[str, ...] = ("placed", "score")
    language_reach: int = 1
    education_reach: int = 1
    learnable: float = 0.6
    near: float = 0.7
    travel_half_life: float = 30.0
    quota_grounds: Mapping[str, str] = field(default_factory=dict)
    efforts: Efforts = field(default_factory=Efforts)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}", self.name):
            raise PolicyError(
                "accepted are letters, digits, space, dot, dash and underscore, up to 80",
                field="name",
            )
        _complete("rules", self.rules, RULES)
        _complete("weights", self.weights, CRITERIA)
        for criterion, weight in self.weights.items():
            if isinstance(weight, bool) or not isinstance(weight, int) or not 0 <= weight <= 1000:
                raise PolicyError(
                    "accepted is a whole number from 0 to 1000", field=f"weights.{criterion}"
                )
        if sum(self.weights.values()) == 0:
            raise PolicyError("at least one weight has to be more than 0", field="weights")
        for rule in NEVER_WAIVED:
            if self.rules[rule].waived_by or not self.rules[rule].applies:
                raise PolicyError("always applies and is waived by nobody", field=f"rules.{rule}")
        if self.compare not in COMPARE:
            raise PolicyError(f"accepted are {', '.join(COMPARE)}", field="compare")
        if self.objective not in OBJECTIVES:
            accepted = "; ".join(", ".join(order) for order in OBJECTIVES)
            raise PolicyError(f"accepted are: {accepted}", field="objective")
        for group, ground in self.quota_grounds.items():
            _check_ground(group, ground)
        _within("neutral", self.neutral, 0, 1)
        _within("learnable", self.learnable, 0, 1)
        _within("near", self.near, 0, 0.99)
        _within("travel_half_life", self.travel_half_life, 1, 600)
        _within("language_reach", self.language_reach, 0, 6)
        _within("education_reach", self.education_reach, 0, 8)
        _within("edition", self.edition, 1, 10**6)

    @classmethod
    def load(cls, path: Path) -> "Policy":
        """Read a policy from a TOML file."""
        try:
            return cls.parse(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise PolicyError(f"cannot be read: {error.strerror}", field=str(path)) from error
        except UnicodeDecodeError as error:
            raise PolicyError("is not UTF-8 text", field=str(path)) from error

    @classmethod
    def default(cls) -> "Policy":
        """Return the policy that comes with the package."""
        return cls.load(DEFAULT_FILE)

    @classmethod
    def parse(cls, text: str) -> "Policy":
        """
        Read a policy from TOML.

        Parameters
        ----------
        text : str
            A file as ``default_policy.toml`` explains it.

        Returns
        -------
        Policy

        Raises
        ------
        PolicyError
            If the text is no TOML, or a part is missing, unknown, or out of its range.
        """
        try:
            parts = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise PolicyError(f"is not TOML: {error}", field="policy") from error
        sections = {name: _section(parts, name) for name in SECTIONS}
        for name, section in sections.items():
            _no_others(name, section, set(SECTIONS[name]))
        rules = {
            name: _rule(f"rules.{name}", given) for name, given in _section(parts, "rules").items()
        }
        weights = _section(parts, "weights")
        known = {"name", "edition", "rules", "weights", "quota_grounds", "effort", *sections}
        _no_others("policy", parts, known)
        return cls(
            name=_text(parts, "name"),
            edition=_whole("policy", parts, "edition"),
            rules=rules,
            weights=weights,
            neutral=_number("unknown", sections["unknown"], "neutral"),
            compare=_text(sections["plan"], "compare"),
            objective=_list("plan", sections["plan"], "objective"),
            language_reach=_whole("reach", sections["reach"], "language_levels"),
            education_reach=_whole("reach", sections["reach"], "education_levels"),
            learnable=_number("skills", sections["skills"], "learnable"),
            near=_number("skills", sections["skills"], "near"),
            travel_half_life=_number("travel", sections["travel"], "half_life_minutes"),
            # Two sections may be left out: without grounds no quota counts a group, and without
            # efforts, as in editions of before, the standard ones hold.
            quota_grounds=_section({"quota_grounds": {}, **parts}, "quota_grounds"),
            efforts=Efforts.parse(_section(parts, "effort")) if "effort" in parts else Efforts(),
        )

    def share(self, criterion: str) -> float:
        """Return the share of a criterion in the total, in [0, 1]."""
        return self.weights[criterion] / sum(self.weights.values())


def hash_text(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _complete(name: str, given: Mapping[str, object], needed: tuple[str, ...]) -> None:
    _no_others(name, given, set(needed))
    missing = [item for item in needed if item not in given]
    if missing:
        raise PolicyError(f"needs also {', '.join(missing)}", field=name)


def _no_others(name: str, given: Mapping[str, object], known: set[str]) -> None:
    others = sorted(set(given) - known)
    if others:
        raise PolicyError(
            f"does not know {', '.join(others)}; accepted are {', '.join(sorted(known))}",
            field=name,
        )


def _check_ground(group: object, ground: object) -> None:
    if not isinstance(group, str) or not re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", group):
        raise PolicyError(
            "accepted are names of small letters, digits, dash and underscore, up to 40",
            field="quota_grounds",
        )
    if not isinstance(ground, str) or not SHORTEST_GROUND <= len(ground.strip()) <= LONGEST_GROUND:
        raise PolicyError(
            f"accepted is the ground in law and where the group is known from, in "
            f"{SHORTEST_GROUND} to {LONGEST_GROUND} characters",
            field=f"quota_grounds.{group}",
        )


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:  # nan is refused too
        raise PolicyError(f"is {value:g}; accepted is {low:g} to {high:g}", field=name)


def _section(parts: Mapping[str, Any], name: str) -> dict[str, Any]:
    section = parts.get(name)
    if not isinstance(section, dict):
        raise PolicyError("is missing; accepted is a section of that name", field=f"[{name}]")
    return section


def _rule(name: str, given: Any) -> Rule:
    if not isinstance(given, dict):
        raise PolicyError("accepted is { applies = true, waived_by = [...] }", field=name)
    _no_others(name, given, {"applies", "waived_by"})
    applies, waived_by = given.get("applies", True), given.get("waived_by", [])
    if not isinstance(applies, bool):
        raise PolicyError("accepted is true or false", field=f"{name}.applies")
    if not isinstance(waived_by, list) or any(role not in WAIVERS for role in waived_by):
        accepted = ", ".join(WAIVERS)
        raise PolicyError(f"accepted is a list of roles: {accepted}", field=f"{name}.waived_by")
    return Rule(applies, tuple(waived_by))


def _text(parts: Mapping[str, Any], name: str) -> str:
    value = parts.get(name)
    if not isinstance(value, str) or not value.strip():
        raise PolicyError("accepted is a text", field=name)
    return value


def _list(section: str, parts: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = parts.get(name)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise PolicyError("accepted is a list of names", field=f"{section}.{name}")
    return tuple(value)


def _number(section: str, parts: Mapping[str, Any], name: str) -> float:
    value = parts.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PolicyError("accepted is a number", field=f"{section}.{name}")
    return float(value)


def _whole(section: str, parts: Mapping[str, Any], name: str) -> int:
    value = parts.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise PolicyError("accepted is a whole number", field=f"{section}.{name}")
    return value
