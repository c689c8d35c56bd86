/* The auction over scores of 64 bits. */
#include <stdint.h>

#define Score int64_t
#define NAMED(function) wideauction_##function
#include "auction.h"
