"""Every fallacy of the proof files is refuted, and its counterexample confirmed by the third reading.

The third reading (`third_reading.py` and its rooms: exact rationals, plain loops, 80 digits for what is irrational)
shares no code with symconv. It reads the proof file's own source, with its own operations under their names, and calls
the claim as the counterexample prints it; what it finds has to be what was printed, entry by entry.
"""

from __future__ import annotations

import ast
import itertools
import re
import runpy
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from judge import JudgedClaim
from third_numbers import Nothing

from symconv import Verdict, prove
from symconv.claims import Claim, claims_of
from symconv.verdict import Counterexample

PROOFS = Path(__file__).parent.parent / "proofs"
FILES = sorted(path.stem for path in PROOFS.glob("*.py"))
FOLKLORE = [file for file in FILES if file.startswith("folklore")]


@cache
def claims(file: str) -> dict[str, Claim]:
    namespace = runpy.run_path(str(PROOFS / f"{file}.py"), run_name=file)
    return {claim.name: claim for claim in claims_of(namespace)}


def names(file: str, kind: str) -> list[str]:
    tree = ast.parse((PROOFS / f"{file}.py").read_text())
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [f.name for f in functions if any(isinstance(d, ast.Name) and d.id == kind for d in f.decorator_list)]


FALLACIES = [(file, name) for file in FILES for name in names(file, "fallacy")]


# --- the check -------------------------------------------------------------------------------------------------------


def assert_confirmed(claim: JudgedClaim, found: Counterexample) -> None:
    """The third reading finds the two sides different at the numbers of the call, and as they are printed."""
    contradiction = claim.call(found.call, found.sizes)
    assert contradiction is not None, f"the third reading finds both sides equal at {found.call}"
    without_value = "undefined" in found.left + found.right
    assert ("undefined" in contradiction.reason) == without_value, f"{contradiction} against {found}"
    if without_value:
        return
    left, right = different_sides(claim, found)
    assert_printed(left, found.left)
    assert_printed(right, found.right)
    assert (left.shape == right.shape or () in (left.shape, right.shape)) == (found.index is not None)
    if found.index is not None:
        assert is_close(left[found.index if left.ndim else ()], found.left_entry), f"{left}, {found.left_entry}"
        assert is_close(right[found.index if right.ndim else ()], found.right_entry), f"{right}, {found.right_entry}"


def different_sides(claim: JudgedClaim, found: Counterexample) -> tuple[Any, Any]:
    """The first two neighbouring sides that differ, as object arrays."""
    for sides in claim.sides(claim.values(found.call, found.sizes)):
        for left, right in itertools.pairwise(sides):
            if claim.difference(left, right):
                return left.entries, right.entries
    raise AssertionError(f"no two sides differ at {found.call}")


def assert_printed(side: Any, printed: str) -> None:
    """The printed text of a side is this array, to the digits that are printed."""
    numbers = re.findall(r"(?:≈ )?-?\d[\d./]*(?:e[-+]?\d+)?", printed)
    assert len(numbers) == side.size, f"{side} is printed as {printed}"
    assert printed.count("[") == sum(1 for _ in brackets(side.shape)), f"{side} is printed as {printed}"
    for entry, text in zip(side.ravel(), numbers, strict=True):
        assert is_close(entry, text), f"{entry} is printed as {text}, in {printed}"


def brackets(shape: tuple[int, ...]) -> Iterator[None]:
    """One for each list in nested lists of this shape."""
    if shape:
        yield None
        for _ in range(shape[0]):
            yield from brackets(shape[1:])


def is_close(entry: Any, text: str | None) -> bool:
    """Whether a number is the one that is printed: exactly if it is printed as one, else to eleven digits."""
    if text is None or isinstance(entry, Nothing):
        return False
    approximate = text.startswith("≈ ")
    text = text.removeprefix("≈ ")
    if approximate == (re.fullmatch(r"-?\d+(/\d+)?", text) is not None):
        return False  # digits are marked as approximate, and nothing else is
    if isinstance(entry, Fraction) and not approximate:
        return entry == Fraction(text)
    return bool(abs(float(entry) - float(Fraction(text))) <= 1e-10 * (1 + abs(float(entry))))


# --- every fallacy ---------------------------------------------------------------------------------------------------


@cache
def judged(file: str, name: str) -> JudgedClaim:
    return JudgedClaim((PROOFS / f"{file}.py").read_text(), name)


@cache
def verdict(file: str, name: str) -> Verdict:
    return prove(claims(file)[name])


def counterexample(file: str, name: str) -> Counterexample:
    found = verdict(file, name).counterexample
    assert found is not None
    return found


