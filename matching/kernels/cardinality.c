/*
 * The most people that can have a place, from any plan on, and who proves it.
 *
 * Searches for a path from somebody without a place to an empty seat, by which everybody on it moves
 * one on. What a search without result has seen never leads anywhere later, and is not looked at
 * again; in the end it is Koenig's cover: slots seen, and people with a place who were not.
 *
 * Koenig, D. (1931); Kuhn, H. W. (1955). The Hungarian method for the assignment problem.
 */
#include <stdint.h>

typedef struct {
    int64_t n, m;
    const int64_t *row_start;
    const int32_t *row_slot;
    const int64_t *seat_start;
    int64_t *arc;       /* n; position in the rows of the pair a candidate has, below 0 for none */
    int32_t *seated;    /* candidates per slot, in any order */
    int32_t *seat_at;   /* n; where in `seated` a candidate is */
    int32_t *count;     /* m */
    int32_t *seen;      /* m; 0, or the number of the search that saw the slot */
    int64_t *reached_by; /* m; the arc by which it was seen */
    int32_t *queue;     /* m */
    uint8_t *candidate_seen; /* n */
    int64_t work;
} Cardinality;

static int64_t find_empty_seat(Cardinality *c, int64_t from, int32_t search, int64_t *n_seen) {
    int64_t head = 0, tail = 0;
    int64_t i = from;
    for (;;) {
        for (int64_t e = c->row_start[i]; e < c->row_start[i + 1]; e++) {
            int32_t j = c->row_slot[e];
            if (c->seen[j]) continue;
            c->seen[j] = search;
            c->reached_by[j] = e;
            c->queue[tail++] = j;
            if (c->count[j] < c->seat_start[j + 1] - c->seat_start[j]) {
                *n_seen = tail;
                return j;
            }
        }
        c->work += c->row_start[i + 1] - c->row_start[i];
        /* The people of a slot are looked at one after the other, slot by slot. */
        i = -1;
        while (head < tail) {
            int32_t j = c->queue[head];
            int64_t at = c->seat_start[j];
            int64_t end = at + c->count[j];
            while (at < end && c->candidate_seen[c->seated[at]]) at++;
            if (at < end) {
                i = c->seated[at];
                c->candidate_seen[i] = 1;
                break;
            }
            head++;
        }
        if (i < 0) break;
    }
    *n_seen = tail;
    return -1;
}

static int64_t owner_of(const Cardinality *c, int64_t e) {
    int64_t low = 0, high = c->n;
    while (high - low > 1) {
        int64_t middle = (low + high) / 2;
        if (c->row_start[middle] <= e) low = middle; else high = middle;
    }
    return low;
}

/*
 * Returns how many have a place in the end. Of the state `arc` comes filled, and every count and mark
 * is 0. `seen` and `candidate_seen` are then the cover's.
 */
int64_t cardinality_run(Cardinality *c) {
    int64_t placed = 0;
    int32_t search = 0;
    for (int64_t i = 0; i < c->n; i++) {
        if (c->arc[i] < 0) continue;
        int32_t j = c->row_slot[c->arc[i]];
        c->seat_at[i] = (int32_t)(c->seat_start[j] + c->count[j]++);
        c->seated[c->seat_at[i]] = (int32_t)i;
        placed++;
    }
    for (int64_t i = 0; i < c->n; i++) {
        if (c->arc[i] >= 0 || c->row_start[i] == c->row_start[i + 1]) {
            if (c->arc[i] < 0) c->candidate_seen[i] = 1;
            continue;
        }
        c->candidate_seen[i] = 1;
        int64_t n_seen;
        int64_t j = find_empty_seat(c, i, ++search, &n_seen);
        if (j < 0) continue;
        /* What this search saw may lead somewhere again. */
        for (int64_t k = 0; k < n_seen; k++) {
            int32_t slot = c->queue[k];
            c->seen[slot] = 0;
            for (int64_t s = c->seat_start[slot]; s < c->seat_start[slot] + c->count[slot]; s++)
                c->candidate_seen[c->seated[s]] = 0;
        }
        for (;;) {
            int64_t e = c->reached_by[j];
            int64_t who = owner_of(c, e);
            int64_t had = c->arc[who];
            c->arc[who] = e;
            if (had < 0) {
                c->seat_at[who] = (int32_t)(c->seat_start[j] + c->count[j]++);
                c->seated[c->seat_at[who]] = (int32_t)who;
                c->candidate_seen[who] = 0;
                break;
            }
            /* Leaves its seat to the next on the path, and takes the one that is empty here. */
            int32_t left = c->row_slot[had];
            int32_t gap = c->seat_at[who];
            c->seat_at[who] = (int32_t)(c->seat_start[j] + c->count[j]++);
            c->seated[c->seat_at[who]] = (int32_t)who;
            int32_t last = (int32_t)(c->seat_start[left] + --c->count[left]);
            if (gap != last) {
                c->seated[gap] = c->seated[last];
                c->seat_at[c->seated[gap]] = gap;
            }
            j = left;
        }
        placed++;
    }
    return placed;
}
