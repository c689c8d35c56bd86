"""Instances that others published: ``published.py`` has the readers, the rest are its parts."""
