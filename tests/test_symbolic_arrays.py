"""Shaping, products, reductions and indexing of symbolic tensors: against NumPy, and at symbolic sizes."""

from __future__ import annotations

import itertools
import math
import string
from collections.abc import Callable, Iterator
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from exact import exact_array
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.dispatch import reading
from symconv.errors import ShapeError, Undecided, Undefined
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.tensors import linear, padding, reductions, shaping
from symconv.tensors.tensor import IndexScalar, SymbolicTensor, as_tensor

OURS = SimpleNamespace(
    **{
        name: getattr(room, name)
        for room, names in (
            (shaping, "reshape permute_dims transpose squeeze expand_dims broadcast_to concat stack flip roll"),
            (padding, "pad"),
            (linear, "matmul dot tensordot outer einsum diag trace linear"),
            (reductions, "sum mean max min var prod cumsum"),
        )
        for name in names.split()
    }
)


def torch_linear(x: Any, weight: Any, bias: Any = None) -> Any:
    product = np.matmul(x, weight.T)
    return product if bias is None else product + bias


NUMPY = SimpleNamespace(**{name: getattr(np, name) for name in vars(OURS) if name != "linear"}, linear=torch_linear)

SIZES = {n: IndexVar(f"size{n}", 1) for n in (2, 3, 5, 7)}


def numbers(shape: tuple[int, ...], seed: int = 0) -> Any:
    """Whole numbers of both signs, no two rows or axes alike."""
    count = math.prod(shape)
    values = [Fraction((seed + 7 * place * place + 3 * place) % 31 - 11) for place in range(count)]
    array = np.empty(count, object)
    array[:] = values
    return array.reshape(shape)


def literal(array: Any) -> SymbolicTensor:
    """A tensor of these numbers; it is never asked outside of its shape."""

    def entry(index: tuple[IndexTerm, ...]) -> t.Term:
        position = tuple(i.constant for i in index)
        if None not in position:
            assert all(i is not None and 0 <= i < n for i, n in zip(position, array.shape, strict=True)), (
                f"{position} of {array.shape}"
            )
            return t.number(array[position])
        return chosen(array, index, ())

    def chosen(array: Any, index: tuple[IndexTerm, ...], done: tuple[int, ...]) -> t.Term:
        if len(done) == array.ndim:
            return t.number(array[done])
        term: t.Term = t.power(t.ZERO, -1)  # undefined outside
        for i in range(array.shape[len(done)]):
            term = t.where(t.equals(index[len(done)], i), chosen(array, index, (*done, i)), term)
        return term

    return SymbolicTensor(tuple(map(ix.index, array.shape)), entry)


def of_symbolic_sizes(array: Any) -> SymbolicTensor:
    """A tensor of these numbers whose extents 2, 3, 5 and 7 are symbols."""
    shape = tuple(ix.index(SIZES[n]) if n in SIZES else ix.index(n) for n in array.shape)
    return SymbolicTensor(shape, literal(array).at)


def assert_same(found: Any, wanted: Any) -> None:
    wanted = np.asarray(wanted, object)
    assert found.shape == wanted.shape
    assert found.tolist() == wanted.tolist()


def assert_agrees(call: Callable[..., Any], *arrays: Any) -> None:
    """The call gives the same on literal tensors as on NumPy's."""
    assert_same(exact_array(call(OURS, *map(literal, arrays))), call(NUMPY, *arrays))


def test_a_wrong_entry_and_a_wrong_shape_are_noticed() -> None:
    x = numbers((2, 3))
    with pytest.raises(AssertionError):
        assert_same(exact_array(literal(x)), -x)
    with pytest.raises(AssertionError):
        assert_same(exact_array(literal(x)), x.reshape(3, 2))
    with pytest.raises(AssertionError, match="of "):
        literal(x).at((ix.index(2), ix.ZERO))


# --- one table -------------------------------------------------------------------------------------------------------

Case = tuple[Callable[..., Any], tuple[tuple[int, ...], ...]]

