"""Symbolic tensors: a shape and a function from index to term.

The entry at a symbolic index is a theorem's side, the entry at integers the small case; one definition serves both. A
size or an index is an `IndexScalar`, a scalar tensor that may also index and be an extent.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from numbers import Integral
from typing import TYPE_CHECKING, Any, NoReturn

from symconv.dispatch import Made, active_reading, marked, named, serials, valued
from symconv.errors import ShapeError, SymbolicControlFlow, Undecided, Undefined
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.general import sets
from symconv.kernel.index import IndexTerm
from symconv.kernel.terms import Condition, Term
from symconv.spelling import instead_of
from symconv.tensors.guest import Guest

if TYPE_CHECKING:
    import sympy

Index = tuple[IndexTerm, ...]
Shape = tuple[IndexTerm, ...]


class SymbolicTensor(Guest):
    """A real tensor whose entries are terms.

    ``at(index)`` is the entry at index terms; it is asked only inside the shape. A tensor made by `defined` keeps its
    entries as a shared definition, so that each is worked out once. ``made`` tells the operation that made it, for
    showing it; no engine asks.
    """

    made: Made | None = None

    _op_priority = 20.0  # SymPy leaves mixed arithmetic to us
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, shape: Shape, entry: Callable[[Index], Term]) -> None:
        self.extents = shape
        self._symconv_entry = entry
        self._body = entry
        self._definition: t.Lambda | None = None
        self.serial = next(serials)

    @staticmethod
    def defined(shape: Shape, entry: Callable[[Index], Term]) -> SymbolicTensor:
        """A tensor whose entries are worth keeping: sums, maxima, functions of others."""
        tensor = SymbolicTensor(shape, lambda index: t.Read(tensor.definition, index))
        tensor._body = entry
        return tensor

    @property
    def definition(self) -> t.Lambda:
        """This tensor as a lambda over index variables; reading through it checks the index."""
        if self._definition is None:
            self._definition = t.define(self.extents, self._body)
        return self._definition

    def at(self, index: Index) -> Term:
        """The entry at index terms that are inside the shape."""
        return self._symconv_entry(index)

    # --- shape ---------------------------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[Any, ...]:
        """The extents; integers outside of a claim, sizes within one."""
        if active_reading() != "symbolic" and all(n.constant is not None for n in self.extents):
            return tuple(n.constant for n in self.extents)
        return tuple(map(IndexScalar, self.extents))

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.extents)

    @property
    def size(self) -> Any:
        """The number of entries."""
        count = math.prod(self.shape)
        return EntryCount(count.index) if isinstance(count, IndexScalar) else count

    @property
    def T(self) -> SymbolicTensor:
        """The tensor with its axes reversed."""
        turned = SymbolicTensor(self.extents[::-1], lambda index: self.at(index[::-1]))
        turned.made = Made("T", (self,))
        return turned

    # --- indexing ------------------------------------------------------------------------------------------------

    def __getitem__(self, key: Any) -> Any:
        from symconv.tensors.indexing import take

        if active_reading() == "numeric":  # a constant that was made outside of the claim
            from symconv import numeric

            return numeric.wrap(self)[key]  # type: ignore[arg-type]
        items = key if isinstance(key, tuple) else (key,)
        result = valued(lambda: take(self, items))
        result.made = Made("getitem", (self, items))
        return entry_or_tensor(result)

    # --- arithmetic: see elementwise.py ---------------------------------------------------------------------------

    def __add__(self, other: Any) -> Any:
        return _binary(t.add, self, other)

    def __radd__(self, other: Any) -> Any:
        return _binary(t.add, other, self)

    def __sub__(self, other: Any) -> Any:
        return _binary(t.subtract, self, other)

    def __rsub__(self, other: Any) -> Any:
        return _binary(t.subtract, other, self)

    def __mul__(self, other: Any) -> Any:
        return _binary(t.multiply, self, other)

    def __rmul__(self, other: Any) -> Any:
        return _binary(t.multiply, other, self)

    def __truediv__(self, other: Any) -> Any:
        return _binary(t.divide, self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _binary(t.divide, other, self)

    def __pow__(self, other: Any) -> Any:
        from symconv.tensors.elementwise import power

        return power(self, other)

    def __rpow__(self, other: Any) -> Any:
        from symconv.tensors.elementwise import power

        return power(other, self)

    def __neg__(self) -> SymbolicTensor:
        opposite = SymbolicTensor(self.extents, lambda index: t.negate(self.at(index)))
        opposite.made = Made("negate", (self,))
        return opposite

    def __pos__(self) -> SymbolicTensor:
        return self

    def __abs__(self) -> Any:
        from symconv.tensors.elementwise import abs as absolute

        return absolute(self)

    def __matmul__(self, other: Any) -> Any:
        from symconv.tensors.linear import matmul

        return matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        from symconv.tensors.linear import matmul

        return matmul(other, self)

    # --- comparisons, for `where` ------------------------------------------------------------------------------------

    def __gt__(self, other: Any) -> Any:
        return compare(self, other, "gt")

    def __ge__(self, other: Any) -> Any:
        return compare(self, other, "ge")

    def __lt__(self, other: Any) -> Any:
        return compare(other, self, "gt")

    def __le__(self, other: Any) -> Any:
        return compare(other, self, "ge")

    def __eq__(self, other: object) -> Any:
        return compare(self, other, "eq")

    def __ne__(self, other: object) -> Any:
        return ~compare(self, other, "eq")

    # --- methods -------------------------------------------------------------------------------------------------

    @named
    def sum(self, axis: Any = None, keepdims: bool = False) -> Any:
        from symconv.tensors.reductions import sum as total

        return total(self, axis, keepdims)

    @named
    def mean(self, axis: Any = None, keepdims: bool = False) -> Any:
        from symconv.tensors.reductions import mean

        return mean(self, axis, keepdims)

    @named
    def max(self, axis: Any = None, keepdims: bool = False) -> Any:
        from symconv.tensors.reductions import max as largest

        return largest(self, axis, keepdims)

    @named
    def min(self, axis: Any = None, keepdims: bool = False) -> Any:
        from symconv.tensors.reductions import min as smallest

        return smallest(self, axis, keepdims)

    @named
    def reshape(self, *shape: Any) -> Any:
        from symconv.tensors.shaping import reshape

        return reshape(self, shape[0] if len(shape) == 1 else shape)

    @named
    def transpose(self, *axes: Any) -> Any:
        from symconv.tensors.shaping import permute_dims

        if not axes:
            return self.T
        if axes in ((0, 1), (-2, -1)):
            raise TypeError(f"x.transpose{axes} is x itself in NumPy and exchanges the axes in PyTorch; write x.T")
        return permute_dims(self, axes[0] if len(axes) == 1 and isinstance(axes[0], (tuple, list)) else axes)

    @named
    def flatten(self, *axes: Any) -> Any:
        if axes:
            raise TypeError("flatten takes no axes; for x.flatten(1) write reshape(x, (x.shape[0], -1))")
        return self.reshape(-1)

    # --- what Python must not decide --------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Any]:
        if active_reading() is None and self.extents and self.extents[0].constant is not None:
            return iter([self[i] for i in range(self.extents[0].constant)])
        raise SymbolicControlFlow(
            "a symbolic tensor cannot be iterated; write an index, or use summation, stack or fromfunction"
        )

    def __len__(self) -> int:
        if active_reading() is None and self.extents and self.extents[0].constant is not None:
            return self.extents[0].constant
        raise SymbolicControlFlow("len() of a symbolic tensor; use .shape[0], which may be a size")

    def __bool__(self) -> NoReturn:
        raise SymbolicControlFlow(
            "a symbolic value is neither true nor false; use where(condition, a, b), maximum or minimum"
        )

    def __float__(self) -> NoReturn:
        raise SymbolicControlFlow("a symbolic value is no float; use symconv's exp, log, sqrt, ... instead of math's")

    def __int__(self) -> NoReturn:
        raise SymbolicControlFlow("a symbolic value is no integer")

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> NoReturn:
            hint = "" if name.startswith("_") else instead_of(name)
            raise AttributeError(f"a tensor has no attribute {name}" + (f"; {hint}" if hint else ""))

    # --- SymPy; for NumPy see guest.py ------------------------------------------------------------------------------

    def tolist(self) -> Any:
        """The entries as SymPy expressions, in nested lists."""
        from symconv.tensors.expressions import entries

        return entries(self)

    def _sympy_(self) -> sympy.Expr:
        """A scalar as a SymPy expression, so that SymPy's functions accept it."""
        if self.extents:
            raise ShapeError(
                f"a tensor of shape {show_shape(self.extents)} is no SymPy expression; index it, or use .tolist()"
            )
        from symconv.tensors.expressions import expression

        return expression(self.at(()))

    def __repr__(self) -> str:
        from symconv.tensors.expressions import show

        return show(self)

    def _repr_latex_(self) -> str | None:
        """The tensor in a notebook: as a matrix where its extents are small integers, else by its operations."""
        from symconv.printing.tensors import shown

        formula = shown(self)
        return None if formula is None else f"$\\displaystyle {formula[0]}$"


