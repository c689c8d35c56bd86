"""The kernels: every processor that this machine can stand in for gives the same bits."""

import subprocess
import sys

import pytest

from matching import Problem, kernels, solve
from matching.kernels import build
from matching.study.synthetic import study_instance, study_side_rules


def runnable():
    has = kernels._processor_flags()
    return [one for one in build.variants() if kernels.NEEDS.get(one, set()) <= has]


def solved_by(variant, monkeypatch, problem, **how):
    """Solve on a processor of some kind; for ``None`` on this one."""
    kernels.kernel.cache_clear()
    try:
        with monkeypatch.context() as patch:
            if variant is not None:
                patch.setattr(kernels, "best_variant", lambda: variant)
            return solve(problem, **how)
    finally:
        kernels.kernel.cache_clear()


def seats_only():
    instance = study_instance(900, 40)
    return Problem(instance, instance.seats), {}


def under_side_rules():
    instance = study_instance(400, 60)
    resources, quotas = study_side_rules(instance, budget=(0.5, 1.1))
    problem = Problem(instance, instance.seats, resources=resources, quotas=quotas)
    return problem, {"objective": ("score",), "gap": 0.02}


@pytest.mark.parametrize("variant", runnable())
@pytest.mark.parametrize("stated", [seats_only, under_side_rules])
def test_every_variant_gives_the_same_plan_and_prices(stated, variant, monkeypatch):
    problem, how = stated()
    expected, plan = (solved_by(one, monkeypatch, problem, **how) for one in (None, variant))
    assert plan.slots.tobytes() == expected.slots.tobytes()
    assert plan.certificate.to_json() == expected.certificate.to_json()
    assert plan.bound == expected.bound


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
