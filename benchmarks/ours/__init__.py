"""Pieces of work of our own engine, each run in a fresh process."""
