"""LaTeX of claims and operations: snapshots of worked solutions, and all of it compiles where TeX is installed.

`python tests/test_latex.py` writes the snapshots anew; what has changed in them is then to be read.
"""

from __future__ import annotations

import pickle
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

import symconv as sc
from symconv import Index, Positive, Real, Size, Tensor, claim, equal, fallacy, pi, prove, sqrt
from symconv.claims import Claim
from symconv.faces import cli, latex
from symconv.faces.attempt import attempt
from symconv.faces.exposing import expose
from symconv.faces.exposition import NO_FORMULA, Exposition
from symconv.faces.loading import find, load
from symconv.faces.notebook import verdict_html
from symconv.faces.outcome import Outcome
from symconv.faces.report.blocks import Badge, Paragraph, plain_text
from symconv.faces.report.claim_section import claim_section
from symconv.faces.report.engine import engine, overfull, typeset
from symconv.prover.sizes import combinations
from symconv.verdict import Verdict

ROOT = Path(__file__).parent.parent
SNAPSHOTS = Path(__file__).parent / "snapshots" / "latex"
SHOWN = {
    "finite_differences": ["one_layer_creates_both_differences", "first_case_line", "image_read_one_step_too_far"],
    "average_pooling": ["average_pooling_is_a_convolution", "three_equalities_of_entries", "first_line_as_printed"],
    "grayscale": ["gray_with_the_weights_of_bt601", "lines_of_the_derivation"],
    "max_pooling": ["max_pooling_commutes", "minimum_for_a_non_increasing_function", "any_function_on_a_window"],
    "backpropagation": ["hidden_layer_by_its_input", "output_by_the_weights", "identity_written_as_one"],
}


def outcome_of(file: str, name: str) -> Outcome:
    (target,) = find([f"{ROOT / 'proofs' / file}.py::{name}"])
    (found,) = load(target)  # type: ignore[arg-type]
    return attempt(found, f"proofs/{file}.py", None, 1)


@pytest.mark.parametrize(("file", "name"), [(file, name) for file, names in SHOWN.items() for name in names])
def test_worked_solutions_read_as_before(file: str, name: str) -> None:
    assert latex.fragment(outcome_of(file, name)) == (SNAPSHOTS / f"{name}.tex").read_text().rstrip("\n")


# --- what compiles ---------------------------------------------------------------------------------------------------


def compiled(document: str) -> str:
    """The log of the document, which compiles."""
    path = shutil.which("pdflatex")
    if path is None:
        pytest.skip("no TeX is installed")
    return typeset(engine("pdflatex", path), document, {}).log


def test_the_compiler_can_fail() -> None:
    with pytest.raises(sc.SymconvError):
        compiled(latex.document([r"\undefinedcommand"]))


def test_worked_solutions_compile_within_their_margins() -> None:
    log = compiled(latex.document(path.read_text() for path in sorted(SNAPSHOTS.glob("*.tex"))))
    assert [points for points in overfull(log) if points > 10] == []


WIDE = [
    ("tensor_rewrites", "average_pooling_without_the_padding"),
    ("convolution_algebra", "gradient_by_the_filter"),
    ("backpropagation", "activation_by_its_argument"),
]


def test_wide_formulas_are_broken_within_the_margins() -> None:
    fragments = [latex.fragment(outcome_of(file, name)) for file, name in WIDE]
    assert r"\Big/" in fragments[0]  # a fraction as wide as the line
    assert r"\mathbb{R}$ continuously differentiable" in fragments[2]
    log = compiled(latex.document(fragments))
    assert [points for points in overfull(log) if points > 10] == []


@pytest.mark.slow
def test_every_claim_of_the_proofs_compiles() -> None:
    """What each claim states, as it is written and entry by entry."""
    fragments = []
    for target in find([str(ROOT / "proofs")]):
        for each in load(target):  # type: ignore[arg-type]
            sizes = tuple(combinations(each, None, 200)[-1:])
            verdict = Verdict(each.name, each.kind, "proofs", each.line, "undecided", "", sizes=sizes)
            outcome = Outcome("proofs", each.line, each.name, each.kind, exposition=expose(each, verdict))
            fragments.append(latex.fragment(outcome))
    assert len(fragments) > 200
    compiled(latex.document(fragments))


