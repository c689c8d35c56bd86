/*
 * Side rules at scale: prices for people, and plans made and mended with them.
 *
 * Everybody has a price. Given the prices, each slot takes for itself the people who are worth most
 * beyond their price, within its seats and hours: a small knapsack, solved exactly (`fill`). What the
 * slots add up to, plus all prices, bounds every plan. Prices move to where the bound is lowest by
 * the volume algorithm, which also averages what the slots chose (`descend`). A dive fixes the arcs
 * that the averages agree on, a few at a time, and lowers the bound of what is left (`fix`). Mending
 * takes a few neighbouring slots apart, and where their own bound leaves room for something better,
 * dives again into them alone (`mend`).
 *
 * Barahona, F. and Anbil, R. (2000). The volume algorithm. Mathematical Programming 87(3).
 * Savelsbergh, M. (1997). A branch-and-price algorithm for the generalized assignment problem.
 * Operations Research 45(6). Sadykov, R. et al. (2019). Primal heuristics for branch and price.
 * INFORMS Journal on Computing 31(2).
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NO_LIMIT INT64_MAX
#define INFINITE 1e300
#define MOST_PIECES 32 /* of memory in one call; `side_mend` takes the most, 29 */

/* Kinds of rows. */
enum {
    PRICED,      /* low <= load <= high, and it has a price */
    HARD,        /* low <= load <= high, kept by plans only */
    IF_OPEN,     /* low <= load where the row `open` is used at all */
    ALL_OR_NONE, /* load is 0 or high */
};

/* What does not change. Arcs lie slot after slot; a unit is a person, or people kept together. */
typedef struct {
    int64_t n_units, n_slots, n_arcs, n_rows;
    const int64_t *start;       /* n_slots + 1; first arc of each slot */
    const int32_t *unit, *slot; /* of each arc */
    const int64_t *value;       /* of each arc, in fine steps */
    const int32_t *draw;        /* of each arc, of the slot's room */
    const int32_t *size;        /* seats that an arc takes */
    const int32_t *marks;       /* what an arc counts for the slot's own limit */
    const int64_t *of_start;    /* n_units + 1 */
    const int32_t *of;          /* arcs of each unit */
    const int64_t *use_start;   /* n_arcs + 1 */
    const int32_t *use_row;     /* rows that an arc loads, and by how much */
    const int64_t *use_amount;
    const int64_t *low, *high; /* of each row; -NO_LIMIT and NO_LIMIT for none */
    const int32_t *kind, *open;
    const volatile int32_t *halt; /* not 0 once what takes long has to end */
} Field;

/* A plan: what is left, who is where. */
typedef struct {
    int32_t *seats, *room, *most; /* left in each slot */
    int64_t *load;                /* of each row */
    int32_t *chosen;              /* arc of each unit, -1 for none */
    const uint8_t *barred;        /* units that stay as they are */
} Standing;

/* A descent of the bound. */
typedef struct {
    double *price, *row_price;           /* now */
    double *best_price, *best_row_price; /* where the bound was lowest */
    double *slope, *row_slope;           /* smoothed subgradient */
    double *average;                     /* how often each arc was chosen lately */
    const double *row_unit, *row_scale;  /* what one person uses of a row; how many it is about */
    const double *row_most;              /* no price is larger, so that 64 bits suffice */
    double lowest, speed, reach;
    int64_t rounds, since;
} Descent;

/* The slots and units that a descent or a dive is about. */
typedef struct {
    int32_t *slots, *units, *rows;
    int64_t n_slots, n_units, n_rows;
    uint8_t *is_free; /* by unit */
} Part;

typedef struct {
    int64_t profit;
    int32_t draw, size, marks, arc;
} Item;

typedef struct {
    double key;
    int32_t arc;
} Ranked;

/* Room to work in: all memory of one call, given back at once. When there is none left, `is_out`
 * says so, what is under way ends soon with rubbish, and the call answers -1. */
typedef struct {
    void *pieces[MOST_PIECES];
    int32_t n_pieces, is_out;
    int32_t most_seats, most_room;
    int64_t *table;
    size_t table_size, keep_size;
    uint8_t *keep, *is_in;
    Item *items, *rest, *bins;
    int32_t *in_bin, *picked, *order, *held;
    double *net, *hour_price; /* the last one of each slot */
    size_t *offset;
    int64_t *whole_price, *whole_row_price, *worth;
    double *used;
    int32_t *count, *arcs;
    Ranked *ranked;
} Desk;

/* Chosen by trying on the study's instances, with mild and tight side rules, up to 10,000 x 1,000;
 * they decide how soon a bound is low and a plan good, and can make neither wrong. */
#define BLEND 0.1      /* share of the newest choice in the averages */
#define SMOOTH 0.3     /* share of the newest subgradient in the slope */
#define PATIENCE 5     /* rounds without progress before steps get shorter */
#define SHORTER 0.8    /* by how much they do */
#define PROGRESS 1e-6  /* share of the bound that it has to fall to count as progress */
#define AGREED 0.97    /* an average from here on is as good as whole */
#define SEEN 0.02      /* below this an average is noise */
#define HALVINGS 9     /* of the interval that holds the price of hours */
#define FEW_HALVINGS 4 /* of the interval around the last one */
#define NEAR 1.3       /* how far that one reaches, as a factor */
#define SWAPS 12       /* at most, of people in a slot, for a choice to start from */

static uint64_t next_random(uint64_t *state) {
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static int64_t below(uint64_t *state, int64_t n) {
    return (int64_t)(next_random(state) % (uint64_t)n);
}

static int64_t whole(double x) { return (int64_t)(x < 0 ? x - 0.5 : x + 0.5); }

static int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }

