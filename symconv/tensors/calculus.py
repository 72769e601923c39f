"""Derivatives with JAX's names: `jacobian`, `grad`, and `derivative` for functions R -> R."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from symconv import dispatch
from symconv.errors import ShapeError, Undecided
from symconv.kernel import calculus as rules
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.general import reads, signs
from symconv.kernel.index import IndexVar
from symconv.kernel.terms import Term
from symconv.tensors.construction import variable_tensor
from symconv.tensors.tensor import Index, SymbolicTensor, as_tensor, entry_or_tensor, show_shape


def jacobian(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """The function that gives all partial derivatives of ``f``.

    ``jacobian(f)(A)[i..., p...]`` is the derivative of ``f(A)[i...]`` by ``A[p...]``. With several ``argnums`` the
    result is a tuple. At a kink (relu at 0, a tie in a maximum) there is no derivative: statements hold off the
    kinks.

    Shapes: f(A).shape + A.shape.
    Raises: ClaimError where ``f`` applies a function that is not assumed to be differentiable.
    Source: the layout is that of `jax.jacobian`.

    >>> from symconv import jacobian, tensor
    >>> A, v = tensor("A", (2, 2)), tensor("v", (2,))
    >>> jacobian(lambda v: A @ v)(v)
    tensor([[A[0, 0], A[0, 1]], [A[1, 0], A[1, 1]]])
    """
    return _by_arguments(f, argnums, _jacobian, "jacobian")


def grad(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """The function that gives the gradient of a scalar-valued ``f``, of the shape of its argument.

    >>> from symconv import grad, tensor
    >>> x = tensor("x", (2,))
    >>> grad(lambda x: (x**2).sum())(x)
    tensor([2*x[0], 2*x[1]])
    """
    return _by_arguments(f, argnums, _gradient, "grad")


def derivative(sigma: Callable[..., Any]) -> Callable[..., Any]:
    """The derivative of a function R -> R, as a function entry by entry. It can be derived again.

    >>> from symconv import derivative, tanh, tensor
    >>> derivative(tanh)(tensor("x"))
    1 - tanh(x)**2
    """
    if not callable(sigma):
        raise TypeError(f"derivative takes a function R -> R, not {sigma!r}")

    def derived(x: Any) -> Any:
        return dispatch.routed("derivative", (sigma,), (x,), lambda: _derived(sigma, as_tensor(x)))

    return derived


def _derived(sigma: Callable[..., Any], point: SymbolicTensor) -> Any:
    z = t.Variable("x", ())
    value = _symbolic(sigma, variable_tensor(z))
    if value.extents:
        raise ShapeError(
            f"derivative takes a function R -> R; this one gives shape {show_shape(value.extents)} for a scalar"
        )
    body = value.at(())
    rule = rules.Derivative(z, ())
    of_one = rule.whole(value.definition).body
    read = _is_read(z, of_one)
    _refuse_dropped(*rule.dropped, *([] if read else [body, point.definition]))
    kept = not read and _may_have_no_value(point)
    bound = not _is_free(point, body)

    def entry(index: Index) -> Term:
        slope = rules.Replacement(lambda e: point.at(index) if e.variable is z else None, opened=bound).of(of_one)
        return t.add(slope, t.Mul((t.ZERO, point.at(index)))) if kept else slope

    slope = SymbolicTensor.defined(point.extents, entry)
    slope.made = dispatch.Made("derivative", (sigma, point))
    return entry_or_tensor(slope)


def _by_arguments(
    f: Callable[..., Any],
    argnums: int | Sequence[int],
    rule: Callable[[Callable[[Any], Any], SymbolicTensor], SymbolicTensor],
    name: str,
) -> Callable[..., Any]:
    if not callable(f):
        raise TypeError(f"{name} takes a function, as in {name}(lambda A: ...)(A), not {f!r}")

    def derived(*arguments: Any) -> Any:
        def symbolic() -> Any:
            wanted = (argnums,) if isinstance(argnums, int) else tuple(argnums)
            results = [entry_or_tensor(_by_one(f, arguments, place, rule, name)) for place in wanted]
            return results[0] if isinstance(argnums, int) else tuple(results)

        return dispatch.routed(name, (f, argnums), arguments, symbolic)

    return derived


def _by_one(
    f: Callable[..., Any],
    arguments: Sequence[Any],
    place: int,
    rule: Callable[[Callable[[Any], Any], SymbolicTensor], SymbolicTensor],
    name: str,
) -> SymbolicTensor:
    if not -len(arguments) <= place < len(arguments):
        raise TypeError(f"{name} by argument {place} of a function that was given {len(arguments)}")
    place %= len(arguments)

    def of_one(value: Any) -> Any:
        return f(*arguments[:place], value, *arguments[place + 1 :])

    return rule(of_one, as_tensor(arguments[place]))


def _symbolic(f: Callable[..., Any], argument: SymbolicTensor) -> SymbolicTensor:
    """``f`` at a symbolic tensor, whose scalar entries must not turn into SymPy expressions on the way."""
    with dispatch.reading("symbolic"):
        return as_tensor(f(argument))


def _jacobian(f: Callable[[Any], Any], point: SymbolicTensor) -> SymbolicTensor:
    """Differentiate at independent unknowns of the argument's shape, then put the argument in."""
    z = t.Variable("z", point.extents)
    value = _symbolic(f, variable_tensor(z))
    position = tuple(IndexVar("pqrstuvw"[axis % 8]) for axis in range(point.ndim))
    rule = rules.Derivative(z, tuple(map(ix.index, position)))
    slopes = rule.whole(value.definition)
    # The slope by one entry need not read the others: those of 3 x read none.
    _refuse_dropped(*rule.dropped, *([value.definition] if slopes.body is t.ZERO else []), point.definition)
    bound = not _is_free(point, value.definition)
    put_in = rules.Replacement(lambda e: point.at(e.index) if e.variable is z else None, opened=bound).of_lambda(slopes)
    slope = put_in.body
    if _may_have_no_value(point):
        slope = t.add(slope, t.Mul((t.ZERO, t.sum_over(point.extents, point.at))))
    whole = t.Lambda((*put_in.variables, *position), value.extents + point.extents, slope)
    slopes_of = SymbolicTensor(whole.shape, lambda index: t.Read(whole, index))
    slopes_of.made = dispatch.Made("jacobian", (value, z, point))
    return slopes_of


