"""Products of tensors: matrix products, contractions, diagonals, and Einstein's notation."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from symconv.dispatch import operation
from symconv.errors import ShapeError, Undecided, Undefined
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.general import sets
from symconv.kernel.index import IndexTerm
from symconv.kernel.terms import Term
from symconv.tensors.indexing import larger, smaller
from symconv.tensors.reductions import reduced
from symconv.tensors.shaping import axes_of, broadcasted, reshaped
from symconv.tensors.tensor import (
    Index,
    Shape,
    SymbolicTensor,
    as_index,
    as_tensor,
    broadcast,
    elementwise,
    entry_or_tensor,
    guarded,
    is_integer,
    same_extent,
    show_shape,
    stretched,
)

# --- matrix products -------------------------------------------------------------------------------------------------


@operation
def matmul(a: Any, b: Any) -> Any:
    """The product of matrices, and of stacks of them, which broadcast. A vector is a row on the left, a column on the
    right.

    y[i, j] = sum(a[i, k] * b[k, j] for k in range(n))

    Shapes: a (..., m, n), b (..., n, p) -> (..., m, p);  (n,), (n,) -> ().
    Raises: ShapeError for a scalar; Undefined where the inner extents differ or the stacks do not broadcast.

    >>> from symconv import matmul, tensor
    >>> matmul([[1, 2]], tensor("x", (2,)))
    tensor([x[0] + 2*x[1]])
    """
    return entry_or_tensor(product(as_tensor(a), as_tensor(b)))


def product(a: SymbolicTensor, b: SymbolicTensor) -> SymbolicTensor:
    """``a @ b``."""
    if not a.extents or not b.extents:
        raise ShapeError("the matrix product of a scalar; use *")
    if not same_extent(a.extents[-1], b.extents[-2 if b.ndim > 1 else -1]):
        raise Undefined(f"the matrix product of shapes {show_shape(a.extents)} and {show_shape(b.extents)}")
    rows, columns = a.extents[-2:-1], b.extents[-1:] if b.ndim > 1 else ()
    batch = broadcast(a.extents[:-2], b.extents[:-2])
    depth, inner = len(batch), a.extents[-1:]
    a_at = stretched(a, (*batch, *rows, *inner) if rows else inner)
    b_at = stretched(b, (*batch, *inner, *columns) if b.ndim > 1 else inner)

    def entry(index: Index) -> Term:
        stack, row, column = index[:depth], index[depth : depth + len(rows)], index[depth + len(rows) :]
        left, right = stack if rows else (), stack if b.ndim > 1 else ()
        return t.sum_over(inner, lambda k: t.multiply(a_at((*left, *row, *k)), b_at((*right, *k, *column))))

    return SymbolicTensor.defined((*batch, *rows, *columns), entry)


@operation
def dot(a: Any, b: Any) -> Any:
    """NumPy's dot: the product with a scalar, else the sum over a's last axis and b's last but one (or only one).

    >>> from symconv import dot
    >>> dot([1, 2, 3], [4, 5, 6])
    32
    """
    left, right = as_tensor(a), as_tensor(b)
    if not left.extents or not right.extents:
        return entry_or_tensor(elementwise(t.multiply, left, right))
    return entry_or_tensor(contracted(left, right, (left.ndim - 1,), (right.ndim - (2 if right.ndim > 1 else 1),)))


@operation
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """The sum of products over a's last and b's first ``axes`` axes, or over the axes listed as (of a, of b).

    Shapes: a's axes that are left, then b's.
    Raises: Undefined where the extents summed over differ; ShapeError or ValueError for axes that do not fit.

    >>> from symconv import tensordot
    >>> tensordot([[1, 2], [3, 4]], [[1, 0], [0, 1]])
    5
    """
    left, right = as_tensor(a), as_tensor(b)
    return entry_or_tensor(contracted(left, right, *_summed_axes(axes, left.ndim, right.ndim)))


def contracted(a: SymbolicTensor, b: SymbolicTensor, of_a: tuple[int, ...], of_b: tuple[int, ...]) -> SymbolicTensor:
    """The sum of products over pairs of axes."""
    extents = tuple(a.extents[axis] for axis in of_a)
    if not all(map(same_extent, extents, (b.extents[axis] for axis in of_b))):
        raise Undefined(
            f"shapes {show_shape(a.extents)} and {show_shape(b.extents)} differ on the summed axes {of_a} and {of_b}"
        )
    kept_a = [axis for axis in range(a.ndim) if axis not in of_a]
    kept_b = [axis for axis in range(b.ndim) if axis not in of_b]
    shape = (*(a.extents[axis] for axis in kept_a), *(b.extents[axis] for axis in kept_b))

    def entry(index: Index) -> Term:
        outer_a, outer_b = dict(zip(kept_a, index, strict=False)), dict(zip(kept_b, index[len(kept_a) :], strict=True))

        def summand(inner: Index) -> Term:
            of_left, of_right = (
                outer_a | dict(zip(of_a, inner, strict=True)),
                outer_b | dict(zip(of_b, inner, strict=True)),
            )
            return t.multiply(
                a.at(tuple(of_left[i] for i in range(a.ndim))), b.at(tuple(of_right[i] for i in range(b.ndim)))
            )

        return t.sum_over(extents, summand)

    return SymbolicTensor.defined(shape, entry)


def _summed_axes(axes: Any, left: int, right: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    if not isinstance(axes, (tuple, list)):
        if not is_integer(axes):
            raise TypeError(f"tensordot's axes are an integer or two lists of axes, not {axes!r}")
        if not 0 <= axes <= min(left, right):
            raise ShapeError(f"tensordot over {axes} axes of tensors of {left} and {right} axes")
        return tuple(range(left - axes, left)), tuple(range(axes))
    if len(axes) != 2 or None in axes:
        raise ValueError(f"tensordot's axes are an integer or two lists of axes, not {axes!r}")
    of_left, of_right = axes_of(axes[0], left), axes_of(axes[1], right)
    if len(of_left) != len(of_right):
        raise ShapeError(f"tensordot over the axes {axes!r}; need as many of the one tensor as of the other")
    return of_left, of_right


@operation
def outer(a: Any, b: Any) -> Any:
    """y[i, j] = a[i] * b[j], of the flattened tensors.

    Shapes: a of m entries, b of n entries -> (m, n).

    >>> from symconv import outer
    >>> outer([1, 2], [3, 5])
    tensor([[3, 5], [6, 10]])
    """
    left, right = _flat(as_tensor(a)), _flat(as_tensor(b))

    def entry(index: Index) -> Term:
        return t.multiply(left.at(index[:1]), right.at(index[1:]))

    return SymbolicTensor((*left.extents, *right.extents), entry)


def _flat(x: SymbolicTensor) -> SymbolicTensor:
    return reshaped(x, (ix.product(x.extents),))


@operation
def linear(x: Any, weight: Any, bias: Any = None) -> Any:
    """y = x @ weight.T + bias.

    Shapes: x (..., n), weight (p, n) -> (..., p); weight (n,) -> (...); bias (p,), or () for every output.
    Raises: Undefined where the extents differ; ShapeError for a weight or a bias of another rank.
    Source: torch.nn.functional.linear.

    >>> from symconv import linear, tensor
    >>> linear(tensor("x", (2,)), [[1, 2]], [3])
    tensor([x[0] + 2*x[1] + 3])
    """
    matrix = as_tensor(weight)
    if matrix.ndim not in (1, 2):
        raise ShapeError(
            f"linear takes a weight of shape (outputs, features) or (features,), not {show_shape(matrix.extents)}"
        )
    found = product(as_tensor(x), matrix.T)
    if bias is None:
        return entry_or_tensor(found)
    shift = as_tensor(bias)
    if shift.ndim > matrix.ndim - 1:
        raise ShapeError(
            f"linear with weight {show_shape(matrix.extents)}: a bias of fewer axes, not {show_shape(shift.extents)}"
        )
    return entry_or_tensor(elementwise(t.add, found, broadcasted(shift, found.extents)))


# --- diagonals -------------------------------------------------------------------------------------------------------


@operation
def diag(x: Any, k: Any = 0) -> Any:
    """The matrix with the vector x on its k-th diagonal, or the k-th diagonal of the matrix x.

    Y[i, i + k] = x[i], or y[i] = X[i, i + k]; for k < 0 counted from row -k.

    >>> from symconv import diag
    >>> diag([1, 2]), diag([[1, 2], [3, 4]], 1)
    (tensor([[1, 0], [0, 2]]), tensor([2]))
    """
    source = as_tensor(x)
    if source.ndim not in (1, 2):
        raise ShapeError(f"diag takes a vector or a matrix, not a tensor of shape {show_shape(source.extents)}")
    down, right = _offsets(k)
    return _diagonal_matrix(source, down, right) if source.ndim == 1 else _diagonal(source, down, right)


@operation
def trace(x: Any, offset: Any = 0) -> Any:
    """The sum of a diagonal of the matrix x: of X[i, i + offset].

    >>> from symconv import trace
    >>> trace([[1, 2], [3, 4]])
    5
    """
    source = as_tensor(x)
    if source.ndim != 2:
        raise ShapeError(f"trace takes a matrix, not a tensor of shape {show_shape(source.extents)}")
    return entry_or_tensor(reduced(t.sum_over, _diagonal(source, *_offsets(offset)), (0,), keepdims=False))


def _offsets(k: Any) -> tuple[IndexTerm, IndexTerm]:
    """Where the k-th diagonal starts: the row and the column, one of which is 0."""
    offset = as_index(k, "the number of a diagonal")
    known = sets.is_nonnegative(offset)
    if known is None:
        raise Undecided(f"whether the diagonal {offset} is above the main one depends on the sizes")
    return (ix.ZERO, offset) if known else (-offset, ix.ZERO)


def _diagonal_matrix(x: SymbolicTensor, down: IndexTerm, right: IndexTerm) -> SymbolicTensor:
    size = x.extents[0] + down + right

    def entry(index: Index) -> Term:
        i, j = index
        place = i - down
        on_diagonal = t.equals(j - right, place)
        return guarded(
            on_diagonal if down == ix.ZERO else t.conjunction(on_diagonal, t.at_least(place, 0)), x, (place,), t.ZERO
        )

    return SymbolicTensor((size, size), entry)


def _diagonal(x: SymbolicTensor, down: IndexTerm, right: IndexTerm) -> SymbolicTensor:
    length = larger(ix.ZERO, smaller(x.extents[0] - down, x.extents[1] - right))
    return SymbolicTensor((length,), lambda index: x.at((index[0] + down, index[0] + right)))


# --- Einstein's notation ---------------------------------------------------------------------------------------------


@operation
def einsum(subscripts: str, *operands: Any) -> Any:
    """Einstein's notation as in NumPy: the sum of products over every letter that the output lacks.

    "ij,jk->ik" is the matrix product. Without an arrow the output has the letters that occur once, in the order of the
    alphabet; an ellipsis stands for axes that broadcast.

    Raises: Undefined where one letter has two extents; ValueError for a text that cannot be read.

    >>> from symconv import einsum
    >>> einsum("ij,j", [[1, 2], [3, 4]], [1, 10])
    tensor([21, 43])
    >>> einsum("ii->i", [[1, 2], [3, 4]])
    tensor([1, 4])
    """
    if not isinstance(subscripts, str):
        raise TypeError(
            f'einsum takes its subscripts first, as in einsum("ij,jk->ik", a, b), not {type(subscripts).__name__}'
        )
    tensors = [as_tensor(operand) for operand in operands]
    plan = _plan(subscripts, [tensor.ndim for tensor in tensors])
    extents = _letter_extents(subscripts, plan, tensors)
    summed = [letter for letter in extents if letter not in plan.output]

    def entry(index: Index) -> Term:
        outer_indices = dict(zip(plan.output, index, strict=True))

        def summand(inner: Index) -> Term:
            at = outer_indices | dict(zip(summed, inner, strict=True))
            return t.multiply(*(_read(tensor, term, at) for tensor, term in zip(tensors, plan.inputs, strict=True)))

        return t.sum_over(tuple(extents[letter] for letter in summed), summand)

    return entry_or_tensor(SymbolicTensor.defined(tuple(extents[letter] for letter in plan.output), entry))


Letters = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """One letter for each axis of each operand and of the output; numbers, counted down, for those of an ellipsis."""

    inputs: tuple[Letters, ...]
    output: Letters


def _plan(subscripts: str, ranks: Sequence[int]) -> _Plan:
    text, arrow, result = "".join(subscripts.split()).partition("->")
    terms = text.split(",")
    if len(terms) != len(ranks):
        raise ValueError(f"einsum {subscripts!r} has {len(terms)} terms for {len(ranks)} tensors")
    inputs = tuple(_letters(subscripts, term, rank) for term, rank in zip(terms, ranks, strict=True))
    known = [letter for letters in inputs for letter in letters]
    dots = tuple(sorted({letter for letter in known if letter.isdigit()}, key=int, reverse=True))
    if arrow:
        return _Plan(inputs, _output(subscripts, result, dots, known))
    once = tuple(sorted(letter for letter in known if not letter.isdigit() and known.count(letter) == 1))
    return _Plan(inputs, dots + once)


def _letters(subscripts: str, term: str, rank: int) -> Letters:
    """A term's letters, with as many numbers for its ellipsis as the tensor has further axes."""
    head, dots, tail = _split(subscripts, term)
    depth = rank - len(head) - len(tail)
    if depth < 0 or (depth > 0 and not dots):
        raise ShapeError(f"einsum {subscripts!r}: {term!r} names {len(head + tail)} axes of a tensor of {rank}")
    return (*head, *map(str, range(depth - 1, -1, -1)), *tail)


