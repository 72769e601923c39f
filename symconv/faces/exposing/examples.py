"""Both sides of a proved claim with their entries written out, at small sizes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping

from symconv.claims import Claim
from symconv.errors import SymconvError
from symconv.faces.exposing.formulas import formula, scope_of, size_values
from symconv.faces.exposition import Example
from symconv.kernel import index as ix
from symconv.kernel.terms import Lambda
from symconv.printing.entries import matrix_of
from symconv.printing.writing import TooLong
from symconv.prover.reading import Pair, Reading, read
from symconv.prover.sizes import is_allowed
from symconv.tensors.tensor import SymbolicTensor
from symconv.verdict import Verdict

_MOST_ENTRIES = 6
_LONGEST = 480
_WIDEST = 100
_MOST_TRIES = 12
_MOST_SIZES = 5


def examples(claim: Claim, verdict: Verdict, origin: int) -> Iterator[Example]:
    """One example of each equation of a proved claim, at sizes for which it is proved."""
    if verdict.status != "proved" or not claim.sizes:
        return
    found: dict[int, Example] = {}
    for sizes in sorted(_proved_sizes(claim, verdict), key=interest)[:_MOST_TRIES]:
        try:
            reading = read(claim, dict(sizes))
        except SymconvError:
            continue
        for pair in (pair for pair in reading.pairs if pair.number not in found):
            example = _example(claim, reading, pair, origin)
            if example is not None:
                found[pair.number] = example
        if len(found) == len(reading.pairs):
            break
    yield from (found[number] for number in sorted(found))


def _proved_sizes(claim: Claim, verdict: Verdict) -> list[Mapping[str, int]]:
    """Small sizes for which the claim is proved."""
    if not verdict.for_all_sizes or len(claim.sizes) > _MOST_SIZES:
        return list(verdict.sizes)
    rows = itertools.product((1, 2, 3), repeat=len(claim.sizes))
    return [sizes for row in rows if is_allowed(claim, sizes := dict(zip(claim.sizes, row, strict=True)))]


def interest(sizes: Mapping[str, int]) -> tuple[int, int]:
    """Sizes in the order in which they are worth looking at: neither trivial nor large."""
    values = list(sizes.values())
    return sum(value == 1 for value in values) + 2 * sum(value > 2 for value in values), sum(values)


def _example(claim: Claim, reading: Reading, pair: Pair, origin: int) -> Example | None:
    scope = scope_of(claim, origin)
    indices = {name: extent - 1 for name, (_, extent) in reading.indices.items()}
    values = {variable: indices[name] for name, (variable, _) in reading.indices.items()}
    try:
        shown = []
        for side in (pair.left, pair.right):
            if math.prod(n.constant or 0 for n in side.extents) > _MOST_ENTRIES:
                return None
            shown.append(formula(matrix_of(entries(side), scope, values)))
    except (SymconvError, TooLong, KeyError):
        return None
    if any(len(f.latex) > _LONGEST or max(map(len, f.text.split("\n"))) > _WIDEST for f in shown):
        return None
    return Example(pair.number, size_values(scope, reading.sizes, indices), *shown)


def entries(tensor: SymbolicTensor) -> Lambda:
    """A tensor as a lambda whose body is its entry as it is written."""
    variables = tuple(ix.IndexVar("ijklmnpq"[axis % 8]) for axis in range(len(tensor.extents)))
    return Lambda(variables, tensor.extents, tensor.at(tuple(map(ix.index, variables))))