# Each runs on literal sizes, and once more with the extents 2, 3, 5, 7 as symbols.
CASES: dict[str, Case] = {
    "reshape": (lambda f, x: f.reshape(x, (x.shape[0] * x.shape[1],)), ((3, 5),)),
    "reshape split": (lambda f, x: f.reshape(f.reshape(x, (-1,)), x.shape), ((3, 5, 7),)),
    "reshape infer": (lambda f, x: f.reshape(x, (x.shape[0], -1)), ((2, 3, 5),)),
    "reshape infer middle": (lambda f, x: f.reshape(x, (x.shape[0], -1, x.shape[3])), ((2, 3, 5, 7),)),
    "reshape units": (lambda f, x: f.reshape(x, (1, x.shape[0], 1, x.shape[2], 1)), ((2, 1, 3),)),
    "reshape swap": (lambda f, x: f.reshape(x, (x.shape[1], x.shape[0])), ((3, 5),)),
    "reshape swap three": (lambda f, x: f.reshape(x, (x.shape[2], x.shape[0], x.shape[1])), ((2, 3, 5),)),
    "reshape one scalar": (lambda f, x: f.reshape(x, (1, 1)), ((),)),
    "reshape to scalar": (lambda f, x: f.reshape(x, ()), ((1, 1),)),
    "reshape one size": (lambda f, x: f.reshape(x, -1), ((2, 3),)),
    "permute_dims": (lambda f, x: f.permute_dims(x, (2, 0, 1)), ((2, 3, 5),)),
    "permute_dims negative": (lambda f, x: f.permute_dims(x, (-1, 0, -2, 1)), ((2, 3, 5, 7),)),
    "permute_dims reversed": (lambda f, x: f.permute_dims(x, None), ((2, 3, 5),)),
    "permute_dims scalar": (lambda f, x: f.permute_dims(x, ()), ((),)),
    "transpose": (lambda f, x: f.transpose(x), ((2, 3),)),
    "transpose axes": (lambda f, x: f.transpose(x, (0, 2, 1)), ((2, 3, 5),)),
    "method transpose": (lambda f, x: x.transpose(1, 2, 0), ((2, 3, 5),)),
    "method T": (lambda f, x: x.T, ((2, 3, 5),)),
    "method reshape": (lambda f, x: x.reshape(x.shape[0], -1), ((2, 3, 5),)),
    "method flatten": (lambda f, x: x.flatten(), ((2, 3),)),
    "squeeze": (lambda f, x: f.squeeze(x, axis=1), ((2, 1, 3, 1),)),
    "squeeze two": (lambda f, x: f.squeeze(x, (-1, 1)), ((2, 1, 3, 1),)),
    "expand_dims": (lambda f, x: f.expand_dims(x, 1), ((2, 3),)),
    "expand_dims negative": (lambda f, x: f.expand_dims(x, -1), ((2, 3),)),
    "expand_dims two": (lambda f, x: f.expand_dims(x, (0, -1)), ((2, 3),)),
    "expand_dims scalar": (lambda f, x: f.expand_dims(x, 0), ((),)),
    "broadcast_to": (lambda f, x: f.broadcast_to(x, (5, 2, x.shape[1])), ((1, 3),)),
    "broadcast_to scalar": (lambda f, x: f.broadcast_to(x, (2, 3)), ((),)),
    "broadcast_to other": (lambda f, x, y: f.broadcast_to(x, y.shape), ((3, 1), (2, 3, 5))),
    "concat": (lambda f, x, y: f.concat([x, y]), ((2, 5), (3, 5))),
    "concat last": (lambda f, x, y, z: f.concat([x, y, z], axis=-1), ((5, 2), (5, 3), (5, 1))),
    "concat one": (lambda f, x: f.concat([x], axis=1), ((2, 3),)),
    "concat empty": (lambda f, x, y: f.concat([x, y, x]), ((0, 3), (2, 3))),
    "stack": (lambda f, x, y, z: f.stack([x, y, z]), ((2, 3), (2, 3), (2, 3))),
    "stack last": (lambda f, x, y: f.stack([x, y], axis=-1), ((2, 3), (2, 3))),
    "stack middle": (lambda f, x, y: f.stack((x, y), axis=1), ((2, 3), (2, 3))),
    "stack scalars": (lambda f, x, y: f.stack([x, y]), ((), ())),
    "pad": (lambda f, x: f.pad(x, 1), ((2, 3),)),
    "pad pair": (lambda f, x: f.pad(x, (1, 2)), ((2, 3),)),
    "pad a row each": (lambda f, x: f.pad(x, ((0, 1), (3, 0))), ((2, 3),)),
    "pad one row": (lambda f, x: f.pad(x, ((2, 1),)), ((2, 3),)),
    "pad short": (lambda f, x: f.pad(x, (2,)), ((2, 3),)),
    "pad short rows": (lambda f, x: f.pad(x, ((1,), (2,))), ((2, 3),)),
    "pad value": (lambda f, x: f.pad(x, 2, constant_values=-7), ((2, 3),)),
    "pad values": (lambda f, x: f.pad(x, ((2, 1), (1, 2)), constant_values=((4, 5), (6, 8))), ((2, 3),)),
    "pad two values": (lambda f, x: f.pad(x, 1, constant_values=(4, 5)), ((2, 3),)),
    "pad nothing": (lambda f, x: f.pad(x, 0), ((2, 3),)),
    "pad empty": (lambda f, x: f.pad(x, 1), ((0, 2),)),
    "pad scalar": (lambda f, x: f.pad(x, 1), ((),)),
    "pad edge": (lambda f, x: f.pad(x, ((7, 1), (0, 5)), mode="edge"), ((2, 3),)),
    "pad nothing around nothing": (lambda f, x: f.pad(x, ((0, 0), (1, 1)), mode="wrap"), ((0, 2),)),
    "pad with a size": (lambda f, x, y: f.pad(x, ((y.shape[0], 0), (0, y.shape[1]))), ((2, 3), (5, 7))),
    "flip": (lambda f, x: f.flip(x), ((2, 3, 5),)),
    "flip one": (lambda f, x: f.flip(x, axis=-2), ((2, 3, 5),)),
    "flip two": (lambda f, x: f.flip(x, (0, 2)), ((2, 3, 5),)),
    "flip scalar": (lambda f, x: f.flip(x), ((),)),
    "roll": (lambda f, x: f.roll(x, 1, axis=0), ((5, 3),)),
    "roll back": (lambda f, x: f.roll(x, -1, axis=1), ((2, 7),)),
    "roll far": (lambda f, x: f.roll(x, 11, axis=1), ((2, 3),)),
    "roll none": (lambda f, x: f.roll(x, 0, axis=1), ((2, 3),)),
    "roll flat": (lambda f, x: f.roll(x, 4), ((3, 5),)),
    "roll two": (lambda f, x: f.roll(x, (1, -2), axis=(0, 1)), ((3, 5),)),
    "roll both alike": (lambda f, x: f.roll(x, 2, axis=(0, 1)), ((3, 5),)),
    "roll one axis twice": (lambda f, x: f.roll(x, (1, 2), axis=0), ((5, 2),)),
    "roll by a size": (lambda f, x: f.roll(x, x.shape[1], axis=0), ((3, 2),)),
    "roll empty": (lambda f, x: f.roll(x, 2, axis=1), ((2, 0),)),
    "matmul": (lambda f, x, y: f.matmul(x, y), ((2, 3), (3, 5))),
    "matmul @": (lambda f, x, y: x @ y, ((2, 3), (3, 5))),
    "matmul row": (lambda f, x, y: f.matmul(x, y), ((3,), (3, 5))),
    "matmul column": (lambda f, x, y: f.matmul(x, y), ((2, 3), (3,))),
    "matmul vectors": (lambda f, x, y: f.matmul(x, y), ((3,), (3,))),
    "matmul stacks": (lambda f, x, y: f.matmul(x, y), ((5, 1, 2, 3), (7, 3, 2))),
    "matmul stack row": (lambda f, x, y: f.matmul(x, y), ((3,), (5, 3, 2))),
    "matmul stack column": (lambda f, x, y: f.matmul(x, y), ((5, 2, 3), (3,))),
    "matmul stack matrix": (lambda f, x, y: f.matmul(x, y), ((7, 5, 3), (3, 2))),
    "matmul no inner": (lambda f, x, y: f.matmul(x, y), ((2, 0), (0, 3))),
    "matmul units": (lambda f, x, y: f.matmul(x, y), ((2, 1), (1, 3))),
    "dot": (lambda f, x, y: f.dot(x, y), ((2, 3), (3, 5))),
    "dot vectors": (lambda f, x, y: f.dot(x, y), ((3,), (3,))),
    "dot scalar": (lambda f, x, y: f.dot(x, y), ((), (2, 3))),
    "dot high": (lambda f, x, y: f.dot(x, y), ((2, 3), (5, 3, 7))),
    "dot high vector": (lambda f, x, y: f.dot(x, y), ((2, 5, 3), (3,))),
    "tensordot": (lambda f, x, y: f.tensordot(x, y), ((5, 2, 3), (2, 3, 7))),
    "tensordot one": (lambda f, x, y: f.tensordot(x, y, axes=1), ((5, 2), (2, 3))),
    "tensordot none": (lambda f, x, y: f.tensordot(x, y, axes=0), ((2,), (3, 5))),
    "tensordot lists": (lambda f, x, y: f.tensordot(x, y, axes=([2, 0], [0, 1])), ((2, 5, 3), (3, 2, 7))),
    "tensordot ints": (lambda f, x, y: f.tensordot(x, y, axes=(-1, 0)), ((2, 3), (3, 5))),
    "outer": (lambda f, x, y: f.outer(x, y), ((2,), (3,))),
    "outer flattens": (lambda f, x, y: f.outer(x, y), ((2, 3), (5, 2))),
    "outer scalars": (lambda f, x, y: f.outer(x, y), ((), ())),
    "linear": (lambda f, x, w, b: f.linear(x, w, b), ((2, 3), (5, 3), (5,))),
    "linear no bias": (lambda f, x, w: f.linear(x, w), ((7, 2, 3), (5, 3))),
    "linear vector": (lambda f, x, w, b: f.linear(x, w, b), ((3,), (5, 3), (5,))),
    "linear one output": (lambda f, x, w, b: f.linear(x, w, b), ((2, 3), (3,), ())),
    "diag": (lambda f, x: f.diag(x), ((3,),)),
    "diag above": (lambda f, x: f.diag(x, 2), ((3,),)),
    "diag below": (lambda f, x: f.diag(x, k=-2), ((3,),)),
    "diag of matrix": (lambda f, x: f.diag(x), ((5, 5),)),
    "diag by a size": (lambda f, x: f.diag(x, x.shape[0]), ((2,),)),
    "trace": (lambda f, x: f.trace(x), ((3, 3),)),
    "einsum": (lambda f, x, y: f.einsum("ij,jk->ik", x, y), ((2, 3), (3, 5))),
    "einsum implicit": (lambda f, x, y: f.einsum("cb, ba", x, y), ((2, 3), (3, 5))),
    "einsum implicit capital": (lambda f, x: f.einsum("bA", x), ((2, 3),)),
    "einsum trace": (lambda f, x: f.einsum("ii", x), ((3, 3),)),
    "einsum diagonal": (lambda f, x: f.einsum("iij->ji", x), ((3, 3, 5),)),
    "einsum transpose": (lambda f, x: f.einsum("ijk->kij", x), ((2, 3, 5),)),
    "einsum total": (lambda f, x: f.einsum("ij->", x), ((2, 3),)),
    "einsum ellipsis": (lambda f, x, y: f.einsum("...ij,...jk->...ik", x, y), ((5, 1, 2, 3), (7, 3, 2))),
    "einsum ellipsis implicit": (lambda f, x, y: f.einsum("i...,ij", x, y), ((2, 5), (2, 3))),
    "einsum ellipsis inside": (lambda f, x: f.einsum("a...b->b...", x), ((2, 3, 5, 7),)),
    "einsum ellipsis of nothing": (lambda f, x: f.einsum("i...->...", x), ((3,),)),
    "einsum three": (lambda f, x, y, z: f.einsum("i,ij,j->", x, y, z), ((2,), (2, 3), (3,))),
    "einsum scalar": (lambda f, x, y: f.einsum(",ij->ji", x, y), ((), (2, 3))),
    "einsum broadcast": (lambda f, x, y: f.einsum("ij,ij->j", x, y), ((1, 3), (2, 3))),
    "einsum batched": (lambda f, x, y: f.einsum("ncij,dcij->nd", x, y), ((2, 3, 2, 3), (5, 3, 2, 3))),
    "einsum empty": (lambda f, x, y: f.einsum("ij,jk", x, y), ((2, 0), (0, 3))),
    "sum": (lambda f, x: f.sum(x), ((2, 3, 5),)),
    "sum axis": (lambda f, x: f.sum(x, axis=1), ((2, 3, 5),)),
    "sum negative": (lambda f, x: f.sum(x, -1), ((2, 3, 5),)),
    "sum axes": (lambda f, x: f.sum(x, axis=(2, 0)), ((2, 3, 5),)),
    "sum no axes": (lambda f, x: f.sum(x, axis=()), ((2, 3),)),
    "sum keepdims": (lambda f, x: f.sum(x, axis=(0, -1), keepdims=True), ((2, 3, 5),)),
    "sum all keepdims": (lambda f, x: f.sum(x, keepdims=True), ((2, 3),)),
    "sum empty": (lambda f, x: f.sum(x, axis=0), ((0, 3),)),
    "sum to empty": (lambda f, x: f.sum(x, axis=1), ((0, 3),)),
    "sum scalar": (lambda f, x: f.sum(x), ((),)),
    "mean": (lambda f, x: f.mean(x, axis=(0, 1)), ((2, 3, 5),)),
    "mean keepdims": (lambda f, x: f.mean(x, axis=1, keepdims=True), ((2, 3, 5),)),
    "mean scalar": (lambda f, x: f.mean(x), ((),)),
    "mean to empty": (lambda f, x: f.mean(x, axis=1), ((0, 3),)),
    "var": (lambda f, x: f.var(x), ((2, 3),)),
    "var axis": (lambda f, x: f.var(x, axis=1, keepdims=True), ((2, 5),)),
    "max": (lambda f, x: f.max(x), ((2, 3),)),
    "max axes": (lambda f, x: f.max(x, axis=(0, 2)), ((2, 3, 5),)),
    "max keepdims": (lambda f, x: f.max(x, axis=-1, keepdims=True), ((2, 3),)),
    "max padded": (lambda f, x: f.max(f.pad(x, 1, constant_values=-math.inf), axis=0)[1:-1], ((2, 3),)),
    "max no axes": (lambda f, x: f.max(x, axis=()), ((2, 3),)),
    "min": (lambda f, x: f.min(x, axis=1), ((2, 3, 5),)),
    "min keepdims": (lambda f, x: f.min(x, (0, 1), keepdims=True), ((2, 3),)),
    "min padded": (lambda f, x: f.min(f.pad(x, 1, constant_values=math.inf), axis=0)[1:-1], ((2, 3),)),
    "cumsum": (lambda f, x: f.cumsum(x, axis=1), ((2, 3, 5),)),
    "cumsum flat": (lambda f, x: f.cumsum(x), ((2, 3),)),
    "cumsum negative": (lambda f, x: f.cumsum(x, -2), ((2, 3, 5),)),
    "methods": (lambda f, x: x.sum(0) + x.mean(axis=0) * x.max(axis=0) - x.min(0), ((2, 3),)),
}

