"""The 44 operator properties on which the TASO optimiser rests, each for every size.

TASO (Jia et al., SOSP 2019) rewrites computation graphs by substitutions that it derives from 44 properties of its
operators. Its validator (jiazhihao/TASO, verify/) tries each property at sizes up to 4. Here each is a claim under the
number that it has there, for all sizes, ranks 2 to 4 and all axes. Its concat is `concat`, its split two slices.

A convolution or pooling has the stride (a, b), any two sizes. An image of h + k - 1 rows, a kernel of k + 2p - 2 rows
and p - 1 rows of zeros on each side have every padding below half of the kernel: p = 1 is "valid" for every kernel,
even or odd, and k = 1 is "same" for every odd one, on images smaller than the kernel too. (With stride 2, TASO's "same"
may leave out the last row of zeros; no window reads it then.) Columns are alike, with w, l and q.

51 claims, 2 fallacies: the 44, a corrected 39, TASO's three lemmas and what it has commented out. What TASO gets wrong:

- No. 39 holds where an average counts the padding, as its Z3 model does. Its own back ends leave the padding out
  (CUDNN_POOLING_AVERAGE_COUNT_EXCLUDE_PADDING): `average_pooling_of_the_back_ends`.
- A property that it has commented out as wrong passes its validator at all sizes up to 2:
  `grouped_convolution_of_a_concat`.
- Another, that concat is associative, is commented out as wrong, and holds.
"""

from symconv import (
    Real,
    Size,
    Tensor,
    avg_pool2d,
    claim,
    concat,
    conv2d,
    equal,
    eye,
    fallacy,
    max_pool2d,
    maximum,
    ones,
    pad,
    permute_dims,
    relu,
    run,
)


def no_activation(x):
    return x


def for_ranks_2_to_4(statement, *tensors):
    """A statement about tensors of rank 4, and of the ranks 3 and 2: each such tensor is a slice of one of rank 4."""
    return tuple(statement(*(x[..., *(0,) * less] for x in tensors)) for less in (0, 1, 2))


def for_ranks_and_axes(statement, *tensors):
    """A statement about an axis, for each axis of the ranks 4, 3 and 2: the first axis of the tensors is put there."""
    cases = [(4 - less, axis) for less in (0, 1, 2) for axis in range(4 - less)]
    return tuple(statement(axis, *(moved(x[..., *(0,) * (4 - rank)], axis) for x in tensors)) for rank, axis in cases)


def moved(x, axis):
    """x with its first axis put at another place."""
    order = [*range(1, axis + 1), 0, *range(axis + 1, x.ndim)]
    return permute_dims(x, order)


def part(x, axis, start, stop):
    """The slice of x from start to stop along an axis."""
    return x[*(slice(None),) * axis, start:stop]


def layer(stride, p, q, activation=no_activation):
    """A convolution layer with p - 1 and q - 1 zeros around the image."""
    return lambda x, u: activation(conv2d(x, u, stride=stride, padding=(p - 1, q - 1)))


def without_activation_and_with_relu(statement, stride, p, q):
    """A statement about a convolution layer, for both of TASO's activations."""
    return tuple(statement(layer(stride, p, q, activation)) for activation in (no_activation, relu))


# ---- 1 to 11: entry by entry, with a scalar, transposed ------------------------------------------------------------


@claim
def addition_is_associative(
    x: Tensor["a", "b", "c", "d"], y: Tensor["a", "b", "c", "d"], z: Tensor["a", "b", "c", "d"]
):
    """TASO 1: x + (y + z) = (x + y) + z."""
    return for_ranks_2_to_4(lambda x, y, z: equal(x + (y + z), (x + y) + z), x, y, z)


@claim
def addition_is_commutative(x: Tensor["a", "b", "c", "d"], y: Tensor["a", "b", "c", "d"]):
    """TASO 2: x + y = y + x."""
    return for_ranks_2_to_4(lambda x, y: equal(x + y, y + x), x, y)


@claim
def multiplication_is_associative(
    x: Tensor["a", "b", "c", "d"], y: Tensor["a", "b", "c", "d"], z: Tensor["a", "b", "c", "d"]
):
    """TASO 3: x * (y * z) = (x * y) * z, entry by entry."""
    return for_ranks_2_to_4(lambda x, y, z: equal(x * (y * z), (x * y) * z), x, y, z)


