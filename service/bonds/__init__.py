"""Bonds: routes bring HTTP in and out, actions change, queries read."""
