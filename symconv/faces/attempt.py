"""Prove one claim in this process and say what became of it; nothing that a claim does escapes as an exception."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from symconv.errors import SymconvError, TimeLimit
from symconv.faces.exposition import Exposition
from symconv.faces.loading import describe, describe_error
from symconv.faces.outcome import ClaimInfo, Outcome, portable
from symconv.verdict import Verdict

if TYPE_CHECKING:
    from symconv.claims import Claim

_SHORT = 200
"""Letters up to which an error is a sentence to be read."""

GRACE = 0.75
"""Seconds after its time limit that a proof has to end by itself, which gives the better report."""


def attempt(claim: Claim, file: str, time_limit: float | None, index_origin: int | None = None) -> Outcome:
    """The claim's verdict, or the sentence that says why there is none; with its exposition where an origin is given.

    An exposition takes its own time after the proof.
    """
    from symconv.claims import located
    from symconv.prover import prove

    info = describe(claim)
    try:
        verdict = replace(prove(claim, time_limit=time_limit), file=file)
        outcome = judged(portable(verdict, file), info)
        return outcome if index_origin is None else replace(outcome, exposition=exposed(claim, verdict, index_origin))
    except TimeLimit:
        return ended(info, file, out_of_time(time_limit), time_limit or 0.0)
    except SymconvError as error:
        return failed(info, file, located(error))
    except (Exception, SystemExit) as error:
        return failed(info, file, ended_in(error, info, file))


def exposed(claim: Claim, verdict: Verdict, index_origin: int) -> Exposition:
    """What is shown of a claim; without its formulas where these cannot be written, which it then says."""
    from symconv.faces.exposing import expose

    try:
        return expose(claim, verdict, index_origin)
    except Exception as error:  # a claim's body may raise anything when it is read once more
        title, _, rest = claim.doc.partition("\n")
        return Exposition(
            claim.name,
            claim.kind,
            verdict.status,
            verdict.as_claimed,
            verdict.file,
            claim.line,
            title.strip(),
            tuple(" ".join(block.split()) for block in rest.split("\n\n") if block.strip()),
            scope=verdict.scope,
            evidence=verdict.evidence,
            caveats=verdict.notes,
            reason=verdict.reason,
            index_origin=index_origin,
            problem=f"The formulas cannot be shown: {_in_short(error)}.",
        )


def _in_short(error: Exception) -> str:
    """The first sentence of an error that is written for a reader; of another, which may say anything, its type."""
    if not isinstance(error, SymconvError):
        return f"writing them ended in {type(error).__name__}"
    first = " ".join(str(error).split()).partition("; ")[0]
    return first.rstrip(".") if len(first) < _SHORT else f"writing them ended in {type(error).__name__}"


def judged(verdict: Verdict, info: ClaimInfo) -> Outcome:
    """The outcome that has a verdict."""
    return Outcome(verdict.file, info.line, info.name, info.kind, verdict=verdict, info=info)


def failed(info: ClaimInfo, file: str, reason: str) -> Outcome:
    """The outcome of a claim that could not be tried."""
    return Outcome(file, info.line, info.name, info.kind, error=reason, info=info)


def ended_in(error: BaseException, info: ClaimInfo, file: str) -> str:
    """Why a claim or picture could not be tried, when the reason is an exception that nobody expected."""
    what = "picture" if info.kind == "picture" else "claim"
    return f"{file}:{info.line}: {what} {info.name} ended in {describe_error(error)}"


def ended(info: ClaimInfo, file: str, reason: str, seconds: float) -> Outcome:
    """The outcome of what was ended from outside: a claim is undecided, a picture is not there."""
    if info.kind == "picture":
        return failed(info, file, f"{file}:{info.line}: picture {info.name}: {reason}")
    verdict = Verdict(info.name, info.kind, file, info.line, "undecided", "", seconds=seconds, reason=reason)
    return judged(verdict, info)


def out_of_time(time_limit: float | None) -> str:
    """Why a proof was ended."""
    return f"the time limit of {time_limit:g} s was reached" if time_limit else "the time limit was reached"


class _Alarm(BaseException):
    """The last resort against a claim that does not end; no `except Exception` on its way may keep it."""


def attempt_within(claim: Claim, file: str, time_limit: float | None) -> Outcome:
    """As `attempt`, ended from outside if need be: for faces that prove in the user's own process."""
    from symconv.prover.limits import Alarm

    try:
        with Alarm(None if time_limit is None else time_limit + GRACE, _Alarm, again=1.0):
            return attempt(claim, file, time_limit)
    except _Alarm:
        info = describe(claim)
        return ended(info, file, out_of_time(time_limit), time_limit or 0.0)
