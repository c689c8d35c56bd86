/*
 * Seats only: a transportation auction with scaling, seats never expanded.
 *
 * Candidates bid for slots at prices; a slot keeps, of all bids, as many of the highest as it has
 * seats. `epsilon` is what a candidate may miss at most; it shrinks phase by phase. Slots that end a
 * phase with empty seats and a price above 0 lower it until somebody comes or it is 0. All numbers
 * are whole; the caller scales values so that the last epsilon is 1.
 *
 * Where bidding becomes a war of many small steps, prices are moved at once by shortest paths:
 * `raise_prices` by how far each full slot is from an empty seat, `lower_prices` by how far each slot
 * can come down. Both keep the conditions of the auction.
 *
 * `Score` is the type of a score, and `NAMED` makes the names of functions: see auction.c. Where arcs
 * are many, most of the time goes into fetching them, so short scores count.
 *
 * Bertsekas, D. P. and Castanon, D. A. (1989). The auction algorithm for the transportation problem.
 * Annals of Operations Research 20; (1992) A forward/reverse auction algorithm for asymmetric
 * assignment problems. Goldberg, A. V. and Kennedy, R. (1997). Global price updates help. SIAM
 * Journal on Discrete Mathematics 10(4).
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define WAITING (-1)
#define NO_PLACE (-2)
#define FAR INT64_MAX

typedef struct {
    int64_t value;
    int64_t slot;
} Pair;

typedef struct {
    int32_t candidate;
    Score score;
} Offered;

typedef struct {
    int64_t n, m;
    const int64_t *row_start;   /* n + 1 */
    const int32_t *row_slot;
    const Score *row_score;     /* unscaled */
    int64_t *column_start;      /* m + 1, zeros; filled when columns are first asked for */
    Offered *column;            /* who listed the slot, in order of candidate */
    const int64_t *seat_start;  /* m + 1; seats of slot j are seat_start[j] .. seat_start[j + 1] */
    int64_t *price;             /* m + 1; the last is that of having no place, always 0 */
    int64_t *bid;               /* n; what the candidate would pay at most for the seat it has */
    int64_t *arc;               /* n; position in the rows of the pair it has, or below 0 */
    Pair *has;                  /* n; that pair, or slot m with value 0 */
    int32_t *seated;            /* candidates per slot, a heap with the lowest bid first */
    int32_t *count;             /* m */
    int32_t *waiting;           /* n; candidates still to bid, a ring */
    int32_t *lowering;          /* m; slots that may have to lower their price */
    uint8_t *is_lowering;       /* m */
    int64_t first_waiting, n_waiting, n_lowering;
    int64_t worth;              /* scaled: what a place is worth beside its score */
    int64_t shift;              /* scores count 2 to this power */
    int64_t epsilon;
    int64_t work;               /* arcs looked at */
    int64_t updates;            /* price updates by shortest paths */
    int64_t since_update;
    int64_t patience;           /* arcs to look at before prices are moved at once */
    int64_t *distance;          /* m, for shortest paths */
    int32_t *queue;             /* m */
    int32_t *queue_at;          /* m */
    int64_t has_columns;
} Auction;

static inline int64_t seats_of(const Auction *a, int64_t j) {
    return a->seat_start[j + 1] - a->seat_start[j];
}

/* Shifted without a sign: in C, shifting what is below 0 is undefined. */
static inline int64_t scaled(const Auction *a, Score score) {
    return (int64_t)((uint64_t)(int64_t)score << a->shift);
}

/* What a pair is worth, scaled: more than 0 where a place is worth having. */
static inline int64_t value_of(const Auction *a, Score score) {
    return a->worth + scaled(a, score);
}

/* The heap of a slot */

static void sift_up(const Auction *a, int32_t *heap, int64_t at) {
    int32_t who = heap[at];
    while (at > 0) {
        int64_t above = (at - 1) / 2;
        if (a->bid[heap[above]] <= a->bid[who]) break;
        heap[at] = heap[above];
        at = above;
    }
    heap[at] = who;
}

static void sift_down(const Auction *a, int32_t *heap, int64_t size, int64_t at) {
    int32_t who = heap[at];
    for (;;) {
        int64_t below = 2 * at + 1;
        if (below >= size) break;
        if (below + 1 < size && a->bid[heap[below + 1]] < a->bid[heap[below]]) below++;
        if (a->bid[heap[below]] >= a->bid[who]) break;
        heap[at] = heap[below];
        at = below;
    }
    heap[at] = who;
}

