"""Conditions as notation: cases where a term stands alone, deltas and brackets where it is part of another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.kernel.terms import Condition, Term
from symconv.printing import notation as n
from symconv.printing.indices import connected
from symconv.printing.notation import Notation
from symconv.printing.products import Factors, assembled

if TYPE_CHECKING:
    from symconv.printing.writing import Writer

Env = Mapping[IndexVar, IndexTerm]
Row = tuple[Condition, Term, Env]
_TURNED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}


class Conditions:
    """Conditions and the terms that depend on them, as a `Writer` writes them."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.indices = writer.indices

    def cases(self, term: t.Where, env: Env) -> Notation:
        """A term that stands alone."""
        rows, otherwise, last_env = self._rows(term, env)
        if not rows:
            return self.writer.top(otherwise, last_env)
        shown = [(self.writer.of(then, own), self.of(condition, own)) for condition, then, own in rows]
        final = self.writer.of(otherwise, last_env)
        if all(value == final for value, _ in shown):
            return final
        if len(shown) == 1 and final == n.Integer(0) and self._is_delta(rows[0]):
            return self.writer.of(term, env)
        return n.Cases((*shown, (final, self._rest(rows, last_env))))

    def within(self, term: t.Where, env: Env) -> tuple[bool, Notation]:
        """A term that is part of another: brackets as factors, else cases."""
        known = self._known(term.condition, env)
        if known is False:
            return self.writer.signed(term.otherwise, env)
        if known or _is_undefined(term.otherwise):
            return self.writer.signed(term.then, env)
        choices = self._choices(term, env)
        if choices is not None:
            parts = [(s, p) for s, p in choices if p != n.Integer(0)]
            shown = _plus(parts)
            return shown.terms[0] if isinstance(shown, n.Plus) and len(shown.terms) == 1 else (False, shown)
        if self.is_guard(term):
            return self.writer.signed(t.Mul((term,)), env)
        shown = self.cases(term, env)
        return False, shown

    def is_guard(self, term: t.Where) -> bool:
        """Whether a term is 0 elsewhere, and its condition one on indices."""
        zero = isinstance(term.otherwise, t.Number) and term.otherwise.value == 0
        return zero and not isinstance(term.condition, bool) and _on_indices(term.condition)

    def brackets(self, condition: Condition, env: Env) -> list[Notation]:
        """A condition as factors that are 1 or 0."""
        deltas: list[Notation] = []
        others: list[Condition] = []
        for part in connected(condition):
            if self._is_idle(part, env):
                continue
            if isinstance(part, t.IndexCompare) and part.relation == "eq":
                deltas.append(self._delta(part.term.substitute(env)))
            else:
                others.append(part)
        return deltas + ([n.Bracket(self._all(others, env))] if others else [])

    def _delta(self, term: IndexTerm) -> Notation:
        return n.Delta(*self.indices.sides(term)) if term.constant is None else n.Integer(int(term.constant == 0))

    def of(self, condition: Condition, env: Env) -> Notation:
        """A condition as it is read."""
        match condition:
            case bool():
                return n.Word("true" if condition else "false")
            case t.And():
                return self._all(list(connected(condition)), env)
            case t.Or():
                return n.Logic("or", tuple(self.of(part, env) for part in condition.parts))
            case t.Not():
                return self._opposite(condition.part, env)
            case t.IndexCompare():
                return self._all([condition], env)
            case t.Compare():
                return self._compared(condition, {"gt": ">", "ge": ">=", "eq": "="}[condition.relation], env)

    def _compared(self, condition: t.Compare, sign: str, env: Env) -> Notation:
        """A comparison of numbers; one that begins with a number is turned round."""
        left, right = self.writer.of(condition.left, env), self.writer.of(condition.right, env)
        if isinstance(condition.left, t.Number) and not isinstance(condition.right, t.Number):
            left, right, sign = right, left, _TURNED.get(sign, sign)
        return n.Relation((left, right), (sign,))

    def _all(self, parts: list[Condition], env: Env) -> Notation:
        """A conjunction, with its bounds joined."""
        bounds = [p.term.substitute(env) for p in parts if isinstance(p, t.IndexCompare) and p.relation == "ge"]
        bounds = [bound for bound in bounds if not self._holds(bound)]
        shown: list[Notation] = []
        for part in parts:
            if isinstance(part, t.IndexCompare) and part.relation == "eq":
                shown.append(self.indices.equation(part.term.substitute(env)))
            elif not isinstance(part, t.IndexCompare):
                shown.append(self.of(part, env))
        shown += self.indices.bounds(bounds)
        if not shown:
            return n.Word("true")
        return shown[0] if len(shown) == 1 else n.Logic("and", tuple(shown))

    def _known(self, condition: Condition, env: Env) -> bool | None:
        """Whether a condition holds whatever its indices are, or for none of them; ``None`` where it depends."""
        parts = connected(condition)
        if all(self._is_idle(part, env) for part in parts):
            return True
        for part in parts:
            value = part.term.substitute(env).constant if isinstance(part, t.IndexCompare) else None
            if part is False or (value is not None and (value < 0 or (part.relation == "eq" and value > 0))):  # type: ignore[union-attr]
                return False
        return None

    def _is_idle(self, part: Condition, env: Env) -> bool:
        """Whether a bound says no more than what is known of the ranges of the indices."""
        if not isinstance(part, t.IndexCompare):
            return part is True
        term = part.term.substitute(env)
        return self._holds(term) if part.relation == "ge" else term.constant == 0

    def _holds(self, term: IndexTerm) -> bool:
        """Whether ``term >= 0`` wherever its indices are in their ranges."""
        for variable in dict.fromkeys(term.variables()):
            letter = self.writer.scope.letter(variable)
            if letter is None:
                continue
            factors = [value for monomial, value in term.terms if variable in monomial]
            if any(any(isinstance(a, ix.Floor) for a in m) for m, _ in term.terms):
                return False
            if all(value > 0 for value in factors):
                term = term.substitute({variable: ix.ZERO})
            elif letter.extent is not None and all(value < 0 for value in factors):
                term = term.substitute({variable: letter.extent - 1})
        return ix.is_nonnegative(term) is True

    def _opposite(self, condition: Condition, env: Env) -> Notation:
        match condition:
            case t.IndexCompare(relation="ge"):
                return self.of(t.IndexCompare(-condition.term - 1, "ge"), env)
            case t.IndexCompare():
                equation = self.indices.equation(condition.term.substitute(env))
                return n.Relation(equation.items, ("!=",))
            case t.Compare():
                return self._compared(condition, {"gt": "<=", "ge": "<", "eq": "!="}[condition.relation], env)
            case t.Not():
                return self.of(condition.part, env)
            case t.Or():
                return self._all([t.negation(part) for part in condition.parts], env)
            case _:
                return n.Logic("not", (self.of(condition, env),))

    # --- rows of cases -------------------------------------------------------------------------------------------

    def _rows(self, term: Term, env: Env) -> tuple[list[Row], Term, Env]:
        """(condition, value) in order, and what holds otherwise."""
        rows: list[Row] = []
        while isinstance(term, t.Where | t.Read):
            if isinstance(term, t.Read):
                term, env = self.writer._read(term, env)
                continue
            if _is_undefined(term.otherwise):
                term = term.then
                continue
            known = self._known(term.condition, env)
            if known is not None:
                term = term.then if known else term.otherwise
                continue
            if rows and _changes_its_index(rows[-1], term.condition, env):
                break  # a row of a literal, which has cases of its own
            rows.append((term.condition, term.then, env))
            term = term.otherwise
        return rows, term, env

    def _rest(self, rows: list[Row], env: Env) -> Notation | None:
        """The condition of the last row, where one line says it; else it is "otherwise"."""
        if len(rows) != 1:
            return None
        condition = rows[0][0]
        if isinstance(condition, t.IndexCompare) and condition.relation == "ge":
            return self._beyond(condition.term.substitute(env))
        if isinstance(condition, t.IndexCompare):
            return self._other(condition.term.substitute(env)) or self._opposite(condition, env)
        if isinstance(condition, t.Compare | t.Not):
            return self._opposite(condition, env)
        return None

    def _beyond(self, term: IndexTerm) -> Notation:
        """``term < 0``; an equation where one value is left of the index that it is about."""
        for variable in dict.fromkeys(term.variables()):
            letter = self.writer.scope.letter(variable)
            if letter is None or letter.extent is None:
                continue
            last = term.substitute({variable: letter.extent - 1})
            first = term.substitute({variable: IndexTerm({})})
            if last.constant == -1 and dict(term.terms).get((variable,)) == -1:
                return self.indices.equation(IndexTerm({(variable,): 1}) - (letter.extent - 1))
            if first.constant == -1 and dict(term.terms).get((variable,)) == 1:
                return self.indices.equation(IndexTerm({(variable,): 1}))
        return self.of(t.IndexCompare(-term - 1, "ge"), {})

    def _other(self, term: IndexTerm) -> Notation | None:
        """The one value that is left of an index with two."""
        place = _literal_place(t.IndexCompare(term, "eq"), {})
        letter = None if place is None else self.writer.scope.letter(place[0])
        if place is None or letter is None or letter.extent is None or letter.extent.constant != 2:
            return None
        only = (place[1] - ix.index(place[0])).constant or 0
        return self.indices.equation(ix.index(place[0]) - (1 + only))

    def _is_delta(self, row: Row) -> bool:
        return all(isinstance(p, t.IndexCompare) and p.relation == "eq" for p in connected(row[0]))

    def _choices(self, term: t.Where, env: Env) -> list[tuple[bool, Notation]] | None:
        """The entries of a literal at an index as a sum of deltas, where the index takes each of its values once."""
        found: list[tuple[IndexTerm, Term, Env]] = []
        variable: IndexVar | None = None
        rest: Term = term
        while isinstance(rest, t.Where):
            place = _literal_place(rest.condition, env)
            if place is None or (variable is not None and place[0] is not variable):
                break
            variable = place[0]
            found.append((place[1], rest.then, env))
            rest = rest.otherwise
            while isinstance(rest, t.Read):
                rest, env = self.writer._read(rest, env)
        letter = None if variable is None else self.writer.scope.letter(variable)
        if variable is None or letter is None or letter.extent is None or letter.extent.constant != len(found) + 1:
            return None
        otherwise, last_env = rest, env
        values = {-(place - IndexTerm({(variable,): 1}) + 0).constant for place, _, _ in found if place.terms}  # type: ignore[operator]
        missing = next(iter(set(range(len(found) + 1)) - values), None)
        if missing is None or len(values) != len(found):
            return None
        last = IndexTerm({(variable,): 1}) - missing
        return [part for row in [*found, (last, otherwise, last_env)] for part in self._chosen(*row)]

    def _chosen(self, place: IndexTerm, value: Term, env: Env) -> list[tuple[bool, Notation]]:
        """A value where an index is an integer: each of its parts with a delta, and nothing for a zero."""
        negative, shown = self.writer.signed(value, env)
        parts = shown.terms if isinstance(shown, n.Plus) else ((False, shown),)
        delta = n.Delta(*self.indices.sides(place))
        found = []
        for minus, part in parts:
            factors = Factors([delta])
            factors.sign(minus != negative, part)
            if factors.number:
                found.append((factors.negative, assembled(factors)))
        return found


