"""`python -m benchmarks.ours TASK JSON`: does one task, prints what it measured as JSON."""

import json
import sys

from benchmarks.ours import graphs, scoring, solving

TASKS = {
    "graph": graphs.write_graph,
    "solve": solving.solve_instance,
    "again": solving.solve_again,
    "starts": solving.name_starts,
    "tiny": solving.solve_tiny,
    "first": solving.solve_first,
    "sides": solving.solve_under_side_rules,
    "pass": scoring.pass_once,
    "criteria": scoring.score_all_criteria,
    "suggest": scoring.suggest,
}


def main(task: str, arguments: str) -> None:
    print(json.dumps(TASKS[task](**json.loads(arguments))))


if __name__ == "__main__":
    main(*sys.argv[1:])
