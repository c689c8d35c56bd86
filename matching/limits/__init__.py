"""Limits that a plan has to keep: which cannot hold together, and what has to give way."""
