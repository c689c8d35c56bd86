"""
Seats only at any size: the pairs that can matter are found by prices, never all held at once.

Prices from a sample of candidates tell which slots are worth listing for each candidate; one pass
over all pairs lists what is within a margin of the best, and says of the rest how good it can be at
most. The problem on the lists is solved exactly. Then each candidate whose unlisted pairs could
still matter at the new prices is looked at again, until there is none: the plan is then best among
all pairs.

Column generation in the sense of Ford and Fulkerson (1958), with a threshold per row in place of a
second look at every pair; see docs/explanation/pricing.md.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from matching.arrays import Bools, Ints
from matching.solvers.seats.auction import SHRINK, Arcs, Auction, narrowed, profit_of
from matching.solvers.seats.cardinality import Cover, most_placed
from matching.solvers.seats.lists import Lists, Pairs, best_excess
from matching.solvers.seats.looking import Blocks, Readable, look, look_down
from matching.solvers.watch import Watch
from matching.source import REFUSED

LISTED = 11
"""Slots wanted on a list on average: more of them cost bidding, fewer cost second looks."""

SAMPLE = 3
"""One in so many candidates gives the first prices: fewer cost less, and cost more second looks."""

SAMPLE_OF_MANY, MANY = 4, 30_000
"""The same where there are so many candidates or more: each then has more slots that are alike."""

TILE = 64
"""Neighbours are sampled together: kernels work on so many at once."""

PROBE = 16
"""One in so many runs of the sample tells how long its lists will be."""

LISTED_AT_FIRST = 20
"""Slots wanted on a list of the sample."""

LEAST_SAMPLE = 256
"""Below so many candidates a sample tells nothing."""

PLENTY = 1.2
"""With so many seats for each candidate, most prices are 0, and a sample tells little."""

SLACK = 2
"""The first time, pairs count as missing that come so many epsilons short of what is best."""

AGAIN = 0.25
"""
Where epsilon starts when pairs were added, as a share of how much the best of them brings. Where
that is no more than prices were rough at first, it need not be large again at all.
"""

ANEW = 1 / 20
"""Within how much of the best a list is made anew, as a share of the range of scores."""

ROUGH = 1 / 100
"""How exactly the sample is solved, as a share of the range of scores."""

TOO_HIGH = 1 / 12
"""By how much prices from a small sample are too high where all have a seat, of that range."""

TOO_HIGH_EACH = 280
"""The same where the sample is large, for each of its candidates."""

FINER = 12
"""How much finer than the margin of lists the first auction is."""

WORTH = 4
"""What a place is worth at first, in ranges of scores. Where that proves too little, it grows."""


@dataclass(eq=False)
class Priced:
    """
    Where a solve by pricing stands.

    Parameters
    ----------
    slots : ndarray of int, shape (n,)
        The slot of each candidate, -1 for none.
    prices : ndarray of int, shape (m,)
        Whole prices of seats, 0 or more.
    worth : int
        What a place is worth as such, in the same points.
    profit : ndarray of int, shape (n,)
        The most that each candidate can get at these prices; an upper bound where the solve was
        stopped.
    cover : Cover or None
        Who proves that nobody more can be placed.
    """

    slots: Ints
    prices: Ints
    worth: int
    profit: Ints
    cover: Cover | None
    is_optimal: bool


@dataclass(eq=False)
class Pricing:
    """
    One problem, solved by pricing.

    Parameters
    ----------
    source : FusedSource or CalledSource
    seats : ndarray of int, shape (m,)
    counts_places : bool
        Whether placing most people comes before the score.
    watch : Watch
    prices : ndarray of int, shape (m,), optional
        Prices to start from; without them a sample gives the first.
    known : Lists, optional
        Lists of an earlier solve, at those prices, that still hold but for ``changed``.
    changed : ndarray of bool, shape (n,), optional
        Candidates whose scores may have changed since.
    slots : ndarray of int, shape (n,), optional
        Where everybody was.
    current : ndarray of int, shape (n,), optional
        The slot that each candidate has now, -1 for none.
    stay_bonus : int, default=0
        Points for whoever keeps it.
    """

    source: Readable
    seats: Ints
    counts_places: bool
    watch: Watch
    prices: Ints | None = None
    known: Lists | None = None
    changed: Bools | None = None
    slots: Ints | None = None
    current: Ints | None = None
    stay_bonus: int = 0
    pairs_scored: int = 0
    rounds: int = 0
    sampled: Pairs | None = None
    lists: Lists = field(init=False)

    def __post_init__(self) -> None:
        self.span = max(1, self.source.highest - min(0, self.source.lowest)) + self.stay_bonus
        self.closed = self.seats <= 0
        self.worth = 0
        if self.counts_places:
            self.worth = WORTH * (self.span + 1) - min(0, self.source.lowest)

    def solve(self) -> Priced:
        """Return the best plan, or the best so far when the watch says stop."""
        with self.watch.step("sample"):
            prices, margin = self._first_prices()
        with self.watch.step("pass"):
            if self.known is None:
                self.lists = self._look(self.source, prices, margin)
                self._fill(self.lists, prices, self.seats)
                if self.watch.stopped and self.sampled is not None:
                    self.lists.add(self.sampled)
            else:
                self.lists = self._look_again(self.known, prices, margin)
            self._list_current()
        # First roughly: what lists lack shows soon, and is cheaper to mend while prices are rough.
        rough = max(1, margin // FINER)
        first, slots, done = rough, self.slots, True
        if self.known is None:
            with self.watch.step("solve"):
                auction = self._auction(prices, self.slots)
                done = auction.run(self.watch, first=rough * SHRINK, last=rough)
            if done:
                prices = self._list_what_lacks(auction, prices, margin, SLACK * rough)
                slots = auction.slots
        while done:
            with self.watch.step("solve"):
                auction = self._auction(prices, slots)
                done = auction.run(self.watch, first=first)
            if not done:
                break
            with self.watch.step("certificate"):
                prices = auction.exact_prices()
                worst = self._find_missing(auction, prices)
            if self.watch.stopped:
                break
            if worst == 0:
                cover = self._cover(auction)
                if cover is None:
                    break
                if not isinstance(cover, int):
                    return self._priced(auction, prices, cover, is_optimal=True)
                worst = cover
            self.rounds += 1
            slots = auction.slots
            first = max(1, round(worst * AGAIN)) if worst > rough else 0
        return self._priced(auction, auction.exact_prices(), None, is_optimal=False)

    def _list_what_lacks(self, auction: Auction, before: Ints, margin: int, slack: int) -> Ints:
        """Add pairs that may matter at the prices after an auction; return prices to go on from."""
        prices = auction.exact_prices()
        with self.watch.step("certificate"):
            if self.counts_places:
                self._list_for_those_without(auction, prices, margin)
                self._list_for_empty_seats(auction, before)
            # What moved so far did so for want of pairs on the lists: up as far as a place is
            # worth, where somebody found none; or down as far, where a seat found nobody.
            prices = np.where(np.abs(prices - before) > self.span, before, prices)
            self._find_missing(auction, prices, slack=slack)
        return prices

    def _list_for_those_without(self, auction: Auction, prices: Ints, margin: int) -> None:
        """Where lists leave somebody without a place, list what leads to free seats."""
        cover = most_placed(auction.arcs, self.seats, auction.chosen)
        seen = np.flatnonzero(~cover.candidates)
        if cover.n_placed == int(self.seats.sum()) or not len(seen):
            return
        shut = cover.slots | self.closed
        found = self._look(self.source.take(seen), prices, margin, closed=shut)
        self.lists.add(found.pairs(seen))

    def _list_for_empty_seats(self, auction: Auction, prices: Ints) -> None:
        """Where seats are short and lists leave some empty, list more people for those."""
        if int(self.seats.sum()) > self.source.shape[0]:
            return
        taken = np.bincount(auction.slots[auction.chosen >= 0], minlength=len(self.seats))
        empty = np.flatnonzero(taken < self.seats)
        bar = self.lists.best(prices) - 2 * self.span
        self.lists.add(self._look_down(empty, prices, bar, 4 * self.seats + 8))

    def arcs(self) -> Arcs:
        """Return the listed pairs with their scores, and the bonus where somebody would stay."""
        arcs = self.lists.arcs(self.source.shape[1], ~self.closed)
        if self.current is None:
            return arcs
        stays = arcs.row_slot == self.current[arcs.rows]
        scores = arcs.row_score.astype(np.int64) + self.stay_bonus * stays
        return replace(arcs, row_score=narrowed(scores))

    def _list_current(self) -> None:
        """List the pair of everybody who has a slot: no pair with a bonus may go unlisted."""
        if self.current is None:
            return
        for slot in np.unique(self.current[self.current >= 0]).tolist():
            who = np.flatnonzero(self.current == slot)
            try:
                score = self.source.columns(np.array([slot]))[who, 0]
            except KeyboardInterrupt:
                self.watch.stop()
            if not self.watch.may_go_on("listing"):
                return
            stays = score != REFUSED
            slots = np.full(int(stays.sum()), slot, dtype=np.int32)
            self.lists.add(Pairs(who[stays], slots, score[stays]))

    def _look(
        self,
        source: Readable,
        prices: Ints,
        margin: int,
        *,
        closed: Bools | None = None,
        blocks: Blocks | None = None,
    ) -> Lists:
        shut = self.closed if closed is None else closed
        lists = look(source, prices, shut, margin=margin, watch=self.watch, blocks=blocks)
        self.pairs_scored += lists.pairs_scored
        return lists

    def _look_down(
        self, columns: Ints, prices: Ints, bar: Ints, most: Ints, blocks: Blocks | None = None
    ) -> Pairs:
        found, pairs = look_down(
            self.source, columns, prices, bar, most, watch=self.watch, blocks=blocks
        )
        self.pairs_scored += pairs
        return found

    def _first_prices(self) -> tuple[Ints, int]:
        if self.prices is None:
            return self._sample_prices()
        return self._with_worth(self.prices), max(1, self.span // 12)

    def _with_worth(self, prices: Ints) -> Ints:
        """
        Return earlier prices, fit for how many seats there are now.

        Where seats are short, whoever gets none sets prices, and those hold what a place is worth.
        """
        lowest = int(prices[~self.closed].min(initial=self.worth))
        if int(self.seats.sum()) >= self.source.shape[0]:
            return np.where(self.closed, prices, prices - lowest)
        # Less than what a place is worth leaves room: everything else is less by far.
        return prices if lowest > self.span else np.where(self.closed, prices, prices + self.worth)

    def _sample_prices(self) -> tuple[Ints, int]:
        """Return prices from one in `SAMPLE` candidates, and the margin that lists need at them."""
        n, m = self.source.shape
        prices, margin = np.zeros(m, dtype=np.int64), self.span // 5
        first, count = blocks = _sample(n)
        size = int(count.sum())
        if size < LEAST_SAMPLE:
            return prices, margin
        some = first[::PROBE].copy(), count[::PROBE].copy()
        few = self._look(self.source, prices, margin, blocks=some)
        if int(self.seats.sum()) >= PLENTY * n:
            return prices, few.margin_for(prices, LISTED, margin)
        margin = few.margin_for(prices, LISTED_AT_FIRST, margin)
        so_far = np.floor(np.cumsum(self.seats) * (size / n))
        seats = np.diff(so_far, prepend=0).astype(np.int64)
        lists = self._look(self.source, prices, margin, blocks=blocks)
        who = np.repeat(first - np.cumsum(count) + count, count) + np.arange(size)
        self.sampled = lists.pairs(who)
        self._fill(lists, prices, seats, blocks)
        # Without the worth of a place: a slot that a sample leaves empty would cost nothing
        # beside others that cost a place, and everybody would list it.
        auction = Auction(lists.arcs(m, seats > 0), seats, -min(0, self.source.lowest), prices)
        auction.run(self.watch, first=self.span, last=self.span * ROUGH)
        prices = auction.exact_prices()
        # Too small for a seat in the sample: as dear as others are.
        if (seats > 0).any():
            prices[(seats == 0) & ~self.closed] = int(np.median(prices[seats > 0]))
        margin = lists.margin_for(prices, LISTED, self.span // 5)
        if int(self.seats.sum()) < n:
            # Seats are short: whoever gets none sets a price that includes what a place is worth.
            prices = np.where(self.closed, prices, prices + self.worth)
        else:
            # Few people find fewer seats that suit them well, and bid more for those than all will.
            prices = np.maximum(prices - round(self.span * min(TOO_HIGH, TOO_HIGH_EACH / size)), 0)
        return prices, margin

    def _fill(self, lists: Lists, prices: Ints, seats: Ints, blocks: Blocks | None = None) -> None:
        """Have every slot listed by enough candidates, those who lose least by going there."""
        seldom = lists.seldom_listed(seats)
        bar = lists.best(prices) - 2 * self.span
        lists.add(self._look_down(seldom, prices, bar, 2 * seats, blocks))

    def _look_again(self, known: Lists, prices: Ints, margin: int) -> Lists:
        """Return earlier lists, with new ones for those who changed."""
        assert self.changed is not None
        rows = np.flatnonzero(self.changed)
        lists = known.without(self.changed)
        if len(rows):
            found = self._look(self.source.take(rows), prices, margin)
            lists.replace(rows, found)
        return lists

    def _auction(self, prices: Ints, slots: Ints | None) -> Auction:
        arcs = self.arcs()
        start = None if slots is None else arcs.find(slots, self.seats)
        return Auction(arcs, self.seats, self.worth, prices, start)

    def _find_missing(self, auction: Auction, prices: Ints, *, slack: int = 0) -> int:
        """
        Add pairs that beat what their candidate has at these prices; return by how much at most.

        With `slack`, also pairs that come so close. What is not listed is worth at most threshold +
        worth + how far its slot's price came down since the candidate's list was made. Slots whose
        price came down most are looked over for all candidates; candidates for whom the others'
        fall still leaves room get a new list.
        """
        profit = auction.profit(prices)
        columns, rows = self._doubtful(profit - slack, prices)
        worst = 0
        if len(columns):
            # Equals are listed too: ties are settled among all of them.
            bar = profit - self.worth - 1 - slack
            found = self._look_down(columns, prices, bar, 2 * self.seats + 8)
            worst = best_excess(found, prices, profit - self.worth)
            self.lists.add(found)
        if len(rows):
            listed = self._look(self.source.take(rows), prices, max(round(self.span * ANEW), 1))
            worst = max(worst, best_excess(listed.pairs(rows), prices, profit - self.worth))
            self.lists.replace(rows, listed)
        return worst

    def _doubtful(self, profit: Ints, prices: Ints) -> tuple[Ints, Ints]:
        """Return the slots to look down and the candidates to look over, at the least cost."""
        n, m = self.source.shape
        if not m:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        falls = self.lists.falls(prices)
        falls[:, self.closed] = np.iinfo(np.int64).min // 4
        room = profit - self.worth - self.lists.threshold.astype(np.int64)
        room[self.lists.is_whole] = np.iinfo(np.int64).max // 4
        order = np.argsort(-falls[0], kind="stable")
        first = self.lists.made == 0
        sorted_room = np.sort(room[first])
        fall = falls[0][order]
        n_failing = np.searchsorted(sorted_room, fall, side="right")
        # A pair costs the same either way; a list costs about twice a look.
        cost = np.arange(m) * n + 2 * n_failing * m
        n_columns = int(np.argmin(cost))
        columns = order[:n_columns]
        kept = np.ones(m, dtype=np.bool_)
        kept[columns] = False
        if not kept.any():
            return np.sort(columns), np.zeros(0, dtype=np.int64)
        largest = falls[:, kept].max(axis=1)
        return np.sort(columns), np.flatnonzero(largest[self.lists.made] >= room)

    def _cover(self, auction: Auction) -> Cover | int | None:
        """
        Return who proves that nobody more can be placed; else by how much worth falls short.

        None when the watch said stop before that was held against all pairs.
        """
        if not self.counts_places:
            return Cover.nothing(*self.source.shape)
        with self.watch.step("cover"):
            cover = most_placed(auction.arcs, self.seats, auction.chosen)
            if cover.n_placed > int((auction.chosen >= 0).sum()):
                # Somebody more can be placed, at a loss larger than what a place was worth.
                grown = self.worth * 16
                step = grown - self.worth
                self.worth = grown
                return step
            seen = np.flatnonzero(~cover.candidates)
            if cover.n_placed == int(self.seats.sum()) or not len(seen):
                return cover
            none = np.zeros(self.source.shape[1], dtype=np.int64)
            found = self._look(self.source.take(seen), none, 0, closed=cover.slots | self.closed)
            if self.watch.stopped:
                return None
            if not len(found.slot):
                return cover
            # Pairs that were never listed lead to seats that are free: worth more than all else.
            self.lists.add(found.pairs(seen))
            return self.worth

    def _priced(
        self, auction: Auction, prices: Ints, cover: Cover | None, *, is_optimal: bool
    ) -> Priced:
        # Of the lists as they are now: pairs may have been added since the auction.
        profit = (
            auction.profit(prices) if is_optimal else profit_of(self.arcs(), prices, self.worth)
        )
        if not is_optimal:
            falls = self.lists.falls(prices)[:, ~self.closed].max(axis=1, initial=-(2**32))
            # With the bonus too: who has which slot may not have been listed yet.
            unlisted = self.lists.threshold + self.worth + falls[self.lists.made] + self.stay_bonus
            profit = np.where(self.lists.is_whole, profit, np.maximum(profit, unlisted))
        return Priced(auction.slots, prices, self.worth, profit, cover, is_optimal)


def _sample(n: int) -> Blocks:
    """Return runs of neighbours that hold one in three or four of all candidates."""
    one_in = SAMPLE_OF_MANY if n >= MANY else SAMPLE
    first = np.arange(one_in // 2 * TILE, n, one_in * TILE, dtype=np.int64)
    return first, np.minimum(TILE, n - first)
