"""A third reading of claims, for the judge alone: NumPy arrays of exact numbers, and plain loops.

It shares no code with symconv: neither with its symbolic tensors and kernel nor with its NumPy twin. Derivatives are
central differences with step 10**-15 in arithmetic of 80 digits; where the two one-sided differences disagree, the
point is a kink and `Unclear`. Names, arguments and conventions are those that symconv's own documentation states.
"""

from __future__ import annotations

import itertools
import string
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import third_numbers as real
from mpmath import mp, mpf
from third_numbers import Clock, Nothing, Unclear, Undefined

STEP = Fraction(1, 10**15)


# --- integers and arrays ---------------------------------------------------------------------------------------------


class Int(int):
    """A size, an index, or what arithmetic makes of them: as an index it does not wrap, and its quotients are exact."""

    __hash__ = int.__hash__

    def __truediv__(self, other: Any) -> Any:
        return Array.of(int(self)) / other

    def __rtruediv__(self, other: Any) -> Any:
        return Array.of(other) / int(self)

    def __pow__(self, other: Any, modulo: Any = None) -> Any:
        if isinstance(other, int) and int(other) >= 0:
            return Int(int(self) ** int(other))
        return Array.of(int(self)) ** other

    def __rpow__(self, other: Any, modulo: Any = None) -> Any:
        whole = isinstance(other, int) and int(self) >= 0
        return Int(int(other) ** int(self)) if whole else Array.of(other) ** int(self)

    def __neg__(self) -> Int:
        return Int(-int(self))


def _integer_operation(name: str) -> Callable[[Int, Any], Any]:
    operate = getattr(int, name)

    def call(self: Int, other: Any) -> Any:
        if not isinstance(other, int):
            return NotImplemented
        try:
            result = operate(int(self), int(other))
        except ZeroDivisionError:
            raise Undefined("an integer is divided by 0") from None
        return Array.of(result) if isinstance(result, bool) else Int(result)

    return call


for _name in ("add", "sub", "mul", "floordiv", "mod"):
    for _side in ("", "r"):
        setattr(Int, f"__{_side}{_name}__", _integer_operation(f"__{_side}{_name}__"))
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Int, f"__{_name}__", _integer_operation(f"__{_name}__"))


def ufunc(function: Callable[..., Any], count: int) -> Callable[..., Array]:
    """A function of numbers, entry by entry, with NumPy's broadcasting."""
    each = np.frompyfunc(function, count, 1)

    def call(*values: Any) -> Array:
        Clock.tick()
        arrays = [Array.of(value).entries for value in values]
        try:
            return Array(each(*arrays))
        except ValueError as problem:
            raise Undefined(f"shapes {[a.shape for a in arrays]} do not broadcast") from problem

    return call


