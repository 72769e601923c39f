"""Tensors whose entries have a sign: what they prove, what refutes claims about them, and how they are shown."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from symconv import (
    ClaimError,
    Index,
    Nonnegative,
    Positive,
    Real,
    Size,
    Tensor,
    abs,
    avg_pool2d,
    batch_norm,
    claim,
    clip,
    conv2d,
    diag,
    equal,
    exp,
    grad,
    kl_div,
    log,
    log_softmax,
    maximum,
    ones,
    pad,
    pi,
    prod,
    prove,
    relu,
    rms_norm,
    sign,
    softmax,
    sqrt,
    summation,
    where,
    zero_extended,
)
from symconv.claims import read_annotation
from symconv.faces.attempt import attempt
from symconv.faces.latex import fragment
from symconv.prover import general


@claim
def log_of_a_product(p: Positive["m", "n"], q: Positive["m", "n"]):
    return equal(log(p * q), log(p) + log(q))


@claim
def softmax_of_a_log(p: Positive["m", "n"]):
    return equal(softmax(log(p)), p / p.sum(-1, keepdims=True)), equal(
        log_softmax(log(p)), log(p) - log(p.sum(1))[:, None]
    )


@claim
def relu_is_homogeneous(p: Nonnegative["n"], x: Tensor["n"]):
    return equal(relu(p * x), p * relu(x)), equal(abs(p * x), p * abs(x))


@claim
def a_broadcast_scale(p: Positive["n", 1], x: Tensor["n", "m"]):
    return equal(maximum(p * x, 0), p * relu(x)), equal(sign(p * x), sign(x))


@claim
def batch_norm_is_affine(x: Tensor["N", "C", "m", "m"], mu: Tensor["C"], v: Positive["C"]):
    mean, scale = mu[:, None, None], sqrt(v)[:, None, None]
    return equal(batch_norm(x, mu, v, eps=0), (x - mean) / scale)


@claim
def relu_of_what_is_not_negative(x: Nonnegative["m", "n"]):
    return equal(relu(x), abs(x), clip(x, 0, maximum(x, 0)), sqrt(x**2), sqrt(x) ** 2, x)


@claim
def an_average_of_positive_pixels(x: Positive["m*k", "m*k"], k: Size):
    return equal(relu(avg_pool2d(x, k)), avg_pool2d(x, k))


@claim
def a_positive_filter(x: Nonnegative["m + 2", "n + 2"], w: Positive[3, 3]):
    return equal(relu(conv2d(x, w)), conv2d(x, w))


@claim
def padding_keeps_what_is_not_negative(x: Nonnegative["m", "n"], i: Positive):
    return equal(relu(i * pad(x, 1)), i * pad(x, 1))


@claim
def entropies(p: Positive["n"], q: Positive["n"]):
    return equal(kl_div(log(q), p, reduction="sum"), (p * log(p)).sum() - (p * log(q)).sum())


@claim
def a_quotient(x: Tensor["n"], p: Positive["n"]):
    return equal(x / p * p, x), equal(where(p > 0, x, 0), x), equal(exp(-log(p)), 1 / p)


@claim
def log_of_an_entry_product(p: Positive[3]):
    return equal(log(prod(p)), log(p).sum())


TRUE = [
    log_of_a_product,
    softmax_of_a_log,
    relu_is_homogeneous,
    a_broadcast_scale,
    batch_norm_is_affine,
    relu_of_what_is_not_negative,
    an_average_of_positive_pixels,
    a_positive_filter,
    padding_keeps_what_is_not_negative,
    entropies,
    a_quotient,
    log_of_an_entry_product,
]


@pytest.mark.parametrize("true", TRUE, ids=lambda c: c.name)
def test_what_holds_is_proved_for_every_size(true: Any) -> None:
    verdict = prove(true, time_limit=60)
    assert verdict.status == "proved" and verdict.for_all_sizes and not verdict.faults, verdict


@claim
def padding_keeps_positive(p: Positive["n"]):
    return equal(where(pad(p, 1) > 0, 1, 0), ones(p.shape[0] + 2))


@claim
def a_sum_is_not_zero(x: Nonnegative["n"], y: Real):
    return equal(y / x.sum() * x.sum(), y)


@claim
def a_log_has_a_value(x: Nonnegative["n"]):
    return equal(log(x), log(x))


@claim
def products_are_positive(x: Nonnegative["m", "n"]):
    return equal(sign(x), ones(x.shape))


@claim
def a_difference_is_positive(p: Positive["n"], q: Positive["n"]):
    return equal(relu(p - q), p - q)


@claim
def log_is_additive(p: Positive["n"], q: Positive["n"]):
    return equal(log(p + q), log(p) + log(q))


@claim
def log_is_positive(p: Positive["n"]):
    return equal(relu(log(p)), log(p))


@claim
def the_variance_without_epsilon(x: Tensor["N", "C"], mu: Tensor["C"], v: Nonnegative["C"]):
    return equal(batch_norm(x, mu, v, eps=0) * sqrt(v), x - mu)


@claim
def a_scale_that_may_be_zero(p: Nonnegative["n"], x: Tensor["n"]):
    return equal(sign(p * x), sign(x))


@claim
def a_norm_of_zeros(x: Nonnegative["n"]):
    return equal(rms_norm(x, x.shape), rms_norm(x, x.shape))


FALSE = [
    padding_keeps_positive,
    a_sum_is_not_zero,
    a_log_has_a_value,
    products_are_positive,
    a_difference_is_positive,
    log_is_additive,
    log_is_positive,
    the_variance_without_epsilon,
    a_scale_that_may_be_zero,
    a_norm_of_zeros,
]


ALLOWED = {
    "positive": lambda number: number > 0,
    "nonnegative": lambda number: number >= 0,
    "real": lambda number: True,
}


@pytest.mark.parametrize("false", FALSE, ids=lambda c: c.name)
def test_what_is_false_is_refuted_by_allowed_numbers(false: Any) -> None:
    verdict = prove(false, time_limit=60)
    found = verdict.counterexample
    assert verdict.status == "refuted" and not verdict.faults and found is not None
    for parameter in false.parameters:
        numbers = np.array(found.values[parameter.name], dtype=object).ravel()
        assert all(ALLOWED[parameter.type.sign](Fraction(number)) for number in numbers)
    # The printed call is Python, and gives both sides.
    eval(found.call, {false.name: false, "Fraction": Fraction})


# --- signs that a place inside has, and one outside has not -----------------------------------------------------------


@claim
def a_rest_that_may_be_empty(p: Positive["n"], y: Real):
    """False at n = 1."""
    return equal(y / p[1:].sum() * p[1:].sum(), y)


@claim
def a_sum_of_those_before(p: Positive["n"], i: Index["n"]):
    """False at i = 0."""
    return equal(sign(summation(lambda j: p[j], i)), 1)


@claim
def a_neighbour(p: Positive["n"], i: Index["n"]):
    """False at i = 0."""
    return equal(sign(zero_extended(p)[i - 1]), 1)


@claim
def a_diagonal(p: Positive["n"]):
    """False at n = 2."""
    return equal(exp(log(diag(p))), diag(p))


@claim
def the_sign_of_another(p: Positive["n"], x: Tensor["n"]):
    """False at x = -1: what one differentiates by has no sign of its own."""
    return equal(grad(lambda q: abs(q).sum())(x), sign(p))


@claim
def borders_of_a_positive_image(p: Positive["m", "n"]):
    """False at the first column."""
    return equal(sign(pad(p, 1).sum(0)), ones(p.shape[1] + 2))


@claim
def a_product_without_logs(p: Nonnegative["n"]):
    """False at p = 0."""
    return equal(prod(p), exp(log(p).sum()))


ELSEWHERE = [
    a_rest_that_may_be_empty,
    a_sum_of_those_before,
    a_neighbour,
    a_diagonal,
    the_sign_of_another,
    borders_of_a_positive_image,
    a_product_without_logs,
]


@pytest.mark.parametrize("false", ELSEWHERE, ids=lambda c: c.name)
def test_a_sign_ends_where_the_tensor_does(false: Any) -> None:
    assert not general.attempt(false).proved
    verdict = prove(false, time_limit=60)
    assert verdict.status == "refuted" and not verdict.faults


# --- how they are written and shown -----------------------------------------------------------------------------------


def test_the_hypotheses_show_the_sign() -> None:
    @claim
    def signed(p: Positive["n"], q: Positive["n"], r: Nonnegative["m + 1", 3], s: Positive[()], t: Tensor[()]):
        return equal(p * s * t + q + r.sum(), s * p * t + q + r.sum())

    assert signed.hypotheses == ("n, m >= 1; p positive n; q positive n; r nonnegative (m + 1) x 3; s positive; t real")
    text = fragment(attempt(signed, "signed.py", 30, 1))
    for formula in (
        r"$p, q \in \mathbb{R}_{> 0}^{n}$",
        r"$r \in \mathbb{R}_{\ge 0}^{(m + 1) \times 3}$",
        r"$s \in \mathbb{R}_{> 0}$",
        r"$t \in \mathbb{R}$",
    ):
        assert formula in text


@pytest.mark.parametrize(
    ("annotation", "sentence"),
    [
        (Positive[0], "Positive[0]: the dimension 0 is less than 1; every dimension is at least 1"),
        (Nonnegative["n-"], 'Nonnegative["n-"]: "n-" ends where'),
        (Positive[1.5], "Positive[1.5]: "),
        (Real["n"], 'Real["n"]: Real takes no brackets; a real tensor is Tensor["m", "n"]'),
        (Positive["n"]["m"], 'Positive["n"]["m"]: Positive takes one pair of brackets'),
    ],
)
def test_bad_dimensions_get_a_sentence(annotation: Any, sentence: str) -> None:
    with pytest.raises(ClaimError) as refused:
        read_annotation(annotation)
    assert str(refused.value).startswith(sentence) and "\n" not in str(refused.value)


def test_a_comma_behind_the_dimension_and_postponed_text_are_the_same() -> None:
    assert read_annotation(Positive["n",]) == read_annotation("Positive['n']", {"Positive": Positive})
    assert str(read_annotation(Nonnegative["n", 2])) == 'Nonnegative["n", 2]'
    assert str(read_annotation(Nonnegative[()])) == "Nonnegative[()]"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"p": [1, -1]}, r"stated: p is tensor\(\[1, -1\]\), where the claim says p positive n"),
        ({"p": [0, 1]}, r"stated: p is tensor\(\[0, 1\]\), where the claim says p positive n"),
        ({"q": [0, -1]}, r"stated: q is tensor\(\[0, -1\]\), where the claim says q nonnegative n"),
        ({"a": 1 - sqrt(2)}, "where the claim says a >= 0"),
        ({"k": 0}, "stated: k is 0, where the claim says k >= 1"),
        ({"i": 2}, "stated: i is 2, where the claim says 0 <= i < n"),
        ({"i": -1}, "stated: i is -1, where the claim says 0 <= i < n"),
        ({"p": [], "q": []}, r"stated: p has the shape \(0,\); every axis has an entry"),
    ],
)
def test_a_claim_is_called_with_what_it_allows(changed: dict[str, Any], sentence: str) -> None:
    @claim
    def stated(p: Positive["n"], q: Nonnegative["n"], a: Nonnegative, k: Size, i: Index["n"]):
        return equal(log(p) * q[i] + k * a, q[i] * log(p) + a * k)

    values = {"p": [1, pi], "q": [0, 2], "a": sqrt(2) - 1, "k": 1, "i": 1}
    assert not stated(**values).differs
    with pytest.raises(ClaimError, match=sentence):
        stated(**(values | changed))
