"""Problem 4: max pooling commutes with every non-decreasing function.

N is the set of numbers under one position of the window, p is max pooling, sigma acts entry by entry.

11 claims, 5 fallacies. The source's proof is right, but its text is out of order: the remark in brackets stands inside
the sentence "Since the element of each entry ... are identical, they are the same", and a ditto mark stands for "For an
arbitrary step". What goes wrong without its hypothesis, and with padding, of which it says nothing:

- sigma has to be non-decreasing; it is used once, in max(sigma(N)) = sigma(max N): `any_function_on_a_window`,
  `non_increasing_function_on_a_window`, and with a popular activation that is not monotone `silu_commutes`.
- With padding, N has to consist of pixels only; the padding counts as minus infinity, not as zero:
  `padding_with_zeros`, `zero_padding_commutes`.
"""

from math import inf

from symconv import (
    Function,
    Index,
    Nondecreasing,
    Real,
    Size,
    Tensor,
    by,
    claim,
    equal,
    fallacy,
    max_pool2d,
    maximum,
    maximum_over,
    pad,
    picture,
    relu,
    run,
    sigmoid,
    silu,
    tanh,
)


@picture
def pooled_before_and_after_sigma(photo):
    """Max pooling before and after a non-decreasing sigma, here sigmoid(10 x - 5): no pixel differs."""
    X, k = photo.mean(axis=0), 10
    before, after = sigmoid(10 * max_pool2d(X, k) - 5), max_pool2d(sigmoid(10 * X - 5), k)
    return {"X": X, "p(X)": max_pool2d(X, k), "sigma(p(X))": before, "p(sigma(X))": after, "difference": before - after}


@picture
def pooled_before_and_after_a_function_that_falls(photo):
    """Max pooling before and after a function that is not monotone, here 4 (x - 1/2)^2: dark pixels win as well."""
    X, k = photo.mean(axis=0), 10
    before, after = 4 * (max_pool2d(X, k) - 1 / 2) ** 2, max_pool2d(4 * (X - 1 / 2) ** 2, k)
    return {"sigma(X)": 4 * (X - 1 / 2) ** 2, "sigma(p(X))": before, "p(sigma(X))": after, "difference": before - after}


# ---- one window ----------------------------------------------------------------------------------------------------


@claim
def larger_of_two_numbers(x: Real, y: Real, sigma: Nondecreasing):
    """A non-decreasing function of the larger of two numbers is the larger of its values.

    Settles: problem 4, "since sigma is a non-decreasing function".
    """
    return equal(sigma(maximum(x, y)), maximum(sigma(x), sigma(y)))


@claim
def maximum_of_a_window(N: Tensor["n"], sigma: Nondecreasing):
    """The maximum of sigma(N) is sigma of the maximum of N.

    Settles: problem 4, "max(sigma(N)) = sigma(alpha)".
    """
    alpha = N.max()
    return equal(sigma(N).max(), sigma(alpha))


@claim
def no_value_exceeds_that_of_the_maximum(N: Tensor["n"], i: Index["n"], sigma: Nondecreasing):
    """No y in N has sigma(y) > sigma(alpha).

    Settles: problem 4, "If max(sigma(N)) = sigma(y) > sigma(alpha)", the case that is a contradiction.
    """
    alpha, y = N.max(), N[i]
    return equal(maximum(sigma(y), sigma(alpha)), sigma(alpha))


@claim
def minimum_for_a_non_increasing_function(N: Tensor["n"], sigma: Nondecreasing):
    """A non-increasing function, here -sigma, turns the maximum of a window into the minimum of its values.

    Settles: problem 4, "max(sigma(N)) = sigma(alpha)", for functions that fall instead.
    """
    return equal(-sigma(N.max()), (-sigma(N)).min())


@fallacy
def any_function_on_a_window(N: Tensor["n"], sigma: Function):
    """Without a hypothesis on sigma the step fails; the source rightly asks for a non-decreasing function.

    Settles: problem 4, "since sigma is a non-decreasing function"; the claim beside it is `maximum_of_a_window`.
    """
    return equal(sigma(N).max(), sigma(N.max()))


@fallacy
def non_increasing_function_on_a_window(N: Tensor["n"], sigma: Nondecreasing):
    """A non-increasing function, here -sigma, does not keep the maximum; right is the minimum of its values.

    Settles: problem 4, "non-decreasing"; the claim beside it is `minimum_for_a_non_increasing_function`.
    """
    return equal((-sigma(N)).max(), -sigma(N.max()))


# ---- images --------------------------------------------------------------------------------------------------------


@claim
def max_pooling_commutes(X: Tensor["C", "m*k", "n*k"], k: Size, sigma: Nondecreasing):
    """sigma(p(X)) = p(sigma(X)) for every non-decreasing sigma.

    Settles: problem 4, "they are the same".
    """
    return equal(sigma(max_pool2d(X, k)), max_pool2d(sigma(X), k))


