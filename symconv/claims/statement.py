"""A claim is a Python function: its parameters are the hypotheses, its return value is the conclusion.

`claim` and `fallacy` turn the function into a `Claim`; `equal` and `by` write its conclusion. A claim with a bad
signature does not raise where it stands: its `Claim.problem` says what is wrong, and the file's other claims go on.
"""

from __future__ import annotations

import builtins
import contextlib
import dis
import importlib
import inspect
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import FunctionType as PythonFunction
from typing import Any, Final, Literal, NoReturn, TypeVar, overload

from symconv.claims.dimensions import Dimension, described, is_always_positive
from symconv.claims.kept import BuiltinsKept
from symconv.claims.made import note
from symconv.claims.parameters import VOCABULARY, Parameter, ParameterType, SizeType, read_annotation
from symconv.errors import ClaimError, SymbolicControlFlow, SymconvError, no_question_caught

__all__ = ["Claim", "Equation", "Reasoned", "Step", "by", "claim", "claims_of", "equal", "fallacy", "located"]

Kind = Literal["claim", "fallacy"]

T = TypeVar("T")

_RECURSION: Final = 20
"""So many frames of one file in a row are a function that calls itself."""

RETURN_ONE: Final = "a claim ends with `return equal(left, right)`, or with a tuple of such equations"


# ---- the conclusion ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Reasoned:
    """A side of an equation with the reason for which it equals the side before it; made by `by`."""

    reason: str
    value: Any


@dataclass(frozen=True, eq=False)
class Step:
    """One ``=`` of an equation, counted from 1."""

    number: int
    left: Any
    right: Any
    reason: str | None


