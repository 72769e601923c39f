"""Prove the claims of many files in processes of their own, so that nothing in a file takes the run down.

The parent imports no proof file. Each worker imports one file and proves its claims one by one; the parent hands out
the claims, watches the clock, and ends a worker that overstays. What is left of its file goes to a new worker.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from multiprocessing import connection
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from symconv.faces.attempt import GRACE, ended, failed, out_of_time
from symconv.faces.loading import BadTarget, ProofFile
from symconv.faces.outcome import ClaimInfo, Outcome
from symconv.faces.worker import (
    Finished,
    Limits,
    Loaded,
    LoadFailed,
    Message,
    Started,
    Wishes,
    allowance,
    descendants,
    work,
)

TICK = 0.1
"""Seconds between two looks at clocks and processes."""

KEPT_OUTPUT = 4000
"""Characters that are kept of what a file prints while one claim is proved."""


@dataclass
class _FileRun:
    """One file of the run: its claims once known, and the outcome of each once there."""

    file: ProofFile
    claims: tuple[ClaimInfo, ...] | None = None
    pending: deque[int] = field(default_factory=deque)
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    failure: Outcome | None = None
    printed: str = ""
    doc: str = ""

    @property
    def complete(self) -> bool:
        """Whether nothing more is to be expected of it."""
        return self.failure is not None or (self.claims is not None and len(self.outcomes) == len(self.claims))

    def fail(self, reason: str) -> None:
        """No claim can be had from the file (any more)."""
        self.failure = Outcome(self.file.shown, error=reason, printed=self.printed)
        self.pending.clear()


class _Worker:
    """A process at work on one file, as the parent sees it."""

    def __init__(self, run: _FileRun, limits: Limits, wishes: Wishes) -> None:
        context = _context()
        self.run = run
        self.limits = limits
        self.wishes = wishes
        self.number: int | None = None
        self.started = time.monotonic()
        self.deadline: float | None = None
        self.loaded = False
        self.handed = 0
        self.output = ""
        self.connection, theirs = context.Pipe()
        self.printed, their_output = context.Pipe(duplex=False)
        if os.name == "posix":
            os.set_blocking(self.printed.fileno(), False)
        arguments = (theirs, their_output, run.file, limits, wishes)
        self.process: BaseProcess = context.Process(target=work, args=arguments)
        self.process.start()
        theirs.close()
        their_output.close()

    @property
    def busy(self) -> bool:
        """Whether it imports or proves, rather than waits for its next claim."""
        return not self.loaded or self.number is not None

    @property
    def doing(self) -> str:
        """What it is busy with, for people."""
        if self.number is None or self.run.claims is None:
            return self.run.file.shown
        return self.run.claims[self.number].name

    @property
    def overdue(self) -> bool:
        """Whether its time is up."""
        return self.deadline is not None and time.monotonic() > self.deadline

    def start_clock(self) -> None:
        """Count the time limit from now."""
        self.started = time.monotonic()
        seconds = self.limits.seconds if self.number is None else allowance(self.limits, self.wishes)
        self.deadline = None if seconds is None else self.started + seconds + GRACE

    def stop_clock(self) -> None:
        """Waiting for the parent costs a worker nothing."""
        self.deadline = None

    def prove(self, number: int) -> None:
        """Hand it the claim with this number. Should it be gone already, the next look at it tells."""
        self.number = number
        self.handed += 1
        self.output = ""
        self.start_clock()
        with contextlib.suppress(OSError):
            self.connection.send(number)

    def received(self) -> Iterator[Message]:
        """The messages that have arrived; raises EOFError or OSError where none can come any more."""
        while self.connection.poll():
            yield self.connection.recv()

    def read_output(self) -> None:
        """Take what was printed, so that the worker never waits for a reader; keep its beginning."""
        with contextlib.suppress(OSError):
            # A pipe holds less than this many pieces; a worker that prints for ever shall not keep us here.
            for _ in range(64):
                text = os.read(self.printed.fileno(), 65536)
                if len(self.output) <= KEPT_OUTPUT:
                    self.output += text.decode("utf-8", "replace")
        if len(self.output) > KEPT_OUTPUT:
            self.output = self.output[:KEPT_OUTPUT] + " ..."

    def end(self) -> int | None:
        """End the process and all that it started; its exit code, where it had ended by itself."""
        code = self.process.exitcode
        pid = self.process.pid
        if os.name == "posix" and pid is not None:
            started = descendants(pid)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
            for other in started:  # what has left the process group
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(other, signal.SIGKILL)
        self.process.kill()
        self.process.join()
        self.connection.close()
        self.printed.close()
        return code


class Run:
    """The outcomes of all claims in the files, in the order of files and lines; iterate over it to run it.

    With ``only_list`` the files are imported and their claims described, and nothing is proved. Where pictures are
    wished for, those of each file follow its claims.
    """

    def __init__(
        self,
        targets: Iterable[ProofFile | BadTarget],
        *,
        jobs: int = 1,
        limits: Limits | None = None,
        only_list: bool = False,
        wishes: Wishes | None = None,
    ) -> None:
        named = list(targets)
        self._bad = [target for target in named if isinstance(target, BadTarget)]
        self._runs = [_FileRun(target) for target in named if isinstance(target, ProofFile)]
        self._unopened = deque(self._runs)
        self._jobs = max(1, jobs)
        self._limits = limits or Limits(60.0)
        self._only_list = only_list
        self._wishes = wishes or Wishes()
        self._workers: list[_Worker] = []
        self._given = 0

    @property
    def outcomes(self) -> list[Outcome]:
        """All that is known so far, in order."""
        return [outcome for run in self._runs for outcome in _known(run)] + [_bad_outcome(bad) for bad in self._bad]

    @property
    def done(self) -> int:
        """How many claims have an outcome."""
        return sum(len(run.outcomes) for run in self._runs)

    @property
    def total(self) -> int:
        """How many claims are known of; it grows until every file is imported."""
        return sum(len(run.claims or ()) for run in self._runs)

    @property
    def docs(self) -> dict[str, str]:
        """The docstring of each file that is imported."""
        return {run.file.shown: run.doc for run in self._runs}

    @property
    def running(self) -> list[str]:
        """What is being worked on."""
        return [worker.doing for worker in self._workers if worker.busy]

    @property
    def unfinished(self) -> list[str]:
        """Claims, and files never opened, that have no outcome."""
        return [target for run in self._runs if not run.complete for target in _missing(run)]

    def __iter__(self) -> Iterator[Outcome]:
        return (outcome for outcome in self.steps() if outcome is not None)

    def steps(self) -> Iterator[Outcome | None]:
        """Each outcome as soon as all before it are there, and None at each look meanwhile, for a progress display."""
        try:
            while True:
                ready = self.outcomes_in_order()
                while self._given < len(ready):
                    self._given += 1
                    yield ready[self._given - 1]
                if all(run.complete for run in self._runs):
                    break
                self._step()
                yield None
        finally:
            self.close()
        yield from (_bad_outcome(bad) for bad in self._bad)

    def outcomes_in_order(self) -> list[Outcome]:
        """The outcomes up to the first that is missing."""
        ready: list[Outcome] = []
        for run in self._runs:
            count = 0
            while count in run.outcomes:
                ready.append(run.outcomes[count])
                count += 1
            if not run.complete:
                break
            if run.failure is not None:
                ready += _known(run)[count:]
        return ready

    def close(self) -> None:
        """End every worker."""
        while self._workers:
            self._workers.pop().end()

    def _step(self) -> None:
        self._fill()
        _wait(self._workers)
        for worker in list(self._workers):
            self._attend(worker)

    def _fill(self) -> None:
        """Give every idle worker a claim, and start workers while there are places and work."""
        for worker in list(self._workers):
            if not worker.busy:
                if worker.run.pending:
                    worker.prove(worker.run.pending.popleft())
                else:
                    self._dismiss(worker)
        while len(self._workers) < self._jobs and (run := self._next_run()) is not None:
            self._workers.append(_Worker(run, self._limits, self._wishes))

    def _next_run(self) -> _FileRun | None:
        """A file that nobody has opened, else the one with most claims left for each worker that it has."""
        if self._unopened:
            return self._unopened.popleft()
        # A worker that is still importing will take a claim as well, so it counts against opening another.
        waiting = [run for run in self._runs if len(run.pending) > self._importing(run)]
        return max(waiting, key=lambda run: len(run.pending) - self._importing(run), default=None)

    def _importing(self, run: _FileRun) -> int:
        return sum(1 for worker in self._workers if worker.run is run and not worker.loaded)

    def _attend(self, worker: _Worker) -> None:
        """Take what the worker has sent; end it where it overstays, or is gone."""
        ended = worker.process.exitcode is not None
        worker.read_output()
        try:
            for message in worker.received():
                worker.read_output()
                self._take(worker, message)
        except (EOFError, OSError):
            ended = True
        except Exception as error:  # what arrived is no message: the file wrote into our pipe
            self._lose(worker, f"sent something unreadable ({type(error).__name__})")
            return
        if ended and worker in self._workers:
            self._lose(worker, None)
        elif worker.overdue and worker in self._workers:
            self._time_out(worker)

    def _take(self, worker: _Worker, message: Message) -> None:
        run = worker.run
        match message:
            case Started():
                worker.start_clock()
            case LoadFailed(reason):  # its last message
                run.printed = worker.output
                run.fail(reason)
                self._dismiss(worker)
            case Loaded(claims, doc):
                worker.loaded = True
                worker.stop_clock()
                run.doc = doc
                if run.claims is None:
                    self._open(run, claims)
                elif [claim.name for claim in claims] != [claim.name for claim in run.claims]:
                    run.fail(f"{run.file.shown}: holds other claims each time it is imported")
                    self._dismiss(worker)
            case Finished(number, outcome):
                worker.stop_clock()
                worker.number = None
                run.outcomes[number] = replace(outcome, printed=worker.output)

    def _open(self, run: _FileRun, claims: tuple[ClaimInfo, ...]) -> None:
        run.claims = claims
        if self._only_list:
            file = run.file.shown
            run.outcomes = {
                number: Outcome(file, info.line, info.name, info.kind, error=info.problem, info=info)
                for number, info in enumerate(claims)
            }
        else:
            run.pending.extend(range(len(claims)))

    def _dismiss(self, worker: _Worker) -> int | None:
        self._workers.remove(worker)
        return worker.end()

    def _time_out(self, worker: _Worker) -> None:
        run, number, seconds = worker.run, worker.number, time.monotonic() - worker.started
        worker.read_output()
        reason = out_of_time(worker.limits.seconds)
        self._dismiss(worker)
        if number is None or run.claims is None:
            run.fail(f"{run.file.shown}: {reason} while it was imported")
            return
        info = run.claims[number]
        outcome = ended(info, run.file.shown, reason, seconds)
        run.outcomes[number] = replace(outcome, printed=worker.output)

    def _lose(self, worker: _Worker, fault: str | None) -> None:
        """The worker is gone in the middle of its work."""
        run, number = worker.run, worker.number
        worker.process.join(0.5)  # its pipe closes a moment before its exit code can be had
        worker.read_output()
        code = self._dismiss(worker)
        fault = fault or f"ended the process ({_exit_text(code)})"
        if number is None or run.claims is None:
            # One that ended between two claims is simply replaced; one that never proved any would be so for ever.
            if not worker.handed:
                run.fail(f"{run.file.shown}: {fault} {'after' if worker.loaded else 'while'} it was imported")
            return
        info = run.claims[number]
        what = "picture" if info.kind == "picture" else "claim"
        reason = f"{run.file.shown}:{info.line}: {what} {info.name} {fault}"
        run.outcomes[number] = replace(failed(info, run.file.shown, reason), printed=worker.output)


def _known(run: _FileRun) -> list[Outcome]:
    """The run's outcomes in order; the failure of a file stands for each of its claims that has none."""
    if run.failure is None:
        return [run.outcomes[number] for number in sorted(run.outcomes)]
    if run.claims is None:
        return [run.failure]
    reason = run.failure.error or ""
    known = {number: failed(info, run.file.shown, reason) for number, info in enumerate(run.claims)} | run.outcomes
    return [known[number] for number in sorted(known)]


def _missing(run: _FileRun) -> list[str]:
    if run.claims is None:
        return [run.file.shown]
    return [f"{run.file.shown}::{info.name}" for number, info in enumerate(run.claims) if number not in run.outcomes]


def _bad_outcome(bad: BadTarget) -> Outcome:
    return Outcome(bad.target, error=bad.reason)


def _wait(workers: list[_Worker]) -> None:
    """Until something arrives, or for one tick."""
    streams: list[Connection[Any, Any]] = [worker.connection for worker in workers]
    if os.name == "posix":
        streams += [worker.printed for worker in workers]
    connection.wait(streams, timeout=TICK)


def _exit_text(code: int | None) -> str:
    if code is None:
        return "its connection was closed"
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"


def _context() -> Any:
    """How processes are started: copied from this one, which has the slow imports behind it, where that is safe."""
    # Only Linux: elsewhere system libraries do not survive a copy. And a copy of a process with threads may hang.
    if sys.platform == "linux" and threading.active_count() == 1:
        import symconv.prover  # noqa: F401 - so that each copy has it

        return multiprocessing.get_context("fork")
    return multiprocessing.get_context("spawn")


def usable_processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