@claim
def every_step_commutes(
    X: Tensor["C", "m*k", "n*k"], k: Size, sigma: Nondecreasing, c: Index["C"], i: Index["m"], j: Index["n"]
):
    """In every step the entry of sigma(p(X)) and the entry of p(sigma(X)) are identical.

    Settles: problem 4, "For an arbitrary step" and the two lines after it.
    """
    return equal(
        sigma(max_pool2d(X, k))[c, i, j],
        by("alpha = max N", sigma(maximum_over(lambda a, b: X[c, k * i + a, k * j + b], k, k))),
        by("sigma is non-decreasing", maximum_over(lambda a, b: sigma(X[c, k * i + a, k * j + b]), k, k)),
        by("definition of p", max_pool2d(sigma(X), k)[c, i, j]),
    )


@claim
def usual_activations_commute(X: Tensor["C", "m*k", "n*k"], k: Size):
    """relu, sigmoid and tanh are non-decreasing, so max pooling commutes with each of them.

    Settles: problem 4, "they are the same", for the functions that it is used with.
    """
    return (
        equal(relu(max_pool2d(X, k)), max_pool2d(relu(X), k)),
        equal(sigmoid(max_pool2d(X, k)), max_pool2d(sigmoid(X), k)),
        equal(tanh(max_pool2d(X, k)), max_pool2d(tanh(X), k)),
    )


@fallacy
def silu_commutes(X: Tensor["C", "m*k", "n*k"], k: Size):
    """silu(x) = x sigmoid(x) falls before it rises, so that max pooling does not commute with it.

    Settles: problem 4, "non-decreasing"; the claim beside it is `usual_activations_commute`.
    """
    return equal(silu(max_pool2d(X, k)), max_pool2d(silu(X), k))


# ---- overlapping windows and padding -------------------------------------------------------------------------------


@claim
def overlapping_windows_commute(
    X: Tensor["C", "m + p - 1", "n + q - 1"], p: Size, q: Size, s: Size, t: Size, sigma: Nondecreasing
):
    """The windows may overlap, or leave pixels out: p x q windows that move by s rows and t columns.

    Settles: problem 4, "move the filter, and repeat this process", for every stride.
    """
    return equal(sigma(max_pool2d(X, (p, q), stride=(s, t))), max_pool2d(sigma(X), (p, q), stride=(s, t)))


@claim
def padded_windows_commute(X: Tensor["C", "m", "n"], p: Size, s: Size, sigma: Nondecreasing):
    """With padding, every window still holds a pixel, and the padding never wins, at any stride.

    Settles: problem 4, "the set of numbers determined in X by the filter", where the window leaves the image.
    """
    k = 2 * p + 1
    return equal(
        sigma(max_pool2d(X, k, stride=s, padding=p)),
        max_pool2d(sigma(X), k, stride=s, padding=p),
    )


@claim
def strided_padded_windows_commute(X: Tensor["C", "m", "n"], sigma: Nondecreasing):
    """The pooling layer of a ResNet, with 3 x 3 windows, stride 2 and padding 1, commutes as well.

    Settles: problem 4, "they are the same", where windows overlap and leave the image.
    """
    return equal(
        sigma(max_pool2d(X, 3, stride=2, padding=1)),
        max_pool2d(sigma(X), 3, stride=2, padding=1),
    )


@claim
def padding_with_minus_infinity(X: Tensor["C", "m", "n"], p: Size, s: Size):
    """The padding of max pooling is minus infinity.

    Settles: problem 4, "the set of numbers determined in X by the filter": N has pixels only.
    """
    k = 2 * p + 1
    padded = pad(X, ((0, 0), (p, p), (p, p)), constant_values=-inf)
    return equal(max_pool2d(X, k, stride=s, padding=p), max_pool2d(padded, k, stride=s))


@fallacy
def padding_with_zeros(X: Tensor["C", "m", "n"], p: Size):
    """Zeros around the image are not the padding of max pooling: a negative pixel at the border would lose to them.

    Settles: problem 4, the set N where the window leaves the image; beside it is `padding_with_minus_infinity`.
    """
    k = 2 * p + 1
    padded = pad(X, ((0, 0), (p, p), (p, p)))
    return equal(max_pool2d(X, k, stride=1, padding=p), max_pool2d(padded, k, stride=1))


@fallacy
def zero_padding_commutes(X: Tensor["C", "m", "n"], p: Size, sigma: Nondecreasing):
    """With zeros around the image sigma(p(X)) and p(sigma(X)) differ: one has sigma(0) at the border, the other 0.

    Settles: problem 4, the set N where the window leaves the image; beside it is `padded_windows_commute`.
    """
    k, border = 2 * p + 1, ((0, 0), (p, p), (p, p))
    return equal(
        sigma(max_pool2d(pad(X, border), k, stride=1)),
        max_pool2d(pad(sigma(X), border), k, stride=1),
    )


run(__name__)
