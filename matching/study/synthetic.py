"""
Make-believe problems from a seed: the instances that the benchmarks are about.

``study_instance`` draws candidates in clustered towns and slots that ask six skills each, with hard
rules on travel, free half-days, language and support. Its scores are whole numbers from 0 to 10000
that C works out when asked, so that an instance of a million people fits in memory.
"""

from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Ints
from matching.exceptions import ProblemError
from matching.sides import Quota, Resource
from matching.study.source import ASKED, REGION, SKILLS, SLOTS, TILE, StudyInstance, to_tiles

__all__ = ["Churn", "StudyInstance", "churn", "study_instance", "study_side_rules"]

Generator = np.random.Generator

GROUPS: Final = 16
PER_GROUP: Final = 8
WEIGHTS_TOTAL: Final = 50
"""Times the highest level, 100, gives the 5000 points that skills are worth."""

LONGEST_WAY: Final = 1023
SQUARE: Final = 64
"""People are sorted by squares of 16 km, so that a slot can pass over those far away."""

TRAVEL_POINTS: Final = 2500
STUDY_DENSITY: Final = 0.16
SUPPORT_KINDS: Final = 16


def study_instance(
    n: int,
    m: int,
    *,
    seats_ratio: float = 0.95,
    seed: int = 0,
    density: float | Literal["study"] = "study",
) -> StudyInstance:
    """
    Draw the study's instance of a size.

    A score adds up six required skills with whole weights on a level that related skills lift (0 to
    5000), travel (0 to 2500, refused beyond a limit of one's own), free half-days (0 to 1000,
    refused below half of those asked), education (0 to 1000) and language (0 to 500, refused below
    what is asked); a slot must also give every kind of support that somebody needs.

    Parameters
    ----------
    n, m : int
        Candidates and slots, at least 1.
    seats_ratio : float, default=0.95
        Seats of all slots together, per candidate; every slot has at least one.
    seed : int, default=0
    density : float or "study", default="study"
        Share of pairs that no rule refuses, roughly: travel limits are set for it on a sample. The
        study's lies between 0.125 and 0.20.

    Returns
    -------
    StudyInstance

    Raises
    ------
    ProblemError
        If a size or a share is out of range.
    """
    wanted = STUDY_DENSITY if density == "study" else float(density)
    for name, value, low, high in (
        ("n", n, 1, 10**8),
        ("m", m, 1, 10**7),
        ("seats_ratio", seats_ratio, 0.0, 1000.0),
        ("density", wanted, 0.0, 1.0),
    ):
        if not low <= value <= high:
            raise ProblemError(f"is {value}; accepted are numbers from {low} to {high}", field=name)
    random = np.random.default_rng(seed)
    towns = _draw_towns(random)
    slots = _draw_slots(random, m, towns)
    people = _draw_people(random, n, towns)
    people = _limit_travel(people, slots, wanted)
    order = np.lexsort((people["limit"], _cell(people["x"], people["y"])))
    people = {name: values[order] for name, values in people.items()}
    tiles = to_tiles(people, n)
    _draw_levels(random, tiles)
    return StudyInstance(n, tiles, slots, _draw_seats(random, m, round(seats_ratio * n)))


def _draw_towns(random: Generator) -> dict[str, NDArray[Any]]:
    """Draw sixty towns, few large and many small."""
    share = 1.0 / (np.arange(60) + 3.0)
    return {
        "x": random.integers(60, REGION - 60, 60),
        "y": random.integers(60, REGION - 60, 60),
        "share": share / share.sum(),
    }


def _draw_homes(
    random: Generator, count: int, towns: dict[str, NDArray[Any]]
) -> dict[str, NDArray[np.int16]]:
    town = random.choice(len(towns["share"]), count, p=towns["share"])
    homes = {}
    for axis in ("x", "y"):
        away = np.rint(random.normal(0.0, 20.0, count)).astype(np.int64)
        homes[axis] = np.clip(towns[axis][town] + away, 0, REGION - 1).astype(np.int16)
    return homes


