# ruff: noqa: F821, UP037
"""The identities that are timed, as claims. Each holds for every size; a benchmark also reads it at literal sizes."""

from __future__ import annotations

from symconv import (
    Differentiable,
    Size,
    Tensor,
    avg_pool2d,
    claim,
    conv2d,
    derivative,
    equal,
    eye,
    flip,
    fromfunction,
    jacobian,
    ones,
    pad,
)
from symconv.claims import Claim
from symconv.prover import bounded, general, reading


@claim
def average_pooling(X: Tensor["C", "m*k", "m*k"], k: Size):
    """P: average pooling is a convolution with the filter delta_cd / k^2."""
    w = eye(X.shape[0])[:, :, None, None] * ones((k, k)) / k**2
    return equal(avg_pool2d(X, k), conv2d(X, w, stride=k))


@claim
def padded_additivity(x: Tensor["C", "n", "n"], y: Tensor["D", "C", 3, 3], z: Tensor["D", "C", 3, 3]):
    """A: a padded convolution is additive in its filter."""
    return equal(conv2d(x, y + z, padding=1), conv2d(x, y, padding=1) + conv2d(x, z, padding=1))


@claim
def two_filters(x: Tensor["n + 4", "n + 4"], u: Tensor[3, 3], v: Tensor[3, 3]):
    """F: two filters in a row are one, the full convolution of both."""
    both = conv2d(pad(u, ((2, 2), (2, 2))), flip(v))
    return equal(conv2d(conv2d(x, u), v), conv2d(x, both))


@claim
def weight_gradient(
    A: Tensor["w", "w"], b: Tensor["w"], C: Tensor["w", "w"], d: Tensor["w"], x: Tensor["w"], sigma: Differentiable
):
    """y = C sigma(A x + b) + d has dy_k/dA_ij = C_ki sigma'(A x + b)_i x_j."""
    slope = derivative(sigma)(A @ x + b)
    return equal(
        jacobian(lambda A: C @ sigma(A @ x + b) + d)(A),
        fromfunction(lambda k, i, j: C[k, i] * slope[i] * x[j], (*C.shape, *x.shape)),
    )


@claim
def shifted_weight_gradient(
    A: Tensor["w", "w"],
    b: Tensor["w"],
    C: Tensor["w", "w"],
    d: Tensor["w"],
    E: Tensor["w", "w"],
    f: Tensor["w"],
    x: Tensor["w"],
    sigma: Differentiable,
):
    """The same at E x + f in place of x, with sigma' at (A E) x + (A f + b): the two sides differ as trees."""
    slope = derivative(sigma)((A @ E) @ x + (A @ f + b))
    y = E @ x + f
    return equal(
        jacobian(lambda A: C @ sigma(A @ y + b) + d)(A),
        fromfunction(lambda k, i, j: C[k, i] * slope[i] * y[j], (*C.shape, *x.shape)),
    )


def proved_bounded(claim: Claim, sizes: dict[str, int]) -> bool:
    """Whether the bounded engine proves a claim at these sizes, building both sides included."""
    return not bounded.check(reading.read(claim, sizes), lambda: None).failures


def proved_in_general(claim: Claim) -> bool:
    """Whether the general reading proves a claim for every size."""
    return general.attempt(claim).proved
