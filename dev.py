#!/usr/bin/env python3
"""
Everything this clone can do, each in one command; it sets up what is missing first.

    python3 dev.py demo     show the service on invented people
    python3 dev.py test     run the tests

It needs Python 3.11 or newer with its standard library; on Debian and Ubuntu that includes the
package python3-venv. What it installs goes into `.venv` inside the clone, from the locks in
requirements/; the solvers that `bench` compares with go into `.venv-peers`. It uses uv when uv is
on the PATH, and pip when it is not.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

OLDEST_PYTHON = (3, 11)

# A sign of life in a long silence: often enough to reassure, seldom enough to read.
SECONDS_BETWEEN_SIGNS = 10.0

# A shell script and Python at once. The shell finds the interpreter beside this file, also where
# the clone's path holds spaces, which a `#!` line cannot; Python skips the two quoted lines.
LAUNCHER = """\
#!/bin/sh
'''exec' "$(dirname "$(readlink -f "$0")")/python" "$0" "$@"
' '''
import sys

from service.cli import main

if __name__ == "__main__":
    sys.exit(main())
"""


class Stop(Exception):
    """Something that only the reader can put right, said in words for them."""


def say(words: str) -> None:
    """Talk on standard error, so that the output of a command stays its own."""
    print(words, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Clone:
    """Where things are in one clone of the repository, for one of its environments."""

    root: Path
    environment: str = ".venv"
    locks: str = "requirements"

    @property
    def peers(self) -> Clone:
        """The same clone, with the environment of the solvers that `bench` compares with."""
        return Clone(self.root, ".venv-peers", "benchmarks/peers")

    @property
    def venv(self) -> Path:
        return self.root / self.environment

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def launcher(self) -> Path:
        return self.venv / "bin" / "proeftuin"

    @property
    def stamp(self) -> Path:
        """Says what was installed; absent while an installation is under way."""
        return self.venv / "installed.json"

    def lock(self, name: str) -> Path:
        return self.root / self.locks / f"{name}.txt"

    @property
    def site_packages(self) -> list[Path]:
        return sorted(self.venv.glob("lib/python3*/site-packages"))


# What is installed already


def fingerprint(lock: Path) -> str:
    """Tell one content of a lock from another."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def home_of(clone: Clone) -> dict[str, str]:
    """Tell what a virtual environment cannot survive: being moved, or its Python being replaced."""
    return {"venv": str(clone.venv), "python": os.path.realpath(clone.python)}