static void seat(Auction *a, int64_t j, int32_t i) {
    int32_t *heap = a->seated + a->seat_start[j];
    heap[a->count[j]] = i;
    sift_up(a, heap, a->count[j]++);
}

static void unseat(Auction *a, int64_t j, int32_t i) {
    int32_t *heap = a->seated + a->seat_start[j];
    int64_t at = 0;
    while (heap[at] != i) at++;
    heap[at] = heap[--a->count[j]];
    if (at < a->count[j]) {
        sift_down(a, heap, a->count[j], at);
        sift_up(a, heap, at);
    }
}

static void wait_last(Auction *a, int32_t i) {
    int64_t at = a->first_waiting + a->n_waiting++;
    a->waiting[at < a->n ? at : at - a->n] = i;
}

/* Who waits longest; and what it takes to read the row of the one after the next is begun with. */
static int32_t next_waiting(Auction *a) {
    int32_t i = a->waiting[a->first_waiting];
    a->first_waiting = a->first_waiting + 1 < a->n ? a->first_waiting + 1 : 0;
    if (--a->n_waiting > 1) {
        int64_t after = a->first_waiting + 1 < a->n ? a->first_waiting + 1 : 0;
        int64_t e = a->row_start[a->waiting[after]];
        __builtin_prefetch(a->row_score + e);
        __builtin_prefetch(a->row_slot + e);
    }
    return i;
}

static void may_lower(Auction *a, int64_t j) {
    if (a->is_lowering[j]) return;
    a->is_lowering[j] = 1;
    a->lowering[a->n_lowering++] = (int32_t)j;
}

static void take(Auction *a, int32_t i, int64_t arc) {
    a->arc[i] = arc;
    a->has[i] = (Pair){value_of(a, a->row_score[arc]), a->row_slot[arc]};
}

static void leave(Auction *a, int32_t i, int64_t why) {
    a->arc[i] = why;
    a->has[i] = (Pair){0, a->m};
}

/* The same arcs, column by column: many an auction ends without ever reading one. */
static void make_columns(Auction *a) {
    if (a->has_columns) return;
    a->has_columns = 1;
    int64_t *start = a->column_start;
    for (int64_t e = 0; e < a->row_start[a->n]; e++) start[a->row_slot[e] + 1]++;
    for (int64_t j = 0; j < a->m; j++) start[j + 1] += start[j];
    for (int64_t i = 0; i < a->n; i++)
        for (int64_t e = a->row_start[i]; e < a->row_start[i + 1]; e++)
            a->column[start[a->row_slot[e]]++] = (Offered){(int32_t)i, a->row_score[e]};
    for (int64_t j = a->m; j > 0; j--) start[j] = start[j - 1];
    start[0] = 0;
}

/* Per candidate the most that it can get at these prices; 0 without a place. */
void NAMED(profit)(int64_t n, const int64_t *row_start, const int32_t *row_slot,
                    const Score *row_score, int64_t worth, const int64_t *price, int64_t *profit) {
    for (int64_t i = 0; i < n; i++) {
        int64_t most = 0;
        for (int64_t e = row_start[i]; e < row_start[i + 1]; e++) {
            int64_t value = row_score[e] + worth - price[row_slot[e]];
            most = value > most ? value : most;
        }
        profit[i] = most;
    }
}

/* Give seats that are left to candidates without a slot, in turn: to each the best of them. */
void NAMED(fill)(int64_t n, const int64_t *row_start, const int32_t *row_slot,
                  const Score *row_score, int64_t *left, int64_t *slot) {
    for (int64_t i = 0; i < n; i++) {
        if (slot[i] >= 0) continue;
        int64_t most = -1;
        for (int64_t e = row_start[i]; e < row_start[i + 1]; e++)
            if (left[row_slot[e]] > 0 && row_score[e] > most) {
                most = row_score[e];
                slot[i] = row_slot[e];
            }
        if (slot[i] >= 0) left[slot[i]]--;
    }
}

/*
 * Where the pair of each candidate with a given slot stands, -1 for none. Of a slot that is given
 * to more candidates than `left` tells, the first keep it.
 */
void NAMED(find)(int64_t n, const int64_t *row_start, const int32_t *row_slot, const int64_t *slot,
                  int64_t *left, int64_t *arc) {
    for (int64_t i = 0; i < n; i++) {
        arc[i] = -1;
        if (slot[i] < 0) continue;
        int64_t e = row_start[i];
        while (e < row_start[i + 1] && row_slot[e] != slot[i]) e++;
        if (e < row_start[i + 1] && left[slot[i]]-- > 0) arc[i] = e;
    }
}