/* A piece of memory, all 0. */
static void *take(Desk *d, size_t count, size_t size) {
    void *piece = d->is_out || d->n_pieces == MOST_PIECES ? NULL : calloc(count, size);
    if (piece)
        d->pieces[d->n_pieces++] = piece;
    else
        d->is_out = 1;
    return piece;
}

/* Give everything back; returns the answer of a call, or -1 when memory ran out. */
static int64_t leave(Desk *d, int64_t answer) {
    for (int32_t k = 0; k < d->n_pieces; k++) free(d->pieces[k]);
    free(d->table), free(d->keep);
    return d->is_out ? -1 : answer;
}

static void open_desk(Desk *d, const Field *f, const int32_t *seats, const int32_t *room) {
    int64_t items = 0;
    for (int64_t j = 0; j < f->n_slots; j++) {
        if (seats[j] > d->most_seats) d->most_seats = seats[j];
        if (room[j] > d->most_room) d->most_room = room[j];
        if (f->start[j + 1] - f->start[j] > items) items = f->start[j + 1] - f->start[j];
    }
    size_t k = (size_t)items + 1, bins = 2 * ((size_t)d->most_room + 1);
    size_t arcs = (size_t)f->n_arcs + 1, units = (size_t)f->n_units + 1;
    size_t rows = (size_t)f->n_rows + 1;
    d->items = take(d, k, sizeof(Item));
    d->rest = take(d, k, sizeof(Item));
    d->bins = take(d, bins, sizeof(Item) * ((size_t)d->most_seats + 1));
    d->in_bin = take(d, bins, sizeof(int32_t));
    d->picked = take(d, k, sizeof(int32_t));
    d->order = take(d, k + 1, sizeof(int32_t));
    d->held = take(d, k, sizeof(int32_t));
    d->is_in = take(d, k, 1);
    d->net = take(d, k, sizeof(double));
    d->offset = take(d, k, sizeof(size_t));
    d->hour_price = take(d, (size_t)f->n_slots + 1, sizeof(double));
    d->whole_price = take(d, units, sizeof(int64_t));
    d->whole_row_price = take(d, rows, sizeof(int64_t));
    d->worth = take(d, arcs, sizeof(int64_t));
    d->used = take(d, rows, sizeof(double));
    d->count = take(d, units, sizeof(int32_t));
    d->arcs = take(d, arcs, sizeof(int32_t));
    d->ranked = take(d, arcs, sizeof(Ranked));
}

/* A table at least so large, without what it held. */
static void *grown(Desk *d, void *table, size_t *size, size_t wanted) {
    if (wanted <= *size) return table;
    free(table);
    table = malloc(wanted);
    *size = table ? wanted : 0;
    if (!table) d->is_out = 1;
    return table;
}

/* One slot, filled exactly */

static void add_item(int64_t *restrict to, const int64_t *restrict from, uint8_t *restrict keep,
                     int64_t profit, int32_t n) {
    for (int32_t h = 0; h < n; h++) {
        int64_t with = from[h] + profit;
        keep[h] = with > to[h];
        to[h] = with > to[h] ? with : to[h];
    }
}

/* The best of `n` items by dynamic programming over marks, seats and room; those without marks
 * come first. Leaves positions in `picked`; returns how many. */
static int32_t by_table(Desk *d, const Item *items, int32_t n, int32_t seats, int32_t room,
                        int32_t marks, int64_t *worth) {
    int32_t n_plain = 0, all_marks = 0;
    for (int32_t i = 0; i < n; i++) {
        n_plain += items[i].marks == 0;
        all_marks += items[i].marks;
    }
    marks = smaller(marks, all_marks);
    size_t width = (size_t)room + 1, plane = ((size_t)seats + 1) * width;
    size_t cells = plane * ((size_t)marks + 1);
    size_t kept = plane * ((size_t)n_plain + (size_t)(n - n_plain) * ((size_t)marks + 1));
    d->table = grown(d, d->table, &d->table_size, sizeof(int64_t) * (cells + width));
    d->keep = grown(d, d->keep, &d->keep_size, kept);
    *worth = 0;
    if (d->is_out) return 0;
    memset(d->table, 0, sizeof(int64_t) * plane);
    if (n_plain == 0)
        for (int32_t t = 1; t <= marks; t++) memset(d->table + t * plane, 0, sizeof(int64_t) * plane);
    size_t at = 0;
    for (int32_t i = 0; i < n; i++) {
        const Item *x = items + i;
        int is_marked = i >= n_plain;
        if (i == n_plain && i > 0)
            for (int32_t t = 1; t <= marks; t++)
                memcpy(d->table + t * plane, d->table, sizeof(int64_t) * plane);
        d->offset[i] = at;
        for (int32_t t = is_marked ? marks : 0; t >= x->marks; t--)
            for (int32_t c = seats; c >= x->size; c--) {
                int64_t *row = d->table + t * plane + c * width, *without = d->table + cells;
                if (x->size == 0 && x->marks == 0)
                    memcpy(without, row, sizeof(int64_t) * width); /* else counted twice */
                else
                    without = d->table + (t - x->marks) * plane + (c - x->size) * width;
                add_item(row + x->draw, without, d->keep + at + t * plane + c * width + x->draw,
                         x->profit, room - x->draw + 1);
            }
        at += is_marked ? plane * ((size_t)marks + 1) : plane;
    }
    int32_t c = seats, h = room, t = marks, k = 0;
    *worth = d->table[t * plane + c * width + h];
    for (int32_t i = n - 1; i >= 0; i--) {
        const Item *x = items + i;
        if (t < x->marks || c < x->size || h < x->draw) continue;
        size_t cell = d->offset[i] + (i >= n_plain ? t * plane : 0) + c * width + h;
        if (!d->keep[cell]) continue;
        d->picked[k++] = i;
        c -= x->size, h -= x->draw, t -= x->marks;
    }
    return k;
}

