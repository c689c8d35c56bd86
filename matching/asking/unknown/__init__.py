"""Facts that nobody knows yet, and which of them could change the plan."""
