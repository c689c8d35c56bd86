"""``python -m matching``: what it prints, what it writes, and how it ends."""

import dataclasses
import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import matching.__main__ as command
from matching import Progress, SideCertificate, SolveStatus, check, solve
from matching.files import parse_problem, plan_to_json
from matching.filing.certificate import KEYS as CERTIFICATE_KEYS
from matching.filing.certificate import MULTIPLIER_KEYS
from matching.filing.plan import KEYS as PLAN_KEYS
from matching.filing.problem import KEYS
from matching.filing.rules import GROUP_KEYS, QUOTA_KEYS, RESOURCE_KEYS
from matching.layouts.published import LAYOUTS
from matching.plan import Certificate, Multipliers

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/reference/problem-file.md").read_text("utf-8")
HOW_TO = (ROOT / "docs/how-to/solve-a-published-instance.md").read_text("utf-8")

SEATS_ONLY = {
    "title": "Two and two",
    "candidates": ["K-1", "K-2"],
    "slots": ["S-1", "S-2"],
    "seats": 1,
    "scores": [[7, 5], [9, None]],
}
WISHES = "2 1\n1: 1\n2: 1\n1: 1: 2 1\n"


@pytest.fixture
def run(tmp_path, capsys):
    """Run the command on a file with this content; return its status, output and errors."""

    def run_on(content, *options, name="file.json"):
        path = tmp_path / name
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")
        status = command.main([str(path), *map(str, options)])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run_on


# What it says


def test_it_prints_the_plan_by_slot_with_its_levels_and_proof(run):
    status, out, err = run(SEATS_ONLY)
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "Two and two: 2 candidates, 2 slots, 2 seats",
        "",
        "S-1  1 of 1 seat",
        "  K-2  9",
        "S-2  1 of 1 seat",
        "  K-1  5",
        "",
        "                     value  bound  gap",
        "people with a place      2      2  0 %  best there is",
        "sum of scores           14     14  0 %  best there is",
        "",
        "Under these rules and weights, chosen by people, no plan does better.",
        "Proven: checked again without any solver, from the prices that come with the plan.",
    ]


def test_who_has_no_place_gets_a_reason(run):
    people = ["K-full", "K-none", "K-hours", "K-pin", "K-friend"]
    problem = {
        "candidates": people,
        "slots": ["S-1", "S-2"],
        "seats": {"S-1": 1, "S-2": 3},
        "scores": [[3, None], [None, None], [None, 4], [9, None], [None, 1]],
        "pins": {"K-pin": "S-1"},
        "resources": [{"name": "coach", "demand": {"K-hours": 2}, "supply": {"S-1": 0, "S-2": 1}}],
        "quotas": [{"name": "ceiling", "candidates": ["K-friend"], "slots": ["S-2"], "most": 0}],
    }
    _, out, _ = run(problem)
    assert "No place: 4 candidates" in out
    assert "  K-full  the only slot that is possible is full" in out
    assert "  K-none  every slot refuses" in out
    assert "  K-hours  seats are left, and these rules leave no room: coach" in out
    assert "  K-friend  seats are left, and these rules leave no room: ceiling" in out
    assert "Seats left: 3" in out


def test_a_bond_that_keeps_somebody_out_is_named(run):
    problem = {
        "candidates": ["K-1", "K-2"],
        "slots": ["S-1", "S-2"],
        "seats": [2, 2],
        "scores": [[1, None], [1, None]],
        "groups": [{"name": "kept apart", "candidates": ["K-1", "K-2"], "apart": True}],
    }
    assert "these rules leave no room: kept apart" in run(problem)[1]
    together = {"name": "together", "candidates": ["K-1", "K-2"]}
    split = problem | {"scores": [[1, None], [None, 1]], "groups": [together]}
    assert "these rules leave no room: together" in run(split)[1]


def test_where_places_do_not_come_first_somebody_may_stay_without(run):
    _, out, _ = run(SEATS_ONLY | {"scores": [[-1, None], [None, -1]], "objective": ["score"]})
    assert "K-1  a seat is left, and the plan is better without" in out


def test_rules_that_leave_no_plan_are_an_answer_with_a_status_of_its_own(run):
    quota = {"name": "too many", "slots": ["S-1"], "least": 2}
    status, out, _ = run(SEATS_ONLY | {"quotas": [quota]})
    assert status == 1
    assert "No plan keeps all rules." in out
    assert "  the floor of too many" in out
    assert "  the seats of S-1" in out