/* What a candidate would like best, and what else it could get; staying without a place gives 0. */

typedef struct {
    int64_t best, other;
    int64_t arc;
} Choice;

static Choice choose(Auction *a, int64_t i) {
    const int64_t begin = a->row_start[i], end = a->row_start[i + 1];
    /* What a place is worth is the same for all: it is added in the end. */
    int64_t best = INT64_MIN / 2, other = -a->worth, arc = -1;
    /* Without branches: which slot is best follows no pattern that a processor could foresee. */
    for (int64_t e = begin; e < end; e++) {
        int64_t profit = scaled(a, a->row_score[e]) - a->price[a->row_slot[e]];
        int64_t lower = profit < best ? profit : best;
        other = lower > other ? lower : other;
        arc = profit > best ? e : arc;
        best = profit > best ? profit : best;
    }
    a->work += end - begin;
    return (Choice){best + a->worth, other + a->worth, arc};
}

/*
 * Begin a phase with a smaller epsilon: who no longer comes close enough to the best has to bid.
 * Bids of the others are told anew.
 */
void NAMED(begin)(Auction *a, int64_t epsilon) {
    a->epsilon = epsilon;
    a->n_waiting = a->first_waiting = 0;
    a->n_lowering = 0;
    a->since_update = 0;
    memset(a->is_lowering, 0, (size_t)a->m);
    memset(a->count, 0, (size_t)a->m * sizeof *a->count);
    for (int64_t i = 0; i < a->n; i++) {
        Choice c = choose(a, i);
        int64_t has = a->arc[i];
        if (has == NO_PLACE) {
            if (c.best <= epsilon) continue;
        } else if (has >= 0) {
            int64_t profit = value_of(a, a->row_score[has]) - a->price[a->row_slot[has]];
            int64_t best = c.best > 0 ? c.best : 0;
            if (profit >= best - epsilon) {
                int64_t other = has == c.arc ? c.other : best;
                int64_t bid = value_of(a, a->row_score[has]) - other + epsilon;
                int64_t price = a->price[a->row_slot[has]];
                a->bid[i] = bid > price ? bid : price;
                take(a, (int32_t)i, has);
                seat(a, a->row_slot[has], (int32_t)i);
                continue;
            }
        }
        leave(a, (int32_t)i, WAITING);
        wait_last(a, (int32_t)i);
    }
}

static void bid(Auction *a, int32_t i) {
    Choice c = choose(a, i);
    if (c.best <= 0) {
        leave(a, i, NO_PLACE);
        return;
    }
    int64_t j = a->row_slot[c.arc];
    int32_t *heap = a->seated + a->seat_start[j];
    a->bid[i] = value_of(a, a->row_score[c.arc]) - c.other + a->epsilon;
    if (a->count[j] < seats_of(a, j)) {
        take(a, i, c.arc);
        seat(a, j, i);
        if (a->count[j] == seats_of(a, j) && a->bid[heap[0]] > a->price[j])
            a->price[j] = a->bid[heap[0]];
    } else if (a->bid[i] > a->bid[heap[0]]) {
        int32_t loser = heap[0];
        leave(a, loser, WAITING);
        wait_last(a, loser);
        take(a, i, c.arc);
        heap[0] = i;
        sift_down(a, heap, a->count[j], 0);
        if (a->bid[heap[0]] > a->price[j]) a->price[j] = a->bid[heap[0]];
    } else {
        /* Everybody seated there would pay more: the price is what this candidate would pay. */
        a->price[j] = a->bid[i];
        wait_last(a, i);
    }
}

