"""The shell's door to what more can be asked of a plan: the last run, or what is stored."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from service.cli import app, main
from service.database import migrate, open_database, reading
from service.demo import SAMPLE_DAY, load
from service.reasoning.queries import last_run
from service.settings import settings

DAY = SAMPLE_DAY.isoformat()


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


def told(*words: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(run(*words, "--json").output)
    assert "People decide" in answer["note"]
    return answer


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder with the twelve pilots and one run."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROEFTUIN_DATA", str(folder))
        patch.setenv("COLUMNS", "80")
        settings.cache_clear()
        engine = open_database(settings().database_address())
        migrate(engine)
        load(engine)
        engine.dispose()
        yield folder
    settings.cache_clear()


@pytest.fixture(scope="module")
def planned(folder: Path) -> Path:
    """One run over the twelve pilots."""
    assert run("plan", "--as-of", DAY, "--seed", "2017").exit_code == 0
    return folder


def test_without_a_run_what_is_stored_is_planned_and_nothing_is_kept(folder: Path) -> None:
    engine = open_database(settings().database_address())
    with reading(engine) as session:
        assert last_run(session) is None
    assert told("why-not", "K-007", "S-EY-2")["answer"] == "refused"
    with reading(engine) as session:
        assert last_run(session) is None
    engine.dispose()


def test_without_a_run_there_is_nothing_to_plan_anew_from(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["proeftuin", "replan"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "proeftuin plan" in capsys.readouterr().err


def test_why_not_and_what_works_speak_of_the_last_run(planned: Path) -> None:
    told_why = told("why-not", "K-013", "S-EIFFEL-2")
    assert told_why["answer"] == "possible"
    shown = run("why-not", "K-013", "S-EIFFEL-2").output
    assert shown.startswith("K-013  This place is possible")
    assert "advice, no decision" in shown
    ways = told("what-works", "K-013", "--limit", "1")["ways"]
    assert len(ways) == 1
    assert ways[0]["slot"] in run("what-works", "K-013", "--limit", "1").output
    one_slot = told("what-works", "K-013", "S-EIFFEL-2")["ways"]
    assert {way["slot"] for way in one_slot} == {"S-EIFFEL-2"}


def test_questions_worth_and_attention_are_shown_in_words(planned: Path) -> None:
    assert "Ask the " in run("questions", "--solves", "1").output
    assert "more seat at" in run("worth").output
    shown = run("attention", "--times", "3").output
    assert "Made again 3 times" in shown
    assert "K-007  No place yet." in shown


def test_another_way_of_planning_is_shown_by_who_changes(planned: Path) -> None:
    found = told("compare", "--with", "absolute")
    shown = run("compare").output
    assert found["changes"]
    for change in found["changes"]:
        assert f"  {change['candidate']}  {change['before'] or '–'} → " in shown
    assert "gemeten" in run("compare", "--language", "nl").output


def test_a_new_plan_for_the_same_facts_moves_nobody(planned: Path) -> None:
    assert told("replan", "--as-of", DAY)["moves"] == []
    assert "Nobody has to move." in run("replan", "--as-of", DAY).output


def test_a_new_plan_after_months_says_why_each_person_moves(planned: Path) -> None:
    found = told("replan", "--as-of", "2018-03-01", "--agreed", "K-001")
    assert found["moves"]
    shown = run("replan", "--as-of", "2018-03-01", "--agreed", "K-001").output
    for move in found["moves"]:
        assert f"  {move['candidate']}  {move['before']} → {move['after'] or '–'}. " in shown
        assert move["text"]


def test_a_code_that_is_not_in_the_plan_ends_with_exit_code_one(
    planned: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["proeftuin", "why-not", "K-999", "S-EY-2"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "no such candidate" in capsys.readouterr().err


def test_what_a_place_takes_where_else_to_go_and_rates_are_shown_in_words(planned: Path) -> None:
    shown = run("regret", "K-013", "S-EIFFEL-2").output
    assert "somebody else has this place" in " ".join(shown.split())
    assert [one["slot"] for one in told("regret", "K-013", "S-EIFFEL-2")["items"]] == ["S-EIFFEL-2"]
    assert told("fallbacks")["items"]
    assert "falls through" in run("fallbacks").output
    assert "No groups were told" in run("parity").output
    assert told("parity")["groups"] == []
    assert "geen groepen" in run("parity", "--language", "nl").output