def _output(subscripts: str, result: str, dots: Letters, known: Sequence[str]) -> Letters:
    head, ellipsis, tail = _split(subscripts, result)
    letters = head + tail
    if len(set(letters)) < len(letters):
        raise ValueError(f"einsum {subscripts!r}: the output repeats a letter")
    if not set(letters) <= set(known):
        raise ValueError(f"einsum {subscripts!r}: the output has a letter that no term has")
    if dots and not ellipsis:
        raise ValueError(f"einsum {subscripts!r}: the output lacks the ellipsis that a term has")
    return (*head, *dots, *tail)


def _split(subscripts: str, term: str) -> tuple[str, str, str]:
    """The letters before the ellipsis, the ellipsis if there is one, the letters behind it."""
    head, dots, tail = term.partition("...")
    if not all(letter in string.ascii_letters for letter in head + tail):
        raise ValueError(f"einsum {subscripts!r}: {term!r} holds more than letters and one ellipsis")
    return head, dots, tail


def _letter_extents(subscripts: str, plan: _Plan, tensors: Sequence[SymbolicTensor]) -> dict[str, IndexTerm]:
    """The extent of each letter; an extent of 1 broadcasts between tensors, but not within one."""
    extents: dict[str, IndexTerm] = {}
    for term, tensor in zip(plan.inputs, tensors, strict=True):
        own: dict[str, IndexTerm] = {}
        for letter, extent in zip(term, tensor.extents, strict=True):
            if not same_extent(own.setdefault(letter, extent), extent):
                raise _two_extents(subscripts, letter, own[letter], extent)
        for letter, extent in own.items():
            found = extents.setdefault(letter, extent)
            if found.constant == 1:
                extents[letter] = extent
            elif extent.constant != 1 and not same_extent(found, extent):
                raise _two_extents(subscripts, letter, found, extent)
    return extents


def _two_extents(subscripts: str, letter: str, first: IndexTerm, second: IndexTerm) -> Undefined:
    name = "the ellipsis" if letter.isdigit() else f"the letter {letter!r}"
    return Undefined(f"einsum {subscripts!r}: {name} has the extents {first} and {second}")


def _read(tensor: SymbolicTensor, term: Letters, at: dict[str, IndexTerm]) -> Term:
    shape: Shape = tensor.extents
    return tensor.at(tuple(ix.ZERO if n.constant == 1 else at[letter] for letter, n in zip(term, shape, strict=True)))