# Each of these asks something of the sizes that symbols do not answer.
LITERAL_CASES: dict[str, Case] = {
    "pad wrap": (lambda f, x: f.pad(x, ((1, 2), (2, 0)), "wrap"), ((2, 3),)),
    "pad wrap long": (lambda f, x: f.pad(x, (7, 5), mode="wrap"), ((2, 3),)),
    "pad reflect": (lambda f, x: f.pad(x, ((1, 0), (2, 1)), mode="reflect"), ((2, 3),)),
    "pad reflect long": (lambda f, x: f.pad(x, ((5, 2), (0, 11)), mode="reflect"), ((2, 3),)),
    "pad reflect one": (lambda f, x: f.pad(x, 2, mode="reflect"), ((1, 3),)),
    "pad symmetric": (lambda f, x: f.pad(x, ((2, 1), (3, 2)), mode="symmetric"), ((2, 3),)),
    "pad symmetric long": (lambda f, x: f.pad(x, (9, 7), mode="symmetric"), ((2, 3),)),
    "reshape numbers": (lambda f, x: f.reshape(x, (5, 6)), ((2, 3, 5),)),
    "reshape overlap": (lambda f, x: f.reshape(x, (6, 2, 2)), ((4, 6),)),
    "reshape blocks": (lambda f, x: f.reshape(x, (2, 2, 15)), ((4, 3, 5),)),
    "reshape empty": (lambda f, x: f.reshape(x, (3, -1)), ((0, 3),)),
    "reshape empty other": (lambda f, x: f.reshape(x, (5, 0)), ((0, 3),)),
    "squeeze all": (lambda f, x: f.squeeze(x), ((1, 2, 1, 3),)),
    "diag of wide matrix": (lambda f, x: f.diag(x, 1), ((3, 5),)),
    "diag of tall matrix": (lambda f, x: f.diag(x, -1), ((5, 3),)),
    "diag outside": (lambda f, x: f.diag(x, 7), ((3, 5),)),
    "trace above": (lambda f, x: f.trace(x, offset=1), ((2, 5),)),
    "trace below": (lambda f, x: f.trace(x, -2), ((5, 3),)),
    "prod": (lambda f, x: f.prod(x), ((2, 3),)),
    "prod axis": (lambda f, x: f.prod(x, axis=-1, keepdims=True), ((2, 3),)),
    "prod empty": (lambda f, x: f.prod(x, axis=0), ((0, 3),)),
    "chain": (lambda f, x, y: f.sum(f.flip(f.pad(x, 1), 0) @ y, axis=0), ((2, 3), (5, 2))),
}


