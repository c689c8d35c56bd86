"""Figures that are wanted, and how each is measured; one that cannot be measured falls short."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.report import Line, Report
from benchmarks.running import FellShort, Runner

Measure = Callable[[Runner, Report], "list[Found]"]


@dataclass(frozen=True)
class Found:
    """What was measured for one of a row's lines."""

    measured: str
    ok: bool
    why: str = ""


@dataclass(frozen=True)
class Row:
    """Lines that are measured together: their names, what is wanted, and the function."""

    lines: tuple[tuple[str, str], ...]
    measure: Measure

    @property
    def name(self) -> str:
        return self.lines[0][0]

    def run(self, runner: Runner, report: Report) -> None:
        """Measure, and add the lines; whatever goes wrong is a line that falls short by name."""
        try:
            found = self.measure(runner, report)
        except FellShort as error:
            found = [Found("no figure", False, str(error))] * len(self.lines)
        except Exception as error:
            runner.say(traceback.format_exc())
            found = [Found("no figure", False, repr(error))] * len(self.lines)
        for (name, wanted), one in zip(self.lines, found, strict=True):
            report.lines.append(Line(name, wanted, one.measured, one.ok, one.why))
            runner.say(f"{'holds' if one.ok else 'FALLS SHORT'}: {name}: {one.measured} {one.why}")
