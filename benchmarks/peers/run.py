"""
One solve by one other solver, in a process of its own: `python run.py SOLVER FOLDER`.

It runs in `.venv-peers` and imports nothing of ours. The graph of scores is read, and put in the
form that the solver wants, outside what is measured: peers get it for free. What is measured is
what their own calls take, up to and including reading the answer; a line of JSON tells it.

Every solver is asked the same: place as many people as can be, and among those plans take one of
the highest score. A person left without a place costs `big`, more than any change of scores that
placing one more could bring: a path that places one more person crosses each slot once at most.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from measure import measure

HIGHEST = 10_000

Slots = np.ndarray
"""The slot of each candidate, -1 for none."""

Solve = Callable[[], Slots]
"""What is measured: a solver's own calls."""


class Graph:
    """The eligible pairs row by row, and the seats. Pairs are read when asked, and not kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.starts, self.seats = np.load(folder / "starts.npy"), np.load(folder / "seats.npy")
        self.n, self.m = len(self.starts) - 1, len(self.seats)
        self.n_pairs = int(self.starts[-1])
        self.big = HIGHEST * (self.m + 1)

    @property
    def slot(self) -> np.ndarray:
        return np.load(self.folder / "slot.npy")

    @property
    def score(self) -> np.ndarray:
        return np.load(self.folder / "score.npy")

    @property
    def candidate(self) -> np.ndarray:
        return np.repeat(np.arange(self.n, dtype=np.int32), np.diff(self.starts))

    @property
    def cost(self) -> np.ndarray:
        """Return what each pair falls short of the highest score."""
        return HIGHEST - self.score.astype(np.int64)

    @property
    def unplaced(self) -> int:
        """Return what it costs to leave somebody without a place."""
        return self.big + HIGHEST

    def slots_of(self, chosen: np.ndarray) -> Slots:
        """Return the plan that chooses these pairs, by position."""
        slots = np.full(self.n, -1, dtype=np.int64)
        slot = np.load(self.folder / "slot.npy", mmap_mode="r")
        slots[np.searchsorted(self.starts, chosen, side="right") - 1] = slot[chosen]
        return slots

    def dense_cost(self) -> np.ndarray:
        """
        Return the costs as a matrix of doubles.

        A refused pair costs as much as no place: choosing it leaves the person and the seat alone.
        """
        cost = np.full((self.n, self.m), float(self.unplaced))
        cost[self.candidate, self.slot] = self.cost
        return cost


def ortools_flow(graph: Graph) -> Solve:
    """OR-tools SimpleMinCostFlow; a maximum flow of least cost places most people by itself."""
    tails, heads = graph.candidate, graph.slot + np.int32(graph.n)
    supply = np.concatenate([np.ones(graph.n, dtype=np.int64), -graph.seats])
    return ortools(graph, tails, heads, np.ones(len(tails), np.int64), graph.cost, supply)


def ortools_flow_big(graph: Graph) -> Solve:
    """OR-tools SimpleMinCostFlow with an arc per person for staying without a place."""
    return ortools(graph, *with_a_way_out(graph))


def ortools(
    graph: Graph,
    tails: np.ndarray,
    heads: np.ndarray,
    capacity: np.ndarray,
    cost: np.ndarray,
    supply: np.ndarray,
) -> Solve:
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    nodes = np.arange(len(supply), dtype=np.int32)

    def solve() -> Slots:
        flow = SimpleMinCostFlow()
        arcs = flow.add_arcs_with_capacity_and_unit_cost(tails, heads, capacity, cost)
        flow.set_nodes_supplies(nodes, supply)
        status = flow.solve_max_flow_with_min_cost()
        assert status == flow.OPTIMAL, status
        return graph.slots_of(np.flatnonzero(flow.flows(arcs)[: graph.n_pairs]))

    return solve


def with_a_way_out(graph: Graph) -> tuple[np.ndarray, ...]:
    """Return the arcs of pairs, of people without a place and of seats; and the supplies."""
    n, m = graph.n, graph.m
    people, slots = np.arange(n, dtype=np.int32), np.arange(n, n + m, dtype=np.int32)
    tails = np.concatenate([graph.candidate, people, slots])
    heads = np.concatenate([graph.slot + np.int32(n), np.full(n + m, n + m, dtype=np.int32)])
    capacity = np.concatenate([np.ones(graph.n_pairs + n, dtype=np.int64), graph.seats])
    ways_out, free = np.full(n, graph.unplaced), np.zeros(m, dtype=np.int64)
    supply = np.concatenate([np.ones(n, dtype=np.int64), free, [-n]])
    return tails, heads, capacity, np.concatenate([graph.cost, ways_out, free]), supply


def lemon(graph: Graph) -> Solve:
    """LEMON's network simplex (pylmcf), with an arc per person for staying without a place."""
    import pylmcf

    n, m = graph.n, graph.m
    *arcs, supply = with_a_way_out(graph)
    order = np.lexsort((arcs[1], arcs[0]))
    tails, heads, capacity, cost = (values[order] for values in arcs)
    del arcs, order

    def solve() -> Slots:
        flow = pylmcf.Graph(n + m + 1, tails, heads)
        flow.set_node_supply(supply)
        flow.set_edge_capacities(capacity)
        flow.set_edge_costs(cost)
        flow.solve()
        taken = np.flatnonzero(flow.result())
        taken = taken[(tails[taken] < n) & (heads[taken] < n + m)]
        slots = np.full(n, -1, dtype=np.int64)
        slots[tails[taken]] = heads[taken] - n
        return slots

    return solve