def test_levels_bounds_and_current_slots_are_told_in_words(run):
    problem = SEATS_ONLY | {
        "current": {"K-1": "S-1"},
        "tiers": [0, 1],
        "objective": ["tiers", "moves"],
    }
    _, out, _ = run(problem)
    assert "people of tier 0 with a place" in out
    assert "people who leave their slot" in out


def test_codes_of_any_script_and_rows_without_codes_can_be_printed(run):
    assert (
        "  Ж-1  7"
        in run(SEATS_ONLY | {"candidates": ["Ж-1", "K-2"], "scores": [[7, 5], [5, 7]]})[1]
    )
    assert "  candidate 0  3" in run({"scores": [[3]], "seats": 1})[1]


def test_of_very_many_people_the_first_are_printed(run):
    n = 503
    _, out, _ = run({"candidates": n, "slots": 1, "seats": n, "scores": [[1]] * n})
    assert "… 3 people more: --out writes all of them" in out
    assert "candidate 499  1" in out
    assert "candidate 500  1" not in out


# Options


def test_an_objective_on_the_command_line_beats_that_of_the_file(run):
    problem = SEATS_ONLY | {"scores": [[7, None], [9, None]], "objective": ["score"]}
    assert "people with a place" not in run(problem)[1]
    _, out, _ = run(problem, "--objective", "placed,score")
    assert "people with a place" in out


def test_a_plan_is_written_and_checked_on_another_day(run, tmp_path):
    plan = tmp_path / "plan.json"
    assert run(SEATS_ONLY, "--out", plan)[0] == 0
    assert json.loads(plan.read_text("utf-8"))["check"]["proof"] == "proven"
    status, out, _ = run(SEATS_ONLY, "--check", plan)
    assert status == 0
    assert "no plan does better" in out


def test_a_plan_that_does_not_hold_is_told_with_its_faults(run, tmp_path):
    plan = tmp_path / "plan.json"
    plan.write_text('{"placements": {"K-1": "S-1", "K-2": "S-1"}}', encoding="utf-8")
    status, out, _ = run(SEATS_ONLY, "--check", plan)
    assert status == 1
    assert "This does not hold" in out
    assert "slot 0 holds 2 people" in out


def test_a_plan_of_slots_that_do_not_exist_is_told_with_its_faults(run, tmp_path):
    plan = tmp_path / "plan.json"
    plan.write_text('{"slots": [7, -1]}', encoding="utf-8")
    status, out, _ = run(SEATS_ONLY, "--check", plan)
    assert status == 1
    assert "slot 7, which does not exist" in out


def test_a_plan_by_hand_is_feasible_and_claims_nothing(run, tmp_path):
    plan = tmp_path / "plan.json"
    plan.write_text('{"placements": {"K-1": "S-1"}}', encoding="utf-8")
    status, out, _ = run(SEATS_ONLY, "--check", plan)
    assert status == 0
    assert "sum of scores            7   none       nothing is claimed" in out
    assert "comes without bounds" in out
    for words in ("Claimed", "within the gap", "not proven best", "No plan can pass"):
        assert words not in out


def test_as_json_it_prints_what_it_would_write(run, tmp_path):
    status, out, _ = run(SEATS_ONLY, "--json", "--seed", 3)
    assert status == 0
    printed = json.loads(out)
    assert printed["placements"] == {"K-1": "S-2", "K-2": "S-1"}
    stored = tmp_path / "stored.json"
    stored.write_text(out, encoding="utf-8")
    assert run(SEATS_ONLY, "--check", stored)[0] == 0


def test_the_same_file_gives_the_same_bytes(run):
    assert run(SEATS_ONLY, "--json") == run(SEATS_ONLY, "--json")


def test_published_costs_are_told_as_they_are_published(run):
    _, out, _ = run("2  1 3  2 9", name="assign2.txt")
    assert "cost as published (lowest is best): 5" in out
    _, out, _ = run("2  1 3  2 9", "--maximise", name="assign2.txt")
    assert "cost as published (highest is best): 10" in out


def test_of_several_problem_sets_one_can_be_taken(run, tmp_path):
    sets = "2  1 1 7 2 3  1 1 8 2 3"
    options = ("--layout", "orlib-gap", "--minimise")
    _, out, _ = run(sets, *options, name="gap1.txt")
    assert [line for line in out.splitlines() if line.startswith("cost")] == [
        "cost as published (lowest is best): 7",
        "cost as published (lowest is best): 8",
    ]
    assert len(json.loads(run(sets, *options, "--json", name="gap1.txt")[1])) == 2
    _, out, _ = run(sets, *options, "--instance", 2, name="gap1.txt")
    assert "best): 8" in out
    assert "best): 7" not in out
    status, _, err = run(sets, *options, "--instance", 3, name="gap1.txt")
    assert (status, "accepted are 1 to 2" in err) == (2, True)
    status, _, err = run(sets, *options, "--out", tmp_path / "x.json", name="gap1.txt")
    assert (status, "--instance" in err) == (2, True)


