"""The TeX engine that is installed, and a document run through it: without a shell, apart from the user's files."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from symconv.errors import SymconvError

PASSES = 4
"""Runs after which page numbers and table widths have settled, or never will."""

SECONDS = 300.0

QUIET = ("-interaction=nonstopmode", "-halt-on-error", "-file-line-error", "-no-shell-escape")

# A document may read and write in its own folder only, and TeX may run no program.
CONFINED = {"openin_any": "p", "openout_any": "p", "shell_escape": "f", "max_print_line": "1000"}

INSTALL = (
    "install one of tectonic, latexmk, lualatex, xelatex and pdflatex "
    "(on Debian and Ubuntu: apt-get install texlive-latex-recommended texlive-fonts-recommended lmodern; elsewhere: "
    "TeX Live from https://tug.org/texlive), or write the report as .html, .tex or .md"
)


class EngineError(SymconvError):
    """There is no TeX engine, or it made no PDF of the document."""


@dataclass(frozen=True)
class Engine:
    """A TeX engine: what makes ``report.pdf`` of ``report.tex``, and whether it repeats itself as often as needed."""

    name: str
    command: tuple[str, ...]
    repeats: bool = False


@dataclass(frozen=True)
class Typeset:
    """What an engine made, and what it had to say."""

    pdf: bytes
    log: str


def find_engine() -> Engine:
    """The first engine that is installed.

    Raises: EngineError where there is none; its sentence says what to install.
    """
    for name in ("tectonic", "latexmk", "lualatex", "xelatex", "pdflatex"):
        path = shutil.which(name)
        # Latexmk is no engine of its own.
        if path is not None and (name != "latexmk" or shutil.which("pdflatex")):
            return engine(name, path)
    raise EngineError(f"a PDF needs a TeX engine and none is installed: {INSTALL}")


def engine(name: str, path: str) -> Engine:
    """The engine of this name, at this path."""
    if name == "tectonic":
        return Engine(name, (path, "--untrusted", "--keep-logs", "--outdir=.", "report.tex"), repeats=True)
    if name == "latexmk":
        # Its configuration files are programs, hence -norc.
        return Engine(name, (path, "-norc", "-pdf", *QUIET[:3], "-latexoption=-no-shell-escape", "report.tex"), True)
    return Engine(name, (path, *QUIET, "report.tex"))


def pdf(engine: Engine, source: str, files: Mapping[str, bytes], seconds: float = SECONDS) -> bytes:
    """The PDF of a LaTeX document with the files beside it.

    Raises: EngineError with the first error of the log, or where the time limit is reached.
    """
    return typeset(engine, source, files, seconds).pdf


def typeset(engine: Engine, source: str, files: Mapping[str, bytes], seconds: float = SECONDS) -> Typeset:
    """As `pdf`, together with the log."""
    with tempfile.TemporaryDirectory(prefix="symconv-") as name:
        folder = Path(name)
        (folder / "report.tex").write_text(source, encoding="utf-8")
        for file, data in files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(data)
        ends = time.monotonic() + seconds
        before = None
        for _ in range(1 if engine.repeats else PASSES):
            _run(engine, folder, max(0.1, ends - time.monotonic()), seconds)
            if (after := _references(folder)) == before:
                break
            before = after
        return Typeset((folder / "report.pdf").read_bytes(), _log(folder))


def _run(engine: Engine, folder: Path, left: float, seconds: float) -> None:
    process = subprocess.Popen(
        engine.command,
        cwd=folder,
        env=os.environ | CONFINED,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=left)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            raise EngineError(f"{engine.name} made no PDF within {seconds:g} s") from error
        raise
    if process.returncode or not (folder / "report.pdf").is_file():
        said = first_error(_log(folder) or output.decode("utf-8", "replace"))
        raise EngineError(f"{engine.name} made no PDF: {said or f'it ended with exit code {process.returncode}'}")


def _references(folder: Path) -> list[bytes]:
    """What one run leaves for the next."""
    files = (folder / f"report.{suffix}" for suffix in ("aux", "toc", "out"))
    return [file.read_bytes() for file in files if file.is_file()]


def _log(folder: Path) -> str:
    file = folder / "report.log"
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""


def first_error(log: str) -> str:
    r"""The first error of a log in one line, or nothing.

    >>> first_error("This is pdfTeX\n./report.tex:7: Undefined control sequence.\nl.7 \\nothing\n")
    'report.tex:7: Undefined control sequence: \\nothing'
    """
    found = re.search(
        r"^(?:! |error: |\./(?=report\.tex:\d+: ))(.+)\n(?:(?!l\.\d).*\n)*(?:l\.\d+ ?(.*))?", log, re.MULTILINE
    )
    if found is None:
        return ""
    sentence = found[1].strip().rstrip(".")
    return f"{sentence}: {found[2].strip()}" if (found[2] or "").strip() else sentence


def overfull(log: str) -> list[float]:
    r"""By how many points boxes stick out into the margin, largest first.

    >>> overfull("Overfull \\hbox (12.5pt too wide) in paragraph at lines 1--2\n")
    [12.5]
    """
    return sorted(
        (float(points) for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\)", log)), reverse=True
    )
