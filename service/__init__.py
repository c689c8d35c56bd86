"""The doors: HTTP, pages and shell. Owns sessions, clock and network."""
