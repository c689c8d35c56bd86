"""Facts of candidates and slots: profiles, and what rules and criteria read of them."""
