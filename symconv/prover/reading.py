"""A claim read symbolically at fixed sizes: its hypotheses as unknowns, its equations as pairs of symbolic tensors."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from symconv import dispatch
from symconv.claims import Claim, Equation, FunctionType, IndexType, Parameter, ScalarType, SizeType, TensorType
from symconv.errors import Undefined
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.evaluate import Evaluator
from symconv.kernel.index import IndexVar
from symconv.tensors.construction import variable_tensor
from symconv.tensors.functions import SymbolicFunction
from symconv.tensors.tensor import IndexScalar, SymbolicTensor, as_tensor
from symconv.tensors.without import Without

Sizes = dict[str, int]
Position = tuple[int, ...]


@dataclass(frozen=True)
class Pair:
    """One ``=``: its number in the claim, its reason, its sides."""

    number: int
    reason: str | None
    left: SymbolicTensor
    right: SymbolicTensor


@dataclass(frozen=True)
class Reading:
    """A claim at fixed sizes. ``unknowns`` are its tensors and scalars, ``indices`` its free indices and ranges.

    ``chains`` says of how many pairs, in a row, each equation is made.
    """

    claim: Claim
    sizes: Sizes
    pairs: tuple[Pair, ...]
    unknowns: Mapping[str, t.Variable]
    functions: Mapping[str, t.FunctionSymbol]
    indices: Mapping[str, tuple[IndexVar, int]]
    chains: tuple[int, ...] = ()

    def index_values(self) -> Iterator[dict[IndexVar, int]]:
        """All values of the free indices."""
        variables = [variable for variable, _ in self.indices.values()]
        for row in itertools.product(*(range(extent) for _, extent in self.indices.values())):
            yield dict(zip(variables, row, strict=True))


def read(claim: Claim, sizes: Sizes, functions: Mapping[str, Callable[..., Any]] | None = None) -> Reading:
    """Call the claim's function with unknowns at these sizes; ``functions`` are put in for unknown ones.

    A side that has no value at these sizes says so when it is asked for its shape. Raises: `Undefined` when the body
    cannot be read to its end for that, or what has no value is in no side; `ClaimError` when it is no claim.
    """
    reading, values = assume(claim, sizes, functions)
    with dispatch.reading("symbolic"):
        chains = [equation.steps for equation in equations(claim, values)]
        steps = [step for chain in chains for step in chain]
        pairs = tuple(Pair(n, s.reason, as_tensor(s.left), as_tensor(s.right)) for n, s in enumerate(steps, 1))
    return replace(reading, pairs=pairs, chains=tuple(map(len, chains)))


def equations(claim: Claim, values: Mapping[str, Any]) -> tuple[Equation, ...]:
    """The claim's equations at these values, a side without a value among them. Raises as `read` does."""
    problems: list[Undefined] = []

    def without(problem: Undefined) -> Without:
        problems.append(problem)
        return Without(problem)

    with dispatch.standing_in(without):
        found = claim.read(values)
    if problems and not any(isinstance(side, Without) for equation in found for side in equation.sides):
        raise problems[0]
    return found


def assume(
    claim: Claim, sizes: Sizes, functions: Mapping[str, Callable[..., Any]] | None = None
) -> tuple[Reading, dict[str, Any]]:
    """The hypotheses of a claim at these sizes: a reading without equations yet, and the values for its parameters."""
    unknowns: dict[str, t.Variable] = {}
    symbols: dict[str, t.FunctionSymbol] = {}
    indices: dict[str, tuple[IndexVar, int]] = {}
    values: dict[str, Any] = {}
    for parameter in claim.parameters:
        name = parameter.name
        match parameter.type:
            case SizeType():
                values[name] = IndexScalar(sizes[name])
            case IndexType():
                indices[name] = (IndexVar(name), parameter.type.extent.evaluate(sizes))
                values[name] = IndexScalar(indices[name][0])
            case TensorType() | ScalarType():
                unknowns[name] = _unknown(parameter, sizes)
                values[name] = variable_tensor(unknowns[name])
            case FunctionType() as kind if functions and name in functions:
                given, domain = functions[name], kind.domain
                values[name] = given if domain is None else of_length(name, given, domain.evaluate(sizes))
            case FunctionType():
                symbols[name] = _symbol(name, parameter.type, sizes)
                values[name] = SymbolicFunction(symbols[name])
    return Reading(claim, sizes, (), unknowns, symbols, indices), values


def of_length(name: str, function: Callable[..., Any], length: int) -> Callable[..., Any]:
    """A function that has no value at vectors of another length than it is declared for."""

    def checked(v: Any) -> Any:
        vector = as_tensor(v)
        if [n.constant for n in vector.extents] != [length]:
            raise Undefined(f"{name} takes a vector of length {length}, not a tensor of another shape")
        return function(vector)

    return lambda v: dispatch.valued(lambda: checked(v))


def _unknown(parameter: Parameter, sizes: Sizes) -> t.Variable:
    kind = parameter.type
    if isinstance(kind, ScalarType):
        return t.Variable(parameter.name, (), kind.sign)
    sign = kind.sign if isinstance(kind, TensorType) else "real"
    return t.Variable(parameter.name, tuple(ix.index(d.evaluate(sizes)) for d in kind.dimensions), sign)


def _symbol(name: str, kind: FunctionType, sizes: Sizes) -> t.FunctionSymbol:
    smoothness = {"any": 0, "nondecreasing": 0, "differentiable": 1, "smooth": None}[kind.kind]
    domain, codomain = (None if d is None else ix.index(d.evaluate(sizes)) for d in (kind.domain, kind.codomain))
    return t.FunctionSymbol(
        name, nondecreasing=kind.kind == "nondecreasing", smoothness=smoothness, domain=domain, codomain=codomain
    )


def compared_shape(left: Position, right: Position) -> Position:
    """The shape over which two sides are compared: scalars broadcast, anything else must agree."""
    if left and right and left != right:
        raise Undefined(f"the sides have different shapes, {left} and {right}")
    return left or right


def shape_of(tensor: SymbolicTensor, evaluator: Evaluator[Any]) -> Position:
    """The extents as integers; an extent below 0 is undefined."""
    shape = tuple(map(evaluator.index, tensor.extents))
    if any(n < 0 for n in shape):
        raise Undefined(f"a side has the shape {shape}")
    return shape


def positions(shape: Position) -> Iterator[Position]:
    """All indices of a shape, in order."""
    return itertools.product(*map(range, shape))


def entry(tensor: SymbolicTensor, position: Position) -> t.Term:
    """The entry at a position of the compared shape; a scalar side has the same entry everywhere."""
    return tensor.at(tuple(map(ix.index, position)) if tensor.extents else ())
