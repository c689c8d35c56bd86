"""A policy file: the default loads, and whatever is wrong is named."""

import tomllib
from typing import Any

import numpy as np
import pytest

from matching import Policy, PolicyError
from matching.policy import CRITERIA, DEFAULT_FILE, RULES, Rule, hash_text

DEFAULT = DEFAULT_FILE.read_text(encoding="utf-8")


def test_the_default_policy_loads_and_is_complete():
    policy = Policy.default()
    assert (policy.name, policy.edition) == ("default", 2)
    assert set(policy.rules) == set(RULES)
    assert set(policy.weights) == set(CRITERIA)
    assert policy.objective == ("placed", "score")
    assert policy.compare == "own_best"
    assert sum(policy.share(name) for name in CRITERIA) == pytest.approx(1)


def test_the_default_policy_lists_rules_and_weights_in_reading_order():
    parts = tomllib.loads(DEFAULT)
    assert tuple(parts["rules"]) == RULES
    assert tuple(parts["weights"]) == CRITERIA


def replaced(old: str, new: str) -> str:
    assert DEFAULT.count(old) == 1, f"{old!r} stands {DEFAULT.count(old)} times in the default"
    return DEFAULT.replace(old, new)


NEUTRAL, WISHES, EDITION = "neutral = 0.5", "wishes = 15", "edition = 2"
OBJECTIVE, COMPARE = 'objective = ["placed", "score"]', 'compare = "own_best"'
HALF_LIFE, LANGUAGES = "half_life_minutes = 30", "language_levels = 1"
FORM = 'form = { applies = true, waived_by = ["candidate"] }'
VETO, SEAT = (f"{name} = {{ applies = true, waived_by = [] }}" for name in ("veto", "seat"))

BAD_LINES = {
    "an unknown key in a section": ("[plan]", "[plan]\nspeed = 3", "plan"),
    "an unknown section": ("[plan]", "[groups]\nage = 1\n[plan]", "policy"),
    "an unknown key at the top": (EDITION, f'{EDITION}\ncolour = "red"', "policy"),
    "no name": ('name = "default"', "", "name"),
    "a blank name": ('name = "default"', 'name = " "', "name"),
    "a name that is a number": ('name = "default"', "name = 7", "name"),
    "no edition": (EDITION, "", "policy.edition"),
    "edition 0": (EDITION, "edition = 0", "edition"),
    "an edition that is yes": (EDITION, "edition = true", "policy.edition"),
    "half an edition": (EDITION, "edition = 1.5", "policy.edition"),
    "another objective": (OBJECTIVE, 'objective = ["speed"]', "objective"),
    "objectives turned round": (OBJECTIVE, 'objective = ["score", "placed"]', "objective"),
    "an objective that is no list": (OBJECTIVE, 'objective = "placed"', "plan.objective"),
    "an objective that is a number": (OBJECTIVE, "objective = 5", "plan.objective"),
    "objectives that are numbers": (OBJECTIVE, "objective = [1, 2]", "plan.objective"),
    "no objective": (OBJECTIVE, "", "plan.objective"),
    "another comparison": (COMPARE, 'compare = "ranking"', "compare"),
    "no comparison": (COMPARE, "", "compare"),
    "neutral above 1": (NEUTRAL, "neutral = 1.1", "neutral"),
    "neutral below 0": (NEUTRAL, "neutral = -0.1", "neutral"),
    "neutral that is no number": (NEUTRAL, "neutral = nan", "neutral"),
    "neutral that is yes": (NEUTRAL, "neutral = true", "unknown.neutral"),
    "neutral that is a text": (NEUTRAL, 'neutral = "0.5"', "unknown.neutral"),
    "no neutral": (NEUTRAL, "", "unknown.neutral"),
    "a negative weight": (WISHES, "wishes = -1", "weights.wishes"),
    "a weight above 1000": (WISHES, "wishes = 1001", "weights.wishes"),
    "half a weight": (WISHES, "wishes = 0.5", "weights.wishes"),
    "a weight that is yes": (WISHES, "wishes = true", "weights.wishes"),
    "a weight that is missing": (WISHES, "", "weights"),
    "a weight for what is no criterion": (WISHES, f"{WISHES}\nage = 1", "weights"),
    "learnable above 1": ("learnable = 0.6", "learnable = 1.5", "learnable"),
    "no learnable": ("learnable = 0.6", "", "skills.learnable"),
    "near that loses nothing": ("near = 0.7", "near = 1", "near"),
    "half life 0": (HALF_LIFE, "half_life_minutes = 0", "travel_half_life"),
    "an endless half life": (HALF_LIFE, "half_life_minutes = inf", "travel_half_life"),
    "a negative reach": (LANGUAGES, "language_levels = -1", "language_reach"),
    "half a level of reach": (LANGUAGES, "language_levels = 0.5", "reach.language_levels"),
    "a rule that is missing": (FORM, "", "rules"),
    "a rule that nobody knows": (FORM, f"{FORM}\nage = {{ applies = true }}", "rules"),
    "a rule that is yes": (FORM, "form = true", "rules.form"),
    "a rule with an unknown key": (FORM, "form = { when = 1 }", "rules.form"),
    "a rule that applies a bit": (FORM, "form = { applies = 1 }", "rules.form.applies"),
    "a waiver that is no list": (FORM, 'form = { waived_by = "all" }', "rules.form.waived_by"),
    "a waiver by nobody known": (FORM, 'form = { waived_by = ["boss"] }', "rules.form.waived_by"),
    "a waiver by a number": (FORM, "form = { waived_by = [1] }", "rules.form.waived_by"),
    "a veto that is waived": (VETO, 'veto = { waived_by = ["supplier"] }', "rules.veto"),
    "a veto that is switched off": (VETO, "veto = { applies = false }", "rules.veto"),
    "a seat that is waived": (SEAT, 'seat = { waived_by = ["supplier"] }', "rules.seat"),
    "a seat that is switched off": (SEAT, "seat = { applies = false }", "rules.seat"),
}