/* Order the items of the largest nets above 0, at most `seats`; returns how many. */
static int32_t rank(Desk *d, const Item *items, int32_t n, int32_t seats, double hour_price) {
    int32_t k = 0;
    for (int32_t i = 0; i < n; i++) {
        double net = (double)items[i].profit - hour_price * items[i].draw;
        d->net[i] = net;
        if (net <= 0 || (k == seats && net <= d->net[d->order[seats - 1]])) continue;
        int32_t q = k < seats ? k++ : seats - 1;
        for (; q > 0 && d->net[d->order[q - 1]] < net; q--) d->order[q] = d->order[q - 1];
        d->order[q] = i;
    }
    return k;
}

/* A good choice: the `k` ranked as far as they fit, then whatever is added or swapped with gain. */
static int64_t by_swaps(Desk *d, const Item *items, int32_t n, int32_t k, int32_t seats,
                        int32_t room, int32_t marks) {
    int32_t held = 0;
    int64_t total = 0;
    memset(d->is_in, 0, (size_t)n);
    for (int32_t q = 0; q < k; q++) {
        const Item *x = items + d->order[q];
        if (x->draw > room || x->marks > marks) continue;
        d->held[held++] = d->order[q];
        d->is_in[d->order[q]] = 1;
        room -= x->draw, marks -= x->marks, total += x->profit;
    }
    for (int pass = 0; pass < SWAPS; pass++) {
        int64_t gain = 0;
        int32_t out = -1, in = -1;
        for (int32_t i = 0; held < seats && i < n; i++)
            if (!d->is_in[i] && items[i].draw <= room && items[i].marks <= marks &&
                items[i].profit > gain)
                gain = items[i].profit, in = i;
        for (int32_t q = 0; in < 0 && q < held; q++) {
            const Item *x = items + d->held[q];
            int32_t space = room + x->draw, left = marks + x->marks;
            int64_t level = x->profit + gain;
            int32_t found = -1;
            for (int32_t i = 0; i < n; i++)
                if (items[i].profit > level && !d->is_in[i] && items[i].draw <= space &&
                    items[i].marks <= left)
                    level = items[i].profit, found = i;
            if (found >= 0) gain = level - x->profit, out = q + 1, d->held[held] = found;
        }
        if (in < 0 && out < 0) break;
        if (in < 0) {
            const Item *x = items + d->held[out - 1];
            in = d->held[held];
            d->is_in[d->held[out - 1]] = 0;
            room += x->draw, marks += x->marks;
            d->held[out - 1] = in;
        } else {
            d->held[held++] = in;
        }
        d->is_in[in] = 1;
        room -= items[in].draw, marks -= items[in].marks, total += gain;
    }
    return total;
}

/* The price of an hour at which the linear bound is lowest, roughly, near the one given if that is
 * not 0; returns the bound. */
static double price_hours(Desk *d, const Item *items, int32_t n, int32_t seats, int32_t room,
                          double bound, double *price) {
    double low = *price / NEAR, high = *price * NEAR;
    int steps = FEW_HALVINGS;
    if (high <= 0) {
        steps = HALVINGS;
        for (int32_t i = 0; i < n; i++)
            if (items[i].draw > 0 && (double)items[i].profit / items[i].draw > high)
                high = (double)items[i].profit / items[i].draw;
    }
    *price = 0;
    for (int step = 0; step < steps; step++) {
        double middle = 0.5 * (low + high), total = middle * room;
        int64_t hours = 0;
        int32_t k = rank(d, items, n, seats, middle);
        for (int32_t q = 0; q < k; q++) {
            hours += items[d->order[q]].draw;
            total += d->net[d->order[q]];
        }
        if (total < bound) bound = total, *price = middle;
        if (hours > room)
            low = middle;
        else
            high = middle;
    }
    return bound;
}