def test_lists_of_two_sides_give_a_stable_plan(run, tmp_path):
    plan = tmp_path / "plan.json"
    status, out, _ = run(WISHES, "--out", plan, name="wishes.txt")
    assert status == 0
    assert "Stable: no two would both rather have each other." in out
    assert "Every candidate has the best slot" in out
    assert json.loads(plan.read_text("utf-8"))["placements"] == {"1": None, "2": "1"}
    assert run(WISHES, "--check", plan, name="wishes.txt")[0] == 0
    _, out, _ = run(WISHES.replace("2 1\n", "(2 1)\n").replace("(2 1)", "2 1", 1), name="ties.txt")
    assert "in the order of the file" in out


def test_an_unstable_plan_and_one_that_is_none_are_told(run, tmp_path):
    plan = tmp_path / "plan.json"
    plan.write_text('{"placements": {"1": "1"}}', encoding="utf-8")
    status, out, _ = run(WISHES, "--check", plan, name="wishes.txt")
    assert status == 1
    assert "  2 and 1" in out
    plan.write_text('{"placements": {"1": "1", "2": "1"}}', encoding="utf-8")
    status, _, err = run(WISHES, "--check", plan, name="wishes.txt")
    assert (status, "only 1 seats" in err) == (1, True)


# When things go wrong


def test_each_fault_of_a_bad_file_is_a_line_with_the_name_of_the_file(run):
    status, out, err = run(SEATS_ONLY | {"seats": [1, -1], "pins": {"K-9": "S-1"}})
    assert (status, out) == (2, "")
    first, second = err.splitlines()
    assert first.endswith("file.json: seats[1]: is -1; accepted are whole numbers from 0")
    assert "file.json: pins: names 'K-9'" in second


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--objective", "cheapest"), "objective"),
        (("--objective", "moves"), "no current"),
        (("--gap", "1"), "gap"),
        (("--time-limit", "-1"), "time_limit"),
        (("--seed", "-1"), "seed"),
    ],
)
def test_options_out_of_range_are_bad_input(run, options, word):
    status, _, err = run(SEATS_ONLY, *options)
    assert status == 2
    assert word in err


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("wurst", "names 'wurst', which is no level; accepted are placed, tiers, score"),
        ("placed,wurst", "names 'wurst', which is no level"),
        ("placed wurst", "; worst, perhaps?"),
        ("score,score", "names score again"),
        (",", "is empty; accepted are placed"),
    ],
)
def test_a_wrong_word_of_the_objective_is_named_also_where_nothing_is_solved(
    run, tmp_path, said, told
):
    plan = tmp_path / "plan.json"
    plan.write_text('{"slots": [1, 0]}', encoding="utf-8")
    for options in ((), ("--check", plan)):
        status, out, err = run(SEATS_ONLY, "--objective", said, *options)
        assert (status, out) == (2, "")
        assert "file.json: --objective: " in err
        assert told in err


def test_options_that_are_none_end_with_the_status_for_bad_input(run):
    with pytest.raises(SystemExit) as caught:
        run(SEATS_ONLY, "--loud")
    assert caught.value.code == 2


def test_a_file_that_is_not_there_is_bad_input_and_named_once(tmp_path, capsys):
    assert command.main([str(tmp_path / "none.json")]) == 2
    assert capsys.readouterr().err.count("none.json") == 1


def test_a_place_where_nothing_can_be_written_is_bad_input(run, tmp_path):
    status, _, err = run(SEATS_ONLY, "--out", tmp_path / "no" / "plan.json")
    assert (status, "cannot be written" in err) == (2, True)


# Ctrl-C


def solver_that_is_interrupted(times):
    """Return a solver that hears Ctrl-C while it works, and hands over what it has."""

    def solve_until_stopped(problem, *, progress, **options):
        del options["time_limit"]
        for _ in range(times):
            signal.raise_signal(signal.SIGINT)
        assert progress(Progress(1.0, "looking", "score", 3, 9)) is False
        return dataclasses.replace(solve(problem, **options), status=SolveStatus.INTERRUPTED)

    return solve_until_stopped