def arrays_of(shapes: tuple[tuple[int, ...], ...]) -> list[Any]:
    return [numbers(shape, seed) for seed, shape in enumerate(shapes)]


@pytest.mark.parametrize("name", CASES | LITERAL_CASES)
def test_agrees_with_numpy(name: str) -> None:
    call, shapes = (CASES | LITERAL_CASES)[name]
    assert_agrees(call, *arrays_of(shapes))


@pytest.mark.parametrize(
    "name", sorted((CASES | LITERAL_CASES).keys() - {"roll one axis twice"})
)  # the numeric twin refuses it
def test_arrays_of_floats_go_to_the_numeric_twin(name: str) -> None:
    call, shapes = (CASES | LITERAL_CASES)[name]
    arrays = arrays_of(shapes)
    found = np.asarray(call(OURS, *(np.asarray(array.astype(float)) for array in arrays)))
    np.testing.assert_allclose(found, np.asarray(call(NUMPY, *arrays)).astype(float), strict=True)


def prime_sizes() -> dict[IndexVar, int]:
    return {variable: n for n, variable in SIZES.items()}


@pytest.mark.parametrize("name", CASES)
def test_agrees_with_numpy_when_sizes_are_put_in_last(name: str) -> None:
    call, shapes = CASES[name]
    arrays = arrays_of(shapes)
    with reading("symbolic"):
        found = call(OURS, *map(of_symbolic_sizes, arrays))
        assert_same(exact_array(found, prime_sizes()), call(NUMPY, *arrays))


