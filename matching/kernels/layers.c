/*
 * Scores under a policy (matching/scored/), without a matrix of everybody by every slot.
 *
 * What the criteria and the rules say was worked out for kinds of candidates and kinds of slots, by
 * the code that also scores a single pair. Here it is looked up and added up per pair, in weighted
 * steps of a ten-thousandth. Three things have too many kinds for that and are worked out here, in
 * the order of operations of the layers themselves, so that every bit is the same: the mean over
 * the skills that a slot asks, the count of conditions that are met, and who is named by whom.
 */
#include "top.h"

#include <math.h>
#include <string.h>

/* A refusal outweighs all that can be added up: 1e8 at most. Fifteen of them still fit. */
#define NO (-(1 << 27))
#define FULL 10000.0
#define RUN 1024 /* candidates at once: more of them share what is fetched for a slot */
#define FEW 32 /* candidates, for whom it does not pay to look ahead */

struct narrow { /* something worked out for kinds of candidates and kinds of slots */
    const int32_t *candidates; /* (n) kind of each */
    const int32_t *slots;      /* (m) kind of each */
    const int32_t *steps;      /* (kinds of slots, kinds of candidates), weighted, or NO */
    int64_t width;             /* kinds of candidates */
    int64_t weight;            /* 1 */
};

struct rule { /* the kinds of candidates that kinds of slots refuse, a bit each */
    const int32_t *candidates;
    const int32_t *slots;
    const uint32_t *refused; /* (kinds of slots, words) */
    int64_t words;
    int64_t none;
};

struct wide { /* the same with so many kinds that it pays to keep it small */
    const int32_t *candidates;
    const int32_t *slots;
    const int16_t *steps; /* of one criterion, or below 0 */
    int64_t width;
    int64_t weight; /* what to multiply them by */
};

struct asked { /* the skills and licences that slots ask */
    const int64_t *start;  /* (m + 1) where the items of each slot begin */
    const int64_t *thing;  /* (items) what each is */
    const int64_t *column; /* (things) which row of kinds says who holds it */
    const uint16_t *kinds; /* (columns, n) */
    const int64_t *first;  /* (things) where its worth begins */
    const double *worth;   /* per thing and kind: weight x worth, -inf where a rule refuses it */
    const double *weight;  /* (m) of all items of a slot together */
    const int32_t *blank;  /* (m) weighted steps of a slot without items */
    int64_t weighs;        /* what the criterion weighs in the total */
};

struct journeys { /* to the phases of slots */
    const int64_t *start;     /* (m + 1) where the phases of each slot begin */
    const int64_t *place;     /* (phases) */
    const double *weight;     /* (phases) journeys that it takes */
    const uint8_t *is_on_site;
    const int32_t *kind;      /* (n) who is equally far from everywhere */
    const uint16_t *codes;    /* (places, kinds) how far it is */
    int64_t n_kinds;
    const double *worth;      /* (codes) */
    const uint16_t *sure;     /* (codes) rank of the minutes that it surely takes */
    const uint16_t *most;     /* (n) rank of the minutes that somebody travels at most */
    const double *total;      /* (m) weight of all phases of a slot */
    const int32_t *blank;     /* (m) weighted steps where that is 0 */
    int64_t weighs;
    const int32_t *alike;     /* (m) slots whose phases are in one place, by their weights; or -1 */
    const int32_t *steps;     /* (these, codes) weighted */
    int64_t n_codes;
};

struct needs { /* work conditions, a bit each */
    int64_t words;
    const uint64_t *wanted, *avoid, *must, *must_not; /* (words, n) */
    const uint64_t *yes, *no, *no_must, *no_must_not; /* (words, m) */
    const int32_t *row;   /* (n) where the steps begin for somebody with so many conditions */
    const int32_t *steps; /* by unknown and met, weighted */
    int64_t width;        /* of a row of the last */
};

struct named { /* slots, pilots and organisations that somebody wants, or does not want */
    const int64_t *start;      /* (m + 1) where the names of each slot begin */
    const int64_t *name;       /* which name */
    const int64_t *first;      /* (names + 1) where those who name it begin, in order */
    const int32_t *candidate;
    const int32_t *steps;      /* weighted; NO for who does not want it */
};

