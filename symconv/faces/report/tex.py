r"""A document as LaTeX: amsmath and what a small TeX installation has. Lines of formulas are broken here, or by TeX.

A formula that is too wide is broken where `breaking` allows it; a part that is still too wide is made smaller, so that
nothing sticks out of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import resources

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
    plain_text,
)
from symconv.faces.report.breaking import pieces
from symconv.faces.report.tex_text import escaped

LONG_WORD = 12
"""Characters from which a word may be broken at its punctuation."""

LONG = 24
"""Characters of LaTeX from which a formula within a line is broken by our rules rather than TeX's."""


def tex(document: Document, images: str) -> str:
    """The document as the text of a .tex file; ``images`` is the folder of its images, as seen from there."""
    preamble = resources.files("symconv.faces.report").joinpath("preamble.tex").read_text(encoding="utf-8")
    title = escaped(document.title)
    writer = _Writer(images)
    return "\n".join(
        [
            preamble,
            rf"\hypersetup{{pdftitle={{{title}}}}}",
            r"\begin{document}",
            rf"\reporttitle{{{title}}}",
            writer.blocks(document.summary),
            r"\tableofcontents",
            *(writer.section(section, 0) for section in document.sections),
            r"\end{document}",
            "",
        ]
    )


def _text(text: Text) -> str:
    return "".join(map(_inline, text))


def _inline(inline: Inline) -> str:
    match inline:
        case Formula():
            return _formula(inline)
        case Code(text):
            return _code(text)
        case Link(text, anchor, code):
            return rf"\hyperref[{anchor}]{{{_code(text) if code else escaped(text)}}}"
        case Badge(text, tone):
            return rf"\badge{{{tone}}}{{{escaped(text)}}}"
        case str():
            return _words(inline)


def _words(text: str) -> str:
    """Plain text; a long word of it, such as a path, may be broken like code."""
    words = re.split(r"(\s+)", text)
    return "".join(_breakable(word) if len(word) > LONG_WORD else escaped(word) for word in words)


def _code(text: str) -> str:
    return rf"\texttt{{{_breakable(text)}}}"


def _breakable(text: str) -> str:
    """Code whose lines may end after its punctuation; it has no hyphens."""
    parts = re.findall(r".*?[_/.:,(=\[){>}|]+|.+$", text)
    return r"\allowbreak{}".join(map(escaped, parts))


def _formula(formula: Formula) -> str:
    return f"${formula.latex}$" if len(formula.latex) < LONG else _pieces(formula.latex, r"\piece")


def _pieces(latex: str, command: str) -> str:
    """The formula in pieces between which TeX may break the line."""
    made = []
    for number, piece in enumerate(pieces(latex)):
        body = piece.latex.strip()
        # An operator at the start of a piece needs something on its left to keep its distance from, and a comma at its
        # end something on its right.
        body = f"{body}{{}}" if body.endswith(",") else body
        made.append(rf"{command}{{{body}}}" if number == 0 else rf"\turn{{{piece.penalty}}}{command}{{{{}}{body}}}")
    return "%\n".join(made)


def _display(formula: Formula) -> str:
    return _pieces(formula.latex, r"\displaypiece")


class _Writer:
    """Blocks as LaTeX."""

    def __init__(self, images: str) -> None:
        self._images = images

    def section(self, section: Section, depth: int) -> str:
        """The section with all that is in it."""
        title, plain = _text(section.title), escaped(plain_text(section.title))
        heading = r"\reportsection" if depth == 0 else r"\claimheading"
        badges = "".join(_inline(badge) for badge in section.badges)
        parts = [rf"{heading}{{{title}}}{{{plain}}}{{{section.anchor}}}{{{badges}}}", self.blocks(section.blocks)]
        return "\n".join([*parts, *(self.section(each, depth + 1) for each in section.sections)])

    def blocks(self, blocks: Iterable[Block]) -> str:
        """Each as a paragraph of its own or more."""
        return "\n\n".join(filter(None, map(self._block, blocks)))

    def _block(self, block: Block) -> str:
        match block:
            case Paragraph(text, role):
                return rf"\{role or 'plain'}paragraph{{{_text(text)}}}"
            case Bullets(items):
                return "\n".join([r"\begin{bullets}", *(rf"\item {_text(item)}" for item in items), r"\end{bullets}"])
            case Display(formula):
                return rf"\formulaline{{{_display(formula)}}}"
            case Derivation():
                return _derivation(block)
            case Matrices(formulas):
                made = (rf"\matrixpiece{{{_display(formula)}}}" for formula in formulas)
                return r"\formulaline{" + "%\n".join(made) + "}"
            case Listing(text):
                return _listing(text)
            case Table():
                return _table(block)
            case Gallery():
                return self._gallery(block)
            case Folded():
                return self._folded(block)

    def _folded(self, folded: Folded) -> str:
        """In small type, and lists as running text: paper has no folds."""
        if not folded.paper:
            return ""
        made = [
            rf"\plainparagraph{{{'; '.join(map(_text, block.items))}.}}"
            if isinstance(block, Bullets)
            else self._block(block)
            for block in folded.blocks
        ]
        title = rf"\begin{{folded}}{{{escaped(folded.title)}}}"
        return "\n".join([title, "\n\n".join(made), r"\end{folded}"])

    def _gallery(self, gallery: Gallery) -> str:
        made = [
            rf"\reportimage{{{image.width:g}em}}{{{self._images}/{name}}}{{{_text(image.caption)}}}"
            for name, image in zip(gallery.files, gallery.images, strict=True)
        ]
        caption = [rf"\gallerycaption{{{_text(gallery.caption)}}}"] if gallery.caption else []
        return "\n".join([r"\begin{gallery}", *made, *caption, r"\end{gallery}"])


def _derivation(derivation: Derivation) -> str:
    lines = [rf"\formulaline{{{_display(derivation.first)}}}"]
    for step in derivation.steps:
        made = _display(Formula(f"= {step.formula.latex}", ""))
        lines.append(rf"\formulastep{{{made}}}{{{_text(step.reason)}}}")
    return "\n".join([r"\begin{derivation}", *lines, r"\end{derivation}"])


def _listing(text: str) -> str:
    lines = []
    for line in text.split("\n"):
        indent = len(line) - len(line.lstrip(" "))
        lines.append(rf"\listingline{{{indent}}}{{{_breakable(line.strip())}}}")
    return "\n".join([r"\begin{listing}", *lines, r"\end{listing}"])


def _table(table: Table) -> str:
    columns = "".join(rf"{'R' if each.numbers else 'L'}{{{each.share:.3f}\tablewidth}}" for each in table.columns)
    heads = " & ".join(rf"\textbf{{{escaped(each.title)}}}" for each in table.columns)
    rows = []
    for group in table.groups:
        if group.title:
            rows.append(
                rf"\multicolumn{{{len(table.columns)}}}{{@{{}}l@{{}}}}{{\rule{{0pt}}{{3ex}}{_text(group.title)}}} \\*"
            )
        rows += [" & ".join(map(_text, row)) + r" \\" for row in group.rows]
    return "\n".join(
        [
            rf"\begin{{reporttable}}{{{escaped(table.caption)}}}",
            rf"\begin{{longtable}}{{@{{}}{columns}@{{}}}}",
            rf"\toprule {heads} \\ \midrule \endhead \bottomrule \endfoot",
            *rows,
            r"\end{longtable}",
            r"\end{reporttable}",
        ]
    )
