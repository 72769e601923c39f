"""From what a user types to claims: find the files, import one, list its claims."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import inspect
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

from symconv.claims.kept import BuiltinsKept
from symconv.errors import LoadError
from symconv.faces.lost import lost_claim
from symconv.faces.outcome import ClaimInfo

if TYPE_CHECKING:
    from symconv.claims import Claim, Picture

TARGET = "a target is a folder, a .py file or file.py::claim"
NO_CLAIM = "holds no claim; a claim is a function marked @claim or @fallacy"


@dataclass(frozen=True)
class ProofFile:
    """A file to import. ``names`` are the claims that are asked for; None asks for all.

    ``found`` tells a file met in a folder, which may well hold no claims, from one that the user named. Of the claims,
    those are taken whose names contain ``keyword``, in whatever case.
    """

    path: Path
    shown: str
    names: tuple[str, ...] | None = None
    found: bool = False
    keyword: str = ""


@dataclass(frozen=True)
class BadTarget:
    """A target that leads to no file, and why."""

    target: str
    reason: str


def shown(path: Path) -> str:
    """The path from the working folder where it lies below it; whole otherwise."""
    with contextlib.suppress(ValueError, OSError):
        return path.relative_to(Path.cwd()).as_posix()
    return str(path)


def find(targets: Iterable[str], keyword: str = "") -> list[ProofFile | BadTarget]:
    """The files that the targets name, each once, in the order in which they were given; what to take of them."""
    files: dict[Path, ProofFile] = {}
    bad: list[BadTarget] = []
    for target in targets:
        try:
            for file in _files_of(target):
                files[file.path] = _merged(files.get(file.path), file)
        except LoadError as error:
            bad.append(BadTarget(target, str(error)))
    return [*(replace(file, keyword=keyword) for file in files.values()), *bad]


def _files_of(target: str) -> Iterator[ProofFile]:
    text, separator, name = target.partition("::")
    # `absolute`, not `resolve`: a linked file is shown, and finds its siblings, where the user put it.
    path = Path(os.path.normpath(Path(text).absolute()))
    if not text or not path.exists():
        raise LoadError(f"{target}: no such file or folder{_near_file(path) if text else ''}; {TARGET}")
    if path.is_dir():
        if separator:
            raise LoadError(f"{target}: {text} is a folder; {TARGET}")
        yield from _files_in(path, target)
    elif path.suffix != ".py":
        raise LoadError(f"{target}: not a Python file; {TARGET}")
    elif separator and not name.isidentifier():
        raise LoadError(f"{target}: {name!r} is not the name of a claim; {TARGET}")
    else:
        yield ProofFile(path, shown(path), (name,) if separator else None)


def _files_in(folder: Path, target: str) -> Iterator[ProofFile]:
    paths = [path for path in _python_files(folder) if _may_hold_claims(path)]
    if not paths:
        raise LoadError(f"{target}: {NO_CLAIM}")
    for path in paths:
        yield ProofFile(path, shown(path), found=True)


def _python_files(folder: Path) -> Iterator[Path]:
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__pycache__")
        paths = (Path(where, name) for name in sorted(files) if name.endswith(".py"))
        yield from (path for path in paths if path.is_file())  # reading a pipe would wait for ever


def _may_hold_claims(path: Path) -> bool:
    """Importing runs a file, so one that was only met in a folder, and never says "claim", is left alone."""
    try:
        text = path.read_bytes()
    except OSError:
        return True  # importing it says what is wrong
    return b"claim" in text or b"fallacy" in text


def _merged(known: ProofFile | None, file: ProofFile) -> ProofFile:
    if known is None:
        return file
    found = known.found and file.found
    if known.names is None or file.names is None:
        return replace(file, names=None, found=found)
    return replace(file, names=tuple(dict.fromkeys(known.names + file.names)), found=found)


def _near_file(path: Path) -> str:
    names = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    return did_you_mean(path.name, names)


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """A hint at the nearest of the names, or nothing.

    >>> did_you_mean("pooled", ["poled", "conv"])
    '; did you mean poled?'
    """
    near = difflib.get_close_matches(name, list(names), n=1)
    return f"; did you mean {near[0]}?" if near else ""


@dataclass(frozen=True)
class Contents:
    """What an imported file holds: its docstring, the claims that are asked for, and its pictures, both by line.

    Pictures illustrate a whole file, so there are none where single claims are asked for.
    """

    doc: str
    claims: list[Claim]
    pictures: list[Picture]


def load(file: ProofFile) -> list[Claim]:
    """Import the file and give the claims that are asked for, in the order of their lines."""
    return load_contents(file).claims


def load_contents(file: ProofFile) -> Contents:
    """Import the file and give what it holds."""
    from symconv.claims import claims_of, pictures_of
    from symconv.claims.made import claims_made

    with claims_made() as made:
        namespace = vars(import_file(file))
    refuse_lost_claims(file.path, file.shown, namespace, made)
    claims = claims_of(namespace)
    if not claims and not file.found:
        raise LoadError(f"{file.shown}: {NO_CLAIM}")
    # A docstring may be anything: a file can assign to __doc__.
    doc = inspect.cleandoc(str(namespace.get("__doc__") or ""))
    asked = claims if file.names is None else [_named(claims, name, file) for name in file.names]
    chosen = [claim for claim in asked if file.keyword.casefold() in claim.name.casefold()]
    whole = file.names is None and not file.keyword
    return Contents(doc, chosen, pictures_of(namespace) if whole else [])


def refuse_lost_claims(path: Path, name: str, namespace: Mapping[str, Any], made: Iterable[Claim] = ()) -> None:
    """Refuse a file that has lost a claim, one of its text or of those ``made``: what is not there cannot fail."""
    try:
        lost = lost_claim(path.read_bytes(), namespace, made)
    except (OSError, SyntaxError, ValueError, RecursionError):
        return  # it was read and run a moment ago, and is no longer what it was
    if lost is not None:
        line, reason = lost
        raise LoadError(f"{name}:{line}: {reason}")


def _named(claims: list[Claim], name: str, file: ProofFile) -> Claim:
    for claim in claims:
        if claim.name == name:
            return claim
    known = [claim.name for claim in claims]
    hint = did_you_mean(name, known) or f"; it holds {', '.join(known)}"
    raise LoadError(f"{file.shown}::{name}: no such claim in this file{hint}")


def import_file(file: ProofFile) -> ModuleType:
    """Run the file as a module under a name of its own; its folder can be imported from meanwhile.

    What it puts in the place of Python's own names is put back, for the sake of all that runs after it.
    Compiled from its source each time: a stored bytecode may be older than an edit within the same second.
    """
    # The name is unique per path, so that two files of one name, or a file named as a library, do not collide.
    name = f"symconv_proof_{hashlib.sha256(str(file.path).encode()).hexdigest()[:8]}_{file.path.stem}"
    module = ModuleType(name)
    module.__file__ = str(file.path)
    code = _compiled(file)
    sys.modules[name] = module
    try:
        with folder_on_path(file.path.parent), BuiltinsKept():
            exec(code, vars(module))
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise LoadError(_import_failure(file, error)) from error
    return module


def _compiled(file: ProofFile) -> CodeType:
    try:
        return compile(file.path.read_bytes(), str(file.path), "exec", dont_inherit=True)
    except SyntaxError as error:
        line = f":{error.lineno}" if error.lineno else ""
        raise LoadError(f"{file.shown}{line}: not Python: {error.msg}") from error
    except OSError as error:
        raise LoadError(f"{file.shown}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise LoadError(f"{file.shown}: not Python: {error}") from error


@contextlib.contextmanager
def folder_on_path(folder: Path) -> Iterator[None]:
    """Let what runs in the block import from the folder."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):
            sys.path.remove(str(folder))


def _import_failure(file: ProofFile, error: BaseException) -> str:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file.path)]
    where = f"{file.shown}:{lines[-1]}" if lines else file.shown
    return f"{where}: importing it raised {describe_error(error)}"


def describe_error(error: BaseException) -> str:
    """The error's type and text in one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def describe(claim: Claim) -> ClaimInfo:
    """How the claim is written, as text."""
    problem = None if claim.problem is None else str(claim.problem)
    hypotheses = "" if claim.problem is not None else claim.hypotheses
    source = _source(claim.function)
    return ClaimInfo(claim.name, claim.line, claim.kind, inspect.cleandoc(claim.doc or ""), hypotheses, source, problem)


def describe_picture(picture: Picture) -> ClaimInfo:
    """How the picture is written, as text."""
    return ClaimInfo(picture.name, picture.line, "picture", picture.doc, source=_source(picture.function))


def _source(function: Callable[..., Any]) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return ""