struct scored {
    int64_t n, m;
    const int32_t *start;  /* (n) what somebody has everywhere */
    const uint8_t *closed; /* (m) whether nobody can go there */
    int64_t n_rules;
    const struct rule *rules;
    int64_t n_narrow;
    const struct narrow *narrow;
    int64_t n_wide;
    const struct wide *wide;
    struct asked asked;
    struct journeys journeys;
    struct needs needs;
    struct named named;
    double neutral;
    int64_t total_weight;
    const double *half_per_best; /* (n) half over a candidate's best points, or 0; NULL: absolute */
    const int64_t *kept_start;   /* (m + 1) scores of possible pairs, slot by slot, where they fit; */
    const int32_t *kept_candidate; /* in order; else NULL */
    const int32_t *kept_score;
};

/* Some candidates at one slot, with what they get there so far; who is refused drops out. */
struct run {
    int64_t count;
    int32_t who[RUN];
    int32_t sum[RUN];
};

/* As in scoring.py: an unknown counts as neutral, and so does a mean of unknowns. */
static inline int32_t to_steps(double value, double neutral)
{
    int is_known = fabs(value - neutral) > 1e-12; /* nan is not */
    return (int32_t)rint(FULL * (is_known ? value : neutral));
}

static int64_t at_most(int64_t count, int64_t most) { return count < most ? count : most; }

/* Begin with those of `count` candidates from `first` on whom no rule on few kinds refuses. */
static void begin(const struct scored *s, int64_t first, int64_t count, int64_t slot,
                  struct run *run)
{
    uint32_t refused[RUN];
    memset(refused, 0, (size_t)count * sizeof *refused);
    for (const struct rule *t = s->rules; t < s->rules + s->n_rules; t++) {
        const uint32_t *words = t->refused + t->slots[slot] * t->words;
        const int32_t *kind = t->candidates + first;
        if (t->words == 1) {
            const uint32_t bits = words[0];
            for (int64_t i = 0; i < count; i++)
                refused[i] |= bits >> kind[i];
            continue;
        }
        for (uint32_t w = 0; w < t->words; w++) {
            const uint32_t bits = words[w];
            for (int64_t i = 0; i < count; i++) {
                uint32_t at = (uint32_t)kind[i];
                refused[i] |= at >> 5 == w ? bits >> (at & 31) : 0;
            }
        }
    }
    run->count = 0;
    for (int64_t i = 0; i < count; i++) {
        run->who[run->count] = (int32_t)(first + i);
        run->count += !(refused[i] & 1);
    }
    for (int64_t k = 0; k < run->count; k++)
        run->sum[k] = s->start[run->who[k]];
}

static void drop_refused(struct run *run)
{
    int64_t left = 0;
    for (int64_t k = 0; k < run->count; k++) {
        int32_t who = run->who[k], sum = run->sum[k];
        run->who[left] = who;
        run->sum[left] = sum;
        left += sum >= 0;
    }
    run->count = left;
}

static void add_narrow(const struct scored *s, int64_t slot, struct run *run)
{
    for (const struct narrow *t = s->narrow; t < s->narrow + s->n_narrow; t++) {
        const int32_t *row = t->steps + t->slots[slot] * t->width, *kind = t->candidates;
        for (int64_t k = 0; k < run->count; k++)
            run->sum[k] += row[kind[run->who[k]]];
    }
}

static void add_wide(const struct scored *s, int64_t slot, struct run *run)
{
    for (const struct wide *t = s->wide; t < s->wide + s->n_wide; t++) {
        const int16_t *row = t->steps + t->slots[slot] * t->width;
        const int32_t *kind = t->candidates, weight = (int32_t)t->weight;
        for (int64_t k = 0; k < run->count; k++) {
            int32_t steps = row[kind[run->who[k]]];
            run->sum[k] += steps < 0 ? NO : weight * steps;
        }
    }
}

