"""The Dutch catalogue says all that the code can say, with the same facts, and plainly."""

import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from models.vocabulary import Term, intake_presets, support_kinds, work_conditions
from service.taxonomy import skill_labels
from service.translation import LANGUAGES, LOCALE

ROOT = Path(__file__).resolve().parents[2]
PO = LOCALE / "nl" / "LC_MESSAGES" / "proeftuin.po"
CODE_LANGUAGE = "en"

TERMS = [*work_conditions().values(), *support_kinds().values()]

MOST_WORDS = 15
LONG_WORD = 13
MOST_LONG_WORDS = 0.05
"""A simple measure of level B1: sentences of under fifteen words, and seldom a long word."""


def dutch() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="nl")


def messages() -> list[Message]:
    return [message for message in dutch() if message.id]


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    """A message, or its singular and plural."""
    return (text,) if isinstance(text, str) else tuple(text)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_each_language_but_that_of_the_code_has_a_catalogue():
    assert {path.parent.parent.name for path in LOCALE.glob("*/LC_MESSAGES/proeftuin.po")} == (
        set(LANGUAGES) - {CODE_LANGUAGE}
    )


def test_the_catalogue_holds_what_a_fresh_extraction_finds_and_nothing_else():
    found = {forms(message) for _, _, message, _, _ in extract_from_dir(ROOT / "service")}
    kept = {forms(message.id) for message in messages()}
    assert not found - kept, "run the two commands of docs/how-to/translate.md"
    assert not kept - found, "run the two commands of docs/how-to/translate.md"
    assert not dutch().obsolete


def test_every_message_is_translated_and_looked_at():
    for message in messages():
        assert not message.fuzzy, message.id
        assert all(form.strip() for form in forms(message.string)), message.id
        assert len(forms(message.string)) == len(forms(message.id)), message.id


def test_the_header_names_the_language_and_its_plurals():
    catalog = dutch()
    assert str(catalog.locale) == "nl"
    assert (catalog.num_plurals, catalog.plural_expr) == (2, "(n != 1)")
    assert not catalog.fuzzy


def test_both_sides_speak_of_the_same_facts():
    for message in messages():
        sides = [*forms(message.id), *forms(message.string)]
        named = {frozenset(placeholders(side)) for side in sides}
        assert len(named) == 1, message.id
        facts = dict.fromkeys(next(iter(named)), "x")
        for side in sides:
            assert "{" not in side.format(**facts)


def test_an_ending_is_the_same_on_both_sides():
    """A sentence stays a sentence, a question a question, half a sentence half."""
    for message in messages():
        ends = {form[-1] if form[-1] in ".?:" else "" for form in forms(message.id)}
        assert {form[-1] if form[-1] in ".?:" else "" for form in forms(message.string)} == ends


@pytest.mark.parametrize("word", ["score", "rank", "rang", "match", "left out", "%"])
def test_people_are_not_scored_ranked_or_left_out(word):
    for message in messages():
        for text in (*forms(message.id), *forms(message.string)):
            assert word not in re.sub(r"\{\w+\}", "", text).lower(), text


def test_dutch_sentences_are_short_and_long_words_rare():
    texts = [form for message in messages() for form in forms(message.string)]
    texts += [question for term in TERMS for question in [term.question_nl]]
    sentences = [part for text in texts for part in re.split(r"[.?:;]\s", text) if " " in part]
    words = [re.findall(r"[\w{}-]+", sentence) for sentence in sentences]
    assert sum(map(len, words)) / len(words) < MOST_WORDS
    assert max(map(len, words)) <= 2 * MOST_WORDS
    every = [word for sentence in words for word in sentence]
    long = [word for word in every if len(word) >= LONG_WORD and "{" not in word]
    assert len(long) / len(every) < MOST_LONG_WORDS, long


def test_dutch_to_coordinators_speaks_of_people_not_to_them():
    for message in messages():
        for form in forms(message.string):
            assert not set(re.findall(r"\w+", form.lower())) & {"je", "jij", "jou", "jouw"}, form


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.code)
def test_every_term_has_a_label_and_a_question_in_both_languages(term: Term):
    for language in LANGUAGES:
        assert term.label(language)
        question = term.question(language)
        assert question.endswith("?")
        # It is put after a colon in lower case, so it begins with an ordinary word.
        assert question[0].isupper()
        assert question[1].islower()


def test_every_preset_and_every_skill_has_a_label_in_both_languages():
    for labelled in intake_presets().values():
        assert labelled.nl
        assert labelled.en
    for skill in skill_labels().values():
        for language in LANGUAGES:
            label = skill.label(language)
            # Labels stand inside sentences: a capital only where a word always has one.
            assert label[0].islower() or not label[1].islower(), label
