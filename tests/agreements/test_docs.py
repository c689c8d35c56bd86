"""What the pages quote from the code is what the code has, and what they point at is there."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from sqlmodel import SQLModel

import models.tables
from matching import Policy
from matching.criteria.wishes import score_wish
from matching.efforts import EFFORTS, Efforts
from matching.facts.profiles import FORMS, TRAVEL_MODES, WEEKDAYS
from matching.facts.travel import SPEEDS
from matching.policy import COMPARE, CRITERIA, NEVER_WAIVED, OBJECTIVES, RULES, SECTIONS
from matching.scoring import add_up
from models.bond import BondCreate
from models.candidate import CandidateFacts
from models.coach import CoachCreate
from models.codes import Diploma, OrganisationKind, RunStatus
from models.organisation import OrganisationCreate
from models.pilot import PilotFile
from models.postcode import PostcodeCreate
from models.quota import QuotaCreate
from models.slot import SlotCreate
from models.vocabulary import intake_presets, support_kinds, work_conditions
from service import errors, http, middleware
from service.app import operations
from service.cli import app
from service.forbidden import NEVER_STORED
from service.importing.files import LARGEST_BYTES, LARGEST_CELL, LARGEST_ROWS, Row
from service.importing.postcodes import POSTCODES
from service.importing.reading import (
    BONDS,
    CANDIDATES,
    COACHES,
    GROUPS,
    MOST_FAULTS,
    ORGANISATIONS,
    PILOTS,
    QUOTAS,
    SLOTS_ALONE,
    may_be_unknown,
    read_rows,
)
from service.paging import LARGEST
from service.schemas import GroupGiven, SlotFacts
from service.settings import Settings
from service.taxonomy import skill_taxonomy

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "data").rglob("*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)


def table(name: str, heading: str, *, under: str = "") -> list[list[str]]:
    """Return the rows of a page's table, by the first cells of its heading."""
    lines = read(name).partition(f"\n## {under}\n" if under else "# ")[2].splitlines()
    starts = [at for at, line in enumerate(lines) if line.startswith(f"| {heading} |")]
    assert starts, f"{name} has no table that begins with | {heading} |"
    rows = []
    for line in lines[starts[0] + 2 :]:
        if not line.startswith("|"):
            break
        cells = re.split(r"(?<!\\)\|", line)[1:-1]
        rows.append([cell.strip().replace(r"\|", "|") for cell in cells])
    return rows


def code_in(cell: str) -> str:
    """Return what stands in backticks, or the cell as it is."""
    return cell.removeprefix("`").removesuffix("`")


