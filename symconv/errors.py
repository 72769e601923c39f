"""What symconv raises. Every message is one sentence: what was given, and what is accepted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_unanswered: ContextVar[list[SymconvError] | None] = ContextVar("unanswered", default=None)
"""The questions that have got no answer while a user's function is called; ``None`` elsewhere."""


@contextmanager
def no_question_caught() -> Iterator[None]:
    """Call a user's function: a question without an answer that it has caught is raised once more behind it.

    What it went on with is no answer: ``try: big = n > 40``, ``except Exception: big = False`` holds for no size.
    """
    outer = _unanswered.get()
    asked = [] if outer is None else outer
    before, token = len(asked), _unanswered.set(asked)
    try:
        yield
        if len(asked) > before:
            raise asked[before]
    finally:
        _unanswered.reset(token)


class SymconvError(Exception):
    """Base of everything that symconv raises on purpose."""


class _Unanswered(SymconvError):
    """A question of a claim's body that has got no answer."""

    def __init__(self, *text: Any) -> None:
        super().__init__(*text)
        asked = _unanswered.get()
        if asked is not None:
            asked.append(self)


class ClaimError(SymconvError):
    """A claim that cannot be read: its signature, its body or its return value is not one."""


class ShapeError(SymconvError, ValueError):
    """An operation was given a tensor of a rank or form that it never accepts, at any size."""


class Undefined(SymconvError, ArithmeticError):
    """A side of an equation has no value at the sizes, indices or entries at hand.

    A window larger than its input, an index outside its tensor, a maximum of nothing, a division by zero. At allowed
    sizes this refutes a claim; it is not a fault in how the claim is written.
    """


class Undecided(_Unanswered):
    """A question that the symbolic reading cannot answer for symbolic sizes; says which."""


class OpenOrder(Undecided):
    """Which of two extents is larger depends on the sizes: ``difference``, an index term, is usually at least 0."""

    def __init__(self, text: str, difference: Any) -> None:
        super().__init__(text)
        self.difference = difference


class OpenRoom(OpenOrder):
    """Whether there is room for a window or an index depends on the sizes: ``room``, an index term, is at least 0."""

    def __init__(self, text: str, room: Any) -> None:
        super().__init__(text, room)
        self.room = room


class TimeLimit(_Unanswered):
    """The time limit of a proof was reached."""


class SymbolicControlFlow(_Unanswered, TypeError):
    """Python control flow (``if``, ``range``, ``max``, iteration) met a symbol; names the operation to use."""


class LoadError(SymconvError):
    """A target that gives no claims: it does not exist, is not Python, or fails while it is imported."""
