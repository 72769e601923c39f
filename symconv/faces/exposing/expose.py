"""From a claim and its verdict to what is shown of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from symconv.claims import Claim
from symconv.faces.exposing.examples import examples
from symconv.faces.exposing.formulas import joined, scope_of
from symconv.faces.exposing.hypotheses import hypotheses
from symconv.faces.exposing.refutations import refutation
from symconv.faces.exposing.sides import Ranges, Sides, Written, chain, written
from symconv.faces.exposing.statements import Statement, definitions, statement
from symconv.faces.exposition import Chain, Exposition, Formula, Line, Named
from symconv.faces.titles import titled
from symconv.kernel.general import sets
from symconv.kernel.terms import Lambda
from symconv.printing.plain import beside
from symconv.prover.derivation import Line as Derived
from symconv.prover.proof import Proof
from symconv.prover.reading import Pair
from symconv.verdict import Verdict

Statements = Mapping[int, Statement | None]


def expose(claim: Claim, verdict: Verdict, index_origin: int = 1) -> Exposition:
    """Statement, proof, examples and counterexample of a claim, for its reader.

    Tensors are indexed from ``index_origin``: 1 as in textbooks, 0 as in Python.
    Raises: ValueError for another origin; ClaimError for a claim that cannot be read.
    """
    if index_origin not in (0, 1):
        raise ValueError(f"indices start at 0 or 1, not at {index_origin!r}")
    if claim.problem is not None:
        raise claim.problem
    assumed = hypotheses(claim, scope_of(claim, index_origin))
    formulas = _formulas(claim, verdict, index_origin)
    title, rest = titled(claim.doc)
    return Exposition(
        name=claim.name,
        kind=claim.kind,
        status=verdict.status,
        as_claimed=verdict.as_claimed,
        file=verdict.file,
        line=claim.line,
        title=title,
        paragraphs=tuple(" ".join(block.split()) for block in rest.split("\n\n") if block.strip()),
        hypothesis=joined(assumed),
        hypotheses=assumed,
        **formulas,
        scope=verdict.scope,
        evidence=verdict.evidence,
        caveats=verdict.notes,
        reason=verdict.reason,
        examples=tuple(examples(claim, verdict, index_origin)),
        refutation=refutation(claim, verdict, index_origin),
        index_origin=index_origin,
    )


def _formulas(claim: Claim, verdict: Verdict, origin: int) -> dict[str, Any]:
    """What is read off the claim's equations, by the fields of an exposition."""
    reading = written(claim, verdict)
    if reading is None:
        return {}
    with sets.assuming(reading.assumptions):
        statements = {k: statement(claim, reading, k, origin) for k in range(1, 1 + len(reading.equations))}
        return {
            "statement": tuple(each.chain for each in statements.values() if each is not None),
            "definitions": tuple(_definitions(statements)),
            "entries": tuple(_entries(claim, reading, origin)),
            "results": tuple(_results(claim, verdict, reading, statements, origin)),
            "proof": tuple(_proofs(claim, verdict, reading, statements, origin)),
        }


def _entries(claim: Claim, reading: Written, origin: int) -> Iterator[Chain]:
    """Each equation at free indices: what the claim comes to, with all sides of a chain, since each = is claimed."""
    for number, equation in enumerate(reading.equations, 1):
        tensors = [equation[0].left.definition, *(pair.right.definition for pair in equation)]
        sides = Sides(claim, origin, reading.ranges, tensors)
        lines = [Line(shown) for shown in map(sides.entry, tensors) if shown is not None]
        if len(lines) == len(tensors):
            yield chain(number, lines, sides.ranges(), sides.sizes(reading))


def _definitions(statements: Statements) -> Iterator[Named]:
    """What the names in the statements stand for, each once."""
    found: dict[str, Named] = {}
    for each in statements.values():
        if each is not None:
            found |= {named.label: named for named in definitions(each.operations) if named.label not in found}
    yield from found.values()


