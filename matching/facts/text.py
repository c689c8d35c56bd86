"""
Likeness of short texts by TF-IDF, for tasks only; nothing else is ever read as text.

Letters in runs of three to five within words are compared, so that Dutch compounds meet their parts
(inkoopdossier, inkoop). How rare a run is, is counted over the offered texts only: what other
candidates write never changes what somebody's own words are worth.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from matching.arrays import Floats, Ints

SHORTEST_RUN, LONGEST_RUN = 3, 5

FEW = 20
"""Phrases that one person may want."""

MOST_KEPT = 100
"""Answers to single persons that are kept, for who asks more than once."""


class OfferedPhrases:
    """
    Offered phrases, read once and then compared with many others.

    Parameters
    ----------
    phrases : sequence of str
        Each once.

    Attributes
    ----------
    column : dict of str to int
        The place of each phrase.
    """

    def __init__(self, phrases: Sequence[str]) -> None:
        self.phrases = tuple(phrases)
        self.column = {phrase: column for column, phrase in enumerate(self.phrases)}
        self._kept: dict[tuple[str, ...], Floats] = {}

    def likeness(self, wanted: Sequence[str]) -> Floats:
        """
        Compare every wanted phrase with every offered one.

        Parameters
        ----------
        wanted : sequence of str

        Returns
        -------
        ndarray of float, shape (n_wanted, n_offered)
            Cosine of the TF-IDF vectors, in [0, 1]; 0 when two phrases share nothing.
        """
        if len(wanted) > FEW:
            return self._compare(wanted)
        key = tuple(wanted)
        if key not in self._kept:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = self._compare(wanted)
        return self._kept[key]

    def read_ahead(self) -> None:
        """Do now what the first to ask would wait for: load scikit-learn, read the phrases."""
        if self._is_readable:
            self._fitted  # noqa: B018

    def _compare(self, wanted: Sequence[str]) -> Floats:
        if not wanted or not self._is_readable:
            return np.zeros((len(wanted), len(self.phrases)))
        from scipy.sparse import csr_array

        vectors, offered = self._fitted
        read_phrase = vectors.build_analyzer()
        each = (_vector(read_phrase(phrase), vectors) for phrase in wanted)
        columns, values = zip(*each, strict=True)
        starts = np.cumsum([0, *(len(column) for column in columns)])
        shape = (len(wanted), len(vectors.vocabulary_))
        read = csr_array((np.concatenate(values), np.concatenate(columns), starts), shape=shape)
        cosine: Floats = np.clip((read @ offered).toarray(), 0.0, 1.0)
        return cosine

    @cached_property
    def _is_readable(self) -> bool:
        return any(len(word) >= 1 for phrase in self.phrases for word in phrase.split())

    @cached_property
    def _fitted(self) -> tuple[Any, Any]:
        """The way to read a phrase, and the offered ones so read, a column each."""
        # Loading scikit-learn takes longer than anything else; who compares no texts need not wait.
        from sklearn.feature_extraction.text import TfidfVectorizer

        vectors = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(SHORTEST_RUN, LONGEST_RUN), sublinear_tf=True
        )
        return vectors, vectors.fit_transform(self.phrases).T.tocsr()


def _vector(runs: Sequence[str], vectors: Any) -> tuple[Ints, Floats]:
    """Return what ``vectors.transform`` makes of one phrase, which has much to check for many."""
    counts = Counter(map(vectors.vocabulary_.get, runs))
    counts.pop(None, None)
    columns = np.array(sorted(counts), dtype=np.int64)
    weights = 1.0 + np.log(np.array([float(counts[column]) for column in columns.tolist()]))
    weights *= vectors.idf_[columns]
    # Added up one by one, as there; numpy's own sum adds pairs and differs in the last bit.
    length = np.sqrt(np.cumsum(weights * weights)[-1:])
    return columns, weights / np.where(length > 0, length, 1.0) if len(columns) else weights


def likeness(wanted: Sequence[str], offered: Sequence[str]) -> Floats:
    """
    Compare every wanted phrase with every offered one.

    Parameters
    ----------
    wanted, offered : sequence of str

    Returns
    -------
    ndarray of float, shape (n_wanted, n_offered)
        Cosine of the TF-IDF vectors, in [0, 1]; 0 when two phrases share nothing.
    """
    return OfferedPhrases(offered).likeness(wanted)