@claim
def multiplication_is_commutative(x: Tensor["a", "b", "c", "d"], y: Tensor["a", "b", "c", "d"]):
    """TASO 4: x * y = y * x, entry by entry."""
    return for_ranks_2_to_4(lambda x, y: equal(x * y, y * x), x, y)


@claim
def multiplication_distributes(
    x: Tensor["a", "b", "c", "d"], y: Tensor["a", "b", "c", "d"], z: Tensor["a", "b", "c", "d"]
):
    """TASO 5: (x + y) * z = x * z + y * z, entry by entry."""
    return for_ranks_2_to_4(lambda x, y, z: equal((x + y) * z, x * z + y * z), x, y, z)


@claim
def scalars_multiply(x: Tensor["a", "b", "c", "d"], s: Real, t: Real):
    """TASO 6: a scalar times a scalar times a tensor is their product times the tensor."""
    return for_ranks_2_to_4(lambda x: equal((x * s) * t, x * (s * t)), x)


@claim
def a_scalar_distributes_over_a_sum(x: Tensor["a", "b", "c", "d"], y: Tensor["a", "b", "c", "d"], s: Real):
    """TASO 7: s (x + y) = s x + s y."""
    return for_ranks_2_to_4(lambda x, y: equal(s * (x + y), s * x + s * y), x, y)


@claim
def a_scalar_goes_to_one_factor(x: Tensor["a", "b", "c", "d"], y: Tensor["a", "b", "c", "d"], s: Real):
    """TASO 8: s (x * y) = x * (s y), entry by entry."""
    return for_ranks_2_to_4(lambda x, y: equal(s * (x * y), x * (s * y)), x, y)


@claim
def a_scalar_passes_a_transpose(x: Tensor["m", "n"], s: Real):
    """TASO 9: s x^T = (s x)^T."""
    return equal(s * x.T, (s * x).T)


@claim
def a_scalar_passes_a_matrix_product(x: Tensor["m", "n"], y: Tensor["n", "r"], s: Real):
    """TASO 10: s (x y) = x (s y), matrix product."""
    return equal(s * (x @ y), x @ (s * y))


@claim
def a_scalar_passes_a_concat(x: Tensor["m", "b", "c", "d"], y: Tensor["n", "b", "c", "d"], s: Real):
    """TASO 11: s [x; y] = [s x; s y], along every axis."""
    return for_ranks_and_axes(lambda a, x, y: equal(s * concat([x, y], a), concat([s * x, s * y], a)), x, y)


# ---- 12 to 14: convolution and scalars, relu -----------------------------------------------------------------------


@claim
def a_scalar_goes_from_the_image_to_the_filter(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    u: Tensor["D", "C", "k + 2*p - 2", "l + 2*q - 2"],
    s: Real,
    p: Size,
    q: Size,
    a: Size,
    b: Size,
):
    """TASO 12: conv(s x, u) = conv(x, s u), without activation and with relu."""
    return without_activation_and_with_relu(lambda conv: equal(conv(s * x, u), conv(x, s * u)), (a, b), p, q)


@claim
def a_scalar_passes_a_convolution(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    u: Tensor["D", "C", "k + 2*p - 2", "l + 2*q - 2"],
    s: Real,
    p: Size,
    q: Size,
    a: Size,
    b: Size,
):
    """TASO 13: s conv(x, u) = conv(s x, u)."""
    conv = layer((a, b), p, q)
    return equal(s * conv(x, u), conv(s * x, u))


@claim
def relu_of_a_convolution_is_its_activation(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    u: Tensor["D", "C", "k + 2*p - 2", "l + 2*q - 2"],
    p: Size,
    q: Size,
    a: Size,
    b: Size,
):
    """TASO 14: relu after a convolution without activation is the convolution with activation max(y, 0)."""

    y = conv2d(x, u, stride=(a, b), padding=(p - 1, q - 1))
    return equal(layer((a, b), p, q, relu)(x, u), maximum(y, 0))


# ---- 15, 16: relu --------------------------------------------------------------------------------------------------


@claim
def relu_passes_a_concat(x: Tensor["m", "b", "c", "d"], y: Tensor["n", "b", "c", "d"]):
    """TASO 15: relu [x; y] = [relu x; relu y], along every axis."""
    return for_ranks_and_axes(lambda a, x, y: equal(relu(concat([x, y], a)), concat([relu(x), relu(y)], a)), x, y)


