"""dev.py sets a clone up once, sees when that must be done again, and says what it cannot do."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load_dev():
    spec = importlib.util.spec_from_file_location("dev_py", ROOT / "dev.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


dev = load_dev()


@pytest.fixture
def clone(tmp_path):
    """A clone with small locks, in a folder whose name a careless script would trip over."""
    root = tmp_path / 'a clone with spaces, a "quote" and a $sign'
    clone = dev.Clone(root)
    for lock in (clone.lock("run"), clone.lock("test"), clone.peers.lock("requirements")):
        lock.parent.mkdir(parents=True, exist_ok=True)
        lock.write_text("six==1.17.0 --hash=sha256:00\n")
    (root / "matching" / "kernels").mkdir(parents=True)
    (root / "matching" / "kernels" / "build.py").write_text("def is_built(): return True\n")
    return clone


@pytest.fixture
def steps(monkeypatch):
    """What dev.py would have run, in short: nothing is downloaded in these tests."""
    steps = []

    def pretend(command, on_failure):
        if "venv" in command:
            steps.append("venv")
            venv = Path(command[-1])
            (venv / "bin").mkdir(parents=True)
            (venv / "bin" / "python").write_text("#!/bin/sh\nexit 0\n")
            (venv / "bin" / "python").chmod(0o755)
            (venv / "lib" / "python3.11" / "site-packages" / "pip").mkdir(parents=True)
        else:
            assert "--require-hashes" in command
            steps.append(Path(command[-1]).name)

    monkeypatch.setattr(dev, "run_patiently", pretend)
    monkeypatch.setattr(dev.shutil, "which", lambda name, path=None: None)
    return steps


def prepare_again(clone, lock, steps):
    """Tell what a further run does."""
    steps.clear()
    dev.prepare(clone, lock)
    return list(steps)


# When an installation is needed


def test_the_first_run_installs_and_the_second_does_not(clone, steps):
    assert prepare_again(clone, "run", steps) == ["venv", "run.txt"]
    assert prepare_again(clone, "run", steps) == []


def test_a_changed_lock_starts_afresh_so_that_no_dropped_package_lingers(clone, steps):
    dev.prepare(clone, "run")
    clone.lock("run").write_text("six==1.17.1 --hash=sha256:11\n")
    assert prepare_again(clone, "run", steps) == ["venv", "run.txt"]
    assert prepare_again(clone, "run", steps) == []


def test_the_test_lock_covers_the_run_lock_but_not_the_reverse(clone, steps):
    dev.prepare(clone, "run")
    assert prepare_again(clone, "test", steps) == ["test.txt"]
    assert prepare_again(clone, "run", steps) == []
    clone.lock("run").write_text("six==1.17.1 --hash=sha256:11\n")
    assert prepare_again(clone, "run", steps) == ["venv", "run.txt"]
    assert prepare_again(clone, "test", steps) == ["test.txt"]


@pytest.mark.parametrize("accident", [dev.Stop("no network"), KeyboardInterrupt()])
def test_a_half_finished_installation_is_started_again(clone, steps, monkeypatch, accident):
    dev.prepare(clone, "run")
    clone.lock("run").write_text("six==1.17.1 --hash=sha256:11\n")

    def break_off(command, on_failure):
        raise accident

    with monkeypatch.context() as patch:
        patch.setattr(dev, "run_patiently", break_off)
        with pytest.raises(type(accident)):
            dev.prepare(clone, "run")
    assert not clone.stamp.exists()
    assert prepare_again(clone, "run", steps) == ["venv", "run.txt"]


def test_going_back_to_the_old_lock_after_a_failure_installs_it_again(clone, steps, monkeypatch):
    dev.prepare(clone, "run")
    old = clone.lock("run").read_text()
    clone.lock("run").write_text("six==1.17.1 --hash=sha256:11\n")
    with monkeypatch.context() as patch:
        patch.setattr(dev, "write_stamp", lambda clone, locks: sys.exit(9))
        with pytest.raises(SystemExit):
            dev.prepare(clone, "run")
    clone.lock("run").write_text(old)
    assert prepare_again(clone, "run", steps) == ["venv", "run.txt"]


def test_a_moved_clone_gets_a_new_venv_and_its_own_code(clone, steps):
    dev.prepare(clone, "run")
    moved = dev.Clone(clone.root.rename(clone.root.with_name("moved")))
    assert prepare_again(moved, "run", steps) == ["venv", "run.txt"]
    [folder] = moved.site_packages
    assert (folder / "proeftuin.pth").read_text() == f"{moved.root}\n"


def test_a_venv_whose_python_has_gone_is_made_again(clone, steps):
    dev.prepare(clone, "run")
    clone.python.unlink()
    assert prepare_again(clone, "run", steps) == ["venv", "run.txt"]


def test_an_unreadable_stamp_counts_as_none(clone, steps):
    dev.prepare(clone, "run")
    clone.stamp.write_text("{")
    assert prepare_again(clone, "run", steps) == ["venv", "run.txt"]


def test_a_venv_made_by_uv_is_made_again_when_uv_has_gone(clone, steps):
    dev.prepare(clone, "run")
    [folder] = clone.site_packages
    (folder / "pip").rmdir()
    assert prepare_again(clone, "test", steps) == ["venv", "test.txt"]


def test_two_at_once_install_once(clone, steps, capsys):
    with dev.one_at_a_time(clone.root):
        second = threading.Thread(target=dev.prepare, args=(clone, "run"))
        second.start()
        second.join(0.2)
        assert second.is_alive()
        assert steps == []
        dev.install(clone, "run")
    second.join(20)
    assert not second.is_alive()
    assert steps == ["venv", "run.txt"]
    assert "waiting for it to finish" in capsys.readouterr().err


def test_uv_is_used_when_it_is_there(clone):
    lock = str(clone.lock("run"))
    assert dev.install_command(clone, "run", "/usr/bin/uv")[:3] == ["/usr/bin/uv", "pip", "install"]
    assert dev.install_command(clone, "run", None)[:3] == [str(clone.python), "-m", "pip"]
    for uv in ("/usr/bin/uv", None):
        assert dev.install_command(clone, "run", uv)[-3:] == ["--require-hashes", "-r", lock]


def test_the_inner_loops_are_built_when_they_are_not_there_yet(clone, steps, monkeypatch):
    script = clone.root / "matching" / "kernels" / "build.py"
    script.write_text(
        "from pathlib import Path\n"
        "def is_built(): return (Path(__file__).parent / 'built').exists()\n"
    )
    dev.prepare_packages(clone, "run")
    ran = []
    monkeypatch.setattr(dev, "run_patiently", lambda command, words: ran.append(command))
    dev.prepare(clone, "run")
    assert ran == [[str(clone.python), str(script)]]
    (script.parent / "built").touch()
    dev.prepare(clone, "run")
    assert len(ran) == 1


def test_the_benchmarks_peers_get_an_environment_of_their_own(clone, steps, monkeypatch):
    monkeypatch.chdir(ROOT)
    handed_over = []
    monkeypatch.setattr(dev, "become", handed_over.append)
    dev.bench(clone, ["full", "--out", "two words.json"])
    assert steps == ["venv", "run.txt", "venv", "requirements.txt"]
    assert handed_over == [
        [str(clone.python), "-m", "benchmarks", "full", "--out", "two words.json"]
    ]
    assert (Path.cwd(), clone.peers.venv.name) == (clone.root, ".venv-peers")
    # Our packages stay out of it: only what the lock holds is on its path.
    [folder] = clone.peers.site_packages
    assert not (folder / "proeftuin.pth").exists()
    steps.clear()
    dev.bench(clone, [])
    assert steps == []


def test_all_locks_are_made_in_one_go(clone, monkeypatch):
    monkeypatch.setattr(dev.shutil, "which", lambda name, path=None: "/usr/bin/uv")
    made = []

    def pretend(command, cwd, check):
        made.append(command[command.index("--output-file") + 1])
        assert (cwd, "--generate-hashes" in command) == (clone.root, True)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(dev.subprocess, "run", pretend)
    assert dev.make_locks(clone, ["--upgrade"]) == 0
    locks = [clone.lock("run"), clone.lock("test"), clone.peers.lock("requirements")]
    assert made == [str(lock.relative_to(clone.root)) for lock in locks]


# What a machine lacks


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_missing_module_is_told_by_its_package_and_nothing_is_half_made(
    clone, steps, monkeypatch, module
):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == module else find_spec(name)
    )
    with pytest.raises(dev.Stop, match="python3-venv"):
        dev.prepare(clone, "run")
    assert not clone.venv.exists()
    assert steps == []


def test_a_newcomer_without_ensurepip_reads_one_clear_message(clone):
    shutil.copy(ROOT / "dev.py", clone.root)
    code = (
        "import runpy, sys; sys.modules['ensurepip'] = None; sys.argv = ['dev.py', 'demo'];"
        "runpy.run_path('dev.py', run_name='__main__')"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=clone.root,
        env={**os.environ, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert "python3-venv" in result.stderr
    assert "Traceback" not in result.stderr
    assert not clone.venv.exists()


def test_a_venv_that_fails_half_way_is_removed_and_its_words_are_shown(clone, monkeypatch):
    broken = "import pathlib, sys; pathlib.Path(sys.argv[1]).mkdir(); sys.exit('disk full')"
    real = dev.run_patiently
    monkeypatch.setattr(
        dev,
        "run_patiently",
        lambda command, words: real([sys.executable, "-c", broken, command[-1]], words),
    )
    with pytest.raises(dev.Stop, match="disk full") as stop:
        dev.make_venv(clone, uv=None)
    assert "could not be made" in str(stop.value)
    assert not clone.venv.exists()


def test_an_old_python_is_told_what_to_do():
    with pytest.raises(dev.Stop, match=r"needs Python 3\.11 or newer, and .* is Python 3\.9"):
        dev.check_python((3, 9, 2), "linux")
    dev.check_python((3, 11, 0), "linux")


def test_windows_is_pointed_to_wsl():
    with pytest.raises(dev.Stop, match="WSL"):
        dev.check_python((3, 12, 0), "win32")


def test_locks_without_uv_are_told_how_to_get_it(clone, steps):
    with pytest.raises(dev.Stop, match="pip install uv"):
        dev.make_locks(clone, [])


# Running things


@pytest.fixture
def real_clone(clone):
    """A clone with a real, empty virtual environment and a service that repeats what it is told."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", clone.venv], check=True)
    (clone.root / "service").mkdir()
    (clone.root / "service" / "__init__.py").touch()
    (clone.root / "service" / "cli.py").write_text(
        "import sys\ndef main():\n    print(sys.argv[1:])\n    return 7\n"
    )
    return clone