@pytest.mark.slow
def test_every_proof_of_the_worked_solutions_compiles(tmp_path: Path) -> None:
    file = tmp_path / "proofs.tex"
    files = [str(ROOT / "proofs" / f"{name}.py") for name in SHOWN]
    done = CliRunner().invoke(cli.app, ["latex", *files, "--standalone", "-o", str(file)])
    assert done.exit_code == 0, done.output
    compiled(file.read_text())


Operation = Callable[[Any], Any]
OPERATIONS: dict[str, Operation] = {
    "abs": lambda p: sc.abs(p.A),
    "adaptive_avg_pool1d": lambda p: sc.adaptive_avg_pool1d(p.v, 1),
    "adaptive_avg_pool2d": lambda p: sc.adaptive_avg_pool2d(p.x, 1),
    "arange": lambda p: sc.arange(p.n),
    "array": lambda p: sc.array([[p.s, 1], [0, 2]]),
    "avg_pool1d": lambda p: sc.avg_pool1d(p.y, 2),
    "avg_pool2d": lambda p: sc.avg_pool2d(p.x, 3, stride=2, padding=1),
    "batch_norm": lambda p: sc.batch_norm(p.N, p.c, p.c, training=True),
    "broadcast_to": lambda p: sc.broadcast_to(p.v, (p.m, p.n)),
    "clip": lambda p: sc.clip(p.A, 0, 6),
    "concat": lambda p: sc.concat([p.A, p.A]),
    "conv1d": lambda p: sc.conv1d(p.y, [1, -1], padding=1),
    "conv2d": lambda p: sc.conv2d(p.x, p.w, padding=1, dilation=2, stride=2),
    "conv_transpose2d": lambda p: sc.conv_transpose2d(p.x, p.t),
    "cross_entropy": lambda p: sc.cross_entropy(p.A, p.A),
    "cumsum": lambda p: sc.cumsum(p.v),
    "diag": lambda p: sc.diag(p.v),
    "dot": lambda p: sc.dot(p.A, p.v),
    "einsum": lambda p: sc.einsum("ij,j->i", p.A, p.v),
    "elu": lambda p: sc.elu(p.v),
    "erf": lambda p: sc.erf(p.v),
    "exp": lambda p: sc.exp(-p.v / 2),
    "expand_dims": lambda p: sc.expand_dims(p.v, 0),
    "eye": lambda p: sc.eye(p.n) @ p.v,
    "flip": lambda p: sc.flip(p.A, 1),
    "fromfunction": lambda p: sc.fromfunction(lambda i, j: i * p.A[i, j], (p.m, p.n)),
    "full": lambda p: sc.full((p.m, p.n), p.s),
    "gelu": lambda p: sc.gelu(p.v) + sc.gelu(p.v, approximate="tanh"),
    "group_norm": lambda p: sc.group_norm(p.N, 1),
    "hardtanh": lambda p: sc.hardtanh(p.v),
    "instance_norm": lambda p: sc.instance_norm(p.N),
    "interpolate": lambda p: sc.interpolate(p.N, scale_factor=2),
    "kl_div": lambda p: sc.kl_div(p.v, p.v, reduction="sum"),
    "kronecker_delta": lambda p: sc.kronecker_delta(p.i, 0) * p.v,
    "layer_norm": lambda p: sc.layer_norm(p.A, p.n),
    "leaky_relu": lambda p: sc.leaky_relu(p.v, 0.1),
    "linear": lambda p: sc.linear(p.v, p.A, p.u),
    "log": lambda p: sc.log(1 + p.v**2),
    "log_softmax": lambda p: sc.log_softmax(p.v),
    "logsumexp": lambda p: sc.logsumexp(p.v),
    "matmul": lambda p: (p.A @ p.v) ** 2,
    "max": lambda p: sc.max(p.A, axis=1),
    "max_pool1d": lambda p: sc.max_pool1d(p.y, 2),
    "max_pool2d": lambda p: sc.max_pool2d(p.x, 3, padding=1),
    "maximum": lambda p: sc.maximum(p.v, 0) - sc.maximum(p.v, -p.v),
    "maximum_over": lambda p: sc.maximum_over(lambda a, b: p.A[a, b], p.m, p.n),
    "mean": lambda p: sc.mean(p.A, axis=0),
    "min": lambda p: sc.min(p.A, axis=1),
    "minimum": lambda p: sc.minimum(p.v, 1),
    "minimum_over": lambda p: sc.minimum_over(lambda a: p.v[a], p.n),
    "mish": lambda p: sc.mish(p.v),
    "mse_loss": lambda p: sc.mse_loss(p.v, 2 * p.v),
    "ones": lambda p: sc.ones((p.m, p.n)) * p.A,
    "outer": lambda p: sc.outer(p.u, p.v),
    "pad": lambda p: sc.pad(p.A, ((1, 2), (0, 1)), constant_values=p.s),
    "permute_dims": lambda p: sc.permute_dims(p.x, (2, 0, 1)),
    "pixel_shuffle": lambda p: sc.pixel_shuffle(p.P, 2),
    "power": lambda p: sc.power(p.A, 3) + sc.power(1 + p.A**2, Fraction(1, 2)),
    "prod": lambda p: sc.prod(p.q),
    "relu": lambda p: sc.relu(p.A @ p.v),
    "relu6": lambda p: sc.relu6(p.v),
    "reshape": lambda p: sc.reshape(p.A, -1),
    "rms_norm": lambda p: sc.rms_norm(p.A, p.n, p.v),
    "roll": lambda p: sc.roll(p.v, 1),
    "scaled_dot_product_attention": lambda p: sc.scaled_dot_product_attention(p.A, p.A, p.A),
    "sigmoid": lambda p: sc.sigmoid(p.v),
    "sign": lambda p: sc.sign(p.v),
    "silu": lambda p: sc.silu(p.v),
    "softmax": lambda p: sc.softmax(p.A, axis=0),
    "softplus": lambda p: sc.softplus(p.v),
    "sqrt": lambda p: sc.sqrt(p.v**2),
    "squeeze": lambda p: sc.squeeze(p.v[None]),
    "stack": lambda p: sc.stack([p.v, 2 * p.v, -p.v]),
    "sum": lambda p: sc.sum(p.A),
    "summation": lambda p: sc.summation(lambda a: p.s**a * p.v[a], p.n),
    "tanh": lambda p: sc.tanh(p.v) ** 2,
    "tensordot": lambda p: sc.tensordot(p.A, p.v, 1),
    "trace": lambda p: sc.trace(p.A @ p.A.T),
    "transpose": lambda p: sc.transpose(p.A),
    "unfold": lambda p: sc.unfold(p.N, 2),
    "var": lambda p: sc.var(p.v),
    "where": lambda p: sc.where((p.v > 0) & (p.v < 2), p.v, 1 / (1 + p.v**2)),
    "zero_extended": lambda p: sc.zero_extended(p.v)[p.i + 1],
    "zeros": lambda p: sc.zeros((p.m, p.n)),
    "jacobian": lambda p: sc.jacobian(lambda v: sc.tanh(p.A @ v))(p.v),
    "grad": lambda p: sc.grad(lambda v: (v**2).sum())(p.v),
    "derivative": lambda p: sc.derivative(sc.tanh)(p.v),
    "slices": lambda p: p.A[1:, ::2][..., None],
    "pi": lambda p: sc.pi * p.v,
}


