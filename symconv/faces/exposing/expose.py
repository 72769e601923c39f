"""From a claim and its verdict to what is shown of them."""

from __future__ import annotations

from collections.abc import Iterator

from symconv.claims import Claim
from symconv.faces.exposing.examples import examples
from symconv.faces.exposing.formulas import joined, scope_of
from symconv.faces.exposing.hypotheses import hypotheses
from symconv.faces.exposing.refutations import refutation
from symconv.faces.exposing.sides import Ranges, Sides, Written, chain, written
from symconv.faces.exposition import Chain, Exposition, Formula, Line
from symconv.kernel.terms import Lambda
from symconv.prover.derivation import Line as Derived
from symconv.prover.proof import Proof
from symconv.prover.reading import Pair
from symconv.verdict import Verdict


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
    reading = written(claim, verdict)
    proofs = tuple(_proofs(claim, verdict, reading, index_origin))
    title, _, rest = claim.doc.partition("\n")
    return Exposition(
        name=claim.name,
        kind=claim.kind,
        status=verdict.status,
        as_claimed=verdict.as_claimed,
        file=verdict.file,
        line=claim.line,
        title=title.strip(),
        paragraphs=tuple(" ".join(block.split()) for block in rest.split("\n\n") if block.strip()),
        hypothesis=joined(assumed),
        hypotheses=assumed,
        entries=tuple(_entries(claim, reading, index_origin)),
        results=tuple(_results(claim, verdict, reading, index_origin)),
        proof=proofs,
        scope=verdict.scope,
        evidence=verdict.evidence,
        caveats=verdict.notes,
        reason=verdict.reason,
        examples=tuple(examples(claim, verdict, index_origin)),
        refutation=refutation(claim, verdict, index_origin),
        index_origin=index_origin,
    )


def _entries(claim: Claim, reading: Written | None, origin: int) -> Iterator[Chain]:
    """Each equation at free indices: what the claim comes to."""
    if reading is None:
        return
    for number, equation in enumerate(reading.equations, 1):
        tensors = [equation[0].left.definition, equation[-1].right.definition]
        sides = Sides(claim, origin, reading.ranges, tensors)
        lines = [Line(shown) for shown in map(sides.entry, tensors) if shown is not None]
        if len(lines) == len(tensors):
            yield chain(number, lines, sides.ranges(reading.fixed))


def _proofs(claim: Claim, verdict: Verdict, reading: Written | None, origin: int) -> Iterator[Chain]:
    """Each equation line by line."""
    if reading is None or verdict.status != "proved":
        return
    proof = verdict.proof
    for number, equation in enumerate(reading.equations, 1):
        if isinstance(proof, Proof):
            theorems = [proof.theorems[pair.number - 1] for pair in equation]
            ranges: Ranges = theorems[0].goal.ranges
            tensors = [theorems[0].goal.left]
            steps = [_checked(proof, pair) for pair in equation]
        else:
            ranges, tensors = reading.ranges, [equation[0].left.definition]
            steps = [[(pair.right.definition, pair.reason or "", False)] for pair in equation]
        sides = Sides(claim, origin, ranges, [*tensors, *(step[-1][0] for step in steps)])
        lines = [(tensors[0], "", False), *(line for step in steps for line in step)]
        shown = [(sides.entry(tensor), reason, derived) for tensor, reason, derived in lines]
        kept = [Line(entry, reason, derived) for entry, reason, derived in shown if entry is not None]
        if len(kept) > 1 and shown[0][0] is not None:
            yield chain(number, kept, sides.ranges({} if isinstance(proof, Proof) else reading.fixed))


def _checked(proof: Proof, pair: Pair) -> list[tuple[Lambda, str, bool]]:
    """The lines of one ``=``: the author's reason where there is one, else those that were derived."""
    lines = proof.derivations[pair.number - 1][1:]
    if pair.reason:
        return [(proof.theorems[pair.number - 1].goal.right, pair.reason, False)]
    return [(line.tensor, _reason(line), place < len(lines) - 1) for place, line in enumerate(lines)]


_WORDS = {
    "definition of the left side": "simplified",
    "definition of the right side": "",
    "the same products with the same coefficients": "the same sum of products",
}


def _reason(line: Derived) -> str:
    """Why a line equals the one before, for a reader who sees both."""
    parts = [_WORDS.get(part, part) for part in line.reason.split("; ")]
    if line.contracted:
        parts = ["contract the deltas", *(part for part in parts if part != "simplified")]
    return "; ".join(dict.fromkeys(part for part in parts if part))


def _results(claim: Claim, verdict: Verdict, reading: Written | None, origin: int) -> Iterator[Formula]:
    """What both sides of each equation come to, simplified."""
    proof = verdict.proof
    if reading is None or not isinstance(proof, Proof):
        return
    for equation in reading.equations:
        derivation = proof.derivations[equation[0].number - 1]
        theorem = proof.theorems[equation[0].number - 1]
        sides = Sides(claim, origin, theorem.goal.ranges, [theorem.goal.left, theorem.goal.right])
        found = [sides.entry(line.tensor) for line in derivation]
        shown = sorted((f for f in found[1:] if f is not None), key=lambda f: len(f.latex))
        if shown:
            yield shown[0]
