"""Arrays by what they hold: short names for types that the whole engine uses."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
"""Whole numbers: positions, counts and exact scores."""

Int32s = NDArray[np.int32]
"""Whole numbers in half the memory, as the kernels hold positions and scores."""

Floats = NDArray[np.float64]
"""Measures and scores; ``nan`` is unknown or not possible."""

Bools = NDArray[np.bool_]
"""Masks."""
