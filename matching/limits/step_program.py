"""
Steps by which limits give way, and the pairs of a plan, as one mixed-integer program.

The model is an ordinary one: a pair is 0 or 1, and each limit that may be loosened has a whole
number of steps, which make room in its row. It is solved by HiGHS. Rows stand in the order of codes
and names, so that the order of a file never matters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Ints
from matching.deadline import ENDLESS, Deadline, OutOfTime
from matching.limits.named import Limit, Wanted, limits_of, positions
from matching.problem import Problem
from matching.sides import STEPS, UNLIMITED
from matching.solvers.ledger import eligible_pairs

LEAST_DUAL = 1e-7
"""Duals below this are rounding."""


@dataclass
class StepProgram:
    """
    The least effort at which a plan brings about what is wanted.

    Parameters
    ----------
    problem : Problem
    wanted : Wanted
    effort_of : mapping of Limit to int
        What a step of each limit takes; a limit that is not in it stands.
    deadline : Deadline, optional
        Once it is over, `OutOfTime` is raised.

    Attributes
    ----------
    limits : tuple of Limit
        Those that may give way.
    effort : list of int
        What a step of each of them takes.
    """

    problem: Problem
    wanted: Wanted
    effort_of: Mapping[Limit, int]
    deadline: Deadline = ENDLESS
    limits: tuple[Limit, ...] = field(init=False)
    effort: list[int] = field(init=False, default_factory=list)
    candidate: Ints = field(init=False)
    slot: Ints = field(init=False)
    _costs: list[float] = field(init=False)
    _upper: list[float] = field(init=False)
    _rows: list[tuple[Ints, Any, float, float]] = field(init=False, default_factory=list)
    _of_row: list[tuple[str, int, int] | None] = field(init=False, default_factory=list)
    _column: dict[tuple[str, int, int], int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        candidate, slot, _ = eligible_pairs(self.problem)
        rank_of_candidate, rank_of_slot = (np.argsort(one) for one in positions(self.problem))
        order = np.lexsort((rank_of_slot[slot], rank_of_candidate[candidate]))
        self.candidate, self.slot = candidate[order], slot[order]
        self._costs, self._upper = [0.0] * len(order), [1.0] * len(order)
        self._add_steps()
        self._add_people()
        self._add_limits()
        self._add_wanted()

    @property
    def n_pairs(self) -> int:
        """How many pairs can be chosen."""
        return len(self.candidate)

    def least(self) -> dict[int, int] | None:
        """Return steps by limit for the least effort; ``None`` when there are none."""
        solution = self._solved(whole=True)
        if solution is None:
            return None
        column = np.rint(solution.col_value).astype(np.int64)
        amounts = column[self.n_pairs : self.n_pairs + len(self.limits)]
        return {k: int(amount) for k, amount in enumerate(amounts) if amount}

    def pressed(self) -> tuple[Limit, ...] | None:
        """
        Return the limits that press on the linear relaxation.

        They are a guess at what cannot hold together, and no more: what is in them has to be looked
        at again. ``None`` where the relaxation needs no step at all.
        """
        solution = self._solved(whole=False)
        if solution is None:
            return None
        steps = solution.col_value[self.n_pairs : self.n_pairs + len(self.limits)]
        if max(steps, default=0.0) < LEAST_DUAL:
            return None
        heavy = {
            of
            for of, dual in zip(self._of_row, solution.row_dual, strict=True)
            if of is not None and abs(dual) > LEAST_DUAL
        }
        return tuple(limit for limit in self.limits if _key(limit) in heavy)

    def _solved(self, *, whole: bool) -> Any:
        import highspy

        self.deadline.check()
        return self._solved_by(highspy, whole)

    def _solved_by(self, highspy: Any, whole: bool) -> Any:
        solver = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1), ("mip_rel_gap", 0.0)):
            solver.setOptionValue(option, value)
        if self.deadline.seconds_left is not None:
            solver.setOptionValue("time_limit", self.deadline.seconds_left)
        program = self._as_highs(highspy)
        if whole:
            program.integrality_ = [highspy.HighsVarType.kInteger] * program.num_col_
        solver.passModel(program)
        solver.run()
        if solver.getModelStatus() == highspy.HighsModelStatus.kTimeLimit:
            raise OutOfTime
        is_done = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return solver.getSolution() if is_done else None

    def forbid(self, amounts: dict[int, int]) -> None:
        """From now on find nothing that goes as far as this on each of its limits."""
        switches = []
        for k, amount in amounts.items():
            column, upper = self.n_pairs + k, self._upper[self.n_pairs + k]
            switches.append(self._new_column(0.0, 1.0))
            room = upper - amount + 1
            self._row([column, switches[-1]], [1.0, room], high=upper)
        self._row(switches, [1.0] * len(switches), low=1.0)

    def _add_steps(self) -> None:
        kept = []
        for limit in limits_of(self.problem):
            effort, farthest = self.effort_of.get(limit), self._farthest(limit)
            if effort is not None and farthest > 0:
                kept.append(limit)
                self.effort.append(effort)
                column = self._new_column(float(effort), float(farthest))
                self._column[_key(limit)] = column
        self.limits = tuple(kept)

    def _farthest(self, limit: Limit) -> int:
        """Return after how many steps a limit binds nobody."""
        if limit.kind == "seats":
            return int((self.slot == limit.row).sum()) - int(self.problem.seats[limit.row])
        if limit.kind == "resource":
            drawn, supply = self._drawn(limit.row, limit.slot_row)
            return -(-(int(drawn.sum()) - supply) // STEPS)
        if limit.kind == "least":
            return self.problem.read_quotas[limit.row].least
        if limit.kind == "most":
            quota = self.problem.read_quotas[limit.row]
            return int(quota.candidates.sum()) - quota.most
        return 1

    def _drawn(self, row: int, slot: int) -> tuple[Ints, int]:
        """Return what each pair draws of one supply, and how large it is, in thousandths."""
        resource = self.problem.read_resources[row]
        drawn = resource.of_pairs(self.candidate, self.slot)
        if resource.shared:
            return drawn, int(resource.supply[0])
        return np.where(self.slot == slot, drawn, 0), int(resource.supply[slot])

    def _new_column(self, cost: float, upper: float) -> int:
        self._costs.append(cost)
        self._upper.append(upper)
        return len(self._costs) - 1

    def _row(
        self,
        columns: Sequence[int] | Ints,
        amounts: Any,
        *,
        low: float = -np.inf,
        high: float = np.inf,
        of: tuple[str, int, int] | None = None,
    ) -> None:
        self._rows.append((np.asarray(columns, dtype=np.int64), amounts, low, high))
        self._of_row.append(of)

    def _loosen(
        self, pairs: Ints, amounts: Any, key: tuple[str, int, int], step: float, **ends: float
    ) -> None:
        """Add a row in which the steps of one limit make room, where steps of it are allowed."""
        if key in self._column:
            pairs, amounts = np.append(pairs, self._column[key]), np.append(amounts, step)
        self._row(pairs, amounts, of=key, **ends)

    def _where(self, chosen: NDArray[np.bool_]) -> tuple[Ints, NDArray[np.float64]]:
        at = np.flatnonzero(chosen)
        return at, np.ones(len(at))

    def _add_people(self) -> None:
        for i in np.unique(self.candidate).tolist():
            self._row(*self._where(self.candidate == i), high=1.0)
        pins = self.problem.pins
        for i in np.flatnonzero(pins >= 0).tolist() if pins is not None else ():
            j = int(pins[i])  # type: ignore[index]
            at, ones = self._where((self.candidate == i) & (self.slot == j))
            self._loosen(at, ones, ("pin", i, j), 1.0, low=1.0)

    def _add_limits(self) -> None:
        m = self.problem.shape[1]
        for j in range(m):
            at, ones = self._where(self.slot == j)
            high = float(self.problem.seats[j])
            self._loosen(at, ones, ("seats", j, j), -1.0, high=high)
        for row, resource in enumerate(self.problem.read_resources):
            for slot in [-1] if resource.shared else range(m):
                drawn, supply = self._drawn(row, slot)
                if supply < UNLIMITED:
                    at = np.flatnonzero(drawn)
                    self._loosen(
                        at,
                        drawn[at].astype(np.float64),
                        ("resource", row, slot),
                        float(-STEPS),
                        high=float(supply),
                    )
        for row in range(len(self.problem.read_quotas)):
            self._add_quota(row)
        for row in range(len(self.problem.read_groups)):
            self._add_group(row)

    def _add_quota(self, row: int) -> None:
        quota = self.problem.read_quotas[row]
        inside = quota.slots[self.slot]
        at, ones = self._where(inside & quota.candidates[self.candidate])
        self._loosen(at, ones, ("most", row, -1), -1.0, high=float(quota.most))
        if not quota.if_open:
            self._loosen(at, ones, ("least", row, -1), 1.0, low=float(quota.least))
            return
        is_open = self._new_column(0.0, 1.0)
        for pair in np.flatnonzero(inside).tolist():
            self._row([pair, is_open], [1.0, -1.0], high=0.0)
        pairs, amounts = np.append(at, is_open), np.append(ones, -float(quota.least))
        self._loosen(pairs, amounts, ("least", row, -1), 1.0, low=0.0)

    def _add_group(self, row: int) -> None:
        group, key = self.problem.read_groups[row], ("group", row, -1)
        place = self.problem.pilot_of_slot if group.within == "pilot" else None
        place_of_pair = self.slot if place is None else place[self.slot]
        members = group.candidates.tolist()
        for one in np.unique(place_of_pair[np.isin(self.candidate, members)]).tolist():
            there = place_of_pair == one
            if group.apart:
                at, ones = self._where(there & np.isin(self.candidate, members))
                self._loosen(at, ones, key, 1.0 - len(members), high=1.0)
                continue
            for i, other in zip(members, members[1:] + members[:1], strict=True):
                mine, my_ones = self._where(there & (self.candidate == i))
                theirs, ones = self._where(there & (self.candidate == other))
                pairs, amounts = np.append(mine, theirs), np.append(my_ones, -ones)
                self._loosen(pairs, amounts, key, -1.0, high=0.0)

    def _add_wanted(self) -> None:
        everybody = np.arange(self.n_pairs)
        if self.wanted.placed:
            self._row(everybody, np.ones(self.n_pairs), low=float(self.wanted.placed))
        for i in sorted(set(self.wanted.people)):
            self._row(*self._where(self.candidate == i), low=1.0)
        if self.wanted.pair is not None:
            i, j = self.wanted.pair
            self._row(*self._where((self.candidate == i) & (self.slot == j)), low=1.0)

    def _as_highs(self, highspy: Any) -> Any:
        program, n_columns = highspy.HighsLp(), len(self._costs)
        program.num_col_, program.num_row_ = n_columns, len(self._rows)
        program.col_cost_, program.col_upper_ = np.array(self._costs), np.array(self._upper)
        program.col_lower_ = np.zeros(n_columns)
        program.row_lower_ = np.array([low for *_, low, _ in self._rows])
        program.row_upper_ = np.array([high for *_, high in self._rows])
        matrix = program.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        lengths = [len(columns) for columns, *_ in self._rows]
        matrix.start_ = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        nothing = np.zeros(0)
        columns = [nothing, *(columns for columns, *_ in self._rows)]
        matrix.index_ = np.concatenate(columns).astype(np.int32)
        matrix.value_ = np.concatenate([nothing, *(amounts for _, amounts, *_ in self._rows)])
        return program


def _key(limit: Limit) -> tuple[str, int, int]:
    return limit.kind, limit.row, limit.slot_row
