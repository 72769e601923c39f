"""pytest as proof checker: each claim is a test item, which fails with its counterexample instead of a traceback.

Claims run in pytest's own process: its time limit ends Python code, but C code only once it comes back, and memory is
not limited. The command ``symconv prove`` gives each file a process of its own, which it really ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from symconv.errors import LoadError
from symconv.faces import text
from symconv.faces.attempt import attempt_within
from symconv.faces.loading import ProofFile, folder_on_path, load
from symconv.faces.outcome import Outcome
from symconv.faces.titles import titled

if TYPE_CHECKING:
    from symconv.claims import Claim


class NotAsClaimed(Exception):
    """A claim was not proved, a fallacy not refuted, or one of them could not be tried."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(text.failure_text(outcome))
        self.outcome = outcome


class ProofModule(pytest.File):
    """A file of claims. It is no `pytest.Module`: the file's test functions, if any, are pytest's own affair."""

    def collect(self) -> Iterator[ClaimItem]:
        """Every claim and fallacy of the file, in the order of their lines."""
        # As found in a folder: a helper beside the proofs holds no claims, and that is no error.
        try:
            claims = load(ProofFile(self.path, self.nodeid, found=True))
        except LoadError as error:
            raise self.CollectError(str(error)) from error
        for claim in claims:
            yield ClaimItem.from_parent(self, name=claim.name, claim=claim)


class ClaimItem(pytest.Item):
    """One claim to prove, or fallacy to refute."""

    def __init__(self, *, claim: Claim, **options: Any) -> None:
        super().__init__(**options)
        self.claim = claim
        self.add_marker(claim.kind)
        for mark in getattr(claim.function, "pytestmark", ()):  # written below @claim, as in @pytest.mark.skip
            self.add_marker(getattr(pytest.mark, mark.name)(*mark.args, **mark.kwargs))
        if claim.doc:
            self.user_properties.append(("statement", titled(claim.doc)[0]))

    def runtest(self) -> None:
        """Prove it, within the time limit of the configuration."""
        file = self.nodeid.partition("::")[0]
        with folder_on_path(self.path.parent):
            outcome = attempt_within(self.claim, file, float(self.config.getini("symconv_time_limit")))
        if outcome.verdict is not None:
            self.user_properties += [("status", outcome.status), ("scope", outcome.verdict.scope)]
        if not outcome.as_claimed:
            raise NotAsClaimed(outcome)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The verdict as text; a traceback only for what symconv did not foresee."""
        if isinstance(excinfo.value, NotAsClaimed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """Where the claim stands, and its name."""
        return self.path, self.claim.line - 1, self.name