def stated(name: str, operation: Operation) -> Claim:
    """A statement about what the operation gives."""

    @claim
    def statement(
        A: Tensor["m", "n"],
        u: Tensor["m"],
        v: Tensor["n"],
        q: Tensor[3],
        y: Tensor["n + 1"],
        c: Tensor["C"],
        x: Tensor["C", "m + 4", "n + 4"],
        N: Tensor["B", "C", "m + 1", "n + 1"],
        P: Tensor[4, "m", "n"],
        w: Tensor["D", "C", 3, 3],
        t: Tensor["C", "D", 3, 3],
        s: Real,
        m: Size,
        n: Size,
        i: Index["n"],
    ):
        return equal(operation(SimpleNamespace(**everything(locals()))), 0)

    return replace(statement, name=name, doc=f"The operation {name}.")


def everything(names: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in names.items() if name != "operation"}


def exposed(name: str, operation: Operation, origin: int = 1) -> Exposition:
    found = stated(name, operation)
    sizes = ({"m": 2, "n": 2, "C": 1, "B": 1, "D": 1},)
    return expose(found, Verdict(name, "claim", "operations.py", 1, "undecided", "", sizes=sizes), origin)


def test_every_operation_is_in_the_table() -> None:
    public = {
        name
        for name in sc.__all__
        if hasattr(getattr(sc, name), "__wrapped__") and getattr(sc, name).__module__.startswith("symconv.tensors")
    }
    assert public <= set(OPERATIONS)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_is_written_both_ways(name: str) -> None:
    """As it is called, and entry by entry; with indices from 1 and from 0."""
    for origin in (1, 0):
        made = exposed(name, OPERATIONS[name], origin)
        assert made.statement, name
        assert made.entries, name
        for chain in (*made.statement, *made.entries):
            for line in chain.lines:
                assert line.formula.latex.count("{") == line.formula.latex.count("}")
                assert line.formula.text


