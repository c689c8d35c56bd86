/* Scores that a caller's own class worked out, read from the rectangle that it gave. */
#include "top.h"

typedef struct {
    const int32_t *scores;
    int64_t first; /* the candidate of its first row */
    int64_t row_step, slot_step;
} Held;

void held_block(const void *context, int64_t first, int64_t count, int64_t slot, int32_t *out) {
    const Held *held = context;
    const int32_t *from =
        held->scores + (first - held->first) * held->row_step + slot * held->slot_step;
    for (int64_t r = 0; r < count; r++) out[r] = from[r * held->row_step];
}
