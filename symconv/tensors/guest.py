"""What happens when a function of NumPy or PyTorch meets a symbolic tensor: arithmetic is ours, the rest is refused."""

from __future__ import annotations

from typing import Any

from symconv.dispatch import active_reading
from symconv.kernel.index import IndexTerm
from symconv.spelling import of_another_library

_REFLECTED = {
    "add": "__radd__",
    "subtract": "__rsub__",
    "multiply": "__rmul__",
    "divide": "__rtruediv__",
    "true_divide": "__rtruediv__",
    "floor_divide": "__rfloordiv__",
    "remainder": "__rmod__",
    "power": "__rpow__",
    "matmul": "__rmatmul__",
    "greater": "__lt__",
    "greater_equal": "__le__",
    "less": "__gt__",
    "less_equal": "__ge__",
    "equal": "__eq__",
    "not_equal": "__ne__",
    "bitwise_and": "__rand__",
    "bitwise_or": "__ror__",
}
"""The operators for which NumPy calls a function of its own when an array stands on their left."""


class Guest:
    """A tensor among those of NumPy and PyTorch, by the protocols that both have for foreign classes."""

    extents: tuple[IndexTerm, ...]

    def tolist(self) -> Any:
        """The entries in nested lists."""
        raise TypeError("conditions on symbols are neither true nor false yet")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """The entries as floats, where all are known: a constant meets the numeric reading."""
        import numpy

        try:
            return numpy.array(self.tolist(), dtype=dtype or float).reshape([n.constant or 0 for n in self.extents])
        except TypeError:
            raise TypeError("a symbolic tensor with unknown entries is no NumPy array of numbers") from None

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """``array * x`` as ours; every other function that works entry by entry is refused."""
        name = ufunc.__name__
        reflected = getattr(type(self), _REFLECTED.get(name, ""), None)
        array_first = method == "__call__" and len(inputs) == 2 and not isinstance(inputs[0], Guest)
        # ``array *= x`` comes with the array as ``out``; the name is then bound to the product.
        in_place = [*options] == ["out"] and options["out"][0] is inputs[0]
        if reflected is None or not array_first or (options and not in_place):
            raise TypeError(of_another_library("NumPy", name))
        return reflected(self, inputs[0])

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        """NumPy's other functions: of constants outside of a claim they take the floats."""
        name = function.__name__
        if name in ("shape", "ndim", "size") and len(args) == 1 and not options:
            return getattr(args[0], name)
        try:
            if active_reading() is None:
                return function(*_as_arrays(list(args)), **_as_arrays(options))
        except TypeError:
            pass
        raise TypeError(of_another_library("NumPy", name))

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), options: Any = None) -> Any:
        raise TypeError(of_another_library("PyTorch", getattr(function, "__name__", "function")))


def _as_arrays(value: Any) -> Any:
    if isinstance(value, Guest):
        import numpy

        return numpy.asarray(value)
    if isinstance(value, (list, tuple)):
        return type(value)(map(_as_arrays, value))
    return {name: _as_arrays(item) for name, item in value.items()} if isinstance(value, dict) else value
