"""
Tables and shapes: what may be stored, in the words of the field. Knows nothing of scores or of
HTTP.
"""
