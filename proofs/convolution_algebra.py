"""The algebra of convolution, for every size.

Convolution is what a layer computes, cross-correlation: the filter is not flipped. A filter of k rows fits m times into
an image of m + k - 1 rows. Sizes are symbols, those of filter and padding too; padding is written p - 1, so that it may
be 0. Strides and dilations are sizes as well.

90 claims, 6 fallacies, all of the claims for every size.
"""

from symconv import (
    Index,
    Real,
    Size,
    Tensor,
    arange,
    avg_pool1d,
    avg_pool2d,
    claim,
    concat,
    conv1d,
    conv2d,
    conv_transpose2d,
    cross_entropy,
    derivative,
    diag,
    einsum,
    equal,
    exp,
    fallacy,
    flip,
    fromfunction,
    grad,
    jacobian,
    kronecker_delta,
    log,
    log_softmax,
    logsumexp,
    max_pool1d,
    ones,
    outer,
    pad,
    permute_dims,
    reshape,
    roll,
    run,
    sigmoid,
    silu,
    softmax,
    softplus,
    stack,
    summation,
    tanh,
    trace,
    unfold,
    var,
    where,
    zero_extended,
)

# ---- convolution is bilinear ---------------------------------------------------------------------------------------


@claim
def convolution_is_linear_in_the_image(
    x: Tensor["N", "C", "h + d*(k - 1)", "w + e*(l - 1)"],
    y: Tensor["N", "C", "h + d*(k - 1)", "w + e*(l - 1)"],
    u: Tensor["D", "C", "k", "l"],
    s: Real,
    t: Real,
    p: Size,
    q: Size,
    a: Size,
    b: Size,
    d: Size,
    e: Size,
):
    """conv(s x + t y, u) = s conv(x, u) + t conv(y, u), for every stride (a, b), padding and dilation (d, e)."""

    def conv(z):
        return conv2d(z, u, None, (a, b), (p - 1, q - 1), (d, e))

    return equal(conv(s * x + t * y), s * conv(x) + t * conv(y))


@claim
def convolution_is_linear_in_the_filter(
    x: Tensor["N", "C", "h + d*(k - 1)", "w + e*(l - 1)"],
    u: Tensor["D", "C", "k", "l"],
    v: Tensor["D", "C", "k", "l"],
    s: Real,
    t: Real,
    p: Size,
    q: Size,
    a: Size,
    b: Size,
    d: Size,
    e: Size,
):
    """conv(x, s u + t v) = s conv(x, u) + t conv(x, v), for every stride (a, b), padding and dilation (d, e)."""

    def conv(z):
        return conv2d(x, z, None, (a, b), (p - 1, q - 1), (d, e))

    return equal(conv(s * u + t * v), s * conv(u) + t * conv(v))


@claim
def convolution_is_bilinear_in_every_group(
    x: Tensor["N", "G*C", "h + k - 1", "w + l - 1"],
    y: Tensor["N", "G*C", "h + k - 1", "w + l - 1"],
    u: Tensor["G*D", "C", "k", "l"],
    v: Tensor["G*D", "C", "k", "l"],
    G: Size,
    p: Size,
    a: Size,
    b: Size,
):
    """conv(x + y, u + v) is the sum of four, for every number of groups and every stride (a, b)."""

    def conv(x, u):
        return conv2d(x, u, stride=(a, b), padding=p - 1, groups=G)

    return equal(conv(x + y, u + v), conv(x, u) + conv(x, v) + conv(y, u) + conv(y, v))


@claim
def depthwise_convolution_is_bilinear(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    y: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    u: Tensor["C", 1, "k", "l"],
    v: Tensor["C", 1, "k", "l"],
    C: Size,
    p: Size,
):
    """conv(x + y, u + v) is the sum of four, with as many groups as channels."""

    def conv(x, u):
        return conv2d(x, u, padding=p - 1, groups=C)

    return equal(conv(x + y, u + v), conv(x, u) + conv(x, v) + conv(y, u) + conv(y, v))


@claim
def a_bias_is_added_once(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    y: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    u: Tensor["D", "C", "k", "l"],
    b: Tensor["D"],
):
    """With a bias a layer is affine: its value at x + y is its value at x plus the linear part at y."""
    return equal(conv2d(x + y, u, b), conv2d(x, u, b) + conv2d(y, u))


@fallacy
def a_layer_with_bias_is_additive(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    y: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    u: Tensor["D", "C", "k", "l"],
    b: Tensor["D"],
):
    """ "Convolution is linear" with a bias: the right side counts it twice; beside it is `a_bias_is_added_once`."""
    return equal(conv2d(x + y, u, b), conv2d(x, u, b) + conv2d(y, u, b))


# ---- special filters, sizes and strides ----------------------------------------------------------------------------