def test_every_operation_compiles() -> None:
    fragments = []
    for name, operation in OPERATIONS.items():
        made = exposed(name, operation)
        formulas = [line.formula for chain in (*made.statement, *made.entries) for line in chain.lines]
        formulas += [each.equation for each in made.definitions] + list(made.hypotheses)
        fragments += [rf"\[ {formula.latex} \]" for formula in formulas]
    compiled(latex.document(fragments))


# --- what is said ----------------------------------------------------------------------------------------------------


@claim
def difference(X: Tensor["m", "n"]):
    r"""The difference down \input{/etc/passwd} $x$ %.

    #1 & ~ ^^M }\end{document}
    """
    Z = sc.zero_extended(X)
    down = sc.conv2d(X, [[0, 0, 0], [0, -1, 0], [0, 1, 0]], padding=1)
    return equal(down, sc.fromfunction(lambda i, j: Z[i + 1, j] - Z[i, j], X.shape))


@fallacy
def square_of_a_sum(x: Real, y: Real):
    return equal((x + y) ** 2, x**2 + y**2)


def test_the_border_is_a_case() -> None:
    made = expose(difference, prove(difference))
    assert made.results[0].latex.endswith(
        r"= \begin{cases} X_{i+1,j} - X_{i,j} & \text{if } i < m \\ -X_{i,j} & \text{if } i = m \end{cases}"
    )
    assert made.statement[0].ranges is not None
    assert made.statement[0].ranges.text == "1 ≤ i ≤ m, 1 ≤ j ≤ n"


def test_indices_from_zero() -> None:
    made = expose(difference, prove(difference), 0)
    assert made.statement[0].ranges is not None
    assert made.statement[0].ranges.text == "0 ≤ i < m, 0 ≤ j < n"
    with pytest.raises(ValueError, match="0 or 1"):
        expose(difference, prove(difference), 2)


def test_a_docstring_is_no_command() -> None:
    shown = latex.fragment(attempt(difference, "<file>", None, 1))
    assert r"\input" not in shown
    assert re.search(r"(?<!\\)%.*X", shown.split("\n", 1)[1]) is None
    compiled(latex.document([shown]))


def test_an_exposition_crosses_processes() -> None:
    for each in (difference, square_of_a_sum):
        made = expose(each, prove(each))
        assert pickle.loads(pickle.dumps(made)) == made


def test_a_counterexample_is_shown_with_its_numbers() -> None:
    made = expose(square_of_a_sum, prove(square_of_a_sum))
    assert made.refutation is not None
    assert [each.equation.text for each in made.refutation.inputs] == ["x = 1", "y = 1"]
    assert (made.refutation.left.text, made.refutation.right.text) == ("4", "2")


def test_a_proof_shows_how_the_delta_goes(tmp_path: Path) -> None:
    made = outcome_of("average_pooling", "average_pooling_is_a_convolution").exposition
    assert made is not None
    formulas = [line.formula.latex for line in made.proof[0].lines]
    assert formulas == [
        r"\operatorname{conv2d}(X, w;\, \mathrm{stride}=k)_{c,i,j}",
        r"\sum_{d=1}^{C} \sum_{a=1}^{k} \sum_{b=1}^{k} \frac{1}{k^{2}} \delta_{c,d} \, X_{d,k(i-1)+a,k(j-1)+b}",
        r"\frac{1}{k^{2}} \sum_{a=1}^{k} \sum_{b=1}^{k} X_{c,k(i-1)+a,k(j-1)+b}",
        r"\operatorname{avg\_pool2d}(X, k)_{c,i,j}",
    ]
    assert made.definitions[0].equation.latex == r"w_{c,d,a,b} = \frac{\delta_{c,d}}{k^{2}}"


# --- every size, or an example ----------------------------------------------------------------------------------------