@dataclass(frozen=True, eq=False)
class Equation:
    """The statement that all sides are defined and equal; made by `equal`.

    ``reasons[n]`` is why ``sides[n]`` equals ``sides[n - 1]``; the first is always ``None``.
    """

    sides: tuple[Any, ...]
    reasons: tuple[str | None, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """Each ``=`` by itself.

        >>> [step.reason for step in equal(4, by("2 + 2 = 4", 2 + 2), 4).steps]
        ['2 + 2 = 4', None]
        """
        pairs = zip(self.sides, self.sides[1:], self.reasons[1:], strict=False)
        return tuple(Step(number, left, right, reason) for number, (left, right, reason) in enumerate(pairs, start=1))

    def _repr_latex_(self) -> str | None:
        """The equation in a notebook."""
        latex: str | None = importlib.import_module("symconv.faces.notebook").equation_latex(self)
        return latex

    def __bool__(self) -> NoReturn:
        # `return equal(a, b) and equal(c, d)` would claim the second equation only, and nobody would notice.
        raise SymbolicControlFlow(
            "an equation is a statement and has no truth value; "
            "to claim several, return them as a tuple: return equal(a, b), equal(c, d)"
        )


def equal(*sides: Any) -> Equation:
    """State that all sides are defined and equal. More than two make a derivation, each ``=`` checked for itself.

    Raises: ClaimError for fewer than two sides, and for a side that is no value.

    >>> equal(1, by("for fun", 1)).reasons
    (None, 'for fun')
    """
    if len(sides) < 2:
        raise ClaimError(f"equal takes two sides or more, as in equal(left, right), and got {len(sides)}")
    for number, side in enumerate(sides, start=1):
        _check_side(number, side)
    values = tuple(side.value if isinstance(side, Reasoned) else side for side in sides)
    return Equation(values, tuple(side.reason if isinstance(side, Reasoned) else None for side in sides))


def by(reason: str, value: Any) -> Reasoned:
    """Give the reason for which this side of `equal` equals the side before it.

    Raises: ClaimError unless the reason is a text that says something.
    """
    if not isinstance(reason, str) or not reason.strip():
        raise ClaimError(f'by takes the reason first, as in by("definition of conv2d", value), and got {_kind(reason)}')
    if isinstance(value, Reasoned):
        raise ClaimError("by takes one reason for a side, and got a side that has one already")
    return Reasoned(reason, value)


def _check_side(number: int, side: Any) -> None:
    value = side.value if isinstance(side, Reasoned) else side
    if number == 1 and isinstance(side, Reasoned):
        raise ClaimError("the first side of equal takes no reason: by(...) says why a side equals the one before it")
    if value is None:
        raise ClaimError(f"side {number} of equal is None; each side is a tensor or a number")
    if isinstance(value, Equation):
        raise ClaimError(f"side {number} of equal is an equation itself; write a chain as equal(a, b, c)")


# ---- the claim -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Claim:
    """A statement about all tensors, numbers and functions that its signature describes.

    `sizes` are the size names in order of first appearance; `unused` the parameters that the body never mentions;
    `problem` says why the signature cannot be read, and is raised by whoever reads the claim.

    >>> from symconv.claims import Size, Tensor
    >>> @claim
    ... def adding_commutes(x: Tensor["n"], y: Tensor["n"]):
    ...     return equal(x + y, y + x)
    >>> adding_commutes.sizes, adding_commutes.unused
    (('n',), ())
    >>> adding_commutes.hypotheses
    'n >= 1; x real n; y real n'
    """

    name: str
    kind: Kind
    file: str
    line: int
    doc: str
    function: Callable[..., Any] = field(repr=False)
    parameters: tuple[Parameter, ...]
    unused: tuple[str, ...]
    problem: ClaimError | None

    @cached_property
    def sizes(self) -> tuple[str, ...]:
        """The size names, each once, in order of first appearance."""
        return _distinct(name for parameter in self.parameters for name in parameter.names)

    @cached_property
    def dimensions(self) -> tuple[Dimension, ...]:
        """Every dimension of the signature, each once; that each is at least 1 is a hypothesis."""
        return _distinct(size for parameter in self.parameters for size in parameter.type.dimensions)

    @property
    def hypotheses(self) -> str:
        """One readable line: ``C, m, k >= 1; X real C x m*k x m*k; sigma non-decreasing``."""
        rest = [each.hypothesis for each in self.parameters if not isinstance(each.type, SizeType)]
        return "; ".join([*self.size_hypotheses, *rest]) or "none"

    @property
    def size_hypotheses(self) -> tuple[str, ...]:
        """What is assumed of the sizes: ``C, m >= 1``, then each dimension that could be less, ``m - 2 >= 1``."""
        sizes = [f"{', '.join(self.sizes)} >= 1"] if self.sizes else []
        return (*sizes, *(f"{size} >= 1" for size in self.restrictions))

    @cached_property
    def restrictions(self) -> tuple[Dimension, ...]:
        """The dimensions of which "at least 1" says more than that the sizes are: ``m - 2``, but not ``m + k - 1``."""
        return tuple(size for size in self.dimensions if not is_always_positive(size))

    @property
    def where(self) -> str:
        """The file and the line where the claim begins, as short as it can be read from here."""
        return _place(self.file, self.line)

    def read(self, values: Mapping[str, Any]) -> tuple[Equation, ...]:
        """Run the function on these values, whatever reading they belong to, and give its equations.

        Raises: ClaimError for a claim that cannot be read, for values that are not its parameters, for a body that
        raises and for a return value that is no equation. What symconv itself raises passes through with a note on
        where in the claim that was; `located` gives both as one line.
        """
        self.check(values)
        kept = BuiltinsKept()
        try:
            with self.blamed(), kept, no_question_caught():
                returned = self.function(**values)
        finally:
            self.refuse_changed(kept)  # whatever the body has come to by that
        return self._equations(returned)

    def refuse_changed(self, kept: BuiltinsKept) -> None:
        """Refuse a claim that has put something else in the place of Python's own names, which proofs rest on."""
        if kept.changed:
            raise ClaimError(
                f"{self._label()} puts something else in the place of Python's own {', '.join(kept.changed)}; "
                "a claim leaves these names as they are"
            )

    @contextlib.contextmanager
    def blamed(self) -> Iterator[None]:
        """Say of an exception in the block where in the claim it came from: the line of its file, if it has one.

        For the body, and for entries of tensors that are worked out after the body has returned. What symconv itself
        raises passes through with a note; anything else becomes a ClaimError, but for running out of memory, which is
        no fault of the claim's text.
        """
        try:
            yield
        except SymconvError as problem:
            self._note(problem)
            raise
        except MemoryError:
            raise
        except Exception as problem:
            label = self._label(_innermost_line(problem, self.file))
            raise ClaimError(f"{label} raised {_one_line(problem)}") from problem

    def recurses_in(self, error: RecursionError) -> bool:
        """Whether a function of the claim's file that calls itself was too deep, rather than an expression."""
        frames = _frames(error)
        return len(frames) > _RECURSION and set(frames[-_RECURSION:]) == {self.file}

    def check(self, values: Mapping[str, Any]) -> None:
        """Raise the claim's problem, if it has one, or name a value that is missing or too many."""
        if self.problem is not None:
            raise self.problem.with_traceback(None)
        names = [parameter.name for parameter in self.parameters]
        missing = [name for name in names if name not in values]
        unknown = [name for name in values if name not in names]
        if missing or unknown:
            complaints = [f"got no {', '.join(missing)}"] * bool(missing) + [f"got {', '.join(unknown)}"] * bool(
                unknown
            )
            raise ClaimError(f"{self._label()} takes {', '.join(names) or 'no values'}, and {' and '.join(complaints)}")

    def __call__(self, /, *in_order: Any, **by_name: Any) -> Any:
        """Both sides at these values, exactly: a counterexample can be pasted."""
        values = self._bound(in_order, by_name)
        self.check(values)
        # Loaded late: evaluating needs the readings, and stating a claim does not.
        return importlib.import_module("symconv.prover.evaluate").evaluate(self, values)

    def _bound(self, in_order: tuple[Any, ...], by_name: Mapping[str, Any]) -> dict[str, Any]:
        """The values by the names of the parameters, as Python passes arguments."""
        names = [parameter.name for parameter in self.parameters]
        if self.problem is None and len(in_order) > len(names):
            takes = f"takes {', '.join(names) or 'no values'}"
            raise ClaimError(f"{self._label()} {takes}, and got {len(in_order)} values in order")
        first = dict(zip(names, in_order, strict=False))
        if twice := [name for name in first if name in by_name]:
            raise ClaimError(f"{self._label()} got two values for {', '.join(twice)}, one in order and one by name")
        return {**first, **by_name}

    def _repr_html_(self) -> str:
        """The claim in a notebook: its hypotheses and its statement."""
        html: str = importlib.import_module("symconv.faces.notebook").claim_html(self)
        return html

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name} at {self.where}>"

    def _equations(self, returned: Any) -> tuple[Equation, ...]:
        equations = tuple(returned) if isinstance(returned, tuple | list) else (returned,)
        if not equations:
            raise ClaimError(f"{self._label()} returned an empty {_type(returned)}; {RETURN_ONE}")
        for number, equation in enumerate(equations, start=1):
            if not isinstance(equation, Equation):
                item = f"a {_type(returned)} whose item {number} is " if equation is not returned else ""
                raise ClaimError(f"{self._label()} returned {item}{_kind(equation)}; {RETURN_ONE}")
        return equations

    def _note(self, error: SymconvError) -> None:
        # A claim that calls a claim: the innermost place is the one that helps, and some messages tell it already.
        if not getattr(error, "__notes__", None) and f" {self.name} (" not in str(error):
            error.add_note(self._label(_innermost_line(error, self.file)))

    def _label(self, line: int | None = None) -> str:
        return f"{self.kind} {self.name} ({_place(self.file, line or self.line)})"