@claim
def pointwise_convolution_is_a_matrix_product(x: Tensor["N", "C", "h", "w"], u: Tensor["D", "C"]):
    """A 1 x 1 convolution multiplies the vector of channels at each pixel by one matrix."""
    pixels = permute_dims(x, (0, 2, 3, 1))
    return equal(conv2d(x, u[:, :, None, None]), permute_dims(pixels @ u.T, (0, 3, 1, 2)))


@claim
def pointwise_convolution_of_flattened_pixels(x: Tensor["C", "h", "w"], u: Tensor["D", "C"], C: Size, D: Size):
    """The same as one product of two matrices, D x C times C x h w."""
    h, w = x.shape[1:]
    return equal(conv2d(x, u[:, :, None, None]), reshape(u @ reshape(x, (C, h * w)), (D, h, w)))


@claim
def pointwise_convolutions_compose(x: Tensor["N", "C", "h", "w"], u: Tensor["D", "C"], v: Tensor["E", "D"]):
    """Two 1 x 1 convolutions are one with the product of their matrices."""
    first = conv2d(x, u[:, :, None, None])
    return equal(conv2d(first, v[:, :, None, None]), conv2d(x, (v @ u)[:, :, None, None]))


@claim
def padding_is_done_before(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"], u: Tensor["D", "C", "k", "l"], p: Size, q: Size, a: Size, b: Size
):
    """A padded convolution is one without padding, of the padded image, at every stride (a, b)."""
    padded = pad(x, ((0, 0), (0, 0), (p, p), (q, q)))
    return equal(conv2d(x, u, stride=(a, b), padding=(p, q)), conv2d(padded, u, stride=(a, b)))


@claim
def paddings_compose(x: Tensor["h", "w"], a: Size, b: Size, c: Size, d: Size):
    """Padding twice is padding once by the sums, on each side for itself."""
    twice = pad(pad(x, ((a, b), (c, d))), ((c, d), (a, b)))
    return equal(twice, pad(x, ((a + c, b + d), (c + a, d + b))))


@claim
def padding_composes_with_that_of_a_convolution(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"], u: Tensor["D", "C", "k", "l"], p: Size, q: Size
):
    """Padding by p and then convolving with padding q is convolving with padding p + q."""
    padded = pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    return equal(conv2d(padded, u, padding=q), conv2d(x, u, padding=p + q))


@claim
def stride_is_subsampling(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"], u: Tensor["D", "C", "k", "l"], p: Size, q: Size, a: Size, b: Size
):
    """A convolution of stride (a, b) is every a-th row and b-th column of the one with stride 1."""
    dense = conv2d(x, u, padding=(p - 1, q - 1))
    return equal(conv2d(x, u, stride=(a, b), padding=(p - 1, q - 1)), dense[:, :, ::a, ::b])


@claim
def subsampling_composes(x: Tensor["n"], s: Size, t: Size):
    """Every t-th of every s-th entry is every s t-th, whatever is left over."""
    return equal(x[::s][::t], x[:: s * t])


@claim
def subsampling_is_the_first_phase(x: Tensor["n*s"], n: Size, s: Size):
    """Every s-th entry is one column of the signal written in rows of s: its first phase."""
    return equal(x[::s], reshape(x, (n, s))[:, 0])


@claim
def dilation_is_a_filter_stuffed_with_zeros(
    x: Tensor["N", "C", "h + d*(k - 1)", "w + d*(l - 1)"],
    u: Tensor["D", "C", "k", "l"],
    p: Size,
    s: Size,
    d: Size,
):
    """A filter dilated by d is one of d(k - 1) + 1 rows with d - 1 zeros between each two weights, at every stride."""
    D, C, k, l = u.shape

    def weight(o, c, a, b):
        return summation(lambda e, f: kronecker_delta(a, d * e) * kronecker_delta(b, d * f) * u[o, c, e, f], k, l)

    with_zeros = fromfunction(weight, (D, C, d * (k - 1) + 1, d * (l - 1) + 1))
    return equal(conv2d(x, u, None, s, p - 1, d), conv2d(x, with_zeros, None, s, p - 1))


@claim
def a_kernel_as_large_as_its_input(x: Tensor["N", "C", "h", "w"], u: Tensor["D", "C", "h", "w"]):
    """A kernel as large as its input meets it once: the convolution is an inner product, a fully connected layer."""
    return equal(conv2d(x, u)[:, :, 0, 0], einsum("nchw,dchw->nd", x, u))


@claim
def a_convolution_over_a_concat_of_channels(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    y: Tensor["N", "E", "h + k - 1", "w + l - 1"],
    u: Tensor["D", "C", "k", "l"],
    v: Tensor["D", "E", "k", "l"],
    p: Size,
):
    """A convolution over the channels of two images is the sum of one convolution over each."""
    joined = conv2d(concat([x, y], 1), concat([u, v], 1), padding=p - 1)
    return equal(joined, conv2d(x, u, padding=p - 1) + conv2d(y, v, padding=p - 1))


