"""Seats only, exactly and at any size: an auction with prices as proof."""
