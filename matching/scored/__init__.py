"""
Scores under a policy, worked out when asked, without a matrix of everybody by every slot.

Rules and criteria are asked about one of each kind of people and slots (``tables.py``). What has
too many kinds for that is laid out by itself (``asked.py``, ``journeys.py``, ``needs.py`` and
``named.py``), and ``kernels/layers.c`` adds it all up, pair by pair, to the same bits as
``scoring.py``.
"""

from matching.scored.source import PolicyScores

__all__ = ["PolicyScores"]