@overload
def claim(function: Callable[..., Any], /) -> Claim: ...
@overload
def claim() -> Callable[[Callable[..., Any]], Claim]: ...
def claim(function: Callable[..., Any] | None = None, /) -> Claim | Callable[[Callable[..., Any]], Claim]:
    """State that what the function returns holds for everything that its signature describes.

    Raises: TypeError on what is not a function. A bad signature is kept as `Claim.problem`.

    >>> from symconv.claims import Real, Size
    >>> @claim
    ... def squares(x: Real, n: Size):
    ...     return equal((x + n) ** 2, x**2 + 2 * n * x + n**2)
    >>> squares.read({"x": 1, "n": 2})
    (Equation(sides=(9, 9), reasons=(None, None)),)
    """
    return _decorate("claim", function)


@overload
def fallacy(function: Callable[..., Any], /) -> Claim: ...
@overload
def fallacy() -> Callable[[Callable[..., Any]], Claim]: ...
def fallacy(function: Callable[..., Any] | None = None, /) -> Claim | Callable[[Callable[..., Any]], Claim]:
    """State what is believed or printed somewhere, and false: it passes when a counterexample is found and confirmed.

    >>> from symconv.claims import Real
    >>> @fallacy
    ... def freshmans_dream(x: Real, y: Real):
    ...     return equal((x + y) ** 2, x**2 + y**2)
    >>> freshmans_dream.kind
    'fallacy'
    """
    return _decorate("fallacy", function)


