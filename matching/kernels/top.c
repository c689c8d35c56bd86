/*
 * The best slots of each candidate at given prices, in one pass over scores that are never stored.
 *
 * For a block of candidates, slot by slot: score, take off the price, and keep what is among the
 * `k` best of its candidate so far. What was not kept is at most the candidate's threshold; so a
 * later change of prices that is too small to lift anything from below it needs no second look.
 */
#include "top.h"

#include <stdlib.h>
#include <string.h>

#define MOST_KEPT 32 /* of one candidate: `k` is no more */

typedef struct {
    int32_t value;
    int32_t slot;
} Entry;

/* Put the `k` largest first, in no order; returns the smallest of them. Ties: the lower slot wins. */
static int before(Entry a, Entry b) {
    return a.value > b.value || (a.value == b.value && a.slot < b.slot);
}

static void keep_best(Entry *e, int64_t n, int64_t k) {
    int64_t low = 0, high = n - 1;
    while (low < high) {
        Entry pivot = e[(low + high) / 2];
        int64_t i = low, j = high;
        while (i <= j) {
            while (before(e[i], pivot)) i++;
            while (before(pivot, e[j])) j--;
            if (i <= j) {
                Entry t = e[i];
                e[i++] = e[j];
                e[j--] = t;
            }
        }
        if (k - 1 <= j) high = j;
        else if (k - 1 >= i) low = i;
        else break;
    }
}

static int32_t smallest(const Entry *e, int64_t n) {
    int32_t least = e[0].value;
    for (int64_t x = 1; x < n; x++)
        if (e[x].value < least) least = e[x].value;
    return least;
}

/* Write entries in order of slot. Each counts those before it: no branch that could be guessed wrong. */
static void write_by_slot(const Entry *e, int64_t n, const int32_t *price, int32_t *slots,
                          int32_t *scores) {
    int32_t slot[MOST_KEPT];
    for (int64_t x = 0; x < n; x++) slot[x] = e[x].slot;
    for (int64_t x = 0; x < n; x++) {
        int32_t at = 0;
        for (int64_t y = 0; y < n; y++) at += slot[y] < slot[x];
        slots[at] = slot[x];
        scores[at] = e[x].value + price[slot[x]];
    }
}

typedef uint8_t Bytes __attribute__((ext_vector_type(64)));
typedef _Bool Bits __attribute__((ext_vector_type(64)));

/* One bit for each of 64 bytes that are 0 or 1. */
static uint64_t bits_of(const uint8_t *bytes) {
    Bytes b;
    memcpy(&b, bytes, 64);
    Bits set = __builtin_convertvector(b, Bits);
    uint64_t bits;
    memcpy(&bits, &set, 8);
    return bits;
}

/* Drop what is below `least`; at most `k` stay, and then `least` rises to the smallest of them. */
static int64_t sift(Entry *e, int64_t n, int64_t k, int32_t *least) {
    int64_t kept = 0;
    for (int64_t x = 0; x < n; x++)
        if (e[x].value > *least) e[kept++] = e[x];
    if (kept <= k) return kept;
    keep_best(e, kept, k);
    *least = smallest(e, k);
    return k;
}

/*
 * The order in which slots are looked at: those first that the candidates just before liked, so that
 * a good one is met soon and little is kept in vain. Every `together` blocks it starts from nothing, so
 * that it is the same however many cores share the work.
 */
typedef struct {
    int32_t *slot, *votes;
} Order;

/* Put the slots with most votes first, by powers of two, and the earlier first among equals. */
static void put_in_order(const Order *o, int64_t m) {
    int64_t begin[33] = {0};
    for (int64_t j = 0; j < m; j++) begin[31 - __builtin_clz(o->votes[j] | 1) + (o->votes[j] > 0)]++;
    for (int64_t power = 32, next = 0; power >= 0; power--) {
        int64_t many = begin[power];
        begin[power] = next;
        next += many;
    }
    for (int64_t j = 0; j < m; j++) {
        o->slot[begin[31 - __builtin_clz(o->votes[j] | 1) + (o->votes[j] > 0)]++] = (int32_t)j;
        o->votes[j] /= 2;
    }
}

