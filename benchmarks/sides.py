"""Rows about side rules: the study's coach hours and target group."""

import tempfile

from benchmarks.report import Report, Table, seconds
from benchmarks.rows import Found, Row
from benchmarks.running import PEERS, ROOT, FellShort, Instance, Measured, Runner

TIGHT, MILD = (0.5, 1.1), (0.9, 1.5)
HIGHS_MINUTES = 6
COLUMNS = ("instance", "CPU", "best plan", "bound", "gap", "check")


def tight(runner: Runner, report: Report) -> list[Found]:
    """The CPU time in which HiGHS, given all pairs, comes within 30 % is our budget."""
    highs = highs_to_gap(runner, Instance(1_000, 200), 0.30)
    ours = solve(runner, Instance(1_000, 200), TIGHT, gap=0.005, budget=highs["cpu"])
    title = "Side rules, tight, 1k × 200"
    rows = [
        ("HiGHS on all pairs, to 30 %", *cells(highs), ""),
        ("ours, to 0.5 %", *cells(ours), ours["proof"]),
    ]
    report.tables.append(Table(title, COLUMNS, rows))
    report.data[title] = {"HiGHS": highs, "ours": ours}
    return [judge(ours, 0.005, highs["cpu"])]


def mild(runner: Runner, report: Report) -> list[Found]:
    return one(runner, report, "mild, 1k × 200", Instance(1_000, 200), MILD, gap=0.001, budget=30.0)


def large(runner: Runner, report: Report) -> list[Found]:
    instance = Instance(10_000, 1_000)
    return one(runner, report, "tight, 10k × 1k", instance, TIGHT, gap=0.01, budget=120.0)


def one(
    runner: Runner,
    report: Report,
    title: str,
    instance: Instance,
    rules: tuple[float, float],
    *,
    gap: float,
    budget: float,
) -> list[Found]:
    ours = solve(runner, instance, rules, gap=gap, budget=budget)
    rows = [(f"ours, to {100 * gap:g} %", *cells(ours), ours["proof"])]
    report.tables.append(Table(f"Side rules, {title}", COLUMNS, rows))
    report.data[title] = ours
    return [judge(ours, gap, budget)]


def solve(
    runner: Runner, instance: Instance, rules: tuple[float, float], *, gap: float, budget: float
) -> Measured:
    ours = runner.ours(
        "sides",
        minutes=max(3.0, budget / 60 * 5),
        budget=rules,
        gap=gap,
        seconds=budget,
        **instance.as_arguments(),
    )
    if ours["proof"] not in ("proven", "claimed"):
        raise FellShort(f"our plan does not hold: {ours['proof']}")
    return ours


def judge(ours: Measured, gap: float, budget: float) -> Found:
    # A look at the clock comes every half second or so.
    in_time = ours["cpu"] <= budget + 1.0
    return Found(
        f"gap {100 * ours['gap']:.2f} % in {seconds(ours['cpu'])} of {seconds(budget)}",
        bool(ours["gap"] <= gap and in_time),
    )


def cells(run: Measured) -> tuple[str, ...]:
    return (
        seconds(run["cpu"]),
        f"{run['value']:,.0f}",
        f"{run['bound']:,.0f}",
        f"{100 * run['gap']:.2f} %",
    )


def highs_to_gap(runner: Runner, instance: Instance, gap: float) -> Measured:
    with tempfile.TemporaryDirectory(dir=runner.folder) as folder:
        runner.ours("graph", folder=folder, budget=TIGHT, **instance.as_arguments())
        script = ROOT / "benchmarks" / "peers" / "side_rules.py"
        command = [str(PEERS), str(script), folder, str(gap), str(60 * HIGHS_MINUTES)]
        words = f"HiGHS under side rules, all pairs, to {100 * gap:g} %"
        return runner.other(words, command, minutes=HIGHS_MINUTES + 1)


ROWS = (
    Row(
        (
            (
                "tight side rules 1k × 200",
                "proven gap ≤ 0.5 % in the CPU time in which HiGHS on all arcs reaches 30 %",
            ),
        ),
        tight,
    ),
    Row((("mild side rules 1k × 200", "≤ 0.1 % in 30 CPU s"),), mild),
    Row((("tight side rules 10k × 1k", "≤ 1 % in 120 CPU s"),), large),
)