def read_stamp(clone: Clone) -> dict[str, object]:
    try:
        stamp = json.loads(clone.stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(clone: Clone, locks: Sequence[str]) -> None:
    fingerprints = {name: fingerprint(clone.lock(name)) for name in locks}
    stamp = {"home": home_of(clone), "locks": fingerprints}
    replace_text(clone.stamp, json.dumps(stamp, indent=2) + "\n")


def is_installed(clone: Clone, lock: str) -> bool:
    """Tell whether `.venv` holds what this lock asks, and still stands where it was made."""
    stamp = read_stamp(clone)
    locks = stamp.get("locks")
    return (
        clone.python.exists()
        and stamp.get("home") == home_of(clone)
        and isinstance(locks, dict)
        and locks.get(lock) == fingerprint(clone.lock(lock))
    )


def can_grow(clone: Clone, *, needs_pip: bool) -> bool:
    """
    Tell whether another lock can be installed on top of what `.venv` holds.

    A changed lock starts from an empty `.venv`: a package that was dropped must not linger there,
    to be imported by accident on this machine only.
    """
    locks = read_stamp(clone).get("locks")
    return (
        isinstance(locks, dict)
        and all(clone.lock(name).exists() and is_installed(clone, name) for name in locks)
        and (not needs_pip or any((folder / "pip").exists() for folder in clone.site_packages))
    )


# Installing


def prepare(clone: Clone, lock: str) -> None:
    """Make `.venv` hold what the lock asks; a moment's work when it already does."""
    prepare_packages(clone, lock)
    link_packages(clone)
    build_kernels(clone)


def prepare_packages(clone: Clone, lock: str) -> None:
    if is_installed(clone, lock):
        return
    with one_at_a_time(clone.root):
        # Another dev.py may have done the work while this one waited.
        if not is_installed(clone, lock):
            install(clone, lock)


def build_kernels(clone: Clone) -> None:
    """Compile the engine's inner loops, once for each content of their sources."""
    script = clone.root / "matching" / "kernels" / "build.py"
    spec = importlib.util.spec_from_file_location("build", script)
    assert spec is not None
    assert spec.loader is not None
    builder = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(builder)
    if builder.is_built():
        return
    with one_at_a_time(clone.root):
        if not builder.is_built():
            say("Building the engine's inner loops. This takes some seconds, once.")
            run_patiently(
                [str(clone.python), str(script)], "The engine's inner loops could not be built."
            )


def install(clone: Clone, lock: str) -> None:
    uv = shutil.which("uv")
    started = time.monotonic()
    starts_afresh = not can_grow(clone, needs_pip=uv is None)
    # No stamp from here to the end: whatever stops this half-way, the next run starts afresh.
    clone.stamp.unlink(missing_ok=True)
    if starts_afresh:
        make_venv(clone, uv)
    packages = count_packages(clone.lock(lock))
    say(
        f"Installing {packages} packages into {clone.environment}. "
        "The first time this takes about a minute."
    )
    run_patiently(install_command(clone, lock, uv), "The packages could not be installed.")
    # The test lock holds all of the run lock; the reverse is not so.
    write_stamp(clone, ["run", "test"] if lock == "test" else [lock])
    say(f"Installed in {time.monotonic() - started:.0f} s.")


def make_venv(clone: Clone, uv: str | None) -> None:
    """Make an empty `.venv`, or leave none behind."""
    if uv is None:
        check_venv_modules()
        command = [sys.executable, "-m", "venv", str(clone.venv)]
    else:
        command = [uv, "venv", "--quiet", "--python", sys.executable, str(clone.venv)]
    say(f"Making {clone.environment}, where this clone keeps its packages.")
    remove_venv(clone)
    try:
        run_patiently(command, f"The virtual environment {clone.environment} could not be made.")
    except BaseException:
        remove_venv(clone)
        raise


def remove_venv(clone: Clone) -> None:
    if clone.venv.is_symlink() or clone.venv.is_file():
        clone.venv.unlink()
    elif clone.venv.exists():
        shutil.rmtree(clone.venv)


def check_venv_modules() -> None:
    """Say by name what a minimal Debian or Ubuntu lacks, before anything is half made."""
    if all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        return
    minor = sys.version_info.minor
    raise Stop(
        "This Python cannot make a virtual environment: it comes without venv or ensurepip.\n"
        "On Debian and Ubuntu, install the package python3-venv and try again:\n"
        "    apt-get install python3-venv\n"
        f"(for a Python beside the system's own: python3.{minor}-venv)"
    )


def install_command(clone: Clone, lock: str, uv: str | None) -> list[str]:
    asked = ["--require-hashes", "-r", str(clone.lock(lock))]
    if uv is not None:
        return [uv, "pip", "install", "--quiet", "--python", str(clone.python), *asked]
    pip = [str(clone.python), "-m", "pip", "install", "--quiet", "--no-input"]
    return [*pip, "--disable-pip-version-check", *asked]


def count_packages(lock: Path) -> int:
    return sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())


def link_packages(clone: Clone) -> None:
    """Put our packages on the path of `.venv` and the command `proeftuin` in its bin folder."""
    for folder in clone.site_packages:
        keep_text(folder / "proeftuin.pth", f"{clone.root}\n")
    keep_text(clone.launcher, LAUNCHER, mode=0o755)


def keep_text(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file only where it differs, so that a second run touches nothing."""
    try:
        if path.read_text(encoding="utf-8") == text:
            return
    except OSError:
        pass
    replace_text(path, text, mode)


def replace_text(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file in one step: a reader finds the old text or the new, never half of it."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    draft.write_text(text, encoding="utf-8")
    draft.chmod(mode)
    draft.replace(path)


@contextlib.contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; the system lets go of it when the process ends, however it ends."""
    import fcntl  # not on Windows, where main() has already stopped

    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another dev.py is setting up this clone; waiting for it to finish.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def run_patiently(command: Sequence[str], on_failure: str) -> None:
    """Run a long, silent command with a sign of life now and then; show its words if it fails."""
    with tempfile.TemporaryFile() as output:
        started = time.monotonic()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=SECONDS_BETWEEN_SIGNS)
                    break
                say(f"  still busy after {time.monotonic() - started:.0f} s")
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
        if process.returncode != 0:
            output.seek(0)
            said = output.read().decode(errors="replace").rstrip()
            raise Stop(f"{said}\n\n{on_failure} What it said is above.")


# The commands


def run(clone: Clone, args: list[str]) -> int:
    """proeftuin ARGS: any command of the service"""
    prepare(clone, "run")
    return become([str(clone.python), str(clone.launcher), *args])


def demo(clone: Clone, args: list[str]) -> int:
    """show the service on invented people"""
    return run(clone, ["demo", *args])


def serve(clone: Clone, args: list[str]) -> int:
    """start the service on this machine"""
    return run(clone, ["serve", *args])


def test(clone: Clone, args: list[str]) -> int:
    """run the tests; arguments go to pytest"""
    prepare(clone, "test")
    os.chdir(clone.root)
    return become([str(clone.python), "-m", "pytest", *(args or EVERY_TEST)])


