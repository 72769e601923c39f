"""Docstrings as blocks: paragraphs, lists with hyphens, `code` between backticks, and X_{i,j} or k^2 as formulas."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from symconv.faces.exposition import Formula
from symconv.faces.report.blocks import Block, Bullets, Code, Inline, Link, Listing, Paragraph, Text
from symconv.faces.report.mathml import NotMathML, convert

GREEK = "alpha|beta|gamma|delta|epsilon|eta|theta|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|phi|chi|psi|omega|partial"
GROUP = r"\{(?:[A-Za-z0-9,+\-*/(): _^]|\{[A-Za-z0-9,+\-*/(): ]+\})+\}"
SCRIPT = rf"{GROUP}|[A-Za-z0-9]{{1,4}}"
BASE = rf"d?[A-Za-z]|{GREEK}"
SCRIPTS = rf"(?:_(?:{SCRIPT})|\^(?:{SCRIPT}))+"
WITH_SCRIPTS = rf"(?<![\w\\])(?:{BASE}|d?\((?:{BASE})(?:{SCRIPTS})?\)){SCRIPTS}(?![\w^])"
"""A single letter, or the name of a Greek one, with a subscript or a superscript: what is plainly a formula."""

SPANS = re.compile(rf"(?P<code>``?[^`\n]+``?)|(?P<formula>{WITH_SCRIPTS})")

Resolve = Callable[[str], str | None]
"""From a name in backticks to the anchor that it leads to, if it leads anywhere."""


def blocks_of(text: str, resolve: Resolve = lambda name: None) -> tuple[Block, ...]:
    """The text of a docstring, without its common indentation, as blocks.

    >>> blocks_of("One.\\n\\n- two\\n- three")
    (Paragraph(text=('One.',), role=''), Bullets(items=(('two',), ('three',))))
    """
    return tuple(block for part in re.split(r"\n\s*\n", text.strip("\n")) for block in _part(part, resolve))


def _part(part: str, resolve: Resolve) -> Iterator[Block]:
    """A part between blank lines: text, and perhaps a list right below it; what is indented is code."""
    lines = part.split("\n")
    if all(line.startswith("    ") for line in lines):
        yield Listing("\n".join(line[4:] for line in lines))
        return
    first = next((number for number, line in enumerate(lines) if line.lstrip().startswith("- ")), len(lines))
    if words := " ".join(line.strip() for line in lines[:first]).strip():
        yield Paragraph(inlines(words, resolve))
    if first < len(lines):
        items = re.split(r"(?:^|\n)\s*- ", "\n".join(lines[first:]))[1:]
        yield Bullets(tuple(inlines(" ".join(item.split()), resolve) for item in items))


def inlines(text: str, resolve: Resolve = lambda name: None) -> Text:
    """One line of text with its code, links and formulas.

    >>> inlines("see `f` at X_{ij}")
    ('see ', Code(text='f'), ' at ', Formula(latex='X_{ij}', text='X_{ij}'))
    """
    return tuple(_inlines(text, resolve))


def _inlines(text: str, resolve: Resolve) -> Iterator[Inline]:
    at = 0
    for found in SPANS.finditer(text):
        if found.start() > at:
            yield with_signs(text[at : found.start()])
        at = found.end()
        yield _code(found[0].strip("`"), resolve) if found["code"] else _formula(found[0])
    if at < len(text):
        yield with_signs(text[at:])


def with_signs(text: str) -> str:
    """The text with the signs that an author of plain text has no keys for, where they are plainly meant.

    >>> with_signs("an m x n image, 1 <= i, row n - 1")
    'an m × n image, 1 ≤ i, row n − 1'
    """
    times = re.sub(r"(?<=\b\w) x (?=\w\b)", " × ", text)
    minus = re.sub(r"(?:^|(?<=\b\w)|(?<=[)\]])) - (?=\w\b|[(\[]|$)", " − ", times)
    return minus.replace("<=", "≤").replace(">=", "≥").replace("!=", "≠")


def _code(name: str, resolve: Resolve) -> Inline:
    anchor = resolve(name)
    return Code(name) if anchor is None else Link(name, anchor, code=True)


def _formula(text: str) -> Inline:
    """The text as a formula; as text where it is none after all (two subscripts on one letter, say)."""
    latex = _latex(text)
    try:
        convert(latex)
    except NotMathML:
        return text
    return Formula(latex, text)


def _latex(formula: str) -> str:
    """The formula with Greek letters as commands, scripts in braces, and x between sizes as a multiplication sign."""
    braced = re.sub(r"([_^])([A-Za-z0-9]+)", r"\1{\2}", formula)
    greek = re.sub(rf"\b({GREEK})(?=[_^)])", lambda found: "\\" + found[1], braced)
    signs = re.sub(r"\bx\b(?= ?\d| [A-Za-z])", r"\\times", greek).replace("*", r"\,")
    return signs.replace("^{T}", r"^{\top}")


def breakable(name: str) -> list[str]:
    """The parts of a long name after which a line may end.

    >>> breakable("first_case_line")
    ['first_', 'case_', 'line']
    """
    return re.findall(r".*?[_/.:]+|.+$", name)