def codes_in(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


# Links


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as git forges make them."""
    headings = re.findall(r"^#+ (.+)$", without_code(text), flags=re.MULTILINE)
    plain = (re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading) for heading in headings)
    return {re.sub(r"[^\w\- ]", "", one.lower()).strip().replace(" ", "-") for one in plain}


def links(text: str) -> Iterator[str]:
    yield from re.findall(r"\[[^]]*\]\(([^)\s]+)\)", without_code(text))


@pytest.mark.parametrize("name", NAMES)
def test_each_link_leads_somewhere(name):
    page, lost = ROOT / name, []
    for link in links(read(name)):
        if re.match(r"\w+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            lost.append(link)
    assert lost == []


def test_each_page_of_the_documentation_can_be_reached_from_its_first_page():
    seen, to_read = set(), [DOCS / "README.md"]
    while to_read:
        page = to_read.pop()
        if page in seen:
            continue
        seen.add(page)
        for link in links(page.read_text(encoding="utf-8")):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.is_relative_to(DOCS):
                to_read.append(target)
    assert sorted(set(DOCS.rglob("*.md")) - seen) == []
    assert "docs/README.md" in set(links(read("README.md")))


# Commands


def shell_commands() -> dict[str, set[str]]:
    """Return the options of each command of `proeftuin`."""
    found = {}
    for name, command in typer.main.get_command(app).commands.items():
        inner = getattr(command, "commands", None)
        for sub, one in inner.items() if inner else [("", command)]:
            options = {option for item in one.params for option in item.opts if "--" in option}
            found[f"{name} {sub}".strip()] = options - {"--help"}
    return found


def dev_commands() -> set[str]:
    return set(re.findall(r'^    "(\w+)": \w+,$', read("dev.py"), flags=re.MULTILINE))


def lines_of_code(text: str) -> Iterator[str]:
    """Yield each line of each block of code, and each piece of code within a sentence."""
    for block, piece in re.findall(r"^```\w*\n(.*?)^```$|`([^`\n]+)`", text, re.DOTALL | re.M):
        yield from (block or piece).replace("\\\n", " ").splitlines()


def unknown_commands(text: str) -> Iterator[str]:
    """Yield what a text asks of the shell that is no command, or has an option that is none."""
    known, of_dev = shell_commands(), dev_commands()
    for line in lines_of_code(text):
        words = line.partition("#")[0].replace(".venv/bin/", "").split()
        if words[:2] == ["python3", "dev.py"] and len(words) > 2 and words[2][0].islower():
            if words[2] not in of_dev:
                yield line
            elif words[2] in ("demo", "serve"):
                words = ["proeftuin", *words[2:]]
            elif words[2] == "run":
                words = ["proeftuin", *words[3:]]
        if words[:1] != ["proeftuin"] or len(words) == 1 or not words[1][0].islower():
            continue
        command = words[1] if words[1] in known else " ".join(words[1:3])
        options = {word for word in words if word.startswith("--")} - {"--help"}
        if command not in known or not options <= known[command]:
            yield line


@pytest.mark.parametrize("name", NAMES)
def test_each_command_that_a_page_names_exists(name):
    assert list(unknown_commands(read(name))) == []


def test_a_command_that_does_not_exist_is_seen():
    wrong = [
        "python3 dev.py fly",
        "python3 dev.py run fly",
        "proeftuin demo --loud",
        "proeftuin fly",
    ]
    right = [
        "python3 dev.py",
        "python3 dev.py run match --help",
        "proeftuin sample region --seed 1",
    ]
    assert list(unknown_commands("".join(f"`{line}`\n" for line in wrong + right))) == wrong


def test_the_command_line_page_tells_all_commands_and_options():
    name = "docs/reference/command-line.md"
    told = {}
    for command, options, _ in table(name, "command | options"):
        words = [word for word in code_in(command).split()[1:] if word.islower()]
        told[" ".join(words)] = set(codes_in(options))
    assert told == shell_commands()
    told_of_dev = {codes_in(row[0])[0].split()[2] for row in table(name, "command | does")}
    assert told_of_dev == dev_commands()


def test_the_command_line_page_tells_all_settings():
    rows = table("docs/reference/command-line.md", "variable")
    told = {code_in(row[0]).removeprefix("PROEFTUIN_").lower() for row in rows}
    assert told == set(Settings.model_fields)


# Scores and rules


def test_the_weights_are_those_of_the_default_policy():
    rows = table("docs/explanation/scoring.md", "criterion | weight", under="The weights")
    policy = Policy.default()
    assert [(code_in(row[0]), int(row[1])) for row in rows] == [
        (name, policy.weights[name]) for name in CRITERIA
    ]
    formulas = table("docs/explanation/scoring.md", "criterion | one item is worth")
    assert [code_in(row[0]) for row in formulas] == list(CRITERIA)
    text = read("docs/explanation/scoring.md")
    assert sum(policy.weights.values()) == 100
    assert f"counts {policy.near:g} for each" in text
    assert f"{policy.near:g} and {policy.near**2:g}" in " ".join(text.split())
    assert f"at least {policy.learnable:g} (`learnable`)" in " ".join(text.split())
    assert f"counts as {policy.neutral:g} (`neutral`" in text
    assert f"(minutes ÷ {policy.travel_half_life:g})" in text


def test_the_worth_of_a_wish():
    rows = table("docs/explanation/scoring.md", "rank of the wish")
    told = [float(row[1]) for row in rows]
    assert told == pytest.approx([score_wish(rank) for rank in range(1, len(rows) + 1)])
    assert rows[-1][0] == f"{len(rows)} and further"
    assert score_wish(99) == pytest.approx(told[-1])


def test_the_example_of_the_largest_remainder():
    import numpy as np

    from matching.criteria import Layer

    names = ("skills", "education", "languages")
    steps = dict(zip(names, (5000, 5001, 5001), strict=True))
    weights = {name: int(name in names) for name in CRITERIA}
    policy = Policy(weights=weights)
    layers = {
        name: Layer(np.array([[steps.get(name, 0) / 10_000]]), np.ones((1, 1))) for name in CRITERIA
    }
    points, parts = add_up(layers, policy)
    told = [int(parts[name][0, 0]) for name in names]
    assert (int(points[0, 0]), told) == (5001, [1667, 1667, 1667])
    assert "**1667, 1667 and 1667**" in read("docs/explanation/scoring.md")


def test_the_speeds():
    rows = table("docs/explanation/travel.md", "means of travel")
    told = {code_in(row[0]): tuple(map(float, row[1:])) for row in rows}
    assert told == {
        mode: (speed.detour, speed.near_km_h, speed.far_km_h, speed.fixed_minutes)
        for mode, speed in SPEEDS.items()
    }


def test_the_rules_and_who_may_waive_them():
    rows = table("docs/explanation/rules.md", "rule")
    rules = Policy.default().rules
    assert [(code_in(row[0]), row[3]) for row in rows] == [
        (name, ", ".join(rules[name].waived_by) or "nobody") for name in RULES
    ]
    assert all(f"`{name}`" in read("docs/explanation/rules.md") for name in NEVER_WAIVED)
    assert (len(RULES), len(CRITERIA)) == (14, 10)
    assert "fourteen hard rules and ten criteria" in read("README.md")


def test_the_fields_where_a_blank_is_no_limit_are_fields():
    rows = table("docs/explanation/rules.md", "field")
    known = {field.alias for field in CandidateFacts.model_fields.values()}
    assert {code_in(row[0]) for row in rows} <= known


def test_the_ground_on_the_policy_page_is_one_that_a_policy_takes():
    from matching.policy import DEFAULT_FILE

    [shown] = re.findall(r"```toml\n(.*?)```", read("docs/reference/policy.md"), flags=re.DOTALL)
    policy = Policy.parse(f"{DEFAULT_FILE.read_text('utf-8')}\n{shown}")
    assert list(policy.quota_grounds) == ["register"]


def test_the_policy_page_tells_each_key_with_its_default():
    rows = {code_in(row[0]): row for row in table("docs/reference/policy.md", "key")}
    keys = {f"{section}.{key}" for section, inner in SECTIONS.items() for key in inner}
    others = {"name", "edition", "weights.…", "effort.…", "rules.….applies", "rules.….waived_by"}
    others.add("quota_grounds.…")
    assert set(rows) == keys | others
    policy = Policy.default()
    defaults = {
        "name": f'"{policy.name}"',
        "edition": str(policy.edition),
        "plan.objective": "[{}]".format(", ".join(f'"{one}"' for one in policy.objective)),
        "plan.compare": f'"{policy.compare}"',
        "unknown.neutral": f"{policy.neutral:g}",
        "skills.learnable": f"{policy.learnable:g}",
        "skills.near": f"{policy.near:g}",
        "travel.half_life_minutes": f"{policy.travel_half_life:g}",
        "reach.language_levels": str(policy.language_reach),
        "reach.education_levels": str(policy.education_reach),
    }
    assert {key: code_in(rows[key][2]) for key in defaults} == defaults
    assert codes_in(rows["plan.compare"][1]) == [f'"{one}"' for one in COMPARE]
    assert len(codes_in(rows["plan.objective"][1])) == len(OBJECTIVES)


def test_the_policy_page_tells_what_each_change_takes():
    rows = table("docs/reference/policy.md", "effort")
    efforts = Policy.default().efforts
    assert [(code_in(row[0]), int(row[1])) for row in rows] == [
        (name, getattr(efforts, name)) for name in EFFORTS
    ]
    assert efforts == Efforts()


# What is kept


def test_what_is_never_stored():
    rows = table("docs/explanation/privacy.md", "never stored")
    assert {row[0]: tuple(codes_in(row[1])) for row in rows} == NEVER_STORED


def test_the_tables_of_the_data_model():
    rows = table("docs/reference/data-model.md", "table")
    assert {code_in(row[0]) for row in rows} == set(SQLModel.metadata.tables)
    marked = {code_in(row[0]) for row in rows if "; confidential" in row[1]}
    confidential = {
        table.__tablename__
        for table in vars(models.confidential).values()
        if isinstance(table, type)
        and table.__module__ == "models.confidential"
        and hasattr(table, "__table__")
    }
    assert marked == confidential
    kept = {code_in(row[1]) for row in table("docs/explanation/privacy.md", "about a candidate")}
    assert kept == confidential | {"candidate", "bond"}


@pytest.mark.parametrize(
    ("under", "terms"),
    [("Work conditions", work_conditions()), ("Kinds of support", support_kinds())],
    ids=["conditions", "support"],
)
def test_the_vocabularies_are_told_in_full(under, terms):
    rows = table("docs/reference/vocabularies.md", "code", under=under)
    assert rows == [
        [f"`{code}`", term.nl, term.en, term.question("nl"), term.question("en")]
        for code, term in terms.items()
    ]


def test_the_presets_are_told_in_full():
    rows = table("docs/reference/vocabularies.md", "code", under="Intake presets")
    assert rows == [
        [
            f"`{code}`",
            preset.nl,
            preset.en,
            ", ".join(f"{strength.value} `{c}`" for c, strength in preset.conditions.items()),
            ", ".join(f"`{kind}` {hours:g}" for kind, hours in preset.support_hours.items()),
        ]
        for code, preset in intake_presets().items()
    ]
    assert f"holds {len(skill_taxonomy())} skills" in read("docs/reference/vocabularies.md")


# Files and HTTP

FILES = {
    "Candidates": (CandidateFacts, CANDIDATES),
    "Organisations": (OrganisationCreate, ORGANISATIONS),
    "Pilots": (PilotFile, PILOTS),
    "Coaches": (CoachCreate, COACHES),
    "Quotas": (QuotaCreate, QUOTAS),
    "Bonds": (BondCreate, BONDS),
    "Groups": (GroupGiven, GROUPS),
    "Postcodes": (PostcodeCreate, POSTCODES),
}


def columns_told(under: str) -> list[list[str]]:
    return table("docs/reference/files.md", "column", under=under)


def slot_columns() -> tuple[list[list[str]], list[list[str]]]:
    """Return the columns of every file with slots, and those of files that are matched alone."""
    text = read("docs/reference/files.md").split("\n## Slots\n")[1].split("\n## ")[0]
    parts = [part for part in text.split("| column |") if part.startswith(" holds")]
    tables = []
    for part in parts:
        lines = [line for line in part.splitlines()[2:] if line.startswith("|")]
        rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]
        tables.append([[cell.strip().replace(r"\|", "|") for cell in row] for row in rows])
    both, alone = tables
    return both, alone


@pytest.mark.parametrize("under", FILES)
def test_the_columns_of_files(under):
    shape, layout = FILES[under]
    check_columns(columns_told(under), shape, layout)


def test_the_columns_of_files_with_slots():
    both, alone = slot_columns()
    assert {code_in(row[0]) for row in both} == set(SlotCreate.model_fields)
    check_columns(both + alone, SlotFacts, SLOTS_ALONE)


def check_columns(rows, shape, layout):
    told = {code_in(row[0]): row for row in rows}
    assert set(told) == set(shape.model_fields)
    for name, (_, _, _, blank) in told.items():
        assert (blank == "–") == shape.model_fields[name].is_required(), name
        if blank == "unknown":
            has_default = not may_be_unknown(shape, name)
            assert not has_default or shape.model_fields[name].default.value == "unknown", name
    examples = {name: code_in(row[2]) for name, row in told.items() if row[2]}
    # In one row all examples together have to make sense too.
    [facts] = read_rows([Row(1, examples, is_csv=True)], layout)
    assert all(getattr(facts, name) is not None for name in examples)


def test_the_limits_of_files():
    text = read("docs/reference/files.md")
    limits = f"{LARGEST_BYTES // 2**20} MB, {LARGEST_ROWS:,} rows, {LARGEST_CELL:,} characters"
    assert limits in text
    assert f"the first {MOST_FAULTS} faults" in text


def test_the_codes_in_the_columns_of_files():
    told = {code_in(row[0]): codes_in(row[1]) for row in columns_told("Candidates")}
    assert told["travel_modes"] == list(TRAVEL_MODES)
    assert told["placement_forms"] == list(FORMS)
    assert told["days"] == [WEEKDAYS[0], WEEKDAYS[-1]]
    kinds = {code_in(row[0]): codes_in(row[1]) for row in columns_told("Organisations")}["kinds"]
    assert kinds == [kind.value for kind in OrganisationKind]


def test_the_diplomas():
    rows = table("docs/reference/files.md", "code | level on EQF")
    told = {code: int(level) for codes, level in rows for code in codes_in(codes)}
    assert told == {diploma.value: diploma.eqf for diploma in Diploma}


def test_the_operations_of_the_api():
    rows = table("docs/reference/api.md", "method")
    told = sorted((method, code_in(path)) for method, path, _ in rows)
    served = sorted(
        (method, re.sub(r"\{\w+\}", "{id}", route.path))
        for route in operations()
        for method in route.methods
    )
    assert told == served


def test_the_problems_of_the_api():
    rows = table("docs/reference/api.md", "status | code")
    told = {(int(status), code_in(code)) for status, code, _ in rows}
    kinds = [errors.ServiceError, *errors.ServiceError.__subclasses__()]
    raised = {(kind.status, kind.code) for kind in kinds[1:]}
    sources = Path(http.__file__).read_text("utf-8") + Path(middleware.__file__).read_text("utf-8")
    answered = re.findall(r"\bproblem\(\s*(\d{3}),\s*\"(\w+)\"", sources)
    assert told == raised | {(int(status), code) for status, code in answered}


def test_the_ends_of_a_run():
    rows = table("docs/reference/api.md", "status | means")
    ends = [status.value for status in RunStatus if status not in ("queued", "running")]
    assert [code_in(row[0]) for row in rows] == ends


def test_the_limits_of_the_api():
    text = read("docs/reference/api.md")
    assert f"`limit` is 1 to {LARGEST}" in text
    assert f"more than {middleware.LARGEST_BODY // 2**20} MB" in text


# What is shown


@pytest.mark.parametrize("name", [name for name in NAMES if "```python" in read(name)])
def test_python_on_a_page_runs(name):
    blocks = re.findall(r"^```python\n(.*?)^```$", read(name), flags=re.DOTALL | re.MULTILINE)
    for block in blocks:
        if ">>>" in block:
            example = doctest.DocTestParser().get_doctest(block, {}, name, name, 0)
            result = doctest.DocTestRunner(verbose=False).run(example)
            assert result.attempted > 0
            assert result.failed == 0
        else:
            exec(compile(block, name, "exec"), {"__name__": "on_a_page"})


def test_the_readme_shows_what_the_demo_prints(tmp_path):
    shown = re.findall(r"^```text\n(.*?)^```$", read("README.md"), flags=re.DOTALL | re.MULTILINE)
    assert shown
    result = subprocess.run(
        [sys.executable, "-m", "service.cli", "demo"],
        cwd=ROOT,
        env={**os.environ, "PROEFTUIN_DATA": str(tmp_path), "COLUMNS": "80", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    printed = "\n".join(line.rstrip() for line in result.stdout.splitlines())
    for excerpt in shown:
        for part in re.split(r"^…$", excerpt, flags=re.MULTILINE):
            assert part.strip("\n") in printed
