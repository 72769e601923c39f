"""The general reading proves the claims of the two showcase files for every size, and nothing that is false."""

from __future__ import annotations

import inspect
import runpy
from functools import cache
from pathlib import Path

import pytest

from symconv.claims import Claim, claims_of
from symconv.prover import general

PROOFS = Path(__file__).parent.parent / "proofs"

# file: (claims, fallacies)
FILES = {"tensor_rewrites": (51, 2), "convolution_algebra": (86, 6)}

# (file, claim, what is written there, what is written instead): each is false at some sizes.
MUTANTS = [
    ("tensor_rewrites", "a_scalar_passes_a_matrix_product", "s * (x @ y)", "s * s * (x @ y)"),
    ("tensor_rewrites", "a_scalar_passes_a_concat", "[s * x, s * y]", "[s * x, y]"),
    ("tensor_rewrites", "a_scalar_goes_from_the_image_to_the_filter", "conv(x, s * u)", "conv(s * x, s * u)"),
    ("tensor_rewrites", "a_scalar_passes_a_convolution", "p, q)", "p, q, (relu,))"),
    ("tensor_rewrites", "relu_of_a_convolution_is_its_activation", "maximum(y, 0)", "maximum(y, 1)"),
    ("tensor_rewrites", "relu_passes_a_transpose", "relu(x).T", "relu(x.T - 1)"),
    ("tensor_rewrites", "a_sum_of_convolutions_is_one_over_all_channels", "concat([u, v], 1)", "concat([v, u], 1)"),
    ("tensor_rewrites", "a_sum_of_matrix_products_is_one", "x @ y + z @ u", "x @ y - z @ u"),
    ("tensor_rewrites", "a_concat_of_sums_is_a_sum_of_concats", "concat([y, u], a)", "concat([y, z], a)"),
    ("tensor_rewrites", "a_batch_is_convolved_in_parts", "conv(y, u)], 0)", "conv(y, 2 * u)], 0)"),
    ("tensor_rewrites", "the_first_part_of_a_concat", "None, m), x)", "None, m), 2 * x)"),
    ("tensor_rewrites", "a_transpose_of_a_matrix_product", "y.T @ x.T", "(y.T @ x.T) * 2"),
    ("tensor_rewrites", "average_pooling_is_a_depthwise_convolution", "(rows * columns)", "(rows * rows)"),
    ("tensor_rewrites", "convolution_with_a_centred_one", "centred_one(p, q)", "centred_one(p, q)[::-1] * 2"),
    ("tensor_rewrites", "average_pooling_of_a_centred_one", "1, (p - 1, q - 1))", "1, (p - 1, q - 1), False, False)"),
    ("tensor_rewrites", "a_filter_is_enlarged_by_zeros", "(t - 1, t - 1)", "(2 * t - 2, 0)"),
    ("tensor_rewrites", "concats_along_two_axes_commute", "(concat([x, z], 0)", "(concat([z, x], 0)"),
    ("tensor_rewrites", "multiplication_by_the_identity_matrix", "eye(n)", "eye(n, k=1)"),
    ("convolution_algebra", "convolution_is_linear_in_the_image", "+ t * conv(y)", "+ s * conv(y)"),
    ("convolution_algebra", "padding_is_done_before", "(p, p), (q, q))", "(p, p), (q - 1, q + 1))"),
    (
        "convolution_algebra",
        "padding_is_done_before",
        "conv2d(padded, u, stride=s)",
        "conv2d(padded, u[:, :, ::-1], stride=s)",
    ),
    ("convolution_algebra", "pointwise_convolution_is_a_matrix_product", "(0, 2, 3, 1))", "(0, 3, 2, 1))"),
    ("convolution_algebra", "dilation_is_a_filter_stuffed_with_zeros", "b, d * f)", "b, d * f + d - 1)"),
    ("convolution_algebra", "a_kernel_as_large_as_its_input", "nchw,dchw->nd", "nchw,dchw->n"),
    ("convolution_algebra", "a_separable_filter", "outer(u, v)", "outer(u, flip(v))"),
    ("convolution_algebra", "convolution_is_translation_equivariant", "x[:, s:, t:]", "x[:, s - 1 : -1, t:]"),
    ("convolution_algebra", "flips_pass_a_convolution", "flip(u, (2, 3))", "flip(u, 2)"),
    (
        "convolution_algebra",
        "exchanging_image_and_filter",
        "flip(conv1d(u, x, padding=m - 1))",
        "conv1d(u, x, padding=m - 1)",
    ),
    ("convolution_algebra", "true_convolution_is_a_sum_over_pairs", "z[i - a]", "z[i - a + 1]"),
    ("convolution_algebra", "two_filters_are_one_in_1_d", "full_convolution(u, v, l)", "conv1d(u, v, padding=l - 1)"),
    ("convolution_algebra", "two_filters_are_one_in_2_d", "flip(v, (2, 3))", "flip(v, 2)"),
    (
        "convolution_algebra",
        "strides_compose",
        "conv_transpose2d(v, u, stride=2)",
        "conv_transpose2d(v, flip(u, 2), stride=2)",
    ),
    (
        "convolution_algebra",
        "transposed_convolution_is_the_adjoint",
        "conv_transpose2d(y, u)",
        "conv_transpose2d(y, flip(u, 3))",
    ),
    ("convolution_algebra", "transposed_convolution_is_a_convolution", "flip(u, (2, 3))", "flip(u, 3)"),
    ("convolution_algebra", "transposed_convolution_stuffs_with_zeros", "flip(u)", "flip(u, 0)"),
    ("convolution_algebra", "gradient_by_the_image", "conv_transpose2d(y, u", "conv_transpose2d(2 * y, u"),
    ("convolution_algebra", "gradient_by_the_filter", "permute_dims(exchanged", "permute_dims(exchanged[:, :, ::-1]"),
    ("convolution_algebra", "jacobian_of_a_convolution", "[j - i]", "[i - j]"),
    ("convolution_algebra", "square_of_a_sum", "x[i] * x[j], j)", "x[i] * x[j], j + 1)"),
    ("convolution_algebra", "lagrange_identity", "x[j] * y[i]) ** 2, j)", "x[j] * y[i]) ** 2, n)"),
    ("convolution_algebra", "trace_of_a_product", "trace(B @ A)", "trace(B) * trace(A)"),
    ("convolution_algebra", "gradient_of_a_quadratic_form", "A + A.T", "A + A"),
    ("convolution_algebra", "softmax_sums_to_one", ".sum(axis=1)", ".sum(axis=0)[0] * ones(x.shape[0])"),
    ("convolution_algebra", "softmax_is_invariant_to_a_shift", "softmax(x + c)", "softmax(x * c)"),
    ("convolution_algebra", "derivative_of_softmax", "diag(p) - outer(p, p)", "diag(p) - outer(p, x)"),
    ("convolution_algebra", "sigmoid_and_tanh", "tanh(x / 2)", "tanh(x)"),
]