@claim
def relu_passes_a_transpose(x: Tensor["m", "n"]):
    """TASO 16: relu(x^T) = relu(x)^T."""
    return equal(relu(x.T), relu(x).T)


# ---- 17 to 20: convolution and matrix product are linear -----------------------------------------------------------


@claim
def convolution_is_additive_in_the_filter(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    u: Tensor["D", "C", "k + 2*p - 2", "l + 2*q - 2"],
    v: Tensor["D", "C", "k + 2*p - 2", "l + 2*q - 2"],
    p: Size,
    q: Size,
    a: Size,
    b: Size,
):
    """TASO 17: conv(x, u + v) = conv(x, u) + conv(x, v)."""
    conv = layer((a, b), p, q)
    return equal(conv(x, u + v), conv(x, u) + conv(x, v))


@claim
def convolution_is_additive_in_the_image(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    y: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    u: Tensor["D", "C", "k + 2*p - 2", "l + 2*q - 2"],
    p: Size,
    q: Size,
    a: Size,
    b: Size,
):
    """TASO 18: conv(x + y, u) = conv(x, u) + conv(y, u)."""
    conv = layer((a, b), p, q)
    return equal(conv(x + y, u), conv(x, u) + conv(y, u))


@claim
def a_sum_of_convolutions_is_one_over_all_channels(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    z: Tensor["N", "E", "h + k - 1", "w + l - 1"],
    u: Tensor["D", "C", "k + 2*p - 2", "l + 2*q - 2"],
    v: Tensor["D", "E", "k + 2*p - 2", "l + 2*q - 2"],
    p: Size,
    q: Size,
    a: Size,
    b: Size,
):
    """TASO 19: conv(x, u) + conv(z, v) = conv([x; z], [u; v]), both along the input channels."""
    conv = layer((a, b), p, q)
    return equal(conv(x, u) + conv(z, v), conv(concat([x, z], 1), concat([u, v], 1)))


@claim
def a_sum_of_matrix_products_is_one(x: Tensor["m", "n"], y: Tensor["n", "r"], z: Tensor["m", "k"], u: Tensor["k", "r"]):
    """TASO 20: x y + z u = [x; z]_1 [y; u]_0, matrix product."""
    return equal(x @ y + z @ u, concat([x, z], 1) @ concat([y, u], 0))


# ---- 21 to 28: concat ----------------------------------------------------------------------------------------------


@claim
def a_concat_of_sums_is_a_sum_of_concats(
    x: Tensor["m", "b", "c", "d"],
    y: Tensor["m", "b", "c", "d"],
    z: Tensor["n", "b", "c", "d"],
    u: Tensor["n", "b", "c", "d"],
):
    """TASO 21: [x + y; z + u] = [x; z] + [y; u], along every axis."""
    return for_ranks_and_axes(
        lambda a, x, y, z, u: equal(concat([x + y, z + u], a), concat([x, z], a) + concat([y, u], a)), x, y, z, u
    )


@claim
def a_concat_of_products_is_a_product_of_concats(
    x: Tensor["m", "b", "c", "d"],
    y: Tensor["m", "b", "c", "d"],
    z: Tensor["n", "b", "c", "d"],
    u: Tensor["n", "b", "c", "d"],
):
    """TASO 22: [x * y; z * u] = [x; z] * [y; u], entry by entry, along every axis."""
    return for_ranks_and_axes(
        lambda a, x, y, z, u: equal(concat([x * y, z * u], a), concat([x, z], a) * concat([y, u], a)), x, y, z, u
    )


@claim
def a_batch_is_convolved_in_parts(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    y: Tensor["M", "C", "h + k - 1", "w + l - 1"],
    u: Tensor["D", "C", "k + 2*p - 2", "l + 2*q - 2"],
    p: Size,
    q: Size,
    a: Size,
    b: Size,
):
    """TASO 23: [conv(x, u); conv(y, u)]_0 = conv([x; y]_0, u), without activation and with relu."""
    return without_activation_and_with_relu(
        lambda conv: equal(concat([conv(x, u), conv(y, u)], 0), conv(concat([x, y], 0), u)), (a, b), p, q
    )