@claim
def adjoint(X: Tensor["h"], W: Tensor["k"], G: Tensor["h-k+1"], k: Size):
    """The gradient of a convolution, whose sizes have room by a hypothesis."""
    score = lambda X: (sc.conv1d(X[None], W[None, None])[0] * G).sum()  # noqa: E731
    return equal(sc.grad(score)(X), sc.conv1d(sc.pad(G, k - 1)[None], sc.flip(W)[None, None])[0])


@claim
def first_five(x: Tensor["n"]):
    return equal(sc.flip(x[:5]) * 2, sc.flip(x[:5] + x[:5]))


@claim
def two_steps(x: Tensor[2, "d"], W: Tensor["h", "h"], U: Tensor["h", "d"], h0: Tensor["h"]):
    score = lambda W: sc.tanh(W @ sc.tanh(W @ h0 + U @ x[0]) + U @ x[1]).sum()  # noqa: E731
    h1 = sc.tanh(W @ h0 + U @ x[0])
    d2 = 1 - sc.tanh(W @ h1 + U @ x[1]) ** 2
    d1 = (W.T @ d2) * (1 - h1**2)
    return equal(sc.grad(score)(W), sc.outer(d2, h1) + sc.outer(d1, h0))


def test_a_statement_for_every_size_uses_the_hypotheses() -> None:
    made = expose(adjoint, prove(adjoint))
    (stated,) = made.statement
    assert stated.sizes is None
    assert stated.lines[-1].formula.latex == (
        r"\operatorname{conv1d}(\operatorname{pad}(G, k - 1), \operatorname{flip}(W))_{1,\cdot}"
    )
    (shown,) = made.proof
    assert shown.sizes is None
    assert shown.ranges is not None
    assert shown.ranges.text == "1 ≤ i ≤ h"
    assert "pad}(G, k - 1)" in shown.lines[-1].formula.latex


@claim
def wrapped(x: Tensor["n"], k: Size):
    return equal(2 * sc.pad(x, (0, k - 1), mode="wrap"), sc.pad(x + x, (0, k - 1), mode="wrap"))


@claim
def wrapped_twice(x: Tensor["n"], n: Size):
    """A border that is longer than what it repeats at every size, which is read at numbers alone."""
    return equal(2 * sc.pad(x, (0, 2 * n), mode="wrap"), sc.pad(x + x, (0, 2 * n), mode="wrap"))


@pytest.mark.parametrize(
    ("found", "sizes", "part"),
    [(first_five, "n ≥ 5", "x_{1:5}"), (wrapped, "n + 1 ≥ k", "(0, k - 1)"), (wrapped_twice, "n = 2", "(0, 4)")],
)
def test_an_example_is_no_statement(found: Claim, sizes: str, part: str) -> None:
    made = attempt(found, "<file>", None, 1)
    assert made.exposition is not None
    assert made.status == "proved"
    assert made.exposition.statement
    for shown in (*made.exposition.statement, *made.exposition.entries, *made.exposition.proof):
        assert shown.sizes is not None
        assert shown.sizes.text == sizes
    assert part in made.exposition.statement[0].lines[1].formula.latex
    assert not made.exposition.proof or sizes == "n = 2"
    fragment = latex.fragment(made)
    latex_sizes = sizes.replace("≥", r"\ge")
    assert f": {NO_FORMULA}\nFor example, for ${latex_sizes}$, this says" in fragment
    compiled(latex.document([fragment]))
    section = claim_section(made, "a", Badge("b", "open"), (), lambda _name: None)
    shown_at = [block.text for block in section.blocks if isinstance(block, Paragraph)]
    assert any(
        text[:1] == ("For example, for ",) and plain_text(text) == f"For example, for {sizes}:" for text in shown_at
    )


def test_lines_too_long_to_be_read_leave_their_reasons_to_the_next() -> None:
    (shown,) = expose(two_steps, prove(two_steps)).proof
    assert len(shown.lines) >= 2
    assert shown.lines[-1].reason


def test_formulas_that_cannot_be_shown_are_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: Any) -> Exposition:
        raise ValueError("Line(formula=Formula(latex='...', text='...'))")

    monkeypatch.setattr("symconv.faces.exposing.expose", fail)
    sentence = "The formulas cannot be shown: writing them ended in ValueError."
    for each in (difference, square_of_a_sum):
        made = attempt(each, "<file>", None, 1)
        assert latex.fragment(made).count(sentence) == 1
        assert "formula=" not in latex.fragment(made)
        section = claim_section(made, "a", Badge("b", "open"), (), lambda _name: None)
        assert Paragraph((sentence,), "warning") in section.blocks
        assert sentence in verdict_html(prove(each))


