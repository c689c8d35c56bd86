"""
The shell's door: what each command prints, where errors go, and that equal files give equal bytes.
"""

import json
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from matching import Policy
from service.cli import app, main
from service.database import migrate, open_database
from service.demo import SAMPLE, SAMPLE_DAY, load
from service.settings import settings

DAY = SAMPLE_DAY.isoformat()


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own, and a terminal of ordinary width."""
    monkeypatch.setenv("PROEFTUIN_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "100")
    settings.cache_clear()
    yield tmp_path / "data"
    settings.cache_clear()


@pytest.fixture
def sample(data_folder: Path) -> None:
    """The twelve pilots in the embedded database."""
    engine = open_database(settings().database_address())
    migrate(engine)
    load(engine)
    engine.dispose()


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


def test_the_demo_shows_every_pilot_forty_places_reasons_and_the_proof() -> None:
    shown = run("demo").output
    pilots = json.loads((SAMPLE / "pilots.json").read_text(encoding="utf-8"))
    assert len(pilots) == 12
    for pilot in pilots:
        assert pilot["code"] in shown
    assert "no plan does better" in shown
    assert "people have no place yet" in shown
    assert "python3 dev.py serve" in shown
    asked = ("Why not", "What would make it work?", "falls away?", "What to ask first")
    for heading in (*asked, "What one more seat would bring", "with small differences:"):
        assert heading in shown


def test_the_demo_tells_programs_the_same() -> None:
    told = json.loads(run("demo", "--json").output)
    places = [one for one in told["proposals"] if one["place"]]
    assert len(places) == told["run"]["nPlaced"] >= 40
    assert all(one["text"] for one in told["proposals"])
    assert told["proof"]["proof"] == "proven"


def test_the_demo_speaks_dutch() -> None:
    assert "doet geen enkel plan het beter" in " ".join(
        run("demo", "--language", "nl").output.split()
    )


def test_the_same_files_give_the_same_bytes_whatever_the_order_of_rows(tmp_path: Path) -> None:
    rows = (SAMPLE / "candidates.csv").read_text(encoding="utf-8").splitlines()
    body = rows[1:]
    random.Random(7).shuffle(body)
    shuffled = tmp_path / "candidates.csv"
    shuffled.write_text("\n".join([rows[0], *body]) + "\n", encoding="utf-8")
    areas = str(SAMPLE / "postcodes.csv")

    def matched(candidates: Path, out: Path) -> bytes:
        words = ["match", str(candidates), str(SAMPLE / "slots.json"), "--as-of", DAY]
        result = run(*words, "--seed", "3", "--postcodes", areas, "--out", str(out))
        assert result.exit_code == 0
        return out.read_bytes()

    first = matched(SAMPLE / "candidates.csv", tmp_path / "first.json")
    assert matched(SAMPLE / "candidates.csv", tmp_path / "again.json") == first
    assert matched(shuffled, tmp_path / "shuffled.json") == first
    assert json.loads(first)["proof"]["nPlaced"] >= 40


def test_matching_files_without_pilots_asks_for_the_dates(tmp_path: Path) -> None:
    slots = tmp_path / "slots.json"
    slots.write_bytes((SAMPLE / "slots.json").read_bytes())
    out = tmp_path / "plan.json"
    run("match", str(SAMPLE / "candidates.csv"), str(slots), "--as-of", DAY, "--out", str(out))
    asked = {one["rule"] for one in json.loads(out.read_bytes())["questions"]}
    assert "dates" in asked


def test_a_dry_run_stores_nothing(sample: None, tmp_path: Path) -> None:
    file = tmp_path / "more.csv"
    file.write_text("code,pc4\nK-900,2511\n", encoding="utf-8")
    told = json.loads(run("import", "candidates", str(file), "--dry-run", "--json").output)
    assert told == {"kind": "candidates", "rows": 1, "stored": 0, "dryRun": True}
    # So the same file can still come in.
    assert run("import", "candidates", str(file)).output == "1 candidates imported.\n"


def test_a_bad_file_ends_with_exit_code_one_and_what_to_change(
    sample: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("code,diploma\nK-901,gymnasium\n", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["proeftuin", "import", "candidates", str(file)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    told = " ".join(capsys.readouterr().err.split())
    assert "row 1, diploma: is not one of the accepted values. Accepted: none, primary" in told


def test_suggestions_for_a_person_say_what_is_taught_there(sample: None) -> None:
    shown = " ".join(run("suggest", "K-025", "--as-of", DAY).output.split())
    assert shown.startswith("S-AEVES-1")
    assert "can learn running a tender" in shown
    assert "This is advice, no decision." in shown


def test_suggestions_for_a_slot_name_people_by_code(sample: None) -> None:
    told = json.loads(run("suggest", "S-AEVES-1", "--as-of", DAY, "--json").output)
    assert {one["candidate"] for one in told["items"]} <= {f"K-{n:03d}" for n in range(1, 67)}
    best = [one["ofOwnBest"] for one in told["items"]]
    assert best == sorted(best, reverse=True)


def test_a_pair_is_explained_with_points_that_add_up(sample: None) -> None:
    told = json.loads(run("explain", "K-025", "S-AEVES-1", "--as-of", DAY, "--json").output)
    assert sum(one["points"] for one in told["contributions"]) == told["points"]


def test_a_plan_under_another_policy_says_so(sample: None, tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "matching" / "default_policy.toml").read_text(
        encoding="utf-8"
    )
    policy = tmp_path / "absolute.toml"
    policy.write_text(
        text.replace('name = "default"', 'name = "absolute"').replace(
            'compare = "own_best"', 'compare = "absolute"'
        ),
        encoding="utf-8",
    )
    told = json.loads(run("plan", "--policy", str(policy), "--as-of", DAY, "--json").output)
    assert told["run"]["policy"] == f"absolute/{Policy.default().edition}"
    assert told["run"]["status"] == "optimal"


def test_a_plan_of_one_pilot_has_places_in_that_pilot_only(sample: None) -> None:
    told = json.loads(run("plan", "--pilot", "P-SPORT", "--as-of", DAY, "--json").output)
    slots = {one["place"]["slot"] for one in told["proposals"] if one["place"]}
    assert slots == {"S-SPORT-1", "S-SPORT-2"}


def test_an_unknown_code_is_told_plainly(
    sample: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["proeftuin", "explain", "K-999", "S-AEVES-1"])
    with pytest.raises(SystemExit):
        main()
    assert capsys.readouterr().err.strip() == "There is no such candidate."


def test_output_to_a_file_has_no_colours() -> None:
    assert "\x1b[" not in run("demo").output


def test_who_is_in_a_group_comes_from_a_file_and_only_when_a_quota_counts_it(
    sample: None, tmp_path: Path
) -> None:
    groups = tmp_path / "groups.csv"
    groups.write_text("name,candidates\nregister,K-001 | K-002\n", encoding="utf-8")
    words = ["plan", "--as-of", DAY, "--groups", str(groups)]
    told = str(CliRunner().invoke(app, words).exception.faults)  # type: ignore[union-attr]
    assert "has register, which no quota here counts" in told
    groups.write_text(f"{groups.read_text('utf-8')}register,K-003\n", encoding="utf-8")
    told = str(CliRunner().invoke(app, words).exception.faults)  # type: ignore[union-attr]
    assert "is the name of another group already" in told