/* The best choice among `d->items`: exact. Leaves arcs in `picked`; returns how many. */
static int32_t fill(Desk *d, int32_t n, int32_t seats, int32_t room, int32_t marks, int all_single,
                    double *hour_price, int64_t *worth) {
    Item *items = d->items;
    int32_t n_forced = 0, k;
    int64_t forced_worth = 0;
    *worth = 0;
    if (n == 0 || seats <= 0) return 0;
    if (all_single) {
        int64_t hours = 0, marked = 0, total = 0;
        k = rank(d, items, n, seats, 0);
        for (int32_t q = 0; q < k; q++) {
            const Item *x = items + d->order[q];
            hours += x->draw, marked += x->marks, total += x->profit;
        }
        if (hours <= room && marked <= marks) {
            for (int32_t q = 0; q < k; q++) d->picked[q] = items[d->order[q]].arc;
            *worth = total;
            return k;
        }
        double bound = (double)total;
        if (hours > room) bound = price_hours(d, items, n, seats, room, bound, hour_price);
        k = rank(d, items, n, seats, hours > room ? *hour_price : 0);
        int64_t good = by_swaps(d, items, n, k, seats, room, marks);
        /* Whatever costs more than this to force in or out is settled; with room for rounding. */
        double slack = bound - (double)good + 2.0 + 1e-9 * bound;
        double last = k == seats ? d->net[d->order[k - 1]] : 0, next = 0;
        memset(d->is_in, 0, (size_t)n);
        for (int32_t q = 0; q < k; q++) d->is_in[d->order[q]] = 1;
        for (int32_t i = 0; i < n; i++)
            if (!d->is_in[i] && d->net[i] > next) next = d->net[i];
        int32_t left = 0;
        for (int32_t i = 0; i < n; i++) {
            const Item *x = items + i;
            if (d->is_in[i] && d->net[i] - next > slack) {
                d->held[n_forced++] = x->arc;
                seats--, room -= x->draw, marks -= x->marks, forced_worth += x->profit;
            } else if (d->is_in[i] || last - d->net[i] <= slack) {
                d->rest[left++] = *x;
            }
        }
        items = d->rest;
        n = left;
    }
    k = 0;
    if (n > 0 && seats > 0) {
        int64_t wanted = 0;
        for (int32_t i = 0; i < n; i++) wanted += items[i].size;
        if (wanted <= seats) {
            /* Seats for all: they need not be counted, which saves a dimension. */
            for (int32_t i = 0; i < n; i++) items[i].size = 0;
            seats = 0;
        }
        /* First as if nobody had marks: the slot's own limit seldom matters. */
        int32_t marked = 0;
        for (int32_t i = 0; i < n; i++) marked += items[i].marks;
        if (marked > marks) {
            Item *other = items == d->items ? d->rest : d->items;
            memcpy(other, items, sizeof(Item) * (size_t)n);
            for (int32_t i = 0; i < n; i++) other[i].marks = 0;
            k = by_table(d, other, n, seats, room, 0, worth);
            marked = 0;
            for (int32_t q = 0; q < k; q++) marked += items[d->picked[q]].marks;
            if (marked > marks) {
                int32_t at = 0;
                for (int32_t i = 0; i < n; i++)
                    if (items[i].marks == 0) other[at++] = items[i];
                for (int32_t i = 0; i < n; i++)
                    if (items[i].marks > 0) other[at++] = items[i];
                items = other;
                k = by_table(d, items, n, seats, room, marks, worth);
            }
        } else {
            Item *other = items == d->items ? d->rest : d->items;
            memcpy(other, items, sizeof(Item) * (size_t)n);
            for (int32_t i = 0; i < n; i++) other[i].marks = 0;
            items = other;
            k = by_table(d, items, n, seats, room, 0, worth);
        }
        for (int32_t q = 0; q < k; q++) d->picked[q] = items[d->picked[q]].arc;
    }
    for (int32_t q = 0; q < n_forced; q++) d->picked[k++] = d->held[q];
    *worth += forced_worth;
    return k;
}

/* The items of a slot; of those who draw and count alike only as many as fit. */
static int32_t gather(Desk *d, const Field *f, int64_t j, int32_t seats, int32_t room,
                      int32_t marks, const int64_t *price, const uint8_t *is_free,
                      int *all_single) {
    int32_t n = 0;
    size_t n_bins = 2 * ((size_t)room + 1), depth = (size_t)d->most_seats + 1;
    memset(d->in_bin, 0, sizeof(int32_t) * n_bins);
    *all_single = 1;
    for (int64_t a = f->start[j]; a < f->start[j + 1]; a++) {
        int32_t i = f->unit[a], draw = f->draw[a], size = f->size[a], mark = f->marks[a];
        int64_t profit = d->worth[a] - price[i];
        if (profit <= 0 || !is_free[i] || draw > room || size > seats || mark > marks) continue;
        Item x = {profit, draw, size, mark, (int32_t)a};
        if (size > 1) {
            *all_single = 0;
            d->items[n++] = x;
            continue;
        }
        int32_t most = draw ? smaller(seats, room / draw) : seats;
        if (mark) most = smaller(most, marks / mark);
        size_t bin = 2 * (size_t)draw + (size_t)mark;
        int32_t k = d->in_bin[bin];
        Item *in = d->bins + bin * depth;
        if (k == most) {
            if (profit <= in[k - 1].profit) continue;
            k--;
        } else {
            d->in_bin[bin]++;
        }
        for (; k > 0 && in[k - 1].profit < profit; k--) in[k] = in[k - 1];
        in[k] = x;
    }
    for (size_t bin = 0; bin < n_bins; bin++)
        for (int32_t k = 0; k < d->in_bin[bin]; k++) d->items[n++] = d->bins[bin * depth + (size_t)k];
    return n;
}

/* Fill each slot for itself: arcs one slot after the other, and what each is worth. */
static double fill_slots(Desk *d, const Field *f, const Standing *s, const int32_t *slots,
                         int64_t n_slots, const int64_t *price, const uint8_t *is_free,
                         int64_t *best, int64_t *n_arcs) {
    double total = 0;
    *n_arcs = 0;
    for (int64_t o = 0; o < n_slots; o++) {
        int64_t j = slots[o], worth = 0;
        int32_t seats = s->seats[j], k = 0;
        if (seats > 0) {
            int all_single;
            int32_t n = gather(d, f, j, seats, s->room[j], s->most[j], price, is_free, &all_single);
            k = fill(d, n, seats, s->room[j], s->most[j], all_single, d->hour_price + j, &worth);
        }
        for (int32_t q = 0; q < k; q++) d->arcs[(*n_arcs)++] = d->picked[q];
        if (best) best[j] = worth;
        total += (double)worth;
    }
    return total;
}

