r"""Plain text in a LaTeX document, in ASCII alone: any engine reads it, and no character of it is ever a command.

>>> escaped("50 % of \\input{x}: é, σ ≤ 1")
"50 \\% of \\textbackslash{}input\\{x\\}: \\'{e}, \\ensuremath{\\sigma} \\ensuremath{\\le} 1"
"""

from __future__ import annotations

import unicodedata

from symconv.faces.report.mathml_tables import LETTERS, OPERATORS

SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"'",
    "`": r"\textasciigrave{}",
    "-": r"-",
    "\u00a0": "~",
    "–": "--",
    "—": "---",
    "“": "``",
    "”": "''",
    "‘": "`",
    "’": "'",
    "…": r"\ldots{}",
    "−": r"\ensuremath{-}",
    "²": r"\ensuremath{{}^2}",
    "³": r"\ensuremath{{}^3}",
    "¹": r"\ensuremath{{}^1}",
    "½": r"\ensuremath{\tfrac12}",
    "°": r"\ensuremath{{}^\circ}",
    "ß": r"\ss{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "œ": r"\oe{}",
    "å": r"\aa{}",
    "Å": r"\AA{}",
    "ł": r"\l{}",
    "Ł": r"\L{}",
    "§": r"\S{}",
    "©": r"\copyright{}",
    "ℝ": r"\ensuremath{\mathbb{R}}",
    "ℕ": r"\ensuremath{\mathbb{N}}",
    "ℤ": r"\ensuremath{\mathbb{Z}}",
    "∑": r"\ensuremath{\sum}",
    "∏": r"\ensuremath{\prod}",
    "∫": r"\ensuremath{\int}",
    "√": r"\ensuremath{\surd}",
    "′": r"\ensuremath{'}",
    "ᵀ": r"\ensuremath{{}^\top}",
}

ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d", "\u0327": "c", "\u0328": "k",
}  # fmt: skip

# Commands of packages that the document does not load.
MISSING = {"coloneqq", "leqslant", "geqslant", "varnothing", "hbar", "nmid"}

MATHEMATICAL = {
    character: rf"\ensuremath{{\{name}}}"
    for name, character in reversed((LETTERS | OPERATORS).items())
    if not character.isascii() and name not in MISSING
}


def escaped(text: str) -> str:
    """The text with every character as itself; one that TeX's fonts lack as its code point, U+1F600 say."""
    return "".join(map(_character, unicodedata.normalize("NFC", text)))


def _character(character: str) -> str:
    if character in SPECIAL:
        return SPECIAL[character]
    if character in MATHEMATICAL:
        return MATHEMATICAL[character]
    if character.isascii():
        return character if character.isprintable() else " "
    base, *marks = list(unicodedata.normalize("NFD", character))
    if len(marks) == 1 and marks[0] in ACCENTS and base.isascii() and base.isalpha():
        return rf"\{ACCENTS[marks[0]]}{{{base}}}"
    return f"[U+{ord(character):04X}]"
