"""Problem 2: average pooling is a convolution with the filter delta_cd / k^2 and stride k.

X has C channels of n x n pixels with n = m k, so that the source's n / k is m. Indices start at 0 here: the source's
X_{d,k(i-1)+a,k(j-1)+b} is X[d, k*i + a, k*j + b].

7 claims, 4 fallacies. What the source gets wrong:

- It prints an integral sign where Kronecker's delta is meant, w_{xyzw} = 1/k^2 \\int xy; without a delta the channels
  mix: `filter_without_the_delta`. The second line keeps "xy" though its indices are c and d.
- In w_{xyzw} the letter w is the filter and an index at once.
- The upper limits of a and b are printed as n/k, the number of windows; right is k, the side of a window:
  `last_line_with_its_printed_limits`.
- The first line reads the filter at the position of the image, w_{c,d,k(i-1)+a,k(j-1)+b} for w_{c,d,a,b}:
  `filter_read_at_the_position_of_the_image`, and with the limits as well `first_line_as_printed`.
- That k divides n is not said; without it n/k is no size.
"""

from symconv import (
    Index,
    Size,
    Tensor,
    avg_pool2d,
    by,
    claim,
    conv2d,
    equal,
    eye,
    fallacy,
    fromfunction,
    kronecker_delta,
    ones,
    picture,
    reshape,
    run,
    summation,
)


def delta_filter(C, k):
    """w_cdab = delta_cd / k^2: C output channels, C input channels, a k x k window."""
    return eye(C)[:, :, None, None] * ones((k, k)) / k**2


@picture
def pooled_photograph(photo):
    """The filter delta_cd / k^2 for three channels and k = 2, and a photograph pooled with k = 12.

    Without the delta every output channel would be the same sum of all three, and the colours would be lost.
    """
    k = 12
    pooled = conv2d(photo, delta_filter(3, k), stride=k)
    mixed = conv2d(photo, ones((3, 3, k, k)) / (3 * k**2), stride=k)
    return {"w for k = 2": delta_filter(3, 2), "X": photo, "Y": pooled, "without the delta, divided by 3": mixed}


# ---- whole tensors -------------------------------------------------------------------------------------------------


@claim
def average_pooling_is_a_convolution(X: Tensor["C", "m*k", "m*k"], C: Size, k: Size):
    """Average pooling is a strided convolution with the filter delta_cd / k^2 and no bias.

    Settles: problem 2, the first line and the last.
    """
    return equal(conv2d(X, delta_filter(C, k), stride=k), avg_pool2d(X, k))


