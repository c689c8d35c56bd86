"""Solves by our own engine."""

import errno
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.ours.graphs import make
from benchmarks.peers.measure import measure
from matching import Certificate, Plan, Problem, Progress, check, solve
from matching.study.synthetic import StudyInstance, churn, study_instance, study_side_rules

PLACE = 10_000
"""What a place counts beside the score under side rules, as in the study."""


def solve_instance(
    *, start: str = "", churned: bool = False, proof: bool = False, **instance: Any
) -> dict[str, Any]:
    """Solve an instance from scratch, scoring included; `start` names one of `STARTS`."""
    made = make(**instance)
    if churned:
        made = churn(made).instance
    warm_up()
    problem = Problem(made, made.seats)
    work: Callable[[], Plan] = lambda: solve(problem)  # noqa: E731
    if start:
        work = from_prices(problem, STARTS[start](made, len(made.seats)))
    return finish(problem, work, proof=proof)


def solve_again(*, proof: bool = False, **instance: Any) -> dict[str, Any]:
    """Solve an instance after churn, starting from the plan before it; that plan comes for free."""
    before = make(**instance)
    plan = solve(Problem(before, before.seats))
    after = churn(before)
    problem = Problem(after.instance, after.instance.seats)
    work = lambda: solve(problem, start=plan, changed=after.replaced)  # noqa: E731
    return finish(problem, work, proof=proof)


STARTS = {
    "at nothing": lambda scores, m: np.zeros(m, dtype=np.int64),
    "at a highest score": lambda scores, m: np.full(m, scores.highest, dtype=np.int64),
    "at what a place is worth": lambda scores, m: np.full(m, 4 * scores.highest, dtype=np.int64),
}
"""Prices at which a solve can be made to begin; by itself it takes those of a sample."""


def from_prices(problem: Problem, prices: NDArray[np.int64]) -> Callable[[], Plan]:
    """Return a solve that begins at given prices, as one that is given a plan to start from."""
    any_plan = solve(problem)
    certificate = any_plan.certificate
    assert isinstance(certificate, Certificate)
    start = replace(any_plan, certificate=replace(certificate, prices=prices), memory=None)
    return lambda: solve(problem, start=start)


def name_starts() -> dict[str, Any]:
    return {"starts": list(STARTS)}


def warm_up() -> None:
    """Load what loads on first use; how long that takes is measured by a task of its own."""
    small = study_instance(70, 3)
    solve(Problem(small, small.seats))


def finish(problem: Problem, work: Callable[[], Plan], *, proof: bool) -> dict[str, Any]:
    plan, took = measure(work)
    levels = {level.name: [level.value, level.bound] for level in plan.levels}
    answer = {
        **took,
        "placed": plan.placed,
        "score": plan.score,
        "status": plan.status.value,
        "levels": levels,
        "timings": dict(plan.timings),
    }
    if proof:
        answer["proof"] = look_again(problem, plan)
    return answer


def look_again(problem: Problem, plan: Plan) -> str:
    """Return what the second opinion says of a plan, or why there is none."""
    try:
        found = check(problem, plan)
    except Exception as error:
        return f"no second opinion: {error!r}"
    return found.proof if found.ok else found.faults[0]


def pilot(seed: int) -> Problem:
    """Return a pilot's problem as a pilot gives it: a small matrix."""
    made = study_instance(40, 12, seats_ratio=1.1, seed=seed)
    scores = made.scores().astype(np.float64)
    return Problem(np.where(scores < 0, np.nan, scores), made.seats)


def solve_tiny(*, times: int = 200) -> dict[str, Any]:
    """Solve many problems of the size of a pilot; the middle CPU time of one."""
    problems = [pilot(seed) for seed in range(20)]
    solve(problems[0])
    seconds = []
    for k in range(times):
        started = time.process_time()
        solve(problems[k % len(problems)])
        seconds.append(time.process_time() - started)
    return {"cpu": float(np.median(seconds)), "slowest": float(max(seconds))}


def solve_first() -> dict[str, Any]:
    """Solve one small problem in a process that has not solved anything, on a disk that refuses."""
    problem = pilot(0)
    refuse_writing()
    _, first = measure(lambda: solve(problem))
    _, second = measure(lambda: solve(problem))
    return {"first": first["cpu"], "second": second["cpu"], "until_here": time.process_time()}


def refuse_writing() -> None:
    """From now on act as a disk that can only be read: whoever opens a file to write is refused."""

    def look(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(arguments[0]))
        if event in ("os.mkdir", "os.rename", "subprocess.Popen"):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(arguments[0]))

    sys.addaudithook(look)


def solve_under_side_rules(
    *, budget: tuple[float, float], gap: float, seconds: float, **instance: Any
) -> dict[str, Any]:
    """Solve under the study's side rules until a gap, or until so many CPU seconds are spent."""
    made = make(**instance)
    resources, quotas = study_side_rules(made, budget=budget)
    problem = Problem(with_places(made), made.seats, resources=resources, quotas=quotas)
    warm_up()
    started = time.process_time()

    def go_on(progress: Progress) -> bool:
        return time.process_time() - started < seconds

    # On a machine shared with others a CPU second may take several; but not for ever.
    how = {"gap": gap, "progress": go_on, "time_limit": 4 * seconds}
    plan, took = measure(lambda: solve(problem, objective=("score",), **how))
    return {
        **took,
        "value": plan.score,
        "bound": plan.bound,
        "gap": plan.gap,
        "placed": plan.placed,
        "status": plan.status.value,
        "proof": look_again(problem, plan),
        "timings": dict(plan.timings),
    }


def with_places(made: StudyInstance) -> sparse.csr_array:
    """Return the scores with the worth of a place added, as in the study."""
    starts, slot, score = made.graph()
    return sparse.csr_array((score.astype(np.int64) + PLACE, slot, starts), shape=made.shape)
