"""`prove`: the general proof, the bounded proof at small sizes, else a counterexample, and the spot check always."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, SupportsFloat

from symconv.claims import Claim
from symconv.claims.kept import BuiltinsKept
from symconv.errors import ClaimError, TimeLimit, Undecided, Undefined
from symconv.kernel.evaluate import Deadline
from symconv.prover import (
    bounded,
    counterexample,
    larger,
    points,
    refute,
    room,
    spot,
    sympy_witness,
    undecided,
    where,
    witnesses,
)
from symconv.prover import general as general_reading
from symconv.prover import sizes as choice
from symconv.prover.limits import deep_recursion, interrupted_after
from symconv.prover.proof import Proof
from symconv.prover.reading import Pair, Reading, Sizes, assume, read
from symconv.prover.written import same_as_written
from symconv.verdict import Counterexample, Simplified, SpotCheck, Verdict

_LARGEST = 2000
_SURVEY = 3.0
"""Seconds for a look at larger sizes where a claim is not proved for every size."""


@dataclass(frozen=True)
class Effort:
    """How far the small sizes are taken: entries at one combination, number of combinations, and how far the others
    go there, SymPy in operations that it simplifies, NumPy in spot checks. Counted, not timed, so that a claim has the
    same verdict on each machine.
    """

    entries: int
    sizes: int
    operations: int = 0
    checks: int = 0


_ALONE = Effort(_LARGEST, 40, operations=4_000, checks=12)
_BESIDE_A_GENERAL_PROOF = Effort(60, 4, operations=400, checks=3)
_BRIEF = Effort(40, 3, operations=60, checks=2)
_SUSPECTS = Effort(100, 4)
_SECONDS_FOR_WHERE = 0.5
_SECONDS_FOR_A_CROSS_CHECK = 10.0
_MOST_AT_ONCE = 200_000


def prove(claim: Claim, *, sizes: Any = None, time_limit: float | None = None) -> Verdict:
    """Prove a claim, refute it, or say why neither.

    ``sizes`` restricts the sizes at which it is looked at: a mapping from size names to an integer or several, or a
    list of mappings. ``time_limit`` is in seconds; past it the verdict is undecided.

    Raises: ClaimError when the claim cannot be read or has no such sizes; TypeError, ValueError for other arguments.

    >>> from symconv import Tensor, claim, equal
    >>> @claim
    ... def scaling_is_linear(x: Tensor["n"], y: Tensor["n"]):
    ...     return equal(3 * (x + y), 3 * x + 3 * y)
    >>> prove(scaling_is_linear).status
    'proved'
    """
    if not isinstance(claim, Claim):
        raise TypeError(f"prove takes a claim, that is, a function under @claim or @fallacy, not {claim!r}")
    _check_readable(claim)
    _check_time_limit(time_limit)
    sizes = choice.checked(sizes)
    start = time.monotonic()
    attempt, kept = _Attempt(claim, Deadline(time_limit), sizes), BuiltinsKept()
    with claim.blamed():
        try:
            with kept, interrupted_after(time_limit), deep_recursion():
                attempt.run()
        except TimeLimit:
            attempt.out_of_time(time_limit)
        except RecursionError as problem:
            if claim.recurses_in(problem):
                raise
            attempt.stopped("the expressions are nested too deeply to be looked at")
        claim.refuse_changed(kept)  # by what its tensors call while it is proved, as by its body
        attempt.find_faults()
        return replace(attempt.verdict(), seconds=time.monotonic() - start, claim=claim)


def _check_readable(claim: Claim) -> None:
    if claim.problem is not None:
        raise claim.problem
    if claim.unused:
        raise ClaimError(
            f"{claim.kind} {claim.name} ({claim.where}) never uses its parameter "
            f"{', '.join(claim.unused)}; a hypothesis that the statement does not mention is most likely a slip, "
            "so use it or leave it out"
        )


def _check_time_limit(seconds: object) -> None:
    accepted = "time_limit is a positive number of seconds, or None for as long as it takes"
    if seconds is None:
        return
    if isinstance(seconds, bool) or not isinstance(seconds, SupportsFloat):
        raise TypeError(f"{accepted}, not {seconds!r}")
    if not 0 < float(seconds) < float("inf"):
        raise ValueError(f"{accepted}, not {seconds!r}")


@dataclass
class _Attempt:
    """One run of `prove`: what was tried so far, and what came out."""

    claim: Claim
    tick: Deadline
    wanted: Any
    combinations: list[Sizes] = field(default_factory=list)
    readings: dict[tuple[tuple[str, int], ...], Reading] = field(default_factory=dict)
    general: general_reading.Result = field(default_factory=lambda: general_reading.Result(False))
    partly: general_reading.Result = field(default_factory=lambda: general_reading.Result(False))
    proved_at: list[Sizes] = field(default_factory=list)
    entries: int = 0
    failure: bounded.Failure | None = None
    failed_at: Sizes | None = None
    failed_pair: Pair | None = None
    counterexample: Counterexample | None = None
    reason: str = ""
    stage: str = "the first look for numbers"
    kinks: bool = False
    chains: tuple[int, ...] = (1,)
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    spot_checks: tuple[SpotCheck, ...] = ()
    testimony: sympy_witness.Testimony = field(default_factory=sympy_witness.Testimony)
    put_in: Mapping[str, witnesses.Witness] = field(default_factory=dict)
    where: tuple[str, ...] = ()
    survey: larger.Survey = field(default_factory=larger.Survey)

    def run(self) -> None:
        self.look_at_suspects()
        self.stage = "the proof for every size"
        if self.wanted is None and (self.claim.sizes or choice.entries(self.claim, {}) > _LARGEST):
            self.read_generally()
        # Beside a general proof the small sizes are a cross-check by another engine, and a few of them do.
        effort = _ALONE if not self.general.proved else _BRIEF if len(self.claim.sizes) > 3 else _BESIDE_A_GENERAL_PROOF
        found = choice.combinations(self.claim, self.wanted, effort.entries)
        # Whoever asks for sizes asks for all of them.
        self.combinations = found if self.wanted is not None else choice.spread(found, effort.sizes)
        if not self.combinations:
            smallest = general_reading.smallest_sizes(self.claim)
            self.combinations = [sizes for sizes in smallest if choice.is_allowed(self.claim, sizes)][:1]
        if not self.combinations:
            # A statement about nothing would be an empty win, whatever its proof says.
            self.general = general_reading.Result(False)
            self.reason = f"no sizes are found that meet the hypotheses {self.claim.hypotheses}"
            return
        self.look_at_small_sizes()
        if self.status == "proved" and not self.general.proved and self.wanted is None and not self.general.where:
            self.partly = general_reading.attempt_partly(self.claim, self.tick)
        chosen = None if self.wanted is None else self.combinations
        self.spot_checks = spot.run(self.claim, chosen, effort.checks)
        if self.status != "refuted" and not self.general.proved and self.wanted is None and self.claim.sizes:
            self.look_further()
        self.say_where()
        if self.status == "proved":
            self.second_witness(effort.operations)
            self.note_empty_win()

    def look_at_small_sizes(self) -> None:
        """The bounded proof at all chosen sizes; beside a general proof it is a cross-check, and may be cut short."""
        try:
            with interrupted_after(_SECONDS_FOR_A_CROSS_CHECK if self.general.proved else None):
                for sizes in [*self.combinations, *self.suggested()]:
                    if self.counterexample is not None:
                        return
                    self.at_sizes(sizes)
        except TimeLimit:
            self.tick()
            if not self.general.proved:
                raise

    def look_at_suspects(self) -> None:
        """Look for numbers at the smallest sizes at which NumPy sees a difference, before anything that takes long."""
        smallest = choice.combinations(self.claim, self.wanted, _SUSPECTS.entries)[: _SUSPECTS.sizes]
        for sizes, step in spot.suspects(self.claim, smallest):
            try:
                self.check_hypotheses(sizes)
            except (Undefined, Undecided):
                continue
            found = refute.search(self.claim, sizes, (), self.tick, step)
            if found is not None:
                self.refuted_by(found, sizes, step)
                return

    def check_hypotheses(self, sizes: Sizes) -> None:
        """Refuse what the hypotheses do not allow, whatever functions are put in: the derivative of any function."""
        reading = self.reading(sizes)
        self.chains = reading.chains
        for pair in reading.pairs:
            for side in (pair.left, pair.right):
                _ = side.definition  # written only when it is asked for

    def read_generally(self) -> None:
        """The general reading, which may take half of the time; less where it can only say where a claim fails."""
        left = self.tick.left
        most = _SECONDS_FOR_WHERE if self.counterexample is not None else None if left is None else left / 2
        try:
            with interrupted_after(most):
                self.general = general_reading.attempt(self.claim)
        except TimeLimit:
            self.tick()
            self.general = general_reading.Result(False, "it takes too long with sizes as symbols")

    def suggested(self) -> list[Sizes]:
        """Sizes at which the normal forms for every size differ, as far as they are not too large to look at."""
        fits = (s for s in self.general.suggestions if choice.is_allowed(self.claim, s))
        return [s for s in fits if s not in self.combinations and choice.entries(self.claim, s) <= _LARGEST]

    def look_further(self) -> None:
        """Where NumPy sees a difference at larger sizes, look for numbers there and at sizes in between."""
        self.survey = larger.survey(self.claim, self.proved_at, self.tick, _SURVEY)
        seen = [dict(check.sizes) for check in self.spot_checks if not check.agrees] + self.survey.differing
        for sizes in seen:
            for smaller in [*choice.below(self.claim, sizes, most=60), sizes]:
                if smaller not in self.proved_at and choice.entries(self.claim, smaller) <= _LARGEST:
                    self.at_sizes(smaller)
                if self.counterexample is not None:
                    return

    def at_sizes(self, sizes: Sizes) -> None:
        """The bounded proof at one combination; a failure is followed by the search for numbers."""
        count = choice.entries(self.claim, sizes)
        if count > _MOST_AT_ONCE:
            self.leave_open(sizes, None, f"its tensors have {count} entries here; up to {_MOST_AT_ONCE} are looked at")
            return
        try:
            reading = self.reading(sizes)
        except Undefined as problem:
            self.undefined_body(sizes, str(problem))
            return
        except Undecided as problem:
            self.leave_open(sizes, None, str(problem))
            return
        self.chains = reading.chains
        result = bounded.check(reading, self.tick)
        self.entries += result.entries
        self.kinks = self.kinks or result.kinks
        for failure in result.failures:
            if failure.open and self.general.proved:
                continue  # this engine cannot tell, NumPy has seen no difference, and the proof is there
            found = refute.search(self.claim, sizes, failure.relevant, self.tick, failure.pair.number)
            if found is not None:
                self.refuted_by(found, sizes, failure.pair.number)
                return
        if result.failures:
            self.leave_open(sizes, result.failures[0], result.failures[0].reason)
            self.faults += [self.contradiction(sizes, f) for f in result.failures if self.general.proved and not f.open]
        else:
            self.proved_at.append(sizes)

    def contradiction(self, sizes: Sizes, failure: bounded.Failure) -> str:
        """The engine of small sizes is certain of a difference where the general one has proved that there is none."""
        return f"the general proof is contradicted at {sizes}, step {failure.pair.number}: {failure.reason}"

    def reading(self, sizes: Sizes) -> Reading:
        """The claim read at these sizes; kept, since several engines look at it."""
        key = tuple(sorted(sizes.items()))
        if key not in self.readings:
            self.readings[key] = read(self.claim, sizes)
        return self.readings[key]

    def refuted_by(self, found: refute.Found, sizes: Sizes, step: int) -> None:
        """Numbers are found at these sizes; smaller sizes, which the combinations may have left out, come first."""
        point, seen = self.at_smaller_sizes(sizes, step) or found
        self.failed_pair, self.failed_at, self.put_in = seen.pair, point.reading.sizes, point.functions
        self.counterexample = counterexample.counterexample(self.claim, point, seen)

    def at_smaller_sizes(self, sizes: Sizes, step: int) -> refute.Found | None:
        """A counterexample of the same step at smaller sizes."""
        for smaller in choice.below(self.claim, sizes):
            found = refute.search(self.claim, smaller, (), self.tick, step)
            if found is not None:
                return found
        return None

    def say_where(self) -> None:
        """At which sizes and entries a refuted claim fails, and where it holds; what would mend it, if it is sizes."""
        if self.counterexample is None:
            return
        if self.counterexample.undefined and self.general.room is not None:
            mended = room.advice(self.claim, self.general.room, self.failed_at or {})
            self.where = (mended,) if mended else ()
        if self.failed_pair is None:
            return
        step, failing = self.failed_pair.number, self.general.failing
        derived = failing if failing is not None and failing.step == step else None
        found = where.sentences(self.claim, step, self.failed_at or {}, derived, self.put_in, self.tick)
        self.where = (*found, *self.where)

    def undefined_body(self, sizes: Sizes, problem: str) -> None:
        """The claim's body has no value at these sizes, whatever the entries: a counterexample of sizes alone.

        Smaller sizes, which the combinations may have left out, come first.
        """
        for smaller in choice.below(self.claim, sizes):
            try:
                found = refute.search(self.claim, self.reading(smaller).sizes, (), self.tick)
            except Undefined as earlier:
                sizes, problem = smaller, str(earlier)
                break
            except Undecided:
                continue
            if found is not None:
                self.refuted_by(found, smaller, found[1].pair.number)
                return
        functions = next(witnesses.simple(self.claim, sizes))
        reading, _ = assume(self.claim, sizes, {name: w.function for name, w in functions.items()})
        point = points.Point(reading, functions, points.origin(points.unknowns_of(reading)))
        self.failed_at = sizes
        self.counterexample = counterexample.undefined_counterexample(self.claim, point, problem)

    def leave_open(self, sizes: Sizes, failure: bounded.Failure | None, reason: str) -> None:
        if self.failed_at is None:
            self.failure, self.failed_at, self.reason = failure, sizes, reason

    def out_of_time(self, time_limit: float | None) -> None:
        done = f"after {len(self.proved_at)} of {len(self.combinations)} combinations of sizes were proved"
        stage = done if self.combinations else f"during {self.stage}"
        self.stopped(f"the time limit of {time_limit:g} s is reached, {stage}")

    def stopped(self, reason: str) -> None:
        self.reason = reason
        if self.failed_at is None:
            self.failed_at = (
                self.combinations[min(len(self.proved_at), len(self.combinations) - 1)] if self.combinations else {}
            )

    def second_witness(self, operations: int) -> None:
        """SymPy at the smaller sizes, an equal share of the operations that are left for each."""
        for number, sizes in enumerate(self.combinations):
            share = operations // (len(self.combinations) - number)
            seen = sympy_witness.examine(self.reading(sizes), self.tick, share)
            operations -= seen.operations
            self.testimony.add(seen)
            if operations <= 0 or self.testimony.confirmed > 200:
                break

    def note_empty_win(self) -> None:
        """A step whose sides are one term wherever they were looked at needs no proof: most likely it is a slip."""
        same = [str(number) for number in range(1, sum(self.chains) + 1) if self.is_one_term(number)]
        if same:
            where = "at each combination of sizes looked at, " if self.claim.sizes else ""
            self.notes.append(
                f"{where}both sides of step {', '.join(same)} become the same term when they are read, "
                "so nothing is left to prove there"
            )
        if self.kinks or self.general.kinks:
            self.notes.append("holds off the kinks of what is differentiated, those of its parts included")

    def is_one_term(self, step: int) -> bool:
        """Whether the sides of a step are the same term at all sizes looked at; the largest tell them apart first."""
        readings = map(self.reading, reversed(self.combinations))
        return all(same_as_written(pair) for reading in readings for pair in reading.pairs if pair.number == step)

    def find_faults(self) -> None:
        """Disagreements between the engines."""
        self.faults += self.testimony.contradictions
        if self.counterexample is not None and self.general.proved:
            self.faults.append("the general proof is contradicted by the counterexample")
        if self.status == "proved":
            self.faults += [
                f"NumPy contradicts the proof at {c.sizes}: {c.note or c.error}"
                for c in self.spot_checks
                if not c.agrees
            ]
        if self.counterexample is not None and "NumPy" not in self.counterexample.confirmed_by:
            self.faults.append(f"NumPy does not confirm the counterexample {self.counterexample.call}")

    @property
    def status(self) -> Any:
        if self.counterexample is not None:
            return "refuted"
        at_sizes = self.failed_at is None and self.proved_at and not self.reason
        return "proved" if at_sizes or self.general.proved else "undecided"

    def verdict(self) -> Verdict:
        claim, status = self.claim, self.status
        simplified: tuple[Simplified, ...] = tuple(self.testimony.simplified)
        pair = self.failed_pair or (self.failure.pair if self.failure is not None else None)
        failed = pair if status != "proved" and sum(self.chains) > 1 else None
        return Verdict(
            name=claim.name,
            kind=claim.kind,
            file=claim.file,
            line=claim.line,
            status=status,
            scope=self.scope(),
            for_all_sizes=status == "proved" and (self.general.proved or not claim.sizes),
            sizes=tuple(self.proved_at),
            reason=self.undecided_reason() if status == "undecided" else "",
            evidence=tuple(self.evidence()) if status == "proved" else (),
            notes=tuple(self.notes),
            faults=tuple(self.faults),
            counterexample=self.counterexample,
            where=self.where,
            failed_step=None if failed is None else failed.number,
            failed_reason=None if failed is None else failed.reason,
            chains=self.chains,
            spot_checks=self.spot_checks,
            simplified=simplified,
            proof=Proof(self.general.theorems) if self.general.proved and status == "proved" else None,
        )

    def scope(self) -> str:
        if self.status == "refuted":
            shown = ", ".join(f"{name} = {value}" for name, value in (self.failed_at or {}).items())
            return f"fails at {shown}" if shown else "fails"
        if self.status == "undecided":
            return "nothing is proved for all sizes asked for"
        if not self.claim.sizes:
            return "every size stated"
        if self.general.proved:
            free, *conditions = self.claim.size_hypotheses
            return f"every {free}" + (f" with {', '.join(conditions)}" if conditions else "")
        if self.partly.proved:
            free = ", ".join(name for name in self.claim.sizes if name not in self.partly.fixed)
            fixed = f"{', '.join(self.partly.fixed)} = {', '.join(map(str, choice.USUAL))}"
            return "; ".join([f"every {free} >= 1"] * bool(free) + [fixed, *self.claim.size_hypotheses[1:]])
        values = {name: sorted({sizes[name] for sizes in self.proved_at}) for name in self.claim.sizes}
        ranges = "; ".join(f"{name} in {', '.join(map(str, found))}" for name, found in values.items())
        if len(self.proved_at) == 1:
            return ", ".join(f"{name} = {value}" for name, value in self.proved_at[0].items())
        return f"{len(self.proved_at)} combinations of {ranges}"

    def undecided_reason(self) -> str:
        """The rule that is missing, the case that is left, and what was tried."""
        tried = undecided.Tried(
            self.general.reason or None,
            len(self.combinations),
            len(self.proved_at),
            self.spot_checks,
        )
        return undecided.sentence(self.claim, self.failure, self.reason, self.failed_at or {}, tried)

    def evidence(self) -> list[str]:
        lines = []
        if self.general.proved:
            lines.append("for every size: both sides are one function from index tuples to coefficients")
            lines += [f"  by: {rule}" for rule in self.general.rules]
        elif self.partly.proved:
            lines.append(
                f"for every size but {', '.join(self.partly.fixed)}, fixed at {', '.join(map(str, choice.USUAL))}"
            )
        elif self.general.reason:
            lines.append(f"not for every size: {self.general.reason}")
        if self.proved_at:
            agree = "1 entry agrees" if self.entries == 1 else f"{self.entries} entries agree"
            combinations = f"{len(self.proved_at)} combination{'s' * (len(self.proved_at) != 1)} of sizes"
            lines.append(f"by normal forms, {agree}{f', at {combinations}' if self.claim.sizes else ''}")
        seen = self.testimony
        if seen.confirmed or seen.open:
            rest = f"; {seen.open} are beyond its expand and cancel" if seen.open else ""
            lines.append(
                f"SymPy brings the difference to 0 at {seen.confirmed} of {seen.confirmed + seen.open} entries{rest}"
            )
        if self.survey.looked_at:
            largest = ", ".join(f"{name} = {value}" for name, value in self.survey.largest.items())
            looked_at = f"{self.survey.looked_at} more combination{'s' * (self.survey.looked_at != 1)} of sizes"
            lines.append(f"NumPy agrees at {looked_at}, up to {largest}")
        for check in self.spot_checks:
            shown = ", ".join(f"{name} = {value}" for name, value in check.sizes.items())
            at = f" at {shown}" if shown else ""
            entries = "1 entry" if check.entries == 1 else f"{check.entries} entries"
            lines.append(f"NumPy agrees{at}: {entries}, relative error {check.error:.1e}")
        return lines