@pytest.mark.parametrize(("file", "name"), FALLACIES)
def test_a_fallacy_is_refuted_and_the_third_reading_agrees(file: str, name: str) -> None:
    found = verdict(file, name)
    assert found.status == "refuted" and not found.faults, found.reason
    assert {"exact arithmetic", "NumPy"} <= set(counterexample(file, name).confirmed_by)
    assert_confirmed(judged(file, name), counterexample(file, name))


def test_there_are_fallacies_to_refute() -> None:
    assert len(FALLACIES) >= 100
    assert sum(file in FOLKLORE for file, _ in FALLACIES) >= 75


# --- the check can fail ----------------------------------------------------------------------------------------------


def refused(claim: JudgedClaim, found: Counterexample) -> bool:
    try:
        assert_confirmed(claim, found)
    except AssertionError:
        return True
    return False


@pytest.mark.parametrize(("file", "name"), FALLACIES)
def test_a_changed_printed_side_is_caught(file: str, name: str) -> None:
    claim, found = judged(file, name), counterexample(file, name)
    if "undefined" in found.left + found.right:
        return
    for side in ("left", "right"):
        printed = getattr(found, side)
        changed = re.sub(r"(?<![\d./e+-])(-?)(?=\d)", r"\g<1>1", printed, count=1)  # another leading digit
        assert changed != printed and refused(claim, replace(found, **{side: changed})), changed
    assert refused(claim, replace(found, left=found.right, right=found.left))


@pytest.mark.parametrize(
    ("file", "name", "written", "instead"),
    [
        ("folklore_pooling", "relu_and_average_pooling_commute", " 1", " 2"),
        ("folklore_pooling", "relu_and_average_pooling_commute", "-1", "1"),
        ("folklore_pooling", "gelu_and_max_pooling_commute", "-2", "-1"),
        ("folklore_pooling", "gelu_and_max_pooling_commute", "-2", "-3"),
        ("folklore_training", "softmax_is_idempotent", "[1, 0]", "[0, 0]"),
        ("folklore_training", "softmax_is_idempotent", "[1, 0]", "[2, 0]"),
        ("folklore_training", "gradient_of_mse_is_the_error", "y=[1]", "y=[2]"),
        ("max_pooling", "any_function_on_a_window", "-x", "x"),
        ("max_pooling", "any_function_on_a_window", "1, 0", "2, 0"),
        ("grayscale", "filter_of_shape_3_3_1", "[[0]], [[0]], [[0]]", ", ".join(["[[0, 0, 0]] * 3"] * 3)),
    ],
)
def test_one_changed_number_of_a_call_is_caught(file: str, name: str, written: str, instead: str) -> None:
    found = counterexample(file, name)
    assert written in found.call
    assert refused(judged(file, name), replace(found, call=found.call.replace(written, instead, 1)))


def test_a_counterexample_without_a_value_must_have_none() -> None:
    found = counterexample("grayscale", "filter_of_shape_3_3_1")
    assert refused(judged("grayscale", "filter_of_shape_3_3_1"), replace(found, left="[[0]]", right="[[1]]"))
    found = counterexample("folklore_training", "softmax_is_idempotent")
    assert refused(judged("folklore_training", "softmax_is_idempotent"), replace(found, left="undefined: 1/0"))


# --- what the files say ----------------------------------------------------------------------------------------------


def doc(file: str) -> str:
    return ast.get_docstring(ast.parse((PROOFS / f"{file}.py").read_text())) or ""


@pytest.mark.parametrize("file", FOLKLORE)
def test_the_docstring_counts_claims_and_fallacies(file: str) -> None:
    assert f"\n{len(names(file, 'claim'))} claims, {len(names(file, 'fallacy'))} fallacies." in doc(file)


@pytest.mark.parametrize("file", FOLKLORE)
def test_every_fallacy_says_what_is_believed_and_names_the_claim_that_puts_it_right(file: str) -> None:
    named = set()
    for claim in claims(file).values():
        assert claim.problem is None and not claim.unused, claim
        beside = set(re.findall(r"`(\w+)`", claim.doc))
        assert beside <= set(names(file, "claim")), claim
        assert bool(beside) == claim.doc.startswith("Believed: ") == (claim.kind == "fallacy"), claim
        named |= beside
    spare = set(names(file, "claim")) - named
    assert len(spare) <= 3, spare


@pytest.mark.parametrize("file", FILES)
def test_every_fallacy_names_a_claim_that_exists(file: str) -> None:
    for name in names(file, "fallacy"):
        beside = set(re.findall(r"`(\w+)`", claims(file)[name].doc))
        assert beside and beside <= set(names(file, "claim")), name
