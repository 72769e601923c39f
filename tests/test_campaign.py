"""Some hundred cases of the soundness campaign, and wrong proofs planted to show that it catches them."""

from __future__ import annotations

import ast
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import campaign
import pytest
from campaign import Case, Result, case, examine
from mutants import alone, claims_in, mutant
from random_claims import random_claim
from strided_claims import STATEMENTS, strided_claim

import symconv
from symconv.kernel.general.normal import Normalizer
from symconv.prover import bounded, refute, spot

FALSE = {
    "a sum of squares": ("x: Tensor['n']", "equal((x**2).sum(), x.sum()**2)"),
    "an index shifted": ("x: Tensor['n + 1'], i: Index['n']", "equal(x[i], x[i + 1])"),
    "a transposed factor": ("A: Tensor['n', 'n'], v: Tensor['n']", "equal(A @ v, A.T @ v)"),
    "a weaker hypothesis": ("x: Tensor['n'], s: Function", "equal(s(x).max(), s(x.max()))"),
    "a division by what may be 0": ("x: Tensor['n']", "equal(x/x, ones(x.shape))"),
    "a range one short": ("x: Tensor['n'], n: Size", "equal(x.sum(), summation(lambda i: x[i], n - 1))"),
    "a slope": ("x: Tensor['n']", "equal(grad(lambda v: (v**2).sum())(x), x)"),
    "another axis": ("A: Tensor['n', 'n']", "equal(softmax(A, axis=0), softmax(A, axis=1))"),
}


def made(name: str) -> Case:
    parameters, body = FALSE[name]
    source = f"from symconv import *\n\n\n@claim\ndef stated({parameters}):\n    return {body}\n"
    return Case(0, "random", "planted", "stated", source)


def assert_clean(results: list[Result]) -> None:
    """Nothing wrong, no counterexample that is none, no crash."""
    for result in results:
        assert not result.wrong, campaign.report(result)
        assert not result.unconfirmed, campaign.report(result)
        assert result.answer != "crashed", campaign.report(result)


# --- the campaign ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", range(4))
def test_a_part_of_the_campaign(block: int) -> None:
    results = [examine(case(100 + block, number), time_limit=3) for number in range(50)]
    assert_clean(results)
    answers = {result.answer for result in results}
    false = [result for result in results if result.judged_false]
    assert {"proved for all sizes", "refuted"} <= answers
    assert sum(result.answer == "refuted" for result in false) > 0.8 * len(false) > 15


@pytest.mark.parametrize("block", range(2))
def test_a_part_of_the_campaign_with_strides_that_are_sizes(block: int) -> None:
    results = [examine(case(block, number, strides=True), time_limit=3) for number in range(30)]
    assert_clean(results)
    assert not any(result.note.startswith("not judged") for result in results)
    answers = Counter(result.answer for result in results)
    assert answers["proved for all sizes"] > 3 and answers["refuted"] > 8
    false = [result for result in results if result.judged_false]
    assert sum(result.answer == "refuted" for result in false) > 0.8 * len(false) > 8


@pytest.mark.slow
def test_more_of_the_campaign() -> None:
    results = list(campaign.run(range(300), seed=200, processes=2, time_limit=3))
    assert_clean(results)
    assert sorted(result.case.number for result in results) == list(range(300))
    false = [result for result in results if result.judged_false and result.case.kind == "mutant"]
    assert sum(result.answer == "refuted" for result in false) > 0.9 * len(false)


