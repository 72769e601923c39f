"""Whether two sides are the same as written, up to the names of bound indices: then a claim claims nothing."""

from __future__ import annotations

from typing import Any

from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.kernel.terms import Lambda
from symconv.prover.reading import Pair
from symconv.tensors.tensor import SymbolicTensor


def same_as_written(pair: Pair) -> bool:
    """Whether the two sides are one term. A cheap comparison of structure: ``False`` says nothing."""
    if len(pair.left.extents) != len(pair.right.extents):
        return False
    index = tuple(ix.index(IndexVar("i")) for _ in pair.left.extents)
    return bool(_form(pair.left, index) == _form(pair.right, index))


def written_alike(left: Lambda, right: Lambda) -> bool:
    """Whether two tensors are one term at the same indices, up to the names of bound ones."""
    return bool(_Fingerprint().whole(left) == _Fingerprint().whole(right))


def _form(tensor: SymbolicTensor, index: tuple[IndexTerm, ...]) -> Any:
    return _Fingerprint().of(tensor.at(index))


class _Fingerprint:
    """Nested tuples that are equal for terms of one structure; bound variables are numbered as they are met."""

    def __init__(self) -> None:
        self._numbers: dict[IndexVar, int] = {}
        self._known: dict[int, Any] = {}

    def whole(self, tensor: Lambda) -> Any:
        """A tensor with the variables of its axes numbered first; its shape does not count."""
        self._numbers |= {variable: number for number, variable in enumerate(tensor.variables)}
        return len(tensor.variables), self.of(tensor.body)

    def of(self, node: Any) -> Any:
        match node:
            case t.Sum() | t.MaxOver():
                self._numbers.setdefault(node.variable, len(self._numbers))
                return type(node).__name__, self._index(node.extent), self.of(node.body)
            case t.Read():
                return "Read", self._lambda(node.definition), *map(self._index, node.index)
            case t.Network():
                outer = [] if node.output is None else [node.output]
                return (
                    "Network",
                    id(node.function),
                    self._lambda(node.argument),
                    *map(self._index, [*outer, *node.derivatives]),
                )
            case bool():
                return node
            case _:
                own = tuple(map(self._index, t.own_indices(node)))
                return type(node).__name__, self._label(node), own, *map(self.of, t.children(node))

    def _lambda(self, definition: t.Lambda) -> Any:
        if id(definition) not in self._known:
            for variable in definition.variables:
                self._numbers.setdefault(variable, len(self._numbers))
            self._known[id(definition)] = ("lambda", *map(self._index, definition.shape), self.of(definition.body))
        return self._known[id(definition)]

    def _index(self, term: IndexTerm) -> Any:
        named = {v: ix.index(_placeholder(self._numbers[v])) for v in term.variables() if v in self._numbers}
        return term.substitute(named)

    def _label(self, node: Any) -> Any:
        match node:
            case t.Number():
                return node.value
            case t.Infinity():
                return node.sign
            case t.Constant():
                return node.name
            case t.Entry():
                return id(node.variable)
            case t.Apply():
                return (node.function if isinstance(node.function, t.Builtin) else id(node.function)), node.order
            case t.IndexCompare() | t.Compare():
                return node.relation
            case _:
                return None


_PLACEHOLDERS: list[IndexVar] = []


def _placeholder(number: int) -> IndexVar:
    while len(_PLACEHOLDERS) <= number:
        _PLACEHOLDERS.append(IndexVar(f"#{len(_PLACEHOLDERS)}"))
    return _PLACEHOLDERS[number]