def claims_of(namespace: Mapping[str, Any]) -> list[Claim]:
    """The claims that are defined in the module of this namespace, each once, in the order of their lines."""
    found = {id(value): value for value in namespace.values() if isinstance(value, Claim)}
    own = (each for each in found.values() if is_of(each, namespace))
    return sorted(own, key=lambda each: each.line)


def is_of(claim: Claim, namespace: Mapping[str, Any]) -> bool:
    """Whether a claim's function is written in the module of this namespace, and not in one that it imports."""
    return _origin(_globals(claim.function)) == _origin(namespace)


def located(error: BaseException) -> str:
    """An exception of symconv as one line, with where in a claim it came from if `Claim.read` has noted that.

    >>> @claim
    ... def nothing():
    ...     return equal(1)
    >>> try:
    ...     nothing.read({})
    ... except ClaimError as problem:
    ...     print(located(problem))
    claim nothing (<doctest ...>:3): equal takes two sides or more, as in equal(left, right), and got 1
    """
    notes = getattr(error, "__notes__", [])
    return ": ".join([*notes[:1], str(error)])


def _decorate(kind: Kind, function: Callable[..., Any] | None) -> Claim | Callable[[Callable[..., Any]], Claim]:
    if function is None:
        return lambda each: _claim(kind, each)
    return _claim(kind, function)


def _claim(kind: Kind, function: Callable[..., Any]) -> Claim:
    if isinstance(function, Claim):
        raise TypeError(f"@{kind} takes a function, and {function.name} is a {function.kind} already")
    if not isinstance(function, PythonFunction):
        hint = "; its title is the first line of its docstring" if isinstance(function, str) else ""
        raise TypeError(f"@{kind} takes a function, and got {_kind(function)}{hint}")
    code = function.__code__
    parameters, problem = _try_signature(kind, function)
    made = Claim(
        name=function.__name__,
        kind=kind,
        file=code.co_filename,
        line=code.co_firstlineno,
        doc=inspect.cleandoc(function.__doc__ or ""),
        function=function,
        parameters=parameters,
        unused=_unused(function, parameters),
        problem=problem,
    )
    return note(made)


# ---- the signature -------------------------------------------------------------------------------------------------


def _try_signature(kind: Kind, function: PythonFunction) -> tuple[tuple[Parameter, ...], ClaimError | None]:
    try:
        return _signature(function), None
    except ClaimError as problem:
        place = _place(function.__code__.co_filename, function.__code__.co_firstlineno)
        return (), ClaimError(f"{kind} {function.__name__} ({place}): {problem}")


def _signature(function: PythonFunction) -> tuple[Parameter, ...]:
    _check_form(function)
    written, names = _annotations(function), _visible_names(function)
    arguments = inspect.getargs(function.__code__).args
    parameters = tuple(Parameter(name, _parameter_type(name, written, names)) for name in arguments)
    _check_names(parameters)
    return parameters


def _check_form(function: PythonFunction) -> None:
    """Refuse what is not a plain function of named parameters."""
    owner = function.__qualname__.rpartition(".")[0]
    arguments = inspect.getargs(function.__code__)
    positional = function.__code__.co_varnames[: function.__code__.co_argcount]
    with_default = [*positional[len(positional) - len(function.__defaults__ or ()) :], *(function.__kwdefaults__ or ())]
    if function.__name__ == "<lambda>":
        raise ClaimError("it is a lambda; a claim is a function with a name and annotated parameters")
    if owner and not owner.endswith("<locals>"):
        raise ClaimError(f"it is a method of {owner}; a claim is a function of its own")
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise ClaimError("it is an async function; a claim is a plain function that returns equal(left, right)")
    if inspect.isgeneratorfunction(function):
        raise ClaimError("it is a generator; a claim is a plain function that returns equal(left, right)")
    if arguments.varargs or arguments.varkw:
        star = f"*{arguments.varargs}" if arguments.varargs else f"**{arguments.varkw}"
        raise ClaimError(f"it takes {star}; each parameter of a claim has a name and an annotation of its own")
    if function.__code__.co_posonlyargcount:
        raise ClaimError("it has parameters without a name (/); the parameters of a claim are passed by name")
    if with_default:
        have = f"{' and '.join(with_default)} {'has a default' if len(with_default) == 1 else 'have defaults'}"
        raise ClaimError(f"{have}; a claim is about every value, so it takes none")