/*
 * For blocks of at most MOST_ROWS candidates: keep what is within `margin` of the candidate's best,
 * and no more than `k`. `slots` and `scores` have room for `k` per candidate; they are filled without
 * gaps, `kept` of each candidate, in order of slot. What was left out has at most `threshold`
 * (INT32_MIN: nothing was). The number of pairs scored is added to `pairs`. Returns how many were
 * kept in all, or -1 without memory.
 */
int64_t top_pass(score_block score, skip_block skip, const void *context, const int64_t *first,
                 const int64_t *count, int64_t n_blocks, int64_t m, const int32_t *price,
                 const uint8_t *closed, int32_t margin, int64_t k, int64_t together, int32_t *slots,
                 int32_t *scores, int32_t *kept, int32_t *threshold, int64_t *pairs) {
    int64_t room = 2 * k;
    Entry *list = malloc((size_t)(MOST_ROWS * room) * sizeof *list);
    int32_t *numbers = calloc((size_t)m * 2 + 1, sizeof *numbers);
    if (list == NULL || numbers == NULL) {
        free(list);
        free(numbers);
        return -1;
    }
    const Order order = {numbers, numbers + m};
    /* Below `lowest` a price would carry a score out of range; nothing is worth less than that. */
    const int32_t lowest = INT32_MIN + margin + 1;
    int32_t out[MOST_ROWS], least[MOST_ROWS], size[MOST_ROWS];
    _Alignas(8) uint8_t hit[MOST_ROWS];
    int64_t row = 0, at = 0;
    for (int64_t b = 0; b < n_blocks; b++) {
        int64_t rows = count[b];
        for (int64_t r = 0; r < rows; r++) {
            least[r] = INT32_MIN;
            size[r] = 0;
        }
        memset(hit, 0, sizeof hit);
        if (b % together == 0) memset(order.votes, 0, (size_t)m * sizeof *order.votes);
        put_in_order(&order, m);
        for (int64_t x = 0; x < m; x++) {
            int64_t j = order.slot[x];
            if (closed[j] || (skip && skip(context, first[b], rows, j))) continue;
            *pairs += rows;
            score(context, first[b], rows, j, out);
            int32_t p = price[j];
            for (int64_t r = 0; r < rows; r++) {
                int32_t value = out[r] == REFUSED ? INT32_MIN : out[r] - p;
                int32_t bar = (value > lowest ? value : lowest) - margin;
                out[r] = value;
                hit[r] = value > least[r];
                least[r] = bar > least[r] && value > INT32_MIN ? bar - 1 : least[r];
            }
            for (int64_t some = 0; some < rows; some += 64)
                for (uint64_t any = bits_of(hit + some); any; any &= any - 1) {
                    int64_t r = some + __builtin_ctzll(any);
                    Entry *e = list + r * room;
                    e[size[r]].value = out[r];
                    e[size[r]++].slot = (int32_t)j;
                    if (size[r] == room) size[r] = (int32_t)sift(e, room, k, &least[r]);
                }
        }
        for (int64_t r = 0; r < rows; r++, row++) {
            Entry *e = list + r * room;
            size[r] = (int32_t)sift(e, size[r], k, &least[r]);
            write_by_slot(e, size[r], price, slots + at, scores + at);
            for (int64_t x = 0; x < size[r]; x++) order.votes[e[x].slot]++;
            at += size[r];
            kept[row] = size[r];
            threshold[row] = least[r];
        }
    }
    free(list);
    free(numbers);
    return at;
}

/* The same reading without keeping anything: the best value of each candidate. For measuring. */
void top_best(score_block score, skip_block skip, const void *context, const int64_t *first,
              const int64_t *count, int64_t n_blocks, int64_t m, const int32_t *price,
              int32_t *best, int64_t *pairs) {
    int32_t out[MOST_ROWS];
    int64_t row = 0;
    for (int64_t b = 0; b < n_blocks; b++) {
        for (int64_t r = 0; r < count[b]; r++) best[row + r] = INT32_MIN;
        for (int64_t j = 0; j < m; j++) {
            if (skip && skip(context, first[b], count[b], j)) continue;
            *pairs += count[b];
            score(context, first[b], count[b], j, out);
            for (int64_t r = 0; r < count[b]; r++) {
                int32_t value = out[r] == REFUSED ? INT32_MIN : out[r] - price[j];
                best[row + r] = value > best[row + r] ? value : best[row + r];
            }
        }
        row += count[b];
    }
}