/* What arcs are worth once they paid for the rows that they load. */
static void pay_rows(Desk *d, const Field *f, const int32_t *slots, int64_t n_slots,
                     const int64_t *row_price) {
    for (int64_t o = 0; o < n_slots; o++)
        for (int64_t a = f->start[slots[o]]; a < f->start[slots[o] + 1]; a++) {
            int64_t worth = f->value[a];
            for (int64_t k = f->use_start[a]; k < f->use_start[a + 1]; k++)
                worth -= f->use_amount[k] * row_price[f->use_row[k]];
            d->worth[a] = worth;
        }
}

/* Lowering the bound */

/* A row may only cost where it has an upper limit, and only pay where it has a lower one. */
static double allowed(const Field *f, const Descent *t, int64_t r, double price) {
    if (price > 0 && f->high[r] == NO_LIMIT) return 0;
    if (price < 0 && f->low[r] == -NO_LIMIT) return 0;
    if (price > t->row_most[r]) return t->row_most[r];
    return price < -t->row_most[r] ? -t->row_most[r] : price;
}

static double row_slope(const Field *f, int64_t r, double price, double used) {
    double low = f->low[r] == -NO_LIMIT ? -INFINITE : (double)f->low[r];
    double high = f->high[r] == NO_LIMIT ? INFINITE : (double)f->high[r];
    if (price > 0) return high - used;
    if (price < 0) return low - used;
    return used > high ? high - used : used < low ? low - used : 0;
}

/* Evaluate the bound at the present prices; what the slots choose goes into the averages. */
static double evaluate(Desk *d, const Field *f, const Standing *s, const Part *part, Descent *t) {
    double bound = 0;
    int64_t n_arcs;
    for (int64_t x = 0; x < part->n_units; x++) {
        int32_t i = part->units[x];
        d->whole_price[i] = whole(t->price[i]);
        d->count[i] = 0;
        if (part->is_free[i]) bound += (double)d->whole_price[i];
    }
    for (int64_t x = 0; x < part->n_rows; x++) {
        int32_t r = part->rows[x];
        int64_t price = f->kind[r] == PRICED ? whole(t->row_price[r]) : 0;
        d->whole_row_price[r] = price;
        d->used[r] = (double)s->load[r];
        if (price) bound += (double)price * ((double)(price > 0 ? f->high[r] : f->low[r]) - d->used[r]);
    }
    pay_rows(d, f, part->slots, part->n_slots, d->whole_row_price);
    bound += fill_slots(d, f, s, part->slots, part->n_slots, d->whole_price, part->is_free, NULL,
                        &n_arcs);
    for (int64_t o = 0; o < part->n_slots; o++)
        for (int64_t a = f->start[part->slots[o]]; a < f->start[part->slots[o] + 1]; a++)
            t->average[a] *= 1 - BLEND;
    for (int64_t k = 0; k < n_arcs; k++) {
        int32_t a = d->arcs[k];
        t->average[a] += BLEND;
        d->count[f->unit[a]]++;
        for (int64_t x = f->use_start[a]; x < f->use_start[a + 1]; x++)
            d->used[f->use_row[x]] += (double)f->use_amount[x];
    }
    return bound;
}

static void keep_best(const Part *part, Descent *t) {
    for (int64_t x = 0; x < part->n_units; x++)
        t->best_price[part->units[x]] = t->price[part->units[x]];
    for (int64_t x = 0; x < part->n_rows; x++)
        t->best_row_price[part->rows[x]] = t->row_price[part->rows[x]];
}

static void go_back(const Part *part, Descent *t) {
    for (int64_t x = 0; x < part->n_units; x++)
        t->price[part->units[x]] = t->best_price[part->units[x]];
    for (int64_t x = 0; x < part->n_rows; x++)
        t->row_price[part->rows[x]] = t->best_row_price[part->rows[x]];
}

/* Move all prices against the smoothed slope; returns whether there was anywhere to go. */
static int move(const Desk *d, const Field *f, const Part *part, Descent *t) {
    double norm = 0, mix = t->rounds ? SMOOTH : 1;
    for (int64_t x = 0; x < part->n_units; x++) {
        int32_t i = part->units[x];
        if (!part->is_free[i]) continue;
        t->slope[i] = mix * (1.0 - d->count[i]) + (1 - mix) * t->slope[i];
        if (t->price[i] > 0 || t->slope[i] < 0) norm += t->slope[i] * t->slope[i];
    }
    for (int64_t x = 0; x < part->n_rows; x++) {
        int32_t r = part->rows[x];
        if (f->kind[r] != PRICED) continue;
        double g = row_slope(f, r, t->row_price[r], d->used[r]) / t->row_unit[r];
        t->row_slope[r] = mix * g + (1 - mix) * t->row_slope[r];
        if (allowed(f, t, r, t->row_price[r] - t->row_slope[r]) != 0)
            norm += t->row_slope[r] * t->row_slope[r] / t->row_scale[r];
    }
    if (norm < 1e-9) return 0;
    double step = t->speed * t->reach / norm;
    for (int64_t x = 0; x < part->n_units; x++) {
        int32_t i = part->units[x];
        if (!part->is_free[i]) continue;
        double price = t->price[i] - step * t->slope[i];
        t->price[i] = price > 0 ? price : 0;
    }
    for (int64_t x = 0; x < part->n_rows; x++) {
        int32_t r = part->rows[x];
        if (f->kind[r] != PRICED) continue;
        double change = step * t->row_slope[r] / (t->row_scale[r] * t->row_unit[r]);
        t->row_price[r] = allowed(f, t, r, t->row_price[r] - change);
    }
    return 1;
}

