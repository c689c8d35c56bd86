/* Lists of pairs: those of one candidate after another's, each in order of slot. */
#include <stdint.h>
#include <string.h>

/* Copy the pairs from `from` up to `to` to the end of a list that has `at` so far. */
static int64_t copy(const int32_t *slot, const int32_t *score, int64_t from, int64_t to,
                    int32_t *out_slot, int32_t *out_score, int64_t at) {
    memcpy(out_slot + at, slot + from, (size_t)(to - from) * sizeof *slot);
    memcpy(out_score + at, score + from, (size_t)(to - from) * sizeof *score);
    return at + to - from;
}

/*
 * Put `n_new` pairs, in order of candidate and slot, among those of lists; which are listed already
 * are left out. There is room for all of both. Returns how many pairs there are then.
 */
int64_t lists_merge(int64_t n, const int64_t *start, const int32_t *slot, const int32_t *score,
                    int64_t n_new, const int64_t *new_row, const int32_t *new_slot,
                    const int32_t *new_score, int64_t *out_start, int32_t *out_slot,
                    int32_t *out_score) {
    /* What lies between two places where something comes in is copied at once. */
    int64_t i = 0, from = 0, at = 0;
    for (int64_t x = 0; x < n_new; x++) {
        int64_t row = new_row[x], end = start[row + 1];
        for (; i <= row; i++) out_start[i] = start[i] + at - from;
        int64_t next = from > start[row] ? from : start[row];
        while (next < end && slot[next] < new_slot[x]) next++;
        at = copy(slot, score, from, next, out_slot, out_score, at);
        from = next;
        if (next < end && slot[next] == new_slot[x]) continue;
        if (at > out_start[row] && out_slot[at - 1] == new_slot[x]) continue;
        out_slot[at] = new_slot[x];
        out_score[at++] = new_score[x];
    }
    for (; i <= n; i++) out_start[i] = start[i] + at - from;
    return copy(slot, score, from, start[n], out_slot, out_score, at);
}

/* Per candidate the most that a listed pair is worth, score less price; `least` where none is. */
void lists_best(int64_t n, const int64_t *start, const int32_t *slot, const int32_t *score,
                const int64_t *price, int64_t least, int64_t *best) {
    for (int64_t i = 0; i < n; i++) {
        int64_t most = least;
        for (int64_t e = start[i]; e < start[i + 1]; e++) {
            int64_t value = score[e] - price[slot[e]];
            most = value > most ? value : most;
        }
        best[i] = most;
    }
}
