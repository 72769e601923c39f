"""Derivatives of terms by rule, and the replacement of a variable by a tensor.

The derivative by the entry ``Z[p]`` is taken at a symbolic position ``p``: an entry ``Z[e]`` gives 1 where ``e = p``,
and everything else follows from the sum, product and chain rules. Shared definitions stay shared.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction

from symconv.errors import ClaimError
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.general import reads
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.kernel.terms import Apply, Builtin, Kink, Lambda, Term

EXP, LOG, ERF = Builtin("exp"), Builtin("log"), Builtin("erf")
RELU, ABS, SIGMOID, TANH, SOFTPLUS = map(Builtin, ("relu", "abs", "sigmoid", "tanh", "softplus"))
HALF = t.number(Fraction(1, 2))

Form = dict[tuple[IndexTerm, ...], Fraction]
"""Coefficients of the entries at these indices."""


def root(argument: Term, degree: int = 2) -> Term:
    """The real root of a nonnegative term."""
    return Apply(Builtin("root", degree), argument)


def definition(function: Builtin, x: Term) -> Term | None:
    """What a known function stands for, in terms of exp, log, max; ``None`` for those that stand for themselves."""
    match function.name:
        case "relu":
            return t.Max((x, t.ZERO))
        case "abs":
            return t.Max((x, t.negate(x)))
        case "sigmoid":
            return t.divide(t.ONE, t.add(t.ONE, Apply(EXP, t.negate(x))))
        case "tanh":
            decay = Apply(EXP, t.multiply(t.number(-2), x))
            return t.divide(t.subtract(t.ONE, decay), t.add(t.ONE, decay))
        case "softplus":
            return Apply(LOG, t.add(t.ONE, Apply(EXP, x)))
        case _:
            return None


def builtin_derivative(function: Builtin, x: Term, kink: Kink = Kink.LEFT_OUT) -> Term:
    """f'(x). That of log is written exp(-log x), so that it asks for x > 0 as log does."""
    here = Apply(function, x)
    match function.name:
        case "exp":
            return here
        case "log":
            return Apply(EXP, t.negate(here))
        case "root":
            return t.divide(t.power(here, 1 - function.degree), t.number(function.degree))
        case "erf":
            gauss = Apply(EXP, t.negate(t.power(x, 2)))
            return t.multiply(t.number(2), gauss, t.power(root(t.PI), -1))
        case "relu":
            return t.where(t.Compare(x, t.ZERO, "gt"), t.ONE, t.ZERO, kink=kink)
        case "abs":
            return t.where(t.Compare(x, t.ZERO, "gt"), t.ONE, t.MINUS_ONE, kink=kink)
        case "sigmoid":
            return t.multiply(here, t.subtract(t.ONE, here))
        case "tanh":
            return t.subtract(t.ONE, t.power(here, 2))
        case "softplus":
            return Apply(SIGMOID, x)
        case name:
            raise ClaimError(f"{name} has no derivative rule")


