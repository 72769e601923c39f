"""Functions that a claim takes as parameters, in the symbolic reading."""

from __future__ import annotations

from typing import Any, NoReturn

from symconv.dispatch import Made, valued
from symconv.errors import ShapeError, SymbolicControlFlow, Undefined
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.terms import Term
from symconv.tensors.tensor import (
    Index,
    SymbolicTensor,
    as_tensor,
    elementwise,
    entry_or_tensor,
    same_extent,
    show_shape,
)


class SymbolicFunction:
    """An unknown function: entry by entry when it is R -> R, of a whole vector when it is R^p -> R or R^p -> R^q."""

    def __init__(self, symbol: t.FunctionSymbol) -> None:
        self.symbol = symbol

    def __call__(self, x: Any) -> Any:
        return valued(lambda: self._applied(x))

    def _applied(self, x: Any) -> Any:
        symbol = self.symbol
        if symbol.domain is None:
            applied = elementwise(lambda entry: t.Apply(symbol, entry), x, keep=True)
            applied.made = Made("apply", (self, x))
            return entry_or_tensor(applied)
        argument = as_tensor(x)
        if argument.ndim != 1:
            raise ShapeError(
                f"{symbol.name} takes a vector of length {symbol.domain}, "
                f"not a tensor of shape {show_shape(argument.extents)}"
            )
        if not same_extent(argument.extents[0], symbol.domain):
            raise Undefined(
                f"{symbol.name} takes a vector of length {symbol.domain}, not one of length {argument.extents[0]}"
            )
        vector = argument.definition
        if symbol.codomain is None:
            value = SymbolicTensor.defined((), lambda _: t.Network(symbol, None, vector))
        else:
            value = SymbolicTensor.defined((symbol.codomain,), lambda index: _component(symbol, index, vector))
        value.made = Made("apply", (self, x))
        return entry_or_tensor(value)

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> NoReturn:
        # Two parameters may well be the same function, which Python's comparison of objects would deny.
        raise SymbolicControlFlow(f"whether {self} is another function is not known; compare values, as in {self}(x)")

    def __repr__(self) -> str:
        return self.symbol.name


def _component(symbol: t.FunctionSymbol, index: Index, vector: t.Lambda) -> Term:
    return t.Network(symbol, ix.index(index[0]), vector)
