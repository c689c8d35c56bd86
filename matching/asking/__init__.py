"""Questions about a pair or a plan: why, why not, what if, what would make it work."""