def _draw_slots(random: Generator, m: int, towns: dict[str, NDArray[Any]]) -> NDArray[Any]:
    slots = np.zeros(m, dtype=SLOTS)
    for axis, values in _draw_homes(random, m, towns).items():
        slots[axis] = values
    main = random.integers(0, GROUPS, m)
    other = (main + random.integers(1, GROUPS, m)) % GROUPS
    within = np.argsort(random.random((m, 2, PER_GROUP)), axis=2)
    slots["skill"][:, :4] = main[:, None] * PER_GROUP + within[:, 0, :4]
    slots["skill"][:, 4:] = other[:, None] * PER_GROUP + within[:, 1, :2]
    importance = random.integers(1, 6, (m, ASKED))
    weight = importance * WEIGHTS_TOTAL // importance.sum(axis=1, keepdims=True)
    weight[:, 0] += WEIGHTS_TOTAL - weight.sum(axis=1)
    slots["weight"] = weight
    slots["lacks"] = _bits(random.random((m, SUPPORT_KINDS)) < 0.22)
    # Half-days on the five working days.
    asked = random.random((m, 2, 5)) < random.uniform(0.4, 0.9, (m, 1, 1))
    asked[:, 0, 0] |= ~asked.any(axis=(1, 2))
    slots["mornings"], slots["afternoons"] = _bits(asked[:, 0]), _bits(asked[:, 1])
    count = asked.sum(axis=(1, 2))
    slots["least_half_days"] = (count + 1) // 2
    slots["points_per_half_day"] = 1000 // count
    slots["education"] = random.integers(0, 8, m)
    slots["language"] = random.choice(6, m, p=(0.2, 0.25, 0.25, 0.2, 0.07, 0.03))
    return slots


def _draw_people(
    random: Generator, n: int, towns: dict[str, NDArray[Any]]
) -> dict[str, NDArray[Any]]:
    free = random.random((n, 2, 7), dtype=np.float32) < random.uniform(0.55, 1.0, (n, 1, 1))
    needs = random.random((n, SUPPORT_KINDS), dtype=np.float32) < 0.08
    return {
        **_draw_homes(random, n, towns),
        # A share of the limit that the density asks for, in thousandths.
        "limit": random.integers(600, 1401, n),
        "needs": _bits(needs),
        "mornings": _bits(free[:, 0]),
        "afternoons": _bits(free[:, 1]),
        "education": random.integers(0, 8, n),
        "language": random.choice(7, n, p=(0.03, 0.07, 0.15, 0.25, 0.25, 0.15, 0.1)),
    }


