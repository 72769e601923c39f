"""Claims made from text, and what is asserted of their verdicts."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import cache
from typing import Any

import symconv
from symconv import Claim, Verdict

NAMES = {
    **vars(symconv),
    **{name: getattr(symconv, name) for name in symconv.__all__},
    "Fraction": Fraction,
    "inf": float("inf"),
}


@cache
def stated(parameters: str, left: str, right: str, kind: str = "claim", name: str = "stated") -> Claim:
    """A claim made from text."""
    names = dict(NAMES)
    exec(f"@{kind}\ndef {name}({parameters}):\n    return equal({left}, {right})\n", names)
    made: Claim = names[name]
    return made


def assert_proved(verdict: Verdict) -> None:
    assert verdict.status == "proved", (verdict.status, verdict.reason, verdict.counterexample)
    assert not verdict.faults
    assert verdict.counterexample is None and verdict.failed_step is None
    assert verdict.spot_checks and all(check.agrees for check in verdict.spot_checks)
    json.dumps(verdict.to_json(), allow_nan=False)


def assert_refuted(verdict: Verdict, statement: Claim, names: dict[str, Any] = NAMES) -> None:
    assert verdict.status == "refuted", (verdict.status, verdict.reason)
    assert not verdict.faults
    assert verdict.counterexample is not None
    assert {"exact arithmetic", "NumPy"} <= set(verdict.counterexample.confirmed_by)
    # The call can be pasted, and gives sides that differ.
    assert eval(verdict.counterexample.call, {**names, statement.name: statement}).differs
    json.dumps(verdict.to_json(), allow_nan=False)
