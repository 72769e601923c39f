"""A claim called with numbers: both sides, exactly. So a counterexample can be pasted and seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from symconv import dispatch
from symconv.claims import Claim, Dimension, FunctionType, IndexType, Parameter, ScalarType, SizeType, TensorType
from symconv.errors import ClaimError, Undefined
from symconv.kernel.evaluate import Evaluator
from symconv.prover.counterexample import show_nested
from symconv.prover.exact import ExactNumbers, Unclear, approximate
from symconv.prover.lengths import unattainable
from symconv.prover.reading import entry, equations, of_length, positions, shape_of
from symconv.prover.shown import Shown
from symconv.tensors.tensor import IndexScalar, SymbolicTensor, as_tensor


@dataclass(frozen=True)
class Sides:
    """The sides of a claim's equations at given numbers, as exact text. ``differs``: whether two of them do."""

    sides: tuple[tuple[str, ...], ...]

    @property
    def differs(self) -> bool:
        return any(len(set(chain)) > 1 or any(side.startswith("undefined") for side in chain) for chain in self.sides)

    def __repr__(self) -> str:
        chains = []
        for chain in self.sides:
            names = ("left", "right") if len(chain) == 2 else tuple(f"side {n}" for n in range(1, len(chain) + 1))
            width = max(map(len, names))
            chains.append("\n".join(f"{name:<{width}}  {side}" for name, side in zip(names, chain, strict=True)))
        return "\n".join(chains)


def evaluate(claim: Claim, values: Mapping[str, Any]) -> Sides:
    """Both sides of a claim at numbers: nested lists for tensors, integers for sizes and indices, functions."""
    with dispatch.reading("symbolic"), claim.blamed():
        bound = {p.name: _value(claim, p, values[p.name]) for p in claim.parameters}
        known = _check_shapes(claim, bound)
        for parameter in claim.parameters:
            _check_allowed(claim, parameter, bound[parameter.name], known)
        bound = {p.name: _of_its_length(p, bound[p.name], known) for p in claim.parameters}
        try:
            chains = [tuple(map(as_tensor, equation.sides)) for equation in equations(claim, bound)]
        except Undefined as problem:
            return Sides(((f"undefined: {problem}",) * 2,))
        return Sides(tuple(tuple(map(_show, chain)) for chain in chains))


def _value(claim: Claim, parameter: Parameter, value: Any) -> Any:
    match parameter.type:
        case SizeType() | IndexType():
            if not isinstance(value, int) or isinstance(value, bool):
                raise ClaimError(f"{claim.name}: {parameter.name} is an integer, not {value!r}")
            return IndexScalar(value)
        case TensorType() | ScalarType():
            return as_tensor(value)
        case FunctionType():
            if not callable(value):
                raise ClaimError(f"{claim.name}: {parameter.name} is a function, not {value!r}")
            return value


def _check_allowed(claim: Claim, parameter: Parameter, value: Any, known: Mapping[str, int]) -> None:
    """Refuse numbers about which the claim says nothing."""
    match parameter.type:
        case SizeType():
            allowed = value.index.constant >= 1
        case IndexType(extent):
            bounded = set(extent.names) <= set(known)
            allowed = value.index.constant >= 0 and (not bounded or value.index.constant < extent.evaluate(known))
        case TensorType() | ScalarType() as kind if kind.sign != "real":
            allowed = all(number > 0 or (number == 0 and kind.sign == "nonnegative") for number in _numbers(value))
        case _:
            return
    if not allowed:
        raise ClaimError(f"{claim.name}: {parameter.name} is {value!r}, where the claim says {parameter.hypothesis}")


def _numbers(tensor: SymbolicTensor) -> Iterator[float]:
    evaluator = Evaluator(ExactNumbers({}), {})
    return (approximate(evaluator.value(entry(tensor, place))) for place in positions(shape_of(tensor, evaluator)))


def _of_its_length(parameter: Parameter, function: Any, known: Mapping[str, int]) -> Any:
    """A function that has no value at vectors of another length than it is declared for, where that is known."""
    kind = parameter.type
    if not isinstance(kind, FunctionType) or kind.domain is None or not set(kind.domain.names) <= set(known):
        return function
    return of_length(parameter.name, function, kind.domain.evaluate(known))


def _check_shapes(claim: Claim, bound: Mapping[str, Any]) -> dict[str, int]:
    """The sizes that plain names tell; refuses tensors of the wrong rank, and dimensions that contradict each other."""
    known: dict[str, int] = {
        p.name: bound[p.name].index.constant for p in claim.parameters if isinstance(p.type, SizeType)
    }
    for parameter in claim.parameters:
        if not isinstance(parameter.type, TensorType):
            continue
        shape = [n.constant for n in bound[parameter.name].extents]
        if len(shape) != len(parameter.type.dimensions):
            raise ClaimError(
                f"{claim.name}: {parameter.name} has {len(parameter.type.dimensions)} axes, "
                f"not the shape {tuple(shape)}"
            )
        if 0 in shape:
            raise ClaimError(f"{claim.name}: {parameter.name} has the shape {tuple(shape)}; every axis has an entry")
        for dimension, extent in zip(parameter.type.dimensions, shape, strict=True):
            _check_extent(claim, parameter.name, dimension, extent, known)
    _check_attainable(claim, bound, known)
    return known


def _check_attainable(claim: Claim, bound: Mapping[str, Any], known: Mapping[str, int]) -> None:
    """Refuse shapes that no sizes give, as an odd length for ``2*m``."""
    tensors = [p for p in claim.parameters if isinstance(p.type, TensorType) and not set(p.names) <= set(known)]
    shapes = {p.name: tuple(n.constant or 0 for n in bound[p.name].extents) for p in tensors}
    names = unattainable([pair for p in tensors for pair in zip(p.type.dimensions, shapes[p.name], strict=True)], known)
    if names:
        given = " and ".join(f"{p} of shape {shapes[p.name]}" for p in tensors)
        where = ", ".join(f"{name} = {value}" for name, value in known.items())
        raise ClaimError(f"{claim.name}: no {', '.join(names)} makes {given}" + (f" with {where}" if where else ""))


def _check_extent(claim: Claim, name: str, dimension: Dimension, extent: int | None, known: dict[str, int]) -> None:
    text = str(dimension)
    if text in claim.sizes:
        known.setdefault(text, extent or 0)
    if all(size in known for size in dimension.names) and dimension.evaluate(known) != extent:
        raise ClaimError(
            f"{claim.name}: an axis of {name} has length {extent}, where {text} is {dimension.evaluate(known)}"
        )


def _show(tensor: SymbolicTensor) -> str:
    shown = Shown({}, {})
    try:
        return show_nested(shape_of(tensor, shown.evaluator), lambda place: shown.text(entry(tensor, place)))
    except (Undefined, Unclear) as problem:
        return f"undefined: {problem}"