def _proofs(claim: Claim, verdict: Verdict, reading: Written, statements: Statements, origin: int) -> Iterator[Chain]:
    """Each equation line by line; what is proved for every size is not mixed with what is written at one."""
    if verdict.status != "proved" or reading.only or (reading.fixed and isinstance(verdict.proof, Proof)):
        return
    for number, equation in enumerate(reading.equations, 1):
        as_written = statements[number]
        ends = as_written.entries if as_written is not None else (None,) * (len(equation) + 1)
        ranges: Ranges = reading.ranges
        if isinstance(verdict.proof, Proof):
            ranges = verdict.proof.theorems[equation[0].number - 1].goal.ranges
        tensors = [tensor for pair in equation for tensor in _ends(verdict.proof, pair)]
        sides = Sides(claim, origin, ranges, tensors)
        lines = [Line(ends[0])] if ends[0] is not None else []
        for place, pair in enumerate(equation):
            lines += _step(verdict.proof, pair, sides, ends[place], ends[place + 1])
        found = chain(number, lines, sides.ranges(), sides.sizes(reading))
        if len(found.lines) > 1:
            yield found


def _ends(proof: object, pair: Pair) -> tuple[Lambda, Lambda]:
    if isinstance(proof, Proof):
        goal = proof.theorems[pair.number - 1].goal
        return goal.left, goal.right
    return pair.left.definition, pair.right.definition


def _step(proof: object, pair: Pair, sides: Sides, before: Formula | None, after: Formula | None) -> list[Line]:
    """The lines of one ``=``: the author's reason where there is one, else those that were derived."""
    left, right = _ends(proof, pair)
    shown = after if after is not None else sides.entry(right)
    if pair.reason:
        return [Line(shown, pair.reason)] if shown is not None else []
    if isinstance(proof, Proof):
        inner = [(line.tensor, _reason(line)) for line in proof.derivations[pair.number - 1][1:]]
    else:
        inner = [(right, "the same normal form")]
    found = [(sides.entry(left), "by definition"), *((sides.entry(tensor), reason) for tensor, reason in inner)]
    if found[0][0] == before:
        found = found[1:]
    lines = [Line(entry, reason, derived=True) for entry, reason in found if entry is not None]
    if shown is None or (lines and lines[-1].formula == shown):
        return lines
    return [*lines, Line(shown, "by definition")]


_WORDS = {
    "definition of the left side": "simplified",
    "definition of the right side": "the same sum of products",
    "the same products with the same coefficients": "the same sum of products",
}


def _reason(line: Derived) -> str:
    """Why a line equals the one before, for a reader who sees both."""
    parts = [_WORDS.get(part, part) for part in line.reason.split("; ")]
    if line.contracted:
        parts = ["contract the deltas", *(part for part in parts if part != "simplified")]
    return "; ".join(dict.fromkeys(part for part in parts if part))


def _results(
    claim: Claim, verdict: Verdict, reading: Written, statements: Statements, origin: int
) -> Iterator[Formula]:
    """What both sides of each equation come to, simplified."""
    proof = verdict.proof
    if reading.is_example or not isinstance(proof, Proof):
        return
    for number, equation in enumerate(reading.equations, 1):
        derivation = proof.derivations[equation[0].number - 1]
        goal = proof.theorems[equation[0].number - 1].goal
        sides = Sides(claim, origin, goal.ranges, [goal.left, goal.right])
        shown = sorted((f for f in map(sides.entry, [line.tensor for line in derivation[1:]]) if f), key=_length)
        as_written = statements[number]
        left = None if as_written is None else as_written.entries[0]
        if shown and left is not None and left != shown[0]:
            yield Formula(f"{left.latex} = {shown[0].latex}", beside(left.text, " = ", shown[0].text))


def _length(shown: Formula) -> int:
    """How long a formula is to read; cases are read more easily than brackets and deltas within sums."""
    return len(shown.latex) + 80 * (shown.latex.count(r"\delta") + shown.latex.count("] "))