@claim
def normalized(x: Tensor["n"], a: Positive):
    return equal(2 * pi * x / sqrt(x**2 + a), x / sqrt(x**2 + a) * pi * 2)


def test_roots_and_pi_have_their_signs() -> None:
    made = expose(normalized, prove(normalized))
    shown = "".join(line.formula.latex for line in made.statement[0].lines)
    assert r"\sqrt{" in shown
    assert r"\pi" in shown
    assert "mathrm{pi}" not in shown
    assert "sqrt}" not in shown
    assert made.definitions == ()


def test_the_numbers_of_a_counterexample_are_said_once() -> None:
    shown = latex.fragment(attempt(square_of_a_sum, "<file>", None, 1))
    assert shown.endswith(r"\[ 4 \qquad\text{and}\qquad 2. \]")


@claim
def without_room(x: Tensor["n"], w: Tensor["k"]):
    return equal(sc.conv1d(x[None], w[None, None]), sc.conv1d(x[None], w[None, None]) * 1)


def test_why_there_is_no_value_is_said_where_the_value_would_be() -> None:
    made = attempt(without_room, "<file>", None, 1)
    assert made.status == "refuted"
    shown = latex.fragment(made)
    assert shown.count("larger than its padded input") == 2  # once for each side
    assert "For example, for $n \\ge k$, this says" in shown
    assert "Conv1d" not in shown


def test_how_a_tensor_was_made_proves_nothing() -> None:
    """Two tensors with one mark are told apart by their entries."""

    @fallacy
    def marked(x: Tensor["n"]):
        y = 2 * x
        y.made = x.made
        return equal(x, y)

    assert prove(marked).status == "refuted"


# --- the command -----------------------------------------------------------------------------------------------------

CLAIM = """from symconv import Real, claim, equal

@claim
def commutes(x: Real, y: Real):
    return equal(x + y, y + x)
"""


def test_fragments_go_to_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "sums.py").write_text(CLAIM)
    done = CliRunner().invoke(cli.app, ["latex", str(tmp_path / "sums.py")])
    assert done.exit_code == 0
    assert r"\[ x + y = y + x." in done.stdout
    assert "documentclass" not in done.stdout


def test_a_document_goes_to_its_file(tmp_path: Path) -> None:
    (tmp_path / "sums.py").write_text(CLAIM)
    file = tmp_path / "sums.tex"
    done = CliRunner().invoke(cli.app, ["latex", str(tmp_path / "sums.py"), "--standalone", "-o", str(file)])
    assert done.exit_code == 0
    assert file.read_text().startswith("\\documentclass")
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["sums.py", "sums.tex"]
    compiled(file.read_text())


def test_a_file_that_cannot_be_written_is_refused_at_once(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli.app, ["latex", "-o", str(tmp_path / "no" / "where.tex")])
    assert done.exit_code == 2
    assert "there is no folder" in done.stderr