def test_control_c_prints_the_best_plan_so_far(run, monkeypatch):
    monkeypatch.setattr(command, "solve", solver_that_is_interrupted(1))
    status, out, _ = run(SEATS_ONLY)
    assert status == 130
    assert "  K-2  9" in out
    assert "Stopped early: this is the best plan so far." in out


def test_nobody_who_stopped_the_solver_has_to_wait_for_another_one(run, monkeypatch, tmp_path):
    looked_at = []

    def look(problem, plan):
        looked_at.append(plan.certificate)
        return check(problem, plan)

    monkeypatch.setattr(command, "check", look)
    monkeypatch.setattr(command, "solve", solver_that_is_interrupted(1))
    ruled = SEATS_ONLY | {"quotas": [{"name": "floor", "slots": ["S-1"], "least": 1}]}
    plan = tmp_path / "plan.json"
    _, out, _ = run(ruled, "--out", plan)
    assert "Keep the plan with --out" in out
    run(ruled, "--check", plan)
    assert looked_at[0] is None
    assert isinstance(looked_at[1], SideCertificate)


def test_control_c_again_ends_at_once(run, monkeypatch):
    monkeypatch.setattr(command, "solve", solver_that_is_interrupted(2))
    status, out, err = run(SEATS_ONLY)
    assert (status, out) == (130, "")
    assert "Stopped before there was a plan." in err


def test_after_a_solve_control_c_works_as_before(run):
    before = signal.getsignal(signal.SIGINT)
    run(SEATS_ONLY)
    assert signal.getsignal(signal.SIGINT) is before


def test_control_c_while_checking_keeps_the_plan(run, monkeypatch):
    def nobody_waits_for_this(problem, plan):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "check", nobody_waits_for_this)
    status, out, _ = run(SEATS_ONLY)
    assert status == 130
    assert "  K-2  9" in out
    assert "Not checked again" in out


# What the pages say


def test_it_runs_as_a_module_and_prints_what_the_page_shows(tmp_path):
    [problem] = re.findall(r"^```json\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)
    shown = re.search(r"^prints\n\n```text\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)
    (tmp_path / "problem.json").write_text(problem, encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "matching", str(tmp_path / "problem.json")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert shown
    assert result.stdout.startswith(shown.group(1))
    assert len(result.stdout[len(shown.group(1)) :].splitlines()) == 1


def test_the_faults_on_the_page_are_those_of_such_a_file(run):
    [example] = re.findall(r"^```json\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)
    wrong = json.loads(example)
    wrong |= {"seats": [2, -1], "pins": {"K-9": "S-2"}}
    wrong["quotas"][0]["leest"] = wrong["quotas"][0].pop("least")
    _, _, err = run(wrong, name="problem.json")
    [shown] = [
        text for text in re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL) if "leest" in text
    ]
    assert re.sub(r"^\S*problem\.json: ", "problem.json: ", err, flags=re.MULTILINE) == shown


def fields_told(heading: str) -> set[str]:
    part = PAGE.split(f"\n{heading}\n")[1].split("\n## ")[0].split("\n### ")[0]
    cells = [line.split("|")[1:] for line in part.splitlines() if line.startswith("|")]
    return {name for row in cells for cell in row[:2] for name in re.findall(r"`(\w+)`", cell)}


def test_the_page_tells_all_fields():
    assert set(KEYS) <= fields_told("## Fields")
    assert {*RESOURCE_KEYS, *QUOTA_KEYS, *GROUP_KEYS} <= fields_told("### Rules")
    told = fields_told("## The file with a plan")
    assert set(PLAN_KEYS) - {"title", "note", "cost", "blockingPairs"} <= told


def test_the_page_tells_all_options():
    options = {text for action in command._parser()._actions for text in action.option_strings}
    told = set(re.findall(r"`(--[\w-]+)", PAGE))
    assert options - {"-h", "--help"} == told


def test_the_page_tells_all_layouts():
    assert set(LAYOUTS) == set(re.findall(r"^\| `([\w-]+)` \|", HOW_TO, flags=re.MULTILINE))


def test_a_reader_knows_all_that_a_certificate_writes():
    """Fail when a certificate gets a field that would be refused when it is read again."""
    plan = solve(parse_problem(json.dumps(SEATS_ONLY)).problem)
    assert isinstance(plan.certificate, Certificate)
    assert set(plan.certificate.to_json()) == set(CERTIFICATE_KEYS)
    assert set(plan_to_json(plan)) <= set(PLAN_KEYS)
    assert len(dataclasses.fields(Multipliers)) == len(MULTIPLIER_KEYS)
    assert check(parse_problem(json.dumps(SEATS_ONLY)).problem, plan).ok
