"""Search by prices, for side rules on many pairs: bounds first, then plans, both in C."""
