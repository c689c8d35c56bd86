"""
The tutorial works as it is written: its commands are run, in order, against a real server.

Every ```bash block is run, all in one shell. The ```json or ```text block that follows one shows
what comes back. In both, `…` stands for anything: a value that differs each time, or a part that is
left out.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "tutorial" / "first-match.md"
ADDRESS_ON_THE_PAGE = "API=http://127.0.0.1:8000/v1\n"
ANYTHING = "…"
END_OF_STEP = "@@ end of step @@"

SECONDS_TO_START = 60
SECONDS_TO_STOP = 20
SECONDS_FOR_THE_PAGE = 180


@dataclass
class Step:
    """A block of commands, and what the page shows below it."""

    line: int
    commands: str
    kind: str = ""
    shown: str = ""


def steps_of(page: str) -> list[Step]:
    """Return the steps of a page, in order."""
    steps: list[Step] = []
    for block in re.finditer(r"^```(\w+)\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE):
        line, kind, text = page[: block.start()].count("\n") + 1, block[1], block[2]
        if kind == "bash":
            steps.append(Step(line, text))
            continue
        assert kind in ("json", "text"), f"line {line}: a block of {kind} is not looked at"
        assert steps, f"line {line}: shows an answer before any command"
        assert not steps[-1].kind, f"line {line}: shows a second answer to one step"
        steps[-1].kind, steps[-1].shown = kind, text
    return steps


def differences(shown: Any, found: Any, path: str = "answer") -> Iterator[str]:
    """Say where an answer is not as shown."""
    if shown == ANYTHING:
        return
    if isinstance(shown, dict) and isinstance(found, dict) and shown.keys() == found.keys():
        for key, inner in shown.items():
            yield from differences(inner, found[key], f"{path}.{key}")
    elif isinstance(shown, list) and isinstance(found, list) and len(shown) == len(found):
        for at, inner in enumerate(shown):
            yield from differences(inner, found[at], f"{path}.{at}")
    elif shown != found:
        yield f"{path}: the page shows {shown!r}, the service answers {found!r}"


def what_differs(step: Step, found: str) -> Iterator[str]:
    """Say in what the answer to a step is not as the page shows it."""
    if step.kind == "json":
        try:
            answer = json.loads(found)
        except ValueError:
            yield f"the page shows JSON, and this came:\n{found}"
        else:
            yield from differences(json.loads(step.shown), answer)
    elif step.kind == "text" and not is_as_shown(step.shown, found):
        yield f"the page shows\n{step.shown}\nand this came:\n{found}"


def is_as_shown(shown: str, found: str) -> bool:
    """Whether a text is as shown, with anything where the page has an ellipsis."""
    parts = [re.escape(part) for part in shown.strip().split(ANYTHING)]
    return re.fullmatch(r"[\s\S]*".join(parts), found.strip()) is not None


def program(name: str) -> str:
    """Return where a program is, which the tutorial cannot do without."""
    found = shutil.which(name)
    if found is None:
        pytest.fail(f"The tutorial needs {name}, and this machine has none: install {name}.")
    return found


@contextmanager
def running_service(data: Path, port: int) -> Iterator[None]:
    """Run the real service on a database of its own; afterwards nothing of it is left."""
    launcher = Path(sys.executable).with_name("proeftuin")
    assert launcher.is_file(), f"{launcher} is missing: python3 dev.py test makes it"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PROEFTUIN_")}
    said = data / "said.txt"
    with said.open("wb") as output:
        service = subprocess.Popen(
            [str(launcher), "serve", "--port", str(port)],
            cwd=data,
            env={**environment, "PROEFTUIN_DATA": str(data)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # a group of its own, so that its worker can be ended with it
        )
    try:
        wait_until_it_answers(service, port, said)
        yield
    finally:
        stop(service)


def wait_until_it_answers(service: subprocess.Popen[bytes], port: int, said: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if service.poll() is not None:
            break
        with (
            suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/openapi.json", timeout=5),
        ):
            return
        time.sleep(0.1)
    pytest.fail(f"The service did not start. It said:\n{said.read_text(encoding='utf-8')}")


def stop(service: subprocess.Popen[bytes]) -> None:
    """Stop the service as Ctrl-C does, and end whatever of it is left after that."""
    with suppress(subprocess.TimeoutExpired):
        service.send_signal(signal.SIGINT)
        service.wait(timeout=SECONDS_TO_STOP)
    with suppress(ProcessLookupError):
        os.killpg(service.pid, signal.SIGKILL)
    service.wait()


def run_page(steps: list[Step], folder: Path, port: int) -> list[str]:
    """Run all commands in one shell, and return what each step printed."""
    script = "".join(f"{step.commands}\nprintf '%s\\n' '{END_OF_STEP}'\n" for step in steps)
    # On a page there is one address; here there is a free one.
    address = ADDRESS_ON_THE_PAGE.replace("8000", str(port))
    assert script.count(ADDRESS_ON_THE_PAGE) == 1
    result = subprocess.run(
        [program("bash"), "-euo", "pipefail", "-c", script.replace(ADDRESS_ON_THE_PAGE, address)],
        cwd=folder,
        env={**os.environ, "no_proxy": "127.0.0.1", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS_FOR_THE_PAGE,
        check=False,
    )
    *printed, rest = result.stdout.split(f"{END_OF_STEP}\n")
    if result.returncode != 0:
        step = steps[len(printed)]
        pytest.fail(
            f"The step in line {step.line} of {PAGE.name} ended with {result.returncode}.\n"
            f"{step.commands}\n{rest}\n{result.stderr}"
        )
    assert len(printed) == len(steps)
    return printed


def test_the_tutorial_does_what_it_shows(tmp_path: Path) -> None:
    for name in ("curl", "python3"):
        program(name)
    steps = steps_of(PAGE.read_text(encoding="utf-8"))
    assert len(steps) > 10
    data, folder = tmp_path / "data", tmp_path / "reader"
    data.mkdir()
    folder.mkdir()
    port = free_port()
    with running_service(data, port):
        printed = run_page(steps, folder, port)
    wrong = [
        f"line {step.line}: {difference}"
        for step, found in zip(steps, printed, strict=True)
        for difference in what_differs(step, found)
    ]
    assert not wrong, "\n".join(wrong)
    assert list(folder.iterdir()) == [], "the page leaves files behind that it does not remove"


def test_anything_stands_for_anything_and_the_rest_is_compared() -> None:
    assert list(differences({"a": ANYTHING, "b": [1]}, {"a": [2, 3], "b": [1]})) == []
    assert len(list(differences({"a": 1}, {"a": 2}))) == 1
    assert len(list(differences({"a": 1}, {"a": 1, "b": 2}))) == 1
    assert len(list(differences([1], [1, 2]))) == 1
    assert is_as_shown("one …\n…\nlast\n", "one two\nthree\nfour\nlast")
    assert not is_as_shown("one …", "two one")
