"""How fast and how small the engine is, beside other solvers; README.md tells how to run them."""
