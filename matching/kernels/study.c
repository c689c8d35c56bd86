/*
 * Scores of the study's instances (matching/study/synthetic.py), from 0 to 10000, in whole numbers of at
 * most 16 bits: many pairs fit in one instruction, and every processor gives the same bits.
 *
 * Candidates lie in tiles of 64. In a tile each of their facts is one column, so that one slot reads
 * only the six skills that it asks for, a cache line each.
 */
#include "top.h"

enum { TILE = 64, SKILLS = 128, ASKED = 6, SLOTS_AT_ONCE = 16 };

/* As many candidates at once as the registers of a processor hold. */
#if defined(__AVX512BW__)
#define LANES 64
#define WIDE __attribute__((min_vector_width(512)))
#elif defined(__AVX2__)
#define LANES 32
#define WIDE
#else
#define LANES 16
#define WIDE
#endif
typedef uint8_t bytes __attribute__((vector_size(LANES)));
typedef int8_t byte_mask __attribute__((vector_size(LANES)));
typedef uint16_t words __attribute__((vector_size(2 * LANES)));
typedef int16_t word_mask __attribute__((vector_size(2 * LANES)));
typedef uint32_t wide_words __attribute__((vector_size(4 * LANES)));
typedef int32_t totals __attribute__((vector_size(4 * LANES)));
/* The same where memory may begin anywhere. */
typedef bytes loose_bytes __attribute__((aligned(1), may_alias));
typedef words loose_words __attribute__((aligned(2), may_alias));
typedef totals loose_totals __attribute__((aligned(4), may_alias));

struct tile {
    uint8_t level[SKILLS][TILE]; /* 0 to 100, smoothed over related skills */
    int16_t x[TILE], y[TILE];    /* quarters of a kilometre */
    uint16_t limit[TILE];        /* longest way that they go, in the same unit */
    uint16_t per_step[TILE];     /* points for 64 steps below the limit, times 1024 / 64 */
    uint16_t needs[TILE];        /* kinds of support, a bit each */
    uint8_t mornings[TILE], afternoons[TILE]; /* free half-days, a bit a day */
    uint8_t education[TILE], language[TILE];
};

struct slot {
    uint16_t weight[ASKED]; /* sum to 50 */
    int16_t x, y;
    uint16_t lacks; /* kinds of support that it does not give */
    uint16_t points_per_half_day;
    uint8_t skill[ASKED];
    uint8_t mornings, afternoons;
    uint8_t least_half_days;
    uint8_t education, language;
};

struct box { /* around the homes in a tile, with the longest way that anybody in it goes */
    int16_t low_x, high_x, low_y, high_y;
    uint16_t limit;
};

struct study {
    int64_t n_candidates;
    const struct tile *tiles;
    const struct box *boxes;
    const struct slot *slots;
};

/* About the length of a straight way (4 % off at most): longer leg + 13/32 of the shorter one. */
static inline int32_t way(int32_t across, int32_t along)
{
    int32_t longer = across > along ? across : along;
    int32_t shorter = across > along ? along : across;
    return longer + (shorter * 13 >> 5);
}

static inline int32_t outside(int32_t at, int32_t low, int32_t high)
{
    return at < low ? low - at : at > high ? at - high : 0;
}

static inline int is_out_of_reach(const struct box *box, const struct slot *slot)
{
    return way(outside(slot->x, box->low_x, box->high_x), outside(slot->y, box->low_y, box->high_y))
           > box->limit;
}

static inline bytes load_bytes(const uint8_t *from) { return *(const loose_bytes *)from; }
static inline words load_words(const uint16_t *from) { return *(const loose_words *)from; }
static inline words widen(bytes narrow) { return __builtin_convertvector(narrow, words); }

static inline words distance(const int16_t *from, int16_t to)
{
    return (words)__builtin_elementwise_abs((word_mask)load_words((const uint16_t *)from) - to);
}

static inline words high_half(words a, words b)
{
    wide_words product
        = __builtin_convertvector(a, wide_words) * __builtin_convertvector(b, wide_words);
    return __builtin_convertvector(product >> 16, words);
}

