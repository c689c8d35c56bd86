"""The benchmarks count fairly, and say by name what falls short."""

from __future__ import annotations

import ast
import json
import math
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import __main__ as bench
from benchmarks.comparing import NAMES, Comparison, compare
from benchmarks.ours import graphs, solving
from benchmarks.report import Line, Report, exponent, seconds, write_results
from benchmarks.rows import Found, Row
from benchmarks.running import FellShort, Instance, Runner, median_run

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / "benchmarks" / "peers"


class PretendRunner(Runner):
    """Answers without starting a process."""

    def __init__(self, answers):
        super().__init__(Path())
        self.answers = answers

    def _answer(self, name):
        answer = self.answers[name]
        if isinstance(answer, Exception):
            raise answer
        return {"placed": 3, "score": 30, "status": "optimal", "peak": 10, **answer}

    def ours(self, task, *, minutes=10.0, **arguments):
        return self._answer("ours")

    def peer(self, solver, instance, *, minutes=10.0):
        return self._answer(solver)


ONE = Instance(10, 2)


def test_the_fastest_and_the_leanest_peer_are_what_we_are_held_against():
    runner = PretendRunner(
        {
            "ours": {"cpu": 1.0, "peak": 10},
            "lemon": {"cpu": 30.0, "peak": 20},
            "ortools_flow": {"cpu": 20.0, "peak": 50},
        }
    )
    found = compare(runner, ONE, ("lemon", "ortools_flow"))
    assert (found.times_faster, found.times_smaller) == (20.0, 2.0)
    assert (found.quickest, found.leanest) == ("ortools_flow", "lemon")


@pytest.mark.parametrize("answer", [{"score": 31}, {"placed": 4}])
def test_another_optimum_is_told_by_name(answer):
    runner = PretendRunner({"ours": {"cpu": 1.0}, "lemon": {"cpu": 9.0, **answer}})
    with pytest.raises(FellShort, match=r"answers differ on 10 × 2.*LEMON"):
        compare(runner, ONE, ("lemon",))


def test_a_plan_without_proof_does_not_count():
    runner = PretendRunner({"ours": {"cpu": 1.0, "status": "feasible"}, "lemon": {"cpu": 9.0}})
    with pytest.raises(FellShort, match="ours ends feasible"):
        compare(runner, ONE, ("lemon",))


def test_a_peer_that_does_not_finish_is_shown_and_not_counted():
    answers = {"ours": {"cpu": 1.0}, "lemon": {"cpu": 9.0}, "cp_sat": FellShort("stopped")}
    found = compare(PretendRunner(answers), ONE, ("lemon", "cp_sat"))
    assert (found.times_faster, found.stopped) == (9.0, {"cp_sat": "stopped"})
    assert found.rows()[-1][:3] == (ONE.name, NAMES["cp_sat"], "stopped")
    with pytest.raises(FellShort, match="no other solver finished"):
        compare(PretendRunner(answers), ONE, ("cp_sat",))


def test_the_middle_of_three_runs_counts():
    runs = [{"cpu": cpu, "peak": peak} for cpu, peak in ((3.0, 1), (1.0, 5), (2.0, 9))]
    assert median_run(runs) == {"cpu": 2.0, "peak": 5}


def fails(runner, report):
    raise ZeroDivisionError("oh")


def not_there(runner, report):
    raise FellShort("not there yet")


@pytest.mark.parametrize(("measure", "why"), [(fails, "oh"), (not_there, "not there yet")])
def test_a_row_that_cannot_be_measured_falls_short_in_each_of_its_lines(measure, why, capsys):
    report = Report("short")
    Row((("time", "≥ 15×"), ("memory", "≥ 2×")), measure).run(PretendRunner({}), report)
    assert [(line.name, line.ok) for line in report.short] == [("time", False), ("memory", False)]
    assert all(why in line.why for line in report.short)
    assert report.to_markdown().count(f"**: {line_of(report)}") == 2
    assert "FALLS SHORT: memory" in capsys.readouterr().err


def line_of(report):
    return report.short[0].why


@pytest.mark.parametrize(("ok", "code"), [(True, 0), (False, 1)])
def test_the_exit_code_tells_whether_every_line_holds(ok, code, monkeypatch, capsys, tmp_path):
    row = Row((("speed", "≥ 2×"),), lambda runner, report: [Found("1.5×", ok)])
    monkeypatch.setattr(bench, "ROWS", (row,))
    out = tmp_path / "figures.json"
    assert bench.main(["--out", str(out)]) == code
    said = capsys.readouterr()
    assert ("falls short: speed: 1.5×" in said.err) == (not ok)
    [line] = json.loads(out.read_text())["lines"]
    assert (line["name"], line["ok"]) == ("speed", ok)


def test_after_the_half_hour_no_process_is_started():
    with pytest.raises(FellShort, match="the 0 minutes were over"):
        Runner(Path(), minutes=0).ours("tiny")


