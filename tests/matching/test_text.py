"""Likeness of short texts, in Dutch words."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from matching.criteria.tasks import ALIKE
from matching.facts.text import OfferedPhrases, likeness

OFFERED = [
    "inkoopdossiers vormen",
    "telefoon opnemen",
    "bezoekers ontvangen",
    "offertes vergelijken",
    "contracten bewaken",
]


@pytest.mark.parametrize(
    ("wanted", "meets"),
    [
        ("inkoop", "inkoopdossiers vormen"),
        ("dossiervorming", "inkoopdossiers vormen"),
        ("telefonisch", "telefoon opnemen"),
        ("bezoek ontvangen", "bezoekers ontvangen"),
        ("contractbewaking", "contracten bewaken"),
        ("vergelijking van offertes", "offertes vergelijken"),
    ],
)
def test_compounds_and_inflections_meet_their_parts(wanted, meets):
    (row,) = likeness([wanted], OFFERED)
    best = int(row.argmax())
    assert OFFERED[best] == meets
    assert row[best] >= ALIKE > np.delete(row, best).max()


def test_the_same_words_are_fully_alike_whatever_their_case():
    assert likeness(["Offertes Vergelijken"], OFFERED)[0, 3] == pytest.approx(1.0)


def test_words_without_a_run_in_common_are_not_alike_at_all():
    assert likeness(["xyz"], OFFERED).max() == 0


def test_likeness_lies_between_0_and_1():
    alike = likeness(OFFERED, OFFERED)
    assert ((alike >= 0) & (alike <= 1)).all()
    assert np.diag(alike) == pytest.approx(np.ones(len(OFFERED)))


@pytest.mark.parametrize(
    ("wanted", "offered"),
    [([], []), ([], OFFERED), (["inkoop"], []), (["inkoop"], [""]), (["inkoop"], [" ", "\t"])],
    ids=str,
)
def test_where_one_side_says_nothing_nothing_is_alike(wanted, offered):
    alike = likeness(wanted, offered)
    assert alike.shape == (len(wanted), len(offered))
    assert not alike.any()


@pytest.mark.parametrize("blank", ["", " ", ".", "?!"])
def test_a_phrase_without_words_is_like_nothing(blank):
    assert not likeness([blank], OFFERED).any()
    assert not likeness(["inkoop"], [*OFFERED, blank])[0, -1]


def test_very_short_words_can_be_compared():
    assert likeness(["IT"], ["it", "hr"]).tolist() == [[1.0, 0.0]]


def test_what_other_candidates_write_changes_nothing():
    alone = likeness(["inkoop"], OFFERED)
    others = ["bezoekers ontvangen", "iets heel anders", "inkoopdossiers vormen"]
    together = likeness(["inkoop", *others], OFFERED)
    assert alone[0].tobytes() == together[0].tobytes()


WORDS = st.text("aeinrstÉ -.12", max_size=14)


@settings(max_examples=60)
@given(
    st.lists(WORDS | st.sampled_from(OFFERED), min_size=1, max_size=8),
    st.lists(WORDS | st.sampled_from(OFFERED), min_size=1, max_size=8),
)
def test_phrases_are_read_as_scikit_learn_reads_them_to_the_last_bit(wanted, offered):
    assume(any(phrase.split() for phrase in offered))
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    right = vectors.fit_transform(offered)
    cosine = np.clip((vectors.transform(wanted) @ right.T).toarray(), 0.0, 1.0)
    np.testing.assert_array_equal(likeness(wanted, offered), cosine)


def test_what_is_kept_for_one_person_is_what_many_would_be_told():
    phrases = OfferedPhrases(OFFERED)
    many = [f"offertes vergelijken {k}" for k in range(30)]
    alone = [phrases.likeness([phrase])[0] for phrase in many * 4]
    np.testing.assert_array_equal(alone, np.tile(phrases.likeness(many), (4, 1)))