@cache
def namespace(file: str) -> dict[str, object]:
    return runpy.run_path(str(PROOFS / f"{file}.py"), run_name=file)


def claims(file: str) -> dict[str, Claim]:
    return {each.name: each for each in claims_of(namespace(file))}


def every(kind: str) -> list[tuple[str, str]]:
    return [(file, name) for file in FILES for name, each in claims(file).items() if each.kind == kind]


def mutant(file: str, name: str, old: str, new: str) -> Claim:
    """The claim with a piece of its text replaced wherever it occurs."""
    source = inspect.getsource(claims(file)[name].function)
    assert old in source, source
    scope = dict(namespace(file))
    exec(source.replace(old, new), scope)
    found = scope[name]
    assert isinstance(found, Claim)
    return found


@pytest.mark.parametrize("file", FILES)
def test_the_docstring_counts_claims_and_fallacies(file: str) -> None:
    proved, refuted = FILES[file]
    kinds = [each.kind for each in claims(file).values()]
    assert (kinds.count("claim"), kinds.count("fallacy")) == (proved, refuted)
    assert f"\n{proved} claims, {refuted} fallacies" in str(namespace(file)["__doc__"])


def test_the_44_properties_are_in_order() -> None:
    docs = [each.doc for each in claims("tensor_rewrites").values() if each.kind == "claim"]
    numbers = [
        int(doc.split()[1].rstrip(":")) for doc in docs if doc.startswith("TASO ") and doc.split()[1][0].isdigit()
    ]
    assert sorted(set(numbers)) == list(range(1, 45))
    assert numbers == sorted(numbers)


@pytest.mark.parametrize(("file", "name"), every("claim"))
def test_a_claim_is_proved_for_every_size(file: str, name: str) -> None:
    result = general.attempt(claims(file)[name])
    assert result.proved, result.reason


@pytest.mark.parametrize(("file", "name"), every("fallacy"))
def test_a_fallacy_is_not_proved(file: str, name: str) -> None:
    assert not general.attempt(claims(file)[name]).proved


@pytest.mark.parametrize(("file", "name", "old", "new"), MUTANTS)
def test_a_false_neighbour_is_not_proved(file: str, name: str, old: str, new: str) -> None:
    assert not general.attempt(mutant(file, name, old, new)).proved