@claim
def a_convolution_is_a_sum_over_channels(
    x: Tensor["C", "h + k - 1", "w + l - 1"], u: Tensor["D", "C", "k", "l"], C: Size, d: Index["D"], p: Size
):
    """One output channel is the sum over the input channels of convolutions of one channel."""
    total = summation(lambda c: conv2d(x[c], u[d, c], padding=p - 1), C)
    return equal(conv2d(x, u, padding=p - 1)[d], total)


@claim
def a_separable_filter(x: Tensor["h + k - 1", "w + l - 1"], u: Tensor["k"], v: Tensor["l"]):
    """A filter u v^T is one along the rows after one along the columns."""
    return equal(conv2d(x, outer(u, v)), conv2d(conv2d(x, u[:, None]), v[None]))


@claim
def depthwise_and_pointwise_make_a_convolution(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"], u: Tensor["C", "k", "l"], v: Tensor["D", "C"], C: Size, p: Size
):
    """A depthwise convolution with u_c and then a 1 x 1 one with v is one with the filter v_dc u_c."""
    depthwise = conv2d(x, u[:, None], padding=p - 1, groups=C)
    return equal(conv2d(depthwise, v[:, :, None, None]), conv2d(x, v[:, :, None, None] * u, padding=p - 1))


@claim
def average_pooling_is_a_depthwise_convolution(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"], C: Size, k: Size, l: Size, a: Size, b: Size
):
    """Average pooling at stride (a, b) is a depthwise convolution with the constant 1/(k l)."""
    u = ones((C, 1, k, l)) / (k * l)
    return equal(avg_pool2d(x, (k, l), (a, b)), conv2d(x, u, stride=(a, b), groups=C))


@claim
def disjoint_averages_compose(x: Tensor["m*n*k"], m: Size, n: Size, k: Size):
    """Averages of k and then of n numbers are averages of n k numbers."""
    return equal(avg_pool1d(avg_pool1d(x, k), n), avg_pool1d(x, n * k))


@claim
def disjoint_maxima_compose(x: Tensor["m*n*k"], n: Size, k: Size):
    """Maxima of k and then of n numbers are maxima of n k numbers."""
    return equal(max_pool1d(max_pool1d(x, k), n), max_pool1d(x, n * k))


@claim
def im2col(x: Tensor["C", "h + k - 1", "w + l - 1"], u: Tensor["D", "C", "k", "l"], C: Size, D: Size, k: Size, l: Size):
    """Convolution is a product of two matrices: the filters as rows, the windows as columns (unfold)."""
    y = conv2d(x, u)
    return equal(y, reshape(reshape(u, (D, C * k * l)) @ unfold(x, (k, l)), y.shape))


@claim
def im2col_of_a_batch(
    x: Tensor["N", "C", "a*(h - 1) + k - 2*p", "b*(w - 1) + l - 2*q"],
    u: Tensor["D", "C", "k", "l"],
    C: Size,
    D: Size,
    k: Size,
    l: Size,
    p: Size,
    q: Size,
    a: Size,
    b: Size,
):
    """The same for a batch of images, at every stride (a, b) and padding (p, q) for which the windows fit exactly."""
    options = {"stride": (a, b), "padding": (p, q)}
    y, windows = conv2d(x, u, **options), unfold(x, (k, l), **options)
    return equal(y, reshape(reshape(u, (D, C * k * l)) @ windows, y.shape))


@claim
def im2col_of_a_batch_without_padding(
    x: Tensor["N", "C", "a*(h - 1) + k", "b*(w - 1) + l"],
    u: Tensor["D", "C", "k", "l"],
    C: Size,
    D: Size,
    k: Size,
    l: Size,
    a: Size,
    b: Size,
):
    """The same without padding."""
    y, windows = conv2d(x, u, stride=(a, b)), unfold(x, (k, l), stride=(a, b))
    return equal(y, reshape(reshape(u, (D, C * k * l)) @ windows, y.shape))


# ---- shifts, flips, compositions -----------------------------------------------------------------------------------


@claim
def convolution_is_translation_equivariant(
    x: Tensor["C", "h + k + s - 1", "w + l + t - 1"], u: Tensor["D", "C", "k", "l"], s: Size, t: Size
):
    """A valid convolution of the image from row s and column t on is that part of the convolution."""
    return equal(conv2d(x[:, s:, t:], u), conv2d(x, u)[:, s:, t:])


@fallacy
def padded_convolution_is_translation_equivariant(
    x: Tensor["C", "h + k + s - 1", "w + l + t - 1"], u: Tensor["D", "C", "k", "l"], s: Size, t: Size
):
    """With zero padding the border breaks it; beside it is `convolution_is_translation_equivariant`."""
    return equal(conv2d(x[:, s:, t:], u, padding=1), conv2d(x, u, padding=1)[:, s:, t:])


@claim
def a_strided_convolution_is_equivariant_to_its_stride(
    x: Tensor["C", "h + k + a*s - 1"], u: Tensor["D", "C", "k"], s: Size, a: Size
):
    """A convolution with stride a turns a shift by a s pixels into one by s."""
    return equal(conv1d(x[:, a * s :], u, stride=a), conv1d(x, u, stride=a)[:, s:])


