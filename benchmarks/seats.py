"""Rows about seats only: against other solvers, in passes, and against our own other ways."""

from dataclasses import replace

from benchmarks.comparing import COLUMNS, Comparison, compare, optimum, solve_ours
from benchmarks.report import Report, Table, megabytes, seconds
from benchmarks.rows import Found, Row
from benchmarks.running import FellShort, Instance, Measured, Runner

RATIOS = (0.8, 0.95, 1.0, 1.02, 1.3, 3.0)
QUICK = ("ortools_flow", "ortools_flow_big", "lemon")
ALL = (*QUICK, "optimal_transport", "scipy_sparse", "scipy_dense", "highs_simplex", "highs_ipm")
TEN_THOUSAND, FIFTY_THOUSAND = Instance(10_000, 1_000), Instance(50_000, 5_000)

MOST_FIRST_SECONDS = 0.1
"""A first solve that takes longer than this has compiled or loaded something large."""


def pilot(runner: Runner, report: Report) -> list[Found]:
    """40 × 12, many times; then once in a fresh process on a disk that cannot be written."""
    loaded, first = runner.ours("tiny"), runner.ours("first")
    report.data["pilot"] = {"loaded": loaded, "first": first}
    return [
        Found(
            f"{seconds(loaded['cpu'])}, slowest of 200 {seconds(loaded['slowest'])}",
            loaded["cpu"] <= 0.002,
        ),
        Found(
            f"first {seconds(first['first'])}, then {seconds(first['second'])}; "
            f"{seconds(first['until_here'])} from the start of the process",
            first["first"] <= MOST_FIRST_SECONDS,
        ),
    ]


def everybody(runner: Runner, report: Report) -> list[Found]:
    """1k × 200, every peer: reported, and all must agree."""
    found = compare(runner, Instance(1_000, 200), (*ALL, "cp_sat"), minutes=5)
    report.tables.append(Table("Seats only, 1k × 200, every solver", COLUMNS, found.rows()))
    return [Found(f"{found.times_faster:.1f}× faster, same optimum", True)]


def ten_thousand(runner: Runner, report: Report) -> list[Found]:
    """10k × 1k in every regime, two seeds each; in full five, and the slow solvers once."""
    found = []
    for ratio in RATIOS:
        for seed in range(5 if report.mode == "full" else 2):
            peers = [*QUICK, "optimal_transport"] if seed == 0 else ["ortools_flow", "lemon"]
            if report.mode == "full" and (ratio, seed) == (0.95, 0):
                peers = list(ALL)
            found.append(compare(runner, replace(TEN_THOUSAND, ratio=ratio, seed=seed), peers))
    return against_peers(report, "Seats only, 10k × 1k", found, faster=15, smaller=2.5)


def sparser(runner: Runner, report: Report) -> list[Found]:
    """10k × 1k with fewer eligible pairs: reported."""
    found = [compare(runner, replace(TEN_THOUSAND, density=d), QUICK) for d in (0.02, 0.005)]
    rows = [row for one in found for row in one.rows()]
    report.tables.append(Table("Seats only, 10k × 1k, sparser", COLUMNS, rows))
    words = ", ".join(f"{one.times_faster:.1f}× at {one.instance.density}" for one in found)
    return [Found(words, True)]


def fifty_thousand(runner: Runner, report: Report) -> list[Found]:
    """50k × 5k as in the study; in every regime in full only."""
    ratios = RATIOS if report.mode == "full" else (0.95,)
    found = [
        compare(runner, replace(FIFTY_THOUSAND, ratio=ratio), ("ortools_flow", "lemon"), minutes=15)
        for ratio in ratios
    ]
    return against_peers(report, "Seats only, 50k × 5k", found, faster=25, smaller=16)


def against_peers(
    report: Report, title: str, found: list[Comparison], *, faster: float, smaller: float
) -> list[Found]:
    """Judge the instance in which we do worst."""
    report.tables.append(Table(title, COLUMNS, [row for one in found for row in one.rows()]))
    slow = min(found, key=lambda one: one.times_faster)
    large = min(found, key=lambda one: one.times_smaller)
    report.data[title] = [
        {"instance": one.instance, "ours": one.ours, "peers": one.peers} for one in found
    ]
    return [
        Found(
            f"{slow.times_faster:.1f}× at worst (seats {slow.instance.ratio:g}, "
            f"seed {slow.instance.seed}, against {slow.quickest})",
            slow.times_faster >= faster,
        ),
        Found(
            f"{large.times_smaller:.1f}× less at worst (seats {large.instance.ratio:g}, "
            f"seed {large.instance.seed}, against {large.leanest})",
            large.times_smaller >= smaller,
        ),
    ]


def hundred_thousand(runner: Runner, report: Report) -> list[Found]:
    """100k × 10k: CPU in units of one pass that scores every pair in reach and keeps the best."""
    instance = Instance(100_000, 10_000)
    one_pass = runner.ours("pass", n=instance.n, m=instance.m)
    ours = solve_ours(runner, instance, proof=True)
    passes = ours["cpu"] / one_pass["cpu"]
    report.data["100k"] = {"ours": ours, "pass": one_pass}
    report.tables.append(steps("100k × 10k, where the time goes", ours, one_pass))
    return [
        Found(f"{passes:.1f} passes ({seconds(ours['cpu'])})", passes <= 3),
        Found(f"{megabytes(ours['peak'])}, {ours['proof']}", is_proven(ours, 0.5e9)),
    ]


