"""The page about the proof holds a program that does the sum again; here it does."""

import re
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from service.cli import app
from service.settings import ROOT, SAMPLES

PAGE = (ROOT / "docs" / "explanation" / "proof.md").read_text(encoding="utf-8")


def program() -> str:
    return next(
        block for block in re.findall(r"```py\n(.*?)```", PAGE, re.S) if "proof.json" in block
    )


def test_the_program_on_the_page_proves_the_tiny_sample_again(tmp_path: Path) -> None:
    tiny, out = SAMPLES / "tiny", tmp_path / "answer.json"
    words = ["match", str(tiny / "candidates.csv"), str(tiny / "slots.csv")]
    words += ["--policy", str(tiny / "policy.toml"), "--as-of", "2017-12-01", "--out", str(out)]
    assert CliRunner().invoke(app, words).exit_code == 0
    unpacked = "import json; print(json.dumps(json.load(open('answer.json'))['proof']))"
    proof = subprocess.run(
        [sys.executable, "-c", unpacked], cwd=tmp_path, capture_output=True, check=True, text=True
    ).stdout
    (tmp_path / "proof.json").write_text(proof, encoding="utf-8")

    said = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program()],
        cwd=tmp_path,
        capture_output=True,
        check=True,
        text=True,
    ).stdout.strip()

    assert f"`{said}`" in PAGE
