"""
``python -m matching FILE``: solve a problem file, and print the plan with its proof.

It reads problem files of our own (docs/reference/problem-file.md) and published layouts
(docs/how-to/solve-a-published-instance.md). No database, no network; nothing is stored unless
``--out`` asks for it.

Exit status: 0 with a plan, 1 when there is none or what was checked does not hold, 2 for bad input,
130 after Ctrl-C (the best plan so far is printed all the same).
"""

import argparse
import difflib
import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final

import numpy as np

from matching.checking.opinion import Check, check
from matching.checking.stability import blocking_pairs
from matching.exceptions import MatchingError, ProblemError
from matching.files import plan_to_json, read_plan, read_problem, to_text
from matching.filing.reading import Faults, fault
from matching.layouts.published import (
    LAYOUTS,
    PROBLEM_FILE,
    Instance,
    Preferences,
    layout_of,
    read_published,
)
from matching.plan import Plan, Progress, SideCertificate, SolveStatus
from matching.problem import Problem
from matching.solvers import LEVELS, solve, solve_stable
from matching.telling import (
    amount,
    tell_conflict,
    tell_levels,
    tell_places,
    tell_problem,
    tell_proof,
    tell_shortfall,
)

FOUND: Final = 0
NONE: Final = 1
BAD_INPUT: Final = 2
STOPPED: Final = 130
"""What shells use for a command that Ctrl-C ended."""


@dataclass(frozen=True, eq=False)
class Task:
    """One problem to solve, as it was read."""

    title: str
    problem: Problem
    objective: tuple[str, ...]
    instance: Instance | None = None


