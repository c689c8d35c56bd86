"""The second opinion on a plan. It shares no code with the solvers."""