class Array:
    """A tensor: an object array of numbers (or of truth values)."""

    __hash__ = None  # type: ignore[assignment]
    __array_ufunc__ = None

    def __init__(self, entries: Any) -> None:
        self.entries = entries if isinstance(entries, np.ndarray) else _boxed(entries)

    @staticmethod
    def of(value: Any) -> Array:
        if isinstance(value, Array):
            return value
        if isinstance(value, list | tuple):
            return stack([Array.of(item) for item in value]) if value else Array(np.empty(0, object))
        if isinstance(value, np.ndarray):
            return Array(np.frompyfunc(real.number, 1, 1)(value)) if value.ndim else Array(real.number(value.item()))
        return Array(real.number(value))

    @property
    def shape(self) -> tuple[Int, ...]:
        return tuple(map(Int, self.entries.shape))

    @property
    def ndim(self) -> int:
        return int(self.entries.ndim)

    @property
    def size(self) -> Int:
        return Int(self.entries.size)

    @property
    def T(self) -> Array:
        return Array(self.entries.T)

    def __getitem__(self, key: Any) -> Array:
        return _read(self.entries, key, wraps=True, outside=Nothing("an index outside of its tensor"))

    def __neg__(self) -> Array:
        return negative(self)

    def __pos__(self) -> Array:
        return self

    def __abs__(self) -> Array:
        return absolute(self)

    def __invert__(self) -> Array:
        return inverted(self)

    def sum(self, axis: Any = None, keepdims: bool = False) -> Array:
        return sum_(self, axis, keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Array:
        return mean(self, axis, keepdims)

    def max(self, axis: Any = None, keepdims: bool = False) -> Array:
        return max_(self, axis, keepdims)

    def min(self, axis: Any = None, keepdims: bool = False) -> Array:
        return min_(self, axis, keepdims)

    def reshape(self, *shape: Any) -> Array:
        return reshape(self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> Array:
        return permute_dims(self, (axes[0] if len(axes) == 1 else axes) or None)

    def flatten(self) -> Array:
        return Array(self.entries.reshape(-1))

    def __bool__(self) -> bool:
        raise TypeError("a tensor is no condition of Python's")

    def __iter__(self) -> Iterator[Any]:
        raise TypeError("a tensor is not iterated over")

    def __index__(self) -> int:
        value = self.entries.item()
        if isinstance(value, Fraction) and value.denominator == 1:
            return int(value)
        raise TypeError("a tensor is no index")


def _boxed(value: Any) -> Any:
    box = np.empty((), object)
    box[()] = value
    return box


add, multiply, divide = ufunc(real.add, 2), ufunc(real.mul, 2), ufunc(real.div, 2)
negative, power = ufunc(real.neg, 1), ufunc(real.power, 2)
less, same = ufunc(real.less, 2), ufunc(real.same, 2)
inverted = ufunc(real.lifted(lambda a: not a), 1)
maximum, where = ufunc(real.larger, 2), ufunc(real.choose, 3)
absolute, sign, sqrt = ufunc(real.absolute, 1), ufunc(real.sign, 1), ufunc(real.root, 1)
exp, log, tanh, erf, sigmoid = (ufunc(f, 1) for f in (real.exp, real.log, real.tanh, real.erf, real.sigmoid))
pi = Array(+mp.pi)

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "add": add,
    "sub": lambda a, b: add(a, negative(b)),
    "mul": multiply,
    "truediv": divide,
    "pow": power,
    "matmul": lambda a, b: matmul(a, b),
    "lt": less,
    "gt": lambda a, b: less(b, a),
    "ge": lambda a, b: inverted(less(a, b)),
    "le": lambda a, b: inverted(less(b, a)),
    "eq": same,
    "ne": lambda a, b: inverted(same(a, b)),
    "and": lambda a, b: where(a, b, False),
    "or": lambda a, b: where(a, True, b),
}
for _name, _operation in OPERATORS.items():
    setattr(Array, f"__{_name}__", lambda self, other, operation=_operation: operation(self, other))
    setattr(Array, f"__r{_name}__", lambda self, other, operation=_operation: operation(other, self))


def minimum(x: Any, y: Any) -> Array:
    return -maximum(-Array.of(x), -Array.of(y))


def clip(x: Any, lo: Any, hi: Any) -> Array:
    return minimum(maximum(x, lo), hi)


# --- reading entries -------------------------------------------------------------------------------------------------


def _read(entries: Any, key: Any, *, wraps: bool, outside: Any) -> Array:
    """The entries that a key of integers, slices, None and ... asks for; ``outside`` where there is none."""
    items = list(key) if isinstance(key, tuple) else [key]
    named = sum(item is not None and item is not ... for item in items)
    place = next((n for n, item in enumerate(items) if item is ...), len(items))
    items = items[:place] + [slice(None)] * (entries.ndim - named) + items[place + 1 :]
    if named > entries.ndim:
        raise TypeError("more indices than axes")
    lists: list[list[int | None]] = []
    shape: list[int] = []
    sizes = iter(entries.shape)
    for item in items:
        if item is None:
            shape.append(1)
            continue
        found = _places(item, next(sizes), wraps)
        lists.append(found)
        if isinstance(item, slice):
            shape.append(len(found))
    flat = [outside if None in row else entries[row] for row in itertools.product(*lists)]
    result = np.empty(len(flat), object)
    result[:] = flat
    return Array(result.reshape(shape))


def _places(item: Any, size: int, wraps: bool) -> list[int | None]:
    if isinstance(item, slice):
        return list(_sliced(item, size))
    literal, place = type(item) is int, int(item.__index__())
    if wraps and literal and place < 0:
        place += size
    return [place if 0 <= place < size else None]


def _sliced(item: slice, size: int) -> range:
    step = 1 if item.step is None else int(item.step)
    least, most = (0, size) if step > 0 else (-1, size - 1)

    def bound(value: Any, default: int) -> int:
        if value is None:
            return default
        place = int(value) + (size if int(value) < 0 else 0)
        return min(max(place, least), most)

    first, last = (least, most) if step > 0 else (most, least)
    return range(bound(item.start, first), bound(item.stop, last), step)


class zero_extended:  # the name of the operation
    """A tensor that is 0 outside of its shape; no index wraps."""

    def __init__(self, x: Any) -> None:
        self.inside = Array.of(x)
        self.shape, self.ndim = self.inside.shape, self.inside.ndim

    def __getitem__(self, key: Any) -> Array:
        return _read(self.inside.entries, key, wraps=False, outside=Fraction(0))


# --- reductions ------------------------------------------------------------------------------------------------------


def folded(x: Any, axis: Any, keepdims: bool, combine: Callable[[list[Any]], Any]) -> Array:
    """Combine the list of entries along the axes, for each position of the others."""
    entries = Array.of(x).entries
    axes = _axes(axis, entries.ndim)
    kept = [a for a in range(entries.ndim) if a not in axes]
    moved = np.transpose(entries, [*kept, *axes])
    shape = moved.shape[: len(kept)]
    result = np.empty(shape, object)
    for place in np.ndindex(shape):
        result[place] = combine(list(_boxed_array(moved[place]).reshape(-1)))
    if keepdims:
        result = result.reshape([1 if a in axes else n for a, n in enumerate(entries.shape)])
    return Array(result)


def _boxed_array(value: Any) -> Any:
    return value if isinstance(value, np.ndarray) else _boxed(value)


def _axes(axis: Any, ndim: int) -> list[int]:
    if axis is None:
        return list(range(ndim))
    given = axis if isinstance(axis, tuple | list) else (axis,)
    if any(not -ndim <= int(a) < ndim for a in given):
        raise TypeError(f"axis {axis} of {ndim}")
    return [int(a) % ndim for a in given]


def total(values: list[Any]) -> Any:
    result: Any = Fraction(0)
    for value in values:
        result = real.add(result, value)
    return result


def product_of(values: list[Any]) -> Any:
    result: Any = Fraction(1)
    for value in values:
        result = real.mul(result, value)
    return result


def largest(values: list[Any]) -> Any:
    if not values:
        raise Undefined("a maximum of nothing")
    result = values[0]
    for value in values[1:]:
        result = real.larger(result, value)
    return result


def sum_(x: Any, axis: Any = None, keepdims: bool = False) -> Array:
    return folded(x, axis, keepdims, total)


def prod(x: Any, axis: Any = None, keepdims: bool = False) -> Array:
    return folded(x, axis, keepdims, product_of)


def max_(x: Any, axis: Any = None, keepdims: bool = False) -> Array:
    return folded(x, axis, keepdims, largest)


def min_(x: Any, axis: Any = None, keepdims: bool = False) -> Array:
    return -folded(-Array.of(x), axis, keepdims, largest)


def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Array:
    def average(values: list[Any]) -> Any:
        if not values:
            raise Undefined("a mean of nothing")
        return real.div(total(values), Fraction(len(values)))

    return folded(x, axis, keepdims, average)


def var(x: Any, axis: Any = None, keepdims: bool = False) -> Array:
    return mean((Array.of(x) - mean(x, axis, True)) ** 2, axis, keepdims)


def cumsum(x: Any, axis: Any = None) -> Array:
    array = Array.of(x) if axis is not None else Array.of(x).flatten()
    (place,) = _axes(0 if axis is None else axis, array.ndim)
    rows = np.moveaxis(array.entries, place, 0)
    sums = np.empty(rows.shape, object)
    for n in range(len(rows)):
        sums[n] = rows[n] if n == 0 else add(Array(_boxed_array(sums[n - 1])), Array(_boxed_array(rows[n]))).entries[()]
    return Array(np.moveaxis(sums, 0, place))


def logsumexp(x: Any, axis: Any = -1, keepdims: bool = False) -> Array:
    return Array.of(x) if Array.of(x).ndim == 0 else log(sum_(exp(x), axis, keepdims))


def softmax(x: Any, axis: Any = -1) -> Array:
    weights = exp(x)
    return weights / (weights if weights.ndim == 0 else sum_(weights, axis, True))


def log_softmax(x: Any, axis: Any = -1) -> Array:
    return log(softmax(x, axis))


# --- shapes ----------------------------------------------------------------------------------------------------------


def sizes_of(shape: Any) -> tuple[int, ...]:
    sizes = shape if isinstance(shape, tuple | list) else (shape,)
    return tuple(int(n.__index__()) for n in sizes)


def moved(x: Any, move: Callable[[Any], Any]) -> Array:
    """What NumPy makes of the entries where it only moves them about."""
    try:
        return Array(move(Array.of(x).entries))
    except ValueError as problem:
        raise Undefined(str(problem)) from problem


def reshape(x: Any, shape: Any) -> Array:
    given = shape if isinstance(shape, tuple | list) else (shape,)
    if any(isinstance(n, Int) and int(n) < 0 for n in given):
        raise Undefined("a negative size")
    return moved(x, lambda a: a.reshape(sizes_of(shape)))


def permute_dims(x: Any, axes: Any = None) -> Array:
    return moved(x, lambda a: np.transpose(a, None if axes is None else sizes_of(axes)))


def squeeze(x: Any, axis: Any = None) -> Array:
    return moved(x, lambda a: np.squeeze(a, None if axis is None else sizes_of(axis)))


def expand_dims(x: Any, axis: Any) -> Array:
    return moved(x, lambda a: np.expand_dims(a, sizes_of(axis)))


def broadcast_to(x: Any, shape: Any) -> Array:
    return moved(x, lambda a: np.broadcast_to(a, sizes_of(shape)).copy())


def concat(xs: Sequence[Any], axis: int = 0) -> Array:
    return moved(0, lambda _: np.concatenate([Array.of(x).entries for x in xs], int(axis)))


def stack(xs: Sequence[Any], axis: int = 0) -> Array:
    return moved(0, lambda _: np.stack([Array.of(x).entries for x in xs], int(axis)))


def flip(x: Any, axis: Any = None) -> Array:
    return moved(x, lambda a: np.flip(a, None if axis is None else sizes_of(axis)))


def roll(x: Any, shift: Any, axis: Any = None) -> Array:
    shifts = sizes_of(shift) if isinstance(shift, tuple | list) else int(shift)
    return moved(x, lambda a: np.roll(a, shifts, None if axis is None else sizes_of(axis)))


def _natural(n: Any) -> int:
    if int(n) < 0:
        raise Undefined("a negative size")
    return int(n)


def full(shape: Any, value: Any) -> Array:
    return broadcast_to(Array.of(value), tuple(map(_natural, sizes_of(shape))))


def ones(*shape: Any) -> Array:
    return full(shape[0] if len(shape) == 1 else shape, 1)


def zeros(*shape: Any) -> Array:
    return full(shape[0] if len(shape) == 1 else shape, 0)


def arange(n: Any) -> Array:
    return fromfunction(lambda i: i, (Int(_natural(n)),))


def eye(n: Any, m: Any = None, k: Any = 0) -> Array:
    shape = (Int(_natural(n)), Int(_natural(n if m is None else m)))
    return fromfunction(lambda i, j: kronecker_delta(i + int(k), j), shape)


def diag(x: Any, k: Any = 0) -> Array:
    array, offset = Array.of(x), int(k)
    if array.ndim == 2:
        return moved(x, lambda a: np.diagonal(a, offset).copy())
    n = int(array.size) + abs(offset)
    result = zeros(n, n)
    for i, value in enumerate(array.entries):
        result.entries[i + max(-offset, 0), i + max(offset, 0)] = value
    return result


# --- products --------------------------------------------------------------------------------------------------------


def einsum(subscripts: str, *operands: Any) -> Array:
    """Einstein's notation by its definition: loops over all letters."""
    arrays = [Array.of(x).entries for x in operands]
    left, arrow, output = subscripts.replace(" ", "").partition("->")
    hidden = [letter for letter in string.ascii_uppercase if letter not in subscripts]
    terms, widest = [], ""
    for term, array in zip(left.split(","), arrays, strict=True):
        count = array.ndim - len(term.replace("...", ""))
        letters = "".join(hidden[:count])[::-1] if "..." in term else ""
        widest = max(widest, letters, key=len)
        terms.append(term.replace("...", letters))
    if not arrow:
        letters = "".join(terms)
        output = ("..." if widest else "") + "".join(
            s for s in sorted(set(letters) - set(widest)) if letters.count(s) == 1
        )
    return _contracted(terms, arrays, output.replace("...", widest))


def _contracted(terms: list[str], arrays: list[Any], output: str) -> Array:
    extents: dict[str, int] = {}
    for term, array in zip(terms, arrays, strict=True):
        for letter, n in zip(term, array.shape, strict=True):
            own = {m for s, m in zip(term, array.shape, strict=True) if s == letter}
            if len(own) > 1 or (extents.setdefault(letter, n) != n and 1 not in (n, extents[letter])):
                raise Undefined(f"letter {letter} has several sizes")
            extents[letter] = n if extents[letter] == 1 else extents[letter]
    inner = [letter for letter in extents if letter not in output]
    result = np.empty([extents[letter] for letter in output], object)
    for place in np.ndindex(result.shape):
        Clock.tick()
        sums = []
        for row in np.ndindex(*(extents[letter] for letter in inner)):
            at = dict(zip([*output, *inner], [*place, *row], strict=True))
            factors = [
                array[tuple(at[s] if n > 1 else 0 for s, n in zip(term, array.shape, strict=True))]
                for term, array in zip(terms, arrays, strict=True)
            ]
            sums.append(product_of(factors))
        result[place] = total(sums)
    return Array(result)


def matmul(a: Any, b: Any) -> Array:
    left, right = Array.of(a), Array.of(b)
    if not left.ndim or not right.ndim:
        raise TypeError("@ of a scalar")
    if left.entries.shape[-1] != right.entries.shape[-2 if right.ndim > 1 else -1]:
        raise Undefined("@ of shapes that do not fit")
    row, column = "i" if left.ndim > 1 else "", "k" if right.ndim > 1 else ""
    stacks = ("..." if left.ndim > 2 else "", "..." if right.ndim > 2 else "")
    return einsum(f"{stacks[0]}{row}j,{stacks[1]}j{column}->{max(stacks)}{row}{column}", left, right)


def dot(a: Any, b: Any) -> Array:
    left, right = Array.of(a), Array.of(b)
    if not left.ndim or not right.ndim:
        return left * right
    return tensordot(left, right, ([-1], [-2 if right.ndim > 1 else -1]))


def tensordot(a: Any, b: Any, axes: Any = 2) -> Array:
    left, right = Array.of(a), Array.of(b)
    if not isinstance(axes, tuple | list):
        axes = (list(range(left.ndim - int(axes), left.ndim)), list(range(int(axes))))
    first, second = (_axes(axis, x.ndim) for axis, x in zip(axes, (left, right), strict=True))
    names = string.ascii_lowercase
    one, two = list(names[: left.ndim]), list(names[left.ndim : left.ndim + right.ndim])
    for i, j in zip(first, second, strict=True):
        if left.entries.shape[i] != right.entries.shape[j]:
            raise Undefined("tensordot of shapes that do not fit")
        two[j] = one[i]
    output = [s for n, s in enumerate(one) if n not in first] + [s for n, s in enumerate(two) if n not in second]
    return einsum(f"{''.join(one)},{''.join(two)}->{''.join(output)}", left, right)


def outer(a: Any, b: Any) -> Array:
    return einsum("i,j->ij", Array.of(a).flatten(), Array.of(b).flatten())


def trace(x: Any, offset: Any = 0) -> Array:
    return sum_(diag(x, offset))


def linear(x: Any, weight: Any, bias: Any = None) -> Array:
    result = matmul(x, Array.of(weight).T)
    return result if bias is None else result + broadcast_to(bias, result.entries.shape)


# --- textbook notation -----------------------------------------------------------------------------------------------


def _rows(ranges: tuple[Any, ...]) -> Iterator[tuple[Int, ...]]:
    pairs = [r if isinstance(r, tuple | list) else (0, r - 1) for r in ranges]
    for row in itertools.product(*(range(int(lo), int(hi) + 1) for lo, hi in pairs)):
        Clock.tick()
        yield tuple(map(Int, row))


def summation(f: Callable[..., Any], *ranges: Any) -> Array:
    result = Array.of(0)
    for row in _rows(ranges):
        result = result + f(*row)
    return result


def maximum_over(f: Callable[..., Any], *ranges: Any) -> Array:
    found = [Array.of(f(*row)) for row in _rows(ranges)]
    if not found:
        return Array(Nothing("a maximum over nothing"))
    result = found[0]
    for value in found[1:]:
        result = maximum(result, value)
    return result


def minimum_over(f: Callable[..., Any], *ranges: Any) -> Array:
    return -maximum_over(lambda *row: -Array.of(f(*row)), *ranges)


def fromfunction(f: Callable[..., Any], shape: Any) -> Array:
    sizes = sizes_of(shape)
    if any(n < 0 for n in sizes):
        raise Undefined("a negative size")
    result = np.empty(sizes, object)
    for place in np.ndindex(sizes):
        Clock.tick()
        result[place] = Array.of(f(*map(Int, place))).entries.item()
    return Array(result)


def kronecker_delta(i: Any, j: Any) -> Array:
    return where(same(i, j), 1, 0)


# --- derivatives -----------------------------------------------------------------------------------------------------


def _slope(before: Any, value: Any, after: Any) -> Any:
    """The derivative from the values at x - h, x and x + h."""
    if isinstance(value, Nothing):
        return value
    if isinstance(before, Nothing) or isinstance(after, Nothing):
        raise Unclear("a derivative at the border of what is defined")
    right = real.div(real.add(after, real.neg(value)), STEP)
    left = real.div(real.add(value, real.neg(before)), STEP)
    if float(abs(real.add(right, real.neg(left)))) > 1e-6 * (1 + float(abs(right)) + float(abs(left))):
        raise Unclear("a derivative at a kink")
    return real.div(real.add(right, left), Fraction(2))


_slopes = ufunc(lambda *values: real.settled(lambda: _slope(*values)), 3)


def derivative(sigma: Callable[..., Any]) -> Callable[..., Array]:
    def slope(x: Any) -> Array:
        x = Array.of(x)
        return _slopes(sigma(x - STEP), sigma(x), sigma(x + STEP))

    return slope


def jacobian(f: Callable[..., Any], argnums: Any = 0) -> Callable[..., Any]:
    if isinstance(argnums, tuple | list):
        return lambda *arguments: tuple(jacobian(f, place)(*arguments) for place in argnums)

    def derivatives(*arguments: Any) -> Array:
        x = Array.of(arguments[argnums])

        def at(place: tuple[int, ...], step: Fraction) -> Array:
            Clock.tick()
            entries = x.entries.copy()
            entries[place] = real.add(entries[place], step)
            given = list(arguments)
            given[argnums] = Array(entries)
            return Array.of(f(*given))

        value = Array.of(f(*arguments))
        result = np.empty(value.entries.shape + x.entries.shape, object)
        for place in np.ndindex(x.entries.shape):
            result[(..., *place)] = _slopes(at(place, -STEP), value, at(place, STEP)).entries
        return Array(result)

    return derivatives


def grad(f: Callable[..., Any], argnums: Any = 0) -> Callable[..., Any]:
    def scalar(*arguments: Any) -> Array:
        value = Array.of(f(*arguments))
        if value.ndim:
            raise TypeError("grad of a function whose value is no scalar")
        return value

    return jacobian(scalar, argnums)


def array(values: Any) -> Array:
    return Array.of(values)


def is_infinite(value: Any) -> bool:
    return bool(isinstance(value, float | mpf) and mp.isinf(value))  # 1e400 is finite, though not as a float