/* Go on for some rounds, or until the bound is `enough`; returns how many rounds were needed. */
static int64_t descend(Desk *d, const Field *f, const Standing *s, const Part *part, Descent *t,
                       int64_t rounds, double enough) {
    int64_t round = 0;
    for (; round < rounds && !*f->halt && !d->is_out; round++) {
        double bound = evaluate(d, f, s, part, t), size = bound < 0 ? -bound : bound;
        t->since = t->lowest - bound > PROGRESS * size ? 0 : t->since + 1;
        if (bound < t->lowest) {
            t->lowest = bound;
            keep_best(part, t);
            if (bound <= enough) break;
        }
        if (t->since >= PATIENCE) {
            t->speed *= SHORTER;
            t->since = 0;
            go_back(part, t);
        }
        if (!move(d, f, part, t)) break;
        t->rounds++;
    }
    return round;
}

static Part new_part(Desk *d, const Field *f) {
    return (Part){take(d, (size_t)f->n_slots + 1, sizeof(int32_t)),
                  take(d, (size_t)f->n_units + 1, sizeof(int32_t)),
                  take(d, (size_t)f->n_rows + 1, sizeof(int32_t)),
                  0, 0, 0, take(d, (size_t)f->n_units + 1, 1)};
}

static Part everything(Desk *d, const Field *f, const Standing *s, int with_barred) {
    Part part = new_part(d, f);
    if (d->is_out) return part;
    part.n_slots = f->n_slots, part.n_units = f->n_units, part.n_rows = f->n_rows;
    for (int64_t j = 0; j < f->n_slots; j++) part.slots[j] = (int32_t)j;
    for (int64_t r = 0; r < f->n_rows; r++) part.rows[r] = (int32_t)r;
    for (int64_t i = 0; i < f->n_units; i++) {
        part.units[i] = (int32_t)i;
        part.is_free[i] = s->chosen[i] < 0 && (with_barred || !s->barred[i]);
    }
    return part;
}

/* What Python calls: -1 when memory ran out. */

/* Rounds of a descent over whoever has no place yet. */
int64_t side_descend(const Field *f, const Standing *s, Descent *t, int64_t rounds,
                     int32_t with_barred) {
    Desk d = {0};
    open_desk(&d, f, s->seats, s->room);
    Part part = everything(&d, f, s, with_barred);
    return leave(&d, descend(&d, f, s, &part, t, rounds, -INFINITE));
}

/* What each slot is worth for itself at whole prices, in exact numbers. */
int64_t side_fill(const Field *f, const Standing *s, const int64_t *price, const int64_t *row_price,
                  int64_t *best) {
    Desk d = {0};
    open_desk(&d, f, s->seats, s->room);
    Part part = everything(&d, f, s, 1);
    int64_t n_arcs;
    pay_rows(&d, f, part.slots, part.n_slots, row_price);
    fill_slots(&d, f, s, part.slots, part.n_slots, price, part.is_free, best, &n_arcs);
    return leave(&d, 0);
}

/* What the bound loses at least when an arc is chosen: its slot's best less the best with it. The
 * others in the slot may be anybody, the same unit again included, and marks do not count. */
int64_t side_reduce(const Field *f, const Standing *s, const int64_t *price,
                    const int64_t *row_price, const int64_t *best, int64_t *loss) {
    Desk d = {0};
    open_desk(&d, f, s->seats, s->room);
    Part part = everything(&d, f, s, 1);
    pay_rows(&d, f, part.slots, part.n_slots, row_price);
    for (int64_t j = 0; j < part.n_slots; j++) {
        int32_t seats = s->seats[j], room = s->room[j];
        size_t width = (size_t)room + 1;
        int64_t any;
        int all_single;
        if (seats > 0) {
            int32_t n = gather(&d, f, j, seats, room, seats, price, part.is_free, &all_single);
            for (int32_t i = 0; i < n; i++) d.items[i].marks = 0;
            by_table(&d, d.items, n, seats, room, 0, &any);
        }
        if (d.is_out) break;
        for (int64_t a = f->start[j]; a < f->start[j + 1]; a++) {
            int32_t c = seats - f->size[a], h = room - f->draw[a];
            loss[a] = NO_LIMIT;
            if (c >= 0 && h >= 0)
                loss[a] = best[j] - (d.worth[a] - price[f->unit[a]]) -
                          d.table[(size_t)c * width + (size_t)h];
        }
    }
    return leave(&d, 0);
}

/* Plans */

static int fits(const Field *f, const Standing *s, int64_t a) {
    int32_t j = f->slot[a];
    if (s->seats[j] < f->size[a] || s->room[j] < f->draw[a] || s->most[j] < f->marks[a]) return 0;
    for (int64_t k = f->use_start[a]; k < f->use_start[a + 1]; k++) {
        int32_t r = f->use_row[k];
        if (f->high[r] != NO_LIMIT && s->load[r] + f->use_amount[k] > f->high[r]) return 0;
    }
    return 1;
}

static void put(const Field *f, Standing *s, int64_t a, int32_t sign) {
    int32_t j = f->slot[a];
    s->seats[j] -= sign * f->size[a];
    s->room[j] -= sign * f->draw[a];
    s->most[j] -= sign * f->marks[a];
    for (int64_t k = f->use_start[a]; k < f->use_start[a + 1]; k++)
        s->load[f->use_row[k]] += sign * f->use_amount[k];
    s->chosen[f->unit[a]] = sign > 0 ? (int32_t)a : -1;
}

/* By how much a plan misses the lower limits of rows: of all when none are given. */
static double missing(const Field *f, const Standing *s, const int32_t *rows, int64_t n_rows) {
    double total = 0;
    for (int64_t x = 0; x < n_rows; x++) {
        int64_t r = rows ? rows[x] : x, load = s->load[r], rest = f->high[r] - load;
        if (f->kind[r] == ALL_OR_NONE)
            total += (double)(load < rest ? load : rest);
        else if (load < f->low[r] && (f->kind[r] != IF_OPEN || s->load[f->open[r]] > 0))
            total += (double)(f->low[r] - load);
    }
    return total;
}

