"""Products of tensors: matrix products, contractions, and Einstein's notation."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from symconv.errors import ShapeError, Undefined
from symconv.numeric import reductions, shaping
from symconv.numeric.arrays import Array, Data, Operand, as_array, floating, multilinear, operands
from symconv.numeric.computed import as_size


def matmul(a: Operand, b: Operand) -> Array:
    """a @ b: the product of matrices (and of stacks of them); a vector is a row on the left, a column on the right."""
    left, right = (floating(array) for array in operands(a, b))
    if left.ndim == 0 or right.ndim == 0:
        raise ShapeError("@ of a scalar; use *")
    row, column = left.ndim == 1, right.ndim == 1
    left = shaping.expand_dims(left, 0) if row else left
    right = shaping.expand_dims(right, 1) if column else right
    if left.logical_shape[-1] != right.logical_shape[-2]:
        raise Undefined(f"@ of shapes {left.logical_shape} and {right.logical_shape}")
    product = _batched_matmul(left, right)
    product = shaping.squeeze(product, -2) if row else product
    return shaping.squeeze(product, -1) if column else product


def dot(a: Operand, b: Operand) -> Array:
    """NumPy's dot: a product with a scalar, else the sum over a's last axis and b's last but one."""
    left, right = as_array(a), as_array(b)
    if left.ndim == 0 or right.ndim == 0:
        return left * right
    return tensordot(left, right, ([-1], [-2 if right.ndim > 1 else -1]))


def tensordot(a: Operand, b: Operand, axes: Any = 2) -> Array:
    """The sum of products over a's last and b's first `axes` axes, or over the axes listed as (of a, of b)."""
    left, right = (floating(array) for array in operands(a, b))
    summed_left, summed_right = _contracted(axes, left.ndim, right.ndim)
    if [left.logical_shape[i] for i in summed_left] != [right.logical_shape[i] for i in summed_right]:
        raise Undefined(f"tensordot over {axes} of shapes {left.logical_shape} and {right.logical_shape}")
    kept_left = [i for i in range(-left.ndim, 0) if i not in summed_left]
    kept_right = [i for i in range(-right.ndim, 0) if i not in summed_right]
    rows = [left.logical_shape[i] for i in kept_left]
    columns = [right.logical_shape[i] for i in kept_right]
    terms = int(np.prod([left.logical_shape[i] for i in summed_left], dtype=int))
    matrix = shaping.reshape(
        shaping.permute_dims(left, (*kept_left, *summed_left)), (int(np.prod(rows, dtype=int)), terms)
    )
    other = shaping.reshape(
        shaping.permute_dims(right, (*summed_right, *kept_right)), (terms, int(np.prod(columns, dtype=int)))
    )
    return shaping.reshape(matmul(matrix, other), (*rows, *columns))


def outer(a: Operand, b: Operand) -> Array:
    """a[i] * b[j], of the flattened tensors."""
    left, right = as_array(a).flatten(), as_array(b).flatten()
    return shaping.expand_dims(left, 1) * right


def trace(x: Operand, offset: int = 0) -> Array:
    """The sum of a diagonal of the matrix x."""
    matrix = as_array(x)
    if matrix.ndim != 2:
        raise ShapeError(f"trace of a tensor of {matrix.ndim} axes; need a matrix")
    return reductions.sum(shaping.diag(matrix, offset))


def linear(x: Operand, weight: Operand, bias: Operand | None = None) -> Array:
    """x @ weight.T + bias.

    Shapes: x (..., features), weight (outputs, features) or (features,), bias (outputs,) or () -> (..., outputs).
    """
    matrix = as_array(weight)
    if matrix.ndim not in (1, 2):
        raise ShapeError(f"linear with a weight of {matrix.ndim} axes; need 1 or 2")
    product = matmul(x, matrix.T)
    if bias is None:
        return product
    shift = as_array(bias)
    if shift.ndim > matrix.ndim - 1:
        raise ShapeError(f"linear with a weight of {matrix.ndim} axes and a bias of {shift.ndim}; need fewer")
    return product + shaping.broadcast_to(shift, product.logical_shape)


def einsum(subscripts: str, *arrays: Operand) -> Array:
    """Einstein's notation as in NumPy: repeated letters, an ellipsis, and an implicit output."""
    tensors = [floating(array) for array in operands(*arrays)]
    terms, output = _parsed(subscripts, tensors)
    _check_sizes(subscripts, terms, tensors)
    free = [letter for letter in string.ascii_letters if letter not in "".join(terms)]

    def contract(*parts: Data) -> Data:
        return _contract_with_loops(terms, output, parts, free)

    return multilinear(contract, tensors, len(output))


def _batched_matmul(left: Array, right: Array) -> Array:
    """matmul of arrays with at least two axes, stacks broadcast."""
    stacks = left.logical_shape[:-2], right.logical_shape[:-2]
    try:
        stack = np.broadcast_shapes(*stacks)
    except ValueError:
        raise Undefined(f"@ of shapes {left.logical_shape} and {right.logical_shape}") from None
    ndim = len(stack) + 2
    return multilinear(np.matmul, [_lifted_stack(array, ndim) for array in (left, right)], ndim)