@claim
def size_of_the_output(X: Tensor["C", "m*k", "m*k"], C: Size, m: Size, k: Size):
    """The output has C channels of n/k x n/k entries.

    Settles: problem 2, "will be a tensor of size C x n/k x n/k".
    """
    Y, n = conv2d(X, delta_filter(C, k), stride=k), X.shape[1]
    return equal(Y.shape[0], C), equal(Y.shape[1], n // k, m), equal(Y.shape[2], n // k, m)


@claim
def three_equalities_of_tensors(X: Tensor["C", "m*k", "m*k"], C: Size, m: Size, k: Size):
    """The three equalities hold for the whole output, tensor by tensor.

    Settles: problem 2, the three lines of the derivation, for all c, i, j at once.
    """
    w, Y = delta_filter(C, k), (C, m, m)

    def definition(c, i, j):
        return summation(lambda d, a, b: w[c, d, a, b] * X[d, k * i + a, k * j + b], C, k, k)

    def with_delta(c, i, j):
        return summation(lambda d, a, b: kronecker_delta(c, d) / k**2 * X[d, k * i + a, k * j + b], C, k, k)

    def contracted(c, i, j):
        return summation(lambda a, b: X[c, k * i + a, k * j + b], k, k) / k**2

    return equal(
        conv2d(X, w, stride=k),
        by("definition of conv2d", fromfunction(definition, Y)),
        by("w_cdab = delta_cd / k^2", fromfunction(with_delta, Y)),
        by("contract the delta", fromfunction(contracted, Y)),
        by("definition of average pooling", avg_pool2d(X, k)),
    )


@claim
def average_pooling_is_the_mean_of_blocks(X: Tensor["C", "m*k", "m*k"], C: Size, m: Size, k: Size):
    """Cut each side into m blocks of k: average pooling is the mean over each block.

    Settles: problem 2, the last line, 1/k^2 times the sum over one window.
    """
    return equal(avg_pool2d(X, k), reshape(X, (C, m, k, m, k)).mean(axis=(2, 4)))


@claim
def average_pooling_of_one_channel(X: Tensor["m*p", "n*q"], p: Size, q: Size):
    """On one channel the filter is constant, and neither the image nor the window has to be square.

    Settles: problem 2, the last line, for p x q windows on an m p x n q image.
    """
    return equal(conv2d(X, ones((p, q)) / (p * q), stride=(p, q)), avg_pool2d(X, (p, q)))


# ---- one entry, as the source writes it ----------------------------------------------------------------------------


@claim
def three_equalities_of_entries(
    X: Tensor["C", "m*k", "m*k"], C: Size, k: Size, c: Index["C"], i: Index["m"], j: Index["m"]
):
    """Y_{cij} is a sum over d, a, b by definition; the delta leaves d = c; what remains is the mean of a window.

    Settles: problem 2, the three lines of the derivation.
    """
    w = delta_filter(C, k)
    return equal(
        conv2d(X, w, stride=k)[c, i, j],
        by(
            "definition of conv2d",
            summation(lambda d, a, b: w[c, d, a, b] * X[d, k * i + a, k * j + b], C, k, k),
        ),
        by(
            "w_cdab = delta_cd / k^2",
            summation(lambda d, a, b: kronecker_delta(c, d) / k**2 * X[d, k * i + a, k * j + b], C, k, k),
        ),
        by("contract the delta", summation(lambda a, b: X[c, k * i + a, k * j + b], k, k) / k**2),
        by("definition of average pooling", avg_pool2d(X, k)[c, i, j]),
    )


@claim
def delta_keeps_the_channels_apart(X: Tensor["C", "m*k", "m*k"], u: Tensor["k", "k"], C: Size, k: Size, c: Index["C"]):
    """A filter delta_cd u_ab applies the window u to each channel for itself, whatever u is.

    Settles: problem 2, the step from the second line to the third.
    """
    w = eye(C)[:, :, None, None] * u
    return equal(conv2d(X, w, stride=k)[c], conv2d(X[c], u, stride=k))


@fallacy
def filter_without_the_delta(X: Tensor["C", "m*k", "m*k"], C: Size, k: Size):
    """The source prints "\\int xy" in the filter; if no delta is read, every output channel sums all the channels.

    Settles: problem 2, "w_{xyzw} = 1/k^2 \\int xy"; the claim beside it is `average_pooling_is_a_convolution`.
    """
    return equal(conv2d(X, ones((C, C, k, k)) / k**2, stride=k), avg_pool2d(X, k))


@fallacy
def filter_read_at_the_position_of_the_image(
    X: Tensor["C", "m*k", "m*k"], C: Size, k: Size, c: Index["C"], i: Index["m"], j: Index["m"]
):
    """The source prints w_{c,d,k(i-1)+a,k(j-1)+b}, which leaves the k x k window from i = 2 on; right is w_{c,d,a,b}.

    Settles: problem 2, the index of w in the first line; the claim beside it is `three_equalities_of_entries`.
    """
    w = delta_filter(C, k)
    printed = summation(lambda d, a, b: w[c, d, k * i + a, k * j + b] * X[d, k * i + a, k * j + b], C, k, k)
    return equal(conv2d(X, w, stride=k)[c, i, j], printed)


@fallacy
def first_line_as_printed(
    X: Tensor["C", "m*k", "m*k"], C: Size, m: Size, k: Size, c: Index["C"], i: Index["m"], j: Index["m"]
):
    """The source sums a and b up to n/k and reads the filter at the image's position; right are k and w_{c,d,a,b}.

    Settles: problem 2, the first line as it is printed; the claim beside it is `three_equalities_of_entries`.
    """
    w = delta_filter(C, k)
    printed = summation(lambda d, a, b: w[c, d, k * i + a, k * j + b] * X[d, k * i + a, k * j + b], C, m, m)
    return equal(conv2d(X, w, stride=k)[c, i, j], printed)


@fallacy
def last_line_with_its_printed_limits(
    X: Tensor["C", "m*k", "m*k"], m: Size, k: Size, c: Index["C"], i: Index["m"], j: Index["m"]
):
    """The source sums a and b up to n/k, the number of windows; right is k, the side of a window.

    Settles: problem 2, the limits of the last line (and of the two before); beside it: `three_equalities_of_entries`.
    """
    printed = summation(lambda a, b: X[c, k * i + a, k * j + b], m, m) / k**2
    return equal(avg_pool2d(X, k)[c, i, j], printed)


run(__name__)