def test_what_cannot_be_tried_is_said(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("1 +")
    done = CliRunner().invoke(cli.app, ["latex", str(tmp_path / "broken.py")])
    assert done.exit_code == 2
    assert "broken.py" in done.stderr


if __name__ == "__main__":
    for file, names in SHOWN.items():
        for name in names:
            (SNAPSHOTS / f"{name}.tex").write_text(latex.fragment(outcome_of(file, name)) + "\n")
    sys.exit()


def test_what_has_no_name_gets_one_of_its_own_in_each_equation() -> None:
    """Two conditions of one claim are two letters, and none looks like an entry of a parameter."""

    @claim
    def conditions(x: Tensor["n"], y: Tensor["n"]):
        first = equal(sc.where(x > 0, x, y), sc.where(x <= 0, y, x))
        second = equal(sc.where(y > 3, x, y), sc.where(y <= 3, y, x))
        return first, second, equal(sc.exp(sc.fromfunction(lambda i: y[i], y.shape)), sc.exp(y))

    shown = expose(conditions, prove(conditions))
    statements = [" = ".join(line.formula.text for line in each.lines) for each in shown.statement]
    assert statements == ["where(T, x, y) = where(U, y, x)", "where(V, x, y) = where(W, y, x)", "exp(S) = exp(y)"]
    meanings = {named.label: named.value.text for named in shown.definitions}
    assert list(meanings) == ["T", "U", "V", "W", "S"]
    assert "x[i] > 0" in meanings["T"] and "y[i] > 3" in meanings["V"] and meanings["S"] == "y[i]"


def test_a_chain_that_fails_is_shown_whole_with_what_fails() -> None:
    """Its two ends may well be equal."""

    @fallacy
    def by_a_wrong_middle(x: Tensor["n"]):
        return equal(x, x), equal(x + x, sc.by("a slip", 3 * x), 2 * x)

    verdict = prove(by_a_wrong_middle)
    shown = latex.fragment(Outcome("f.py", name="f", verdict=verdict, exposition=expose(by_a_wrong_middle, verdict)))
    assert "\\[ x_{i} + x_{i} = 3 x_{i} = 2 x_{i} \\]" in shown
    assert "What fails is equation 2 of 2, the = number 1 of its chain: ``a slip''. For $n = 1$" in shown


def test_the_point_of_a_slope_is_told_apart_from_a_constant() -> None:
    """The slope of t*x by t at x is x; that of x^2 by x would be 2x."""

    @claim
    def slopes(x: Real, w: Tensor["n"], v: Tensor["n"]):
        twice = 2 * w
        return (
            equal(sc.grad(lambda t: t * x)(x), x),
            equal(sc.grad(lambda t: t * t)(x), 2 * x),
            equal(sc.grad(lambda t: (t * twice).sum())(w), twice),
            equal(sc.grad(lambda t: (t * twice).sum())(v), twice),
            equal(sc.grad(sc.grad(lambda t: t**3 * x))(x), 6 * x * x),
            equal(sc.grad(lambda s: sc.grad(lambda t: s * t * t)(s))(x), 4 * x),
        )

    verdict = prove(slopes)
    assert verdict.status == "proved"
    lefts = [each.lines[0].formula.latex for each in expose(slopes, verdict).statement]
    assert lefts == [
        r"\left.\frac{\partial (z x)}{\partial z}\right|_{z = x}",
        r"\frac{\partial x^{2}}{\partial x}",
        r"\left.\frac{\partial \operatorname{sum}(z \odot \mathrm{twice})}{\partial z}\right|_{z = w}",
        r"\frac{\partial \operatorname{sum}(v \odot \mathrm{twice})}{\partial v}",
        r"\left.\frac{\partial}{\partial z} \frac{\partial (z^{3} x)}{\partial z}\right|_{z = x}",
        r"\frac{\partial}{\partial x} \left.\frac{\partial (x z^{2})}{\partial z}\right|_{z = x}",
    ]


def test_bounds_of_slices_and_exponents_that_are_sums() -> None:
    @claim
    def parts(x: Tensor["2*m"], p: Positive["2*m"]):
        m = x.shape[0] // 2
        return (
            equal(x[:-m], x[:m]),
            equal(x[-m:], x[m:]),
            equal(x[-m:] * 2, 2 * x[m:]),
            equal(sc.power(p, 1 - x) * sc.power(p, x), p),
        )

    verdict = prove(parts)
    assert verdict.status == "proved"
    shown = [[line.formula.latex for line in each.lines] for each in expose(parts, verdict).statement]
    assert shown == [
        ["x_{1:m}", "x_{1:m}"],
        ["x_{m+1:2m}", "x_{m+1:2m}"],
        ["2 x_{m+1:2m}", "2 x_{m+1:2m}"],
        [r"p^{\odot (1 - x)} \odot p^{\odot x}", "p"],
    ]


def test_an_axis_of_length_1_is_told_where_it_matters() -> None:
    """softmax(x[:, None]) is 1 everywhere, which softmax(x) is not."""

    @claim
    def axes(x: Tensor["n"], X: Tensor["m", "n"], w: Tensor[1, 1]):
        return (
            equal(sc.softmax(x[:, None]), sc.ones((x.shape[0], 1))),
            equal(sc.sum(x[None], axis=0), x),
            equal(sc.conv2d(X[None], w[None, None]), sc.conv2d(X, w)[None]),
        )

    verdict = prove(axes)
    shown = expose(axes, verdict)
    assert verdict.status == "proved"
    first = [each.lines[0].formula.text for each in shown.statement]
    assert first[:2] == ["softmax(T)", "sum(U; axis=0)"] and first[2].startswith("conv2d(X, w)")
    assert {named.label: named.value.text for named in shown.definitions} == {"T": "x[i]", "U": "x[j]"}
