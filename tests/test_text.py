"""The plain-text face, shown what each kind of outcome looks like: these strings are what users read."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from symconv.faces import text
from symconv.faces.outcome import ClaimInfo, Outcome, exit_code, portable
from symconv.verdict import Counterexample, Simplified, SpotCheck, Verdict

COUNTEREXAMPLE = Counterexample(
    call="relu_of_mean(X=[[-1, 1], [0, 0]], k=2)",
    sizes={"m": 1, "k": 2},
    values={"X": [[-1, Fraction(1, 2)], [0, 0]], "k": 2},
    left="[[0]]",
    right="[[1/4]]",
    index=(0, 0),
    left_entry="0",
    right_entry="1/4",
    confirmed_by=("exact arithmetic",),
)
PROVED = Verdict("pooling", "claim", "p.py", 3, "proved", "25 size combinations (C, m, k)", seconds=0.123)
REFUTED = replace(PROVED, name="relu_of_mean", status="refuted", scope="", counterexample=COUNTEREXAMPLE)


def outcome(verdict: Verdict, **fields: object) -> Outcome:
    made = Outcome("p.py", verdict.line, verdict.name, verdict.kind, verdict=verdict)
    return replace(made, **fields)  # type: ignore[arg-type]


def assert_shows(made: Outcome, *lines: str) -> None:
    assert text.outcome_text(made).splitlines() == list(lines)


def test_the_helper_can_fail() -> None:
    with pytest.raises(AssertionError):
        assert_shows(outcome(PROVED), "proved")


def test_a_proved_claim_is_one_line() -> None:
    assert_shows(outcome(PROVED), "proved     p.py::pooling  25 size combinations (C, m, k)  0.12 s")


def test_a_refuted_claim_gives_its_numbers() -> None:
    assert_shows(
        outcome(REFUTED),
        "REFUTED    p.py::relu_of_mean  (NOT AS CLAIMED)  0.12 s",
        "  smallest case: m = 1, k = 2",
        "  relu_of_mean(X=[[-1, 1], [0, 0]], k=2)",
        "  left [[0]]   right [[1/4]]",
        "  first differs at [0, 0]: 0 and 1/4",
    )


def test_a_refuted_fallacy_is_as_it_should_be() -> None:
    lines = text.outcome_text(outcome(replace(REFUTED, kind="fallacy"))).splitlines()
    assert lines[0] == "refuted    p.py::relu_of_mean  (a fallacy, refuted as it should be)  0.12 s"
    assert lines[2] == "  relu_of_mean(X=[[-1, 1], [0, 0]], k=2)"


@pytest.mark.parametrize("status", ["proved", "undecided"])
def test_a_fallacy_that_is_not_refuted_is_not_as_claimed(status: str) -> None:
    made = outcome(replace(PROVED, kind="fallacy", status=status))
    assert text.headline(made).startswith(status.upper())
    assert "NOT AS CLAIMED" in text.headline(made)


def test_undecided_says_why() -> None:
    assert_shows(
        outcome(replace(PROVED, status="undecided", scope="", reason="the case k = 5 was not reached")),
        "UNDECIDED  p.py::pooling  (NOT AS CLAIMED)  0.12 s",
        "  the case k = 5 was not reached",
    )


def test_an_error_is_one_sentence() -> None:
    error = Outcome("p.py", 3, "pooling", "claim", error="claim pooling (p.py:3) returned nothing")
    assert_shows(error, "ERROR      claim pooling (p.py:3) returned nothing")
    assert_shows(replace(error, error="no equation"), "ERROR      p.py::pooling: no equation")


def test_a_fault_is_loud_even_on_a_proof() -> None:
    made = outcome(replace(PROVED, faults=("SymPy disagrees",)))
    assert text.outcome_text(made).splitlines() == [
        "PROVED     p.py::pooling  25 size combinations (C, m, k) (NOT AS CLAIMED: see the fault)  0.12 s",
        "  FAULT OF SYMCONV, please report it: SymPy disagrees",
    ]


def test_a_chain_names_the_step_that_fails() -> None:
    lines = text.details(replace(REFUTED, failed_step=2, failed_reason="contract the delta", chains=(3,)))
    assert lines[0] == 'the = number 2 of the chain: "contract the delta"'


@pytest.mark.parametrize(
    ("step", "chains", "words"),
    [
        (1, (1,), ""),
        (1, (2,), "the = number 1 of the chain"),
        (2, (1, 1), "equation 2 of 2"),
        (1, (1, 1), "equation 1 of 2"),
        (3, (2, 2, 1), "equation 2 of 3, the = number 1 of its chain"),
        (5, (2, 2, 1), "equation 3 of 3"),
        (None, (2, 2, 1), ""),
    ],
)
def test_a_step_is_named_within_its_equation(step: int | None, chains: tuple[int, ...], words: str) -> None:
    verdict = replace(REFUTED, failed_step=step, chains=chains)
    assert verdict.failed_place == words
    assert (text.details(verdict)[0] == words) == bool(words)


def test_a_side_without_value_is_named() -> None:
    undefined = replace(COUNTEREXAMPLE, index=None, right="undefined", undefined="division by zero", sizes={})
    assert text.counterexample_lines(undefined)[-1] == "division by zero"
    assert not text.counterexample_lines(undefined)[0].startswith("smallest case")


def test_long_sides_stand_on_lines_of_their_own() -> None:
    lines = text.counterexample_lines(replace(COUNTEREXAMPLE, left="[" + "1, " * 50 + "]"))
    assert any(line.startswith("left   [1, ") for line in lines)
    assert "right  [[1/4]]" in lines


def test_what_a_file_prints_is_told_apart_and_cut() -> None:
    lines = text.outcome_text(outcome(PROVED, printed="x\n" * 1000)).splitlines()
    assert lines[1:3] == ["  printed:", "    x"]
    assert lines[-1] == "    ..."
    assert len(lines) < 20


def test_the_whole_record() -> None:
    verdict = replace(
        PROVED,
        evidence=("normal form",),
        notes=("holds off the kinks",),
        spot_checks=(SpotCheck({"m": 17}, True, 1, 17, 1e-16), SpotCheck({}, False, 2, 1, 0.5, note="odd")),
        simplified=(Simplified({"m": 1}, (0, 0), "X[0, 0]"), Simplified({}, (0,), "y", 2)),
    )
    info = ClaimInfo("pooling", 3, "claim", "Doc.", "m >= 1", "    def pooling():\n        pass\n")
    assert text.show_text(outcome(verdict, info=info)).splitlines() == [
        "p.py::pooling  (claim, line 3)",
        "",
        "  def pooling():",
        "      pass",
        "",
        "for      m >= 1",
        "",
        "proved     p.py::pooling  25 size combinations (C, m, k)  0.12 s",
        "  scope: 25 size combinations (C, m, k)",
        "  evidence:",
        "    normal form",
        "  notes:",
        "    holds off the kinks",
        "  simplified by SymPy:",
        "    m = 1, entry [0, 0]: X[0, 0]",
        "    entry [0], step 2: y",
        "  spot checks:",
        "    NumPy agrees at m = 17: 1 entry, relative error 1.0e-16",
        "    NumPy DISAGREES: 2 entries, relative error 5.0e-01 (odd)",
    ]


def test_each_comparison_in_floating_point_is_said_once() -> None:
    check = SpotCheck({"m": 17}, True, 1, 17, 1e-16)
    proved = replace(PROVED, evidence=("normal form", text.spot_check(check)), spot_checks=(check,))
    assert text.record(proved)[1:] == ["evidence:", "  normal form", "spot checks:", f"  {text.spot_check(check)}"]


def test_the_first_line_of_a_failure_stands_alone() -> None:
    assert text.failure_text(outcome(REFUTED)).splitlines()[0] == "REFUTED: relu_of_mean(X=[[-1, 1], [0, 0]], k=2)"
    assert text.failure_text(Outcome("p.py", error="no")).splitlines() == ["ERROR: no"]
    holds = outcome(replace(PROVED, kind="fallacy"))
    assert text.failure_text(holds).startswith("PROVED: a fallacy, but it holds for 25 size")


def test_the_summary_counts() -> None:
    good = [outcome(PROVED), outcome(PROVED), outcome(replace(REFUTED, kind="fallacy"))]
    assert text.summary(good, 1.25) == "2 claims proved, 1 fallacy refuted: everything as claimed (1.2 s)"
    mixed = [*good, outcome(REFUTED), Outcome("q.py", error="no"), Outcome("r.py", error="no")]
    assert text.summary(mixed, 1.0) == (
        "2 claims proved, 1 claim refuted, 1 fallacy refuted, 2 errors: "
        "1 NOT AS CLAIMED, 2 files or folders could not be tried (1.0 s)"
    )
    nothing = [Outcome("q.py", error="no")]
    assert text.summary(nothing, 1.0) == "1 error: 1 file or folder could not be tried (1.0 s)"
    assert text.summary([], 0.0).startswith("no claims")


def test_sides_of_different_shapes_have_values() -> None:
    apart = "the sides have different shapes, (1, 2) and (2, 1)"
    shapes = replace(
        REFUTED.counterexample, left="[[0, 0]]", right="[[0], [0]]", undefined=apart, index=None, matters={}
    )
    lines = text.counterexample_lines(shapes)
    assert apart in lines and "no entry matters: whatever the numbers are, the shapes differ" in lines
    nothing = text.counterexample_lines(replace(shapes, left="undefined: a division by zero"))
    assert "no entry matters: whatever the numbers are, a side has no value" in nothing


def test_an_interrupted_run_says_what_is_left() -> None:
    lines = text.interrupted([outcome(PROVED)], [f"p.py::c{i}" for i in range(30)], 2.0).splitlines()
    assert lines[0] == "interrupted after 2.0 s; done: 1 claim proved; 30 left:"
    assert lines[-1] == "  ... and 10 more"
    assert text.interrupted([], [], 2.0) == "interrupted after 2.0 s; nothing is done; 0 left"


def test_exit_codes() -> None:
    good, wrong, error = outcome(PROVED), outcome(REFUTED), Outcome("p.py", error="no")
    assert exit_code([good]) == 0
    assert exit_code([good, outcome(replace(PROVED, faults=("fault",)))]) == 1
    assert exit_code([good, wrong]) == 1
    assert exit_code([wrong, error]) == 2
    assert exit_code([]) == 2


def test_json_has_the_same_keys_for_verdicts_and_errors() -> None:
    verdict = outcome(REFUTED).to_json()
    error = Outcome("p.py", error="no").to_json()
    assert verdict.keys() == error.keys()
    assert verdict["counterexample"]["values"] == {"X": [[-1, "1/2"], [0, 0]], "k": 2}
    assert (error["status"], error["reason"], error["name"], error["line"]) == ("error", "no", None, None)


def test_json_has_no_numbers_that_json_lacks() -> None:
    made = outcome(replace(PROVED, spot_checks=(SpotCheck({}, False, 1, 1, float("nan")),)))
    assert json.loads(json.dumps(made.to_json(), allow_nan=False))["spot_checks"][0]["relative_error"] == "nan"


def test_a_verdict_travels_as_plain_data() -> None:
    class Local:
        def __str__(self) -> str:
            return "local"

    odd = replace(COUNTEREXAMPLE, values={"sigma": Local(), "x": (1, Fraction(1, 2))})
    sent = portable(replace(REFUTED, counterexample=odd, simplified=(Simplified({}, (), Local()),)), "shown.py")
    assert sent.file == "shown.py"
    assert sent.simplified[0].expression == "local"
    assert sent.counterexample is not None
    assert sent.counterexample.values == {"sigma": "local", "x": [1, Fraction(1, 2)]}