def _parameter_type(name: str, written: Mapping[str, object], names: Mapping[str, object]) -> ParameterType:
    if name not in written:
        raise ClaimError(f'parameter {name} is not annotated; write {name}: Real, or {name}: Tensor["m", "n"]')
    try:
        return read_annotation(written[name], names)
    except ClaimError as problem:
        raise ClaimError(f"parameter {name}, {problem}") from None


def _check_names(parameters: tuple[Parameter, ...]) -> None:
    others = {each.name: each for each in parameters if not isinstance(each.type, SizeType)}
    for user in parameters:
        for name in user.names:
            if name in others:
                raise ClaimError(
                    f"{name} is a size in {user} and also a parameter, {others[name]}; "
                    f"rename one of them, or state {name}: Size"
                )


def _annotations(function: PythonFunction) -> Mapping[str, object]:
    try:
        return dict(function.__annotations__)
    except Exception:  # Python 3.14 evaluates annotations when they are asked for, and one of them may be misspelt
        return _annotations_as_text(function)


def _annotations_as_text(function: PythonFunction) -> Mapping[str, object]:
    if sys.version_info >= (3, 14):
        import annotationlib

        return annotationlib.get_annotations(function, format=annotationlib.Format.STRING)
    raise ClaimError("its annotations cannot be read")


def _visible_names(function: PythonFunction) -> Mapping[str, object]:
    """The names that an annotation may use: what the function sees, and before all that fails, our own words.

    Our own words because a linter moves an import that only annotations need under ``if TYPE_CHECKING``.
    """
    return {**VOCABULARY, **vars(builtins), **function.__globals__, **_closure(function)}


def _closure(function: PythonFunction) -> Mapping[str, object]:
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return {name: cell.cell_contents for name, cell in cells if not _is_empty(cell)}


def _is_empty(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018  # to read it is to ask
    except ValueError:
        return True
    return False


def _unused(function: PythonFunction, parameters: tuple[Parameter, ...]) -> tuple[str, ...]:
    used = set(_loaded_names(function))
    for parameter in parameters:
        used.update(parameter.type.names)
    return tuple(parameter.name for parameter in parameters if parameter.name not in used)


def _loaded_names(function: PythonFunction) -> Iterator[str]:
    """The variables that the compiled body reads: bytecode, since a notebook or `exec` leaves no source."""
    yield from function.__code__.co_cellvars  # read by a function or lambda inside
    for instruction in dis.get_instructions(function):
        if "LOAD_FAST" in instruction.opname:
            # One instruction may load two variables (LOAD_FAST_LOAD_FAST, Python 3.13).
            yield from instruction.argval if isinstance(instruction.argval, tuple) else (instruction.argval,)


# ---- wording -------------------------------------------------------------------------------------------------------


def _place(file: str, line: int) -> str:
    path = Path(file)
    with contextlib.suppress(OSError, ValueError):  # the working folder may be gone, or elsewhere
        path = path.relative_to(Path.cwd())
    return f"{path}:{line}"


def _innermost_line(error: BaseException, file: str) -> int | None:
    """The line of the deepest frame of the traceback that lies in the claim's own file."""
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == file]
    return lines[-1] if lines else None


def _frames(error: BaseException) -> list[str]:
    """The file of each frame of the traceback, the deepest last."""
    return [frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)]


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    if _type(value) == "BooleanTensor":
        return "a comparison (==, <, ...), which states nothing"
    if isinstance(value, bool | int | float | str | type):
        return described(value).rstrip(",")
    return f"{'an' if _type(value)[0].lower() in 'aeiou' else 'a'} {_type(value)}"


def _type(value: object) -> str:
    return type(value).__name__


def _distinct(items: Iterator[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))


def _origin(namespace: Mapping[str, Any]) -> tuple[Any, Any]:
    return namespace.get("__name__"), namespace.get("__file__")


def _globals(function: Callable[..., Any]) -> Mapping[str, Any]:
    names: Mapping[str, Any] = getattr(function, "__globals__", {})
    return names