static void add_asked(const struct scored *s, int64_t slot, struct run *run)
{
    const struct asked *a = &s->asked;
    const int64_t start = a->start[slot], end = a->start[slot + 1];
    double total[RUN];
    for (int64_t k = 0; k < run->count; k++)
        total[k] = 0.0;
    for (int64_t item = start; item < end; item++) {
        int64_t thing = a->thing[item];
        const uint16_t *kind = a->kinds + a->column[thing] * s->n;
        const double *worth = a->worth + a->first[thing];
        for (int64_t k = 0; k < run->count; k++)
            total[k] += worth[kind[run->who[k]]];
    }
    const double weight = start < end ? a->weight[slot] : 1.0, neutral = s->neutral;
    const int32_t weighs = (int32_t)a->weighs, blank = a->blank[slot];
    for (int64_t k = 0; k < run->count; k++) {
        double value = total[k] / weight;
        int32_t steps = weighs * to_steps(value < 0.0 ? 0.0 : value, neutral);
        run->sum[k] += start == end ? blank : value < 0.0 ? NO : steps;
    }
}

/* Where all phases are in one place, what it is worth follows from how far that is. */
static void add_journey(const struct scored *s, int64_t slot, struct run *run)
{
    const struct journeys *d = &s->journeys;
    const int64_t phase = d->start[slot];
    uint16_t on_site = 0;
    for (int64_t p = phase; p < d->start[slot + 1]; p++)
        on_site |= d->is_on_site[p] ? UINT16_MAX : 0;
    const int32_t *steps = d->steps + d->alike[slot] * d->n_codes;
    const uint16_t *codes = d->codes + d->place[phase] * d->n_kinds;
    for (int64_t k = 0; k < run->count; k++) {
        int32_t who = run->who[k];
        uint16_t code = codes[d->kind[who]], sure = d->sure[code] & on_site;
        run->sum[k] += sure > d->most[who] ? NO : steps[code];
    }
}

static void add_journeys(const struct scored *s, int64_t slot, struct run *run)
{
    const struct journeys *d = &s->journeys;
    double total[RUN];
    uint16_t longest[RUN];
    for (int64_t k = 0; k < run->count; k++) {
        total[k] = 0.0;
        longest[k] = 0;
    }
    for (int64_t phase = d->start[slot]; phase < d->start[slot + 1]; phase++) {
        const uint16_t *codes = d->codes + d->place[phase] * d->n_kinds;
        const double weight = d->weight[phase];
        const uint16_t on_site = d->is_on_site[phase] ? UINT16_MAX : 0;
        for (int64_t k = 0; k < run->count; k++) {
            uint16_t code = codes[d->kind[run->who[k]]], sure = d->sure[code] & on_site;
            total[k] += weight * d->worth[code];
            longest[k] = sure > longest[k] ? sure : longest[k];
        }
    }
    const int32_t weighs = (int32_t)d->weighs, blank = d->blank[slot];
    const double weight = d->total[slot] > 0.0 ? d->total[slot] : 1.0;
    for (int64_t k = 0; k < run->count; k++) {
        int32_t steps = weighs * to_steps(total[k] / weight, s->neutral);
        steps = d->total[slot] > 0.0 ? steps : blank;
        run->sum[k] += longest[k] > d->most[run->who[k]] ? NO : steps;
    }
}

static void add_needs(const struct scored *s, int64_t slot, struct run *run)
{
    const struct needs *d = &s->needs;
    int32_t at[RUN];
    for (int64_t k = 0; k < run->count; k++)
        at[k] = d->row[run->who[k]];
    for (int64_t w = 0; w < d->words; w++) {
        const uint64_t *wanted = d->wanted + w * s->n, *avoid = d->avoid + w * s->n;
        const uint64_t *must = d->must + w * s->n, *must_not = d->must_not + w * s->n;
        const int64_t there = w * s->m + slot;
        const uint64_t yes = d->yes[there], no = d->no[there], unknown = ~(yes | no);
        const uint64_t no_must = d->no_must[there], no_must_not = d->no_must_not[there];
        const int32_t width = (int32_t)d->width;
        for (int64_t k = 0; k < run->count; k++) {
            int32_t who = run->who[k];
            int32_t met = __builtin_popcountll((wanted[who] & yes) | (avoid[who] & no));
            int32_t open = __builtin_popcountll((wanted[who] | avoid[who]) & unknown);
            at[k] += width * open + met;
            run->sum[k] += (must[who] & no_must) | (must_not[who] & no_must_not) ? NO : 0;
        }
    }
    for (int64_t k = 0; k < run->count; k++)
        run->sum[k] += d->steps[at[k]];
}

