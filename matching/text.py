"""
Likeness of short texts by TF-IDF, for tasks only; nothing else is ever read as text.

Letters in runs of three to five within words are compared, so that Dutch compounds meet their parts
(inkoopdossier, inkoop). How rare a run is, is counted over the offered texts only: what other
candidates write never changes what somebody's own words are worth.
"""

from collections.abc import Sequence

import numpy as np

from matching.profiles import Floats

SHORTEST_RUN, LONGEST_RUN = 3, 5


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
    readable = any(len(word) >= 1 for phrase in offered for word in phrase.split())
    if not wanted or not readable:
        return np.zeros((len(wanted), len(offered)))
    # Loading scikit-learn takes longer than anything else; who compares no texts need not wait.
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(SHORTEST_RUN, LONGEST_RUN), sublinear_tf=True
    )
    right = vectors.fit_transform(offered)
    left = vectors.transform(wanted)
    cosine: Floats = np.clip((left @ right.T).toarray(), 0.0, 1.0)
    return cosine
