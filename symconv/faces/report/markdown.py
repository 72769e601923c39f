"""A document as Markdown, in GitHub's dialect: formulas between $` and `$ and in math blocks, tables, folded parts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from symconv.faces.exposition import Formula
from symconv.faces.report.blocks import (
    Badge,
    Block,
    Bullets,
    Code,
    Derivation,
    Display,
    Document,
    Folded,
    Gallery,
    Inline,
    Link,
    Listing,
    Matrices,
    Paragraph,
    Section,
    Table,
    Text,
)

PIXELS = 16
"""Pixels to an em."""


def markdown(document: Document, images: str) -> str:
    """The document as the text of a .md file; ``images`` is the folder of its images, as seen from there."""
    writer = _Writer(images)
    contents = "\n".join(f"- [{_text(section.title)}](#{section.anchor})" for section in document.sections)
    parts = [f"# {plain(document.title)}", writer.blocks(document.summary), contents]
    return "\n\n".join([*parts, *(writer.section(section, 2) for section in document.sections)]) + "\n"


def plain(text: str) -> str:
    r"""The text with nothing in it that Markdown, HTML or mathematics would take for its own.

    >>> plain("a_b <script> *x* $1")
    'a\\_b &lt;script&gt; \\*x\\* <span>$</span>1'
    """
    marked = re.sub(r"([\\`*_\[\]|~#])", r"\\\1", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # At the start of a line, and before a space, these begin a list; lines of one sign alone are rules or headings.
    begun = re.sub(r"^(\s*\d*)((?<=\d)[.)](?=\s|$)|(?<!\d)(?:[-+](?=\s|$)|[-=]+\s*$))", r"\1\\\2", marked)
    return begun.replace("$", "<span>$</span>")


def _text(text: Text) -> str:
    return "".join(map(_inline, text))


def _inline(inline: Inline) -> str:
    match inline:
        case Formula(latex, _):
            return f"$`{_one_line(latex)}`$"
        case Code(text):
            return _code(text)
        case Link(text, anchor, code):
            return f"[{_code(text) if code else plain(text)}](#{anchor})"
        case Badge(text, tone):
            return plain(text) if tone == "good" else f"**{plain(text)}**"
        case str():
            return plain(inline)


def _code(text: str) -> str:
    """In as many backticks as it needs; a bar would end a table's cell even there."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence, space = "`" * (longest + 1), " " if longest else ""
    return f"{fence}{space}{_one_line(text)}{space}{fence}".replace("|", "\\|")


def _one_line(text: str) -> str:
    return " ".join(text.split())


class _Writer:
    """Blocks as Markdown."""

    def __init__(self, images: str) -> None:
        self._images = quote(images)

    def section(self, section: Section, level: int) -> str:
        """The section with all that is in it."""
        badges = "".join(f" · {_inline(badge)}" for badge in section.badges)
        heading = f'<a id="{section.anchor}"></a>\n\n{"#" * level} {_text(section.title)}{badges}'
        inner = (self.section(each, level + 1) for each in section.sections)
        return "\n\n".join(filter(None, [heading, self.blocks(section.blocks), *inner]))

    def blocks(self, blocks: Iterable[Block]) -> str:
        """Each as a paragraph of its own or more."""
        return "\n\n".join(map(self._block, blocks))

    def _block(self, block: Block) -> str:
        match block:
            case Paragraph(text, role):
                return f"> **Note.** {_text(text)}" if role == "warning" else _text(text)
            case Bullets(items):
                return "\n".join(f"- {_text(item)}" for item in items)
            case Display(formula):
                return _math(formula.latex)
            case Derivation():
                return _derivation(block)
            case Matrices(formulas):
                return _math(r" \qquad ".join(formula.latex for formula in formulas))
            case Listing(text):
                fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
                return f"{fence}python\n{text}\n{fence}"
            case Table():
                return _table(block)
            case Gallery():
                return self._gallery(block)
            case Folded(title, blocks):
                return f"<details><summary>{escape(title)}</summary>\n\n{self.blocks(blocks)}\n\n</details>"

    def _gallery(self, gallery: Gallery) -> str:
        made = [
            f'<img src="{self._images}/{quote(name)}" alt="{escape(image.alt)}" width="{image.width * PIXELS:.0f}">'
            f"<br>{_text(image.caption)}"
            for name, image in zip(gallery.files, gallery.images, strict=True)
        ]
        return "\n\n".join([*made, *([_text(gallery.caption)] if gallery.caption else [])])


def _math(latex: str) -> str:
    return f"```math\n{latex}\n```"


def _derivation(derivation: Derivation) -> str:
    """A chain with numbered relations, and below it the reasons by their numbers."""
    reasons: list[str] = []
    lines = [rf"& {derivation.first.latex}"]
    for step in derivation.steps:
        relation = "="
        if step.reason:
            reasons.append(f"({len(reasons) + 1}) {_text(step.reason)}")
            relation = rf"\overset{{({len(reasons)})}}{{=}}"
        lines.append(rf"& \quad {relation} {step.formula.latex}")
    joined = " \\\\\n".join(lines)
    made = _math(f"\\begin{{aligned}}\n{joined}\n\\end{{aligned}}")
    return "\n\n".join([made, "; ".join(reasons)] if reasons else [made])


def _table(table: Table) -> str:
    heads = [plain(column.title) for column in table.columns]
    rules = ["--:" if column.numbers else ":--" for column in table.columns]
    rows: list[list[str]] = []
    for group in table.groups:
        if group.title:
            rows.append([f"**{_text(group.title)}**"] + [""] * (len(heads) - 1))
        rows += [list(map(_text, row)) for row in group.rows]
    lines = (f"| {' | '.join(cells)} |" for cells in [heads, rules, *rows])
    return "\n".join([f"{plain(table.caption)}:", "", *lines])
