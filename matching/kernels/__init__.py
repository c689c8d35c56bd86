"""
The inner loops, in C: small functions over arrays, called without Python's lock.

They are built at set-up (see `build.py`; docs/decisions/ tells why C) and found here. Whatever is
called through `kernel` gets contiguous arrays of the right type, and trusts them: the callers in
this package check.
"""

import ctypes
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.kernels import build

V3 = {"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe"}
V4 = V3 | {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}
NEEDS = {"x86_64_v4": V4, "x86_64_v3": V3}
"""What a processor must have beyond the oldest that we build for."""


@cache
def kernel(name: str) -> Any:
    """Return a C function; its name begins with the name of its source: ``auction_run``."""
    return getattr(load(name.split("_")[0], best_variant()), name)


@cache
def load(source: str, variant: str) -> ctypes.CDLL:
    """Return the library of a source for a processor; an ``ImportError`` says how to build it."""
    path = build.library(build.HERE / f"{source}.c", variant)
    if not path.exists():
        raise ImportError(
            f"the engine's kernels are not built ({path.name}); build them once with "
            "`python3 dev.py demo`, or `python matching/kernels/build.py`"
        )
    return ctypes.CDLL(str(path))


@cache
def best_variant() -> str:
    """Return the fastest variant that this processor can run."""
    has = _processor_flags()
    for variant in build.variants():
        if NEEDS.get(variant, set()) <= has:
            return variant
    return build.variants()[-1]


def _processor_flags() -> set[str]:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return set()
    for line in text.splitlines():
        if line.startswith("flags"):
            return set(line.split(":", 1)[1].split())
    return set()


def pointer(array: NDArray[Any]) -> ctypes.c_void_p:
    """Return where a contiguous array begins."""
    assert array.flags.c_contiguous
    return ctypes.c_void_p(array.ctypes.data)


def as_int32(values: NDArray[Any]) -> NDArray[np.int32]:
    """Return values as contiguous 32-bit whole numbers."""
    return np.ascontiguousarray(values, dtype=np.int32)
