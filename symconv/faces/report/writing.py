"""The file that is asked for: its format by its suffix, and nothing half-written."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from symconv.errors import SymconvError
from symconv.faces.outcome import Outcome
from symconv.faces.report.blocks import Block, Document, Folded, Gallery, Section
from symconv.faces.report.content import document
from symconv.faces.report.engine import Engine, find_engine, pdf
from symconv.faces.report.heatmaps import available
from symconv.faces.report.html import html
from symconv.faces.report.markdown import markdown
from symconv.faces.report.tex import tex

FORMATS = ".html, .pdf, .tex or .md"


class ReportError(SymconvError):
    """A report that cannot be written where, or as what, it is asked for."""


@dataclass(frozen=True)
class Target:
    """A file to write, known to be possible: its folder exists, and so does what its format needs."""

    path: Path
    engine: Engine | None = None

    @property
    def images(self) -> Path | None:
        """The folder for the images of a format that does not hold them itself."""
        return self.path.with_name(f"{self.path.stem}_images") if self.path.suffix in (".tex", ".md") else None


def target(name: str) -> Target:
    """What the file name asks for, before any work is done for it.

    Raises: ReportError for a suffix that is no format, a folder that is not there, and a PDF without a TeX engine.
    """
    path = Path(name)
    if path.suffix not in (".html", ".pdf", ".tex", ".md"):
        raise ReportError(f"{name}: a report is written to a file whose name ends in {FORMATS}")
    if not path.parent.is_dir():
        raise ReportError(f"{name}: there is no folder {path.parent}")
    if path.is_dir():
        raise ReportError(f"{name}: is a folder; a report is one file")
    return Target(path, find_engine() if path.suffix == ".pdf" else None)


def missing_pictures(wanted: bool | None) -> str:
    """Why a report will have no pictures; nothing where it will have them. ``None`` wants them where it can.

    Raises: ReportError where they are wanted and the extra that draws them is not installed.
    """
    if wanted is False:
        return "Without pictures, as asked for."
    if available():
        return ""
    install = "install the extra symconv[report], which brings Matplotlib"
    if wanted:
        raise ReportError(f"pictures are drawn by Matplotlib, which is not installed: {install}")
    return f"Without pictures, which are drawn by Matplotlib: {install}."


def report(
    outcomes: Sequence[Outcome], docs: Mapping[str, str], target: Target, notice: str, index_origin: int = 1
) -> None:
    """Write the report of these outcomes; ``notice`` says why it has no pictures, if it has none."""
    write(document(outcomes, docs, pictures=not notice, notice=notice, index_origin=index_origin), target)


def write(document: Document, target: Target) -> None:
    """Write the document; until it is whole, what was there before stays there.

    Raises: ReportError where the file cannot be written, EngineError where TeX fails.
    """
    try:
        if target.engine is not None:
            images = image_files(document, "images")
            replace_file(target.path, pdf(target.engine, tex(document, "images"), images))
        elif target.images is None:
            replace_file(target.path, html(document).encode())
        else:
            form: Callable[[Document, str], str] = tex if target.path.suffix == ".tex" else markdown
            _write_images(target.images, image_files(document, ""))
            replace_file(target.path, form(document, target.images.name).encode())
    except OSError as error:
        raise ReportError(f"{target.path}: cannot be written: {error.strerror or error}") from error


def image_files(document: Document, folder: str) -> dict[str, bytes]:
    """The images by the names that writers give them, in the folder."""
    blocks = [block for section in document.sections for block in _all_blocks(section)]
    galleries = [block for block in blocks if isinstance(block, Gallery)]
    return {
        f"{folder}/{name}" if folder else name: image.png
        for gallery in galleries
        for name, image in zip(gallery.files, gallery.images, strict=True)
    }


def _all_blocks(section: Section) -> Iterator[Block]:
    yield from _opened(section.blocks)
    for each in section.sections:
        yield from _all_blocks(each)


def _opened(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Folded):
            yield from _opened(block.blocks)


def _write_images(folder: Path, images: dict[str, bytes]) -> None:
    if images:
        folder.mkdir(exist_ok=True)
        for name, png in images.items():
            (folder / name).write_bytes(png)


def replace_file(path: Path, data: bytes) -> None:
    """Write a file that is there whole, or as it was before."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        if path.exists():
            shutil.copymode(path, temporary)
        else:
            os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
