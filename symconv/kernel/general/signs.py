"""Signs of terms by their structure, for every size: what makes a quotient, a logarithm or a root defined.

    exp > 0      p**2 >= 0      a sum of terms >= 0 is >= 0, and > 0 if one of them is      a size is at least 1

Never wrong, often silent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.general.products import Constraint
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.kernel.terms import Term

Env = dict[IndexVar, IndexTerm]
Known = Literal["positive", "nonnegative", "unknown"]

_POSITIVE_FUNCTIONS = ("exp", "sigmoid", "softplus")


@dataclass(frozen=True)
class Prover:
    """Whether ``term >= 0`` follows, for an index term, from what holds at the place."""

    implied: Callable[[Constraint, tuple[Constraint, ...]], bool]
    scope: tuple[Constraint, ...]

    def __call__(self, constraint: Constraint) -> bool:
        return self.implied(constraint, self.scope)

    def under(self, constraint: Constraint) -> Prover:
        """The same, where a constraint holds too."""
        return Prover(self.implied, (*self.scope, constraint))


def is_positive(term: Term, env: Env, prove: Prover) -> bool:
    """Whether a term is above 0 wherever it is defined."""
    return sign(term, env, prove) == "positive"


def is_nonnegative(term: Term, env: Env, prove: Prover) -> bool:
    """Whether a term is at least 0 wherever it is defined."""
    return sign(term, env, prove) != "unknown"


def sign(term: Term, env: Env, prove: Prover) -> Known:
    """What the structure of a term tells about its sign."""
    match term:
        case t.Number():
            return "positive" if term.value > 0 else "nonnegative" if term.value == 0 else "unknown"
        case t.Constant():
            return "positive"
        case t.IndexNumber():
            return _index_sign(term.index.substitute(env), prove)
        case t.Entry():
            return "unknown" if term.variable.sign == "real" else term.variable.sign
        case t.Add():
            return _of_sum([sign(part, env, prove) for part in term.parts])
        case t.Mul():
            return _of_product([sign(part, env, prove) for part in term.parts])
        case t.Power():
            return _of_power(sign(term.base, env, prove), term.exponent.substitute(env))
        case t.Sum():
            return _of_range(term, env, prove)
        case t.Max():
            found = [sign(part, env, prove) for part in term.parts]
            return "positive" if "positive" in found else "nonnegative" if "nonnegative" in found else "unknown"
        case t.Where():
            return _of_cases(term, env, prove)
        case t.Apply():
            return _of_function(term, env, prove)
        case t.Read():
            put = dict(zip(term.definition.variables, (i.substitute(env) for i in term.index), strict=True))
            return sign(term.definition.body, {**env, **put}, prove)
        case _:
            return "unknown"


def _of_cases(term: t.Where, env: Env, prove: Prover) -> Known:
    """The weaker sign of the two branches, each where its own condition on an index holds."""
    condition, then, otherwise = term.condition, prove, prove
    if isinstance(condition, t.IndexCompare) and condition.relation == "ge":
        value = condition.term.substitute(env)
        then, otherwise = prove.under(Constraint(value)), prove.under(Constraint(-value - 1))
    return _weaker(sign(term.then, env, then), sign(term.otherwise, env, otherwise))


def _index_sign(value: IndexTerm, prove: Prover) -> Known:
    if ix.is_nonnegative(value - 1):
        return "positive"
    if not value.is_affine:
        return "nonnegative" if ix.is_nonnegative(value) else "unknown"
    if prove(Constraint(value - 1)):
        return "positive"
    return "nonnegative" if prove(Constraint(value)) else "unknown"


def _of_range(term: t.Sum, env: Env, prove: Prover) -> Known:
    """A sum over a range: of nonnegative terms nonnegative, of positive ones positive when the range is not empty."""
    body = sign(term.body, {**env, term.variable: ix.index(IndexVar(term.variable.name))}, prove)
    extent = term.extent.substitute(env)
    if body == "positive" and _index_sign(extent, prove) != "positive":
        return "nonnegative"
    return body


def _of_function(term: t.Apply, env: Env, prove: Prover) -> Known:
    if not isinstance(term.function, t.Builtin):
        return "unknown"
    if term.function.name in _POSITIVE_FUNCTIONS:
        return "positive"
    if term.function.name in ("root", "abs", "relu"):
        return "positive" if sign(term.argument, env, prove) == "positive" else "nonnegative"
    return "unknown"


def _of_power(base: Known, exponent: IndexTerm) -> Known:
    if base == "positive":
        return "positive"
    if (
        exponent.constant is not None
        and exponent.constant >= 0
        and (exponent.constant % 2 == 0 or base == "nonnegative")
    ):
        return "positive" if exponent.constant == 0 else "nonnegative"
    return "unknown"


def _of_sum(parts: list[Known]) -> Known:
    if "unknown" in parts:
        return "unknown"
    return "positive" if "positive" in parts else "nonnegative"


def _of_product(parts: list[Known]) -> Known:
    if "unknown" in parts:
        return "unknown"
    return "nonnegative" if "nonnegative" in parts else "positive"


def _weaker(left: Known, right: Known) -> Known:
    return "unknown" if "unknown" in (left, right) else _of_product([left, right])