class Stop:
    """Remembers that somebody pressed Ctrl-C; a second time ends the program at once."""

    def __init__(self) -> None:
        self.asked = False

    def listen(self, progress: Progress) -> bool:
        """Tell the solver whether to go on, and whoever looks at a terminal how far it is."""
        if sys.stderr.isatty():
            value = "" if progress.value is None else f", best so far {amount(progress.value)}"
            bound = "" if progress.bound is None else f", at most {amount(progress.bound)}"
            line = f"{progress.seconds:.0f} s  {progress.level} {progress.step}{value}{bound}"
            print(f"\r\x1b[K{line[:100]}", end="", file=sys.stderr, flush=True)
        return not self.asked

    @contextmanager
    def on_interrupt(self) -> Iterator[None]:
        """Have Ctrl-C ask for the best plan so far."""

        def note(number: int, frame: Any) -> None:
            if self.asked:
                raise KeyboardInterrupt
            self.asked = True

        before = signal.signal(signal.SIGINT, note)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)
            if sys.stderr.isatty():
                print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Solve the file that the arguments name; return the exit status."""
    given = _parser().parse_args(arguments)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # any code, on any terminal
    try:
        return _run(given)
    except MatchingError as error:
        for line in str(error).splitlines():
            where = "" if line.startswith(given.file) else f"{given.file}: "
            print(f"{where}{line}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("Stopped before there was a plan.", file=sys.stderr)
        return STOPPED
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        return FOUND


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m matching",
        description="Solve a problem file or a published one, and print the plan with its proof.",
        epilog="Exit status: 0 with a plan; 1 when there is none, or what was checked does not "
        "hold; 2 for bad input; 130 after Ctrl-C, with the best plan so far.",
    )
    parser.add_argument("file", help="a problem file, a published file, or a folder with CSV files")
    parser.add_argument("--objective", help=f"levels in order, of {', '.join(LEVELS)}")
    parser.add_argument("--seed", type=int, default=0, help="settles ties (0)")
    parser.add_argument(
        "--gap", type=float, default=0.0, help="relative gap that is good enough (0)"
    )
    parser.add_argument("--time-limit", type=float, help="seconds; then the best plan so far")
    parser.add_argument("--out", type=Path, help="write the plan, with its certificate, as JSON")
    parser.add_argument("--json", action="store_true", help="print the plan as JSON instead")
    parser.add_argument(
        "--check", type=Path, metavar="PLAN", help="check a stored plan; solve nothing"
    )
    parser.add_argument(
        "--layout", choices=LAYOUTS, help="of a published file; else by its content"
    )
    parser.add_argument(
        "--instance", type=int, metavar="N", help="only the Nth problem in the file"
    )
    sense = parser.add_mutually_exclusive_group()
    sense.add_argument("--maximise", action="store_true", help="published costs are to be high")
    sense.add_argument("--minimise", action="store_true", help="published costs are to be low")
    return parser


def _run(given: argparse.Namespace) -> int:
    tasks = _chosen(_read(given), given)
    if len(tasks) > 1 and (given.out or given.check):
        raise fault(f"holds {len(tasks)} problems; say which one with --instance", "file")
    answers: list[dict[str, Any]] = []
    worst = FOUND
    for at, task in enumerate(tasks):
        if at and not given.json:
            print()
        if isinstance(task, Preferences):
            status = _stable(task, given, answers)
        else:
            status = _plan(task, given, answers)
        worst = max(worst, status)
        if status == STOPPED:
            break
    if given.json:
        print(json.dumps(answers[0] if len(tasks) == 1 and answers else answers))
    return worst


def _read(given: argparse.Namespace) -> list[Task] | list[Preferences]:
    path = Path(given.file)
    layout = given.layout or layout_of(path)
    objective = _objective(given.objective)
    if layout == PROBLEM_FILE:
        found = read_problem(path)
        return [Task(found.title or path.name, found.problem, objective or found.objective)]
    maximise = True if given.maximise else False if given.minimise else None
    read = read_published(path, layout, maximise=maximise)
    preferences = [one for one in read if isinstance(one, Preferences)]
    return preferences or [
        Task(one.name, one.problem, objective or one.objective, one)
        for one in read
        if isinstance(one, Instance)
    ]


def _objective(said: str | None) -> tuple[str, ...]:
    """Return the levels that were asked for; empty when none were, for then the file says."""
    if said is None:
        return ()
    levels = tuple(said.replace(",", " ").split())
    accepted = f"accepted are {', '.join(LEVELS)}, each once"
    if not levels:
        raise fault(f"is empty; {accepted}", "--objective")
    faults = Faults()
    for k, level in enumerate(levels):
        if level not in LEVELS:
            near = difflib.get_close_matches(level, LEVELS, n=1)
            hint = f"; {near[0]}, perhaps?" if near else ""
            faults.add(f"names {level[:20]!r}, which is no level; {accepted}{hint}", "--objective")
        elif level in levels[:k]:
            faults.add(f"names {level} again; {accepted}", "--objective")
    faults.settle()
    return levels


def _chosen(
    tasks: list[Task] | list[Preferences], given: argparse.Namespace
) -> Sequence[Task | Preferences]:
    if given.instance is None:
        return tasks
    if not 1 <= given.instance <= len(tasks):
        raise fault(f"is {given.instance}; accepted are 1 to {len(tasks)}", "--instance")
    return tasks[given.instance - 1 : given.instance]


# A problem


def _plan(task: Task, given: argparse.Namespace, answers: list[dict[str, Any]]) -> int:
    stop = Stop()
    plan = read_plan(given.check, task.problem) if given.check else _solved(task, given, stop)
    found = _checked(task.problem, plan, stop, takes_time=True) if given.check else None
    if not given.json:
        # The plan first: looking at it afresh may take a while, and Ctrl-C may come before.
        is_possible = found is None or found.feasible
        _print(_told(task, plan if is_possible else None))
    if not given.check:
        found = _checked(task.problem, plan, stop, takes_time=False)
    if not given.json:
        _print(tell_proof(plan, found))
        if plan.status is SolveStatus.INFEASIBLE:
            _print(tell_conflict(task.problem))
    data = plan_to_json(plan, task.problem) | _check_to_json(found)
    if task.instance and (cost := task.instance.cost(plan)) is not None:
        data["cost"] = cost
    _write(given.out, data)
    answers.append({"title": task.title, **data})
    if stop.asked:
        return STOPPED
    is_good = found is not None and found.ok and plan.status is not SolveStatus.INFEASIBLE
    return FOUND if is_good else NONE


def _solved(task: Task, given: argparse.Namespace, stop: Stop) -> Plan:
    with stop.on_interrupt():
        return solve(
            task.problem,
            objective=task.objective,
            seed=given.seed,
            gap=given.gap,
            time_limit=given.time_limit,
            progress=stop.listen,
        )


def _checked(problem: Problem, plan: Plan, stop: Stop, *, takes_time: bool) -> Check | None:
    """
    Look at the plan afresh, unless somebody has no time for it: the plan is there already.

    Bounds under side rules can take another solver longer than whoever stopped this one will wait;
    ``--check`` takes that time.
    """
    if plan.status is SolveStatus.INTERRUPTED and isinstance(plan.certificate, SideCertificate):
        plan = plan if takes_time else replace(plan, certificate=None)
    try:
        return check(problem, plan)
    except KeyboardInterrupt:
        stop.asked = True
        return None


def _check_to_json(found: Check | None) -> dict[str, Any]:
    if found is None:
        return {}
    return {
        "check": {
            "ok": found.ok,
            "feasible": found.feasible,
            "proof": found.proof,
            "settledBy": found.settled_by,
            "faults": list(found.faults),
        }
    }


def _told(task: Task, plan: Plan | None) -> Iterator[str]:
    """Yield the problem, and the plan when it is one."""
    yield tell_problem(task.problem, task.title)
    yield from (f"  {note}" for note in (task.instance.notes if task.instance else ()))
    yield ""
    if plan is None or plan.status is SolveStatus.INFEASIBLE:
        return
    yield from tell_places(task.problem, plan)
    yield from tell_shortfall(task.problem, plan)
    yield ""
    yield from tell_levels(plan)
    if task.instance and (cost := task.instance.cost(plan)) is not None:
        sense = "highest" if task.instance.maximise else "lowest"
        yield f"cost as published ({sense} is best): {amount(cost)}"
    yield ""


def _print(lines: Iterator[str]) -> None:
    for line in lines:
        print(line)
    sys.stdout.flush()


# Wishes of two sides


def _stable(task: Preferences, given: argparse.Namespace, answers: list[dict[str, Any]]) -> int:
    sides = (task.candidate_scores, task.slot_scores, task.seats)
    both = np.where(np.isnan(task.slot_scores), np.nan, task.candidate_scores)
    problem = Problem(both, task.seats, codes=task.codes)
    plan = read_plan(given.check, problem) if given.check else solve_stable(*sides)
    try:
        blocking = blocking_pairs(*sides, plan)
    except ProblemError as error:
        print(f"{given.check}: this does not hold: {error}", file=sys.stderr)
        return NONE
    data = plan_to_json(plan, problem) | {"blockingPairs": [list(pair) for pair in blocking]}
    _write(given.out, data)
    answers.append({"title": task.name, **data})
    if not given.json:
        print(tell_problem(problem, task.name))
        for note in task.notes:
            print(f"  {note}")
        print()
        _print(tell_places(problem, plan))
        _print(tell_shortfall(problem, plan))
        print()
        _print(_tell_stable(task, blocking, bool(given.check)))
    return NONE if blocking else FOUND


def _tell_stable(
    task: Preferences, blocking: list[tuple[int, int]], is_checked: bool
) -> Iterator[str]:
    who, where = task.codes
    if blocking:
        yield "Not stable: these two would both rather have each other."
        yield from (f"  {who[i]} and {where[j]}" for i, j in blocking)
        return
    yield "Stable: no two would both rather have each other. Checked again, pair by pair."
    if is_checked:
        return
    if task.has_ties:
        yield "Those in a tie were taken in the order of the file; another order may place others."
    else:
        yield "Every candidate has the best slot that any stable plan could give."


def _write(path: Path | None, data: dict[str, Any]) -> None:
    if path is None:
        return
    try:
        path.write_text(to_text(data), encoding="utf-8")
    except OSError as error:
        raise fault(f"cannot be written: {error.strerror}", str(path)) from error


if __name__ == "__main__":
    status = main()
    with suppress(OSError):  # nobody reads any more
        sys.stdout.flush()
    os._exit(status)  # a solver that was stopped may still be on its way out, which takes seconds
