"""CPU seconds and peak memory of one piece of work in this process. Standard library only."""

import gc
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Answer = TypeVar("Answer")


def measure(work: Callable[[], Answer]) -> tuple[Answer, dict[str, float]]:
    """
    Do a piece of work, and tell what it took.

    CPU seconds are those of all threads together. The peak counts all that the process holds while
    it works, the interpreter and the loaded libraries included, but nothing that was needed, and
    given back, before.
    """
    gc.collect()
    since_start = forget_peak()
    wall, cpu = time.perf_counter(), time.process_time()
    answer = work()
    took = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    return answer, {**took, "peak": peak(since_start=since_start)}


def forget_peak() -> bool:
    """Let the peak begin anew; tell whether it had to be kept: not every system can do that."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return True
    return False


def peak(*, since_start: bool = False) -> int:
    """Return the most memory held, in bytes."""
    if not since_start:
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return most_of_process()


def most_of_process() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
