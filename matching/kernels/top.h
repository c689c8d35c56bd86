/* What a source of scores gives to those who read it in blocks. */
#ifndef PROEFTUIN_TOP_H
#define PROEFTUIN_TOP_H
#include <stdint.h>

#define REFUSED INT32_MIN
#define MOST_ROWS 256 /* of a block, so that what is kept of it stays in the cache */

/* Scores of `count` candidates from `first` on for one slot; REFUSED where a pair is refused. */
typedef void (*score_block)(const void *context, int64_t first, int64_t count, int64_t slot,
                            int32_t *out);

/* Whether all these pairs are refused, told without looking at each; may say 0 when in doubt. */
typedef int32_t (*skip_block)(const void *context, int64_t first, int64_t count, int64_t slot);

#endif
