"""The region's files are what the generator makes, and its README counts what the engine finds."""

from pathlib import Path

import numpy as np
import pytest

from matching import Policy, check, score, solve, to_problem
from matching.rules import YES
from models.candidate import CandidateFacts
from service.access import SHELL
from service.crossing import to_profiles
from service.importing.actions import import_file
from service.importing.files import read_file
from service.importing.postcodes import read_postcodes
from service.importing.reading import (
    CANDIDATES,
    ORGANISATIONS,
    PILOTS,
    SLOTS,
    may_be_unknown,
    read_rows,
)
from service.region import AS_OF, Region, make_region, write_region
from service.schemas import RunInput
from service.settings import SAMPLES
from service.taxonomy import skill_taxonomy, unknown_skills

SAMPLE = SAMPLES / "region"
SEED = 2017
SELDOM_A_LIMIT = {"earliest_start", "longest_day_hours", "build_up_from_hours", "build_up_weeks"}
"""A blank in these means that nobody asked for a limit."""


@pytest.fixture(scope="module")
def region() -> Region:
    return make_region(SEED)


@pytest.fixture(scope="module")
def layers(region):
    given = RunInput(
        as_of=AS_OF,
        candidates=region.candidates,
        slots=region.slots,
        postcodes=region.postcodes,
    )
    return score(*to_profiles(given, skill_taxonomy()), Policy.default())


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".md"}


def counts_in_readme() -> dict[str, int]:
    lines = (SAMPLE / "README.md").read_text(encoding="utf-8").splitlines()
    start = lines.index("| of the region | count |") + 2
    rows = (line.strip("| ").split(" | ") for line in lines[start:] if line.startswith("|"))
    return {name: int(count) for name, count in rows}


def test_the_same_seed_gives_the_same_bytes(region, tmp_path):
    write_region(region, tmp_path)
    made, kept = files_of(tmp_path), files_of(SAMPLE)
    assert sorted(made) == sorted(kept)
    # Compared by name first: the difference of two large files would fill the screen.
    assert [name for name in made if made[name] != kept[name]] == []


def test_another_seed_gives_another_region():
    one, other = make_region(1, 20, 4), make_region(2, 20, 4)
    assert one == make_region(1, 20, 4)
    assert one.candidates != other.candidates
    assert one.slots != other.slots


def test_the_best_plan_for_the_whole_region_is_proven(layers):
    problem = to_problem(layers, as_of=AS_OF)
    plan = solve(problem)
    seen = check(problem, plan)
    assert (plan.status, seen.faults, seen.proof) == ("optimal", (), "proven")
    assert plan.placed > 0.8 * layers.pairing.slots.seats.sum()
    assert counts_in_readme() == {
        "seats": layers.pairing.slots.seats.sum(),
        "pairs that are possible": layers.eligibility.possible.sum(),
        "of these, pairs without a question": (layers.eligibility.overall == YES).sum(),
        "people for whom no slot is possible": (~layers.eligibility.possible.any(axis=1)).sum(),
        "people who get a place at best": plan.placed,
    }


def test_the_region_is_neither_easy_nor_empty(region, layers):
    assert 0.10 <= layers.eligibility.possible.mean() <= 0.25
    fields = [
        name
        for name in CandidateFacts.model_fields
        if may_be_unknown(CandidateFacts, name) and name not in SELDOM_A_LIMIT
    ]
    blank = np.mean([[getattr(one, name) is None for name in fields] for one in region.candidates])
    assert 0.10 <= blank <= 0.15
    assert sum(map(len, files_of(SAMPLE).values())) < 1_500_000


def test_the_files_read_as_what_was_made(region):
    assert read_rows(read_file(SAMPLE / "candidates.csv"), CANDIDATES) == region.candidates
    assert read_rows(read_file(SAMPLE / "pilots.json"), PILOTS) == region.pilots
    assert read_postcodes(SAMPLE / "postcodes.csv") == region.postcodes
    organisations = read_rows(read_file(SAMPLE / "organisations.json"), ORGANISATIONS)
    assert organisations == region.organisations
    for read, made in zip(
        read_rows(read_file(SAMPLE / "slots.csv"), SLOTS), region.slots, strict=True
    ):
        assert read.model_dump() == made.model_dump(include=set(type(read).model_fields))


def test_a_region_can_be_imported(engine, clock, tmp_path):
    write_region(make_region(SEED, n_candidates=60, n_slots=16), tmp_path)
    kinds = ["organisations.json", "pilots.json", "slots.csv", "candidates.csv", "postcodes.csv"]
    counts = [
        import_file(engine, Path(name).stem, tmp_path / name, by=SHELL, clock=clock)
        for name in kinds
    ]
    assert counts == [30, 2, 16, 60, 25]


@pytest.mark.parametrize("seed", range(5))
def test_everything_that_is_named_is_there(seed):
    region = make_region(seed, n_candidates=150, n_slots=30)
    organisations = {one.code: set(one.kinds) for one in region.organisations}
    pilots = {one.code: one for one in region.pilots}
    areas = {one.pc4 for one in region.postcodes}
    slots = {one.code for one in region.slots}
    for pilot in region.pilots:
        for code, kind in [
            *((code, "supplier") for code in pilot.suppliers),
            *((code, "host") for code in pilot.hosts),
            *((code, "referrer") for code in pilot.referrers),
        ]:
            assert kind in organisations[code]
    for slot in region.slots:
        pilot = pilots[slot.pilot]
        [cohort] = [one for one in pilot.cohorts if one.code == slot.cohort]
        assert (slot.starts_on, slot.last_entry_on) == (cohort.starts_on, cohort.last_entry_on)
        assert slot.referrers == pilot.referrers
        assert slot.supplier in pilot.suppliers
        assert {phase.organisation for phase in slot.phases} <= organisations.keys()
        assert {phase.pc4 for phase in slot.phases} <= areas | {None}
        assert unknown_skills(slot, skill_taxonomy()) == []
    known = {"slot": slots, "pilot": pilots, "organisation": organisations}
    for candidate in region.candidates:
        assert candidate.referrer is None or "referrer" in organisations[candidate.referrer]
        assert candidate.pc4 is None or candidate.pc4 in areas
        assert unknown_skills(candidate, skill_taxonomy()) == []
        for wish in [*(candidate.wishes or ()), *candidate.vetoes]:
            assert wish.code in known[wish.about]
