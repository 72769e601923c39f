"""The rule that is missing where a claim is left open, in words, read off the normal form that is left.

Nothing is guessed: the functions, maxima and quotients that a sentence names stand in the difference of the two sides,
and the condition or case that it names is the one at which the method stopped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from symconv.claims import Claim
from symconv.errors import SymconvError, Undecided
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.bounded.polynomials import Polynomials
from symconv.kernel.bounded.ratios import (
    NEGATIVE,
    NONNEGATIVE,
    NOT_ZERO,
    POSITIVE,
    ZERO_SIGN,
    Polynomial,
    Ratio,
    Signs,
    content,
    quotient,
)
from symconv.kernel.general.gate import Refused
from symconv.kernel.general.normal import Unshown
from symconv.kernel.general.pieces import Env, Name
from symconv.kernel.index import IndexVar
from symconv.kernel.linear import Fact
from symconv.kernel.terms import Builtin, FunctionSymbol, Term
from symconv.printing.plain import plain
from symconv.printing.scope import Scope
from symconv.printing.writing import TooLong, Writer
from symconv.prover.bounded import Left
from symconv.prover.normal_terms import NormalTerms
from symconv.prover.reading import Pair, Position, entry
from symconv.prover.simplified import entry_of

_LONGEST = 100
_NODES = 150
_MOST = 3
_MOST_SIGNS = 4
_MOST_MONOMIALS = 40
_WANTED: dict[Signs, str] = {NOT_ZERO: "is not 0", POSITIVE: "is positive", NONNEGATIVE: "is not negative"}
_SIGN_WORDS = {"gt": ">", "ge": "≥", "eq": "="}
_RELATIONS: dict[Signs, str] = {POSITIVE: ">", NEGATIVE: "<", ZERO_SIGN: "="}


def at_every_size(problem: SymconvError, claim: Claim) -> str:
    """What the proof for every size lacks, where a goal was refused or what a law asks for was not shown."""
    match problem:
        case Unshown():
            shown = _text(problem.term, claim, env=problem.env) or problem.what
            return f"no rule shows that {shown} {problem.wanted}"
        case Refused() if problem.signatures:
            return _of_signatures(problem, claim)
    return str(problem)


def at_small_sizes(left: Left, claim: Claim) -> str:
    """What the normal forms at small sizes lack: a law between what is left, or a condition that is not shown."""
    writer = _Open(left, claim)
    return writer.condition() if left.wanted != ZERO_SIGN else writer.difference()


def difference(pair: Pair, indices: Mapping[IndexVar, int], position: Position, claim: Claim) -> str | None:
    """left - right at an entry as it is written; ``None`` where that is too long to be read."""
    left, right = entry(pair.left, position), entry(pair.right, position)
    return _text(t.subtract(left, right), claim, env={v: ix.index(value) for v, value in indices.items()})


# --- every size -------------------------------------------------------------------------------------------------------


def _of_signatures(problem: Refused, claim: Claim) -> str:
    """The signs and derived tensors whose products do not cancel; where there are none, or one, their coefficients."""
    names = list(dict.fromkeys(name for signature in problem.signatures for name in signature))
    derived = {n: _entry(n, problem, claim) for n in names if n.head[0] not in ("entry", "constant")}
    signs = [shown[1:-1] for name, shown in derived.items() if name.head[0] == "sign"]
    if signs:
        return f"no rule decides whether {_listed(signs, word='or whether')}"
    if len(derived) > 1:
        return f"no rule relates {_listed(derived.values())}"
    if derived and not all(any(name in derived for name in signature) for signature in problem.signatures):
        return f"no rule relates {next(iter(derived.values()))} to the other entries"
    products = ["·".join(derived.get(n, str(n.head[1])) for n in names) or "1" for names in problem.signatures]
    return f"the coefficients of {_listed(products)} are not seen to agree"


def _entry(name: Name, problem: Refused, claim: Claim) -> str:
    """The entry of a derived tensor at free indices."""
    try:
        term, indices = entry_of(name, problem.normalizer)
    except Undecided:
        return _kind(name)
    return _text(term, claim, indices) or _kind(name)


def _kind(name: Name) -> str:
    """What a derived tensor is, where it is too long to be written."""
    match name.head:
        case ("apply", function, order, *_):
            return f"{_function(function)}{'′' * order}(…)"
        case ("network", function, *_):
            return f"{function}(…)"
        case ("max", *_):
            return "max(…)"
        case ("reciprocal", *_):
            return "1/(…)"
        case ("sign", relation, *_):
            return f"[a long expression {_SIGN_WORDS[relation]} 0]"
    return "(…)"


def _function(function: FunctionSymbol | Builtin) -> str:
    return "sqrt" if function == Builtin("root", 2) else str(function)


# --- small sizes ------------------------------------------------------------------------------------------------------


class _Open:
    """What a small size leaves open, in words."""

    def __init__(self, left: Left, claim: Claim) -> None:
        self._left = left
        self._algebra: Polynomials = left.algebra
        self._claim = claim
        self._terms = NormalTerms(left.algebra)

    def condition(self) -> str:
        shown = self._ratio(self._left.value)
        what = f"{shown} {_WANTED[self._left.wanted]}" if shown else self._left.what
        return f"no rule shows that {what}"

    def difference(self) -> str:
        value, facts = self._left.value, self._left.facts
        if value is None and not facts:
            return "its maxima and signs have more cases than are looked at"
        derived = [] if value is None else self._derived(value.numerator)
        # Signs of entries that are linear are met by some numbers, so that a law between functions is what is missing.
        if value is not None and derived and all(map(self._is_linear, facts)):
            case = f"in the case {self._case()}, " if facts else ""
            return f"{case}{self._relation(value.numerator, derived)}"
        return self._impossible_case(bool(derived))

    def _impossible_case(self, may_vanish: bool) -> str:
        """The case itself is in the way; or what is left in it, if that may be 0 there."""
        left, case = self._left, self._case()
        if left.value is None:
            return f"no rule shows that the case {case}, in which a side has no value, cannot occur"
        shown = self._ratio(left.value)
        if may_vanish or any(fact.signs == ZERO_SIGN for fact in left.facts):
            return f"no rule shows that the case {case} cannot occur, or that {shown or 'the difference'} is 0 in it"
        there = f", in which left - right is {shown}" if shown else ""
        return f"no rule shows that the case {case} cannot occur{there}"

    def _relation(self, left: Polynomial, derived: Sequence[int]) -> str:
        """The law that is missing between functions; of a single one, between it and what stands beside it."""
        names = [self._polynomial({(number,): 1}) or f"{self._algebra._atoms[number].kind}(…)" for number in derived]
        if len(names) > 1:
            return f"no rule relates {_listed(names)}"
        apart = {m: c for m, c in left.items() if derived[0] not in m}
        if not apart:
            return f"no rule shows that {names[0]} is 0"
        return f"no rule relates {names[0]} to {self._polynomial(apart) or 'the other entries'}"

    def _derived(self, p: Polynomial) -> list[int]:
        """The functions, maxima and signs in a polynomial, each once."""
        numbers = dict.fromkeys(n for monomial in p for n in monomial)
        return [number for number in numbers if self._algebra._atoms[number].kind not in ("entry", "constant")]

    def _case(self) -> str:
        """The signs of the case, first those that are not linear in entries."""
        facts = sorted(self._left.facts, key=self._is_linear)
        return _listed([self._fact(fact) for fact in facts], _MOST_SIGNS)

    def _is_linear(self, fact: Fact) -> bool:
        return all(len(m) < 2 and not self._derived({m: 1}) for m in fact.form)

    def _fact(self, fact: Fact) -> str:
        """A sign as a comparison with 0, without a common factor and a sign in front."""
        scale = content(dict(fact.form))
        first = self._terms.ordered(dict(fact.form))[0]
        flipped = fact.form[first] < 0
        form = {m: quotient(-c if flipped else c, scale) for m, c in fact.form.items()}
        signs = frozenset(-sign for sign in fact.signs) if flipped else fact.signs
        return f"{self._polynomial(form) or '…'} {_RELATIONS[signs]} 0"

    def _ratio(self, value: Ratio | None) -> str | None:
        if value is None:
            return None
        sizes = [value.numerator, *(self._algebra._factors[number] for number in value.denominator)]
        if sum(map(len, sizes)) > _MOST_MONOMIALS:
            return None
        return _text(self._terms.ratio(value), self._claim)

    def _polynomial(self, p: Polynomial) -> str | None:
        return self._ratio(Ratio(p))


# --- words ------------------------------------------------------------------------------------------------------------


def _listed(items: Iterable[str], most: int = _MOST, word: str = "and") -> str:
    """``a, b and c``; of many the first ones, and how many more there are."""
    shown = list(items)
    if len(shown) > most:
        shown = [*shown[:most], f"{len(shown) - most} more"]
    *first, last = shown
    return f"{', '.join(first)} {word} {last}" if first else last


def _text(term: Term, claim: Claim, indices: Sequence[IndexVar] = (), env: Env | None = None) -> str | None:
    """A term in one line, indices from 0 as in Python; ``None`` where it is too long to be read."""
    scope = Scope(0, [*claim.sizes, *(parameter.name for parameter in claim.parameters)])
    for variable in indices:
        scope.declare(variable)
    writer = Writer(scope, _NODES)
    try:
        if isinstance(term, t.Where) and isinstance(term.condition, t.Compare) and term.then is t.ONE:
            shown = f"[{plain(writer.conditions.of(term.condition, env or {}))}]"
        else:
            shown = plain(writer.of(term, env or {}))
    except (TooLong, SymconvError, TypeError):
        return None
    return shown if len(shown) <= _LONGEST and "\n" not in shown else None