@claim
def circular_convolution_is_translation_equivariant(x: Tensor["n"], u: Tensor["n"], n: Size, s: Index["n"]):
    """The circular convolution of an image turned by s is that of the image, turned by s."""

    def circular(z):
        return fromfunction(lambda i: summation(lambda a: u[a] * roll(z, -a)[i], n), (n,))

    return equal(circular(roll(x, s)), roll(circular(x), s))


@claim
def flips_pass_a_convolution(x: Tensor["C", "h + k - 1", "w + l - 1"], u: Tensor["D", "C", "k", "l"], p: Size):
    """Flipping image and filter flips the output."""
    flipped = conv2d(flip(x, (1, 2)), flip(u, (2, 3)), padding=p - 1)
    return equal(flipped, flip(conv2d(x, u, padding=p - 1), (1, 2)))


@claim
def transposes_pass_a_convolution(x: Tensor["h + k - 1", "w + l - 1"], u: Tensor["k", "l"], p: Size, q: Size):
    """Transposing image and filter transposes the output."""
    return equal(conv2d(x.T, u.T, padding=(q - 1, p - 1)), conv2d(x, u, padding=(p - 1, q - 1)).T)


@claim
def true_convolution_is_commutative(x: Tensor["m"], u: Tensor["n"], m: Size, n: Size):
    """True convolution, which flips the filter and pads in full, is commutative."""
    return equal(full_convolution(x, u, n), full_convolution(u, x, m))


@fallacy
def cross_correlation_is_commutative(x: Tensor["m"], u: Tensor["n"], m: Size, n: Size):
    """Without the flip, exchanging image and filter turns the output round; beside it is
    `exchanging_image_and_filter`.
    """
    return equal(conv1d(x, u, padding=n - 1), conv1d(u, x, padding=m - 1))


@claim
def exchanging_image_and_filter(x: Tensor["m"], u: Tensor["n"], m: Size, n: Size):
    """Exchanging image and filter of a fully padded cross-correlation turns the output round."""
    return equal(conv1d(x, u, padding=n - 1), flip(conv1d(u, x, padding=m - 1)))


def full_convolution(x, u, n):
    """The true convolution of x with a filter u of n entries: padded in full, the filter flipped."""
    return conv1d(x, flip(u), padding=n - 1)


@claim
def true_convolution_is_a_sum_over_pairs(x: Tensor["m"], u: Tensor["n"], m: Size, n: Size):
    """Entry i of the true convolution sums u_a x_{i-a}."""
    z = zero_extended(x)
    return equal(
        full_convolution(x, u, n), fromfunction(lambda i: summation(lambda a: u[a] * z[i - a], n), (m + n - 1,))
    )


@claim
def true_convolution_is_associative(x: Tensor["m"], u: Tensor["n"], v: Tensor["r"], n: Size, r: Size):
    """(x * u) * v = x * (u * v) for true convolutions."""
    return equal(
        full_convolution(full_convolution(x, u, n), v, r), full_convolution(x, full_convolution(u, v, r), n + r - 1)
    )


@claim
def two_filters_are_one_in_1_d(x: Tensor["m + k + l - 2"], u: Tensor["k"], v: Tensor["l"], l: Size):
    """Two valid convolutions are one with the true convolution of their filters."""
    return equal(conv1d(conv1d(x, u), v), conv1d(x, full_convolution(u, v, l)))


@claim
def two_filters_commute_in_1_d(x: Tensor["m + k + l - 2"], u: Tensor["k"], v: Tensor["l"]):
    """Two valid convolutions of one channel commute."""
    return equal(conv1d(conv1d(x, u), v), conv1d(conv1d(x, v), u))


@claim
def two_filters_are_one_in_2_d(
    x: Tensor["N", "C", "h + k + r - 2", "w + l + t - 2"],
    u: Tensor["D", "C", "k", "l"],
    v: Tensor["E", "D", "r", "t"],
    r: Size,
    t: Size,
):
    """Two valid convolutions of many channels are one, with the full convolution of their filters over the channels
    between.
    """
    one = conv2d(permute_dims(u, (1, 0, 2, 3)), flip(v, (2, 3)), padding=(r - 1, t - 1))
    return equal(conv2d(conv2d(x, u), v), conv2d(x, permute_dims(one, (1, 0, 2, 3))))


@claim
def two_filters_are_one_by_a_transposed_convolution(
    x: Tensor["N", "C", "h + k + r - 2", "w + l + t - 2"], u: Tensor["D", "C", "k", "l"], v: Tensor["E", "D", "r", "t"]
):
    """The filter of the composition is a transposed convolution of the second filter with the first."""
    return equal(conv2d(conv2d(x, u), v), conv2d(x, conv_transpose2d(v, u)))


