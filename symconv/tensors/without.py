"""A tensor that has no value at the sizes at hand, so that the other side of an equation can be looked at."""

from __future__ import annotations

from typing import Any, NoReturn

from symconv.dispatch import serials
from symconv.errors import Undefined
from symconv.tensors.tensor import SymbolicTensor

_ASKED = ("extents", "_body", "_definition", "_symconv_entry")


class Without(SymbolicTensor):
    """What an operation without a value gives: arithmetic with it has none, and asking for shape or entries raises.

    >>> nothing = Without(Undefined("a window larger than its input"))
    >>> (2 * nothing + 1).definition
    Traceback (most recent call last):
    symconv.errors.Undefined: a window larger than its input
    """

    def __init__(self, problem: Undefined) -> None:
        self._problem = str(problem)
        self.serial = next(serials)

    def __getattr__(self, name: str) -> NoReturn:
        if name in _ASKED:
            raise Undefined(self._problem)
        raise AttributeError(name)

    def _again(self, *others: Any) -> Without:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _again
    __pow__ = __rpow__ = __neg__ = __pos__ = __abs__ = __getitem__ = _again
