"""The general reading: a claim with its sizes as symbols, proved for every size at once by the kernel's normal form."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from symconv import dispatch
from symconv.claims import Claim, FunctionType, IndexType, Parameter, ScalarType, SizeType, TensorType
from symconv.errors import SymconvError, TimeLimit, Undecided
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.kernel.normal import Normalizer
from symconv.kernel.sets import Constraint
from symconv.prover.reading import Pair
from symconv.tensors.construction import variable_tensor
from symconv.tensors.functions import SymbolicFunction
from symconv.tensors.tensor import IndexScalar, as_tensor, same_extent


@dataclass
class Result:
    """What the general reading says: proved with its rules, or why not."""

    proved: bool
    reason: str = ""
    rules: tuple[str, ...] = ()
    fixed: dict[str, int] = field(default_factory=dict)
    kinks: bool = False


def attempt(claim: Claim, fixed: Mapping[str, int] | None = None) -> Result:
    """Prove every step of a claim for all sizes, or say what stood in the way. ``fixed`` sizes are numbers."""
    reason = ""
    for order, expanded in itertools.product(_digit_orders(claim), (False, True)):
        try:
            return _prove(claim, dict(fixed or {}), order, expanded)
        except TimeLimit:
            raise
        except SymconvError as problem:
            reason = reason or str(problem)
    return Result(False, reason, fixed=dict(fixed or {}))


def _digit_orders(claim: Claim) -> list[tuple[str, ...]]:
    """Orders of the sizes that occur in products such as m*k, those that are lengths of lower digits last.

    A size that occurs in several products (k in m*k and n*k) is most likely a window; otherwise both orders are tried.
    """
    products = [d.names for d in claim.dimensions if len(set(d.names)) > 1]
    names = list(dict.fromkeys(name for each in products for name in each))
    if not names:
        return [()]
    counts = {name: sum(name in each for each in products) for name in names}
    last = sorted(names, key=lambda name: (counts[name], names.index(name)))
    first = sorted(names, key=lambda name: (counts[name], -names.index(name)))
    return list(dict.fromkeys([tuple(last), tuple(first), tuple(reversed(last)), tuple(reversed(first))]))


def _prove(claim: Claim, fixed: dict[str, int], order: tuple[str, ...], expanded: bool) -> Result:
    reading = _Reading(claim, fixed)
    significance = {reading.sizes[name]: place for place, name in enumerate(order) if name in reading.sizes}
    normalizer = Normalizer(tuple(reading.assumptions), frozenset(reading.sizes.values()), significance, expanded)
    for pair in reading.pairs():
        _prove_pair(pair, normalizer, reading)
    return Result(True, rules=normalizer.rules, fixed=fixed, kinks=normalizer.kinks)


def _prove_pair(pair: Pair, normalizer: Normalizer, reading: _Reading) -> None:
    left, right = pair.left.extents, pair.right.extents
    if left and right:
        if len(left) != len(right):
            raise Undecided(f"the sides of step {pair.number} have different ranks")
        for a, b in zip(left, right, strict=True):
            if not same_extent(a, b):
                raise Undecided(f"the sides of step {pair.number} have different shapes")
    for extent in left or right:
        if not normalizer.implied(Constraint(extent), ()):
            raise Undecided(f"whether the extent {extent} of the sides of step {pair.number} is less than 0")
    index, scope, env = [], list(reading.ranges(normalizer)), reading.env
    for axis, extent in enumerate(left or right):
        value, _, ranges = normalizer.ranging(IndexVar("ijklmnpq"[axis % 8]), extent)
        index.append(value)
        scope += ranges
    first, second = [
        normalizer.pieces(side.at(tuple(index) if side.extents else ()), env, tuple(scope))
        for side in (pair.left, pair.right)
    ]
    if normalizer.difference(first, second, tuple(scope)):
        raise Undecided(f"the normal forms of the sides of step {pair.number} are not seen to agree")


class _Reading:
    """The hypotheses of a claim with symbolic sizes."""

    def __init__(self, claim: Claim, fixed: Mapping[str, int]) -> None:
        self.claim = claim
        self.sizes = {name: IndexVar(name, _least(claim, name)) for name in claim.sizes if name not in fixed}
        numbers = {name: ix.index(value) for name, value in fixed.items()}
        self.terms = {name: ix.index(variable) for name, variable in self.sizes.items()} | numbers
        self.indices: list[tuple[IndexVar, IndexTerm]] = []
        self.env: dict[IndexVar, IndexTerm] = {}
        known = [ix.index(v) - 1 for v in self.sizes.values()] + [self._dimension(d) - 1 for d in claim.dimensions]
        self.assumptions = [Constraint(term) for term in known if term.is_affine]

    def _dimension(self, dimension: Any) -> IndexTerm:
        return ix.index(dimension.evaluate(self.terms))

    def pairs(self) -> list[Pair]:
        """The claim's equations with unknowns of symbolic shape."""
        values = {p.name: self._value(p) for p in self.claim.parameters}
        with dispatch.reading("symbolic"):
            steps = [step for equation in self.claim.read(values) for step in equation.steps]
            return [Pair(n, s.reason, as_tensor(s.left), as_tensor(s.right)) for n, s in enumerate(steps, 1)]

    def _value(self, parameter: Parameter) -> Any:
        match parameter.type:
            case SizeType():
                return IndexScalar(self.terms[parameter.name])
            case IndexType() as kind:
                variable = IndexVar(parameter.name)
                self.indices.append((variable, self._dimension(kind.extent)))
                return IndexScalar(variable)
            case TensorType() as kind:
                return variable_tensor(t.Variable(parameter.name, tuple(map(self._dimension, kind.dimensions))))
            case ScalarType() as kind:
                return variable_tensor(t.Variable(parameter.name, (), kind.sign))
            case FunctionType() as kind:
                return SymbolicFunction(self._symbol(parameter.name, kind))

    def _symbol(self, name: str, kind: FunctionType) -> t.FunctionSymbol:
        smoothness = {"any": 0, "nondecreasing": 0, "differentiable": 1, "smooth": None}[kind.kind]
        domain, codomain = (None if d is None else self._dimension(d) for d in (kind.domain, kind.codomain))
        return t.FunctionSymbol(
            name, nondecreasing=kind.kind == "nondecreasing", smoothness=smoothness, domain=domain, codomain=codomain
        )

    def ranges(self, normalizer: Normalizer) -> list[Constraint]:
        """The ranges of the free indices; one of length m*k is put in by its digits."""
        found: list[Constraint] = []
        for variable, extent in self.indices:
            value, _, ranges = normalizer.ranging(variable, extent)
            self.env[variable] = value
            found += ranges
        return found


def _least(claim: Claim, name: str) -> int:
    """A lower bound of a size: n - 2 as a dimension says n >= 3."""
    size = IndexVar(name)
    own = [d for d in claim.dimensions if d.names == (name,)]
    offsets = [(ix.index(d.evaluate({name: ix.index(size)})) - size).constant for d in own]
    return max([1, *(1 - offset for offset in offsets if offset is not None)])
