"""The kernels: every processor that this machine can stand in for gives the same bits."""

import subprocess
import sys

import pytest

from matching import Problem, kernels, solve
from matching.kernels import build
from matching.synthetic import study_instance


def runnable():
    has = kernels._processor_flags()
    return [one for one in build.variants() if kernels.NEEDS.get(one, set()) <= has]


def bytes_of(plan):
    return plan.slots.tobytes() + plan.certificate.prices.tobytes()


@pytest.mark.parametrize("variant", runnable())
def test_every_variant_gives_the_same_plan_and_prices(variant, monkeypatch):
    instance = study_instance(900, 40)
    expected = bytes_of(solve(Problem(instance, instance.seats)))
    monkeypatch.setattr(kernels, "best_variant", lambda: variant)
    kernels.kernel.cache_clear()
    try:
        assert bytes_of(solve(Problem(instance, instance.seats))) == expected
    finally:
        kernels.kernel.cache_clear()


def test_a_processor_without_vectors_gets_the_plainest_variant(monkeypatch):
    monkeypatch.setattr(kernels, "_processor_flags", set)
    kernels.best_variant.cache_clear()
    try:
        assert kernels.best_variant() == build.variants()[-1]
    finally:
        monkeypatch.undo()
        kernels.best_variant.cache_clear()


def test_kernels_that_are_not_built_say_how_to_build_them(monkeypatch, tmp_path):
    monkeypatch.setattr(build, "BUILT", tmp_path)
    kernels.load.cache_clear()
    try:
        with pytest.raises(ImportError, match=r"python3 dev\.py demo"):
            kernels.load("auction", build.variants()[0])
    finally:
        kernels.load.cache_clear()


def test_each_function_stands_in_the_file_that_its_name_begins_with():
    for path in build.sources():
        library = kernels.load(path.stem, kernels.best_variant())
        assert library._name == str(build.library(path, kernels.best_variant()))


def test_asking_for_the_engine_loads_no_solver_library_yet():
    heavy = ["highspy", "pyscipopt", "sklearn", "scipy.optimize", "pylmcf"]
    code = f"import matching, sys; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_problem_of_the_usual_size_is_solved_without_loading_one_either():
    code = (
        "import numpy as np, sys; from matching import Problem, solve\n"
        "solve(Problem(np.arange(480.0).reshape(40, 12) % 97, [4] * 12))\n"
        "print([m for m in ('highspy', 'pyscipopt', 'sklearn', 'pylmcf') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
