"""Ours and other solvers on one instance: the same optimum, or the line falls short by name."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.report import megabytes, seconds
from benchmarks.running import FellShort, Instance, Measured, Runner, median_run

SHORT_RUN = 1.0
"""CPU seconds below which a run is repeated and the middle one taken."""

TIMES = 3

NAMES = {
    "ortools_flow": "OR-tools SimpleMinCostFlow",
    "ortools_flow_big": "OR-tools SimpleMinCostFlow, big cost",
    "lemon": "LEMON (pylmcf)",
    "optimal_transport": "POT ot.emd",
    "scipy_dense": "scipy linear_sum_assignment",
    "scipy_sparse": "scipy min_weight_full_bipartite_matching",
    "highs_simplex": "HiGHS simplex",
    "highs_ipm": "HiGHS interior point",
    "cp_sat": "OR-tools CP-SAT",
}


@dataclass
class Comparison:
    """What everybody needed on one instance."""

    instance: Instance
    ours: Measured
    peers: dict[str, Measured] = field(default_factory=dict)
    stopped: dict[str, str] = field(default_factory=dict)

    @property
    def quickest(self) -> str:
        return min(self.peers, key=lambda name: float(self.peers[name]["cpu"]))

    @property
    def leanest(self) -> str:
        return min(self.peers, key=lambda name: float(self.peers[name]["peak"]))

    @property
    def times_faster(self) -> float:
        return float(self.peers[self.quickest]["cpu"] / self.ours["cpu"])

    @property
    def times_smaller(self) -> float:
        """Against the peer that needs least memory, whether or not it is the fastest."""
        return float(self.peers[self.leanest]["peak"] / self.ours["peak"])

    def rows(self) -> list[tuple[str, ...]]:
        """Return a line for us and one for each peer, for a table."""
        rows = [("ours, scoring included", *figures(self.ours), "1", "1")]
        for name, run in self.peers.items():
            speed = f"{run['cpu'] / self.ours['cpu']:.1f}"
            size = f"{run['peak'] / self.ours['peak']:.1f}"
            rows.append((NAMES[name], *figures(run), speed, size))
        rows += [(NAMES[name], why, "", "", "") for name, why in self.stopped.items()]
        return [(self.instance.name, *row) for row in rows]


COLUMNS = ("instance", "solver", "CPU", "peak", "× our CPU", "× our peak")


def figures(run: Measured) -> tuple[str, str]:
    return seconds(run["cpu"]), megabytes(run["peak"])


def compare(
    runner: Runner,
    instance: Instance,
    peers: Sequence[str],
    *,
    minutes: float = 10.0,
    keep_graph: bool = False,
) -> Comparison:
    """Run ours and peers on an instance, each in fresh processes; all must find the same."""
    ours = solve_ours(runner, instance, minutes=minutes)
    found = Comparison(instance, ours)
    for peer in peers:
        try:
            found.peers[peer] = repeat(lambda p=peer: runner.peer(p, instance, minutes=minutes))
        except FellShort as error:
            found.stopped[peer] = str(error)
    if not keep_graph:
        runner.forget_graph(instance)
    if not found.peers:
        raise FellShort(f"no other solver finished: {found.stopped}")
    for peer, run in found.peers.items():
        if optimum(run) != optimum(ours):
            raise FellShort(
                f"answers differ on {instance.name}: ours (placed, score) {optimum(ours)}, "
                f"{NAMES[peer]} {optimum(run)}"
            )
    return found


def optimum(run: Measured) -> tuple[int, int]:
    return run["placed"], run["score"]


def solve_ours(
    runner: Runner, instance: Instance, task: str = "solve", *, minutes: float = 10.0, **how: object
) -> Measured:
    """Run ours, the middle of three when it is short; the plan must be proven optimal."""
    arguments = {**instance.as_arguments(), **how}
    run = repeat(lambda: runner.ours(task, minutes=minutes, **arguments))
    if run["status"] != "optimal":
        raise FellShort(f"ours ends {run['status']} on {instance.name}")
    return run


def repeat(run_once) -> Measured:
    runs = [run_once()]
    while len(runs) < TIMES and runs[0]["cpu"] < SHORT_RUN:
        runs.append(run_once())
    return median_run(runs)