double side_missing(const Field *f, const Standing *s) {
    return missing(f, s, NULL, f->n_rows);
}

static int compare_ranked(const void *one, const void *other) {
    const Ranked *x = one, *y = other;
    if (x->key != y->key) return x->key > y->key ? -1 : 1;
    return (x->arc > y->arc) - (x->arc < y->arc);
}

/* Fix the arcs that the averages agree on, `target` at least where as many fit; returns how many. */
static int64_t fix(Desk *d, const Field *f, Standing *s, const Part *part, Descent *t,
                   int64_t target) {
    int64_t n = 0, fixed = 0;
    for (int64_t o = 0; o < part->n_slots; o++)
        for (int64_t a = f->start[part->slots[o]]; a < f->start[part->slots[o] + 1]; a++)
            if (t->average[a] > SEEN && part->is_free[f->unit[a]])
                d->ranked[n++] = (Ranked){t->average[a], (int32_t)a};
    qsort(d->ranked, (size_t)n, sizeof(Ranked), compare_ranked);
    for (int64_t x = 0; x < n; x++) {
        int32_t a = d->ranked[x].arc;
        if (fixed >= target && d->ranked[x].key < AGREED) break;
        if (!part->is_free[f->unit[a]] || !fits(f, s, a)) continue;
        put(f, s, a, 1);
        part->is_free[f->unit[a]] = 0;
        fixed++;
    }
    for (int64_t x = 0; x < n; x++)
        if (!part->is_free[f->unit[d->ranked[x].arc]]) t->average[d->ranked[x].arc] = 0;
    return fixed;
}

/* Give whoever still fits somewhere a place, slot by slot, at what it is worth. */
static void complete(Desk *d, const Field *f, Standing *s, const Part *part) {
    int64_t n_arcs;
    for (int64_t x = 0; x < part->n_units; x++) d->whole_price[part->units[x]] = 0;
    for (int64_t x = 0; x < part->n_rows; x++) d->whole_row_price[part->rows[x]] = 0;
    pay_rows(d, f, part->slots, part->n_slots, d->whole_row_price);
    for (int64_t o = 0; o < part->n_slots; o++) {
        fill_slots(d, f, s, part->slots + o, 1, d->whole_price, part->is_free, NULL, &n_arcs);
        for (int64_t k = 0; k < n_arcs; k++)
            if (fits(f, s, d->arcs[k])) {
                put(f, s, d->arcs[k], 1);
                part->is_free[f->unit[d->arcs[k]]] = 0;
            }
    }
}

int64_t side_fix(const Field *f, Standing *s, Descent *t, int64_t target) {
    Desk d = {0};
    open_desk(&d, f, s->seats, s->room);
    Part part = everything(&d, f, s, 0);
    return leave(&d, fix(&d, f, s, &part, t, target));
}

int64_t side_complete(const Field *f, Standing *s) {
    Desk d = {0};
    open_desk(&d, f, s->seats, s->room);
    Part part = everything(&d, f, s, 0);
    complete(&d, f, s, &part);
    return leave(&d, 0);
}

/* Mending */

typedef struct {
    int64_t tries, slots, rounds, dive_rounds; /* how often, how many at a time, how long */
    double share;                              /* of the seats that a dive fixes at a time */
    double reach;
    uint64_t seed;
    int64_t promising, better; /* what came of it */
} Mending;

/* Slots near one that loses much: those that share people with it. */
static void choose_slots(const Field *f, const Standing *s, Part *part, uint8_t *is_in,
                         const int64_t *best, const int64_t *held, int64_t wanted,
                         uint64_t *seed) {
    int64_t j = below(seed, f->n_slots);
    for (int x = 0; x < 2; x++) {
        int64_t other = below(seed, f->n_slots);
        if (best[other] - held[other] > best[j] - held[j]) j = other;
    }
    part->n_slots = 0;
    part->slots[part->n_slots++] = (int32_t)j;
    is_in[j] = 1;
    for (int64_t x = 0; x < 8 * wanted && part->n_slots < wanted; x++) {
        int64_t from = part->slots[below(seed, part->n_slots)];
        int64_t size = f->start[from + 1] - f->start[from];
        if (!size) continue;
        int32_t i = f->unit[f->start[from] + below(seed, size)];
        int32_t to;
        if (s->chosen[i] >= 0 && !is_in[f->slot[s->chosen[i]]])
            to = f->slot[s->chosen[i]];
        else
            to = f->slot[f->of[f->of_start[i] + below(seed, f->of_start[i + 1] - f->of_start[i])]];
        if (is_in[to]) continue;
        is_in[to] = 1;
        part->slots[part->n_slots++] = to;
    }
}

/* Who is in these slots or could come, and which rows they load. */
static void gather_part(const Field *f, const Standing *s, Part *part, const uint8_t *is_in,
                        uint8_t *is_listed) {
    part->n_units = part->n_rows = 0;
    for (int64_t o = 0; o < part->n_slots; o++)
        for (int64_t a = f->start[part->slots[o]]; a < f->start[part->slots[o] + 1]; a++) {
            int32_t i = f->unit[a];
            if (s->barred[i] || (s->chosen[i] >= 0 && !is_in[f->slot[s->chosen[i]]])) continue;
            if (!part->is_free[i]) {
                part->is_free[i] = 1;
                part->units[part->n_units++] = i;
            }
            for (int64_t k = f->use_start[a]; k < f->use_start[a + 1]; k++) {
                int32_t r = f->use_row[k];
                if (is_listed[r]) continue;
                is_listed[r] = 1;
                part->rows[part->n_rows++] = r;
            }
        }
}

