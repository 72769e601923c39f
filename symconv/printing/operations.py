"""Tensors as their author wrote them: by operations where these have a notation, else entry by entry.

A tensor remembers which operation made it. `whole` writes the tensor, as in A x + b; `entry` its entry at an index, as
in a sum over entries that the author spelled out. Tensors with a name of their own (a local variable of a claim) are
shown by it, and `named` lists those that were used, so that they can be defined beside the formula.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from symconv.dispatch import Made, reading
from symconv.errors import SymconvError
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.general import sets
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.printing import notation as n
from symconv.printing.indices import Indices
from symconv.printing.notation import Notation
from symconv.printing.products import Factors, assembled
from symconv.printing.scope import Scope
from symconv.printing.usage import counts_only
from symconv.printing.writing import Writer, number, plus
from symconv.tensors.functions import SymbolicFunction
from symconv.tensors.indexing import ZeroExtended
from symconv.tensors.tensor import IndexScalar, SymbolicTensor, as_index, as_tensor, exact, is_integer

Index = tuple[IndexTerm, ...]
_ACTIVATIONS = ("relu", "relu6", "hardtanh", "leaky_relu", "elu", "sigmoid", "softplus", "silu", "gelu", "tanh")
_ENTRYWISE = frozenset((*_ACTIVATIONS, "exp", "log", "sqrt", "erf", "abs", "sign"))
"""Functions R -> R."""
_LETTERS = "TUVWSRQPZY"
"""Names for what has none, in the order in which they are given."""
_COMPUTED = frozenset({"array", "eye", "ones", "zeros", "full", "arange", "kronecker_delta", "where"})
"""Operations whose entries say more than their name."""


_OF_IMAGES = frozenset(
    (
        "conv1d", "conv2d", "conv_transpose2d", "unfold", "pixel_shuffle", "avg_pool1d", "avg_pool2d", "max_pool1d",
        "max_pool2d", "adaptive_avg_pool1d", "adaptive_avg_pool2d",
    )
)  # fmt: skip
"""Operations whose axes are told by their places: a batch or a channel of one goes without saying."""


class NoNotation(Exception):
    """A tensor that has no notation of this kind."""


Names = dict[int, tuple[str, Any]]
"""What has a name, by its identity, and kept with it, since the identity of what is gone may be given again."""


class Operations:
    """Tensors in one scope. ``names`` are those of the tensors that have one; what gets a name here is added to them,
    so that no two tensors of one text are called the same.
    """

    def __init__(self, scope: Scope, names: Names | None = None) -> None:
        self.scope = scope
        self.indices = Indices(scope)
        self.named: dict[str, tuple[Notation, Any]] = {}
        self.names: Names = {} if names is None else names
        self._shown: dict[t.Variable, Notation] = {}

    # --- whole tensors -------------------------------------------------------------------------------------------

    def whole(self, value: Any) -> Notation:
        """The tensor by its operations. Raises: NoNotation."""
        known = self._known(value)
        if known is not None:
            return known
        if isinstance(value, IndexScalar):
            return self.indices.value(value.index)
        if isinstance(value, ZeroExtended):
            return n.Call(n.Word("zero_extended"), (self.whole(value.tensor),))
        if isinstance(value, SymbolicTensor):
            return self._made_whole(value)
        return self._literal(value)

    def side(self, value: SymbolicTensor) -> Notation:
        """The tensor by its operations, whether or not it has a name. Raises: NoNotation."""
        return self.whole(value) if value.made is None or isinstance(value, IndexScalar) else self._made_whole(value)

    def written(self, value: Any) -> Notation:
        """What a name stands for, by operations. Raises: NoNotation."""
        if isinstance(value, ZeroExtended):
            return n.Call(n.Word("zero_extended"), (self.whole(value.tensor),))
        if not isinstance(value, SymbolicTensor):
            raise NoNotation
        return self._made_whole(value)

    def spelled(self, value: SymbolicTensor, index: Index) -> Notation:
        """The entry of what a name stands for."""
        try:
            return self._made_entry(value, index)
        except NoNotation:
            return self._computed(value, index)

    def _known(self, value: Any) -> Notation | None:
        """The name of what has one."""
        if id(value) not in self.names:
            return None
        identifier, _ = self.names[id(value)]
        if identifier not in self.named:
            taken = identifier in self.scope.identifiers
            symbol = n.Symbol(self.scope.symbol_like(identifier) if taken else self.scope.named(identifier))
            self.named[identifier] = (symbol, value)
        return self.named[identifier][0]

    def _literal(self, value: Any) -> Notation:
        if isinstance(value, tuple) or (isinstance(value, list) and not any(isinstance(i, list) for i in value)):
            return n.Tuple(tuple(map(self.whole, value)))
        if isinstance(value, str):
            return n.Word(f"“{value}”")
        if isinstance(value, bool) or value is None:
            return n.Word(str(value))
        try:
            term = exact(value)
        except (TypeError, ValueError) as problem:
            raise NoNotation(str(problem)) from None
        return number(term.value) if hasattr(term, "value") else Writer(self.scope).of(term, {})

    def _made_whole(self, tensor: SymbolicTensor) -> Notation:
        made = tensor.made
        if made is None:
            if tensor.extents:
                raise NoNotation
            return self._computed(tensor, ())
        arguments = made.arguments
        match made.operation:
            case "variable":
                return self._variable(arguments[0])
            case "add" | "subtract" | "negate":
                return self._sum(made, [self.whole(argument) for argument in arguments])
            case "multiply" | "divide":
                return self._product(made, [self.whole(argument) for argument in arguments], tensor.ndim > 0)
            case "power" if not tensor.extents:
                return self._power(self.whole(arguments[0]), arguments[1])
            case "power":
                return n.Powered(self.whole(arguments[0]), self.whole(arguments[1]), entrywise=True)
            case "sqrt":
                return n.Root(self.whole(arguments[0]), 2)
            case "matmul":
                return n.Times(tuple(map(self._matrix, arguments)), "ordered")
            case "T":
                return n.Transposed(self.whole(arguments[0]))
            case "apply":
                return n.Call(self._function(arguments[0]), (self.whole(arguments[1]),))
            case "derivative":
                return n.Call(self._function(arguments[0]), (self.whole(arguments[1]),), 1)
            case "jacobian":
                return self._slope(*arguments)
            case "getitem":
                return self._part(*arguments)
            case "summation" | "maximum_over" | "minimum_over" if not tensor.extents:
                return self._big(made, ())
            case "kronecker_delta":
                return self._computed(tensor, ())
            case "array":
                return self.whole(arguments[0])
            case "fromfunction" | "summation" | "maximum_over" | "minimum_over":
                raise NoNotation
            case _:
                return self._call(made)

    def _matrix(self, value: Any) -> Notation:
        """A factor of a matrix product: x[:, None] is the column x, x[None, :] the row that is its transpose."""
        made = value.made if isinstance(value, SymbolicTensor) else None
        if made is not None and made.operation == "T":
            inner = self._matrix(made.arguments[0])
            return inner.base if isinstance(inner, n.Transposed) else n.Transposed(inner)
        if made is not None and made.operation == "getitem" and self._known(value) is None:
            base, key = made.arguments
            if isinstance(base, SymbolicTensor) and base.ndim == 1 and len(key) == 2:
                row = key[0] is None and _is_full_slice(key[1])
                if row or (key[1] is None and _is_full_slice(key[0])):
                    shown = self.whole(base)
                    return n.Transposed(shown) if row else shown
        return self.whole(value)

    def _sum(self, made: Made, parts: Sequence[Notation]) -> Notation:
        signs = {"add": (False, False), "subtract": (False, True), "negate": (True,)}[made.operation]
        terms = [each for sign, part in zip(signs[:1], parts, strict=False) for each in _signed(sign, part)]
        return plus([*terms, *zip(signs[1:], parts[1:], strict=True)])

    def _product(self, made: Made, parts: Sequence[Notation], whole: bool) -> Notation:
        """A product or quotient; of two whole tensors, entry by entry, with a sign for that."""
        both = whole and all(as_tensor(argument).extents for argument in made.arguments)
        if both and made.operation == "divide":
            raise NoNotation
        if both:
            return n.Times(tuple(parts), "odot")
        factors = Factors()
        for place, part in enumerate(parts):
            ((negative, shown), *more) = _signed(False, part)
            shown = part if more else shown
            if place and made.operation == "divide":
                factors.number *= -1 if negative and not more else 1
                factors.divide(shown)
            else:
                factors.sign(negative and not more, shown)
        shown = assembled(factors)
        return n.negated(shown) if factors.negative else shown

    def _power(self, base: Notation, exponent: Any) -> Notation:
        if is_integer(exponent) and exponent < 0:
            factors = Factors()
            factors.divide(base if exponent == -1 else n.Powered(base, n.Integer(-int(exponent))))
            return assembled(factors)
        return n.Powered(base, self.whole(exponent))

    def _function(self, function: Any) -> Notation:
        if isinstance(function, SymbolicFunction):
            return n.Symbol(self.scope.named(function.symbol.name))
        name = getattr(function, "__name__", "")
        if name not in _ENTRYWISE:
            raise NoNotation
        return n.Word(name)

    def _slope(self, value: SymbolicTensor, variable: Any, point: SymbolicTensor) -> Notation:
        """The derivative of an expression in which the argument stands for the variable."""
        by = self.whole(point)
        if isinstance(by, n.Symbol) and not _share_a_variable(value, point):
            return n.Slope(self._with(variable, by, lambda: self.whole(value)), by)
        with self.scope.lent("z") as name:
            letter = n.Symbol(name)
            of = self._with(variable, letter, lambda: self.whole(value))
            return n.Slope(of, letter, n.Relation((letter, by), ("=",)))

    def _with(self, variable: t.Variable, shown: Notation, write: Callable[[], Notation]) -> Notation:
        """Write with a variable shown as something else; all of it by operations, which alone know of that."""
        self._shown[variable] = shown
        try:
            return write()
        finally:
            del self._shown[variable]

    def _variable(self, variable: t.Variable) -> Notation:
        return self._shown[variable] if variable in self._shown else n.Symbol(self.scope.named(variable.name))

    def _computed(self, tensor: SymbolicTensor, index: Index) -> Notation:
        """The entry as it is computed, which does not know of variables that stand for others."""
        term = tensor.at(index)
        if self._shown and not isinstance(term, t.Number):
            raise NoNotation
        return Writer(self.scope).of(term, {})

    def _part(self, base: Any, key: tuple[Any, ...]) -> Notation:
        """An entry, row or block of a tensor."""
        rank = base.tensor.ndim if isinstance(base, ZeroExtended) else base.ndim
        if any(item is None or item is Ellipsis for item in key) or len(key) > rank:
            raise NoNotation
        places = [self._place(base, axis, item) for axis, item in enumerate(key)]
        places += [n.Whole()] * (rank - len(key))
        return n.Subscripted(self.whole(base), tuple(places))

    def _place(self, base: Any, axis: int, item: Any) -> Notation:
        if not isinstance(item, slice):
            return self.indices.position(_position(base, axis, item))
        if item.step is not None or isinstance(base, ZeroExtended):
            raise NoNotation
        if item.start is None and item.stop is None:
            return n.Whole()
        extent = base.extents[axis]
        start = ix.ZERO if item.start is None else _from_end(item.start, extent)
        stop = extent if item.stop is None else _from_end(item.stop, extent)
        return n.Span(self.indices.position(start), self.indices.position(stop - 1))

    def _call(self, made: Made) -> Notation:
        """An operation by its name; an argument without a notation gets the name of the parameter that takes it."""
        arguments, options = [], []
        for name, value, given in _bound(made):
            shown = self._argument(_without_new_axes(value) if made.operation in _OF_IMAGES else value, name)
            if given:
                arguments.append(shown)
            else:
                options.append((name, shown))
        return n.Call(n.Word(made.operation), tuple(arguments), 0, tuple(options))

    def _argument(self, value: Any, wanted: str) -> Notation:
        if callable(value) and not isinstance(value, SymbolicFunction):
            raise NoNotation
        try:
            shown = self.whole(value)
            simple = not isinstance(value, SymbolicTensor) or _is_short(shown)
        except NoNotation:
            if isinstance(value, list | tuple) and any(isinstance(item, SymbolicTensor) for item in value):
                raise
            simple = False
        return shown if simple else self._new_name(value, wanted)

    def _new_name(self, value: Any, wanted: str) -> Notation:
        letter = wanted if len(wanted) == 1 else "b" if wanted == "bias" else "T"
        taken = {*self.named, *self.scope.identifiers, *(name for name, _ in self.names.values())}
        numbered = (f"T_{number}" for number in itertools.count(1))
        # Another letter before a number: x_1 is what an entry of x looks like.
        identifier = next(each for each in itertools.chain([letter], _LETTERS, numbered) if each not in taken)
        self.names[id(value)] = identifier, value
        known = self._known(value)
        if known is None:
            raise KeyError(identifier)  # it was named in the line before
        return known

    # --- entries -------------------------------------------------------------------------------------------------

    def entry(self, value: Any, index: Index) -> Notation:
        """The entry of a tensor at an index, as it was written; where that is not known, as it is computed."""
        known = self._known(value)
        if known is not None:
            return self._at(known, index)
        tensor = as_tensor(value)
        try:
            return self._made_entry(tensor, index)
        except NoNotation:
            return self._computed(tensor, index)

    def _at(self, base: Notation, index: Index) -> Notation:
        return n.Subscripted(base, tuple(map(self.indices.position, index))) if index else base

    def _made_entry(self, tensor: SymbolicTensor, index: Index) -> Notation:
        made = tensor.made
        if made is None or isinstance(tensor, IndexScalar):
            raise NoNotation
        arguments = made.arguments
        match made.operation:
            case "variable":
                return self._at(self._variable(arguments[0]), index)
            case "add" | "subtract" | "negate":
                return self._sum(made, [self._broadcast(argument, index) for argument in arguments])
            case "multiply" | "divide":
                return self._product(made, [self._broadcast(argument, index) for argument in arguments], False)
            case "power":
                return self._power(self._broadcast(arguments[0], index), arguments[1])
            case "apply" if arguments[0].symbol.domain is None:
                return n.Call(self._function(arguments[0]), (self._broadcast(arguments[1], index),))
            case "derivative":
                return n.Call(self._function(arguments[0]), (self._broadcast(arguments[1], index),), 1)
            case "getitem":
                return self._entry_of_part(arguments[0], arguments[1], index)
            case "fromfunction":
                return self._spelled(arguments[0], index)
            case "summation" | "maximum_over" | "minimum_over":
                return self._big(made, index)
            case name if name in _ENTRYWISE and len(arguments) == 1 and not made.options:
                return self._function_of(name, self._broadcast(arguments[0], index))
            case "maximum" | "minimum":
                return n.Call(n.Word(made.operation[:3]), tuple(self._broadcast(a, index) for a in arguments))
            case "jacobian":
                return self._partial(arguments[0], arguments[1], arguments[2], index)
            case "T":
                return self.entry(arguments[0], index[::-1])
            case name if name in _COMPUTED:
                raise NoNotation
            case _:
                return self._at(self._made_whole(tensor), index)

    def _function_of(self, name: str, argument: Notation) -> Notation:
        match name:
            case "sqrt":
                return n.Root(argument, 2)
            case "abs":
                return n.Absolute(argument)
            case "exp" if not n.is_tall(argument) and "e" not in self.scope.identifiers:
                return n.Exponential(argument)
            case _:
                return n.Call(n.Word(name), (argument,))

    def _broadcast(self, argument: Any, index: Index) -> Notation:
        if isinstance(argument, IndexScalar):
            return self.indices.value(argument.index)
        tensor = as_tensor(argument)
        own = index[len(index) - tensor.ndim :]
        fitted = tuple(ix.ZERO if size.constant == 1 else i for size, i in zip(tensor.extents, own, strict=True))
        return self.entry(argument if isinstance(argument, SymbolicTensor) else tensor, fitted)

    def _entry_of_part(self, base: Any, key: tuple[Any, ...], index: Index) -> Notation:
        rank = base.tensor.ndim if isinstance(base, ZeroExtended) else base.ndim
        if any(item is Ellipsis for item in key):
            raise NoNotation
        left, places = list(index), []
        axis = 0
        for item in key:
            if item is None:
                left.pop(0)
                continue
            if isinstance(item, slice):
                if item.step is not None:
                    raise NoNotation
                start = ix.ZERO if item.start is None else _from_end(item.start, base.extents[axis])
                places.append(left.pop(0) + start)
            else:
                places.append(_position(base, axis, item))
            axis += 1
        position = tuple(places + left)
        if len(position) != rank:
            raise NoNotation
        if isinstance(base, ZeroExtended):
            return self._at(self.whole(base), position)
        return self.entry(base, position)

    def _spelled(self, function: Any, index: Index) -> Notation:
        """The entry that a function of the index gives."""
        with reading("symbolic"):
            value = function(*map(IndexScalar, index))
        return self.entry(value, ()) if isinstance(value, SymbolicTensor) else self.whole(value)

    def _big(self, made: Made, index: Index) -> Notation:
        """A sum, maximum or minimum over ranges that the author spelled out."""
        variables, spans, body = made.arguments
        operator = {"summation": "sum", "maximum_over": "max", "minimum_over": "min"}[made.operation]
        return self._over(operator, list(zip(variables, spans, strict=True)), body, index)

    def _over(self, operator: str, ranges: list[tuple[IndexVar, Any]], body: Any, index: Index) -> Notation:
        if not ranges:
            return self.entry(body, index)
        (variable, (start, length)), *rest = ranges
        with self.scope.binding(variable, length, self._shift(variable, start, body, index)) as symbol:
            shown = self._over(operator, rest, body, index)
            shift = self.scope.shift(variable)
            low, high = self.indices.value(ix.index(shift)), self.indices.value(length - 1 + shift)
        return n.Big(operator, n.Symbol(symbol), low, high, shown)  # type: ignore[arg-type]

    def _shift(self, variable: IndexVar, start: IndexTerm, body: Any, index: Index) -> int:
        """Where a bound index starts in print: where the author says, else at the origin for one that is a place."""
        if start.constant:
            return start.constant
        return 0 if counts_only(body.at(index), variable) else self.scope.origin

    def _partial(self, value: SymbolicTensor, variable: Any, point: SymbolicTensor, index: Index) -> Notation:
        """The derivative of one entry by one entry."""
        by = self.whole(point)
        outer, inner = index[: len(index) - point.ndim], index[len(index) - point.ndim :]
        if isinstance(by, n.Symbol) and not _share_a_variable(value, point):
            return n.Slope(self._with(variable, by, lambda: self._outer(value, outer)), self._at(by, inner))
        with self.scope.lent("z") as name:
            letter = n.Symbol(name)
            of = self._with(variable, letter, lambda: self._outer(value, outer))
            return n.Slope(of, self._at(letter, inner), n.Relation((letter, by), ("=",)))

    def _outer(self, value: SymbolicTensor, index: Index) -> Notation:
        shown = self.whole(value)
        return self._at(shown, index)


def _signed(sign: bool, part: Notation) -> list[tuple[bool, Notation]]:
    """The signed parts of a summand: a sum that is added is one with it."""
    if not isinstance(part, n.Plus):
        return [(sign, part)]
    if not sign:
        return list(part.terms)
    return [(not part.terms[0][0], part.terms[0][1])] if len(part.terms) == 1 else [(True, part)]


def _position(base: Any, axis: int, item: Any) -> IndexTerm:
    try:
        position = as_index(item)
    except (TypeError, SymconvError):
        raise NoNotation from None
    negative = is_integer(item) and item < 0 and not isinstance(base, ZeroExtended)
    return position + base.extents[axis] if negative else position


def _from_end(bound: Any, extent: IndexTerm) -> IndexTerm:
    """Where a slice starts or stops, which may be a size before the end. Raises: NoNotation unless it is inside."""
    position = as_index(bound)
    if sets.is_nonnegative(position) is False:
        position += extent
    if not (sets.is_nonnegative(position) and sets.is_nonnegative(extent - position)):
        raise NoNotation
    return position


def _share_a_variable(value: SymbolicTensor, point: SymbolicTensor) -> bool:
    """Whether what is differentiated knows the point also as a constant, as in the slope of t*x by t at x.

    Then the point's name cannot stand for the variable: the slope of x*x by x is another one.
    """
    of, at = ({e.variable for e in t.nodes_of(x.definition) if isinstance(e, t.Entry)} for x in (value, point))
    return not of.isdisjoint(at)


def _is_short(shown: Notation) -> bool:
    """Whether an argument is best shown where it stands, rather than by a name."""
    return not isinstance(shown, n.Cases | n.Matrix)


def _without_new_axes(value: Any) -> Any:
    """X for X[None]."""
    made = getattr(value, "made", None) if isinstance(value, SymbolicTensor) else None
    if made is not None and made.operation == "getitem":
        base, key = made.arguments
        if all(item is None or item is Ellipsis or _is_full_slice(item) for item in key):
            return base
    return value


def _is_full_slice(item: Any) -> bool:
    return isinstance(item, slice) and item.start is None and item.stop is None and item.step is None


def _bound(made: Made) -> Iterator[tuple[str, Any, bool]]:
    """(parameter, argument, whether it must be given) of each argument that is not the parameter's default."""
    import symconv

    function = getattr(symconv, made.operation, None)
    if function is None:
        raise NoNotation
    signature = inspect.signature(function)
    for name, value in signature.bind_partial(*made.arguments, **dict(made.options)).arguments.items():
        parameter = signature.parameters[name]
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            yield from ((name, item, True) for item in value)
        elif parameter.default is parameter.empty:
            yield name, value, True
        elif not _is_default(value, parameter.default):
            yield name, value, False


def _is_default(value: Any, default: Any) -> bool:
    return value is default or (
        type(value) is type(default) and isinstance(value, int | str | float) and value == default
    )