@pytest.mark.parametrize(("old", "new", "field"), BAD_LINES.values(), ids=BAD_LINES)
def test_a_policy_that_cannot_be_used_is_refused_by_field(old, new, field):
    with pytest.raises(PolicyError) as caught:
        Policy.parse(replaced(old, new))
    assert caught.value.field == field
    assert str(caught.value).startswith(f"{field}: ")


SECTIONS = ("plan", "unknown", "weights", "skills", "travel", "reach", "rules")


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_that_is_missing_is_named(name):
    start = DEFAULT.index(f"[{name}]")
    end = DEFAULT.find("\n[", start)
    without = DEFAULT[:start] + (DEFAULT[end + 1 :] if end >= 0 else "")
    with pytest.raises(PolicyError, match="is missing") as caught:
        Policy.parse(without)
    assert caught.value.field == f"[{name}]"


@pytest.mark.parametrize("text", ["name =", "[plan", "name = 1\nname = 2", "\x00"], ids=repr)
def test_what_is_not_toml_is_no_policy(text):
    with pytest.raises(PolicyError, match="is not TOML"):
        Policy.parse(text)


def test_all_weights_at_nothing_is_no_policy():
    with pytest.raises(PolicyError, match="more than 0") as caught:
        Policy(weights=dict.fromkeys(CRITERIA, 0))
    assert caught.value.field == "weights"


@pytest.mark.parametrize(
    "told",
    [
        {"neutral": np.nan},
        {"weights": {"skills": 1}},
        {"rules": {**dict.fromkeys(RULES, Rule()), "veto": Rule(waived_by=("coordinator",))}},
        {"objective": ()},
        {"compare": "absolutely"},
    ],
    ids=str,
)
def test_a_policy_made_in_code_is_checked_too(told: dict[str, Any]):
    with pytest.raises(PolicyError):
        Policy(**told)


def test_a_rule_may_be_switched_off_and_says_so():
    text = replaced(FORM, "form = { applies = false }")
    assert Policy.parse(text).rules["form"] == Rule(applies=False, waived_by=())


def test_a_policy_that_cannot_be_read_is_refused_by_its_path(tmp_path):
    with pytest.raises(PolicyError, match=r"missing\.toml: cannot be read"):
        Policy.load(tmp_path / "missing.toml")
    (tmp_path / "latin.toml").write_bytes(DEFAULT.encode() + b"\n# caf\xe9\n")
    with pytest.raises(PolicyError, match="is not UTF-8 text"):
        Policy.load(tmp_path / "latin.toml")


def test_the_same_text_has_the_same_hash_and_a_changed_one_another():
    assert hash_text(DEFAULT) == hash_text(DEFAULT)
    assert hash_text(DEFAULT) != hash_text(DEFAULT + " ")
    # SHA-256 of the empty text, as anybody can work it out.
    assert hash_text("").startswith("e3b0c44298fc1c149afbf4c8996fb924")
