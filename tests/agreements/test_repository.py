"""What the files around the code promise, held against what is there."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("run", "test")

# Written in two halves, so that this file does not find itself.
HOSTS_AND_MACHINE_PATHS = [
    "pypi" + ".org",
    "python" + "hosted",
    "npm" + "js",
    "deb." + "debian",
    "/opt/" + "pypi",
    "/wo" + "rk/",
    "/ro" + "ot/",
    "/fa" + "rm/",
]


def files_of_the_project() -> list[Path]:
    """List what is, or with the next commit would be, in git; a clone without git counts all."""
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listing = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
        names = listing.stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*")]
        names = [name for name in names if not re.search(r"(^|/)(\.\w*_?cache|\.venv|__py)", name)]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def read_project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def read_lock(name: str) -> dict[str, list[Requirement]]:
    """Read a lock's requirements by package; one package may have a version per Python."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    found: dict[str, list[Requirement]] = {}
    for line in text.splitlines():
        if line and not line.startswith(("#", " ")):
            requirement = Requirement(line.removesuffix("\\").strip())
            found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


def asked_for(name: str) -> list[str]:
    project = read_project()
    run = project["project"]["dependencies"]
    return run if name == "run" else [*run, *project["dependency-groups"]["test"]]


def test_no_file_names_a_registry_host_or_a_machine_path():
    files = files_of_the_project()
    assert ROOT / "dev.py" in files
    found = [
        f"{path.relative_to(ROOT)}: {needle}"
        for path in files
        for needle in HOSTS_AND_MACHINE_PATHS
        if needle.encode() in path.read_bytes()
    ]
    assert found == []


@pytest.mark.parametrize("name", LOCKS)
def test_each_locked_requirement_has_a_hash_and_one_version(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[^\s#])", text)[1:]
    assert len(entries) > 20
    for entry in entries:
        assert re.match(r"[\w.-]+(\[[\w,]+\])?==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("name", LOCKS)
def test_each_lock_holds_what_pyproject_asks_for(name):
    lock = read_lock(name)
    for line in asked_for(name):
        asked = Requirement(line)
        held = lock.get(canonicalize_name(asked.name), [])
        assert held, f"{asked.name} is not in requirements/{name}.txt: python3 dev.py lock"
        for requirement in held:
            [pin] = requirement.specifier
            assert asked.specifier.contains(pin.version), f"{line}, but {requirement} is locked"


def test_the_tests_try_the_versions_that_the_service_runs_with():
    run, test = read_lock("run"), read_lock("test")
    assert {name: {str(r) for r in held} for name, held in run.items()} == {
        name: {str(r) for r in held} for name, held in test.items() if name in run
    }


def test_a_reason_stands_beside_each_dependency():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    with_reason = re.findall(r'^    "([^"]+>=[^"]+)",\s+# \w.{10,}$', text, flags=re.MULTILINE)
    assert sorted(with_reason) == sorted(asked_for("test"))


def test_the_version_is_the_same_wherever_it_is_told():
    version = read_project()["project"]["version"]
    publiccode = (ROOT / "publiccode.yml").read_text(encoding="utf-8")
    assert f'softwareVersion: "{version}"' in publiccode
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[{re.escape(version)}\]", changelog, flags=re.MULTILINE)


def test_the_licence_is_the_whole_eupl():
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in licence
    articles = re.findall(r"^\s*(\d+)\.\s*\w", licence, flags=re.MULTILINE)
    assert [int(number) for number in articles] == list(range(1, 16))
    assert "Appendix" in licence
