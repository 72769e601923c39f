"""What the proof files promise in their text. That each claim is proved is for the pytest plugin, claim by claim."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from symconv.claims import Claim, claims_of

PROOFS = Path(__file__).parent.parent / "proofs"

# file: (problem, claims to be proved, fallacies to be refuted)
FILES = {
    "finite_differences": ("1", 14, 5),
    "average_pooling": ("2", 7, 4),
    "grayscale": ("3", 7, 3),
    "max_pooling": ("4", 11, 5),
    "backpropagation": ("6", 25, 9),
}


def loaded(file: str) -> tuple[str, list[Claim]]:
    namespace = runpy.run_path(str(PROOFS / f"{file}.py"), run_name=file)
    return namespace["__doc__"], claims_of(namespace)


def names(claims: list[Claim], kind: str) -> set[str]:
    return {each.name for each in claims if each.kind == kind}


def in_backticks(text: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", text))


@pytest.mark.parametrize("file", FILES)
def test_the_docstring_counts_claims_and_fallacies(file: str) -> None:
    doc, claims = loaded(file)
    problem, proved, refuted = FILES[file]
    assert doc.startswith(f"Problem {problem}: ")
    assert f"\n{proved} claims, {refuted} fallacies." in doc
    assert (len(names(claims, "claim")), len(names(claims, "fallacy"))) == (proved, refuted)


@pytest.mark.parametrize("file", FILES)
def test_every_slip_with_a_fallacy_is_listed_and_nothing_else(file: str) -> None:
    doc, claims = loaded(file)
    assert in_backticks(doc) == names(claims, "fallacy")


@pytest.mark.parametrize("file", FILES)
def test_every_claim_says_what_it_settles(file: str) -> None:
    _, claims = loaded(file)
    for each in claims:
        assert re.search(rf"\A\S.*\.\n\nSettles: problem {FILES[file][0]}\b", each.doc), each
        assert each.problem is None and not each.unused, each


@pytest.mark.parametrize("file", FILES)
def test_every_fallacy_names_the_claim_that_puts_it_right(file: str) -> None:
    _, claims = loaded(file)
    for each in claims:
        beside = in_backticks(each.doc)
        assert beside <= names(claims, "claim"), each
        assert beside or each.kind == "claim", each


def test_the_source_is_settled_by_enough_claims_and_fallacies() -> None:
    assert sum(proved for _, proved, _ in FILES.values()) >= 25
    assert sum(refuted for *_, refuted in FILES.values()) >= 8


def test_a_file_runs_as_a_script() -> None:
    ran = subprocess.run([sys.executable, PROOFS / "grayscale.py"], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr
