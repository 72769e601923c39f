"""What a document is made of, whatever it is written as. Plain text is plain: each writer escapes it in its own way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from symconv.faces.exposition import Formula

Tone = Literal["good", "bad", "open"]


@dataclass(frozen=True)
class Code:
    """A piece of code in a line of text."""

    text: str


@dataclass(frozen=True)
class Link:
    """Text that leads to the section with this anchor; shown as code where it is a name."""

    text: str
    anchor: str
    code: bool = False


@dataclass(frozen=True)
class Badge:
    """A verdict in a word or two; its tone is told by colour as well."""

    text: str
    tone: Tone


Inline = str | Formula | Code | Link | Badge
Text = tuple[Inline, ...]


def plain_text(text: Text) -> str:
    """The text without any form, for places that have none."""
    return "".join(each if isinstance(each, str) else each.text for each in text)


@dataclass(frozen=True)
class Paragraph:
    """One paragraph. A ``lead`` is what to read first, a ``detail`` what to read last, a ``warning`` what to heed."""

    text: Text
    role: Literal["", "lead", "detail", "warning"] = ""


@dataclass(frozen=True)
class Bullets:
    """A list without an order."""

    items: tuple[Text, ...]


@dataclass(frozen=True)
class Display:
    """A formula in a line of its own."""

    formula: Formula


@dataclass(frozen=True)
class Step:
    """One line of a derivation; the first has no relation and no reason."""

    formula: Formula
    reason: Text = ()


@dataclass(frozen=True)
class Derivation:
    """A chain of equalities: the first line, then each with its reason."""

    first: Formula
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Matrices:
    """Formulas, often matrices, each with its name or an empty one; side by side where there is room."""

    formulas: tuple[Formula, ...]


@dataclass(frozen=True)
class Listing:
    """Code in lines of its own."""

    text: str


@dataclass(frozen=True)
class Column:
    """A column's title, its share of the width, and whether it holds numbers."""

    title: str
    share: float
    numbers: bool = False


@dataclass(frozen=True)
class Group:
    """Rows of a table under a title of their own (none where it is empty)."""

    rows: tuple[tuple[Text, ...], ...]
    title: Text = ()


@dataclass(frozen=True)
class Table:
    """A table with a caption; the first cell of each row is its title."""

    caption: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Image:
    """A PNG image, ``width`` em wide. ``alt`` describes it to those who do not see it."""

    png: bytes
    caption: Text
    alt: str
    width: float


@dataclass(frozen=True)
class Gallery:
    """Images side by side, with a caption for all of them. ``name`` is unique within the document."""

    name: str
    images: tuple[Image, ...]
    caption: Text = ()

    @property
    def files(self) -> tuple[str, ...]:
        """The file name of each image, for formats that do not hold them themselves."""
        return tuple(f"{self.name}-{number}.png" for number in range(1, len(self.images) + 1))


@dataclass(frozen=True)
class Folded:
    """Blocks that a reader may open; on paper they are open, or (``paper`` is false) left out."""

    title: str
    blocks: tuple[Block, ...]
    paper: bool = True


Block = Paragraph | Bullets | Display | Derivation | Matrices | Listing | Table | Gallery | Folded


@dataclass(frozen=True)
class Section:
    """A part with a heading, which is one line of text."""

    title: Text
    anchor: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    badges: tuple[Badge, ...] = ()


@dataclass(frozen=True)
class Document:
    """A whole report. The table of contents lists ``sections``, down to those that are no single claims."""

    title: str
    summary: tuple[Block, ...]
    sections: tuple[Section, ...]