@pytest.mark.parametrize("by", ["its path", "a link"])
def test_the_launcher_passes_on_arguments_and_exit_code_from_anywhere(real_clone, tmp_path, by):
    dev.link_packages(real_clone)
    link = tmp_path / "proeftuin"
    link.symlink_to(real_clone.launcher)
    result = subprocess.run(
        [link if by == "a link" else real_clone.launcher, "demo", "two words", "$HOME"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout == "['demo', 'two words', '$HOME']\n"
    assert result.returncode == 7


def test_dev_py_hands_over_to_the_service_and_keeps_out_of_its_way(real_clone):
    shutil.copy(ROOT / "dev.py", real_clone.root)
    dev.write_stamp(real_clone, ["run"])
    result = subprocess.run(
        [sys.executable, real_clone.root / "dev.py", "run", "match", "--seed", "4"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout == "['match', '--seed', '4']\n"
    assert result.stderr == ""
    assert result.returncode == 7


def test_linking_twice_writes_once(real_clone):
    dev.link_packages(real_clone)
    written = real_clone.launcher.stat().st_mtime_ns
    dev.link_packages(real_clone)
    assert real_clone.launcher.stat().st_mtime_ns == written


def test_arguments_of_test_go_to_pytest(clone, monkeypatch):
    monkeypatch.chdir(ROOT)
    commands = []
    monkeypatch.setattr(dev, "prepare", lambda clone, lock: commands.append(lock))
    monkeypatch.setattr(dev, "become", commands.append)
    dev.test(clone, ["tests/agreements", "-k", "two words"])
    pytest_command = [str(clone.python), "-m", "pytest"]
    assert commands == ["test", [*pytest_command, "tests/agreements", "-k", "two words"]]
    assert Path.cwd() == clone.root


def test_check_runs_every_check_and_fails_if_one_does(real_clone, monkeypatch, capfd):
    monkeypatch.setattr(dev, "prepare", lambda clone, lock: None)
    checks = {
        "first": ["-c", "import sys; sys.exit('a line is too long')"],
        "second": ["-c", "print('all is well')"],
    }
    monkeypatch.setattr(dev, "CHECKS", checks)
    assert dev.check(real_clone, []) == 1
    first, words, second = capfd.readouterr().out.splitlines()
    assert first.split()[:2] == ["first", "failed"]
    assert words == "a line is too long"
    assert second.split()[:2] == ["second", "ok"]

    del checks["first"]
    assert dev.check(real_clone, []) == 0


def test_a_long_silence_is_broken_now_and_then(monkeypatch, capsys):
    monkeypatch.setattr(dev, "SECONDS_BETWEEN_SIGNS", 0.05)
    dev.run_patiently([sys.executable, "-c", "import time; time.sleep(0.5)"], "It failed.")
    assert "still busy" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [([], 0, "demo"), (["--help"], 0, "demo"), (["dmeo"], 2, "no command 'dmeo'")],
)
def test_the_commands_are_listed_when_none_is_understood(arguments, code, words):
    result = subprocess.run(
        [sys.executable, ROOT / "dev.py", *arguments], capture_output=True, text=True, check=False
    )
    assert result.returncode == code
    said = result.stdout + result.stderr
    assert words in said
    assert all(f"\n    {name} " in said for name in dev.COMMANDS)