def _is_free(point: SymbolicTensor, function: t.Lambda | Term) -> bool:
    """Whether the entries of a point are unknowns of their own, of which the function knows nothing: so that it lies on
    a border at single values only.
    """
    definition = point.definition
    match definition.body:
        case t.Entry() as entry:
            apart = all(ix.index(variable) in entry.index for variable in definition.variables)
            known = any(isinstance(e, t.Entry) and e.variable is entry.variable for e in t.nodes_of(function))
            return apart and not known
        case _:
            return False


def _may_have_no_value(point: SymbolicTensor) -> bool:
    """Whether an entry of a point may read what is not there, or be infinite."""
    return reads.may_leave(point.definition) or reads.holds_infinity(point.definition)


def _is_read(variable: t.Variable, term: Term | t.Condition) -> bool:
    """Whether an entry of the variable is read whatever the sizes and indices are."""
    match term:
        case t.Entry():
            return term.variable is variable
        case t.Where():
            of_both = _is_read(variable, term.then) and _is_read(variable, term.otherwise)
            return of_both or _is_read(variable, term.condition)
        case t.And() | t.Or():
            return _is_read(variable, term.parts[0])
        case t.Read():
            return _is_read(variable, term.definition.body)
        case bool() | t.Sum() | t.MaxOver() | t.Network():  # over a range that may be empty
            return False
        case _:
            return any(_is_read(variable, part) for part in t.children(term))


def _refuse_dropped(*gone: Any) -> None:
    """Refuse a derivative from which something has gone that need not have a value: there is none where it has none."""
    if not all(_has_value(argument, least) for part in gone for argument, least in _partial(part)):
        raise Undecided(
            "a derivative does not hold something that may have no value: a quotient, a logarithm or a root"
        )


def _partial(part: Any) -> Iterator[tuple[Term, str]]:
    """What must not be 0, must be positive or must not be negative, so that everything in a term has a value."""
    for node in t.nodes_of(part):
        match node:
            case t.Power() if not ix.is_nonnegative(node.exponent):
                yield node.base, "positive"
            case t.Apply() if isinstance(node.function, t.Builtin) and node.function.name in ("log", "root"):
                yield node.argument, "positive" if node.function.name == "log" else "nonnegative"


def _has_value(term: Term, least: str) -> bool:
    """Whether a term has a sign by its structure, whatever the indices are."""
    known = signs.sign(term, {}, signs.Prover(lambda constraint, _: bool(ix.is_nonnegative(constraint.term)), ()))
    return known == "positive" or (least == "nonnegative" and known == "nonnegative")


def _gradient(f: Callable[[Any], Any], point: SymbolicTensor) -> SymbolicTensor:
    full = _jacobian(f, point)
    extra = full.ndim - point.ndim
    if extra:
        raise ShapeError(
            f"grad takes a scalar-valued function; this one gives shape {show_shape(full.extents[:extra])}, "
            "for which there is jacobian"
        )
    return full