def test_part_of_the_figures_is_never_written_as_the_last_results(capsys):
    with pytest.raises(SystemExit):
        bench.main(["--only", "pilot", "--write"])
    assert "part of the figures" in capsys.readouterr().err


def test_results_are_written_between_the_marks_and_nothing_else_changes(tmp_path):
    readme = tmp_path / "README.md"
    text = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    readme.write_text(text, encoding="utf-8")
    for measured in ("3×", "4×"):
        report = Report("short", lines=[Line("speed", "≥ 2×", measured, ok=True)])
        write_results(report, readme)
    written = readme.read_text(encoding="utf-8")
    assert "| speed | ≥ 2× | 4× | holds |" in written
    assert "3× | holds" not in written
    without = re.compile("(results: begin -->).*(<!-- results: end)", flags=re.DOTALL)
    assert without.sub(r"\1\2", written) == without.sub(r"\1\2", text)


def test_an_exponent_is_found_from_its_power_law():
    sizes = [10.0, 100.0, 1000.0]
    assert exponent(sizes, [3 * size**1.5 for size in sizes]) == pytest.approx(1.5)
    assert math.isnan(exponent([10.0], [1.0]))


@pytest.mark.parametrize(
    ("value", "words"), [(0.00019, "0.19 ms"), (0.0999, "0.0999 s"), (2.5, "2.5 s")]
)
def test_seconds_are_written_in_three_figures(value, words):
    assert seconds(value) == words


def test_every_peer_has_a_name_and_every_name_a_peer():
    tree = ast.parse((PEERS / "run.py").read_text(encoding="utf-8"))
    [solvers] = [
        node.value
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "SOLVERS"
    ]
    assert {key.value for key in solvers.keys} == set(NAMES)


def test_nothing_of_ours_is_loaded_where_peers_run():
    for name in ("run", "side_rules", "measure"):
        tree = ast.parse((PEERS / f"{name}.py").read_text(encoding="utf-8"))
        loaded = {
            (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        third_party = {"numpy", "scipy", "ortools", "pylmcf", "ot", "highspy", "measure"}
        assert loaded <= third_party | set(sys.stdlib_module_names), name


def test_the_peers_lock_holds_what_is_asked_with_hashes():
    asked = (PEERS / "requirements.in").read_text(encoding="utf-8")
    names = re.findall(r"^([\w-]+)>=\S+ +# \w.{10,}$", asked, flags=re.MULTILINE)
    assert len(names) == sum(1 for line in asked.splitlines() if not line.startswith("#"))
    entries = re.split(r"\n(?=[^\s#])", (PEERS / "requirements.txt").read_text(encoding="utf-8"))
    held = {entry.split("==")[0] for entry in entries[1:]}
    assert {name.lower() for name in names} <= held
    assert all("--hash=sha256:" in entry for entry in entries[1:])


def test_the_peers_graph_is_the_instance_that_ours_solves(tmp_path):
    instance = {"n": 150, "m": 12, "ratio": 0.8, "seed": 3}
    graphs.write_graph(str(tmp_path), budget=(0.5, 1.1), **instance)
    given = {path.stem: np.load(path) for path in tmp_path.glob("*.npy")}
    made = graphs.make(**instance)
    dense = np.full(made.shape, -1)
    rows = np.repeat(np.arange(150), np.diff(given["starts"]))
    dense[rows, given["slot"]] = given["score"]
    np.testing.assert_array_equal(dense, made.scores())
    np.testing.assert_array_equal(given["seats"], made.seats)
    assert (len(given["hours"]), len(given["supply"]), len(given["most"])) == (150, 12, 12)


def test_our_tasks_answer_what_the_rows_read():
    small = {"n": 120, "m": 10}
    run = solving.solve_instance(proof=True, **small)
    again = solving.solve_again(**small)
    scratch = solving.solve_instance(churned=True, **small)
    assert (run["status"], run["proof"]) == ("optimal", "proven")
    assert (again["placed"], again["score"]) == (scratch["placed"], scratch["score"])
    assert min(run["cpu"], run["peak"], solving.solve_tiny(times=2)["cpu"]) > 0


def test_a_disk_that_can_only_be_read_refuses_who_writes(tmp_path):
    code = (
        "import sys; from benchmarks.ours.solving import refuse_writing; refuse_writing()\n"
        "open('dev.py').close()\n"
        "try: open(sys.argv[1], 'w')\nexcept OSError as error: print(error.strerror)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "new")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "Read-only file system\n"
    assert not (tmp_path / "new").exists()


def test_a_comparison_shows_everybody_in_units_of_ours():
    found = Comparison(ONE, {"cpu": 0.5, "peak": 100}, {"lemon": {"cpu": 5.0, "peak": 250}})
    assert found.rows()[1][2:] == ("5 s", "0 MB", "10.0", "2.5")
