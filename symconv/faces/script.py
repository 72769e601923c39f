"""``symconv.run(__name__)``, the one line at the end of a proof file: ``python file.py`` then proves its claims."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from symconv.errors import LoadError
from symconv.faces import text
from symconv.faces.attempt import attempt_within
from symconv.faces.loading import refuse_lost_claims, shown
from symconv.faces.outcome import Outcome, exit_code


def run(module: str, *, time_limit: float | None = 60.0) -> None:
    """Prove the claims of the module when it is run as a script, print the verdicts and exit; otherwise do nothing.

    The claims run in this process, so that the time limit ends Python code, and what C code does only once it comes
    back; memory is not limited. The command ``symconv prove`` runs each file in a process of its own and ends that;
    it also notices claims that a function has made and that the file does not keep.

    Exit code 0: everything is as claimed; 1: something is not; 2: something could not be tried.
    """
    if module != "__main__":
        return
    from symconv.claims import claims_of

    namespace = vars(sys.modules[module])
    path = Path(namespace.get("__file__", "<stdin>")).absolute()
    file = shown(path)
    started = time.monotonic()
    outcomes: list[Outcome] = []
    try:
        refuse_lost_claims(path, file, namespace)
    except LoadError as error:
        outcomes.append(Outcome(file, error=str(error)))
        print(text.outcome_text(outcomes[-1]), flush=True)
    for claim in claims_of(namespace):
        outcomes.append(attempt_within(claim, file, time_limit))
        print(text.outcome_text(outcomes[-1]), flush=True)
    print("\n" + text.summary(outcomes, time.monotonic() - started))
    sys.exit(exit_code(outcomes))
