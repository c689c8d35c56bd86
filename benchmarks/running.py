"""Runs each piece of work in a process of its own, and reads what it measured."""

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / ".venv-peers" / "bin" / "python"

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

Measured = dict[str, Any]
"""What a process answered: CPU seconds, wall seconds, peak bytes, and what it found."""


class FellShort(Exception):
    """A run that gave no measurement; says why."""


@dataclass(frozen=True)
class Instance:
    """Which instance: all that `study_instance` asks."""

    n: int
    m: int
    ratio: float = 0.95
    seed: int = 0
    density: float | str = "study"

    @property
    def name(self) -> str:
        density = "" if self.density == "study" else f", density {self.density}"
        return f"{self.n} × {self.m}, seats {self.ratio:g}, seed {self.seed}{density}"

    def as_arguments(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("n", "m", "ratio", "seed", "density")}


@dataclass
class Runner:
    """
    Starts processes one after the other, keeps graphs for peers, and says what it is doing.

    After so many minutes it starts none, and stops the one that runs.
    """

    folder: Path
    minutes: float = math.inf
    started: float = field(default_factory=time.monotonic)
    graphs: dict[Instance, Path] = field(default_factory=dict)

    def say(self, words: str) -> None:
        minutes, seconds = divmod(round(time.monotonic() - self.started), 60)
        print(f"[{minutes:2d}:{seconds:02d}] {words}", file=sys.stderr, flush=True)

    def ours(self, task: str, *, minutes: float = 10.0, **arguments: Any) -> Measured:
        """Run a task of `benchmarks/ours/`."""
        command = [sys.executable, "-m", "benchmarks.ours", task, json.dumps(arguments)]
        return self._run(f"ours: {task} {words_of(arguments)}", command, minutes)

    def peer(self, solver: str, instance: Instance, *, minutes: float = 10.0) -> Measured:
        """Run another solver on the graph of an instance."""
        script = ROOT / "benchmarks" / "peers" / "run.py"
        command = [str(PEERS), str(script), solver, str(self.graph(instance))]
        return self._run(f"{solver}: {instance.name}", command, minutes)

    def graph(self, instance: Instance) -> Path:
        """Return the folder with the graph of an instance, made once."""
        if instance not in self.graphs:
            folder = Path(tempfile.mkdtemp(dir=self.folder))
            self.ours("graph", folder=str(folder), **instance.as_arguments())
            self.graphs[instance] = folder
        return self.graphs[instance]

    def forget_graph(self, instance: Instance) -> None:
        """Give the room of a graph back."""
        folder = self.graphs.pop(instance, None)
        for path in folder.glob("*.npy") if folder else ():
            path.unlink()

    def other(self, words: str, command: list[str], *, minutes: float) -> Measured:
        """Run any command that prints what it measured as its last line."""
        return self._run(words, command, minutes)

    @property
    def minutes_left(self) -> float:
        return self.minutes - (time.monotonic() - self.started) / 60

    def _run(self, words: str, command: list[str], minutes: float) -> Measured:
        self.say(words)
        minutes = min(minutes, self.minutes_left)
        if minutes <= 0:
            raise FellShort(f"the {self.minutes:g} minutes were over")
        try:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env={**os.environ, **ONE_THREAD},
                capture_output=True,
                text=True,
                timeout=60 * minutes,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise FellShort(f"stopped after {minutes:.1f} minutes") from error
        if done.returncode != 0:
            said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
            raise FellShort(said[-1])
        measured: Measured = json.loads(done.stdout.splitlines()[-1])
        return measured


def words_of(arguments: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in arguments.items() if name != "folder")


def median_run(runs: list[Measured]) -> Measured:
    """Return the run with the middle CPU time, with the middle peak of all."""
    middle = sorted(runs, key=lambda run: float(run["cpu"]))[len(runs) // 2]
    return {**middle, "peak": int(np.median([run["peak"] for run in runs]))}
