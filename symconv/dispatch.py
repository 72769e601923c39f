"""Which reading an operation works in: symbolic tensors, or the NumPy twin of the same name."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast

from symconv.errors import Undefined
from symconv.spelling import unknown_argument

Reading = Literal["symbolic", "numeric"]
F = TypeVar("F", bound=Callable[..., Any])

serials = itertools.count()
"""Numbers for symbolic tensors, in the order in which they are made."""


@dataclass(frozen=True, eq=False, slots=True)
class Made:
    """The operation that made a tensor, and its arguments as they were given: for showing it, and for nothing else."""

    operation: str
    arguments: tuple[Any, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()


def marked(result: Any, before: int, made: Made) -> Any:
    """The result, with how it was made, where it is a symbolic tensor made after ``before``; a newer mark stays."""
    if getattr(result, "serial", -1) > before and (result.made is None or result.made.operation != made.operation):
        result.made = made
    return result


_reading: ContextVar[Reading | None] = ContextVar("reading", default=None)
_stand_in: ContextVar[Callable[[Undefined], Any] | None] = ContextVar("stand_in", default=None)


def active_reading() -> Reading | None:
    """The reading that a claim's body is being called in; ``None`` outside of a claim."""
    return _reading.get()


@contextmanager
def reading(name: Reading) -> Iterator[None]:
    """Call a claim's body in a reading."""
    token = _reading.set(name)
    try:
        yield
    finally:
        _reading.reset(token)


@contextmanager
def standing_in(make: Callable[[Undefined], Any]) -> Iterator[None]:
    """Within the block, what has no value gives what ``make`` makes of the reason, and the body is read to its end."""
    token = _stand_in.set(make)
    try:
        yield
    finally:
        _stand_in.reset(token)


def valued(work: Callable[[], Any]) -> Any:
    """What some work on tensors gives; what stands in for it where it has no value, if anything does."""
    make = _stand_in.get()
    if make is None:
        return work()
    try:
        return work()
    except Undefined as problem:
        return make(problem)


def operation(symbolic: F) -> F:
    """Make a symbolic definition the public operation: arrays go to the numeric twin of the same name.

    A call is numeric when the numeric reading is active, or when an argument is a NumPy array and none is symbolic;
    then the result is a NumPy array too.
    """

    @functools.wraps(symbolic)
    def call(*args: Any, **options: Any) -> Any:
        _refuse_unknown(symbolic, options)
        active = _reading.get()
        if active == "symbolic":
            return noted(args, options)
        if active == "numeric":
            return _twin(symbolic.__name__)(*args, **options)
        if _is_numeric((*args, *options.values())):
            from symconv import numeric

            with reading("numeric"):
                return numeric.unwrap(
                    _twin(symbolic.__name__)(*map(_wrapped, args), **{k: _wrapped(v) for k, v in options.items()})
                )
        return noted(args, options)

    def noted(args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        before = next(serials)
        return marked(
            valued(lambda: symbolic(*args, **options)), before, Made(symbolic.__name__, args, tuple(options.items()))
        )

    return cast(F, call)


def named(method: F) -> F:
    """Make a method of tensors say which of its arguments is meant where it is given the name of another library's."""

    @functools.wraps(method)
    def call(*args: Any, **options: Any) -> Any:
        _refuse_unknown(method, options)
        return method(*args, **options)

    return cast(F, call)


def _refuse_unknown(function: Callable[..., Any], options: dict[str, Any]) -> None:
    if not options:
        return
    code = function.__code__
    accepted = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    for name in options:
        if name not in accepted:
            raise TypeError(unknown_argument(function.__name__, accepted, name))


def _twin(name: str) -> Callable[..., Any]:
    from symconv import numeric

    return cast(Callable[..., Any], getattr(numeric, name))


def _is_numeric(values: Iterable[Any]) -> bool:
    kinds = set(_kinds(values))
    return "array" in kinds and "symbolic" not in kinds


def _kinds(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, (list, tuple)):
            yield from _kinds(value)
        elif hasattr(value, "_symconv_entry") or hasattr(value, "free_symbols"):
            yield "symbolic"
        elif hasattr(value, "__array_interface__") and getattr(value, "ndim", 0) is not None:
            yield "array"


def _wrapped(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return type(value)(_wrapped(item) for item in value)
    if hasattr(value, "__array_interface__") and value.ndim and value.dtype.kind != "b":
        from symconv import numeric

        return numeric.wrap(value)
    return value


def routed(name: str, makers: tuple[Any, ...], arguments: tuple[Any, ...], symbolic: Callable[[], Any]) -> Any:
    """Call what ``name`` makes of ``makers`` (a derived function) in the reading that the arguments ask for."""
    active = _reading.get()
    if active == "numeric":
        return _twin(name)(*makers)(*arguments)
    if active is None and _is_numeric(arguments):
        from symconv import numeric

        with reading("numeric"):
            return numeric.unwrap(_twin(name)(*makers)(*map(_wrapped, arguments)))
    return valued(symbolic)