static void dive(Desk *d, const Field *f, Standing *s, const Part *part, Descent *t, double share,
                 int64_t rounds) {
    int64_t seats = 0;
    double speed = t->speed;
    for (int64_t o = 0; o < part->n_slots; o++) seats += s->seats[part->slots[o]];
    int64_t target = 1 + (int64_t)(share * (double)seats);
    while (!*f->halt && !d->is_out && fix(d, f, s, part, t, target)) {
        t->speed = speed;
        t->lowest = INFINITE;
        t->rounds = t->since = 0;
        descend(d, f, s, part, t, rounds, -INFINITE);
        go_back(part, t);
    }
    complete(d, f, s, part);
}

/* Take a few neighbouring slots apart and fill them anew, again and again. The plan never gets
 * worse: it misses less of what rules ask, or as little with a value at least as high. */
int64_t side_mend(const Field *f, Standing *s, const double *price, const double *row_price,
                  const double *row_unit, const double *row_scale, const double *row_most,
                  const int64_t *best, Mending *how) {
    size_t n = (size_t)f->n_units + 1, m = (size_t)f->n_slots + 1, rows = (size_t)f->n_rows + 1;
    Desk d = {0};
    int32_t *seats = take(&d, m, sizeof(int32_t)), *room = take(&d, m, sizeof(int32_t));
    int64_t *held = take(&d, m, sizeof(int64_t));
    double *numbers = take(&d, 3 * n + 3 * rows + (size_t)f->n_arcs + 1, sizeof(double));
    uint8_t *is_in = take(&d, m, 1), *is_listed = take(&d, rows, 1);
    int32_t *before = take(&d, n, sizeof(int32_t));
    Part part = new_part(&d, f);
    if (d.is_out) return leave(&d, 0);
    memcpy(seats, s->seats, sizeof(int32_t) * (m - 1));
    memcpy(room, s->room, sizeof(int32_t) * (m - 1));
    for (int64_t i = 0; i < f->n_units; i++) {
        int64_t a = s->chosen[i];
        if (a < 0) continue;
        seats[f->slot[a]] += f->size[a];
        room[f->slot[a]] += f->draw[a];
        held[f->slot[a]] += f->value[a] - whole(price[i]);
    }
    open_desk(&d, f, seats, room); /* slots are at their largest when empty */
    Descent t = {numbers, numbers + 3 * n, numbers + n, numbers + 3 * n + rows, numbers + 2 * n,
                 numbers + 3 * n + 2 * rows, numbers + 3 * n + 3 * rows, row_unit, row_scale,
                 row_most, 0, 0, how->reach, 0, 0};
    for (int64_t try = 0; try < how->tries && !*f->halt && !d.is_out; try++) {
        choose_slots(f, s, &part, is_in, best, held, how->slots, &how->seed);
        gather_part(f, s, &part, is_in, is_listed);
        double missed = missing(f, s, part.rows, part.n_rows);
        int64_t old = 0, now = 0;
        for (int64_t x = 0; x < part.n_units; x++) {
            int32_t i = part.units[x];
            before[x] = s->chosen[i];
            t.price[i] = price[i];
            if (before[x] < 0) continue;
            old += f->value[before[x]];
            put(f, s, before[x], -1);
        }
        for (int64_t x = 0; x < part.n_rows; x++) t.row_price[part.rows[x]] = row_price[part.rows[x]];
        for (int64_t o = 0; o < part.n_slots; o++)
            for (int64_t a = f->start[part.slots[o]]; a < f->start[part.slots[o] + 1]; a++)
                t.average[a] = 0;
        t.lowest = INFINITE, t.speed = 1, t.rounds = t.since = 0;
        double enough = missed > 0 ? -INFINITE : (double)old + 0.5;
        descend(&d, f, s, &part, &t, how->rounds, enough);
        go_back(&part, &t);
        int is_kept = 0;
        if (t.lowest > enough) {
            how->promising++;
            t.speed *= 2;
            dive(&d, f, s, &part, &t, how->share, how->dive_rounds);
            for (int64_t x = 0; x < part.n_units; x++)
                if (s->chosen[part.units[x]] >= 0) now += f->value[s->chosen[part.units[x]]];
            double misses = missing(f, s, part.rows, part.n_rows);
            is_kept = misses < missed || (misses <= missed && now >= old);
            how->better += is_kept && now > old;
        }
        if (is_kept) {
            for (int64_t o = 0; o < part.n_slots; o++) held[part.slots[o]] = 0;
        } else {
            for (int64_t x = 0; x < part.n_units; x++)
                if (s->chosen[part.units[x]] >= 0) put(f, s, s->chosen[part.units[x]], -1);
            for (int64_t x = 0; x < part.n_units; x++)
                if (before[x] >= 0) put(f, s, before[x], 1);
        }
        for (int64_t x = 0; x < part.n_units; x++) {
            int32_t i = part.units[x], a = s->chosen[i];
            if (is_kept && a >= 0) held[f->slot[a]] += f->value[a] - whole(price[i]);
            part.is_free[i] = 0;
        }
        for (int64_t o = 0; o < part.n_slots; o++) is_in[part.slots[o]] = 0;
        for (int64_t x = 0; x < part.n_rows; x++) is_listed[part.rows[x]] = 0;
    }
    return leave(&d, 0);
}
