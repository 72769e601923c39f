"""What a notebook and a terminal show of tensors, equations, claims and verdicts."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from symconv import (
    Differentiable,
    Real,
    Size,
    SymbolicControlFlow,
    Tensor,
    avg_pool2d,
    by,
    claim,
    conv2d,
    equal,
    eye,
    fallacy,
    ones,
    prove,
    tensor,
)
from symconv.claims import Claim
from symconv.verdict import Verdict


@claim
def pooling(X: Tensor["C", "m*k", "m*k"], k: Size):
    """Average pooling is a convolution with <b>delta_cd</b> / k^2."""
    w = eye(X.shape[0])[:, :, None, None] * ones((k, k)) / k**2
    return equal(conv2d(X, w, stride=k), avg_pool2d(X, k))


@fallacy
def square_of_a_sum(x: Real, y: Real):
    return equal((x + y) ** 2, x**2 + y**2)


@claim
def lost(x: Real, F: Differentiable["n"], v: Tensor["n + 1"]):
    return equal(F(v), x)


def well_formed(html: str) -> ET.Element:
    """The page's body as XML: every tag is closed, every text escaped."""
    return ET.fromstring(html.split("</style>", 1)[1].replace("<wbr>", ""))


def test_a_small_tensor_is_a_matrix_with_pythons_indices() -> None:
    X = tensor("X", (2, 2))
    assert X._repr_latex_() == r"$\displaystyle \begin{pmatrix} X_{0,0} & X_{0,1} \\ X_{1,0} & X_{1,1} \end{pmatrix}$"
    assert (2 * X[0])._repr_latex_() == r"$\displaystyle (2 X_{0,0}, 2 X_{0,1})$"
    assert repr(X) == "tensor([[X[0, 0], X[0, 1]], [X[1, 0], X[1, 1]]])"


def test_a_large_tensor_is_shown_by_its_operations() -> None:
    X, w = tensor("X", (20, 20)), tensor("w", (3, 3))
    pooled = conv2d(X, w, padding=1) + X
    assert pooled._repr_latex_() == r"$\displaystyle \operatorname{conv2d}(X, w;\, \mathrm{padding}=1) + X$"
    assert repr(pooled) == "<symbolic tensor conv2d(X, w; padding=1) + X of shape (20, 20)>"


def test_a_tensor_of_a_claim_has_its_sizes() -> None:
    shown: list[str] = []

    @claim
    def looking(X: Tensor["m", "n"]):
        shown.append(repr(X @ X.T))
        return equal(X, X)

    prove(looking)
    assert "<symbolic tensor X Xᵀ of shape (m, m)>" in shown


def test_an_equation_shows_all_its_sides() -> None:
    x = tensor("x", (2,))
    assert equal(x + x, by("doubled", 2 * x))._repr_latex_() == (
        r"$\displaystyle (x_{0} + x_{0}, x_{1} + x_{1}) = (2 x_{0}, 2 x_{1})$"
    )
    assert equal("no tensor", x)._repr_latex_() is None


def test_a_claim_shows_its_statement() -> None:
    page = well_formed(pooling._repr_html_())
    text = "".join(page.itertext())
    assert "For all" in text
    assert "avg_pool2d" in text
    assert "<b>" in text  # the docstring's own tags are text
    assert "proved" not in text


def test_a_verdict_shows_badge_statement_and_proof() -> None:
    verdict = prove(pooling)
    page = well_formed(verdict._repr_html_())
    text = "".join(page.itertext())
    assert "Proof" in text
    assert "contract the deltas" in text
    assert [each.text for each in page.iter("span") if each.get("class") == "badge good"] == ["proved"]
    assert repr(verdict) == "<proved: claim pooling, every C, m, k >= 1>"


def test_a_refuted_fallacy_shows_its_numbers() -> None:
    verdict = prove(square_of_a_sum)
    assert "square_of_a_sum(x=1, y=1)" in "".join(well_formed(verdict._repr_html_()).itertext())
    assert repr(verdict).startswith("<refuted: fallacy square_of_a_sum")


def test_what_cannot_be_read_is_shown_all_the_same() -> None:
    assert lost._repr_html_()
    broken: Claim = claim(lambda x: equal(x, x))  # type: ignore[arg-type]
    assert "lambda" in broken._repr_html_()
    assert "nothing" in well_formed(Verdict("nothing", "claim", "f.py", 1, "undecided", "")._repr_html_()).itertext()


def test_an_equation_has_still_no_truth_value() -> None:
    try:
        bool(equal(1, 1))
    except SymbolicControlFlow:
        return
    raise AssertionError("an equation was true or false")