class Derivative:
    """The derivative of terms by ``variable[position]``.

    ``dropped`` are parts of what was differentiated that stand nowhere in the result, since their slope is 0. Where one
    of them has no value, the whole has none, and no derivative: who asks has to see that they have. One that may read
    an entry that is not there stays in the result, times 0, since where it is read is known better there.
    """

    def __init__(self, variable: t.Variable, position: tuple[IndexTerm, ...]) -> None:
        self.variable = variable
        self.position = position
        self.dropped: list[Term] = []
        self._within: reads.Known = ()
        self._known: dict[int, tuple[Lambda, Lambda]] = {}

    def of(self, term: Term) -> Term:
        match term:
            case t.Number() | t.Constant() | t.IndexNumber() | t.Infinity():
                return t.ZERO
            case t.Entry():
                return self._of_entry(term)
            case t.Add():
                return t.add(*map(self._of_part, term.parts))
            case t.Mul():
                return self._of_product(term)
            case t.Power():
                return self._of_power(term)
            case t.Sum():
                with self._knowing((*self._within, *reads.ranges((term.variable,), (term.extent,)))):
                    return _scaled_sum(term, self.of(term.body))
            case t.Max():
                return self._of_max(term)
            case t.MaxOver():
                return self._of_max_over(term)
            case t.Where():
                return self._of_cases(term)
            case t.Apply():
                return self._of_apply(term)
            case t.Network():
                return self._of_network(term)
            case t.Read():
                derived = self.of_lambda(term.definition)
                return t.ZERO if derived.body is t.ZERO else t.Read(derived, term.index)

    def _of_part(self, term: Term) -> Term:
        """The derivative of a part that does not stand beside it in the result."""
        slope = self.of(term)
        return self._without(term) if slope is t.ZERO else slope

    def _without(self, term: Term) -> Term:
        """The slope 0 of a part that does not change."""
        self.dropped.append(term)
        return t.Mul((t.ZERO, term)) if reads.may_leave(term, self._within) else t.ZERO

    @contextmanager
    def _knowing(self, known: reads.Known) -> Iterator[None]:
        """Where this is known of the indices."""
        before, self._within = self._within, known
        try:
            yield
        finally:
            self._within = before

    def whole(self, tensor: Lambda) -> Lambda:
        """The derivative of every entry of a function; also where it is 0, what the entry reads has to be there. An
        entry in which there is an infinity stays, times 0.
        """
        with self._knowing(reads.ranges(tensor.variables, tensor.shape)):
            slope = self._of_part(tensor.body)
        if reads.holds_infinity(tensor.body):
            slope = t.add(slope, t.Mul((t.ZERO, tensor.body)))
        return Lambda(tensor.variables, tensor.shape, slope)

    def of_lambda(self, tensor: Lambda) -> Lambda:
        """The derivative of every entry; computed once for each tensor, so that sharing is kept."""
        if id(tensor) not in self._known:
            # What is known of its own indices alone: it is read at many places.
            with self._knowing(reads.ranges(tensor.variables, tensor.shape)):
                self._known[id(tensor)] = (tensor, Lambda(tensor.variables, tensor.shape, self.of(tensor.body)))
        return self._known[id(tensor)][1]

    def _of_entry(self, term: t.Entry) -> Term:
        if term.variable is not self.variable:
            return t.ZERO
        same = t.conjunction(*(t.equals(e, p) for e, p in zip(term.index, self.position, strict=True)))
        return t.where(same, t.ONE, t.ZERO)

    def _of_product(self, term: t.Mul) -> Term:
        slopes = [self.of(part) for part in term.parts]
        others = [term.parts[:k] + term.parts[k + 1 :] for k in range(len(slopes))]
        return t.add(
            *(t.multiply(slope, *rest) for slope, rest in zip(slopes, others, strict=True) if slope is not t.ZERO)
        )

    def _of_power(self, term: t.Power) -> Term:
        slope = self.of(term.base)
        if slope is t.ZERO or term.exponent.constant == 0:
            return t.ZERO
        rule = t.multiply(t.index_number(term.exponent), t.power(term.base, term.exponent - 1), slope)
        constant = t.equals(term.exponent, 0)
        return rule if constant is False else t.where(constant, self._without(term.base), rule)

    def _of_cases(self, term: t.Where) -> Term:
        """Between cases whose slopes are 0 the border stays, if there is one: a step has no slope there."""
        kink = self._kink_of_cases(term)
        if not kink and self.of(term.then) is self.of(term.otherwise) is t.ZERO:
            return t.ZERO
        with self._knowing((*self._within, *reads.facts(term.condition, True))):
            then = self._of_part(term.then)
        with self._knowing((*self._within, *reads.facts(term.condition, False))):
            otherwise = self._of_part(term.otherwise)
        return t.where(term.condition, then, otherwise, kink=kink)

    def _kink_of_cases(self, term: t.Where) -> Kink:
        """That of a term that need not be continuous; what was left out before stays so."""
        if term.kink == Kink.LEFT_OUT:
            return Kink.LEFT_OUT
        kink = self._kink(term.condition)
        return Kink.OPEN if kink == Kink.KEPT else kink or term.kink

    def _kink(self, condition: t.Condition) -> Kink:
        """What the border of a condition on entries is for the derivative."""
        compared = list(_comparisons(condition))
        moving = [each for each in compared if self._occurs_in(each)]
        if not moving:
            return Kink.NONE
        return Kink.LEFT_OUT if len(moving) == len(compared) and all(map(self._is_crossed, moving)) else Kink.KEPT

    def _is_crossed(self, compared: t.Compare) -> bool:
        """Whether the two sides agree at single values of the variable only, for all values of everything else: their
        difference is a linear form in entries of the variable that are different ones, plus what is free of it.
        """
        left, right = self._linear(compared.left, {}), self._linear(compared.right, {})
        if left is None or right is None:
            return False
        entries = [index for index in {**left, **right} if left.get(index, 0) != right.get(index, 0)]
        return bool(entries) and all(_are_apart(a, b) for a, b in itertools.combinations(entries, 2))

    def _linear(self, term: Term, env: dict[IndexVar, IndexTerm]) -> Form | None:
        """The coefficients of the variable's entries, in a term that is linear in them with numbers as coefficients."""
        match term:
            case t.Entry() if term.variable is self.variable:
                return {tuple(i.substitute(env) for i in term.index): Fraction(1)}
            case t.Read():
                put = dict(zip(term.definition.variables, (i.substitute(env) for i in term.index), strict=True))
                return self._linear(term.definition.body, {**env, **put})
            case t.Add():
                return _total([self._linear(part, env) for part in term.parts])
            case t.Mul() if all(isinstance(part, t.Number) for part in term.parts[:-1]):
                scale = math.prod(part.value for part in term.parts[:-1] if isinstance(part, t.Number))
                form = self._linear(term.parts[-1], env)
                return None if form is None else {index: factor * scale for index, factor in form.items()}
            case _:
                return None if self._occurs_in(term) else {}

    def _occurs_in(self, term: Term | t.Condition) -> bool:
        return any(isinstance(node, t.Entry) and node.variable is self.variable for node in t.nodes_of(term))

    def _of_max(self, term: t.Max) -> Term:
        """The derivative of the first part where it is larger than all others, else that of the others.

        Exactly one part is taken at each point. Parts may agree on an open set, where their derivatives agree too.
        """
        first, others = term.parts[0], t.maximum(*term.parts[1:])
        larger = t.Compare(first, others, "gt")
        return t.where(larger, self.of(first), self.of(others), kink=self._kink(larger))  # both are compared there

    def _of_max_over(self, term: t.MaxOver) -> Term:
        """The derivative of the first entry that is larger than all before it and that none behind it exceeds."""
        slope = self.of(term.body)
        if slope is t.ZERO:
            return t.ZERO
        here, rival = ix.index(term.variable), IndexVar(term.variable.name)
        elsewhere = rename(term.body, term.variable, rival)

        def among(condition: t.Condition) -> Term:
            return t.MaxOver(rival, term.extent, t.where(condition, elsewhere, t.MINUS_INFINITY))

        before, behind = among(t.at_least(here - 1, ix.index(rival))), among(t.at_least(ix.index(rival), here + 1))
        kept = t.where(t.Compare(behind, term.body, "gt"), t.ZERO, slope, kink=Kink.KEPT)
        first = t.where(t.Compare(term.body, before, "gt"), kept, t.ZERO, kink=Kink.KEPT)
        return t.Sum(term.variable, term.extent, first)

    def _of_apply(self, term: t.Apply) -> Term:
        slope = self.of(term.argument)
        if slope is t.ZERO:
            return t.ZERO
        if isinstance(term.function, Builtin):
            pieced = term.function in (RELU, ABS)
            kink = self._kink(t.Compare(term.argument, t.ZERO, "gt")) if pieced else Kink.NONE
            return t.multiply(builtin_derivative(term.function, term.argument, kink), slope)
        require_smooth(term.function, term.order + 1)
        return t.multiply(replace(term, order=term.order + 1), slope)

    def _of_network(self, term: t.Network) -> Term:
        inner = self.of_lambda(term.argument)
        if inner.body is t.ZERO:
            return t.ZERO
        require_smooth(term.function, len(term.derivatives) + 1)
        r = IndexVar("r")
        outer = replace(term, derivatives=(*term.derivatives, ix.index(r)))
        return t.Sum(r, term.argument.shape[0], t.multiply(outer, t.Read(inner, (ix.index(r),))))


