"""
Words for reasons: explanation data in, plain sentences out, in Dutch (B1) or English.

English stands in the code, Dutch in locale/nl; docs/how-to/translate.md tells how they are kept
together. No sentence names another person, and none says more than the data.
"""

from service.wording.names import Names
from service.wording.plans import Words, strongest

__all__ = ["Names", "Words", "strongest"]
