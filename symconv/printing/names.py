"""Names as mathematicians write them, and text that LaTeX takes for text and nothing else.

A name is a Python identifier. A single letter or the name of a Greek one is a letter, with what follows as its
subscript: ``sigma``, ``lambda_``, ``A_l``, ``x1``. Any other word stands upright. Nothing in a name, a docstring or a
reason can become a command: what is not known to be harmless is escaped, or shown by its number.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_LETTERS = dict(
    alpha="α", beta="β", gamma="γ", delta="δ", epsilon="ε", zeta="ζ", eta="η", theta="θ", iota="ι", kappa="κ",
    mu="μ", nu="ν", xi="ξ", omicron="ο", pi="π", rho="ρ", sigma="σ", tau="τ", upsilon="υ", phi="φ", chi="χ", psi="ψ",
    omega="ω", **{"lambda": "λ"},
)  # fmt: skip
_CAPITALS = {name.capitalize(): letter.upper() for name, letter in _LETTERS.items()}
_BY_LETTER = {letter: name for name, letter in (_LETTERS | _CAPITALS).items()} | {"ς": "varsigma", "ϕ": "phi"}
# Capitals that look like Latin letters have no command of their own.
_LATIN = dict(  # noqa: C408 - a table of words
    Alpha="A", Beta="B", Epsilon="E", Zeta="Z", Eta="H", Iota="I", Kappa="K", Mu="M", Nu="N", Omicron="O", Rho="P",
    Tau="T", Chi="X", omicron="o",
)  # fmt: skip

_ESCAPED = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\^{}", "~": r"\~{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': "''",
    "`": r"\`{}",
}  # fmt: skip
_SYMBOLS = {
    "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "→": r"\to", "←": r"\leftarrow", "⇒": r"\Rightarrow", "↦": r"\mapsto",
    "×": r"\times", "·": r"\cdot", "−": "-", "±": r"\pm", "∈": r"\in", "∑": r"\sum", "Σ": r"\Sigma", "∂": r"\partial",
    "∞": r"\infty", "√": r"\surd", "∘": r"\circ", "⊙": r"\odot", "⊗": r"\otimes", "ℝ": r"\mathbb{R}", "∀": r"\forall",
    "≈": r"\approx", "≡": r"\equiv", "⌊": r"\lfloor", "⌋": r"\rfloor", "²": "^2", "³": "^3", "¹": "^1", "ℓ": r"\ell",
    "ᵀ": r"^{\mathsf{T}}", "∇": r"\nabla", "⊤": r"\top", "…": r"\ldots", "⋅": r"\cdot", "∗": "*", "⋆": r"\star",
}  # fmt: skip
_TYPOGRAPHY = {"–": "--", "—": "---", "‘": "`", "’": "'", "“": "``", "”": "''", "\u00a0": "~", "\u202f": "~"}


@dataclass(frozen=True)
class Name:
    """A name in both alphabets. ``word`` where it is upright and of several letters, which need space around them."""

    latex: str
    text: str
    word: bool = False


def name_of(identifier: str) -> Name:
    """An identifier as a letter with subscripts, else as an upright word.

    >>> [name_of(each).latex for each in ("sigma", "lambda_", "A_l", "x1", "W_hidden", "kernel_size")]
    ['\\\\sigma', '\\\\lambda', 'A_{l}', 'x_{1}', 'W_{\\\\mathrm{hidden}}', '\\\\mathrm{kernel\\\\_size}']
    >>> name_of("dA_1").text
    'dA_1'
    """
    head, *rest = re.findall(r"[^\W\d_]+|\d+", identifier) or [""]
    letter = _letter(head)
    plainly = re.fullmatch(r"([^\W\d_]+)(\d*)((?:_[^\W_]+)*)_?", identifier)
    if letter is None or plainly is None:
        return verbatim(identifier)
    subscripts = [_part(part) for part in rest]
    if not subscripts:
        return letter
    return Name(
        f"{letter.latex}_{{{','.join(part.latex for part in subscripts)}}}",
        f"{letter.text}{'_' * (not rest[0].isdigit() or len(rest) > 1)}{','.join(part.text for part in subscripts)}",
    )


def verbatim(identifier: str) -> Name:
    """The identifier letter by letter, upright.

    >>> verbatim("x_1").latex
    '\\\\mathrm{x\\\\_1}'
    """
    letters = "".join(f"{_harmless(letter)}" for letter in identifier)
    return Name(rf"\mathrm{{{letters}}}", identifier, word=True)


def escaped(text: str) -> str:
    r"""Plain text as LaTeX text, whatever it holds.

    >>> print(escaped(r"50% of {a_b} \input{x} $x$ sigma = σ"))
    50\% of \{a\_b\} \textbackslash{}input\{x\} \$x\$ sigma = \ensuremath{\sigma}
    """
    return "".join(_text_letter(letter) for letter in unicodedata.normalize("NFC", " ".join(text.split())))


def _letter(head: str) -> Name | None:
    """A single letter or a Greek one; None for a word."""
    name = head if head in _LETTERS or head in _CAPITALS else _BY_LETTER.get(head)
    if name is not None:
        command = _LATIN.get(name)
        shown = (_LETTERS | _CAPITALS | {"varsigma": "ς"}).get(name, name)
        return Name(rf"\{name}" if command is None else rf"\mathrm{{{command}}}", shown)
    if len(head) == 1 and head.isascii():
        return Name(head, head)
    return None


def _part(part: str) -> Name:
    return Name(part, part) if part.isdigit() and part.isascii() else _letter(part) or verbatim(part)


def _harmless(letter: str) -> str:
    """A letter of an identifier in an upright word of math."""
    if letter.isascii() and letter.isalnum():
        return letter
    if letter == "_":
        return r"\_"
    name = _BY_LETTER.get(letter)
    if name is not None:
        return _LATIN.get(name, rf"\{name} ")
    return rf"\text{{{_text_letter(letter)}}}"


def _text_letter(letter: str) -> str:
    if letter in _ESCAPED:
        return _ESCAPED[letter]
    if letter.isascii():
        return letter if letter.isprintable() else " "
    if letter in _TYPOGRAPHY:
        return _TYPOGRAPHY[letter]
    if letter in _SYMBOLS:
        return rf"\ensuremath{{{_SYMBOLS[letter]}}}"
    if letter in _BY_LETTER:
        name = _BY_LETTER[letter]
        return _LATIN.get(name, rf"\ensuremath{{\{name}}}")
    # Latin letters with accents are known to every LaTeX that reads UTF-8; others are shown by their number.
    if letter.isalpha() and "\u00c0" <= letter <= "\u017e":
        return letter
    return f"[U+{ord(letter):04X}]"
