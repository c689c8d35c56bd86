"""
One run of HiGHS, watched from outside: time limit, progress, Ctrl-C and cancel within two seconds.

It works in doubles; whoever asks looks at its answers in whole numbers.

Source: Huangfu and Hall (2018), Mathematical Programming Computation 10, https://highs.dev.
"""

import atexit
import math
import threading
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Bools, Ints
from matching.solvers.sides.model import Model
from matching.solvers.sides.rows import COVER, Row
from matching.solvers.watch import Watch

LARGEST_AMOUNT = 2.0**20
"""Amounts of a row are scaled to this at most, so that HiGHS' tolerance of 1e-6 stays below 1."""

TICK_SECONDS = 0.05
PATIENCE_SECONDS = 0.6
"""How long HiGHS may take to notice that it has to stop, before we go on without it."""

LAST_LOOK_SECONDS = 0.2
"""How long a last look may take once we were told to stop."""


@dataclass
class Search:
    """One run of HiGHS, in a thread of its own, so that this one can watch and be interrupted."""

    model: Model
    watch: Watch
    rows: list[Row]
    forbidden: Bools
    weights: Ints
    start: Bools | None = None
    gap: float = 0.0
    level: str = ""
    value: int | None = None
    unit: int = 1
    most_nodes: int | None = None
    found: list[Bools] = field(default_factory=list)
    bound: float = math.inf
    is_done: bool = False
    is_impossible: bool = False
    scale: float = field(init=False)

    def __post_init__(self) -> None:
        self.scale = scale_of(self.weights)

    def run(self) -> None:
        """Branch and bound, from the start given."""
        import highspy

        solver = self.solver(highspy)
        solver.passModel(self.program(highspy))
        if self.start is not None:
            column = np.concatenate([self.start, self.model.switches(self.start)])
            solution = highspy.HighsSolution()
            solution.col_value = column.astype(np.float64).tolist()
            solver.setSolution(solution)
        if not self.wait(highspy, solver):
            return
        status = solver.getModelStatus()
        kinds = highspy.HighsModelStatus
        self.is_impossible = status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible)
        self.is_done = status == kinds.kOptimal
        info = solver.getInfo()
        if self.model.n_pairs + self.model.n_switches == 0:
            self._settle_empty()
        elif not self.is_impossible:
            self.bound = min(self.bound, info.mip_dual_bound) if self.is_done else self.bound
            if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
                self._keep(np.array(solver.getSolution().col_value))

    def duals(self) -> list[float]:
        """Return what one unit more of each row would bring, were people divisible."""
        import highspy

        solver = self.solver(highspy)
        program = self.program(highspy)
        program.integrality_ = []
        solver.passModel(program)
        if self.watch.stopped:
            solver.setOptionValue("time_limit", LAST_LOOK_SECONDS)
            solver.run()
        elif not self.wait(highspy, solver):
            return []
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return []
        per_unit = [factor_of(row)[0] / factor_of(row)[1] / self.scale for row in self.rows]
        dual = solver.getSolution().row_dual[: len(self.rows)]
        return [y * unit for y, unit in zip(dual, per_unit, strict=True)]

    def _settle_empty(self) -> None:
        fits = all((row.low or 0) <= 0 and (row.high is None or row.high >= 0) for row in self.rows)
        self.is_impossible, self.is_done, self.bound = not fits, fits, 0.0
        if fits:
            self._keep(np.zeros(0))

    def _keep(self, column: NDArray[np.float64]) -> None:
        self.found.append(column[: self.model.n_pairs] > 0.5)

    def _listen(self, highspy: Any, solver: Any, stop: threading.Event) -> None:
        kinds = highspy.cb.HighsCallbackType

        def hear(kind: int, message: str, said: Any, answer: Any, data: Any) -> None:
            if kind == kinds.kCallbackMipImprovingSolution:
                self._keep(np.array(said.mip_solution))
            else:
                if kind == kinds.kCallbackMipInterrupt:
                    self.bound = min(self.bound, said.mip_dual_bound)
                answer.user_interrupt = stop.is_set()

        solver.setCallback(hear, None)
        for kind in (
            kinds.kCallbackMipImprovingSolution,
            kinds.kCallbackMipInterrupt,
            kinds.kCallbackSimplexInterrupt,
            kinds.kCallbackIpmInterrupt,
        ):
            solver.startCallback(kind)

    def solver(self, highspy: Any) -> Any:
        """Return a silent HiGHS that gives the same answer every time."""
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("parallel", "off")
        solver.setOptionValue("mip_rel_gap", self.gap)
        solver.setOptionValue("mip_abs_gap", 0.0)
        if self.most_nodes is not None:
            solver.setOptionValue("mip_max_nodes", self.most_nodes)
        return solver

    def wait(self, highspy: Any, solver: Any) -> bool:
        """Have HiGHS run until it is done or told to stop; whether it ended by itself in time."""
        stop, ended = threading.Event(), threading.Event()
        self._listen(highspy, solver, stop)

        def run() -> None:
            try:
                solver.run()
            finally:
                ended.set()

        runner = threading.Thread(target=run, daemon=True)
        watch, asked_at = self.watch, math.inf
        # An event, as a thread whose `join` is interrupted looks dead while it runs (Python 3.11).
        while not ended.is_set():
            try:
                if runner.ident is None:
                    runner.start()
                if ended.wait(TICK_SECONDS):
                    break
                go_on = not watch.stopped and watch.may_go_on(
                    "branching",
                    level=self.level,
                    value=self._shown(self._value()),
                    bound=self._shown(to_whole(self.bound, self.scale)),
                )
            except KeyboardInterrupt:
                watch.stop()
                go_on = False
            if not go_on:
                stop.set()
                asked_at = min(asked_at, watch.seconds)
            if watch.seconds - asked_at > PATIENCE_SECONDS:
                # It sees the flag in the end, and its answers so far are ours. Python waits for it
                # at its own end: HiGHS aborts a process that goes away under it.
                atexit.register(runner.join)
                return False
        return True

    def _value(self) -> int | None:
        """Return what the best choice so far is worth."""
        return total(self.weights, self.found[-1]) if self.found else self.value

    def _shown(self, steps: int | None) -> int | float | None:
        """Return a number in points or people, for whoever listens."""
        if steps is None or self.level not in ("placed", "tiers", "score"):
            return None
        problem = self.model.problem
        if self.level != "score" or problem.is_whole:
            return steps * self.unit
        return math.ldexp(steps * self.unit, -problem.exponent)

    def program(self, highspy: Any) -> Any:
        """Return what HiGHS is to solve: a column for each pair and each switch."""
        model, infinity = self.model, highspy.kHighsInf
        n_columns = model.n_pairs + model.n_switches
        program = highspy.HighsLp()
        cost = np.zeros(n_columns)
        cost[: model.n_pairs] = self.weights.astype(np.float64) * self.scale
        upper = np.ones(n_columns)
        upper[: model.n_pairs][self.forbidden] = 0.0
        lower = np.zeros(n_columns)
        lower[: model.n_pairs][model.is_pinned] = 1.0
        upper = np.maximum(lower, upper)
        rows = list(self.rows)
        if (model.is_pinned & self.forbidden).any():
            # Two bounds that exclude each other are an error to HiGHS; a row that cannot be is not.
            rows.append(Row(COVER, (), np.zeros(0, np.int64), np.zeros(0, np.int64), 1, None))
        amounts, low, high = _scaled(rows, infinity)
        program.num_col_, program.num_row_ = n_columns, len(rows)
        program.sense_ = highspy.ObjSense.kMaximize
        program.col_cost_, program.col_lower_, program.col_upper_ = cost, lower, upper
        program.row_lower_, program.row_upper_ = low, high
        matrix = program.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        lengths = [len(row.columns) for row in rows]
        matrix.start_ = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        nothing = np.zeros(0, dtype=np.int64)
        matrix.index_ = np.concatenate([nothing, *(row.columns for row in rows)]).astype(np.int32)
        matrix.value_ = amounts
        program.integrality_ = [highspy.HighsVarType.kInteger] * n_columns
        return program


