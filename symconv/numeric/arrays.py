"""The values of the numeric reading: an `Array` and how Python and NumPy values become one.

An Array is what a claim's author sees, an ordinary tensor of `ndim` axes, and two things that he does not see:

* loop axes, before the `ndim` logical ones. A bound index of `summation` is an integer Array of shape () whose data
  are 0..n-1 along a loop axis, so that the lambda is called once for all of them. An inner loop adds its axis on the
  left; values that do not depend on a loop lack its axis, or have it with length 1, and NumPy's broadcasting does the
  rest. Every operation works on the last axes only.
* tangents. The value is sum over S of parts[S] * product of eps_t for t in S, where eps_t squared is 0: the ordinary
  value is parts[{}], its derivative in direction t is parts[{t}], a mixed second derivative parts[{t, u}]. Each
  derivative in progress has a tag of its own, so nested ones are never confused. A linear operation acts on each part.

What has no value (a division by zero, an index outside) is NaN, so that `where` can leave it unchosen; the Array
remembers the reason, and `check_defined` raises it when a NaN reaches the end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any, NoReturn, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from symconv.errors import ShapeError, SymbolicControlFlow, Undefined
from symconv.numeric.computed import Computed

Data: TypeAlias = NDArray[Any]
Tags: TypeAlias = frozenset[int]
Parts: TypeAlias = dict[Tags, Data]
Operand: TypeAlias = "Array | Data | np.generic | float | Fraction | Sequence[Any]"
V = TypeVar("V")

VALUE: Tags = frozenset()


class LoopNeeded(Exception):
    """An index that stands for many values at once was needed as one Python int, by the loop of this level."""

    def __init__(self, level: int) -> None:
        super().__init__(f"the index of loop {level} is needed as one integer")
        self.level = level


@dataclass(frozen=True, eq=False, repr=False)
class Array:
    """A tensor of floats (an index: of integers; a comparison: of booleans), with its loop axes and tangents."""

    parts: Parts
    ndim: int
    reason: str = ""

    # NumPy then leaves `ndarray + Array` to Array.__radd__.
    __array_ufunc__ = None
    __hash__ = None  # type: ignore[assignment]

    @property
    def data(self) -> Data:
        """The value without tangents, loop axes first."""
        return self.parts[VALUE]

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.data.dtype

    @property
    def logical_shape(self) -> tuple[int, ...]:
        """The shape as plain ints."""
        return self.data.shape[self.data.ndim - self.ndim :]

    @property
    def shape(self) -> tuple[Computed, ...]:
        """The shape that the claim's author sees; its entries are computed integers."""
        return tuple(Computed(n) for n in self.logical_shape)

    @property
    def size(self) -> Computed:
        return Computed(math.prod(self.logical_shape))

    @property
    def T(self) -> Array:
        """The tensor with its axes in reverse order."""
        return shaping.permute_dims(self)

    def linear(self, operation: Callable[[Data], Data], ndim: int) -> Array:
        """Apply a linear map of the last axes to the value and to each tangent."""
        return Array({tags: operation(part) for tags, part in self.parts.items()}, ndim, self.reason)

    def split(self, tag: int) -> tuple[Array, Array | None]:
        """(p, q) with self = p + q * eps_tag; q is None if there is no such tangent."""
        rest = {tags: part for tags, part in self.parts.items() if tag not in tags}
        slope = {tags - {tag}: part for tags, part in self.parts.items() if tag in tags}
        return Array(rest, self.ndim, self.reason), Array(slope, self.ndim, self.reason) if slope else None

    def join(self, tag: int, slope: Array) -> Array:
        """self + slope * eps_tag, the inverse of `split`."""
        tangents = {tags | {tag}: part for tags, part in slope.parts.items()}
        return Array(self.parts | tangents, self.ndim, self.reason or slope.reason)

    def astype(self, dtype: Any) -> Array:
        return self if self.dtype == dtype else self.linear(lambda part: part.astype(dtype), self.ndim)

    def __getitem__(self, key: object) -> Array:
        return indexing.getitem(self, key)

    def __add__(self, other: Operand) -> Array:
        return arithmetic.add(self, other)

    def __radd__(self, other: Operand) -> Array:
        return arithmetic.add(other, self)

    def __sub__(self, other: Operand) -> Array:
        return arithmetic.subtract(self, other)

    def __rsub__(self, other: Operand) -> Array:
        return arithmetic.subtract(other, self)

    def __mul__(self, other: Operand) -> Array:
        return arithmetic.multiply(self, other)

    def __rmul__(self, other: Operand) -> Array:
        return arithmetic.multiply(other, self)

    def __truediv__(self, other: Operand) -> Array:
        return arithmetic.divide(self, other)

    def __rtruediv__(self, other: Operand) -> Array:
        return arithmetic.divide(other, self)

    def __floordiv__(self, other: Operand) -> Array:
        return arithmetic.floor_divide(self, other)

    def __rfloordiv__(self, other: Operand) -> Array:
        return arithmetic.floor_divide(other, self)

    def __mod__(self, other: Operand) -> Array:
        return arithmetic.remainder(self, other)

    def __rmod__(self, other: Operand) -> Array:
        return arithmetic.remainder(other, self)

    def __pow__(self, other: Operand) -> Array:
        return arithmetic.power(self, other)

    def __rpow__(self, other: Operand) -> Array:
        return arithmetic.power(other, self)

    def __matmul__(self, other: Operand) -> Array:
        return products.matmul(self, other)

    def __rmatmul__(self, other: Operand) -> Array:
        return products.matmul(other, self)

    def __neg__(self) -> Array:
        return arithmetic.negative(self)

    def __pos__(self) -> Array:
        return self

    def __abs__(self) -> Array:
        return arithmetic.abs(self)

    def __lt__(self, other: Operand) -> Array:
        return arithmetic.compare(np.less, self, other)

    def __le__(self, other: Operand) -> Array:
        return arithmetic.compare(np.less_equal, self, other)

    def __gt__(self, other: Operand) -> Array:
        return arithmetic.compare(np.greater, self, other)

    def __ge__(self, other: Operand) -> Array:
        return arithmetic.compare(np.greater_equal, self, other)

    def __eq__(self, other: Operand) -> Array:  # type: ignore[override]
        return arithmetic.compare(np.equal, self, other)

    def __ne__(self, other: Operand) -> Array:  # type: ignore[override]
        return arithmetic.compare(np.not_equal, self, other)

    def __and__(self, other: Operand) -> Array:
        return arithmetic.where(self, other, False)

    def __or__(self, other: Operand) -> Array:
        return arithmetic.where(self, True, other)

    def __invert__(self) -> Array:
        return arithmetic.where(self, False, True)

    def __xor__(self, other: Operand) -> Array:
        return arithmetic.where(self, arithmetic.where(other, False, True), other)

    __rand__ = __and__
    __ror__ = __or__

    def sum(self, axis: reductions.Axis = None, keepdims: bool = False) -> Array:
        return reductions.sum(self, axis, keepdims)

    def mean(self, axis: reductions.Axis = None, keepdims: bool = False) -> Array:
        return reductions.mean(self, axis, keepdims)

    def max(self, axis: reductions.Axis = None, keepdims: bool = False) -> Array:
        return reductions.max(self, axis, keepdims)

    def min(self, axis: reductions.Axis = None, keepdims: bool = False) -> Array:
        return reductions.min(self, axis, keepdims)

    def reshape(self, *shape: Any) -> Array:
        return shaping.reshape(self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> Array:
        return shaping.permute_dims(self, (axes[0] if len(axes) == 1 else axes) or None)

    def flatten(self) -> Array:
        return shaping.reshape(self, (-1,))

    def __bool__(self) -> NoReturn:
        raise SymbolicControlFlow("a tensor was used as a condition (`if`, `and`, `max`); use where(condition, a, b)")

    def __iter__(self) -> Iterator[Array]:
        raise SymbolicControlFlow("a tensor was iterated over; use summation(lambda i: ..., n) or an index")

    def __len__(self) -> int:
        raise SymbolicControlFlow("len() of a tensor; use .shape[0]")

    def __float__(self) -> float:
        if self.ndim or self.data.size != 1:
            raise SymbolicControlFlow(f"a tensor of shape {self.logical_shape} was used as one Python number")
        return float(self.data.item())

    def __index__(self) -> int:
        """One index as a Python int; LoopNeeded if it stands for the many values of a loop."""
        if self.ndim or self.dtype.kind != "i":
            raise TypeError(f"a tensor of shape {self.logical_shape} was used as an integer")
        if self.data.size == 1:
            return int(self.data.item())
        innermost = next(axis for axis, length in enumerate(self.data.shape) if length != 1)
        raise LoopNeeded(self.data.ndim - innermost)

    def __repr__(self) -> str:
        return f"Array({np.array2string(self.data, separator=', ')}, ndim={self.ndim})"


def wrap(value: Operand) -> Array:
    """A tensor of floats from an ndarray, number or nested list: floating dtypes are kept, all else becomes float64."""
    return floating(as_array(value))


def unwrap(value: Any) -> Any:
    """The ndarray of an Array (a NumPy scalar for shape ()), inside tuples too; anything else as it is."""
    if isinstance(value, tuple):
        return tuple(unwrap(item) for item in value)
    return value.data[()] if isinstance(value, Array) else value


def check_defined(value: V) -> V:
    """Return `value` (an Array, a number, or a tuple of them); raise Undefined if it holds NaN or infinity."""
    if isinstance(value, tuple):
        for item in value:
            check_defined(item)
    else:
        _check_finite(as_array(value))  # type: ignore[arg-type]
    return value


def _check_finite(array: Array) -> None:
    bad = np.argwhere(~np.isfinite(array.data))
    if len(bad):
        entry = tuple(int(i) for i in bad[0])
        found = array.data[entry]
        why = array.reason if np.isnan(found) and array.reason else f"its value is {found}"
        raise Undefined(f"entry {list(entry)} is undefined: {why}" if entry else f"the value is undefined: {why}")


def as_array(value: Operand) -> Array:
    """A number, ndarray or nested list (also of Arrays) as an Array; only a scalar integer stays an integer."""
    if isinstance(value, Array):
        return value
    if isinstance(value, list | tuple):
        return _nested(value)
    if hasattr(value, "__array__") and not isinstance(value, np.generic):
        data = np.asarray(value)  # also a symbolic tensor whose entries are constants
        return Array({VALUE: _real(data)}, data.ndim)
    return Array({VALUE: _number(value)}, 0)


def _nested(values: Sequence[Any]) -> Array:
    arrays = [as_array(value) for value in values]
    if not arrays:
        return Array({VALUE: np.zeros(0)}, 1)
    if len({array.logical_shape for array in arrays}) > 1:
        raise ShapeError(f"the rows of a nested list differ in shape: {[array.logical_shape for array in arrays]}")
    return floating(shaping.stack(arrays))


def _real(data: Data) -> Data:
    if data.dtype.kind not in "fiub":
        raise TypeError(f"an array of {data.dtype} was given; only real numbers are supported")
    return data if data.dtype.kind == "f" else data.astype(np.float64)


def _number(value: object) -> Data:
    if isinstance(value, bool | np.bool_):
        return np.asarray(bool(value))
    if isinstance(value, int | np.integer):
        return np.asarray(int(value)) if abs(int(value)) < 2**53 else np.asarray(_as_float(int(value)))
    if isinstance(value, float | Fraction | Decimal | np.floating):
        return np.asarray(_as_float(value))
    if getattr(value, "is_number", False):  # one of SymPy's
        return np.asarray(_as_float(value))
    raise TypeError(f"a {type(value).__name__} was given where a tensor or a number is needed")


def _as_float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.copysign(math.inf, value)


def floating(array: Array) -> Array:
    """The array with a floating dtype."""
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def undefined(reason: str) -> Array:
    """A scalar without a value."""
    return Array({VALUE: np.asarray(math.nan)}, 0, reason)


def operands(*values: Operand) -> list[Array]:
    """The values as Arrays of one dtype: numbers and lists take that of the tensors; indices alone stay integers."""
    arrays = [as_array(value) for value in values]
    tensors = [a.dtype for a, v in zip(arrays, values, strict=True) if isinstance(v, Array | np.ndarray)]
    kept = [dtype for dtype in tensors if dtype.kind == "f"]
    if kept:
        return [array.astype(np.result_type(*kept)) for array in arrays]
    whole = all(array.dtype.kind in "bi" for array in arrays)
    return [array.astype(np.int64 if whole else np.float64) for array in arrays]


def lift(array: Array, ndim: int) -> Array:
    """The array with axes of length 1 put before its logical ones, so that it has `ndim` of those."""
    if ndim == array.ndim:
        return array

    def with_axes(part: Data) -> Data:
        cut = part.ndim - array.ndim
        return part.reshape(part.shape[:cut] + (1,) * (ndim - array.ndim) + part.shape[cut:])

    return array.linear(with_axes, ndim)


def common_shape(*arrays: Array) -> tuple[int, ...]:
    """The shape to which the arrays broadcast; Undefined if they do not at these sizes."""
    shapes = [array.logical_shape for array in arrays]
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        listed = " and ".join(str(shape) for shape in shapes)
        raise Undefined(f"shapes {listed} do not broadcast") from None


def aligned(*values: Operand) -> list[Array]:
    """The values as Arrays of one dtype and one number of axes, ready for NumPy's broadcasting."""
    arrays = operands(*values)
    ndim = len(common_shape(*arrays))
    return [lift(array, ndim) for array in arrays]


def stretch(part: Data, ndim: int, shape: tuple[int, ...]) -> Data:
    """`part`, whose last `ndim` axes are logical, with these broadcast to `shape`."""
    return np.broadcast_to(part, part.shape[: part.ndim - ndim] + shape)


def each_part(arrays: Sequence[Array]) -> Iterator[tuple[Tags, list[Data]]]:
    """For each tag set that occurs, the matching parts of all the arrays, zeros where one has none."""
    for tags in dict.fromkeys(tags for array in arrays for tags in array.parts):
        yield tags, [array.parts[tags] if tags in array.parts else np.zeros_like(array.data) for array in arrays]


def multilinear(operation: Callable[..., Data], arrays: Sequence[Array], ndim: int) -> Array:
    """Apply a map that is linear in each operand: the product rule, over all ways to share out the tags."""
    parts: Parts = {}
    for choice in product(*(array.parts.items() for array in arrays)):
        tags = frozenset[int]().union(*(chosen for chosen, _ in choice))
        if sum(len(chosen) for chosen, _ in choice) == len(tags):
            term = operation(*(part for _, part in choice))
            parts[tags] = parts[tags] + term if tags in parts else term
    return Array(parts, ndim, first_reason(arrays))


def first_reason(arrays: Iterable[Array]) -> str:
    return next((array.reason for array in arrays if array.reason), "")


def newest_tag(*arrays: Array) -> int | None:
    """The tag of the innermost derivative that any of the arrays takes part in."""
    return max((tag for array in arrays for tags in array.parts for tag in tags), default=None)


# The operations build Arrays, and Array's operators call them: they are imported once the class exists.
from symconv.numeric import arithmetic, indexing, products, reductions, shaping  # noqa: E402