def _comparisons(condition: t.Condition) -> Iterator[t.Compare]:
    """The comparisons of numbers that a condition is made of."""
    match condition:
        case t.Compare():
            yield condition
        case t.And() | t.Or():
            for part in condition.parts:
                yield from _comparisons(part)
        case t.Not():
            yield from _comparisons(condition.part)


def _are_apart(left: tuple[IndexTerm, ...], right: tuple[IndexTerm, ...]) -> bool:
    """Whether two places differ, whatever the sizes and indices are."""
    return any((a - b).constant for a, b in zip(left, right, strict=True))


def _total(forms: list[Form | None]) -> Form | None:
    total: Form = {}
    for form in forms:
        if form is None:
            return None
        for index, factor in form.items():
            total[index] = total.get(index, Fraction(0)) + factor
    return total


def require_smooth(function: t.FunctionSymbol, order: int) -> None:
    """Refuse a derivative that the hypotheses do not grant."""
    if function.smoothness is not None and function.smoothness < order:
        granted = "Differentiable or Smooth" if order == 1 else "Smooth"
        raise ClaimError(
            f"derivative of order {order} of {function.name}, which is not assumed to have one; declare it {granted}"
        )


def _scaled_sum(term: t.Sum, body: Term) -> Term:
    return t.ZERO if body is t.ZERO else t.Sum(term.variable, term.extent, body)


class Replacement:
    """Terms with entries of variables and index variables replaced, sharing kept.

    ``opened`` makes borders that are kept open ones, where they depend on what is replaced: what is put in may lie on
    them whatever the inputs are.
    """

    def __init__(
        self,
        entry: Callable[[t.Entry], Term | None],
        indices: dict[IndexVar, IndexTerm] | None = None,
        *,
        opened: bool = False,
    ) -> None:
        self._entry = entry
        self._indices = indices or {}
        self._opened = opened
        self._known: dict[int, tuple[Lambda, Lambda]] = {}

    def _index(self, value: IndexTerm) -> IndexTerm:
        return value.substitute(self._indices) if self._indices else value

    def of(self, term: Term) -> Term:
        match term:
            case t.Number() | t.Constant() | t.Infinity():
                return term
            case t.IndexNumber():
                return t.index_number(self._index(term.index))
            case t.Entry():
                moved = t.Entry(term.variable, tuple(map(self._index, term.index)))
                found = self._entry(moved)
                return moved if found is None else found
            case t.Add():
                return t.add(*map(self.of, term.parts))
            case t.Mul():
                return t.multiply(*map(self.of, term.parts))
            case t.Power():
                return t.power(self.of(term.base), self._index(term.exponent))
            case t.Sum() | t.MaxOver():
                return replace(term, extent=self._index(term.extent), body=self.of(term.body))
            case t.Max():
                return t.maximum(*map(self.of, term.parts))
            case t.Where():
                kink = self._kink(term)
                return t.where(self.condition(term.condition), self.of(term.then), self.of(term.otherwise), kink=kink)
            case t.Apply():
                return replace(term, argument=self.of(term.argument))
            case t.Network():
                output = None if term.output is None else self._index(term.output)
                derivatives = tuple(map(self._index, term.derivatives))
                return t.Network(term.function, output, self.of_lambda(term.argument), derivatives)
            case t.Read():
                return t.Read(self.of_lambda(term.definition), tuple(map(self._index, term.index)))

    def of_lambda(self, tensor: Lambda) -> Lambda:
        if id(tensor) not in self._known:
            shape = tuple(map(self._index, tensor.shape))
            self._known[id(tensor)] = (tensor, Lambda(tensor.variables, shape, self.of(tensor.body)))
        return self._known[id(tensor)][1]

    def _kink(self, term: t.Where) -> Kink:
        if not self._opened or term.kink != Kink.KEPT:
            return term.kink
        entries = (node for node in t.nodes_of(term.condition) if isinstance(node, t.Entry))
        return Kink.OPEN if any(self._entry(entry) is not None for entry in entries) else Kink.KEPT

    def condition(self, condition: t.Condition) -> t.Condition:
        match condition:
            case bool():
                return condition
            case t.IndexCompare():
                moved = self._index(condition.term)
                return t.equals(moved, 0) if condition.relation == "eq" else t.at_least(moved, 0)
            case t.Compare():
                return t.Compare(self.of(condition.left), self.of(condition.right), condition.relation)
            case t.And():
                return t.conjunction(*map(self.condition, condition.parts))
            case t.Or():
                return t.disjunction(*map(self.condition, condition.parts))
            case t.Not():
                return t.negation(self.condition(condition.part))


def rename(term: Term, old: IndexVar, new: IndexVar) -> Term:
    """``term`` with a free index variable renamed."""
    return Replacement(lambda entry: None, {old: ix.index(new)}).of(term)
