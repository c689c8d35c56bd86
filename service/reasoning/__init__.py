"""
What more can be said of a plan: why not that place, what would work, what to ask, what more would
bring. Asked of a finished run, answered by its frozen input, and kept nowhere.
"""