def test_most_cases_have_symbolic_sizes() -> None:
    assert sum(any(n in SIZES for shape in shapes for n in shape) for _, shapes in CASES.values()) > 0.9 * len(CASES)


@pytest.mark.parametrize("name", ["prod", "squeeze all", "diag of wide matrix", "diag of tall matrix"])
def test_what_symbolic_sizes_do_not_decide_is_undecided(name: str) -> None:
    call, shapes = LITERAL_CASES[name]
    with reading("symbolic"), pytest.raises(Undecided):
        exact_array(call(OURS, *map(of_symbolic_sizes, arrays_of(shapes))), prime_sizes())


# --- symbolic sizes, entry by entry ----------------------------------------------------------------------------------

m, n, k = (IndexVar(name, 1) for name in "mnk")
i, j, a = (IndexVar(name) for name in "ija")
M, N, K, I, J, A = map(ix.index, (m, n, k, i, j, a))


def variable(name: str, *shape: IndexTerm) -> SymbolicTensor:
    known = t.Variable(name, shape)
    return SymbolicTensor(shape, lambda index: t.Entry(known, index))


def show(term: t.Term) -> str:
    """The plain form of the views' terms."""
    match term:
        case t.Entry():
            return f"{term.variable}[{', '.join(map(repr, term.index))}]"
        case t.Where():
            return f"({show(term.then)} if {show_condition(term.condition)} else {show(term.otherwise)})"
        case t.Number():
            return str(term.value)
    raise AssertionError(f"no view: {term}")


def show_condition(condition: t.Condition) -> str:
    match condition:
        case t.IndexCompare():
            return f"{condition.term!r} {condition.relation} 0"
        case t.And():
            return " and ".join(map(show_condition, condition.parts))
    raise AssertionError(f"no comparison of indices: {condition}")


def views() -> Iterator[tuple[str, Any, tuple[IndexTerm, ...], tuple[IndexTerm, ...], str]]:
    X, Y, v = variable("X", M, N), variable("Y", K, N), variable("v", N)
    sizes = IndexScalar(m), IndexScalar(n)
    flat = OURS.reshape(X, -1)
    yield "concat", OURS.concat([X, Y]), (M + K, N), (I, J), "(X[i, j] if -i + m - 1 ge 0 else Y[-m + i, j])"
    yield "flat", flat, (M * N,), (I,), "X[floor((i)/(n)), i - n*floor((i)/(n))]"
    yield "split", OURS.reshape(variable("w", M * N), sizes), (M, N), (I, J), "w[j + n*i]"
    yield "merged and split", OURS.reshape(flat, sizes), (M, N), (I, J), "X[i, j]"
    yield "split and merged", OURS.reshape(OURS.reshape(variable("w", M * N), sizes), -1), (M * N,), (I,), "w[i]"
    yield (
        "units",
        OURS.reshape(X, (1, sizes[0], 1, sizes[1])),
        (ix.ONE, M, ix.ONE, N),
        (ix.ZERO, I, ix.ZERO, J),
        "X[i, j]",
    )
    yield "flip", OURS.flip(v), (N,), (I,), "v[-i + n - 1]"
    yield "pad", OURS.pad(v, (1, 2)), (N + 3,), (I,), "(v[i - 1] if i - 1 ge 0 and n - i ge 0 else 0)"
    wrapped = "((v[i - 1] if n - i ge 0 else v[i - n - 1]) if i - 1 ge 0 else v[i + n - 1])"
    yield "pad wrap", OURS.pad(v, 1, "wrap"), (N + 2,), (I,), wrapped
    yield "roll", OURS.roll(v, 1, axis=0), (N,), (I,), "(v[i - 1] if i - 1 ge 0 else v[i + n - 1])"
    yield "roll back", OURS.roll(v, -1, axis=0), (N,), (I,), "(v[i - n + 1] if i - n + 1 ge 0 else v[i + 1])"
    near, far = "(v[i - 3] if i - 3 ge 0 else v[i + n - 3])", "v[-n*floor((i - 3)/(n)) + i - 3]"
    yield "roll far", OURS.roll(v, 3, axis=0), (N,), (I,), f"({near} if n - 3 ge 0 else {far})"
    yield "stack", OURS.stack([v, X[0]]), (ix.index(2), N), (I, J), "(v[j] if i eq 0 else X[0, j])"
    yield "diag", OURS.diag(v, 1), (N + 1, N + 1), (I, J), "(v[i] if j - i - 1 eq 0 else 0)"
    yield "broadcast", OURS.broadcast_to(v, (*sizes[:1], sizes[1])), (M, N), (I, J), "v[j]"
    yield "slice", X[1:, ::-1], (M - 1, N), (I, J), "X[i + 1, -j + n - 1]"


with reading("symbolic"):
    VIEWS = {view[0]: view[1:] for view in views()}


