"""How fast we score."""

import ctypes
import time
from typing import Any

import numpy as np

from benchmarks.ours.graphs import make
from benchmarks.peers.measure import measure
from matching import Policy, score
from matching.asking.suggesting import SuggestionDesk
from matching.facts.profiles import Candidates, Slots
from matching.kernels import kernel, pointer
from matching.scored import PolicyScores
from matching.source import FusedSource

ROWS_AT_ONCE = 256


def pass_once(*, times: int = 3, **instance: Any) -> dict[str, Any]:
    """Score every pair once, take off a price, keep each candidate's best; the middle of some."""
    made = make(**instance)
    _pass(made)
    return _middle([measure(lambda: _pass(made)) for _ in range(times)])


def _middle(runs: list[tuple[int, dict[str, float]]]) -> dict[str, Any]:
    pairs, took = sorted(runs, key=lambda run: run[1]["cpu"])[len(runs) // 2]
    return {**took, "pairs": pairs, "rate": pairs / took["cpu"]}


def _pass(made: FusedSource) -> int:
    """Return how many pairs were scored; slots beyond the reach of a whole block are not."""
    n, m = made.shape
    first = np.arange(0, n, ROWS_AT_ONCE, dtype=np.int64)
    count = np.minimum(ROWS_AT_ONCE, n - first)
    price, best = np.zeros(m, dtype=np.int32), np.empty(n, dtype=np.int32)
    function, context = (ctypes.c_void_p(address) for address in made.block_kernel())
    pairs = ctypes.c_int64(0)
    kernel("top_best")(
        *(function, ctypes.c_void_p(made.skip_kernel()), context, pointer(first), pointer(count)),
        *(ctypes.c_int64(len(first)), ctypes.c_int64(m), pointer(price), pointer(best)),
        ctypes.byref(pairs),
    )
    return pairs.value


def score_all_criteria(*, n: int, m: int, seed: int = 0, times: int = 3) -> dict[str, Any]:
    """
    Score people and slots of a make-believe region on all criteria of the default policy.

    Reading both sides counts too. Beside it what layers with reasons for each pair take, on a part.
    """
    candidates, slots = region(n, m, seed)
    policy, few = Policy.default(), candidates.take(np.arange(200))
    _pass(PolicyScores(few, slots, policy))
    found = _middle(
        [measure(lambda: _pass(PolicyScores(candidates, slots, policy))) for _ in range(times)]
    )
    _, layers = measure(lambda: score(few, slots, policy))
    return {**found, "layers_rate": len(few) * m / layers["cpu"]}


def suggest(*, n: int, m: int, limit: int = 5, seed: int = 0) -> dict[str, Any]:
    """Suggest slots to one person after another, with reasons; the middle CPU time of one."""
    candidates, slots = region(n, m, seed)
    seconds, started = [], time.process_time()
    desk = SuggestionDesk(slots, Policy.default())
    opening = time.process_time() - started
    for i in range(n):
        person, started = candidates.take(np.array([i])), time.process_time()
        desk.suggest(person, limit)
        seconds.append(time.process_time() - started)
    return {"cpu": float(np.median(seconds)), "slowest": max(seconds), "opening": opening}


def region(n: int, m: int, seed: int) -> tuple[Candidates, Slots]:
    from service.crossing import to_profiles
    from service.region import AS_OF, make_region
    from service.schemas import RunInput
    from service.taxonomy import skill_taxonomy

    made = make_region(seed, n, m)
    given = RunInput(
        as_of=AS_OF, candidates=made.candidates, slots=made.slots, postcodes=made.postcodes
    )
    return to_profiles(given, skill_taxonomy())
