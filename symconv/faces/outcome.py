"""What became of one target: a verdict, or the sentence that says why there is none. Plain data, safe to pickle."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

from symconv.faces.exposition import Exposition
from symconv.faces.titles import titled
from symconv.verdict import Kind, Verdict

Marked = Kind | Literal["picture"]
"""What a function of a proof file is marked as."""


@dataclass(frozen=True)
class Panel:
    """One part of a picture: an array of floats of shape (m, n), (3, m, n) for red, green and blue, or (c, d, m, n)."""

    caption: str
    values: Any


@dataclass(frozen=True)
class ClaimInfo:
    """How a claim (or a picture) is written: all that a face may show of it before, or without, a verdict."""

    name: str
    line: int
    kind: Marked
    doc: str = ""
    hypotheses: str = ""
    source: str = ""
    problem: str | None = None

    @property
    def title(self) -> str:
        """The first sentence of the docstring."""
        return titled(self.doc)[0]


@dataclass(frozen=True)
class Outcome:
    """One claim with its verdict or its error, one picture with its panels or its error, or (``name`` is None) a file
    or target that gave no claims."""

    file: str
    line: int | None = None
    name: str | None = None
    kind: Marked | None = None
    verdict: Verdict | None = None
    error: str | None = None
    printed: str = ""
    info: ClaimInfo | None = None
    panels: tuple[Panel, ...] = ()
    exposition: Exposition | None = None

    @property
    def target(self) -> str:
        """What to type to get this outcome again."""
        return self.file if self.name is None else f"{self.file}::{self.name}"

    @property
    def status(self) -> str:
        """``proved``, ``refuted``, ``undecided`` or ``error``; ``listed`` where nothing was tried."""
        if self.error is not None:
            return "error"
        return "listed" if self.verdict is None else self.verdict.status

    @property
    def as_claimed(self) -> bool:
        """Whether a claim is proved, or a fallacy refuted, with no fault; a picture, whether it is there."""
        if self.kind == "picture":
            return self.error is None
        return self.error is None and self.verdict is not None and self.verdict.as_claimed

    def to_json(self) -> dict[str, Any]:
        """One flat object with the same keys for a verdict and for an error."""
        verdict = Verdict("", "claim", "", 0, "undecided", "") if self.verdict is None else self.verdict
        fields: dict[str, Any] = finite(verdict.to_json())
        fields |= {"name": self.name, "file": self.file, "line": self.line, "kind": self.kind, "status": self.status}
        fields |= {"as_claimed": self.as_claimed, "printed": self.printed}
        if self.error is not None:
            fields["reason"] = self.error
        return fields


def exit_code(outcomes: list[Outcome]) -> int:
    """0 when everything is as claimed, 1 when something is not, 2 when something could not be tried (2 wins)."""
    if not outcomes or any(outcome.error is not None for outcome in outcomes):
        return 2
    return 0 if all(outcome.as_claimed for outcome in outcomes) else 1


def portable(verdict: Verdict, file: str) -> Verdict:
    """The verdict with plain data only, and with the file named as its reader knows it.

    A worker's verdict may hold expressions and classes that another process cannot rebuild, so they become text.
    """
    counterexample = verdict.counterexample
    if counterexample is not None:
        counterexample = replace(
            counterexample,
            sizes=dict(counterexample.sizes),
            values={name: _plain(value) for name, value in counterexample.values.items()},
            free=dict(counterexample.free),
        )
    return replace(
        verdict,
        file=file,
        proof=None,
        claim=None,
        sizes=tuple(dict(sizes) for sizes in verdict.sizes),
        counterexample=counterexample,
        spot_checks=tuple(replace(check, sizes=dict(check.sizes)) for check in verdict.spot_checks),
        simplified=tuple(replace(s, sizes=dict(s.sizes), expression=str(s.expression)) for s in verdict.simplified),
    )


def finite(value: Any) -> Any:
    """The value with ``inf`` and ``nan`` as text, since JSON has no such numbers."""
    if isinstance(value, Mapping):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def _plain(value: Any) -> Any:
    """Exact numbers and text as they are, nested as they were; anything else as text."""
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if type(value) in (bool, int, float, str, Fraction):
        return value
    return str(value)