@claim
def output_channels_are_convolved_in_parts(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    u: Tensor["D", "C", "k + 2*p - 2", "l + 2*q - 2"],
    v: Tensor["E", "C", "k + 2*p - 2", "l + 2*q - 2"],
    p: Size,
    q: Size,
    a: Size,
    b: Size,
):
    """TASO 24: [conv(x, u); conv(x, v)]_1 = conv(x, [u; v]_0), without activation and with relu."""
    return without_activation_and_with_relu(
        lambda conv: equal(concat([conv(x, u), conv(x, v)], 1), conv(x, concat([u, v], 0))), (a, b), p, q
    )


@claim
def the_matrix_product_is_associative(x: Tensor["m", "n"], y: Tensor["n", "r"], z: Tensor["r", "k"]):
    """TASO 25: x (y z) = (x y) z, matrix product."""
    return equal(x @ (y @ z), (x @ y) @ z)


@claim
def the_first_part_of_a_concat(x: Tensor["m", "b", "c", "d"], y: Tensor["n", "b", "c", "d"], m: Size):
    """TASO 26: the first part of the split of [x; y] is x, along every axis."""
    return for_ranks_and_axes(lambda a, x, y: equal(part(concat([x, y], a), a, None, m), x), x, y)


@claim
def the_second_part_of_a_concat(x: Tensor["m", "b", "c", "d"], y: Tensor["n", "b", "c", "d"], m: Size):
    """TASO 27: the second part of the split of [x; y] is y, along every axis."""
    return for_ranks_and_axes(lambda a, x, y: equal(part(concat([x, y], a), a, m, None), y), x, y)


@claim
def columns_are_multiplied_in_parts(x: Tensor["m", "n"], y: Tensor["n", "r"], z: Tensor["n", "k"]):
    """TASO 28: x [y; z]_1 = [x y; x z]_1, matrix product."""
    return equal(x @ concat([y, z], 1), concat([x @ y, x @ z], 1))


# ---- 29 to 35: matrix product, transpose ---------------------------------------------------------------------------


@claim
def the_matrix_product_distributes(x: Tensor["m", "n"], y: Tensor["n", "r"], z: Tensor["n", "r"]):
    """TASO 29: x (y + z) = x y + x z, matrix product."""
    return equal(x @ (y + z), x @ y + x @ z)


@claim
def a_transpose_of_a_transpose(x: Tensor["m", "n"]):
    """TASO 30: (x^T)^T = x."""
    return equal(x.T.T, x)


@claim
def a_transpose_of_a_matrix_product(x: Tensor["m", "n"], y: Tensor["n", "r"]):
    """TASO 31: (x y)^T = y^T x^T, matrix product."""
    return equal((x @ y).T, y.T @ x.T)


@claim
def a_transpose_of_a_concat(x: Tensor["m", "n"], y: Tensor["r", "n"]):
    """TASO 32: ([x; y]_0)^T = [x^T; y^T]_1."""
    return equal(concat([x, y], 0).T, concat([x.T, y.T], 1))


@claim
def concats_along_two_axes_commute(
    x: Tensor["a", "b", "c", "d"],
    y: Tensor["a", "n", "c", "d"],
    z: Tensor["m", "b", "c", "d"],
    u: Tensor["m", "n", "c", "d"],
):
    """TASO 33: [[x; y]_1; [z; u]_1]_0 = [[x; z]_0; [y; u]_0]_1."""

    def statement(x, y, z, u):
        rows, columns = (concat([x, y], 1), concat([z, u], 1)), (concat([x, z], 0), concat([y, u], 0))
        return equal(concat(rows, 0), concat(columns, 1))

    return for_ranks_2_to_4(statement, x, y, z, u)


@claim
def a_transpose_of_a_sum(x: Tensor["m", "n"], y: Tensor["m", "n"]):
    """TASO 34: (x + y)^T = x^T + y^T."""
    return equal((x + y).T, x.T + y.T)


@claim
def a_transpose_of_a_product(x: Tensor["m", "n"], y: Tensor["m", "n"]):
    """TASO 35: (x * y)^T = x^T * y^T, entry by entry."""
    return equal((x * y).T, x.T * y.T)


# ---- 36 to 39: pooling ---------------------------------------------------------------------------------------------


def pooled(pool, x, k, l, p, q, stride, **options):
    """Pooling with a kernel of k + 2p - 2 by l + 2q - 2 and p - 1 and q - 1 around the image."""
    return pool(x, (k + 2 * p - 2, l + 2 * q - 2), stride, (p - 1, q - 1), **options)