/*
 * Of one slot, the `most` pairs that beat what their candidate has by most: score - price - bar, more
 * than 0; among equals the earlier candidate. Writes them in order of candidate and returns how many.
 */
typedef struct {
    int64_t beats;
    int32_t candidate, score;
} Offer;

static int weaker(Offer a, Offer b) {
    return a.beats < b.beats || (a.beats == b.beats && a.candidate > b.candidate);
}

static int by_candidate(const void *a, const void *b) {
    int32_t x = ((const Offer *)a)->candidate, y = ((const Offer *)b)->candidate;
    return (x > y) - (x < y);
}

/* Put an offer among the `most` best so far, a heap with the weakest first; returns how many. */
static int64_t keep_offer(Offer *heap, int64_t size, int64_t most, Offer offer) {
    int64_t at;
    if (size < most) {
        at = size++;
        while (at > 0 && weaker(offer, heap[(at - 1) / 2])) {
            heap[at] = heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        heap[at] = offer;
    } else if (most > 0 && weaker(heap[0], offer)) {
        at = 0;
        for (;;) {
            int64_t below = 2 * at + 1;
            if (below >= size) break;
            if (below + 1 < size && weaker(heap[below + 1], heap[below])) below++;
            if (!weaker(heap[below], offer)) break;
            heap[at] = heap[below];
            at = below;
        }
        heap[at] = offer;
    }
    return size;
}

static int64_t top_column(score_block score, skip_block skip, const void *context,
                          const int64_t *first, const int64_t *count, int64_t n_blocks,
                          int64_t slot, int32_t price, const int64_t *bar, int64_t most,
                          Offer *heap, int32_t *candidates, int32_t *scores, int64_t *pairs) {
    int32_t out[MOST_ROWS];
    _Alignas(8) uint8_t hit[MOST_ROWS] = {0};
    int64_t size = 0;
    for (int64_t b = 0, row = 0; b < n_blocks; row += count[b++]) {
        int64_t rows = count[b];
        if (skip && skip(context, first[b], rows, slot)) continue;
        *pairs += rows;
        score(context, first[b], rows, slot, out);
        for (int64_t r = 0; r < rows; r++)
            hit[r] = out[r] != REFUSED && (int64_t)out[r] - price > bar[row + r];
        for (int64_t r8 = 0; r8 < rows; r8 += 8) {
            uint64_t any;
            memcpy(&any, hit + r8, 8);
            for (; any; any &= any - 1) {
                int64_t r = r8 + (__builtin_ctzll(any) >> 3);
                if (r >= rows) break; /* what an earlier block left there */
                int64_t beats = (int64_t)out[r] - price - bar[row + r];
                size = keep_offer(heap, size, most, (Offer){beats, (int32_t)(row + r), out[r]});
            }
        }
    }
    qsort(heap, (size_t)size, sizeof *heap, by_candidate);
    for (int64_t x = 0; x < size; x++) {
        candidates[x] = heap[x].candidate;
        scores[x] = heap[x].score;
    }
    return size;
}

/*
 * The same of some slots: those of slots[x] are written from edges[x] on, and counts[x] of them; room
 * is for `edges[x + 1] - edges[x]`. Returns -1 without memory.
 */
int32_t top_columns(score_block score, skip_block skip, const void *context, const int64_t *first,
                    const int64_t *count, int64_t n_blocks, const int64_t *slots, int64_t n_slots,
                    const int32_t *price,
                    const int64_t *bar, const int64_t *edges, int64_t *counts, int32_t *candidates,
                    int32_t *scores, int64_t *pairs) {
    int64_t most = 1;
    for (int64_t x = 0; x < n_slots; x++)
        if (edges[x + 1] - edges[x] > most) most = edges[x + 1] - edges[x];
    Offer *heap = malloc((size_t)most * sizeof *heap);
    if (heap == NULL) return -1;
    for (int64_t x = 0; x < n_slots; x++)
        counts[x] = top_column(score, skip, context, first, count, n_blocks, slots[x],
                               price[slots[x]], bar, edges[x + 1] - edges[x], heap,
                               candidates + edges[x], scores + edges[x], pairs);
    free(heap);
    return 0;
}