# --- that it can fail ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in FALSE if name != "a division by what may be 0"])
def test_a_prover_that_accepts_everything_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a kernel that sees no difference, no search for counterexamples and no check by NumPy, the judge speaks.

    (A division by what may be 0 is refused before there is a difference to be seen.)
    """
    monkeypatch.setattr(Normalizer, "difference", lambda *arguments: [])
    monkeypatch.setattr(bounded, "check", lambda *arguments: bounded.Result(entries=1))
    monkeypatch.setattr(refute, "search", lambda *arguments, **options: None)
    monkeypatch.setattr(spot, "run", lambda *arguments, **options: ())
    monkeypatch.setattr(campaign, "numpy_contradiction", lambda *arguments: "")
    result = examine(made(name), time_limit=20)
    assert result.answer.startswith("proved") and result.wrong, result


@pytest.mark.parametrize("name", FALSE)
def test_a_kernel_that_accepts_everything_is_told_by_the_prover_itself(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Normalizer, "difference", lambda *arguments: [])
    result = examine(made(name), time_limit=20)
    assert result.wrong or result.answer == "refuted", result


@pytest.mark.parametrize("name", FALSE)
def test_as_it_stands_the_prover_refutes_them(name: str) -> None:
    result = examine(made(name), time_limit=20)
    assert result.answer == "refuted" and result.judged_false and not result.unconfirmed, result


def test_a_proof_is_wrong_only_where_it_speaks() -> None:
    verdict = SimpleNamespace(for_all_sizes=False, sizes=({"n": 1},), scope="1 combination of n in 1")
    assert campaign.covers(verdict, {"n": 1}) and not campaign.covers(verdict, {"n": 2})
    verdict = SimpleNamespace(for_all_sizes=False, sizes=(), scope="every m >= 1; k = 1, 2, 3, 5")
    assert campaign.covers(verdict, {"m": 7, "k": 3}) and not campaign.covers(verdict, {"m": 1, "k": 4})
    assert campaign.covers(SimpleNamespace(for_all_sizes=True, sizes=(), scope=""), {"n": 7})


def test_the_table_counts() -> None:
    given = made("a slope")
    wrong = Result(given, "proved for all sizes", judged_false="at n = 1", wrong="at n = 1")
    results = [wrong, Result(given, "refuted", judged_false="at n = 2"), Result(given, "undecided")]
    lines = {line.split("|")[1].strip(): line for line in campaign.table(results).splitlines()}
    assert "**1**" in lines["**wrong**"] and "1 (50.0 %)" in lines["of these refuted"]
    assert "1 (33.3 %)" in lines["undecided"]
    assert campaign.report(wrong).endswith(given.source)


def test_the_command_prints_its_table() -> None:
    command = [sys.executable, str(Path(campaign.__file__)), "6", "--seed", "3", "--processes", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "| **wrong** | **0** | **0** | **0** |" in done.stdout


# --- what it found ---------------------------------------------------------------------------------------------------

FOUND = {
    "a negative shape, by NumPy": (
        "refuted", "x: Tensor['m'], y: Tensor['n'], m: Size, n: Size",
        "equal(conv1d(x, flip(y), padding=n - 1), fromfunction(lambda i: x[0], (m - n - 1,)))",
    ),
    "another entry than the one that differs has no value": (
        "refuted", "x: Tensor[3, 'm'], m: Size", "equal(x.T, fromfunction(lambda i, j: x[j + 1, i], (m, 3)))",
    ),
    "g of a maximum with a number": (
        "proved",
        "g: Nondecreasing, x: Tensor['n'], n: Size",
        "equal(maximum(g(minimum(maximum(x, -1), 2)), g(x)), g(maximum(hardtanh(x, -1, 2), x)))",
    ),
    "a maximum with g(0), which SymPy does not compare": (
        "proved", "g: Nondecreasing, x: Tensor['n'], n: Size",
        "equal(maximum(g(fromfunction(lambda i: where(i == 0, 0, x[i]), (n,))), x), "
        "maximum(x, g(pad(x[1:], (1, 0)))))",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_what_the_campaign_found(name: str) -> None:
    status, parameters, body = FOUND[name]
    source = f"from symconv import *\n\n\n@claim\ndef stated({parameters}):\n    return {body}\n"
    result = examine(Case(0, "random", "found", "stated", source), time_limit=30)
    assert_clean([result])
    assert result.answer.startswith(status), result


# --- what it is made of ----------------------------------------------------------------------------------------------


def test_cases_are_the_same_on_every_run() -> None:
    assert [case(1, n) for n in range(9)] == [case(1, n) for n in range(9)]
    assert case(1, 0) != case(2, 0)


def test_random_claims_use_the_whole_language() -> None:
    used = {n.id for seed in range(1200) for n in ast.walk(ast.parse(random_claim(seed))) if isinstance(n, ast.Name)}
    proofs = {n.id for _, _, text in campaign.proofs() for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}
    words = {name for name in symconv.__all__ if name[0].islower()}
    assert words - used - proofs - {"prove", "replay", "tensor", "fallacy"} == set()


def test_strided_claims_are_of_every_kind_with_sizes_exchanged() -> None:
    claims = [strided_claim(seed) for seed in range(2000)]
    used = {n.id for text in claims for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}
    assert {"conv1d", "conv2d", "conv_transpose2d", "unfold", "max_pool1d", "max_pool2d", "avg_pool1d"} <= used
    assert all(any(form in text for text in claims) for statement in STATEMENTS for form in statement.wrong)
    lines = [text.splitlines()[-1] for text in claims]
    assert "conv1d(x, w, stride=k)" in "".join(lines) and "reshape(x, (s, n))" in "".join(lines)
    assert any("stride=(t, s)" in line for line in lines)


def test_a_mutant_differs_in_one_place() -> None:
    source = random.Random(0)
    kinds = set()
    for file, name, text in campaign.proofs()[::6]:
        found = mutant(text, name, source)
        if found is None:
            continue
        assert found[0] != ast.unparse(alone(text, name)), (file, name)
        assert claims_in(found[0]) == [name]
        kinds.add(found[1])
    assert len(kinds) > 8


@pytest.mark.parametrize(
    ("before", "kind", "after"),
    [
        ("equal(x[i], y[i])", "index", {"equal(x[i + 1], y[i])", "equal(x[i - 1], y[i])"}),
        ("equal(x - y, y)", "sign", {"equal(x + y, y)"}),
        ("equal(A @ x, y)", "transposed", {"equal(A.T @ x, y)", "equal(A @ x.T, y)"}),
        ("equal(where(i > 0, x, y), y)", "comparison", {"equal(where(i >= 0, x, y), y)"}),
        ("equal(where(i > 0, x, y), y)", "condition dropped", {"equal(where(i > 0, x, x), y)"}),
        ("equal(summation(lambda a: x[0], n), y)", "range", {"equal(summation(lambda a: x[0], n - 1), y)"}),
        ("equal(conv1d(x, y, stride=2, padding=1), y)", "options exchanged", {"stride=1, padding=2"}),
        ("equal(x[m:n], y)", "size", {"equal(x[n:n], y)", "equal(x[m:m], y)"}),
        ("equal(sum(x, axis=1), y)", "axis", {"axis=0", "axis=-1"}),
    ],
)
def test_kinds_of_mutants(before: str, kind: str, after: set[str]) -> None:
    text = f"from symconv import *\n@claim\ndef stated(x, y, A, i, m: Size, n: Size):\n    return {before}\n"
    found = {
        pair[0] for seed in range(200) if (pair := mutant(text, "stated", random.Random(seed))) and pair[1] == kind
    }
    assert any(expected in source for source in found for expected in after)


def test_hypotheses_are_weakened() -> None:
    text = "from symconv import *\n@claim\ndef stated(s: Nondecreasing, p: Positive, x: Tensor['m*k']):\n    return x\n"
    found = "".join(pair[0] for seed in range(100) if (pair := mutant(text, "stated", random.Random(seed))))
    assert "s: Function" in found and "p: Real" in found and "Tensor['m']" in found


def test_an_error_of_the_kernel_is_no_refusal() -> None:
    """What a claim is blamed for is a crash where the kernel raised it."""
    from symconv.kernel.general.laws import Laws

    def raised(function: Any) -> BaseException:
        with pytest.raises((AttributeError, TypeError)) as problem:
            function()
        return problem.value

    assert campaign.raised_within(raised(lambda: Laws._common(None, [None])))  # type: ignore[arg-type, list-item]
    assert not campaign.raised_within(raised(lambda: len(3)))  # type: ignore[arg-type]
    assert not campaign.raised_within(None)