def _literal_place(condition: Condition, env: Env) -> tuple[IndexVar, IndexTerm] | None:
    """The index that a condition says to be an integer, and the term that is 0 there."""
    if not (isinstance(condition, t.IndexCompare) and condition.relation == "eq"):
        return None
    term = condition.term.substitute(env)
    moving = [(monomial, value) for monomial, value in term.terms if monomial]
    if len(moving) != 1 or len(moving[0][0]) != 1 or abs(moving[0][1]) != 1:
        return None
    atom = moving[0][0][0]
    return (atom, term if moving[0][1] == 1 else -term) if isinstance(atom, IndexVar) else None


def _changes_its_index(row: Row, condition: Condition, env: Env) -> bool:
    """Whether a condition compares another index with an integer than the row before it does."""
    before, here = _literal_place(row[0], row[2]), _literal_place(condition, env)
    return before is not None and here is not None and before[0] is not here[0]


def _on_indices(condition: Condition) -> bool:
    return isinstance(condition, bool | t.IndexCompare) or (
        not isinstance(condition, t.Compare) and all(_on_indices(part) for part in t.children(condition))  # type: ignore[arg-type]
    )


def _is_undefined(term: Term) -> bool:
    """Whether a term is the mark of what has no value: 1/0."""
    return isinstance(term, t.Power) and isinstance(term.base, t.Number) and term.base.value == 0


def _plus(parts: list[tuple[bool, Notation]]) -> Notation:
    from symconv.printing.writing import plus

    return plus(parts)
