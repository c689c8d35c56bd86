"""
HiGHS under the study's side rules, on all pairs: `python side_rules.py FOLDER GAP SECONDS`.

Like `run.py` it is given scores for free. It runs until the relative gap is reached, or so many
wall seconds are over, and prints what it took as one line of JSON.
"""

import json
import sys
from pathlib import Path

import highspy
import numpy as np
from measure import measure

PLACE = 10_000
"""What a place counts beside the score, as in the study."""


def model(folder: Path) -> highspy.HighsLp:
    names = ("starts", "slot", "score", "seats", "hours", "supply", "group", "least", "most")
    given = {name: np.load(folder / f"{name}.npy") for name in names}
    n, m = len(given["starts"]) - 1, len(given["seats"])
    candidate = np.repeat(np.arange(n), np.diff(given["starts"]))
    slot, in_group = given["slot"], given["group"][candidate]
    # Rows: one place a person, seats, hours of coaches, the group in a slot, the group in all.
    row = [candidate, n + slot, n + m + slot, n + 2 * m + slot, np.full(len(slot), n + 3 * m)]
    value = [np.ones(len(slot)), np.ones(len(slot)), given["hours"][candidate], in_group, in_group]
    rows, values = np.stack(row, axis=1), np.stack(value, axis=1).astype(np.float64)
    filled = values != 0
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(slot), n + 3 * m + 1
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = given["score"].astype(np.float64) + PLACE
    lp.col_lower_, lp.col_upper_ = np.zeros(len(slot)), np.ones(len(slot))
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(slot)
    lp.row_lower_ = np.full(lp.num_row_, -highspy.kHighsInf)
    lp.row_lower_[-1] = float(given["least"])
    upper = [np.ones(n), given["seats"], given["supply"], given["most"], [highspy.kHighsInf]]
    lp.row_upper_ = np.concatenate(upper)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(filled.sum(axis=1))])
    lp.a_matrix_.index_, lp.a_matrix_.value_ = rows[filled], values[filled]
    return lp


def main(folder: str, gap: str, seconds: str) -> None:
    lp = model(Path(folder))
    solver = highspy.Highs()
    options = {
        "output_flag": False,
        "threads": 1,
        "mip_rel_gap": float(gap),
        "time_limit": float(seconds),
    }
    for option, value in options.items():
        solver.setOptionValue(option, value)

    def work() -> None:
        solver.passModel(lp)
        solver.run()

    _, took = measure(work)
    info = solver.getInfo()
    answer = {"value": info.objective_function_value, "bound": info.mip_dual_bound}
    print(json.dumps({**took, **answer, "gap": min(info.mip_gap, 1e9)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