def is_proven(ours: Measured, most_bytes: float) -> bool:
    return bool(ours["proof"] == "proven" and ours["peak"] <= most_bytes)


def steps(title: str, ours: Measured, one_pass: Measured) -> Table:
    rows = [
        (name, seconds(spent), f"{spent / one_pass['cpu']:.1f}")
        for name, spent in {**ours["timings"], "in all": ours["cpu"]}.items()
    ]
    note = (
        f"One pass: {one_pass['pairs']:.3g} pairs in reach scored, price taken off, best of each "
        f"candidate kept, in {seconds(one_pass['cpu'])}."
    )
    return Table(title, ("step", "CPU", "passes"), rows, note)


def million(runner: Runner, report: Report) -> list[Found]:
    """1M × 50k; should it ever take its hour, then only `bench full` has the time."""
    ours = solve_ours(runner, Instance(1_000_000, 50_000), minutes=75)
    report.data["1M"] = ours
    return [
        Found(
            f"{ours['wall'] / 60:.0f} minutes ({seconds(ours['cpu'])} CPU)", ours["wall"] <= 3600
        ),
        Found(megabytes(ours["peak"]), ours["peak"] <= 16e9),
    ]


def regimes(runner: Runner, report: Report) -> list[Found]:
    """Our own choice of where to begin, against every other beginning on the same instance."""
    names = runner.ours("starts")["starts"]
    rows, ratios = [], {}
    for instance in (
        replace(base, ratio=ratio)
        for base in (Instance(1_000, 200), TEN_THOUSAND)
        for ratio in RATIOS
    ):
        ours, others = solve_ours(runner, instance), {}
        for name in names:
            try:
                others[name] = solve_ours(runner, instance, minutes=1, start=name)["cpu"]
            except FellShort:
                others[name] = float("inf")
        best = min([*others.values(), ours["cpu"]])
        ratios[instance.name] = ours["cpu"] / best
        cells = [seconds(value) for value in others.values()]
        rows.append((instance.name, seconds(ours["cpu"]), *cells, f"{ours['cpu'] / best:.2f}"))
    columns = ("instance", "chosen by itself", *names, "× the best")
    report.tables.append(Table("Where a solve begins", columns, rows))
    worst = max(ratios, key=lambda name: ratios[name])
    return [Found(f"{ratios[worst]:.2f}× at worst ({worst})", ratios[worst] <= 1.5)]


def again(runner: Runner, report: Report) -> list[Found]:
    """After churn, from the plan before it, against from scratch; the same optimum, proven."""
    rows, worst = [], float("inf")
    for instance in (TEN_THOUSAND, FIFTY_THOUSAND):
        scratch = solve_ours(runner, instance, churned=True)
        warm = solve_ours(runner, instance, "again", proof=instance is TEN_THOUSAND)
        if optimum(scratch) != optimum(warm):
            raise FellShort(f"answers differ: {optimum(scratch)} and {optimum(warm)}")
        if warm.get("proof", "proven") != "proven":
            raise FellShort(f"the proof of the new plan reads {warm['proof']}")
        faster = scratch["cpu"] / warm["cpu"]
        worst = min(worst, faster)
        rows.append(
            (instance.name, seconds(scratch["cpu"]), seconds(warm["cpu"]), f"{faster:.1f}×")
        )
    columns = ("instance", "from scratch", "from the plan before", "faster")
    report.tables.append(Table("After churn: 5 % of people, 2 % of slots", columns, rows))
    return [Found(f"{worst:.1f}× at worst", worst >= 5)]


ROWS = (
    Row(
        (
            ("pilot 40 × 12, once loaded", "≤ 2 ms"),
            ("pilot 40 × 12, first use on a read-only disk", "no compile pause: ≤ 100 ms"),
        ),
        pilot,
    ),
    Row((("seats only 1k × 200, every solver", "same optimum"),), everybody),
    Row(
        (
            ("seats only 10k × 1k, every regime: time", "≥ 15× faster than the best peer"),
            ("seats only 10k × 1k, every regime: memory", "≥ 2.5× less than the best peer"),
        ),
        ten_thousand,
    ),
    Row((("seats only 10k × 1k, sparser", "report"),), sparser),
    Row((("re-solve after churn", "≥ 5× faster than from scratch, proven"),), again),
    Row((("any regime against the best start chosen by hand", "≤ 1.5×"),), regimes),
    Row(
        (
            ("seats only 100k × 10k: time", "≤ 3 scoring passes of CPU"),
            ("seats only 100k × 10k: memory", "proven in ≤ 500 MB"),
        ),
        hundred_thousand,
    ),
    Row(
        (
            ("seats only 50k × 5k: time", "≥ 25× faster than the best peer"),
            ("seats only 50k × 5k: memory", "≥ 16× less than the best peer"),
        ),
        fifty_thousand,
    ),
    Row(
        (
            ("seats only 1M × 50k: time", "≤ 60 minutes, proven"),
            ("seats only 1M × 50k: memory", "≤ 16 GB"),
        ),
        million,
    ),
)