@claim
def strides_compose(
    x: Tensor["C", "a*(b*(h - 1) + r - 1) + k"], u: Tensor["D", "C", "k"], v: Tensor["E", "D", "r"], a: Size, b: Size
):
    """Of stride b after one of stride a it is one of stride a b, with a transposed convolution as its filter."""
    one = conv_transpose2d(v[:, :, None], u[:, :, None], stride=(1, a))[:, :, 0]
    return equal(conv1d(conv1d(x, u, stride=a), v, stride=b), conv1d(x, one, stride=a * b))


@fallacy
def padded_filters_compose(x: Tensor["h", "w"], u: Tensor[3, 3], v: Tensor[3, 3]):
    """Two padded 3 x 3 convolutions are no padded 5 x 5 one: the border differs; beside it is
    `two_filters_are_one_in_2_d`.
    """
    one = conv2d(u, flip(v), padding=2)
    return equal(conv2d(conv2d(x, u, padding=1), v, padding=1), conv2d(x, one, padding=2))


@claim
def padding_once_for_two_filters(
    x: Tensor["h", "w"], u: Tensor["2*p + 1", "2*q + 1"], v: Tensor["2*p + 1", "2*q + 1"], p: Size, q: Size
):
    """Padding once by 2 p and convolving twice without is one padded convolution."""
    one = conv2d(u, flip(v), padding=(2 * p, 2 * q))
    twice = conv2d(conv2d(x, u, padding=(2 * p, 2 * q)), v)
    return equal(twice, conv2d(x, one, padding=(2 * p, 2 * q)))


# ---- adjoint and gradients -----------------------------------------------------------------------------------------


@claim
def transposed_convolution_is_the_adjoint(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"], u: Tensor["D", "C", "k", "l"], y: Tensor["N", "D", "h", "w"]
):
    """<conv(x, u), y> = <x, convT(y, u)>."""
    return equal((conv2d(x, u) * y).sum(), (x * conv_transpose2d(y, u)).sum())


@claim
def transposed_convolution_is_the_adjoint_with_padding(
    x: Tensor["C", "h + k - 1", "w + l - 1"],
    u: Tensor["D", "C", "k + 2*p - 2", "l + 2*q - 2"],
    y: Tensor["D", "h", "w"],
    p: Size,
    q: Size,
):
    """<conv(x, u), y> = <x, convT(y, u)>, with padding."""
    padding = (p - 1, q - 1)
    return equal((conv2d(x, u, padding=padding) * y).sum(), (x * conv_transpose2d(y, u, padding=padding)).sum())


@claim
def transposed_convolution_is_the_adjoint_with_stride(
    x: Tensor["C", "a*(h - 1) + k", "b*(w - 1) + l"],
    u: Tensor["D", "C", "k + 2*p - 2", "l + 2*q - 2"],
    y: Tensor["D", "h", "w"],
    p: Size,
    q: Size,
    a: Size,
    b: Size,
):
    """<conv(x, u), y> = <x, convT(y, u)>, with padding and every stride (a, b)."""
    options = {"stride": (a, b), "padding": (p - 1, q - 1)}
    return equal((conv2d(x, u, **options) * y).sum(), (x * conv_transpose2d(y, u, **options)).sum())


@claim
def transposed_convolution_is_the_adjoint_with_a_row_left_over(
    x: Tensor["C", "2*h + k - 1", "2*w + l - 1"],
    u: Tensor["D", "C", "k + 2*p - 2", "l + 2*q - 2"],
    y: Tensor["D", "h", "w"],
    p: Size,
    q: Size,
):
    """The same where the last row and column are in no window: output_padding is 1."""
    options = {"stride": 2, "padding": (p - 1, q - 1)}
    return equal((conv2d(x, u, **options) * y).sum(), (x * conv_transpose2d(y, u, output_padding=1, **options)).sum())


@claim
def transposed_convolution_is_the_adjoint_with_dilation(
    x: Tensor["C", "h + d*(k - 1)", "w + e*(l - 1)"],
    u: Tensor["D", "C", "k", "l"],
    y: Tensor["D", "h", "w"],
    d: Size,
    e: Size,
):
    """<conv(x, u), y> = <x, convT(y, u)>, with every dilation (d, e)."""
    return equal((conv2d(x, u, dilation=(d, e)) * y).sum(), (x * conv_transpose2d(y, u, dilation=(d, e))).sum())


@claim
def transposed_convolution_is_a_convolution(y: Tensor["D", "h", "w"], u: Tensor["D", "C", "k", "l"], k: Size, l: Size):
    """At stride 1 it is a fully padded convolution, with the filter flipped and its channels exchanged."""
    turned = permute_dims(flip(u, (2, 3)), (1, 0, 2, 3))
    return equal(conv_transpose2d(y, u), conv2d(y, turned, padding=(k - 1, l - 1)))


@fallacy
def transposed_convolution_without_the_flip(y: Tensor["D", "h", "w"], u: Tensor["D", "C", "k", "l"], k: Size, l: Size):
    """The flip is needed; beside it is `transposed_convolution_is_a_convolution`."""
    return equal(conv_transpose2d(y, u), conv2d(y, permute_dims(u, (1, 0, 2, 3)), padding=(k - 1, l - 1)))