def drill(clone: Clone, args: list[str]) -> int:
    """run the tests with many times more random examples; for before a change is called done"""
    os.environ.setdefault("PROEFTUIN_DRILL", "20")
    return test(clone, args)


# All tests are spread over the cores; of a few, one process tells soonest and most plainly.
EVERY_TEST = ["-n", "auto"]


def check(clone: Clone, args: list[str]) -> int:
    """lint, format, types and import arrows; changes nothing"""
    if args:
        raise Stop(f"check takes no arguments, and was given: {' '.join(args)}")
    prepare(clone, "test")
    verdicts = [passes(clone, name, arguments) for name, arguments in CHECKS.items()]
    return 0 if all(verdicts) else 1


CHECKS = {
    "lint": ["-m", "ruff", "check", "."],
    "format": ["-m", "ruff", "format", "--check", "."],
    "types": ["-m", "mypy"],
    "arrows": ["-c", "from importlinter import cli; cli.lint_imports_command(['--no-logo'])"],
}


def passes(clone: Clone, name: str, arguments: Sequence[str]) -> bool:
    """Run one check and print one line about it, with what it said only when it fails."""
    started = time.monotonic()
    result = subprocess.run(
        [str(clone.python), *arguments],
        cwd=clone.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    verdict = "ok" if result.returncode == 0 else "failed"
    print(f"{name:<8}{verdict:<8}{time.monotonic() - started:.1f} s", flush=True)
    if result.returncode != 0:
        print(result.stdout.rstrip(), flush=True)
    return result.returncode == 0


def bench(clone: Clone, args: list[str]) -> int:
    """measure the engine beside other solvers, in half an hour; `bench full` takes longer"""
    prepare(clone, "run")
    prepare_packages(clone.peers, "requirements")
    os.chdir(clone.root)
    return become([str(clone.python), "-m", "benchmarks", *args])


def make_locks(clone: Clone, args: list[str]) -> int:
    """make all locks anew from pyproject.toml; --upgrade takes the newest versions"""
    uv = shutil.which("uv") or shutil.which("uv", path=str(clone.venv / "bin"))
    if uv is None:
        raise Stop("The locks are made by uv. To get it: .venv/bin/python -m pip install uv")
    # The tests must try the very versions that the service runs with.
    tests = ["--group", "test", "--constraints", "requirements/run.txt"]
    for lock, asked in (
        ("requirements/run.txt", ["pyproject.toml"]),
        ("requirements/test.txt", [*tests, "pyproject.toml"]),
        ("benchmarks/peers/requirements.txt", ["benchmarks/peers/requirements.in"]),
    ):
        command = [uv, *LOCK_COMMAND, "--output-file", lock, *args, *asked]
        code = subprocess.run(command, cwd=clone.root, check=False).returncode
        if code != 0:
            return code
    return 0


LOCK_COMMAND = [
    "--no-config",  # one person's extra index must not end up in everybody's lock
    "pip",
    "compile",
    "--quiet",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--universal",
    "--python-version=3.11",
    "--custom-compile-command=python3 dev.py lock",
]


def become(command: Sequence[str]) -> int:
    """Hand this process over: signals reach the command directly, and its exit code is ours."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(command[0], list(command))


COMMANDS: dict[str, Callable[[Clone, list[str]], int]] = {
    "demo": demo,
    "serve": serve,
    "run": run,
    "test": test,
    "check": check,
    "drill": drill,
    "bench": bench,
    "lock": make_locks,
}


def usage() -> str:
    lines = [f"    {name:<8}{command.__doc__}" for name, command in COMMANDS.items()]
    return "\n".join(["python3 dev.py COMMAND [arguments]", "", *lines])


def check_python(version: tuple[int, ...], platform: str) -> None:
    if platform == "win32":
        raise Stop("On Windows, run this inside WSL (the Windows Subsystem for Linux).")
    if version[:2] < OLDEST_PYTHON:
        raise Stop(
            "This needs Python {}.{} or newer, and {} is Python {}.{}.\n"
            "Where a newer one is installed beside it, name it: python3.11 dev.py …".format(
                *OLDEST_PYTHON, sys.executable or "this one", *version[:2]
            )
        )


def main(arguments: Sequence[str]) -> int:
    try:
        check_python(sys.version_info[:3], sys.platform)
        name, *rest = arguments or ["--help"]
        if name in ("-h", "--help", "help"):
            print(usage())
            return 0
        if name not in COMMANDS:
            raise Stop(f"dev.py has no command {name!r}. It knows:\n\n{usage()}")
        return COMMANDS[name](Clone(Path(__file__).resolve().parent), rest)
    except Stop as stop:
        say(str(stop))
        return 2
    except KeyboardInterrupt:
        say("\nStopped. Nothing is broken: the next run does what is left to do.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