@claim
def average_pooling_of_channels_in_parts(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    y: Tensor["N", "E", "h + k - 1", "w + l - 1"],
    k: Size,
    l: Size,
    p: Size,
    q: Size,
    a: Size,
    b: Size,
):
    """TASO 36: [avg x; avg y]_1 = avg [x; y]_1."""

    def avg(z):
        return pooled(avg_pool2d, z, k, l, p, q, (a, b))

    return equal(concat([avg(x), avg(y)], 1), avg(concat([x, y], 1)))


@claim
def max_pooling_of_a_batch_in_parts(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    y: Tensor["M", "C", "h + k - 1", "w + l - 1"],
    k: Size,
    l: Size,
    p: Size,
    q: Size,
    a: Size,
    b: Size,
):
    """TASO 37: [max x; max y]_0 = max [x; y]_0."""

    def largest(z):
        return pooled(max_pool2d, z, k, l, p, q, (a, b))

    return equal(concat([largest(x), largest(y)], 0), largest(concat([x, y], 0)))


@claim
def max_pooling_of_channels_in_parts(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    y: Tensor["N", "E", "h + k - 1", "w + l - 1"],
    k: Size,
    l: Size,
    p: Size,
    q: Size,
    a: Size,
    b: Size,
):
    """TASO 38: [max x; max y]_1 = max [x; y]_1."""

    def largest(z):
        return pooled(max_pool2d, z, k, l, p, q, (a, b))

    return equal(concat([largest(x), largest(y)], 1), largest(concat([x, y], 1)))


@claim
def average_pooling_is_a_depthwise_convolution(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"], C: Size, k: Size, l: Size, p: Size, q: Size, a: Size, b: Size
):
    """TASO 39: a depthwise convolution with 1/(area of the kernel) is average pooling that counts the padding."""
    rows, columns = k + 2 * p - 2, l + 2 * q - 2
    u = ones((C, 1, rows, columns)) / (rows * columns)
    depthwise = conv2d(x, u, None, (a, b), (p - 1, q - 1), groups=C)
    return equal(depthwise, pooled(avg_pool2d, x, k, l, p, q, (a, b)))


@fallacy
def average_pooling_of_the_back_ends(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"], C: Size, k: Size, l: Size, p: Size, q: Size
):
    """TASO 39 for its own back ends, which do not count the padding; beside it is
    `average_pooling_without_the_padding`.
    """
    rows, columns = k + 2 * p - 2, l + 2 * q - 2
    u = ones((C, 1, rows, columns)) / (rows * columns)
    without = pooled(avg_pool2d, x, k, l, p, q, 1, count_include_pad=False)
    return equal(conv2d(x, u, padding=(p - 1, q - 1), groups=C), without)


@claim
def average_pooling_without_the_padding(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"], C: Size, k: Size, l: Size, p: Size, q: Size, a: Size, b: Size
):
    """TASO 39 for its back ends, put right: the sum over a window, divided by the same sum for an image of ones."""
    u = ones((C, 1, k + 2 * p - 2, l + 2 * q - 2))

    def total(z):
        return conv2d(z, u, None, (a, b), (p - 1, q - 1), groups=C)

    average = pooled(avg_pool2d, x, k, l, p, q, (a, b), count_include_pad=False)
    return equal(total(x) / total(ones(x.shape)), average)


# ---- 40 to 44: special tensors -------------------------------------------------------------------------------------


def centred_one(p, q):
    """A kernel of 2p - 1 by 2q - 1 zeros with a 1 in the middle."""
    return pad(ones((1, 1)), ((p - 1, p - 1), (q - 1, q - 1)))


@claim
def convolution_with_a_centred_one(x: Tensor["N", "C", "h", "w"], C: Size, p: Size, q: Size):
    """TASO 40: a depthwise convolution with "same" padding by a centred 1 is the identity, for every odd kernel."""
    u = ones((C, 1, 1, 1)) * centred_one(p, q)
    return equal(conv2d(x, u, padding=(p - 1, q - 1), groups=C), conv2d(x, u, padding="same", groups=C), x)


@claim
def multiplication_by_the_identity_matrix(x: Tensor["m", "n"], n: Size):
    """TASO 41: x I = x, matrix product."""
    return equal(x @ eye(n), x)