@claim
def transposed_convolution_stuffs_with_zeros(
    y: Tensor["h", "w"], u: Tensor["k", "l"], h: Size, w: Size, k: Size, l: Size, s: Size
):
    """At stride s it is the same of the image with s - 1 zeros between each two pixels."""
    return equal(conv_transpose2d(y, u, stride=s), conv2d(stuffed(y, s, h, w), flip(u), padding=(k - 1, l - 1)))


def stuffed(x, s, h, w):
    """x with s - 1 zeros between each two rows and columns."""

    def entry(i, j):
        return summation(lambda a, b: kronecker_delta(i, s * a) * kronecker_delta(j, s * b) * x[a, b], h, w)

    return fromfunction(entry, (s * (h - 1) + 1, s * (w - 1) + 1))


@claim
def gradient_by_the_image(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    u: Tensor["D", "C", "k + 2*p - 2", "l + 2*q - 2"],
    y: Tensor["N", "D", "h", "w"],
    p: Size,
    q: Size,
):
    """The gradient of <conv(x, u), y> by the image is the transposed convolution of y with u."""
    padding = (p - 1, q - 1)
    gradient = grad(lambda z: (conv2d(z, u, padding=padding) * y).sum())(x)
    return equal(gradient, conv_transpose2d(y, u, padding=padding))


@claim
def gradient_by_the_image_with_stride(
    x: Tensor["C", "a*(h - 1) + k", "b*(w - 1) + l"],
    u: Tensor["D", "C", "k + 2*p - 2", "l + 2*q - 2"],
    y: Tensor["D", "h", "w"],
    p: Size,
    q: Size,
    a: Size,
    b: Size,
):
    """The same with every stride (a, b)."""
    options = {"stride": (a, b), "padding": (p - 1, q - 1)}
    gradient = grad(lambda z: (conv2d(z, u, **options) * y).sum())(x)
    return equal(gradient, conv_transpose2d(y, u, **options))


@claim
def gradient_by_the_filter(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    u: Tensor["D", "C", "k + 2*p - 2", "l + 2*q - 2"],
    y: Tensor["N", "D", "h", "w"],
    p: Size,
    q: Size,
):
    """The gradient by the filter is the convolution of the image with y, batch and channels exchanged."""
    padding = (p - 1, q - 1)
    gradient = grad(lambda z: (conv2d(x, z, padding=padding) * y).sum())(u)
    exchanged = conv2d(permute_dims(x, (1, 0, 2, 3)), permute_dims(y, (1, 0, 2, 3)), padding=padding)
    return equal(gradient, permute_dims(exchanged, (1, 0, 2, 3)))


@claim
def gradient_by_the_filter_with_stride(
    x: Tensor["N", "C", "a*(h - 1) + k", "b*(w - 1) + l"],
    u: Tensor["D", "C", "k + 2*p - 2", "l + 2*q - 2"],
    y: Tensor["N", "D", "h", "w"],
    p: Size,
    q: Size,
    a: Size,
    b: Size,
):
    """With a stride (a, b) it is that convolution with dilation (a, b): stride and dilation exchange roles."""
    padding = (p - 1, q - 1)
    gradient = grad(lambda z: (conv2d(x, z, stride=(a, b), padding=padding) * y).sum())(u)
    images, filters = permute_dims(x, (1, 0, 2, 3)), permute_dims(y, (1, 0, 2, 3))
    return equal(gradient, permute_dims(conv2d(images, filters, padding=padding, dilation=(a, b)), (1, 0, 2, 3)))


@claim
def gradient_by_the_bias(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    u: Tensor["D", "C", "k", "l"],
    b: Tensor["D"],
    y: Tensor["N", "D", "h", "w"],
):
    """The gradient by the bias sums y over batch and pixels."""
    return equal(grad(lambda z: (conv2d(x, u, z) * y).sum())(b), y.sum(axis=(0, 2, 3)))


@claim
def jacobian_of_a_convolution(x: Tensor["m + k - 1"], u: Tensor["k"], m: Size, k: Size):
    """The derivative of a valid convolution is a band matrix with the filter in each row."""
    band = fromfunction(lambda i, j: zero_extended(u)[j - i], (m, m + k - 1))
    return equal(jacobian(lambda z: conv1d(z, u))(x), band)


@claim
def a_convolution_is_a_band_matrix(x: Tensor["m + k - 1"], u: Tensor["k"], m: Size, k: Size):
    """A valid convolution is the product with that band (Toeplitz) matrix."""
    band = fromfunction(lambda i, j: zero_extended(u)[j - i], (m, m + k - 1))
    return equal(conv1d(x, u), band @ x)


