"""The general reading proves the claims of the showcase files for every size, and nothing that is false."""

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
FILES = {
    "tensor_rewrites": (51, 2),
    "convolution_algebra": (90, 6),
    "activations": (49, 9),
    "transformers": (23, 5),
}

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
        "conv2d(padded, u, stride=(a, b))",
        "conv2d(padded, u[:, :, ::-1], stride=(a, b))",
    ),
    ("convolution_algebra", "stride_is_subsampling", "[:, :, ::a, ::b]", "[:, :, ::b, ::a]"),
    ("transformers", "attention_by_blocks", "(a + b))", "(a + 2 * b))"),
    ("transformers", "the_causal_mask", "column <= row", "column < row + 2"),
    ("transformers", "a_cache_of_keys_and_values_is_enough", "k, v)[0]", "k[1:], v[1:])[0]"),
    ("transformers", "later_tokens_change_nothing", "q, k, v, is_causal=True", "q, k, v, is_causal=False"),
    ("transformers", "the_output_layer_adds_up_the_heads", "(1, 0, 2)), (m", "(0, 1, 2)), (m"),
    ("transformers", "heads_are_a_layer_of_blocks", "(h, d, W.shape[1])", "(d, h, W.shape[1])"),
    ("transformers", "two_halves_of_the_channels", "halves[:, 1] @ W[d:]", "halves[:, 1] @ W[:d]"),
    ("transformers", "causal_linear_attention_is_a_recurrence", "column <= row", "column < row"),
    ("transformers", "jacobian_of_rms_norm", "(y, y) / n)", "(y, y))"),
    ("transformers", "gradients_by_an_adapter", "G @ A.T)", "2 * G @ A.T)"),
    ("convolution_algebra", "stride_is_subsampling", "stride=(a, b)", "stride=(a, b + 1)"),
    ("convolution_algebra", "subsampling_composes", "x[:: s * t]", "x[:: s * s]"),
    ("convolution_algebra", "subsampling_is_the_first_phase", "[:, 0]", "[:, -1]"),
    (
        "convolution_algebra",
        "a_strided_convolution_is_equivariant_to_its_stride",
        "conv1d(x[:, a * s :], u, stride=a)",
        "conv1d(x[:, a * s :], flip(u, 1), stride=a)",
    ),
    (
        "convolution_algebra",
        "transposed_convolution_is_the_adjoint_with_stride",
        "conv_transpose2d(y, u, **options)",
        "conv_transpose2d(y, flip(u, 3), **options)",
    ),
    ("convolution_algebra", "gradient_by_the_filter_with_stride", "dilation=(a, b))", "dilation=(b, a))[:, :, :1]"),
    ("convolution_algebra", "gradient_of_overlapping_average_pooling", "/ k, stride", "/ a, stride"),
    ("convolution_algebra", "im2col_of_a_batch_without_padding", "windows, y.shape", "windows, y.shape) * (a / b"),
    (
        "convolution_algebra",
        "convolution_is_linear_in_the_filter",
        "s * conv(u) + t * conv(v)",
        "s * conv(u) + t * conv(v) * (d / e)",
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
        "v[:, :, None], u[:, :, None]",
        "v[:, :, None], flip(u, 2)[:, :, None]",
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
    (
        "activations",
        "a_number_is_its_positive_part_minus_its_negative_part",
        "relu(x) - relu(-x)",
        "relu(x) + relu(-x)",
    ),
    ("activations", "one_part_is_zero", "relu(x) * relu(-x)", "relu(x) * relu(x)"),
    ("activations", "relu_is_positively_homogeneous", "p: Nonnegative", "p: Real"),
    ("activations", "relu_times_its_argument", "relu(x) ** 2", "x * relu(-x)"),
    ("activations", "the_absolute_value_of_a_product", "abs(x) * abs(y)", "abs(x) * y"),
    ("activations", "the_root_of_a_square", "abs(x) ** 2, x**2", "abs(x) ** 3, x**3"),
    ("activations", "a_number_by_sign_and_size", "sign(x) * abs(x)", "sign(x) * abs(x) + (1 - sign(x) ** 2)"),
    ("activations", "relu_is_nonexpansive_in_a_network", "f(relu(x) - relu(-x))", "f(relu(x) + relu(-x))"),
    ("activations", "the_larger_and_the_smaller_add_up", "larger * smaller, x * y", "larger * larger, x * y"),
    ("activations", "the_larger_by_relu", "relu(maximum(y, z) - x)", "relu(minimum(y, z) - x)"),
    ("activations", "the_larger_by_a_condition", "where(y >= x, y, x)", "where(y >= x, x, y)"),
    (
        "activations",
        "minimum_distributes_over_maximum",
        "maximum(minimum(x, y), minimum(x, z))",
        "maximum(minimum(x, y), minimum(y, z))",
    ),
    ("activations", "the_median_of_three", "minimum(maximum(x, y), z)", "minimum(maximum(x, y), y)"),
    ("activations", "a_maximum_moves_with_its_entries", "p: Nonnegative", "p: Real"),
    ("activations", "increasing_functions_keep_the_largest", "max(relu(c + x))", "max(relu(c - x))"),
    ("activations", "relu6_is_clipping", "relu(x - 6)", "relu(x - 5)"),
    ("activations", "hardtanh_by_relus", "-hardtanh(-x)", "hardtanh(-x)"),
    (
        "activations",
        "the_narrower_clip_wins",
        "clip(clip(x, -2, 2), -1, 1), clip(x, -1, 1)",
        "clip(clip(x, 0, 2), -1, 1), clip(x, -1, 1)",
    ),
    ("activations", "leaky_relu_composes", "0.25", "0.3"),
    ("activations", "elu_by_relu", "exp(minimum(x, 0)) - 1", "exp(maximum(x, 0)) - 1"),
    ("activations", "the_slope_of_relu", "slope(x) + slope(-x)", "slope(x) - slope(-x)"),
    ("activations", "the_gradient_of_the_one_norm", "(x) * x, abs(x)", "(x) * x, x"),
    ("activations", "roots_of_products_and_squares", "p: Nonnegative", "p: Real"),
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


@pytest.mark.parametrize("file", sorted(path.stem for path in PROOFS.glob("*.py") if path.stem not in FILES))
def test_every_other_claim_with_sizes_is_proved_for_every_size(file: str) -> None:
    for statement in claims(file).values():
        if statement.kind == "claim" and statement.sizes:
            result = general.attempt(statement)
            assert result.proved, (statement, result.reason)


@pytest.mark.parametrize(("file", "name"), every("fallacy"))
def test_a_fallacy_is_not_proved(file: str, name: str) -> None:
    assert not general.attempt(claims(file)[name]).proved


@pytest.mark.parametrize(("file", "name", "old", "new"), MUTANTS)
def test_a_false_neighbour_is_not_proved(file: str, name: str, old: str, new: str) -> None:
    assert not general.attempt(mutant(file, name, old, new)).proved