@pytest.mark.parametrize("name", VIEWS)
def test_views_at_symbolic_sizes(name: str) -> None:
    found, shape, index, text = VIEWS[name]
    assert found.extents == shape
    assert show(found.at(index)) == text


def test_reductions_at_symbolic_sizes() -> None:
    X = variable("X", M, N)
    with reading("symbolic"):
        total, average, least, running = (
            X.sum(axis=1),
            X.mean(axis=0),
            X.max(axis=1, keepdims=True),
            OURS.cumsum(X, axis=0),
        )
        assert [x.extents for x in (total, average, least, running)] == [(M,), (N,), (M, ix.ONE), (M, N)]
        body = total.definition.body
        assert isinstance(body, t.Sum)
        assert body.extent == N
        largest = least.definition.body
        assert isinstance(largest, t.MaxOver)
        assert largest.extent == N
        partial = running.definition.body
        assert isinstance(partial, t.Sum)
        assert partial.extent == ix.index(running.definition.variables[0]) + 1


def test_a_maximum_that_may_be_empty_is_undefined_where_it_is() -> None:
    """Also inside of a maximum with a number, which would hide minus infinity."""
    v = SymbolicTensor((N,), lambda index: t.index_number(index[0]))
    with reading("symbolic"):
        rest = v[1:].max()
        shown = SymbolicTensor((), lambda _: t.maximum(rest.at(()), t.ZERO))
        assert exact_array(shown, {n: 3}) == 2
        with pytest.raises(Undefined):
            exact_array(shown, {n: 1})
        with pytest.raises(Undefined):
            exact_array(v[1:].mean(), {n: 1})


def test_elementwise_between_merging_and_splitting_is_right() -> None:
    x = numbers((3, 5))
    with reading("symbolic"):
        X = of_symbolic_sizes(x)
        again = OURS.reshape(OURS.reshape(X, -1) * 2, X.shape)
        assert_same(exact_array(again, prime_sizes()), 2 * x)


# --- what is refused -------------------------------------------------------------------------------------------------

REFUSED: list[tuple[type[Exception], str, Callable[[Any], Any]]] = [
    (Undefined, "of 6 entries", lambda x: OURS.reshape(x, (4, 2))),
    (Undefined, "does not divide", lambda x: OURS.reshape(x, (4, -1))),
    (Undefined, "does not divide", lambda x: OURS.reshape(x[:0], (0, -1))),
    (ValueError, "at most one is -1", lambda x: OURS.reshape(x, (-1, -1))),
    (ValueError, "at most one is -1", lambda x: OURS.reshape(x, (-2, 3))),
    (TypeError, "an extent is an integer", lambda x: OURS.reshape(x, (2.0, 3))),
    (ShapeError, "do not permute", lambda x: OURS.permute_dims(x, (0,))),
    (ValueError, "names one axis twice", lambda x: OURS.permute_dims(x, (0, -2))),
    (ShapeError, "axis 2 of a tensor of 2 axes", lambda x: OURS.sum(x, axis=2)),
    (ShapeError, "axis -3 of", lambda x: OURS.flip(x, -3)),
    (ValueError, "names one axis twice", lambda x: OURS.sum(x, axis=(0, 0))),
    (TypeError, "literal integer", lambda x: OURS.sum(x, axis=1.0)),
    (TypeError, "literal integer", lambda x: OURS.max(x, axis=True)),
    (Undefined, "extent is not 1", lambda x: OURS.squeeze(x, 0)),
    (TypeError, "places of the new axes", lambda x: OURS.expand_dims(x, None)),
    (ShapeError, "axis 4", lambda x: OURS.expand_dims(x, 4)),
    (Undefined, "does not broadcast", lambda x: OURS.broadcast_to(x, (3, 3))),
    (ShapeError, "more axes", lambda x: OURS.broadcast_to(x, (3,))),
    (Undefined, "concat of shapes", lambda x: OURS.concat([x, x.T])),
    (ShapeError, "the same number", lambda x: OURS.concat([x, x[0]])),
    (ShapeError, "at least 1", lambda x: OURS.concat([x[0, 0]])),
    (ValueError, "no tensors", lambda x: OURS.concat([])),
    (TypeError, "literal integer", lambda x: OURS.concat([x, x], axis=None)),
    (Undefined, "stack of shapes", lambda x: OURS.stack([x, x.T])),
    (ShapeError, "the same number", lambda x: OURS.stack([x, x[0]])),
    (ValueError, "no tensors", lambda x: OURS.stack([])),
    (ValueError, "at least 0", lambda x: OURS.pad(x, -1)),
    (ValueError, "at least 0", lambda x: OURS.pad(x, ((0, 1), (-2, 0)))),
    (ValueError, "a pair for each", lambda x: OURS.pad(x, (1, 2, 3))),
    (ValueError, "a pair for each", lambda x: OURS.pad(x, ((1, 2), 3))),
    (ValueError, "a pair for each", lambda x: OURS.pad(x, ((1, 2),) * 3)),
    (ValueError, "need one of", lambda x: OURS.pad(x, 1, "circular")),
    (ValueError, "for mode", lambda x: OURS.pad(x, 1, "edge", 3)),
    (Undefined, "an empty axis", lambda x: OURS.pad(x[:0], 1, "edge")),
    (TypeError, "a pad width is an integer", lambda x: OURS.pad(x, 1.0)),
    (ShapeError, "padded with scalars", lambda x: OURS.pad(x, 1, constant_values=x)),
    (ValueError, "one for each axis", lambda x: OURS.roll(x, (1, 2, 3), axis=(0, 1))),
    (TypeError, "a shift is", lambda x: OURS.roll(x, 0.5)),
    (Undefined, r"matrix product of shapes \(2, 3\) and \(2, 3\)", lambda x: OURS.matmul(x, x)),
    (ShapeError, "use \\*", lambda x: OURS.matmul(x, 2)),
    (Undefined, "do not broadcast", lambda x: OURS.matmul(OURS.stack([x] * 2), OURS.stack([x.T] * 3))),
    (Undefined, "summed", lambda x: OURS.dot(x, x)),
    (Undefined, "summed", lambda x: OURS.tensordot(x, x, axes=1)),
    (ShapeError, "over 3 axes", lambda x: OURS.tensordot(x, x, axes=3)),
    (ShapeError, "as many", lambda x: OURS.tensordot(x, x, axes=([0, 1], [0]))),
    (ValueError, "twice", lambda x: OURS.tensordot(x, x, axes=([0, 0], [0, 1]))),
    (TypeError, "two lists", lambda x: OURS.tensordot(x, x, axes=1.0)),
    (ValueError, "two lists", lambda x: OURS.tensordot(x, x, axes=([0],))),
    (ShapeError, "linear takes a weight", lambda x: OURS.linear(x, 3)),
    (ShapeError, "bias of fewer axes", lambda x: OURS.linear(x, x, x)),
    (Undefined, "does not broadcast", lambda x: OURS.linear(x, x, [1, 2, 3])),
    (ShapeError, "a vector or a matrix", lambda x: OURS.diag(x[None])),
    (ShapeError, "takes a matrix", lambda x: OURS.trace(x[0])),
    (Undefined, "the maximum of no entries", lambda x: OURS.max(x[:0], axis=0)),
    (Undefined, "the minimum of no entries", lambda x: OURS.min(x[:0])),
    (Undefined, "the mean of no entries", lambda x: OURS.mean(x[:0], axis=0)),
    (Undefined, "the mean of no entries", lambda x: OURS.var(x[:, :0])),
    (TypeError, "subscripts first", lambda x: OURS.einsum(x, "ij")),
    (ValueError, "2 terms for 1 tensors", lambda x: OURS.einsum("ij,jk", x)),
    (ValueError, "more than letters", lambda x: OURS.einsum("i.j", x)),
    (ValueError, "more than letters", lambda x: OURS.einsum("i1->i", x)),
    (ValueError, "more than letters", lambda x: OURS.einsum("...i...", x)),
    (ValueError, "more than letters", lambda x: OURS.einsum("ij->i->j", x)),
    (ShapeError, "names 3 axes of a tensor of 2", lambda x: OURS.einsum("ijk", x)),
    (ShapeError, "names 1 axes of a tensor of 2", lambda x: OURS.einsum("i", x)),
    (ValueError, "repeats a letter", lambda x: OURS.einsum("ij->ii", x)),
    (ValueError, "a letter that no term has", lambda x: OURS.einsum("ij->ik", x)),
    (ValueError, "lacks the ellipsis", lambda x: OURS.einsum("...i->i", x)),
    (Undefined, "'i' has the extents 2 and 3", lambda x: OURS.einsum("ii", x)),
    (Undefined, "'i' has the extents 1 and 3", lambda x: OURS.einsum("ii", x[:1])),
    (Undefined, "'j' has the extents 3 and 2", lambda x: OURS.einsum("ij,jk", x, x)),
    (Undefined, "the ellipsis has", lambda x: OURS.einsum("...,...", x, x.T)),
]