@claim
def gradient_of_average_pooling(x: Tensor["C", "m*k", "n*k"], y: Tensor["C", "m", "n"], k: Size):
    """The gradient of average pooling repeats each y over its window, divided by the area."""
    gradient = grad(lambda z: (avg_pool2d(z, k) * y).sum())(x)
    C, m, n = y.shape
    spread = ones((C, m, k, n, k)) * y[:, :, None, :, None] / k**2
    return equal(gradient, reshape(spread, x.shape))


@claim
def gradient_of_overlapping_average_pooling(x: Tensor["a*(h - 1) + k"], y: Tensor["h"], k: Size, a: Size):
    """Where windows overlap, or leave entries out, it is a transposed convolution with the constant 1/k."""
    gradient = grad(lambda z: (avg_pool1d(z, k, a) * y).sum())(x)
    return equal(gradient, conv_transpose2d(y[None, None], ones((1, 1, 1, k)) / k, stride=(1, a))[0, 0])


# ---- sums and matrices ---------------------------------------------------------------------------------------------


@claim
def square_of_a_sum(x: Tensor["n"], n: Size):
    """(sum x)^2 = sum x_i^2 + 2 sum_{i<j} x_i x_j."""
    pairs = summation(lambda j: summation(lambda i: x[i] * x[j], j), n)
    return equal(x.sum() ** 2, (x**2).sum() + 2 * pairs)


@claim
def square_of_a_sum_by_a_double_sum(x: Tensor["n"]):
    """(sum x)^2 is the sum over all entries of x x^T."""
    return equal(x.sum() ** 2, outer(x, x).sum())


@claim
def lagrange_identity(x: Tensor["n"], y: Tensor["n"], n: Size):
    """|x|^2 |y|^2 - <x, y>^2 = sum_{i<j} (x_i y_j - x_j y_i)^2."""
    squares = summation(lambda j: summation(lambda i: (x[i] * y[j] - x[j] * y[i]) ** 2, j), n)
    return equal((x**2).sum() * (y**2).sum() - (x @ y) ** 2, squares)


@claim
def binet_cauchy_identity(a: Tensor["n"], b: Tensor["n"], c: Tensor["n"], d: Tensor["n"], n: Size):
    """<a, c><b, d> - <a, d><b, c> = sum_{i<j} (a_i b_j - a_j b_i)(c_i d_j - c_j d_i)."""
    minors = summation(lambda j: summation(lambda i: (a[i] * b[j] - a[j] * b[i]) * (c[i] * d[j] - c[j] * d[i]), j), n)
    return equal((a @ c) * (b @ d) - (a @ d) * (b @ c), minors)


@claim
def square_of_a_norm(x: Tensor["n"], y: Tensor["n"]):
    """|x + y|^2 = |x|^2 + 2 <x, y> + |y|^2."""
    return equal(((x + y) ** 2).sum(), (x**2).sum() + 2 * (x @ y) + (y**2).sum())


@claim
def sum_of_the_first_numbers(n: Size):
    """1 + 2 + ... + n = n (n + 1) / 2."""
    return equal(summation(lambda i: i, (1, n)), n * (n + 1) / 2)


@claim
def variance_is_mean_square_minus_square_of_the_mean(x: Tensor["n"]):
    """var(x) = mean(x^2) - mean(x)^2."""
    return equal(var(x), (x**2).mean() - x.mean() ** 2)


@claim
def matrix_products_are_associative(A: Tensor["m", "n"], B: Tensor["n", "r"], D: Tensor["r", "t"]):
    """(A B) D = A (B D)."""
    return equal((A @ B) @ D, A @ (B @ D))


@claim
def trace_of_a_product(A: Tensor["m", "n"], B: Tensor["n", "m"]):
    """trace(A B) = trace(B A)."""
    return equal(trace(A @ B), trace(B @ A))


@claim
def trace_is_cyclic(A: Tensor["m", "n"], B: Tensor["n", "r"], D: Tensor["r", "m"]):
    """trace(A B D) = trace(B D A)."""
    return equal(trace(A @ B @ D), trace(B @ D @ A))


@claim
def product_with_a_diagonal_matrix(A: Tensor["m", "n"], v: Tensor["n"]):
    """A diag(v) multiplies column j by v_j."""
    return equal(A @ diag(v), A * v)


@claim
def product_of_block_matrices(A: Tensor["m", "n"], B: Tensor["m", "r"], D: Tensor["n", "t"], E: Tensor["r", "t"]):
    """[A B] [D; E] = A D + B E."""
    return equal(concat([A, B], 1) @ concat([D, E], 0), A @ D + B @ E)


@claim
def gradient_of_a_quadratic_form(A: Tensor["n", "n"], x: Tensor["n"]):
    """The gradient of x^T A x is (A + A^T) x."""
    return equal(grad(lambda z: z @ A @ z)(x), (A + A.T) @ x)


@claim
def gradient_of_least_squares(A: Tensor["m", "n"], x: Tensor["n"], b: Tensor["m"]):
    """The gradient of |A x - b|^2 is 2 A^T (A x - b)."""
    return equal(grad(lambda z: ((A @ z - b) ** 2).sum())(x), 2 * A.T @ (A @ x - b))


