"""Rows about scoring: how many pairs a second, and how soon a suggestion stands."""

from benchmarks.report import Report, seconds
from benchmarks.rows import Found, Row
from benchmarks.running import Runner


def study_criteria(runner: Runner, report: Report) -> list[Found]:
    run = runner.ours("pass", n=50_000, m=5_000)
    report.data["rate, study's criteria"] = run
    return [Found(rate(run["rate"]), run["rate"] >= 5e8)]


def all_criteria(runner: Runner, report: Report) -> list[Found]:
    run = runner.ours("criteria", n=10_000, m=1_000)
    report.data["rate, all criteria"] = run
    words = f"{rate(run['rate'])}; with the reasons of each pair {run['layers_rate']:.2g}"
    return [Found(words, run["rate"] >= 5e7)]


def suggestions(runner: Runner, report: Report) -> list[Found]:
    run = runner.ours("suggest", n=100, m=10_000)
    report.data["suggestions"] = run
    words = (
        f"{seconds(run['cpu'])}, slowest of 100 {seconds(run['slowest'])}; "
        f"reading the slots beforehand {seconds(run['opening'])}"
    )
    return [Found(words, run["cpu"] <= 0.005)]


def rate(pairs_per_second: float) -> str:
    return f"{pairs_per_second:.2g} pairs per CPU second"


ROWS = (
    Row((("scoring, the study's criteria", "≥ 5e8 pairs per CPU second"),), study_criteria),
    Row((("scoring, all of our criteria", "≥ 5e7 pairs per CPU second"),), all_criteria),
    Row((("suggestions for one among 10k slots, with reasons", "≤ 5 ms"),), suggestions),
)
