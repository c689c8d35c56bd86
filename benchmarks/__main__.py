"""`python3 dev.py bench [full] [--only WORD] [--out FILE] [--write]`."""

import argparse
import math
import sys
import tempfile
from pathlib import Path

from benchmarks import growth, rates, seats, sides
from benchmarks.report import Report, machine, write_results
from benchmarks.running import Runner

MINUTES = 29.5
"""What `bench` may take in all; what is not measured by then falls short."""

ROWS = (*rates.ROWS, *seats.ROWS, *sides.ROWS, *growth.ROWS)


def main(arguments: list[str]) -> int:
    asked = read(arguments)
    report = Report(asked.mode)
    with tempfile.TemporaryDirectory(prefix="proeftuin-bench-") as folder:
        runner = Runner(Path(folder), math.inf if asked.mode == "full" else MINUTES)
        for row in ROWS:
            if asked.only and not any(word in row.name for word in asked.only):
                continue
            row.run(runner, report)
    report.on = machine(asked.mode)
    print(report.to_markdown())
    if asked.out:
        asked.out.write_text(report.to_json(), encoding="utf-8")
    if asked.write:
        write_results(report)
    for line in report.short:
        print(f"falls short: {line.name}: {line.why or line.measured}", file=sys.stderr)
    return 1 if report.short else 0


def read(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 dev.py bench", description=__doc__)
    parser.add_argument("mode", nargs="?", choices=("short", "full"), default="short")
    parser.add_argument("--only", action="append", metavar="WORD", help="rows whose name holds it")
    parser.add_argument("--out", type=Path, metavar="FILE", help="all figures as JSON")
    parser.add_argument(
        "--write", action="store_true", help="put the results in benchmarks/README.md"
    )
    asked = parser.parse_args(arguments)
    if asked.write and asked.only:
        parser.error("--write with --only: part of the figures is not the last results")
    return asked


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
