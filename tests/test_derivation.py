"""Derivations: every line follows from the one before at the gate, and equals it by plain evaluation."""

from __future__ import annotations

import itertools
import runpy
from dataclasses import replace
from pathlib import Path

import pytest
from oracle import Model
from random_terms import SIZES, I, K, M, Terms, n
from test_general_kernel import found, points

from symconv import Index, Positive, Real, Size, Tensor, avg_pool2d, claim, conv2d, equal, eye, ones, prove, softmax
from symconv.claims import Claim, claims_of
from symconv.errors import SymconvError
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.general.gate import Goal, Method, check
from symconv.kernel.general.products import Constraint
from symconv.kernel.terms import Lambda
from symconv.prover import general
from symconv.prover.derivation import Line
from symconv.prover.proof import Proof
from symconv.prover.simplified import Simplifier
from symconv.prover.written import written_alike

PROOFS = Path(__file__).parent.parent / "proofs"
FILES = ("average_pooling", "backpropagation", "finite_differences", "grayscale", "max_pooling", "convolution_algebra")


def derivations(each: Claim) -> tuple[tuple[Line, ...], ...]:
    return Proof(general.attempt(each).theorems).derivations


@pytest.mark.parametrize("file", FILES)
def test_each_line_is_a_theorem_about_the_line_before(file: str) -> None:
    claims = claims_of(runpy.run_path(str(PROOFS / f"{file}.py"), run_name=file))
    longer = 0
    for each in claims:
        result = general.attempt(each)
        for theorem, lines in zip(result.theorems, Proof(result.theorems).derivations, strict=True):
            assert lines[0].tensor is theorem.goal.left and lines[0].theorem is None
            assert lines[-1].tensor is theorem.goal.right
            for before, line in itertools.pairwise(lines):
                assert line.reason and line.theorem is not None
                assert line.theorem.goal.left is before.tensor and line.theorem.goal.right is line.tensor
                assert line.theorem.goal.sizes == theorem.goal.sizes
                assert line.theorem.goal.assumptions == theorem.goal.assumptions
            longer += len(lines) > 2
    assert longer > len(claims) / 3


# ---- what is written simply ------------------------------------------------------------------------------------------


def middle(each: Claim) -> Lambda:
    (lines,) = derivations(each)
    return lines[1].tensor


def test_the_deltas_of_average_pooling_are_contracted() -> None:
    @claim
    def pooling(X: Tensor["C", "m*k", "m*k"], k: Size):
        C = X.shape[0]
        return equal(conv2d(X, eye(C)[:, :, None, None] * ones((k, k)) / k**2, stride=k), avg_pool2d(X, k))

    (lines,) = derivations(pooling)
    body = lines[1].tensor.body
    assert isinstance(body, t.Mul)
    power, outer = body.parts
    assert isinstance(power, t.Power) and power.exponent == ix.index(-1)
    assert isinstance(outer, t.Sum) and isinstance(outer.body, t.Sum) and isinstance(outer.body.body, t.Entry)
    assert [str(v) for v, _ in lines[1].contracted] == ["c"]


def test_a_border_becomes_two_cases() -> None:
    @claim
    def difference(X: Tensor["m", "n"]):
        filtered = conv2d(X, [[0, 0, 0], [0, -1, 0], [0, 1, 0]], padding=1)
        return equal(filtered, conv2d(X, [[0], [-1], [1]], padding=(1, 0)))

    body = middle(difference).body
    assert isinstance(body, t.Where) and isinstance(body.condition, t.IndexCompare)
    assert isinstance(body.then, t.Add) and len(body.then.parts) == 2
    assert isinstance(body.otherwise, t.Mul)


def test_many_borders_stay_conditions() -> None:
    """Nine cases of a 3x3 window at the border of an image would be no easier to read."""

    @claim
    def blurred(X: Tensor["m", "n"], w: Tensor[3, 3]):
        return equal(conv2d(X, w, padding=1), conv2d(X, w, padding=(1, 1)))

    (lines,) = derivations(blurred)
    assert len(lines) == 2 or not isinstance(lines[1].tensor.body, t.Where)


def test_nothing_lies_between_sides_that_are_simple() -> None:
    @claim
    def commutes(x: Tensor["n"], y: Tensor["n"]):
        return equal(x + y, y + x)

    (lines,) = derivations(commutes)
    assert [line.tensor for line in lines] == [lines[1].theorem.goal.left, lines[1].theorem.goal.right]  # type: ignore[union-attr]


def test_the_laws_are_the_reasons() -> None:
    @claim
    def shifted(x: Tensor["n"], c: Real):
        return equal(softmax(x + c), softmax(x))

    assert any("exp(a + b) = exp(a) exp(b)" in line.reason for lines in derivations(shifted) for line in lines)


def test_a_free_index_keeps_its_name() -> None:
    @claim
    def entry(X: Tensor["n"], p: Positive, i: Index["n"]):
        return equal((X * p)[i] / p, X[i])

    (lines,) = derivations(entry)
    assert {v for line in lines for v in t.free_variables(line.tensor.body)} == {lines[1].theorem.goal.ranges[0][0]}  # type: ignore[union-attr]


def test_a_verdict_carries_them() -> None:
    @claim
    def twice(x: Tensor["n"]):
        return equal(x + x, 2 * x)

    (lines,) = prove(twice).proof.derivations
    assert lines[-1].theorem is not None


# ---- random terms: written simply, they keep their values ------------------------------------------------------------


def simply(term: t.Term, method: Method) -> tuple[t.Term, bool] | None:
    """The term written simply, and whether the gate lets it pass as a line of a derivation."""
    side = Lambda((), (), term)
    goal = Goal(side, side, SIZES, tuple(Constraint(ix.index(v) - 1) for v in SIZES), ((I, n),))
    try:
        simple = Simplifier(goal, method).of(side).tensor
    except SymconvError:
        return None
    try:
        check(replace(goal, right=simple), method)
    except SymconvError:
        return simple.body, False
    return simple.body, True


@pytest.mark.parametrize("block", range(6))
def test_random_terms_keep_their_values(block: int) -> None:
    compared = changed = refused = 0
    for seed in range(block * 40, block * 40 + 40):
        term = Terms(seed).term("", [(I, n)], 2)
        found_simply = simply(term, Method((M, K), seed % 2 == 0, switching=seed % 3 == 0))
        if found_simply is None:
            continue
        simple, shown = found_simply
        changed += not written_alike(Lambda((), (), term), Lambda((), (), simple))
        refused += not shown
        for _, values in points(3):
            expected, simplified = (found(each, values, Model(seed)) for each in (term, simple))
            if None not in (expected, simplified) and (shown or simplified != "undefined"):
                assert simplified == expected, f"seed {seed} at {values}"
                compared += 1
    assert compared > 200 and changed > 5 and refused < 20
