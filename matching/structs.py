"""Arrays and numbers laid out for C: a struct of addresses, 64-bit whole numbers and floats."""

import ctypes
import struct as packing
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Struct:
    """
    A C struct, which keeps alive what it points at.

    Parameters
    ----------
    **fields : int, float, ndarray, mapping of the same, or None
        In the order of the struct: a 64-bit whole number, a double, the address of a contiguous
        array, a struct within, or ``NULL``.
    """

    def __init__(self, **fields: Any) -> None:
        self._fields = fields
        self._words = np.array(_words(fields), dtype=np.int64)

    @property
    def address(self) -> ctypes.c_void_p:
        """Where it begins."""
        return ctypes.c_void_p(self._words.ctypes.data)

    def but(self, **fields: Any) -> "Struct":
        """Return the same with other values in some fields."""
        return Struct(**self._fields | fields)


def _words(fields: Mapping[str, Any]) -> list[int]:
    words: list[int] = []
    for value in fields.values():
        if isinstance(value, np.ndarray):
            words.append(_address(value))
        elif isinstance(value, Mapping):
            words += _words(value)
        elif isinstance(value, float):
            words.append(packing.unpack("q", packing.pack("d", value))[0])
        else:
            words.append(0 if value is None else int(value))
    return words


def _address(array: NDArray[Any]) -> int:
    assert array.flags.c_contiguous
    return int(array.ctypes.data)
