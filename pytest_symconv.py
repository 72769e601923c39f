"""The part of symconv's pytest plugin that every pytest run of an environment loads: it imports nothing of symconv.

Files that the option `symconv_paths` names are handed to `symconv.faces.pytest_plugin`, and so are files of claims that
the command line names; only they cost an import.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from symconv.faces.pytest_plugin import ProofModule


def pytest_addoption(parser: pytest.Parser) -> None:
    """Name the options."""
    parser.addini(
        "symconv_paths",
        "folders, files and patterns (from the root folder) of Python files whose claims are checked",
        type="args",
        default=None,
    )
    parser.addini("symconv_time_limit", "seconds for each claim", default="60")


def pytest_configure(config: pytest.Config) -> None:
    """Name the markers, which select by kind (``pytest -m fallacy``), and look at the options."""
    _check_time_limit(config)
    if not hasattr(config, "workerinput"):  # one warning is enough
        _warn_of_idle_paths(config)
    config.addinivalue_line("markers", "claim: a claim of symconv, which is to be proved")
    config.addinivalue_line("markers", "fallacy: a fallacy of symconv, which is to be refuted")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ProofModule | None:
    """Collect the claims of a proof file."""
    if file_path.suffix != ".py":
        return None
    asked_for = parent.session.isinitpath(file_path) and _is_file_of_claims(file_path, parent.config)
    if not asked_for and not _is_proof_file(file_path, parent.config):
        return None
    from symconv.faces.pytest_plugin import ProofModule

    return ProofModule.from_parent(parent, path=file_path)


def pytest_pycollect_makeitem(name: str, obj: object) -> list[pytest.Item] | None:
    """Keep pytest from taking a claim whose name begins with ``test`` for a broken test function."""
    statement = sys.modules.get("symconv.claims")  # where it is not imported yet, nothing is a claim
    return [] if statement is not None and name.startswith("test") and isinstance(obj, statement.Claim) else None


def _check_time_limit(config: pytest.Config) -> None:
    value = config.getini("symconv_time_limit")
    try:
        limit = float(value)
    except ValueError:
        limit = 0.0
    if not 0 < limit < float("inf"):
        raise pytest.UsageError(f"symconv_time_limit is {value!r}; it is a positive number of seconds")


def _warn_of_idle_paths(config: pytest.Config) -> None:
    """Say which entries name nothing, as pytest does of its own testpaths: no claim of theirs is checked."""
    for entry in config.getini("symconv_paths") or ():
        if not _leads_somewhere(entry, config.rootpath):
            words = f"symconv_paths: {entry} names no file or folder in {config.rootpath}"
            config.issue_config_time_warning(pytest.PytestConfigWarning(words), stacklevel=2)


def _leads_somewhere(entry: str, root: Path) -> bool:
    pattern = entry.removeprefix("./").rstrip("/")
    try:
        return pattern in (".", "") or next(root.glob(pattern), None) is not None
    except (NotImplementedError, ValueError):  # an absolute path, which no file below the root folder has
        return False


def _is_file_of_claims(path: Path, config: pytest.Config) -> bool:
    """Whether a file speaks of claims, and is no test module: tests may well make claims that are not to hold."""
    if any(path.match(pattern) for pattern in config.getini("python_files")):
        return False
    text = path.read_bytes()
    return b"symconv" in text and (b"claim" in text or b"fallacy" in text)


def _is_proof_file(path: Path, config: pytest.Config) -> bool:
    if not path.is_relative_to(config.rootpath):
        return False
    relative = path.relative_to(config.rootpath)
    entries = config.getini("symconv_paths")
    return any(_names(entry, relative) for entry in (["proofs"] if entries is None else entries))


def _names(entry: str, path: Path) -> bool:
    """Whether the entry is the file, a folder above it, or a pattern that one of these matches."""
    pattern = entry.removeprefix("./").rstrip("/")
    if pattern in (".", ""):
        return True
    depth = len(Path(pattern).parts)
    # A pattern counts from the root folder, so it is held against just as many parts of the path.
    return len(path.parts) >= depth and Path(*path.parts[:depth]).match(pattern)
