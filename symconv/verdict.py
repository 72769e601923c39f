"""Verdicts: what is known of a claim, and how. Plain data, so that every face shows the same."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import isfinite
from typing import Any, Literal, NoReturn

Status = Literal["proved", "refuted", "undecided"]
Kind = Literal["claim", "fallacy"]


@dataclass(frozen=True)
class Counterexample:
    """Numbers at which a claim fails, small enough to be put in by hand.

    ``call`` can be pasted into Python: it calls the claim and gives both sides. ``left`` and ``right`` are the exact
    values of the two sides as text (``undefined: ...`` for a side without a value), ``index`` the first entry at which
    they differ (``None`` where the shapes differ or a side is undefined) with its two entries.

    ``functions`` names what is put in for functions, as in "sigma(x) = -x". ``matters`` are the entries of tensors and
    scalars that the difference at ``index`` depends on: whatever the others are, it is the same (``None``: not known).
    """

    call: str
    sizes: Mapping[str, int]
    values: Mapping[str, Any]
    left: str
    right: str
    index: tuple[int, ...] | None = None
    left_entry: str | None = None
    right_entry: str | None = None
    free: Mapping[str, int] = field(default_factory=dict)
    undefined: str | None = None
    confirmed_by: tuple[str, ...] = ()
    functions: Mapping[str, str] = field(default_factory=dict)
    matters: Mapping[str, tuple[tuple[int, ...], ...]] | None = None

    def to_json(self) -> dict[str, Any]:
        """The same as numbers, strings, lists and dictionaries."""
        return {
            "call": self.call,
            "sizes": dict(self.sizes),
            "values": {name: _plain(value) for name, value in self.values.items()},
            "left": self.left,
            "right": self.right,
            "index": None if self.index is None else list(self.index),
            "left_entry": self.left_entry,
            "right_entry": self.right_entry,
            "free_indices": dict(self.free),
            "undefined": self.undefined,
            "confirmed_by": list(self.confirmed_by),
            "functions": dict(self.functions),
            "matters": None
            if self.matters is None
            else {name: [list(place) for place in places] for name, places in self.matters.items()},
        }


@dataclass(frozen=True)
class SpotCheck:
    """One comparison of both sides in floating point, at random entries. Evidence, never a proof."""

    sizes: Mapping[str, int]
    agrees: bool
    entries: int
    largest_dimension: int
    error: float
    reading: str = "NumPy"
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """The same as numbers, strings, lists and dictionaries."""
        return {
            "sizes": dict(self.sizes),
            "agrees": self.agrees,
            "entries": self.entries,
            "largest_dimension": self.largest_dimension,
            "relative_error": self.error if isfinite(self.error) else str(self.error),
            "reading": self.reading,
            "note": self.note,
        }


@dataclass(frozen=True)
class Simplified:
    """One entry of both sides at small sizes as SymPy simplifies it: the second witness's evidence."""

    sizes: Mapping[str, int]
    index: tuple[int, ...]
    expression: Any
    step: int = 1


@dataclass(frozen=True, repr=False)
class Verdict:
    """What is known of a claim, and how.

    ``where`` says of a refuted claim where it holds and where it fails, as far as that is known: one sentence each.
    ``scope`` says for which sizes; ``for_all_sizes`` is true only for a proof that holds for every size. ``sizes``
    are the combinations at which the bounded proof was carried out. ``failed_step`` is the number (from 1) of the
    first ``=`` that is not proved, counted through all equations; ``chains`` says how many ``=`` each equation has.
    ``faults`` are disagreements between symconv's own engines: never empty in vain. ``proof`` and ``claim`` are
    objects of this process: what was checked, and what it is about.
    """

    name: str
    kind: Kind
    file: str
    line: int
    status: Status
    scope: str
    for_all_sizes: bool = False
    sizes: tuple[Mapping[str, int], ...] = ()
    seconds: float = 0.0
    reason: str = ""
    evidence: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    counterexample: Counterexample | None = None
    where: tuple[str, ...] = ()
    failed_step: int | None = None
    failed_reason: str | None = None
    chains: tuple[int, ...] = ()
    spot_checks: tuple[SpotCheck, ...] = ()
    simplified: tuple[Simplified, ...] = ()
    proof: Any = field(default=None, compare=False)
    claim: Any = field(default=None, compare=False)

    @property
    def as_claimed(self) -> bool:
        """Whether a claim is proved, or a fallacy refuted, with no fault."""
        wanted = "proved" if self.kind == "claim" else "refuted"
        return self.status == wanted and not self.faults

    @property
    def failed_place(self) -> str:
        """In words, which ``=`` is the first that is not proved; empty where there is only one, or all are proved.

        >>> Verdict("c", "claim", "c.py", 1, "refuted", "", failed_step=3, chains=(1, 2)).failed_place
        'equation 2 of 2, the = number 2 of its chain'
        """
        if self.failed_step is None:
            return ""
        before, chains = 0, self.chains or (self.failed_step,)
        for number, length in enumerate(chains, 1):
            if self.failed_step <= before + length:
                of_equation = [f"equation {number} of {len(chains)}"] * (len(chains) > 1)
                whose = "its" if of_equation else "the"
                of_chain = [f"the = number {self.failed_step - before} of {whose} chain"] * (length > 1)
                return ", ".join(of_equation + of_chain)
            before += length
        return ""

    def __repr__(self) -> str:
        word = self.status if self.as_claimed else self.status.upper()
        return f"<{word}: {self.kind} {self.name}{f', {self.scope}' if self.scope else ''}>"

    def _repr_html_(self) -> str:
        """The verdict in a notebook: statement, badge, and proof or counterexample."""
        # Loaded late: showing needs the faces, and a verdict is plain data.
        html: str = importlib.import_module("symconv.faces.notebook").verdict_html(self)
        return html

    def __bool__(self) -> NoReturn:
        raise TypeError(
            f"a verdict is not true or false: {self.name} is {self.status}; "
            "compare verdict.status, or use verdict.as_claimed"
        )

    def to_json(self) -> dict[str, Any]:
        """One flat object of numbers, strings, lists and dictionaries."""
        return {
            "name": self.name,
            "file": self.file,
            "line": self.line,
            "kind": self.kind,
            "status": self.status,
            "as_claimed": self.as_claimed,
            "scope": self.scope,
            "for_all_sizes": self.for_all_sizes,
            "sizes": [dict(sizes) for sizes in self.sizes],
            "seconds": round(self.seconds, 4),
            "reason": self.reason,
            "evidence": list(self.evidence),
            "notes": list(self.notes),
            "faults": list(self.faults),
            "counterexample": None if self.counterexample is None else self.counterexample.to_json(),
            "where": list(self.where),
            "failed_step": self.failed_step,
            "failed_reason": self.failed_reason,
            "chains": list(self.chains),
            "spot_checks": [check.to_json() for check in self.spot_checks],
            "simplified": [
                {"sizes": dict(s.sizes), "index": list(s.index), "step": s.step, "expression": str(s.expression)}
                for s in self.simplified
            ],
        }


def _plain(value: Any) -> Any:
    """Exact numbers as ``int`` or ``"p/q"``, nested as they were."""
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else str(value)
    return value
