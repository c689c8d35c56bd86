"""What every test shares: how Hypothesis looks for counterexamples."""

from hypothesis import settings

# The same examples on every machine and in every run; a time limit would fail on busy machines.
settings.register_profile("steady", derandomize=True, deadline=None)
# For an hour of looking further: pytest --hypothesis-profile=search tests/matching
settings.register_profile("search", deadline=None, max_examples=5000)
settings.load_profile("steady")