def _limit_travel(
    people: dict[str, NDArray[Any]], slots: NDArray[Any], wanted: float
) -> dict[str, NDArray[Any]]:
    """Set travel limits so that, on a sample, about the wanted share of pairs is eligible."""
    some = {name: values[:2048, None] for name, values in people.items()}
    few = slots[:512]
    half_days = np.bitwise_count(some["mornings"] & few["mornings"])
    half_days = half_days + np.bitwise_count(some["afternoons"] & few["afternoons"])
    fits = (half_days >= few["least_half_days"]) & (some["language"] >= few["language"])
    fits &= (some["needs"] & few["lacks"]) == 0
    length = _way(some["x"], some["y"], few["x"], few["y"])
    low, high = 1, LONGEST_WAY
    while low < high:
        scale = (low + high) // 2
        if np.mean(fits & (length <= _limits(some["limit"], scale))) < wanted:
            low = scale + 1
        else:
            high = scale
    limit = _limits(people["limit"], low)
    per_step = np.minimum(TRAVEL_POINTS * 1024 // limit, np.iinfo(np.uint16).max)
    return {**people, "limit": limit, "per_step": per_step}


def _limits(share: NDArray[Any], scale: int) -> NDArray[Any]:
    limits: NDArray[Any] = np.clip(share * scale // 1000, 1, LONGEST_WAY)
    return limits


def _way(x: NDArray[Any], y: NDArray[Any], to_x: NDArray[Any], to_y: NDArray[Any]) -> Ints:
    """Return about the length of a straight way, as in study.c."""
    across = np.abs(x.astype(np.int64) - to_x)
    along = np.abs(y.astype(np.int64) - to_y)
    way: Ints = np.maximum(across, along) + (np.minimum(across, along) * 13 >> 5)
    return way


def _cell(x: NDArray[Any], y: NDArray[Any]) -> Ints:
    """Return places of squares of the map along Hilbert's curve: near places are near squares."""
    x, y = (axis.astype(np.int64) // SQUARE for axis in (x, y))
    place, half = np.zeros(len(x), dtype=np.int64), REGION // SQUARE // 2
    while half:
        east, north = (x & half) > 0, (y & half) > 0
        place += half * half * ((3 * east) ^ north)
        # The curve turns in its two southern quarters, and in one of them it is mirrored too.
        mirrored = east & ~north
        x, y = (np.where(mirrored, REGION // SQUARE - 1 - axis, axis) for axis in (x, y))
        x, y = np.where(north, x, y), np.where(north, y, x)
        half //= 2
    return place


def _bits(flags: NDArray[np.bool_]) -> NDArray[np.uint16]:
    """Read the last axis as a whole number, first flag lowest."""
    powers = 1 << np.arange(flags.shape[-1], dtype=np.uint16)
    number: NDArray[np.uint16] = (flags * powers).sum(axis=-1, dtype=np.uint16)
    return number


def _draw_levels(random: Generator, tiles: NDArray[Any], who: NDArray[Any] | None = None) -> None:
    """Draw skill levels: two fields of work each, and half a level for what is related."""
    for first in range(0, len(tiles), 16):
        some = tiles[first : first + 16]
        count = len(some) * TILE
        main, other = random.integers(0, GROUPS, (2, count))
        chance = np.full((count, GROUPS), 0.04, dtype=np.float32)
        chance[np.arange(count), other] = 0.35
        chance[np.arange(count), main] = 0.5
        shape = (count, GROUPS, PER_GROUP)
        held = random.random(shape, dtype=np.float32) < chance[:, :, None]
        level = random.integers(20, 101, shape, dtype=np.uint8) * held
        related = level.max(axis=2, keepdims=True) // 2
        smooth = np.maximum(level, related).reshape(len(some), TILE, SKILLS)
        drawn = np.moveaxis(smooth, 1, -1)
        if who is None:
            some["level"] = drawn
        else:
            here = who[first * TILE : first * TILE + count].reshape(len(some), 1, TILE)
            some["level"] = np.where(here, drawn, some["level"])


def _draw_seats(random: Generator, m: int, total: int) -> Ints:
    """Share seats out: one each, and the rest unevenly, to about twice the mean at most."""
    share = random.uniform(0.0, 1.0, m)
    return 1 + random.multinomial(max(0, total - m), share / share.sum()).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Churn:
    """
    An instance after some time: a few people replaced, a few seats lost.

    Parameters
    ----------
    instance : StudyInstance
        Everybody who stays stands where they stood.
    replaced : ndarray of bool, shape (n_candidates,)
        Whose row now belongs to somebody else, who lives in the same place.
    shrunk : ndarray of bool, shape (n_slots,)
        Slots that lost a seat.
    """

    instance: StudyInstance
    replaced: NDArray[np.bool_]
    shrunk: NDArray[np.bool_]


def churn(
    instance: StudyInstance, *, people: float = 0.05, slots: float = 0.02, seed: int = 0
) -> Churn:
    """
    Replace a share of the candidates, and take a seat from a share of the slots.

    Parameters
    ----------
    instance : StudyInstance
    people, slots : float
        Shares in [0, 1].
    seed : int, default=0

    Returns
    -------
    Churn
    """
    random = np.random.default_rng([seed, 1])
    n, m = instance.shape
    replaced = np.zeros(n, dtype=np.bool_)
    replaced[random.choice(n, round(people * n), replace=False)] = True
    tiles = instance.tiles.copy()
    padded = np.zeros(len(tiles) * TILE, dtype=np.bool_)
    padded[:n] = replaced
    here = padded.reshape(-1, TILE)
    # The newcomers' facts are those of others: a shuffle keeps every distribution as it was.
    other = random.permutation(n)[np.minimum(np.arange(len(padded)), n - 1)].reshape(-1, TILE)
    for name in ("limit", "per_step", "needs", "mornings", "afternoons", "education", "language"):
        values = instance.tiles[name].ravel()[other]
        tiles[name] = np.where(here, values, tiles[name])
    _draw_levels(random, tiles, padded)
    shrunk = np.zeros(m, dtype=np.bool_)
    shrunk[random.choice(m, round(slots * m), replace=False)] = True
    seats = np.maximum(0, instance.seats - shrunk)
    return Churn(replace(instance, tiles=tiles, seats=seats), replaced, shrunk)


def study_side_rules(
    instance: StudyInstance, *, budget: tuple[float, float] = (0.5, 1.1), seed: int = 0
) -> tuple[tuple[Resource, ...], tuple[Quota, ...]]:
    """
    Draw side rules on an instance: hours of a job coach, and shares of a target group.

    Parameters
    ----------
    instance : StudyInstance
    budget : tuple of two float, default=(0.5, 1.1)
        Least and most hours per seat that a slot has, as a share of the mean demand. The default is
        tight; (0.9, 1.5) is mild.
    seed : int, default=0

    Returns
    -------
    resources : tuple of Resource
        Hours of a coach: demand per candidate, supply per slot.
    quotas : tuple of Quota
        At most half of the seats of a slot for the target group, rounded up, and at least a fifth
        of all seats together, or of the candidates where these are fewer.
    """
    random = np.random.default_rng([seed, 2])
    n, m = instance.shape
    hours = random.integers(2, 25, n) / 2
    share = random.uniform(*budget, m)
    supply = np.floor(share * float(hours.mean()) * instance.seats * 2) / 2
    group = random.random(n) < 0.3
    of_all = min(int(instance.seats.sum()), n) // 5
    quotas = [Quota("target group in all", group, np.ones(m, dtype=np.bool_), least=of_all)]
    for slot, seats in enumerate(instance.seats):
        quotas.append(
            Quota(f"target group in slot {slot}", group, [slot], most=-(-int(seats) // 2))
        )
    return (Resource("coach hours", hours, supply),), tuple(quotas)
