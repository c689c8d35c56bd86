"""How time and memory grow with size: a log–log table with exponents."""

from benchmarks.comparing import NAMES, repeat, solve_ours
from benchmarks.report import Report, Table, exponent, megabytes, seconds
from benchmarks.rows import Found, Row
from benchmarks.running import Instance, Measured, Runner

SIZES = ((1_000, 100), (3_000, 300), (10_000, 1_000), (30_000, 3_000), (100_000, 10_000))
PEERS = ("ortools_flow", "lemon")
LARGEST_FOR_PEERS = 10_000
LARGEST_FOR_PEERS_IN_FULL = 30_000


def growth(runner: Runner, report: Report) -> list[Found]:
    most = LARGEST_FOR_PEERS_IN_FULL if report.mode == "full" else LARGEST_FOR_PEERS
    instances = [Instance(n, m) for n, m in SIZES]
    runs = {"ours": {one: solve_ours(runner, one) for one in instances}}
    for peer in PEERS:
        runs[peer] = {
            one: repeat(lambda p=peer, i=one: runner.peer(p, i))
            for one in instances
            if one.n <= most
        }
    for one in instances:
        runner.forget_graph(one)
    rows = [
        (f"{one.n} × {one.m}", *(cell(runs[name].get(one)) for name in runs)) for one in instances
    ]
    rows.append(("exponent of time", *(fit(by_size, "cpu") for by_size in runs.values())))
    rows.append(("exponent of memory", *(fit(by_size, "peak") for by_size in runs.values())))
    columns = ("size", "ours", *(NAMES[peer] for peer in PEERS))
    note = (
        "Exponents b of value = a × pairs^b, by least squares over logarithms; memory is the peak "
        "less that of the smallest size."
    )
    report.tables.append(Table("Time and memory against size", columns, rows, note))
    return [Found(f"time ∝ pairs^{fit(runs['ours'], 'cpu')}", True)]


def cell(run: Measured | None) -> str:
    return f"{seconds(run['cpu'])}, {megabytes(run['peak'])}" if run else "–"


def fit(by_size: dict[Instance, Measured], what: str) -> str:
    idle = min(run["peak"] for run in by_size.values()) if what == "peak" else 0
    pairs = [float(one.n) * one.m for one in by_size]
    return f"{exponent(pairs, [run[what] - idle for run in by_size.values()]):.2f}"


ROWS = (Row((("growth with size", "report"),), growth),)
