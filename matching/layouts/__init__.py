"""Readers of published layouts: the parts behind ``matching.published``."""
