"""The general reading: a claim with its sizes as symbols, proved for every size at once by the kernel's normal form."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from symconv import dispatch
from symconv.claims import Claim, FunctionType, IndexType, Parameter, ScalarType, SizeType, TensorType
from symconv.errors import OpenRoom, SymconvError, TimeLimit, Undecided
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.general import sets
from symconv.kernel.general.gate import Disagreement, Goal, Method, Refused, Theorem, check
from symconv.kernel.general.products import Constraint
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.kernel.terms import indices_of, is_piecewise
from symconv.prover import missing
from symconv.prover.reading import Pair
from symconv.prover.sizes import USUAL
from symconv.tensors.construction import variable_tensor
from symconv.tensors.functions import SymbolicFunction
from symconv.tensors.tensor import IndexScalar, as_tensor


@dataclass(frozen=True, eq=False)
class Failing:
    """The step that is not shown, where its sides are not seen to agree, and what the sizes are there."""

    step: int
    disagreement: Disagreement
    sizes: Mapping[str, IndexTerm]


@dataclass
class Result:
    """What the general reading says: proved, step by step, or why not.

    ``suggestions`` are sizes at which the normal forms differ, ``where`` says so in words, ``failing`` as a set.
    ``room`` is what would have to be at least 0 for a side to have a value, where that is what stood in the way.
    """

    proved: bool
    reason: str = ""
    theorems: tuple[Theorem, ...] = ()
    fixed: tuple[str, ...] = ()
    suggestions: tuple[dict[str, int], ...] = ()
    where: tuple[str, ...] = ()
    failing: Failing | None = None
    room: IndexTerm | None = None

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(rule for theorem in self.theorems for rule in theorem.rules))

    @property
    def kinks(self) -> bool:
        return any(theorem.kinks for theorem in self.theorems)


def attempt(claim: Claim, fixed: Mapping[str, int] | None = None) -> Result:
    """Prove every step of a claim for all sizes, or say what stood in the way. ``fixed`` sizes are numbers."""
    stopped: _Stopped | None = None
    for switching, blocks, order, expanded in itertools.product(
        (False, True), (False, True), _digit_orders(claim), (False, True)
    ):
        try:
            return _prove(claim, dict(fixed or {}), order, expanded, blocks, switching)
        except TimeLimit:
            raise
        except _Stopped as found:
            if stopped is None or found.result.suggestions:
                stopped = found
        except SymconvError as problem:
            stopped = stopped or _Stopped(Result(False), problem)
    return Result(False) if stopped is None else stopped.told(claim)


def attempt_partly(claim: Claim, tick: Callable[[], None]) -> Result:
    """The general reading with one size, or two, at 1, 2, 3, 5 and the others free.

    Only sizes that multiply an index or another size stand in the way of sets of indices that are linear.
    """
    names = _multiplying(claim)
    for fixed in [*itertools.combinations(names, 1), *itertools.combinations(names, 2)]:
        theorems = _at_usual_values(claim, fixed, tick)
        if theorems:
            return Result(True, theorems=tuple(theorems), fixed=fixed)
    return Result(False)


def _at_usual_values(claim: Claim, names: Sequence[str], tick: Callable[[], None]) -> list[Theorem]:
    """The theorems for all usual values of these sizes that the hypotheses allow; none if one is missing."""
    theorems: list[Theorem] = []
    for values in itertools.product(sorted(USUAL, reverse=True), repeat=len(names)):
        tick()
        fixed = dict(zip(names, values, strict=True))
        if smallest_sizes(claim, fixed):
            result = attempt(claim, fixed)
            if not result.proved:
                return []
            theorems += result.theorems
    return theorems


def smallest_sizes(claim: Claim, fixed: Mapping[str, int] | None = None) -> list[dict[str, int]]:
    """Some of the smallest sizes that meet the hypotheses, as far as these are linear; none if they contradict."""
    reading = GeneralReading(claim, fixed or {})
    variables = tuple(reading.sizes.values())
    return [reading.named(point) for point in sets.smallest_solutions(reading.assumptions, variables)]


def _multiplying(claim: Claim) -> list[str]:
    """The sizes that occur in products within the indices of a claim, most frequent first."""
    reading = GeneralReading(claim, {})
    try:
        with sets.assuming(reading.assumptions):
            sides = [side.definition for pair in reading.pairs() for side in (pair.left, pair.right)]
    except SymconvError:
        return list(claim.sizes)
    products = Counter(v for side in sides for term in indices_of(side) for v in term.multiplied())
    return sorted((n for n, v in reading.sizes.items() if products[v]), key=lambda n: -products[reading.sizes[n]])


class _Stopped(Exception):
    """An attempt that ended at a step."""

    def __init__(self, result: Result, problem: SymconvError, step: int | None = None) -> None:
        self.result = result
        self._problem = problem
        self._step = step

    def told(self, claim: Claim) -> Result:
        """The result with its reason; ``step`` is named where there are several."""
        reason = missing.at_every_size(self._problem, claim)
        room = self._problem.room if isinstance(self._problem, OpenRoom) else None
        return replace(self.result, room=room, reason=reason if self._step is None else f"step {self._step}: {reason}")


def _digit_orders(claim: Claim) -> list[tuple[str, ...]]:
    """Orders of the sizes that occur in products such as m*k, those that are lengths of lower digits last.

    A size that occurs in several products (k in m*k and n*k) is most likely a window; otherwise both orders are tried.
    The last one is that of the axes, by which a tensor is laid out.
    """
    products = [d.names for d in claim.dimensions if len(set(d.names)) > 1]
    names = list(dict.fromkeys(name for each in products for name in each))
    if not names:
        return [()]
    counts = {name: sum(name in each for each in products) for name in names}
    last = sorted(names, key=lambda name: (counts[name], names.index(name)))
    first = sorted(names, key=lambda name: (counts[name], -names.index(name)))
    return list(dict.fromkeys([tuple(last), tuple(first), tuple(reversed(last)), tuple(reversed(first)), ()]))


def _prove(
    claim: Claim, fixed: dict[str, int], order: tuple[str, ...], expanded: bool, blocks: bool, switching: bool
) -> Result:
    reading = GeneralReading(claim, fixed)
    method = Method(tuple(reading.sizes[name] for name in order if name in reading.sizes), expanded, blocks, switching)
    with sets.assuming(reading.assumptions):
        return _checked(reading, method)


def _checked(reading: GeneralReading, method: Method) -> Result:
    pairs = reading.pairs()
    if method.switching and not any(
        is_piecewise(side.definition) for pair in pairs for side in (pair.left, pair.right)
    ):
        raise Undecided("nothing is defined by cases")
    theorems = []
    for pair in pairs:
        try:
            theorems.append(check(reading.goal(pair), method))
        except Refused as problem:
            points = tuple(reading.named(point) for point in problem.points)
            found = problem.disagreement
            failing = None if found is None else Failing(pair.number, found, reading.terms)
            stopped = Result(False, suggestions=points, where=problem.where, failing=failing)
            raise _Stopped(stopped, problem, pair.number if len(pairs) > 1 else None) from None
    return Result(True, theorems=tuple(theorems))


class GeneralReading:
    """A claim with symbolic sizes, but for fixed ones: its hypotheses, and its equations as pairs of sides."""

    def __init__(self, claim: Claim, fixed: Mapping[str, int]) -> None:
        self.claim = claim
        self.sizes = {name: IndexVar(name, _least(claim, name)) for name in claim.sizes if name not in fixed}
        numbers = {name: ix.index(value) for name, value in fixed.items()}
        self.terms = {name: ix.index(variable) for name, variable in self.sizes.items()} | numbers
        self.indices: list[tuple[IndexVar, IndexTerm]] = []
        known = [self._dimension(dimension) - 1 for dimension in claim.dimensions]
        self.assumptions = [Constraint(ix.index(v) - (v.least or 1)) for v in self.sizes.values()]
        self.assumptions += [Constraint(term) for term in dict.fromkeys(known) if not ix.is_nonnegative(term)]

    def _dimension(self, dimension: Any) -> IndexTerm:
        return ix.index(dimension.evaluate(self.terms))

    def pairs(self) -> list[Pair]:
        """Each ``=`` of the claim, with unknowns of symbolic shape."""
        return [pair for equation in self.equations() for pair in equation]

    def equations(self) -> list[list[Pair]]:
        """The same, equation by equation; the pairs of one make a chain."""
        values = {p.name: self._value(p) for p in self.claim.parameters}
        numbers = itertools.count(1)
        with dispatch.reading("symbolic"):
            return [
                [Pair(next(numbers), s.reason, as_tensor(s.left), as_tensor(s.right)) for s in equation.steps]
                for equation in self.claim.read(values)
            ]

    def _value(self, parameter: Parameter) -> Any:
        match parameter.type:
            case SizeType():
                return IndexScalar(self.terms[parameter.name])
            case IndexType() as kind:
                variable = IndexVar(parameter.name)
                self.indices.append((variable, self._dimension(kind.extent)))
                return IndexScalar(variable)
            case TensorType() as kind:
                shape = tuple(map(self._dimension, kind.dimensions))
                return variable_tensor(t.Variable(parameter.name, shape, kind.sign))
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

    def goal(self, pair: Pair) -> Goal:
        """One step as a goal for the gate."""
        sides = pair.left.definition, pair.right.definition
        return Goal(*sides, tuple(self.sizes.values()), tuple(self.assumptions), tuple(self.indices))

    def named(self, point: Mapping[IndexVar, int]) -> dict[str, int]:
        """Sizes by name; one that a point leaves open is as small as it may be."""
        return {name: point.get(variable, variable.least or 1) for name, variable in self.sizes.items()}


def _least(claim: Claim, name: str) -> int:
    """A lower bound of a size: n - 2 as a dimension says n >= 3."""
    size = IndexVar(name)
    own = [d for d in claim.dimensions if d.names == (name,)]
    offsets = [(ix.index(d.evaluate({name: ix.index(size)})) - size).constant for d in own]
    return max([1, *(1 - offset for offset in offsets if offset is not None)])
