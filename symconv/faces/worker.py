"""The process that imports one file and proves its claims: whatever happens there happens to it alone."""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import math
import os
import signal
import sys
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from symconv.errors import LoadError
from symconv.faces.attempt import attempt, ended, ended_in, failed
from symconv.faces.loading import Contents, ProofFile, describe, describe_error, describe_picture, load_contents
from symconv.faces.outcome import ClaimInfo, Outcome
from symconv.faces.panels import illustrate

if TYPE_CHECKING:
    from symconv.claims import Claim, Picture


DEFAULT_MEGABYTES = 4096
_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


@dataclass(frozen=True)
class Limits:
    """What a worker may take: seconds for the import and for each claim, and megabytes in all."""

    seconds: float | None = None
    megabytes: int | None = None


@dataclass(frozen=True)
class Wishes:
    """What is wanted beside verdicts: pictures, and expositions with indices from this origin (None: none)."""

    pictures: bool = False
    index_origin: int | None = None


@dataclass(frozen=True)
class Started:
    """The worker is up: the clock of the import starts."""


@dataclass(frozen=True)
class Loaded:
    """The file is imported; these are its docstring, its claims, and its pictures if they are wanted."""

    claims: tuple[ClaimInfo, ...]
    doc: str = ""


@dataclass(frozen=True)
class LoadFailed:
    """The file gives no claims, and why."""

    reason: str


@dataclass(frozen=True)
class Finished:
    """The outcome of the claim (or picture) with this number."""

    number: int
    outcome: Outcome


Message = Started | Loaded | LoadFailed | Finished


EXPOSING = 20.0
"""Seconds that an exposition may take after its proof."""


def allowance(limits: Limits, wishes: Wishes) -> float | None:
    """The seconds for one claim, its exposition included."""
    if limits.seconds is None or wishes.index_origin is None:
        return limits.seconds
    return limits.seconds + EXPOSING


class Channel:
    """Messages to the parent, from the worker alone: a copy of it that a proof file forked off stays silent."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._owner = os.getpid()
        self._parent = os.getppid()

    def send(self, message: Message) -> None:
        """Send it, after all that was printed before it."""
        if os.getpid() != self._owner:
            os._exit(0)
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        self._connection.send(message)

    def receive(self) -> int:
        """The number of the next claim to prove."""
        # A copied process holds both ends of its own pipe, so the end of the parent does not close it.
        while not self._connection.poll(1.0):
            if os.getpid() != self._owner or os.getppid() != self._parent:
                os._exit(0)
        number: int = self._connection.recv()
        return number


def default_megabytes() -> int:
    """What a process may take where nothing is said: 4096 megabytes, or half of the machine's memory if less."""
    try:
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    except (AttributeError, ValueError, OSError):
        return DEFAULT_MEGABYTES
    return min(DEFAULT_MEGABYTES, max(machine // 2, 64))


def descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have, where the system lists them (Linux)."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            children.setdefault(int(status.read_text().rpartition(")")[2].split()[1]), []).append(
                int(status.parent.name)
            )
    found, todo = [], [pid]
    while todo:
        todo += children.get(todo[0], [])
        found += children.get(todo.pop(0), [])
    return found


def _adopt_orphans() -> None:
    """Become the parent of what a descendant leaves behind, so that ending this process can end that too (Linux)."""
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def collect_rarely() -> None:
    """Look for cycles of objects less often: proofs make many small objects, few of them in cycles, and end soon."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def work(connection: Connection, output: Connection, file: ProofFile, limits: Limits, wishes: Wishes) -> None:
    """Import the file, report its claims, then prove those whose numbers arrive, until the connection closes.

    Pictures, where they are wanted, are numbered on after the file's claims.
    """
    collect_rarely()
    _stand_alone(output)
    _adopt_orphans()
    channel = Channel(connection)
    _limit_memory(limits.megabytes)
    channel.send(Started())
    with contextlib.suppress(EOFError, OSError):
        _serve(channel, file, limits, wishes)
    # Not `sys.exit`: what a proof file leaves behind (threads, exit handlers) must not keep the process.
    os._exit(0)


def _serve(channel: Channel, file: ProofFile, limits: Limits, wishes: Wishes) -> None:
    _end_after(limits.seconds)
    contents = _loaded(file)
    if isinstance(contents, LoadFailed):
        channel.send(contents)
        return
    claims, pictures = contents.claims, contents.pictures if wishes.pictures else []
    described = (*map(describe, claims), *map(describe_picture, pictures))
    channel.send(Loaded(described, contents.doc))
    while True:
        _end_after(None)
        number = channel.receive()
        _end_after(allowance(limits, wishes))
        if number < len(claims):
            outcome = _proved(claims[number], file, limits, wishes)
        else:
            outcome = _illustrated(pictures[number - len(claims)], file)
        channel.send(Finished(number, outcome))


def _loaded(file: ProofFile) -> Contents | LoadFailed:
    # Imports that a claim makes when it is called look beside its file too.
    sys.path.insert(0, str(file.path.parent))
    try:
        return load_contents(file)
    except LoadError as error:
        return LoadFailed(str(error))
    except MemoryError:
        return LoadFailed(f"{file.shown}: the memory limit was reached while it was imported")
    except BaseException as error:
        return LoadFailed(f"{file.shown}: importing it ended in {describe_error(error)}")


def _proved(claim: Claim, file: ProofFile, limits: Limits, wishes: Wishes) -> Outcome:
    info = describe(claim)
    try:
        outcome = attempt(claim, file.shown, limits.seconds, wishes.index_origin)
    except BaseException as error:  # a claim may well raise KeyboardInterrupt
        return failed(info, file.shown, ended_in(error, info, file.shown))
    if limits.megabytes is not None and outcome.error is not None and "MemoryError" in outcome.error:
        reason = f"the memory limit of {limits.megabytes} MB was reached"
        return ended(info, file.shown, reason, 0.0)
    return outcome


def _illustrated(picture: Picture, file: ProofFile) -> Outcome:
    try:
        return illustrate(picture, file.shown)
    except BaseException as error:
        info = describe_picture(picture)
        return failed(info, file.shown, ended_in(error, info, file.shown))


def _stand_alone(output: Connection) -> None:
    """Leave the parent's terminal: its keys, its output and its input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    faulthandler.disable()  # where the parent had it on, it writes to the parent's own terminal
    sys.stdin = open(os.devnull)  # noqa: SIM115 - it stays open as long as the process
    os.dup2(sys.stdin.fileno(), 0)
    os.dup2(output.fileno() if os.name == "posix" else 2, 1)
    if os.name == "posix":
        os.setsid()
        os.dup2(output.fileno(), 2)
        _bind_standard_streams()


def _bind_standard_streams() -> None:
    """Print to the descriptors 1 and 2, even where the parent had put something else in their place."""
    sys.stdout = open(1, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115


def _limit_memory(megabytes: int | None) -> None:
    if megabytes is None or sys.platform == "win32":
        return
    import resource

    # Data, not address space: libraries reserve far more addresses than they ever use.
    kind = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    resource.setrlimit(kind, (megabytes << 20, megabytes << 20))


def _end_after(seconds: float | None) -> None:
    """Have the system end this process some time after its limit, should the parent no longer be there to do it."""
    if hasattr(signal, "alarm"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(0 if seconds is None else math.ceil(seconds) + 5)