def optimal_transport(graph: Graph) -> Solve:
    """POT ot.emd, on the dense matrix."""
    import ot

    n, m = graph.n, graph.m
    cost = np.zeros((n + 1, m + 1))
    cost[:n, :m] = graph.dense_cost()
    cost[:n, m] = graph.unplaced
    people, places = np.ones(n + 1), np.append(graph.seats, n).astype(np.float64)
    people[n] = graph.seats.sum()

    def solve() -> Slots:
        plan = ot.emd(people, places, cost, numItermax=10**9)[:n]
        slots = plan.argmax(axis=1)
        return np.where(cost[np.arange(n), slots] <= HIGHEST, slots, -1)

    return solve


def scipy_dense(graph: Graph) -> Solve:
    """scipy linear_sum_assignment, a column per seat."""
    from scipy.optimize import linear_sum_assignment

    slot = np.repeat(np.arange(graph.m), graph.seats)
    cost = graph.dense_cost()[:, slot]

    def solve() -> Slots:
        people, seats = linear_sum_assignment(cost)
        slots = np.full(graph.n, -1, dtype=np.int64)
        placed = cost[people, seats] <= HIGHEST
        slots[people[placed]] = slot[seats[placed]]
        return slots

    return solve


def scipy_sparse(graph: Graph) -> Solve:
    """scipy min_weight_full_bipartite_matching, a column per seat and one per person for none."""
    from scipy import sparse
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    n, n_seats = graph.n, int(graph.seats.sum())
    of_seat = np.repeat(np.arange(graph.m), graph.seats)
    slot = graph.slot
    times, first = graph.seats[slot], np.cumsum(graph.seats) - graph.seats
    start = np.cumsum(times) - times
    columns = np.arange(times.sum()) - np.repeat(start - first[slot], times)
    cost = sparse.csr_array(
        (
            # A cost of 0 would count as no pair.
            np.concatenate([np.repeat(graph.cost, times) + 1, np.full(n, graph.unplaced + 1)]),
            (
                np.concatenate([np.repeat(graph.candidate, times), np.arange(n)]),
                np.concatenate([columns, n_seats + np.arange(n)]),
            ),
        ),
        shape=(n, n_seats + n),
    )

    def solve() -> Slots:
        people, seats = min_weight_full_bipartite_matching(cost)
        slots = np.full(n, -1, dtype=np.int64)
        placed = seats < n_seats
        slots[people[placed]] = of_seat[seats[placed]]
        return slots

    return solve


def highs_simplex(graph: Graph) -> Solve:
    """HiGHS, as a linear program, by its simplex method."""
    return highs(graph, "simplex")


def highs_ipm(graph: Graph) -> Solve:
    """HiGHS, as a linear program, by its interior point method with crossover."""
    return highs(graph, "ipm")


def highs(graph: Graph, method: str) -> Solve:
    import highspy

    n, m, n_pairs = graph.n, graph.m, graph.n_pairs
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = n_pairs, n + m
    lp.col_cost_ = (graph.cost - graph.unplaced).astype(np.float64)
    lp.col_lower_, lp.col_upper_ = np.zeros(n_pairs), np.ones(n_pairs)
    lp.row_lower_ = np.full(n + m, -highspy.kHighsInf)
    lp.row_upper_ = np.concatenate([np.ones(n), graph.seats])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.arange(n_pairs + 1) * 2
    lp.a_matrix_.index_ = np.column_stack([graph.candidate, graph.slot + n]).ravel()
    lp.a_matrix_.value_ = np.ones(2 * n_pairs)

    def solve() -> Slots:
        solver = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1), ("solver", method)):
            solver.setOptionValue(option, value)
        solver.passModel(lp)
        solver.run()
        assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return graph.slots_of(np.flatnonzero(np.array(solver.getSolution().col_value) > 0.5))

    return solve


def cp_sat(graph: Graph) -> Solve:
    """OR-tools CP-SAT, with two workers."""
    from ortools.sat.python import cp_model

    candidate, slot = graph.candidate.tolist(), graph.slot.tolist()
    worth = (graph.unplaced - graph.cost).tolist()
    seats = graph.seats.tolist()

    def solve() -> Slots:
        model = cp_model.CpModel()
        chosen = [model.new_bool_var("") for _ in candidate]
        of_candidate: list[list[Any]] = [[] for _ in range(graph.n)]
        of_slot: list[list[Any]] = [[] for _ in range(graph.m)]
        for i, j, variable in zip(candidate, slot, chosen, strict=True):
            of_candidate[i].append(variable)
            of_slot[j].append(variable)
        for variables in of_candidate:
            model.add_at_most_one(variables)
        for variables, most in zip(of_slot, seats, strict=True):
            model.add(cp_model.LinearExpr.sum(variables) <= most)
        model.maximize(cp_model.LinearExpr.weighted_sum(chosen, worth))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 2
        status = solver.solve(model)
        assert status == cp_model.OPTIMAL, status
        taken = [solver.boolean_value(variable) for variable in chosen]
        return graph.slots_of(np.flatnonzero(taken))

    return solve


SOLVERS: dict[str, Callable[[Graph], Solve]] = {
    "ortools_flow": ortools_flow,
    "ortools_flow_big": ortools_flow_big,
    "lemon": lemon,
    "optimal_transport": optimal_transport,
    "scipy_dense": scipy_dense,
    "scipy_sparse": scipy_sparse,
    "highs_simplex": highs_simplex,
    "highs_ipm": highs_ipm,
    "cp_sat": cp_sat,
}


def main(name: str, folder: str) -> None:
    graph = Graph(Path(folder))
    slots, took = measure(SOLVERS[name](graph))
    chosen = graph.slot == slots[graph.candidate]
    score = int(graph.score[chosen].astype(np.int64).sum())
    print(json.dumps({**took, "placed": int(chosen.sum()), "score": score}))


if __name__ == "__main__":
    main(*sys.argv[1:])