# ---- softmax and its relatives -------------------------------------------------------------------------------------


@claim
def softmax_sums_to_one(x: Tensor["m", "n"]):
    """Each row of softmax sums to 1."""
    return equal(softmax(x, axis=1).sum(axis=1), ones((x.shape[0],)))


@claim
def softmax_is_invariant_to_a_shift(x: Tensor["n"], c: Real):
    """softmax(x + c) = softmax(x)."""
    return equal(softmax(x + c), softmax(x))


@fallacy
def softmax_is_invariant_to_a_scale(x: Tensor["n"], c: Real):
    """softmax(c x) is another function of x; beside it is `softmax_is_invariant_to_a_shift`."""
    return equal(softmax(c * x), softmax(x))


@claim
def log_softmax_is_the_logarithm_of_softmax(x: Tensor["n"]):
    """log_softmax(x) = log(softmax(x))."""
    return equal(log_softmax(x), log(softmax(x)))


@claim
def softmax_is_the_exponential_of_log_softmax(x: Tensor["n"]):
    """softmax(x) = exp(log_softmax(x)) = exp(x - logsumexp(x))."""
    return equal(softmax(x), exp(log_softmax(x)), exp(x - logsumexp(x)))


@claim
def logsumexp_of_a_shift(x: Tensor["n"], c: Real):
    """logsumexp(x + c) = logsumexp(x) + c."""
    return equal(logsumexp(x + c), logsumexp(x) + c)


@claim
def logsumexp_of_a_concat(x: Tensor["m"], y: Tensor["n"]):
    """exp(logsumexp) adds up over a concatenation."""
    return equal(exp(logsumexp(concat([x, y]))), exp(logsumexp(x)) + exp(logsumexp(y)))


@claim
def gradient_of_logsumexp(x: Tensor["n"]):
    """The gradient of logsumexp is softmax."""
    return equal(grad(logsumexp)(x), softmax(x))


@claim
def derivative_of_softmax(x: Tensor["n"]):
    """The derivative of p = softmax(x) is diag(p) - p p^T."""
    p = softmax(x)
    return equal(jacobian(softmax)(x), diag(p) - outer(p, p))


@claim
def gradient_of_the_cross_entropy(x: Tensor["n"], t: Tensor["n"]):
    """The gradient of -<t, log_softmax(x)> is (sum t) softmax(x) - t."""
    return equal(grad(lambda z: -(t @ log_softmax(z)))(x), t.sum() * softmax(x) - t)


@claim
def cross_entropy_of_a_class(x: Tensor["n"], t: Index["n"], n: Size):
    """The loss of class t is logsumexp(x) - x[t], that of the probabilities 1 at t and 0 elsewhere."""
    one_hot = where(arange(n) == t, 1, 0)
    loss = cross_entropy(x, t)
    return equal(loss, logsumexp(x) - x[t]), equal(loss, cross_entropy(x, one_hot))


@claim
def gradient_of_the_cross_entropy_of_a_class(x: Tensor["n"], t: Index["n"], n: Size):
    """The gradient of the loss of class t is softmax(x), less 1 at t."""
    one_hot = where(arange(n) == t, 1, 0)
    return equal(grad(lambda z: cross_entropy(z, t))(x), softmax(x) - one_hot)


@claim
def softmax_of_two_is_a_sigmoid(x: Real, y: Real):
    """The first entry of softmax(x, y) is sigmoid(x - y)."""
    return equal(softmax(stack([x, y]))[0], sigmoid(x - y))


@claim
def sigmoid_of_the_negative(x: Tensor["n"]):
    """sigmoid(-x) = 1 - sigmoid(x)."""
    return equal(sigmoid(-x), 1 - sigmoid(x))


@claim
def sigmoid_and_tanh(x: Tensor["n"]):
    """sigmoid(x) = (1 + tanh(x / 2)) / 2."""
    return equal(sigmoid(x), (1 + tanh(x / 2)) / 2)


@claim
def softplus_of_the_negative(x: Tensor["n"]):
    """softplus(x) - softplus(-x) = x."""
    return equal(softplus(x) - softplus(-x), x)


@claim
def derivative_of_softplus(x: Real):
    """softplus' = sigmoid."""
    return equal(derivative(softplus)(x), sigmoid(x))


@claim
def derivative_of_sigmoid(x: Real):
    """sigmoid' = sigmoid (1 - sigmoid)."""
    return equal(derivative(sigmoid)(x), sigmoid(x) * (1 - sigmoid(x)))


@claim
def derivative_of_tanh(x: Real):
    """tanh' = 1 - tanh^2."""
    return equal(derivative(tanh)(x), 1 - tanh(x) ** 2)


@claim
def silu_of_the_negative(x: Tensor["n"]):
    """silu(x) - silu(-x) = x."""
    return equal(silu(x) + silu(-x), x * (2 * sigmoid(x) - 1)), equal(silu(x) - silu(-x), x)


run(__name__)