static int64_t first_from(const int32_t *sorted, int64_t low, int64_t high, int64_t from)
{
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (sorted[middle] < from) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* Those who name the slot are in order, and so is who is left: few meet many. */
static void add_named(const struct scored *s, int64_t slot, struct run *run)
{
    const struct named *d = &s->named;
    int32_t best[RUN];
    int found = 0;
    for (int64_t x = d->start[slot]; x < d->start[slot + 1] && run->count; x++) {
        int64_t name = d->name[x], end = d->first[name + 1], k = 0;
        int64_t e = first_from(d->candidate, d->first[name], end, run->who[0]);
        for (; e < end && d->candidate[e] <= run->who[run->count - 1]; e++) {
            k = first_from(run->who, k, run->count, d->candidate[e]);
            if (run->who[k] != d->candidate[e]) continue;
            if (!found) memset(best, 0, (size_t)run->count * sizeof *best);
            found = 1;
            /* The dearest wish counts, unless somebody does not want to be there at all. */
            int32_t steps = d->steps[e];
            if (steps < 0 || (best[k] >= 0 && steps > best[k])) best[k] = steps;
        }
    }
    for (int64_t k = 0; found && k < run->count; k++)
        run->sum[k] += best[k];
}

/* Have what the next slot needs come nearer meanwhile: most callers read slots in turn. */
static void fetch(const struct scored *s, int64_t slot)
{
    enum { LINE = 64, FAR = 8192 }; /* bytes */
    for (const struct narrow *t = s->narrow; t < s->narrow + s->n_narrow; t++) {
        const char *row = (const char *)(t->steps + t->slots[slot] * t->width);
        for (int64_t k = 0; k < 4 * t->width; k += LINE)
            __builtin_prefetch(row + k);
    }
    for (const struct wide *t = s->wide; t < s->wide + s->n_wide; t++) {
        const char *row = (const char *)(t->steps + t->slots[slot] * t->width);
        for (int64_t k = 0; k < at_most(2 * t->width, FAR); k += LINE)
            __builtin_prefetch(row + k);
    }
    for (int64_t item = s->asked.start[slot]; item < s->asked.start[slot + 1]; item++)
        __builtin_prefetch(s->asked.worth + s->asked.first[s->asked.thing[item]]);
}

static void travel(const struct scored *s, int64_t slot, struct run *run)
{
    if (s->journeys.alike[slot] >= 0) add_journey(s, slot, run);
    else add_journeys(s, slot, run);
    drop_refused(run);
}

/* What takes longest, for who is left. */
static void finish(const struct scored *s, int64_t slot, struct run *run)
{
    add_needs(s, slot, run);
    drop_refused(run);
    add_asked(s, slot, run);
    add_named(s, slot, run);
    drop_refused(run);
}

/* Leave in `run` the candidates whom a slot does not refuse, with their weighted steps. */
static void add_up(const struct scored *s, int64_t first, int64_t count, int64_t slot,
                   struct run *run)
{
    run->count = 0;
    if (s->closed[slot]) return;
    if (count > FEW && slot + 1 < s->m) fetch(s, slot + 1);
    begin(s, first, count, slot, run);
    travel(s, slot, run);
    add_narrow(s, slot, run);
    add_wide(s, slot, run);
    finish(s, slot, run);
}

/* Half a step is added, so that no quotient lies where a last bit could matter. */
static inline int32_t to_points(const struct scored *s, int32_t sum)
{
    return (int32_t)((2.0 * sum + (double)s->total_weight + 0.5) * (0.5 / (double)s->total_weight));
}

/* From points to a score: the same, or relative to the best that a candidate can get. */
static inline int32_t compare(const struct scored *s, int32_t points, int64_t candidate)
{
    if (s->half_per_best == NULL) return points;
    double half = s->half_per_best[candidate];
    return (int32_t)(2.0 * FULL * points * half + 0.5 + 0.5 * half);
}

static inline int32_t to_score(const struct scored *s, int32_t sum, int64_t candidate)
{
    return compare(s, to_points(s, sum), candidate);
}

/* The scores of `count` candidates from `first` on for one slot, as top.h asks. */
void layers_block(const void *context, int64_t first, int64_t count, int64_t slot, int32_t *out)
{
    const struct scored *s = context;
    struct run run;
    for (int64_t i = 0; i < count; i++)
        out[i] = REFUSED;
    if (s->kept_start != NULL) {
        int64_t end = s->kept_start[slot + 1];
        int64_t e = first_from(s->kept_candidate, s->kept_start[slot], end, first);
        for (; e < end && s->kept_candidate[e] < first + count; e++)
            out[s->kept_candidate[e] - first] = s->kept_score[e];
        return;
    }
    for (int64_t done = 0; done < count; done += RUN) {
        add_up(s, first + done, at_most(count - done, RUN), slot, &run);
        for (int64_t k = 0; k < run.count; k++)
            out[run.who[k] - first] = to_score(s, run.sum[k], run.who[k]);
    }
}

/* Whether a slot refuses all these candidates, told without looking at them. */
int32_t layers_skips(const void *context, int64_t first, int64_t count, int64_t slot)
{
    (void)first, (void)count;
    return ((const struct scored *)context)->closed[slot];
}

/* The best points of `count` candidates from `first` on; -1 for who can go nowhere. */
void layers_best(const void *context, int64_t first, int64_t count, int32_t *best)
{
    const struct scored *s = context;
    struct run run;
    for (int64_t i = 0; i < count; i++)
        best[i] = -1;
    for (int64_t done = 0; done < count; done += RUN)
        for (int64_t slot = 0; slot < s->m; slot++) {
            add_up(s, first + done, at_most(count - done, RUN), slot, &run);
            for (int64_t k = 0; k < run.count; k++) {
                int32_t *own = &best[run.who[k] - first];
                *own = run.sum[k] > *own ? run.sum[k] : *own;
            }
        }
    for (int64_t i = 0; i < count; i++)
        best[i] = best[i] < 0 ? -1 : to_points(s, best[i]);
}

/*
 * Keep the points of all possible pairs of the slots from `slot` up to `end`, and the best of each
 * candidate so far. Returns `end`, or the slot at which more than `most` would be kept.
 */
int64_t layers_keep(const void *context, int64_t slot, int64_t end, int64_t most, int64_t *start,
                    int32_t *candidate, int32_t *points, int32_t *best)
{
    const struct scored *s = context;
    struct run run;
    for (; slot < end; slot++) {
        int64_t kept = start[slot];
        for (int64_t first = 0; first < s->n; first += RUN) {
            add_up(s, first, at_most(s->n - first, RUN), slot, &run);
            if (kept + run.count > most) return slot;
            for (int64_t k = 0; k < run.count; k++, kept++) {
                int32_t who = run.who[k], own = to_points(s, run.sum[k]);
                candidate[kept] = who;
                points[kept] = own;
                best[who] = own > best[who] ? own : best[who];
            }
        }
        start[slot + 1] = kept;
    }
    return slot;
}

/* Turn kept points into scores, now that everybody's best is known. */
void layers_compare(const void *context, int64_t count, const int32_t *candidate, int32_t *points)
{
    const struct scored *s = context;
    for (int64_t e = 0; e < count; e++)
        points[e] = compare(s, points[e], candidate[e]);
}

/* The other way round: one candidate, and the slots that are left. */
struct row {
    int64_t count;
    int32_t *slot;
    int32_t *sum;
};

/* Drop the slots where the last table gave NO. */
static void drop_slots(struct row *row)
{
    int64_t left = 0;
    for (int64_t k = 0; k < row->count; k++) {
        int32_t slot = row->slot[k], sum = row->sum[k];
        row->slot[left] = slot;
        row->sum[left] = sum;
        left += sum >= 0;
    }
    row->count = left;
}

static void look_along(const struct scored *s, int64_t candidate, struct row *row)
{
    row->count = 0;
    for (int64_t j = 0; j < s->m; j++) {
        row->slot[row->count] = (int32_t)j;
        row->sum[row->count] = s->start[candidate];
        row->count += !s->closed[j];
    }
    for (const struct rule *t = s->rules; t < s->rules + s->n_rules; t++) {
        const uint32_t kind = (uint32_t)t->candidates[candidate], bit = kind & 31;
        const uint32_t *words = t->refused + (kind >> 5);
        for (int64_t k = 0; k < row->count; k++)
            row->sum[k] = words[t->slots[row->slot[k]] * t->words] >> bit & 1 ? NO : row->sum[k];
        drop_slots(row);
    }
    for (const struct wide *t = s->wide; t < s->wide + s->n_wide; t++) {
        const int16_t *steps = t->steps + t->candidates[candidate];
        for (int64_t k = 0; k < row->count; k++) {
            int32_t own = steps[t->slots[row->slot[k]] * t->width];
            row->sum[k] = own < 0 ? NO : row->sum[k] + (int32_t)t->weight * own;
        }
        drop_slots(row);
    }
    for (const struct narrow *t = s->narrow; t < s->narrow + s->n_narrow; t++) {
        const int32_t *steps = t->steps + t->candidates[candidate];
        for (int64_t k = 0; k < row->count; k++)
            row->sum[k] += steps[t->slots[row->slot[k]] * t->width];
    }
    drop_slots(row);
}

/*
 * The scores of some candidates for every slot: out is (count, m), and slots and sums have room for
 * m numbers each.
 */
void layers_rows(const void *context, const int64_t *candidates, int64_t count, int32_t *slots,
                 int32_t *sums, int32_t *out)
{
    const struct scored *s = context;
    struct row row = {0, slots, sums};
    struct run one;
    for (int64_t r = 0; r < count; r++) {
        int32_t *scores = out + r * s->m;
        for (int64_t j = 0; j < s->m; j++)
            scores[j] = REFUSED;
        look_along(s, candidates[r], &row);
        for (int64_t k = 0; k < row.count; k++) {
            one.count = 1;
            one.who[0] = (int32_t)candidates[r];
            one.sum[0] = row.sum[k];
            travel(s, row.slot[k], &one);
            finish(s, row.slot[k], &one);
            if (one.count) scores[row.slot[k]] = to_score(s, one.sum[0], candidates[r]);
        }
    }
}

/* The scores of `count` candidates from `first` on for some slots: out is (count, n_slots). */
void layers_rectangle(const void *context, int64_t first, int64_t count, const int64_t *slots,
                      int64_t n_slots, int32_t *out)
{
    enum { AT_ONCE = 16, ROWS = 256 };
    int32_t columns[AT_ONCE][ROWS];
    for (int64_t done = 0; done < count; done += ROWS) {
        int64_t here = at_most(count - done, ROWS);
        for (int64_t j = 0; j < n_slots; j += AT_ONCE) {
            int64_t some = at_most(n_slots - j, AT_ONCE);
            for (int64_t k = 0; k < some; k++)
                layers_block(context, first + done, here, slots[j + k], columns[k]);
            for (int64_t i = 0; i < here; i++)
                for (int64_t k = 0; k < some; k++)
                    out[(done + i) * n_slots + j + k] = columns[k][i];
        }
    }
}

struct share {
    const double *const *values; /* a layer per criterion */
    const int64_t *weights;
    int64_t n_criteria, n_pairs;
    double neutral;
    int64_t total_weight;
    int64_t *points; /* to be filled: of each pair, and of each criterion and pair */
    int64_t *parts;
};

/*
 * Share points out over criteria, by largest remainder: who lost most by rounding down gets a point
 * back, and among equals the first.
 */
void layers_share(const struct share *s)
{
    enum { MOST = 64 };
    const int64_t k = s->n_criteria, n = s->n_pairs;
    const uint32_t total = (uint32_t)s->total_weight; /* 32 bits divide sooner, and hold 2e8 */
    int32_t rest[MOST];
    for (int64_t i = 0; i < n; i++) {
        uint32_t sum = 0, shared = 0;
        for (int64_t c = 0; c < k; c++) {
            uint32_t steps = (uint32_t)to_steps(s->values[c][i], s->neutral);
            uint32_t weighted = (uint32_t)s->weights[c] * steps, part = weighted / total;
            sum += weighted;
            shared += part;
            s->parts[c * n + i] = part;
            rest[c] = (int32_t)(weighted - part * total);
        }
        uint32_t points = (2 * sum + total) / (2 * total);
        s->points[i] = points;
        for (; shared < points; shared++) {
            int64_t most = 0;
            for (int64_t c = 1; c < k; c++)
                if (rest[c] > rest[most]) most = c;
            rest[most] = -1;
            s->parts[most * n + i]++;
        }
    }
}