@pytest.mark.parametrize("place", range(len(REFUSED)))
def test_refuses_in_one_sentence(place: int) -> None:
    kind, text, call = REFUSED[place]
    with pytest.raises(kind, match=text) as caught:
        call(literal(numbers((2, 3))))
    assert isinstance(caught.value, (Undefined, ShapeError)) or type(caught.value) is kind
    assert "\n" not in str(caught.value)


UNDECIDED: list[Callable[[Any, Any], Any]] = [
    lambda x, size: OURS.reshape(x, (size, 2)),
    lambda x, size: OURS.reshape(x, (2, -1)),
    lambda x, size: OURS.reshape(x, (size - 1, -1)),
    lambda x, size: OURS.squeeze(x),
    lambda x, size: OURS.squeeze(x, 0),
    lambda x, size: OURS.broadcast_to(x, (size, size)),
    lambda x, size: OURS.concat([x, x.T]),
    lambda x, size: OURS.pad(x, size - 2),
    lambda x, size: OURS.pad(x, 1, "reflect"),
    lambda x, size: OURS.pad(x, 2, "wrap"),
    lambda x, size: OURS.matmul(x, x),
    lambda x, size: OURS.einsum("ii", x),
    lambda x, size: OURS.diag(x),
    lambda x, size: OURS.diag(x[0], size - 2),
    lambda x, size: OURS.prod(x, axis=0),
]


@pytest.mark.parametrize("place", range(len(UNDECIDED)))
def test_questions_about_sizes_are_undecided(place: int) -> None:
    with reading("symbolic"), pytest.raises(Undecided):
        UNDECIDED[place](variable("X", M, N), IndexScalar(m))


def test_sizes_that_differ_whatever_they_are_are_undefined() -> None:
    x = variable("x", N)
    with reading("symbolic"):
        for call in (
            lambda: OURS.reshape(x, IndexScalar(n) + 1),
            lambda: OURS.dot(x, x[1:]),
            lambda: OURS.stack([x, x[1:]]),
        ):
            with pytest.raises(Undefined):
                call()


# --- on random input -------------------------------------------------------------------------------------------------