/* A slot with empty seats and a price lowers it so far that as many come as it has empty seats. */
static void lower(Auction *a, int64_t j, int64_t *best) {
    int64_t empty = seats_of(a, j) - a->count[j];
    if (empty == 0 || a->price[j] == 0) return;
    make_columns(a);
    /* The `empty + 1` largest offers, a heap with the smallest first. */
    int64_t size = 0, wanted = empty + 1;
    int64_t *offer = best, *from = best + wanted;
    for (int64_t k = a->column_start[j]; k < a->column_start[j + 1]; k++) {
        int64_t i = a->column[k].candidate;
        const Pair has = a->has[i];
        if (has.slot == j) continue;
        int64_t gives = value_of(a, a->column[k].score) - (has.value - a->price[has.slot]);
        if (size < wanted) {
            int64_t at = size++;
            while (at > 0 && offer[(at - 1) / 2] > gives) {
                offer[at] = offer[(at - 1) / 2];
                from[at] = from[(at - 1) / 2];
                at = (at - 1) / 2;
            }
            offer[at] = gives;
            from[at] = i;
        } else if (gives > offer[0]) {
            int64_t at = 0;
            for (;;) {
                int64_t below = 2 * at + 1;
                if (below >= size) break;
                if (below + 1 < size && offer[below + 1] < offer[below]) below++;
                if (offer[below] >= gives) break;
                offer[at] = offer[below];
                from[at] = from[below];
                at = below;
            }
            offer[at] = gives;
            from[at] = i;
        }
    }
    a->work += a->column_start[j + 1] - a->column_start[j];
    a->since_update += a->column_start[j + 1] - a->column_start[j];
    int64_t price = size > empty ? offer[0] - a->epsilon : 0;
    if (price < 0) price = 0;
    if (price > a->price[j]) price = a->price[j];
    a->price[j] = price;
    for (int64_t k = 0; k < size; k++) {
        if (a->count[j] == seats_of(a, j)) break;
        if (size > empty && k == 0) continue; /* the one beyond the empty seats */
        if (offer[k] < price + a->epsilon) continue;
        int32_t i = (int32_t)from[k];
        int64_t e = a->row_start[i];
        while (a->row_slot[e] != j) e++;
        if (a->arc[i] >= 0) {
            int64_t left = a->has[i].slot;
            unseat(a, left, i);
            if (a->price[left] > 0) may_lower(a, left);
        }
        take(a, i, e);
        a->bid[i] = offer[k] > price ? offer[k] : price;
        seat(a, j, i);
    }
}

/* Shortest paths over slots */

static void queue_up(Auction *a, int64_t at) {
    int32_t j = a->queue[at];
    while (at > 0) {
        int64_t above = (at - 1) / 2;
        if (a->distance[a->queue[above]] <= a->distance[j]) break;
        a->queue[at] = a->queue[above];
        a->queue_at[a->queue[at]] = (int32_t)at;
        at = above;
    }
    a->queue[at] = j;
    a->queue_at[j] = (int32_t)at;
}

static void queue_down(Auction *a, int64_t size, int64_t at) {
    int32_t j = a->queue[at];
    for (;;) {
        int64_t below = 2 * at + 1;
        if (below >= size) break;
        if (below + 1 < size && a->distance[a->queue[below + 1]] < a->distance[a->queue[below]])
            below++;
        if (a->distance[a->queue[below]] >= a->distance[j]) break;
        a->queue[at] = a->queue[below];
        a->queue_at[a->queue[at]] = (int32_t)at;
        at = below;
    }
    a->queue[at] = j;
    a->queue_at[j] = (int32_t)at;
}

static int64_t queue_fill(Auction *a) {
    int64_t size = 0;
    for (int64_t j = 0; j < a->m; j++) {
        a->queue[size] = (int32_t)j;
        queue_up(a, size++);
    }
    return size;
}

static int32_t queue_pop(Auction *a, int64_t *size) {
    int32_t j = a->queue[0];
    a->queue_at[j] = -1;
    if (--*size > 0) {
        a->queue[0] = a->queue[*size];
        a->queue_at[a->queue[0]] = 0;
        queue_down(a, *size, 0);
    }
    return j;
}

/*
 * Raise the price of every full slot by its distance to an empty seat or to leaving: the least that
 * somebody seated there, and whoever must make room for them, lose together.
 */
static void raise_prices(Auction *a) {
    make_columns(a);
    for (int64_t j = 0; j < a->m; j++) {
        a->distance[j] = FAR;
        if (a->count[j] < seats_of(a, j)) {
            a->distance[j] = 0;
            continue;
        }
        for (int64_t s = a->seat_start[j]; s < a->seat_start[j + 1]; s++) {
            int64_t leaves = a->has[a->seated[s]].value - a->price[j] + a->epsilon;
            if (leaves < 0) leaves = 0;
            if (leaves < a->distance[j]) a->distance[j] = leaves;
        }
    }
    int64_t size = queue_fill(a);
    while (size > 0) {
        int32_t k = queue_pop(a, &size);
        if (a->distance[k] == FAR) break;
        for (int64_t c = a->column_start[k]; c < a->column_start[k + 1]; c++) {
            int32_t i = a->column[c].candidate;
            if (a->arc[i] < 0) continue;
            int64_t j = a->has[i].slot;
            if (a->queue_at[j] < 0) continue;
            int64_t step = a->has[i].value - a->price[j]
                - (value_of(a, a->column[c].score) - a->price[k]) + a->epsilon;
            if (step < 0) step = 0;
            if (a->distance[k] + step < a->distance[j]) {
                a->distance[j] = a->distance[k] + step;
                queue_up(a, a->queue_at[j]);
            }
        }
        a->work += a->column_start[k + 1] - a->column_start[k];
    }
    for (int64_t j = 0; j < a->m; j++) {
        if (a->distance[j] == FAR || a->distance[j] == 0) continue;
        a->price[j] += a->distance[j];
        for (int64_t s = a->seat_start[j]; s < a->seat_start[j] + a->count[j]; s++)
            if (a->bid[a->seated[s]] < a->price[j]) a->bid[a->seated[s]] = a->price[j];
        /* Bids that were lowest may now be equal; the order of a heap survives that. */
    }
    a->updates++;
    a->since_update = 0;
}

