"""The part of symconv's pytest plugin that every pytest run of an environment loads: it imports nothing of symconv.

Files that the option `symconv_paths` names are handed to `symconv.faces.pytest_plugin`; only they cost an import.
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
        default=["proofs"],
    )
    parser.addini("symconv_time_limit", "seconds for each claim", default="60")


def pytest_configure(config: pytest.Config) -> None:
    """Name the markers, which select by kind: ``pytest -m fallacy``."""
    config.addinivalue_line("markers", "claim: a claim of symconv, which is to be proved")
    config.addinivalue_line("markers", "fallacy: a fallacy of symconv, which is to be refuted")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ProofModule | None:
    """Collect the claims of a proof file."""
    if file_path.suffix != ".py" or not _is_proof_file(file_path, parent.config):
        return None
    from symconv.faces.pytest_plugin import ProofModule

    return ProofModule.from_parent(parent, path=file_path)


def pytest_pycollect_makeitem(name: str, obj: object) -> list[pytest.Item] | None:
    """Keep pytest from taking a claim whose name begins with ``test`` for a broken test function."""
    statement = sys.modules.get("symconv.claims")  # where it is not imported yet, nothing is a claim
    return [] if statement is not None and name.startswith("test") and isinstance(obj, statement.Claim) else None


def _is_proof_file(path: Path, config: pytest.Config) -> bool:
    if not path.is_relative_to(config.rootpath):
        return False
    relative = path.relative_to(config.rootpath)
    return any(_names(entry, relative) for entry in config.getini("symconv_paths"))


def _names(entry: str, path: Path) -> bool:
    """Whether the entry is the file, a folder above it, or a pattern that one of these matches."""
    pattern = entry.removeprefix("./").rstrip("/")
    if pattern in (".", ""):
        return True
    depth = len(Path(pattern).parts)
    # A pattern counts from the root folder, so it is held against just as many parts of the path.
    return len(path.parts) >= depth and Path(*path.parts[:depth]).match(pattern)
