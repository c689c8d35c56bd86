"""Plans under side rules and any order of levels, by branching, with bounds."""