@claim
def multiplication_by_ones(x: Tensor["a", "b", "c", "d"]):
    """TASO 42: x * 1 = x, entry by entry."""
    return for_ranks_2_to_4(lambda x: equal(x * ones(x.shape), x), x)


@claim
def average_pooling_of_a_centred_one(p: Size, q: Size):
    """TASO 43: average pooling with "same" padding takes the centred 1 of its own size to 1/(area) everywhere."""
    rows, columns = 2 * p - 1, 2 * q - 1
    average = avg_pool2d(centred_one(p, q), (rows, columns), 1, (p - 1, q - 1))
    return equal(average, ones((rows, columns)) / (rows * columns))


@claim
def a_filter_is_enlarged_by_zeros(
    x: Tensor["N", "C", "h", "w"],
    u: Tensor["D", "C", "2*p - 1", "2*q - 1"],
    p: Size,
    q: Size,
    a: Size,
    b: Size,
    r: Size,
    t: Size,
):
    """TASO 44: with "same" padding a filter may be padded with zeros to a larger odd one; no activation, and relu."""
    larger = pad(u, ((0, 0), (0, 0), (r - 1, r - 1), (t - 1, t - 1)))
    return tuple(
        equal(layer((a, b), p, q, f)(x, u), layer((a, b), p + r - 1, q + t - 1, f)(x, larger))
        for f in (no_activation, relu)
    )


# ---- beside the 44: TASO's lemmas, and what it has commented out ---------------------------------------------------


@claim
def the_identity_matrix_and_a_transpose(n: Size):
    """TASO, first lemma: I^T = I."""
    return equal(eye(n).T, eye(n))


@claim
def multiplication_of_the_identity_matrix(x: Tensor["m", "n"], m: Size):
    """TASO, second lemma: I x = x, matrix product."""
    return equal(eye(m) @ x, x)


@claim
def average_pooling_of_a_batch_in_parts(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    y: Tensor["M", "C", "h + k - 1", "w + l - 1"],
    k: Size,
    l: Size,
    p: Size,
    q: Size,
    a: Size,
    b: Size,
):
    """TASO, third lemma: [avg x; avg y]_0 = avg [x; y]_0."""

    def avg(z):
        return pooled(avg_pool2d, z, k, l, p, q, (a, b))

    return equal(concat([avg(x), avg(y)], 0), avg(concat([x, y], 0)))


@claim
def relu_of_relu(x: Tensor["a", "b", "c", "d"]):
    """TASO, commented out as not needed: relu(relu x) = relu x. Its validator knows of relu only that relu(0) = 0."""
    return for_ranks_2_to_4(lambda x: equal(relu(relu(x)), relu(x)), x)


@claim
def concat_is_associative(x: Tensor["m", "b", "c", "d"], y: Tensor["n", "b", "c", "d"], z: Tensor["r", "b", "c", "d"]):
    """TASO, commented out as wrong: [x; [y; z]] = [[x; y]; z], along every axis. It holds for tensors; in TASO a concat
    also carries the place at which its split will cut.
    """
    return for_ranks_and_axes(
        lambda a, x, y, z: equal(concat([x, concat([y, z], a)], a), concat([concat([x, y], a), z], a)), x, y, z
    )


@fallacy
def grouped_convolution_of_a_concat(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    y: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    u: Tensor["D", "C", "k", "l"],
    v: Tensor["D + 2*E", "C", "k", "l"],
):
    """TASO, commented out as wrong: [conv(x, u); conv(y, v)]_1 = conv([x; y]_1, [u; v]_0), as many groups as channels
    demand. The groups of the right side are equal, u and v need not be; beside it is
    `grouped_convolution_of_a_concat_of_equal_groups`.
    """
    return equal(concat([conv2d(x, u), conv2d(y, v)], 1), conv2d(concat([x, y], 1), concat([u, v], 0), groups=2))


@claim
def grouped_convolution_of_a_concat_of_equal_groups(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    y: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    u: Tensor["D", "C", "k", "l"],
    v: Tensor["D", "C", "k", "l"],
):
    """The same, put right: u and v have as many filters each."""
    return equal(concat([conv2d(x, u), conv2d(y, v)], 1), conv2d(concat([x, y], 1), concat([u, v], 0), groups=2))


run(__name__)