def keys_for(shape: tuple[int, ...]) -> st.SearchStrategy[tuple[Any, ...]]:
    bound = st.none() | st.integers(-7, 7)
    slices = st.builds(slice, bound, bound, st.none() | st.integers(-3, 3).filter(bool))

    def item(size: int) -> st.SearchStrategy[Any]:
        return slices | st.integers(-size, size - 1) if size else slices

    @st.composite
    def build(draw: st.DrawFn) -> tuple[Any, ...]:
        key = [draw(item(size)) for size in shape]
        if draw(st.booleans()):
            start = draw(st.integers(0, len(key)))
            key[start : draw(st.integers(start, len(key)))] = [...]
        elif key:
            del key[draw(st.integers(0, len(key))) :]
        for _ in range(draw(st.integers(0, 2))):
            key.insert(draw(st.integers(0, len(key))), None)
        return tuple(key)

    return build()


shapes = st.lists(st.sampled_from([0, 1, 2, 3, 5]), max_size=3).map(tuple)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_indexing_agrees_with_numpy(data: st.DataObject) -> None:
    shape = data.draw(shapes)
    key = data.draw(keys_for(shape))
    x = numbers(shape)
    assert_same(exact_array(literal(x)[key]), x[key])


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_indexing_twice_agrees_with_numpy(data: st.DataObject) -> None:
    x = numbers((3, 5))
    first = data.draw(keys_for(x.shape))
    inner = np.asarray(x[first], object)
    second = data.draw(keys_for(inner.shape))
    assert_same(exact_array(as_tensor(literal(x)[first])[second]), inner[second])


@settings(deadline=None, max_examples=200)
@given(st.data(), st.integers(1, 6))
def test_slices_of_a_symbolic_size_are_right_where_they_are_decided(data: st.DataObject, size: int) -> None:
    bound = st.none() | st.integers(-3, 3)
    key = slice(data.draw(bound), data.draw(bound), data.draw(st.sampled_from([None, 1, 2, 3, -1, -2])))
    x = numbers((size,))
    vector = SymbolicTensor((N,), literal(x).at)
    with reading("symbolic"):
        try:
            found = vector[key]
        except Undecided:
            return
        assert_same(exact_array(found, {n: size}), x[key])


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_reshape_agrees_with_numpy(data: st.DataObject) -> None:
    def factored() -> tuple[int, ...]:
        primes = data.draw(st.permutations([2, 2, 3, 5]))
        cuts = sorted(data.draw(st.lists(st.integers(0, 4), max_size=4)))
        return tuple(math.prod(primes[a:b]) for a, b in itertools.pairwise([0, *cuts, 4]))

    old, new = factored(), factored()
    assert_agrees(lambda f, x: f.reshape(x, new), numbers(old))


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_einsum_agrees_with_numpy(data: st.DataObject) -> None:
    sizes = dict(zip("abCd", (1, 2, 3, 0), strict=True))
    letters = st.text(st.sampled_from("abCd"), max_size=3)
    terms = data.draw(st.lists(letters, min_size=1, max_size=3))
    used = sorted(set("".join(terms)))
    output = data.draw(st.permutations(used).flatmap(lambda p: st.integers(0, len(p)).map(lambda c: "".join(p[:c]))))
    text = ",".join(terms) + data.draw(st.sampled_from(["", "->" + output]))
    arrays = [numbers(tuple(sizes[letter] for letter in term), place) for place, term in enumerate(terms)]
    assert_agrees(lambda f, *xs: f.einsum(text, *xs), *arrays)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_einsum_with_an_ellipsis_agrees_with_numpy(data: st.DataObject) -> None:
    whole = (2, 3)

    def operand(letter: str) -> tuple[str, tuple[int, ...]]:
        depth = data.draw(st.integers(0, 2))
        batch = tuple(data.draw(st.sampled_from([1, n])) for n in whole[2 - depth :])
        place = data.draw(st.sampled_from(["front", "back"]))
        return (f"...{letter}", (*batch, 5)) if place == "front" else (f"{letter}...", (5, *batch))

    terms = [operand(letter) for letter in data.draw(st.sampled_from(["i", "ii", "ij", "iji"]))]
    used = "".join(sorted({letter for text, _ in terms for letter in text if letter in string.ascii_letters}))
    text = ",".join(text for text, _ in terms) + data.draw(
        st.sampled_from(["", "->...", f"->{used}...", f"->...{used}"])
    )
    assert_agrees(lambda f, *xs: f.einsum(text, *xs), *(numbers(shape, k) for k, (_, shape) in enumerate(terms)))


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_tensordot_agrees_with_numpy(data: st.DataObject) -> None:
    sizes = st.sampled_from([0, 1, 2, 3])
    summed = data.draw(st.lists(sizes, max_size=2))
    left = data.draw(st.permutations([*((n, place) for place, n in enumerate(summed)), (data.draw(sizes), None)]))
    right = data.draw(st.permutations([*((n, place) for place, n in enumerate(summed)), (data.draw(sizes), None)]))
    axes = tuple(
        [[place for _, place in side].index(number) for number in range(len(summed))] for side in (left, right)
    )
    x, y = (numbers(tuple(n for n, _ in side), seed) for seed, side in enumerate((left, right)))
    assert_agrees(lambda f, x, y: f.tensordot(x, y, axes=axes), x, y)


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_matmul_agrees_with_numpy(data: st.DataObject) -> None:
    inner = data.draw(st.sampled_from([0, 1, 3]))
    batch = data.draw(st.lists(st.sampled_from([1, 2, 5]), max_size=2))

    def stack() -> tuple[int, ...]:
        depth = data.draw(st.integers(0, len(batch)))
        return tuple(data.draw(st.sampled_from([1, n])) for n in batch[len(batch) - depth :])

    left = data.draw(st.sampled_from([(inner,), (*stack(), 2, inner), (*stack(), 1, inner)]))
    right = data.draw(st.sampled_from([(inner,), (*stack(), inner, 3), (*stack(), inner, 1)]))
    assert_agrees(lambda f, x, y: f.matmul(x, y), numbers(left), numbers(right, 1))
