"""A counterexample as matrices: the inputs, both sides, and where they differ."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from symconv import dispatch
from symconv.claims import Claim, FunctionType, SizeType
from symconv.faces.exposing.formulas import formula, scope_of, size_values
from symconv.faces.exposition import Formula, Named, Refutation
from symconv.kernel import terms as t
from symconv.printing import notation as n
from symconv.printing.entries import numbers
from symconv.printing.names import escaped, name_of
from symconv.printing.notation import Notation
from symconv.printing.scope import Scope
from symconv.printing.writing import Writer
from symconv.prover import witnesses
from symconv.tensors.construction import variable_tensor
from symconv.tensors.tensor import as_tensor
from symconv.verdict import Counterexample, Verdict


def refutation(claim: Claim, verdict: Verdict, origin: int) -> Refutation | None:
    """The counterexample of a refuted claim."""
    found = verdict.counterexample
    if found is None:
        return None
    scope = scope_of(claim, origin)
    sized = bool(found.sizes or found.free)
    reason = f": “{verdict.failed_reason}”" if verdict.failed_reason else ""
    return Refutation(
        sizes=size_values(scope, found.sizes, found.free) if sized else None,
        inputs=tuple(_inputs(claim, found, scope)),
        left=_side(found.left),
        right=_side(found.right),
        where=_where(found, origin),
        call=found.call,
        place=verdict.failed_place and verdict.failed_place + reason,
    )


def _inputs(claim: Claim, found: Counterexample, scope: Scope) -> Iterator[Named]:
    chosen = _witnesses(claim, found)
    for parameter in claim.parameters:
        name = parameter.name
        if isinstance(parameter.type, SizeType) or name not in found.values:
            continue
        symbol = n.Symbol(scope.named(name))
        if isinstance(parameter.type, FunctionType):
            yield _function(name, symbol, chosen.get(name), str(found.values[name]))
        else:
            yield Named(name, formula(symbol), formula(numbers(_exact(found.values[name]))))


def _witnesses(claim: Claim, found: Counterexample) -> dict[str, witnesses.Witness]:
    """The functions that were put in, known by their text."""
    texts = {name: value for name, value in found.values.items() if isinstance(value, str)}
    for choice in witnesses.simple(claim, found.sizes):
        if {name: witness.text for name, witness in choice.items()} == {name: texts.get(name) for name in choice}:
            return choice
    return {}


def _function(label: str, symbol: Notation, witness: witnesses.Witness | None, text: str) -> Named:
    """sigma(x) = x^2; a function of vectors by its text."""
    argument = n.Symbol(name_of("x"))
    shown = None if witness is None else _of_one_number(witness)
    if shown is None:
        return Named(label, formula(symbol), Formula(rf"\text{{{escaped(text)}}}", text))
    return Named(label, formula(n.Call(symbol, (argument,))), formula(shown))


def _of_one_number(witness: witnesses.Witness) -> Notation | None:
    if not witness.text.startswith("lambda x:"):
        return None
    with dispatch.reading("symbolic"):
        value = as_tensor(witness.function(variable_tensor(t.Variable("x", ()))))
    return Writer(Scope(0, ["x"])).top(value.at(()), {})


def _side(text: str) -> Formula:
    """A side as a matrix of numbers, or why it has no value."""
    if text.startswith("undefined"):
        return Formula(rf"\text{{{escaped(text)}}}", text)
    return formula(numbers(_parsed(text)))


def _where(found: Counterexample, origin: int) -> str:
    if found.undefined:
        return found.undefined
    if found.index:
        place = ", ".join(str(i + origin) for i in found.index)
        return f"The sides first differ at the index ({place}): {found.left_entry} and {found.right_entry}."
    if (found.left_entry, found.right_entry) == (found.left, found.right):
        return ""
    if found.left_entry is not None:
        return f"The sides are {found.left_entry} and {found.right_entry}."
    return "The sides have different shapes."


def _exact(value: Any) -> Any:
    """Numbers as fractions, nested as they were; other text as it is."""
    if isinstance(value, list | tuple):
        return [_exact(item) for item in value]
    return _number(str(value))


def _number(text: str) -> Fraction | str:
    try:
        # Only what is exact becomes a fraction: p or p/q. Twelve digits of a number that is not rational stay text.
        return Fraction(text) if all(letter in "-/0123456789" for letter in text) else text
    except (ValueError, ZeroDivisionError):
        return text


def _parsed(text: str) -> Any:
    """Nested lists of numbers, as a verdict prints them: a list in brackets, items after commas."""
    value, rest = _item(text.strip())
    return value if not rest else text


def _item(text: str) -> tuple[Any, str]:
    if not text.startswith("["):
        end = next((place for place, letter in enumerate(text) if letter in ",]"), len(text))
        return _number(text[:end].strip()), text[end:]
    items: list[Any] = []
    rest = text[1:].lstrip()
    while rest and not rest.startswith("]"):
        item, rest = _item(rest)
        items.append(item)
        rest = rest.removeprefix(",").lstrip()
    return items, rest[1:]
