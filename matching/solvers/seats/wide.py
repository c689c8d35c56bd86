"""
Seats only, for numbers too wide for the auction's scaling: LEMON's network simplex.

Source: Ahuja, Magnanti and Orlin, Network Flows (1993), chapters 9 and 11; LEMON,
https://lemon.cs.elte.hu.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Ints
from matching.solvers.seats.auction import Arcs
from matching.solvers.seats.cardinality import Cover, most_placed


@dataclass(frozen=True, eq=False)
class Cheapest:
    """A best flow: the slot of each candidate, prices, and the price of a place as such."""

    slots: Ints
    prices: Ints
    place_price: int
    cover: Cover | None


def solve_wide(arcs: Arcs, seats: Ints, *, counts_places: bool) -> Cheapest:
    """
    Find the best plan among those that place most people, or among all.

    Parameters
    ----------
    arcs : Arcs
    seats : ndarray of int, shape (m,)
    counts_places : bool
    """
    n, m = arcs.n_candidates, arcs.n_slots
    cover = None
    goes = n
    if counts_places:
        cover = most_placed(arcs, seats, np.full(n, -1, dtype=np.int64))
        goes = cover.n_placed
    source, sink = n + m, n + m + 1
    tail = np.concatenate([arcs.rows, np.full(n, source), n + np.arange(m)])
    head = np.concatenate([n + arcs.row_slot.astype(np.int64), np.arange(n), np.full(m, sink)])
    capacity = np.concatenate([np.ones(len(arcs.row_slot) + n, dtype=np.int64), seats])
    costs = np.zeros(len(tail), dtype=np.int64)
    costs[: len(arcs.row_slot)] = -arcs.row_score
    if not counts_places:  # everybody may also stay without a place, at no cost
        tail, head = np.append(tail, source), np.append(head, sink)
        capacity, costs = np.append(capacity, n), np.append(costs, 0)
    supply = np.zeros(n + m + 2, dtype=np.int64)
    supply[source], supply[sink] = goes, -goes
    amount, potential = _flow(tail, head, capacity, costs, supply, n)
    slots = np.full(n, -1, dtype=np.int64)
    chosen = np.flatnonzero(amount[: len(arcs.row_slot)] == 1)
    slots[arcs.rows[chosen]] = arcs.row_slot[chosen]
    prices = np.maximum(0, potential[sink] - potential[n : n + m])
    # Where places are not counted, the price of a place as such is no price but what the cheapest
    # seat costs more than nothing; it is 0 as soon as anybody can stay without.
    place_price = int(potential[source] - potential[sink]) if counts_places else 0
    return Cheapest(slots, prices, place_price, cover)


def _flow(
    tail: Ints, head: Ints, capacity: Ints, costs: Ints, supply: Ints, n: int
) -> tuple[Ints, Ints]:
    """Return the cheapest flow and its potentials."""
    from pylmcf import Graph

    sends = np.zeros(len(supply), dtype=np.bool_)
    sends[:n] = sends[-2] = True
    # The library takes no cost below 0. Everybody crosses from the sending side (source,
    # candidates) to the other (slots, sink) exactly once, so one amount on all crossings changes no
    # choice; it is taken off again.
    crosses = sends[tail] & ~sends[head]
    lift = max(0, -int(costs.min(initial=0)))
    order = np.lexsort((head, tail))  # and takes arcs in this order only
    graph = Graph(len(supply), tail[order], head[order])
    graph.set_node_supply(supply)
    graph.set_edge_capacities(capacity[order])
    graph.set_edge_costs((costs + lift * crosses)[order])
    graph.solve()
    amount: NDArray[np.int64] = np.zeros(len(order), dtype=np.int64)
    amount[order] = graph.result()
    return amount, graph.potentials().astype(np.int64) + lift * sends
