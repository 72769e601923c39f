"""A document as one HTML file: no script, no network; formulas as MathML, images as data within it."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterable
from html import escape
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
    Image,
    Inline,
    Link,
    Listing,
    Matrices,
    Paragraph,
    Section,
    Table,
    Text,
)
from symconv.faces.report.breaking import listed
from symconv.faces.report.mathml import NotMathML, convert
from symconv.faces.report.prose import breakable

LONG = 30
"""Characters from which a formula within a line may be wider than a phone, and gets a box to scroll in."""

# What the page may load is what it holds: a second lock behind the escaping of every text.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def html(document: Document) -> str:
    """The document as the text of an HTML file."""
    style = resources.files("symconv.faces.report").joinpath("style.css").read_text(encoding="utf-8")
    title = escape(document.title)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="symconv">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the claims</a>
<header>
<h1>{title}</h1>
{_blocks(document.summary)}
</header>
<nav aria-label="Contents">
<h2>Contents</h2>
{_contents(document.sections)}
</nav>
<main id="main">
{"".join(_section(section, 2) for section in document.sections)}</main>
</body>
</html>
"""


def _contents(sections: Iterable[Section]) -> str:
    links = "\n".join(f'<li><a href="#{each.anchor}">{_text(each.title)}</a></li>' for each in sections)
    return f"<ol>\n{links}\n</ol>"


def _section(section: Section, level: int) -> str:
    label = f"{section.anchor}-title"
    badges = "".join(" " + _badge(badge) for badge in section.badges)
    inner = _blocks(section.blocks) + "".join(_section(each, level + 1) for each in section.sections)
    return (
        f'<section id="{section.anchor}" class="level{level}" aria-labelledby="{label}">\n'
        f'<h{level} id="{label}">{_text(section.title)}{badges}</h{level}>\n{inner}</section>\n'
    )


def blocks_html(blocks: Iterable[Block]) -> str:
    """Blocks by themselves, to be put into another page, without scripts or styles."""
    return _blocks(blocks)


# ---- within a line ---------------------------------------------------------------------------------------------------


def _text(text: Text) -> str:
    return "".join(map(_inline, text))


def _inline(inline: Inline) -> str:
    match inline:
        case Formula(latex, text):
            # Browsers do not break a formula, but a list of formulas can be broken after its commas.
            items = listed(latex) if len(text) >= LONG else [latex]
            return ", ".join(_formula(Formula(item, item if len(items) > 1 else text)) for item in items)
        case Code(text):
            return _code(text)
        case Link(text, anchor, code):
            return f'<a href="#{anchor}">{_code(text) if code else escape(text)}</a>'
        case Badge():
            return _badge(inline)
        case str():
            return escape(inline)


def _code(text: str) -> str:
    parts = "<wbr>".join(map(escape, breakable(text)))
    return f"<code>{parts}</code>"


def _badge(badge: Badge) -> str:
    return f'<span class="badge {badge.tone}">{escape(badge.text)}</span>'


def _formula(formula: Formula, *, display: bool = False) -> str:
    """As MathML; as plain text, in a fixed-width font, where that cannot be had."""
    try:
        made = convert(formula.latex, display=display)
    except NotMathML:
        return f'<code class="formula">{escape(formula.text)}</code>'
    if display or len(formula.text) < LONG:
        return made
    return f'<span class="long">{made}</span>'


# ---- blocks ----------------------------------------------------------------------------------------------------------


def _blocks(blocks: Iterable[Block]) -> str:
    return "".join(f"{_block(block)}\n" for block in blocks)


def _block(block: Block) -> str:
    match block:
        case Paragraph(text, role):
            kind = f' class="{role}"' if role else ""
            return f"<p{kind}>{_text(text)}</p>"
        case Bullets(items):
            made = "".join(f"<li>{_text(item)}</li>" for item in items)
            return f"<ul>{made}</ul>"
        case Display(formula):
            return _box(formula)
        case Derivation():
            return _derivation(block)
        case Matrices(formulas):
            return f'<div class="matrices">{"".join(map(_box, formulas))}</div>'
        case Listing(text):
            return f"<pre><code>{escape(text)}</code></pre>"
        case Table():
            return _table(block)
        case Gallery():
            return _gallery(block)
        case Folded(title, blocks, paper):
            kind = "" if paper else ' class="screen"'
            return f"<details{kind}><summary>{escape(title)}</summary>\n{_blocks(blocks)}</details>"


def _box(formula: Formula) -> str:
    return f'<div class="math">{_formula(formula, display=True)}</div>'


def _derivation(derivation: Derivation) -> str:
    lines = [f'<div class="line">{_box(derivation.first)}</div>']
    for step in derivation.steps:
        equal = Formula(f"= {step.formula.latex}", f"= {step.formula.text}")
        reason = f'<div class="reason">{_text(step.reason)}</div>' if step.reason else ""
        lines.append(f'<div class="line step">{_box(equal)}{reason}</div>')
    return f'<div class="derivation">{"".join(lines)}</div>'


def _table(table: Table) -> str:
    """Roles are spelled out, since a narrow screen lays the cells out as a list, which hides what they are."""
    columns = table.columns
    heads = "".join(
        f'<th role="columnheader" scope="col"{_kind(each.numbers)}>{escape(each.title)}</th>' for each in columns
    )
    parts = []
    for group in table.groups:
        rows = []
        if group.title:
            heading = f'<th role="rowheader" scope="rowgroup" colspan="{len(columns)}">{_text(group.title)}</th>'
            rows.append(f'<tr role="row" class="group">{heading}</tr>')
        rows += [_row(table, row) for row in group.rows]
        parts.append(f'<tbody role="rowgroup">{"".join(rows)}</tbody>')
    return (
        f'<table role="table"><caption>{escape(table.caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>{"".join(parts)}</table>'
    )


def _row(table: Table, row: tuple[Text, ...]) -> str:
    cells = [f'<th role="rowheader" scope="row">{_text(row[0])}</th>']
    for column, cell in zip(table.columns[1:], row[1:], strict=True):
        label = f' data-label="{escape(column.title)}"' if column.numbers else ""
        cells.append(f'<td role="cell"{_kind(column.numbers)}{label}>{_text(cell)}</td>')
    return f'<tr role="row">{"".join(cells)}</tr>'


def _kind(numbers: bool) -> str:
    return ' class="number"' if numbers else ""


def _gallery(gallery: Gallery) -> str:
    caption = f"<figcaption>{_text(gallery.caption)}</figcaption>" if gallery.caption else ""
    return f'<figure class="gallery"><div>{"".join(map(_image, gallery.images))}</div>{caption}</figure>'


def _image(image: Image) -> str:
    width, height = struct.unpack(">II", image.png[16:24])
    data = base64.b64encode(image.png).decode("ascii")
    return (
        f'<figure style="width:{image.width:g}em"><img src="data:image/png;base64,{data}" alt="{escape(image.alt)}" '
        f'width="{width}" height="{height}"><figcaption>{_text(image.caption)}</figcaption></figure>'
    )
