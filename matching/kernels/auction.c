/* The auction over scores of 32 bits. */
#include <stdint.h>

#define Score int32_t
#define NAMED(function) auction_##function
#include "auction.h"
