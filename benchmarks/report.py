"""What the benchmarks print: lines that hold or fall short, tables, and what they were run on."""

import importlib.metadata
import json
import math
import os
import platform
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.running import PEERS, ROOT

README = ROOT / "benchmarks" / "README.md"
BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"

OURS = ("numpy", "scipy", "highspy", "pylmcf", "pyscipopt")


@dataclass(frozen=True)
class Line:
    """One figure beside what is wanted of it."""

    name: str
    wanted: str
    measured: str
    ok: bool
    why: str = ""


@dataclass(frozen=True)
class Table:
    """Figures that stand behind a line, or that are only reported."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    note: str = ""


@dataclass
class Report:
    """All that one run found."""

    mode: str
    lines: list[Line] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    on: dict[str, str] = field(default_factory=dict)

    @property
    def short(self) -> list[Line]:
        return [line for line in self.lines if not line.ok]

    def to_markdown(self) -> str:
        lines = [
            (line.name, line.wanted, line.measured, "holds" if line.ok else "**falls short**")
            for line in self.lines
        ]
        parts = [
            "\n".join(f"- {name}: {value}" for name, value in self.on.items()),
            markdown(("work", "wanted", "measured", ""), lines),
        ]
        if self.short:
            words = [f"- **{line.name}**: {line.why or line.measured}" for line in self.short]
            parts.append("Falls short:\n\n" + "\n".join(words))
        for table in self.tables:
            parts.append(f"### {table.title}\n\n" + markdown(table.columns, table.rows))
            if table.note:
                parts.append(table.note)
        return "\n\n".join(parts) + "\n"

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2, default=str) + "\n"


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def machine(mode: str) -> dict[str, str]:
    """Return what a figure depends on: the machine and the versions."""
    return {
        "run": f"`python3 dev.py bench{' full' if mode == 'full' else ''}`, "
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "machine": f"{processor()}, {os.cpu_count()} cores, {memory_gib():.0f} GiB, "
        f"{platform.system()} {platform.machine()}, load {os.getloadavg()[0]:.1f} at the end",
        "ours": f"Python {platform.python_version()}, "
        + ", ".join(f"{name} {importlib.metadata.version(name)}" for name in OURS),
        "peers": ", ".join(peer_versions()) or "not installed",
    }


def processor() -> str:
    path = Path("/proc/cpuinfo")
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    found = re.search(r"^model name\s*:\s*(.+)$", text, flags=re.MULTILINE)
    return found.group(1) if found else platform.processor() or "unknown processor"


def memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def peer_versions() -> list[str]:
    asked = (ROOT / "benchmarks" / "peers" / "requirements.in").read_text(encoding="utf-8")
    names = re.findall(r"^(\w+)>=", asked, flags=re.MULTILINE)
    folders = [str(path) for path in PEERS.parents[1].glob("lib/python3*/site-packages")]
    found = {
        one.metadata["Name"].lower(): one.version
        for one in importlib.metadata.distributions(path=folders)
    }
    return [f"{name} {found[name.lower()]}" for name in names if name.lower() in found]


def write_results(report: Report, readme: Path = README) -> None:
    """Put a report between the two marks in the README."""
    text = readme.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    results = re.sub(r"^### ", "#### ", report.to_markdown(), flags=re.MULTILINE)
    readme.write_text(f"{before}{BEGIN}\n\n{results}\n{END}{after}", encoding="utf-8")


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Return b of value = a × size^b, by least squares over logarithms; nan for one point."""
    points = [(math.log(s), math.log(v)) for s, v in zip(sizes, values, strict=True) if v > 0]
    if len(points) < 2:
        return math.nan
    middle_x = sum(x for x, _ in points) / len(points)
    middle_y = sum(y for _, y in points) / len(points)
    over = sum((x - middle_x) * (y - middle_y) for x, y in points)
    return over / sum((x - middle_x) ** 2 for x, _ in points)


def seconds(value: float) -> str:
    """Return CPU seconds in three figures."""
    if value < 0.0995:
        return f"{1000 * value:.3g} ms"
    return f"{value:.3g} s" if value < 999.5 else f"{value:.0f} s"


def megabytes(value: float) -> str:
    return f"{value / 1e6:.0f} MB"