class IndexScalar(SymbolicTensor):
    """A size or an index: an integer that is not known, or known only in this reading."""

    def __init__(self, value: ix.IndexLike) -> None:
        self.index = ix.index(value)
        super().__init__((), lambda _: t.index_number(self.index))

    def __add__(self, other: Any) -> Any:
        return _integer(lambda a, b: a + b, self, other) if _is_index(other) else super().__add__(other)

    def __radd__(self, other: Any) -> Any:
        return _integer(lambda a, b: a + b, other, self) if _is_index(other) else super().__radd__(other)

    def __sub__(self, other: Any) -> Any:
        return _integer(lambda a, b: a - b, self, other) if _is_index(other) else super().__sub__(other)

    def __rsub__(self, other: Any) -> Any:
        return _integer(lambda a, b: a - b, other, self) if _is_index(other) else super().__rsub__(other)

    def __mul__(self, other: Any) -> Any:
        return _integer(lambda a, b: a * b, self, other) if _is_index(other) else super().__mul__(other)

    def __rmul__(self, other: Any) -> Any:
        return _integer(lambda a, b: a * b, other, self) if _is_index(other) else super().__rmul__(other)

    def __floordiv__(self, other: Any) -> IndexScalar:
        return _whole(lambda a, b: a // b, self, other, "//")

    def __rfloordiv__(self, other: Any) -> IndexScalar:
        return _whole(lambda a, b: a // b, other, self, "//")

    def __mod__(self, other: Any) -> IndexScalar:
        return _whole(lambda a, b: a % b, self, other, "%")

    def __rmod__(self, other: Any) -> IndexScalar:
        return _whole(lambda a, b: a % b, other, self, "%")

    def __pow__(self, other: Any) -> Any:
        if is_integer(other) and other >= 0:
            return IndexScalar(ix.product([self.index] * int(other)))
        return super().__pow__(other)

    def __neg__(self) -> IndexScalar:
        return IndexScalar(-self.index)

    def __index__(self) -> NoReturn:
        raise SymbolicControlFlow(
            f"{self.index} is a size or an index, not a Python integer; "
            "instead of range(n) use summation, fromfunction or maximum_over"
        )

    def __bool__(self) -> NoReturn:
        raise SymbolicControlFlow("a size or an index is neither true nor false; use where(condition, a, b)")

    def __repr__(self) -> str:
        return repr(self.index)


class EntryCount(IndexScalar):
    """The size of a tensor, which PyTorch writes ``x.numel()``."""

    def __call__(self, *axes: Any) -> NoReturn:
        raise TypeError("x.size is the number of entries; for x.size() write x.shape, for x.size(0) x.shape[0]")


class BooleanTensor(Guest):
    """A tensor of conditions: what `where` chooses by. Arithmetic takes it as 1 where it holds and 0 elsewhere."""

    def __init__(self, shape: Shape, condition: Callable[[Index], Condition]) -> None:
        self.extents = shape
        self.condition = condition

    @property
    def _symconv_entry(self) -> Callable[[Index], Term]:
        return lambda index: t.where(self.condition(index), t.ONE, t.ZERO)

    def _number(self) -> SymbolicTensor:
        return SymbolicTensor(self.extents, self._symconv_entry)

    @property
    def shape(self) -> tuple[Any, ...]:
        return self._number().shape

    def __invert__(self) -> BooleanTensor:
        return BooleanTensor(self.extents, lambda index: t.negation(self.condition(index)))

    def __and__(self, other: Any) -> BooleanTensor:
        return _connect(t.conjunction, self, other)

    __rand__ = __and__

    def __or__(self, other: Any) -> BooleanTensor:
        return _connect(t.disjunction, self, other)

    __ror__ = __or__

    def __xor__(self, other: Any) -> BooleanTensor:
        return _connect(lambda a, b: t.conjunction(t.disjunction(a, b), t.negation(t.conjunction(a, b))), self, other)

    def __eq__(self, other: object) -> Any:  # without it Python would compare the objects
        if isinstance(other, bool):
            return self if other else ~self
        return ~(self ^ other) if isinstance(other, BooleanTensor) else self._number() == other

    def __ne__(self, other: object) -> Any:
        return ~(self == other)

    def __mul__(self, other: Any) -> Any:
        return self._number() * other

    __rmul__ = __mul__

    def __add__(self, other: Any) -> Any:
        return self._number() + other

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self._number() - other

    def __rsub__(self, other: Any) -> Any:
        return other - self._number()

    def sum(self, axis: Any = None, keepdims: bool = False) -> Any:
        return self._number().sum(axis, keepdims)

    def __repr__(self) -> str:
        from symconv.tensors.expressions import show_conditions

        return show_conditions(self)

    def __bool__(self) -> bool:
        if not self.extents and active_reading() is None:
            known = self.condition(())
            if isinstance(known, bool):
                return known
        raise SymbolicControlFlow(
            "a comparison of symbols is not yet true or false: instead of `if` use where(condition, a, b), instead of "
            "max() use maximum(a, b), and to claim an equation return equal(a, b)"
        )


def as_tensor(value: Any) -> SymbolicTensor:
    """A number, nested lists, a NumPy array, a SymPy expression or a tensor, as a tensor with exact entries."""
    if isinstance(value, SymbolicTensor):
        return value
    if isinstance(value, BooleanTensor):
        return value._number()
    if isinstance(value, IndexTerm):
        return IndexScalar(value)
    if isinstance(value, (list, tuple)):
        from symconv.tensors.construction import array

        return array(value)  # type: ignore[no-any-return]
    if hasattr(value, "__array_interface__"):
        from symconv.tensors.construction import from_numpy

        return from_numpy(value)
    if hasattr(value, "free_symbols"):
        from symconv.tensors.expressions import term_of

        return scalar(term_of(value))
    return scalar(exact(value))


def scalar(term: Term) -> SymbolicTensor:
    """A tensor of shape () with this entry."""
    return SymbolicTensor((), lambda _: term)


def exact(value: Any) -> Term:
    """A Python number as a term. A float is read by its shortest decimal; one of more than 15 digits is refused."""
    if isinstance(value, bool):
        raise TypeError(f"{value} is a truth value, not a number; use 1 or 0, or where(condition, 1, 0)")
    if isinstance(value, (int, Fraction)):
        return t.number(value)
    if isinstance(value, Integral):
        return t.number(int(value))
    if isinstance(value, Decimal) and value.is_finite():
        return t.number(Fraction(value))
    if isinstance(value, float):
        return _decimal(float(value))
    raise TypeError(
        f"{value!r} of type {type(value).__name__} is no number or tensor; "
        "use int, Fraction, a short decimal, or a tensor"
    )


def _decimal(value: float) -> Term:
    if math.isinf(value):
        return t.Infinity(1 if value > 0 else -1)
    if math.isnan(value):
        raise ValueError("nan is no number; use a number, or -inf for the padding of a maximum")
    decimal = Decimal(repr(value))
    if len(decimal.normalize().as_tuple().digits) > 15:
        raise ValueError(
            f"the float {value!r} is no short decimal, so its exact value is not what was meant; {_instead_of(value)}"
        )
    return t.number(Fraction(decimal))


def _instead_of(value: float) -> str:
    """What to write for a float that Python computed."""
    near = Fraction(value).limit_denominator(1000)
    if not math.isclose(near, value, rel_tol=1e-15):
        return "use symconv's own pi, exp, log and sqrt, or write a short decimal"
    times = "" if near.numerator == 1 else f"{near.numerator} * "
    return (
        f"write Fraction({near.numerator}, {near.denominator}), or divide a tensor or size instead, "
        f"as in {times}x / {near.denominator}"
    )


def as_index(value: Any, what: str = "an index") -> IndexTerm:
    """An integer, size or index as an index term."""
    if isinstance(value, IndexScalar):
        return value.index
    if isinstance(value, IndexTerm):
        return value
    if is_integer(value):
        return ix.index(int(value))
    if hasattr(value, "__array_interface__") and getattr(value, "ndim", 1) == 0 and value.dtype.kind in "iu":
        return ix.index(int(value))
    quotient = isinstance(value, SymbolicTensor) and value.made is not None and value.made.operation == "divide"
    hint = "; for the whole part of a quotient write //" if quotient else ""
    raise TypeError(f"{what} is an integer, a size or an index, not {_describe(value)}{hint}")


def is_integer(value: Any) -> bool:
    """Whether a value is a literal integer (a truth value is none)."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def as_shape(shape: Any) -> Shape:
    """Extents from one integer or size, or a sequence of them."""
    items = shape if isinstance(shape, (tuple, list)) else (shape,)
    extents = tuple(as_index(item, "an extent") for item in items)
    for extent in extents:
        known = sets.is_nonnegative(extent)
        if known is False:
            raise Undefined(f"an extent of a tensor is {extent}, less than 0")
        if known is None:
            raise Undecided(f"whether the extent {extent} of a tensor is less than 0 depends on the sizes")
    return extents


def guarded(condition: Condition, x: SymbolicTensor, position: Index, otherwise: Term) -> Term:
    """The entry of ``x`` at a position where the condition holds. The condition implies that the position is inside."""
    if condition is False or t.inside(position, x.extents) is False:
        return otherwise
    return t.where(condition, x.at(position), otherwise)


def entry_or_tensor(tensor: SymbolicTensor) -> Any:
    """A scalar as the SymPy expression that a user sees outside of a claim, everything else as it is."""
    if tensor.extents or active_reading() is not None or isinstance(tensor, IndexScalar):
        return tensor
    return tensor if t.free_variables(tensor.at(())) else tensor._sympy_()


def broadcast(*shapes: Shape) -> Shape:
    """NumPy's broadcast shape; raises `Undefined` where the extents at hand do not fit."""
    result: list[IndexTerm] = []
    for axis in range(1, max(map(len, shapes), default=0) + 1):
        extents = [shape[-axis] for shape in shapes if len(shape) >= axis]
        kept = next((n for n in extents if n.constant != 1), extents[0])
        for extent in extents:
            if extent.constant != 1 and not same_extent(extent, kept):
                raise Undefined("shapes " + " and ".join(map(show_shape, shapes)) + " do not broadcast")
        result.append(kept)
    return tuple(reversed(result))


def same_extent(left: IndexTerm, right: IndexTerm) -> bool:
    """Whether two extents are equal; raises `Undecided` when that depends on the sizes."""
    if left == right:
        return True
    difference = left - right
    if difference.constant is not None:
        return difference.constant == 0
    if sets.is_nonnegative(difference - 1) or sets.is_nonnegative(-difference - 1):
        return False
    if sets.is_nonnegative(difference) and sets.is_nonnegative(-difference):
        return True
    raise Undecided(f"whether the extents {left} and {right} are equal depends on the sizes")


def stretched(tensor: SymbolicTensor, shape: Shape) -> Callable[[Index], Term]:
    """The entry of a tensor at an index of a shape that it broadcasts to."""
    skipped = len(shape) - tensor.ndim
    fixed = [n.constant == 1 and shape[skipped + axis].constant != 1 for axis, n in enumerate(tensor.extents)]

    def entry(index: Index) -> Term:
        own = index[skipped:]
        return tensor.at(tuple(ix.ZERO if one else i for one, i in zip(fixed, own, strict=True)))

    return entry


def elementwise(function: Callable[..., Term], *values: Any, keep: bool = False) -> SymbolicTensor:
    """A function of entries, with broadcasting. ``keep`` where an entry is worth working out once only."""
    tensors = [as_tensor(value) for value in values]
    shape = broadcast(*(tensor.extents for tensor in tensors))
    parts = [stretched(tensor, shape) for tensor in tensors]
    make = SymbolicTensor.defined if keep else SymbolicTensor
    return make(shape, lambda index: function(*(part(index) for part in parts)))


def is_numeric(value: Any) -> bool:
    """Whether a value is a tensor of the numeric reading, which then does what it is asked together with a constant."""
    return hasattr(value, "logical_shape")


def compare(left: Any, right: Any, relation: str) -> Any:
    """The condition entry by entry; of two integers it is one on index terms."""
    if is_numeric(left) or is_numeric(right):
        return NotImplemented
    if _is_index(left) and _is_index(right):
        known = _index_condition(as_index(left), as_index(right), relation)
        return BooleanTensor((), lambda _: known)
    x, y = as_tensor(left), as_tensor(right)
    shape = broadcast(x.extents, y.extents)
    a_at, b_at = stretched(x, shape), stretched(y, shape)
    return BooleanTensor(shape, lambda index: _condition(a_at(index), b_at(index), relation))


def _condition(left: Term, right: Term, relation: str) -> Condition:
    """How two entries compare; integers, as in ``arange(n) == k``, as index terms."""
    integers = [_index_of(term) for term in (left, right)]
    if integers[0] is None or integers[1] is None:
        return t.Compare(left, right, relation)  # type: ignore[arg-type]
    return _index_condition(integers[0], integers[1], relation)


def _index_condition(left: IndexTerm, right: IndexTerm, relation: str) -> Condition:
    return t.equals(left, right) if relation == "eq" else t.at_least(left, right + (relation == "gt"))


def _index_of(term: Term) -> IndexTerm | None:
    """The integer that a term is written as."""
    if isinstance(term, t.IndexNumber):
        return term.index
    if isinstance(term, t.Number) and term.value.denominator == 1:
        return ix.index(term.value.numerator)
    return None


def show_shape(shape: Shape) -> str:
    """A shape as Python writes one."""
    return "(" + ", ".join(map(repr, shape)) + ("," if len(shape) == 1 else "") + ")"


def _is_index(value: Any) -> bool:
    return isinstance(value, (IndexScalar, IndexTerm)) or is_integer(value)


def _binary(function: Callable[..., Term], left: Any, right: Any) -> Any:
    if any(isinstance(value, (str, bytes, dict, set, type(None))) or is_numeric(value) for value in (left, right)):
        return NotImplemented
    before = next(serials)
    return marked(valued(lambda: elementwise(function, left, right)), before, Made(function.__name__, (left, right)))


def _integer(function: Callable[[IndexTerm, IndexTerm], IndexTerm], left: Any, right: Any) -> IndexScalar:
    return IndexScalar(function(as_index(left), as_index(right)))


def _whole(function: Callable[[IndexTerm, IndexTerm], IndexTerm], left: Any, right: Any, sign: str) -> IndexScalar:
    if not (_is_index(left) and _is_index(right)):
        raise TypeError(
            f"{sign} is defined for sizes, indices and integers, not for {_describe(left)} {sign} {_describe(right)}"
        )
    divisor = as_index(right)
    if divisor.constant == 0:
        raise Undefined(f"{left!r} {sign} 0")
    if divisor.constant is None and not sets.is_nonnegative(divisor - 1):
        raise Undecided(f"whether the divisor {right!r} of {left!r} {sign} {right!r} can be 0")
    return IndexScalar(function(as_index(left), divisor))


def _connect(function: Callable[..., Condition], left: BooleanTensor, right: Any) -> BooleanTensor:
    if not isinstance(right, BooleanTensor):
        raise TypeError(f"conditions are joined with conditions, as in (x > 0) & (y > 0), not with {_describe(right)}")
    shape = broadcast(left.extents, right.extents)

    def reader(part: BooleanTensor) -> Callable[[Index], Condition]:
        skipped = len(shape) - len(part.extents)
        return lambda index: part.condition(
            tuple(ix.ZERO if n.constant == 1 else i for n, i in zip(part.extents, index[skipped:], strict=True))
        )

    first, second = reader(left), reader(right)
    return BooleanTensor(shape, lambda index: function(first(index), second(index)))


def _describe(value: Any) -> str:
    if isinstance(value, SymbolicTensor):
        return f"a tensor of shape {show_shape(value.extents)}"
    return f"{value!r} ({type(value).__name__})"