/* Lower the price of every slot as far as it can come down with everybody staying content. */
static void lower_prices(Auction *a) {
    for (int64_t j = 0; j < a->m; j++) a->distance[j] = a->price[j];
    for (int64_t i = 0; i < a->n; i++) {
        if (a->arc[i] >= 0) continue;
        for (int64_t e = a->row_start[i]; e < a->row_start[i + 1]; e++) {
            int32_t j = a->row_slot[e];
            int64_t step = a->price[j] - value_of(a, a->row_score[e]) + a->epsilon;
            if (step < 0) step = 0;
            if (step < a->distance[j]) a->distance[j] = step;
        }
        a->work += a->row_start[i + 1] - a->row_start[i];
    }
    int64_t size = queue_fill(a);
    while (size > 0) {
        int32_t k = queue_pop(a, &size);
        for (int64_t s = a->seat_start[k]; s < a->seat_start[k] + a->count[k]; s++) {
            int32_t i = a->seated[s];
            int64_t profit = a->has[i].value - a->price[k];
            for (int64_t e = a->row_start[i]; e < a->row_start[i + 1]; e++) {
                int32_t j = a->row_slot[e];
                if (a->queue_at[j] < 0) continue;
                int64_t step = profit - (value_of(a, a->row_score[e]) - a->price[j]) + a->epsilon;
                if (step < 0) step = 0;
                if (a->distance[k] + step < a->distance[j]) {
                    a->distance[j] = a->distance[k] + step;
                    queue_up(a, a->queue_at[j]);
                }
            }
            a->work += a->row_start[i + 1] - a->row_start[i];
        }
    }
    for (int64_t j = 0; j < a->m; j++) a->price[j] -= a->distance[j];
    a->updates++;
    a->since_update = 0;
}

/*
 * Go on with a phase for about `budget` arcs. Returns 1 when the phase is done, 0 when there is more
 * to do, -1 without memory.
 */
int32_t NAMED(run)(Auction *a, int64_t budget) {
    int64_t until = a->work + budget;
    while (a->n_waiting > 0) {
        if (a->work > until) return 0;
        int64_t before = a->work;
        bid(a, next_waiting(a));
        a->since_update += a->work - before;
        if (a->since_update > a->patience && a->n_waiting > 0) raise_prices(a);
        if (a->n_waiting == 0) {
            a->since_update = 0;
            for (int64_t j = 0; j < a->m; j++)
                if (a->price[j] > 0 && a->count[j] < seats_of(a, j)) may_lower(a, j);
        }
    }
    if (a->n_lowering == 0)
        for (int64_t j = 0; j < a->m; j++)
            if (a->price[j] > 0 && a->count[j] < seats_of(a, j)) may_lower(a, j);
    int64_t most = 1;
    for (int64_t j = 0; j < a->m; j++) if (seats_of(a, j) > most) most = seats_of(a, j);
    int64_t *room = malloc((size_t)(2 * (most + 1)) * sizeof *room);
    if (room == NULL) return -1;
    while (a->n_lowering > 0) {
        if (a->work > until) {
            free(room);
            return 0;
        }
        int64_t j = a->lowering[--a->n_lowering];
        a->is_lowering[j] = 0;
        lower(a, j, room);
        if (a->since_update > a->patience && a->n_lowering > 0) lower_prices(a);
    }
    free(room);
    return 1;
}

/*
 * Bring all prices down as far as everybody stays content with what they have, exactly: the lowest
 * prices under which this assignment is best, which are the same however it was found.
 */
void NAMED(settle)(Auction *a) {
    a->epsilon = 0;
    lower_prices(a);
}