def factor_of(row: Row) -> tuple[float, int]:
    """Return the power of two and the whole number that bring a row's amounts within doubles."""
    divisor = max(1, int(np.gcd.reduce(row.amounts))) if len(row.amounts) else 1
    largest = float(np.abs(row.amounts).max()) / divisor if len(row.amounts) else 1.0
    return 2.0 ** min(0, math.floor(math.log2(LARGEST_AMOUNT / max(1.0, largest)))), divisor


def _at(limit: int, factor: float, away: int) -> float:
    """Return a limit in doubles; a large one a little wider, as rounding may exclude no choice."""
    if factor == 1.0 and abs(limit) < 2**40:
        return float(limit)
    return limit * factor + away * max(0.5 * factor, abs(limit) * factor * 1e-12)


def _scaled(rows: list[Row], infinity: float) -> tuple[Any, Any, Any]:
    """Return amounts and limits of rows in doubles, each divided by what keeps them small."""
    amounts, low, high = [np.zeros(0)], [], []
    for row in rows:
        factor, divisor = factor_of(row)
        amounts.append((row.amounts // divisor).astype(np.float64) * factor)
        low.append(-infinity if row.low is None else _at(-(-row.low // divisor), factor, -1))
        high.append(infinity if row.high is None else _at(row.high // divisor, factor, 1))
    return np.concatenate(amounts), np.array(low), np.array(high)


def scale_of(weights: Ints) -> float:
    """Return a power of two that brings weights within what HiGHS' tolerances are made for."""
    largest = float(np.abs(weights).max()) if len(weights) else 0.0
    return 2.0 ** -max(0, math.frexp(largest)[1] - 20)


def to_whole(value: float, scale: float) -> int | None:
    """Return a bound of HiGHS as a whole number that no choice exceeds."""
    if not math.isfinite(value):
        return None
    whole = value / scale
    return math.floor(whole + 1e-6 * max(1.0, 1e-6 * abs(whole)))


def total(weights: Ints, chosen: Bools) -> int:
    """Return what a choice weighs, in Python's own numbers."""
    return sum(weights[chosen].tolist())