/* Write the scores of LANES candidates in a tile, from one that their number divides. */
static inline WIDE void score_lanes(const struct tile *tile, int at, const struct slot *slot,
                                    int32_t *out)
{
    words total = widen(load_bytes(&tile->level[slot->skill[0]][at])) * slot->weight[0];
    for (int k = 1; k < ASKED; k++)
        total += widen(load_bytes(&tile->level[slot->skill[k]][at])) * slot->weight[k];

    words across = distance(&tile->x[at], slot->x), along = distance(&tile->y[at], slot->y);
    words shorter = __builtin_elementwise_min(across, along);
    words length = __builtin_elementwise_max(across, along) + (shorter * 13 >> 5);
    words limit = load_words(&tile->limit[at]);
    words left = __builtin_elementwise_sub_sat(limit, length);
    total += high_half(left << 6, load_words(&tile->per_step[at]));
    word_mask refused = length > limit;
    refused |= (load_words(&tile->needs[at]) & slot->lacks) != 0;

    bytes half_days
        = __builtin_elementwise_popcount(load_bytes(&tile->mornings[at]) & slot->mornings)
          + __builtin_elementwise_popcount(load_bytes(&tile->afternoons[at]) & slot->afternoons);
    total += widen(half_days) * slot->points_per_half_day;

    bytes education = load_bytes(&tile->education[at]), language = load_bytes(&tile->language[at]);
    bytes asked = education - education + slot->education, top = asked - asked + 5;
    bytes off = __builtin_elementwise_max(education, asked)
                - __builtin_elementwise_min(education, asked);
    bytes spoken = asked - asked + slot->language;
    bytes over = __builtin_elementwise_sub_sat(language, spoken);
    bytes hundreds = 2 * __builtin_elementwise_sub_sat(top, off)
                     + __builtin_elementwise_min(over, top);
    total += widen(hundreds) * 100;
    byte_mask short_of = (half_days < slot->least_half_days) | (language < slot->language);
    refused |= __builtin_convertvector(short_of, word_mask);

    totals score = __builtin_convertvector(total, totals);
    totals is_refused = __builtin_convertvector(refused, totals);
    *(loose_totals *)out = (score & ~is_refused) | (is_refused & REFUSED);
}

static void score_tile(const struct tile *tile, const struct slot *slot, int32_t *out)
{
    for (int at = 0; at < TILE; at += LANES)
        score_lanes(tile, at, slot, out + at);
}

static void fill_refused(int64_t count, int32_t *out)
{
    for (int64_t i = 0; i < count; i++)
        out[i] = REFUSED;
}

/* Write one slot's scores of the candidates from `first` up to the end of their tile at most. */
static int64_t score_within_tile(const struct study *study, int64_t first, int64_t count,
                                 const struct slot *slot, int32_t *out)
{
    int64_t tile = first / TILE, skipped = first % TILE;
    int64_t here = TILE - skipped < count ? TILE - skipped : count;
    if (is_out_of_reach(&study->boxes[tile], slot)) {
        fill_refused(here, out);
    } else if (here == TILE) {
        score_tile(&study->tiles[tile], slot, out);
    } else {
        int32_t whole[TILE];
        score_tile(&study->tiles[tile], slot, whole);
        for (int64_t i = 0; i < here; i++)
            out[i] = whole[skipped + i];
    }
    return here;
}

/* The scores of `count` candidates from `first` on for one slot, as top.h asks. */
void study_block(const void *context, int64_t first, int64_t count, int64_t slot, int32_t *out)
{
    const struct study *study = context;
    for (int64_t done = 0; done < count;)
        done += score_within_tile(study, first + done, count - done, &study->slots[slot],
                                  out + done);
}

/* Whether a slot lies beyond the reach of all these candidates, so that it refuses them all. */
int32_t study_skips(const void *context, int64_t first, int64_t count, int64_t slot)
{
    const struct study *study = context;
    int64_t last = (first + count - 1) / TILE;
    for (int64_t tile = first / TILE; tile <= last; tile++)
        if (!is_out_of_reach(&study->boxes[tile], &study->slots[slot]))
            return 0;
    return 1;
}

/* The scores of `count` candidates from `first` on for some slots: out is (count, n). */
void study_rows(const void *context, int64_t first, int64_t count, const int64_t *slots, int64_t n,
                int32_t *out)
{
    const struct study *study = context;
    int32_t columns[SLOTS_AT_ONCE][TILE];
    for (int64_t done = 0, here = 0; done < count; done += here) {
        here = TILE - (first + done) % TILE;
        if (here > count - done)
            here = count - done;
        for (int64_t from = 0; from < n; from += SLOTS_AT_ONCE) {
            int64_t taken = n - from < SLOTS_AT_ONCE ? n - from : SLOTS_AT_ONCE;
            for (int64_t k = 0; k < taken; k++)
                score_within_tile(study, first + done, here, &study->slots[slots[from + k]],
                                  columns[k]);
            for (int64_t i = 0; i < here; i++)
                for (int64_t k = 0; k < taken; k++)
                    out[(done + i) * n + from + k] = columns[k][i];
        }
    }
}
