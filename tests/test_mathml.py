"""LaTeX to MathML: what comes out, that it is well-formed, and that nothing unknown is dropped."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from symconv.faces.report.breaking import listed, pieces
from symconv.faces.report.mathml import NotMathML, convert

# fmt: off
FORMULAS = {
    r"x": "<mi>x</mi>",
    r"x_{i,j}": "<msub><mi>x</mi><mrow><mi>i</mi><mo>,</mo><mi>j</mi></mrow></msub>",
    r"x^2_i": "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>",
    r"\frac12": "<mfrac><mn>1</mn><mn>2</mn></mfrac>",
    r"\sigma'(x)": '<mrow><msup><mi>σ</mi><mo>′</mo></msup><mo stretchy="false">(</mo><mi>x</mi>'
    '<mo stretchy="false">)</mo></mrow>',
    r"\sum_{a=1}^{k} x": "<mrow><munderover><mo>∑</mo><mrow><mi>a</mi><mo>=</mo><mn>1</mn></mrow><mi>k</mi>"
    "</munderover><mi>x</mi></mrow>",
    r"\max_{a} x": '<mrow><munder><mo movablelimits="true" rspace="0.17em">max</mo><mi>a</mi></munder>'
    "<mi>x</mi></mrow>",
    r"= -x": '<mrow><mo>=</mo><mo form="prefix">−</mo><mi>x</mi></mrow>',
    r"a - b": "<mrow><mi>a</mi><mo>−</mo><mi>b</mi></mrow>",
    r"(a) - b": '<mrow><mo stretchy="false">(</mo><mi>a</mi><mo stretchy="false">)</mo><mo>−</mo><mi>b</mi></mrow>',
    r"\operatorname{conv2d}(x)": '<mrow><mi>conv2d</mi><mo stretchy="false">(</mo><mi>x</mi>'
    '<mo stretchy="false">)</mo></mrow>',
    r"\operatorname{max\_pool}": "<mi>max_pool</mi>",
    r"\mathbb{R}^n": "<msup><mi>ℝ</mi><mi>n</mi></msup>",
    r"\mathbf{1}": "<mn>𝟏</mn>",
    r"\text{ if }": "<mtext>\N{NO-BREAK SPACE}if\N{NO-BREAK SPACE}</mtext>",
    r"\text{``a-\textgreater{}b''}": "<mtext>“a-&gt;b”</mtext>",
    r"\text{<b>\&\_}": "<mtext>&lt;b&gt;&amp;_</mtext>",
    r"a < b": "<mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow>",
    r"\left[ x \right)": '<mrow><mo stretchy="true">[</mo><mi>x</mi><mo stretchy="true">)</mo></mrow>',
    r"\left\lfloor x \right\rfloor": '<mrow><mo stretchy="true">⌊</mo><mi>x</mi><mo stretchy="true">⌋</mo></mrow>',
    r"\begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix}": '<mrow><mo stretchy="true">(</mo><mtable><mtr>'
    "<mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr><mtr><mtd><mn>0</mn></mtd><mtd><mn>1</mn></mtd></mtr></mtable>"
    '<mo stretchy="true">)</mo></mrow>',
    r"\begin{cases} x & \text{else} \\[4pt] y \end{cases}": '<mrow><mo stretchy="true">{</mo><mtable class="cases">'
    '<mtr><mtd columnalign="left" class="left"><mi>x</mi></mtd><mtd columnalign="left" class="left">'
    '<mtext>else</mtext></mtd></mtr><mtr><mtd columnalign="left" class="left"><mi>y</mi></mtd></mtr></mtable></mrow>',
}
# fmt: on


@pytest.mark.parametrize("latex", FORMULAS)
def test_formulas(latex: str) -> None:
    assert convert(latex) == f"<math>{FORMULAS[latex]}</math>"


@pytest.mark.parametrize("latex", [*FORMULAS, r"\sqrt[3]{x}", r"\underset{a}{=} \hat{x} \bmod 2", r"\textstyle \sum_i"])
def test_every_result_is_well_formed(latex: str) -> None:
    assert ElementTree.fromstring(convert(latex, display=True)).get("display") == "block"


@pytest.mark.parametrize(
    "latex",
    [
        r"\input{/etc/passwd}",
        r"\unknown",
        r"\frac{1}",
        r"{x",
        r"x}",
        r"\left( x",
        r"x & y",
        r"x \\ y",
        r"\begin{pmatrix} 1",
        r"\begin{pmatrix} 1 \end{bmatrix}",
        r"\begin{tikzpicture}\end{tikzpicture}",
        r"x_a_b",
        r"x^a^b",
        r"\text{\input{x}}",
        r"\left x",
        r"\mathbb{+}",
        "#",
        "$x$",
    ],
)
def test_what_is_not_known_is_refused(latex: str) -> None:
    with pytest.raises(NotMathML):
        convert(latex)


# ---- breaking --------------------------------------------------------------------------------------------------------

LONG = [
    r"= \sum_{a=1}^{k} [1 \le i + a \le m,\, j \ge 2]\, X_{i+a,j} - \left( a + b \right) \cdot c",
    r"\begin{cases} a + b & \text{if } i = 1 \\ c & \text{otherwise} \end{cases} + \operatorname{f}(x, y)",
    r"-x",
    "",
]


@pytest.mark.parametrize("latex", LONG)
def test_the_pieces_are_the_formula(latex: str) -> None:
    assert "".join(piece.latex for piece in pieces(latex)) == latex


@pytest.mark.parametrize("latex", LONG)
def test_no_piece_ends_within_braces(latex: str) -> None:
    for piece in pieces(latex):
        for opening, closing in (("{", "}"), (r"\left", r"\right"), (r"\begin", r"\end")):
            assert piece.latex.count(opening) == piece.latex.count(closing)


def test_breaks_are_where_a_reader_wants_them() -> None:
    assert [piece.latex for piece in pieces("a + b = -c")] == ["a ", "+ b ", "= -c"]
    costs = {piece.latex.strip(): piece.penalty for piece in pieces("a + b = f(x + y, z)")}
    assert costs["= f(x"] < costs["+ b"] < costs["z)"] < costs["+ y,"]


def test_a_list_of_formulas() -> None:
    assert listed(r"1 \le i \le m,\ \left( a, b \right) = c, x_{i,j}") == [
        r"1 \le i \le m",
        r"\left( a, b \right) = c",
        "x_{i,j}",
    ]