def _lifted_stack(array: Array, ndim: int) -> Array:
    return shaping.reshape(array, (1,) * (ndim - array.ndim) + array.logical_shape)


def _contracted(axes: Any, left: int, right: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The axes to be summed, as negative numbers."""
    if not isinstance(axes, tuple | list):
        count = int(as_size(axes, "axes"))
        if not 0 <= count <= min(left, right):
            raise ShapeError(f"tensordot over {count} axes of tensors of {left} and {right} axes")
        axes = list(range(left - count, left)), list(range(count))
    of_left, of_right = (tuple(a) if isinstance(a, tuple | list) else (a,) for a in axes)
    if len(of_left) != len(of_right):
        raise ShapeError(f"tensordot over {axes}: as many axes of the one as of the other")
    return reductions.from_the_end(of_left, left), reductions.from_the_end(of_right, right)


def _parsed(subscripts: str, tensors: Sequence[Array]) -> tuple[list[str], str]:
    """One letter for each axis of each operand, and for each axis of the result; ellipses become letters."""
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if len(terms) != len(tensors):
        raise ValueError(f"einsum {subscripts!r} has {len(terms)} terms for {len(tensors)} tensors")
    spare = [letter for letter in string.ascii_letters[::-1] if letter not in subscripts]
    depths = [_ellipsis_depth(subscripts, term, tensor.ndim) for term, tensor in zip(terms, tensors, strict=True)]
    dots = "".join(spare[: max(depths)])
    full = [term.replace("...", dots[len(dots) - depth :]) for term, depth in zip(terms, depths, strict=True)]
    if arrow:
        if dots and "..." not in output:
            raise ValueError(f"einsum {subscripts!r}: the output lacks the ellipsis that a term has")
        result = output.replace("...", dots)
    else:
        letters = inputs.replace(",", "").replace("...", "")
        result = dots + "".join(sorted(letter for letter in set(letters) if letters.count(letter) == 1))
    if len(set(result)) < len(result) or not set(result) <= set("".join(full)):
        raise ValueError(f"einsum {subscripts!r}: the output repeats a letter, or has one that no term has")
    return full, result


def _ellipsis_depth(subscripts: str, term: str, ndim: int) -> int:
    """How many axes the ellipsis of a term stands for."""
    named = term.replace("...", "", 1)
    if not all(letter in string.ascii_letters for letter in named):
        raise ValueError(f"einsum {subscripts!r}: {term!r} holds more than letters and one ellipsis")
    depth = ndim - len(named)
    if depth < 0 or (depth > 0 and "..." not in term):
        raise ShapeError(f"einsum {subscripts!r}: {term!r} for a tensor of {ndim} axes")
    return depth


def _check_sizes(subscripts: str, terms: Sequence[str], tensors: Sequence[Array]) -> None:
    sizes: dict[str, int] = {}
    for term, tensor in zip(terms, tensors, strict=True):
        own: dict[str, int] = {}
        for letter, size in zip(term, tensor.logical_shape, strict=True):
            if own.setdefault(letter, size) != size:
                raise Undefined(
                    f"einsum {subscripts!r}: one letter for the sizes {own[letter]} and {size} of one tensor"
                )
            if {size, sizes.get(letter, size)} - {1, max(size, sizes.get(letter, size))}:
                raise Undefined(f"einsum {subscripts!r}: one letter for the sizes {sizes[letter]} and {size}")
            sizes[letter] = size if sizes.get(letter, 1) == 1 else sizes[letter]


def _contract_with_loops(terms: Sequence[str], output: str, parts: Sequence[Data], free: Sequence[str]) -> Data:
    """np.einsum with a letter for each loop axis that a part depends on."""
    names, squeezed, lengths = [], [], {}
    depth = max(part.ndim - len(term) for part, term in zip(parts, terms, strict=True))
    for part, term in zip(parts, terms, strict=True):
        loops = part.shape[: part.ndim - len(term)]
        # Level 0 is the outermost loop, the last of the loop axes.
        levels = [len(loops) - 1 - axis for axis in range(len(loops))]
        own = [level for level, length in zip(levels, loops, strict=True) if length != 1]
        lengths.update({level: length for level, length in zip(levels, loops, strict=True) if length != 1})
        names.append("".join(free[level] for level in own) + term)
        squeezed.append(part.reshape([n for n in loops if n != 1] + list(part.shape[len(loops) :])))
    levels = sorted(lengths, reverse=True)
    letters = "".join(free[level] for level in levels)
    result: Data = np.einsum(",".join(names) + "->" + letters + output, *squeezed, optimize=True)
    loops = tuple(lengths.get(level, 1) for level in range(depth - 1, -1, -1))
    return np.asarray(result.reshape(loops + result.shape[len(levels) :]))
