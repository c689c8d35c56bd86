"""
Seats only, exactly: minimum-cost flow by LEMON's network simplex, with its potentials as proof.

Seats are capacities, never columns. Objectives are settled one after the other: a level is solved,
then every arc whose reduced cost says that no equally good plan uses it otherwise is fixed, and the
next level is solved on what is left. So no level needs a weight large enough to outweigh the next,
and whole numbers stay whole.

Source: Ahuja, Magnanti and Orlin, Network Flows (1993), chapters 9 and 11; LEMON,
https://lemon.cs.elte.hu.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pylmcf import Graph

from matching.plan import Certificate, Plan, SolveStatus
from matching.problem import Problem

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Network:
    """Arcs with capacities; what each node sends or takes (negative); who sends people on."""

    tail: Ints
    head: Ints
    capacity: Ints
    supply: Ints
    sends: Bools


@dataclass(frozen=True)
class Flow:
    """A cheapest flow with the potentials and reduced costs that prove it."""

    amount: Ints
    potential: Ints
    reduced_cost: Ints


@dataclass(frozen=True)
class Core:
    """The problem without its pins, in an order that depends on codes and seed only."""

    candidates: Ints
    slots: Ints
    seats: Ints
    arc_candidate: Ints
    arc_slot: Ints
    arc_units: Ints
    precedence: Ints

    @property
    def source(self) -> int:
        """The node where everybody comes from; the sink is the next."""
        return len(self.candidates) + len(self.slots)

    @property
    def n_arcs(self) -> int:
        """How many pairs can still be chosen."""
        return len(self.arc_units)


def solve_transport(problem: Problem, *, objective: tuple[str, ...], seed: int) -> Plan:
    """
    Solve a problem that has seats and pins only.

    Parameters
    ----------
    problem : Problem
    objective : tuple of str
        ``("placed", "score")`` or ``("score",)``.
    seed : int
        Settles ties, with the codes.

    Returns
    -------
    Plan
        Optimal, with its certificate.
    """
    core = _core(problem, seed)
    cover_candidates = np.zeros(len(core.candidates), dtype=np.bool_)
    cover_slots = np.zeros(len(core.slots), dtype=np.bool_)
    if "placed" in objective:
        n_placed, cover_candidates, cover_slots = _most_placed(core)
        network = _network(core, n_placed)
    else:
        network = _with_bypass(core)
    flow = _cheapest(network, _costs(network, core, -core.arc_units))
    prices, place_price = _prices(core, flow, counts_places="placed" in objective)
    chosen = _settle_ties(core, network, flow)
    return _plan(
        problem, core, chosen, objective, prices, place_price, cover_candidates, cover_slots
    )


def _core(problem: Problem, seed: int) -> Core:
    n, m = problem.shape
    pins = np.full(n, -1, dtype=np.int64) if problem.pins is None else problem.pins
    codes = problem.codes or (range(n), range(m))
    candidates = np.array([i for i in _shuffled(codes[0], seed) if pins[i] < 0], dtype=np.int64)
    slots = np.array(_shuffled(codes[1], seed), dtype=np.int64)
    seats = np.minimum(problem.seats - np.bincount(pins[pins >= 0], minlength=m), n)[slots]
    new_candidate = np.full(n, -1, dtype=np.int64)
    new_candidate[candidates] = np.arange(len(candidates))
    new_slot = np.zeros(m, dtype=np.int64)
    new_slot[slots] = np.arange(m)
    arc_candidate, arc_slot = new_candidate[problem.pair_candidate], new_slot[problem.pair_slot]
    kept = np.flatnonzero((arc_candidate >= 0) & (seats[arc_slot] > 0))
    kept = kept[np.lexsort((arc_slot[kept], arc_candidate[kept]))]
    precedence = np.zeros(n, dtype=np.int64) if problem.precedence is None else problem.precedence
    return Core(
        candidates=candidates,
        slots=slots,
        seats=seats,
        arc_candidate=arc_candidate[kept],
        arc_slot=arc_slot[kept],
        arc_units=problem.units[kept],
        precedence=precedence[candidates],
    )


def _shuffled(codes: Sequence[object], seed: int) -> list[int]:
    """Return the positions in an order that depends on seed and code alone."""

    def key(position: int) -> bytes:
        return hashlib.blake2b(f"{seed}|{codes[position]}".encode(), digest_size=16).digest()

    return sorted(range(len(codes)), key=key)


def _network(core: Core, n_placed: int) -> Network:
    """Return the network in which exactly `n_placed` people go from source to sink."""
    n, m = len(core.candidates), len(core.slots)
    source, sink = core.source, core.source + 1
    supply = np.zeros(n + m + 2, dtype=np.int64)
    supply[source], supply[sink] = n_placed, -n_placed
    sends = np.zeros(n + m + 2, dtype=np.bool_)
    sends[:n] = sends[source] = True
    return Network(
        tail=np.concatenate([core.arc_candidate, np.full(n, source), n + np.arange(m)]),
        head=np.concatenate([n + core.arc_slot, np.arange(n), np.full(m, sink)]),
        capacity=np.concatenate([np.ones(core.n_arcs + n, dtype=np.int64), core.seats]),
        supply=supply,
        sends=sends,
    )


def _with_bypass(core: Core) -> Network:
    """Return the network in which everybody may also stay without a place, at no cost."""
    n = len(core.candidates)
    network = _network(core, n)
    return replace(
        network,
        tail=np.append(network.tail, core.source),
        head=np.append(network.head, core.source + 1),
        capacity=np.append(network.capacity, n),
    )


def _costs(network: Network, core: Core, arc_costs: Ints) -> Ints:
    costs = np.zeros(len(network.tail), dtype=np.int64)
    costs[: core.n_arcs] = arc_costs
    return costs


def _cheapest(network: Network, costs: Ints) -> Flow:
    if not len(network.tail):
        nothing = np.zeros(0, dtype=np.int64)
        return Flow(nothing, np.zeros(len(network.supply), dtype=np.int64), nothing)
    # The library takes no cost below 0. Everybody crosses from the sending side (source,
    # candidates) to the other (slots, sink) exactly once, so one amount on all crossings changes no
    # choice; it is taken off again.
    crosses = network.sends[network.tail] & ~network.sends[network.head]
    lift = max(0, -int(costs.min()))
    order = np.lexsort((network.head, network.tail))  # and takes arcs in this order only
    graph = Graph(len(network.supply), network.tail[order], network.head[order])
    graph.set_node_supply(network.supply)
    graph.set_edge_capacities(network.capacity[order])
    graph.set_edge_costs((costs + lift * crosses)[order])
    graph.solve()
    amount = np.zeros(len(order), dtype=np.int64)
    amount[order] = graph.result()
    potential = graph.potentials().astype(np.int64) + lift * network.sends
    # LEMON's sign: an arc that carries less than it could costs at least the difference of
    # potentials.
    reduced = costs + potential[network.tail] - potential[network.head]
    return Flow(amount, potential, reduced)


def _most_placed(core: Core) -> tuple[int, Bools, Bools]:
    """Return how many can be placed, and the cover that proves it (König's theorem)."""
    n, m = len(core.candidates), len(core.slots)
    network = _with_bypass(core)
    flow = _cheapest(network, _costs(network, core, np.full(core.n_arcs, -1, dtype=np.int64)))
    n_placed = n - int(flow.amount[-1]) if n else 0
    if n_placed == n:
        return n, np.ones(n, dtype=np.bool_), np.zeros(m, dtype=np.bool_)
    source, sink = flow.potential[core.source], flow.potential[core.source + 1]
    cover_candidates = flow.potential[:n] - source >= 1
    cover_slots = sink - flow.potential[n : n + m] >= 1
    return n_placed, cover_candidates, cover_slots


def _prices(core: Core, flow: Flow, *, counts_places: bool) -> tuple[Ints, int]:
    n, m = len(core.candidates), len(core.slots)
    source, sink = int(flow.potential[core.source]), int(flow.potential[core.source + 1])
    prices = np.maximum(0, sink - flow.potential[n : n + m])
    # Where places are not counted, the price of a place as such is no price but what the cheapest
    # seat costs more than nothing; it is 0 as soon as anybody can stay without.
    return prices, source - sink if counts_places else 0


def _settle_ties(core: Core, network: Network, flow: Flow) -> Ints:
    """Return the arcs chosen, with the highest precedence among all plans that are equally good."""
    if not core.precedence.any():
        return np.flatnonzero(flow.amount[: core.n_arcs] == 1)
    always = flow.reduced_cost < 0
    free = np.flatnonzero(flow.reduced_cost == 0)
    supply = network.supply.copy()
    np.subtract.at(supply, network.tail[always], network.capacity[always])
    np.add.at(supply, network.head[always], network.capacity[always])
    face = Network(
        network.tail[free], network.head[free], network.capacity[free], supply, network.sends
    )
    costs = _costs(network, core, -core.precedence[core.arc_candidate])
    amount = np.where(always, network.capacity, 0)
    amount[free] = _cheapest(face, costs[free]).amount
    return np.flatnonzero(amount[: core.n_arcs] == 1)


def _plan(
    problem: Problem,
    core: Core,
    chosen: Ints,
    objective: tuple[str, ...],
    prices: Ints,
    place_price: int,
    cover_candidates: Bools,
    cover_slots: Bools,
) -> Plan:
    n, m = problem.shape
    slots = np.full(n, -1, dtype=np.int64) if problem.pins is None else problem.pins.copy()
    slots[core.candidates[core.arc_candidate[chosen]]] = core.slots[core.arc_slot[chosen]]
    back_prices, back_slots = np.zeros(m, dtype=np.int64), np.zeros(m, dtype=np.bool_)
    back_prices[core.slots], back_slots[core.slots] = prices, cover_slots
    back_candidates = np.zeros(n, dtype=np.bool_)
    back_candidates[core.candidates] = cover_candidates
    is_chosen = slots[problem.pair_candidate] == problem.pair_slot
    score, bound = _score_and_bound(problem, is_chosen)
    steps = back_prices if problem.is_whole else back_prices * problem.resolution
    return Plan(
        slots=slots,
        placed=int((slots >= 0).sum()),
        score=score,
        bound=bound,
        status=SolveStatus.OPTIMAL,
        prices=steps,
        certificate=Certificate(
            back_prices, place_price, back_candidates, back_slots, problem.exponent
        ),
        objective=objective,
        resolution=problem.resolution,
    )


def _score_and_bound(problem: Problem, is_chosen: Bools) -> tuple[int | float, int | float]:
    """
    Return the score as given, and the bound.

    They are the same in whole numbers; else the bound has the reading error on top.

    A score is read half a step off at most, and ``check`` reads upwards, a whole step at most, for
    everybody: those without a place have a best slot too. Two steps for each person cover both.
    """
    if problem.is_whole:
        score = sum(problem.pair_score[is_chosen].astype(np.int64).tolist())
        return score, score
    score = math.fsum(problem.pair_score[is_chosen].tolist())
    return score, math.nextafter(score + 2 * problem.shape[0] * problem.resolution, math.inf)
