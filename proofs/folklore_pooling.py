"""Folklore of pooling layers, activations and resizing: what is believed, what is true, and the numbers that tell.

25 claims, 26 fallacies.
"""

from symconv import (
    Nondecreasing,
    Nonnegative,
    Real,
    Size,
    Tensor,
    adaptive_avg_pool1d,
    array,
    avg_pool1d,
    avg_pool2d,
    claim,
    conv1d,
    conv2d,
    derivative,
    equal,
    fallacy,
    gelu,
    interpolate,
    leaky_relu,
    max_pool1d,
    max_pool2d,
    maximum,
    mish,
    pad,
    permute_dims,
    pi,
    pixel_shuffle,
    relu,
    reshape,
    run,
    sigmoid,
    silu,
    sqrt,
    stack,
    tanh,
)

# ---- max pooling and activations -----------------------------------------------------------------------------------


@fallacy
def gelu_and_max_pooling_commute(x: Tensor["2*m", "2*n"]):
    """Believed: an activation may be moved across max pooling, as ReLU may. GELU falls before it rises, so that the
    largest pixel need not have the largest value; beside it is `rising_activations_and_max_pooling_commute`.
    """
    return equal(gelu(max_pool2d(x, 2)), max_pool2d(gelu(x), 2))


@fallacy
def mish_and_max_pooling_commute(x: Tensor["2*n"]):
    """Believed: Mish may be moved across max pooling, as ReLU may. It falls before it rises; beside it is
    `rising_activations_and_max_pooling_commute`.
    """
    return equal(mish(max_pool1d(x, 2)), max_pool1d(mish(x), 2))


@claim
def rising_activations_and_max_pooling_commute(x: Tensor["m", "n"], sigma: Nondecreasing):
    """A non-decreasing activation may be moved, also where the windows overlap, leave the image, or run off its end."""
    return (
        equal(sigma(max_pool2d(x, 3, 2, 1)), max_pool2d(sigma(x), 3, 2, 1)),
        equal(relu(max_pool2d(x, 3, 2, 1)), max_pool2d(relu(x), 3, 2, 1)),
    )


@fallacy
def prelu_and_max_pooling_commute(x: Tensor["2*n"], a: Real):
    """Believed: PReLU may be moved across max pooling, as ReLU may. Its slope is learned and may become negative;
    beside it is `prelu_and_max_pooling_commute_for_slopes_from_0`.
    """
    return equal(leaky_relu(max_pool1d(x, 2), a), max_pool1d(leaky_relu(x, a), 2))


@claim
def prelu_and_max_pooling_commute_for_slopes_from_0(x: Tensor["2*n"]):
    """With a slope of at least 0 it may, here with 0, 1/100, 1/4, 1 and 3."""
    return tuple(equal(leaky_relu(max_pool1d(x, 2), a), max_pool1d(leaky_relu(x, a), 2)) for a in (0, 0.01, 0.25, 1, 3))


@fallacy
def max_pooling_is_homogeneous(x: Tensor["2*n"], a: Real, b: Real):
    """Believed: max pooling may be moved across batch normalisation, a scale and a shift. A negative scale makes the
    smallest pixel the largest; beside it is `max_pooling_is_homogeneous_for_scales_from_0`.
    """
    return equal(max_pool1d(a * x + b, 2), a * max_pool1d(x, 2) + b)


@claim
def max_pooling_is_homogeneous_for_scales_from_0(x: Tensor["2*n"], a: Nonnegative, b: Real):
    """With a scale of at least 0 it may, and with the opposite one the minimum takes its place."""
    smallest = -max_pool1d(-x, 2)
    return equal(max_pool1d(a * x + b, 2), a * max_pool1d(x, 2) + b), equal(max_pool1d(b - a * x, 2), b - a * smallest)


@fallacy
def max_pooling_and_convolution_commute(x: Tensor["2*m", "2*n"], a: Real):
    """Believed: max pooling commutes with a convolution, at least with a 1 x 1 one. Not with a negative weight; beside
    it is `max_pooling_and_a_pointwise_weight_commute`.
    """
    w = reshape(a, (1, 1))
    return equal(max_pool2d(conv2d(x, w), 2), conv2d(max_pool2d(x, 2), w))


@claim
def max_pooling_and_a_pointwise_weight_commute(x: Tensor["2*m", "2*n"], a: Nonnegative):
    """With one weight of at least 0 for each channel it does."""
    w = reshape(a, (1, 1))
    return equal(max_pool2d(conv2d(x, w), 2), conv2d(max_pool2d(x, 2), w))


@fallacy
def zero_padding_is_harmless_for_max_pooling(x: Tensor["n"]):
    """Believed: max pooling pads with zeros. It pads with minus infinity, as PyTorch's documentation of MaxPool2d says;
    beside it is `zero_padding_is_harmless_behind_relu`.
    """
    return equal(max_pool1d(x, 3, 1, 1), max_pool1d(pad(x, 1), 3, 1))


@claim
def zero_padding_is_harmless_behind_relu(x: Tensor["n"]):
    """Where no pixel is negative, zeros do no harm."""
    return equal(max_pool1d(relu(x), 3, 1, 1), max_pool1d(pad(relu(x), 1), 3, 1))


@fallacy
def the_maximum_is_at_least_the_average(x: Tensor["n"]):
    """Believed: max pooling is at least average pooling. With padding it need not be, since the average counts zeros
    (count_include_pad=True is PyTorch's default) and the maximum does not; beside it is
    `the_maximum_is_at_least_the_average_without_padding`.
    """
    largest = max_pool1d(x, 3, 1, 1)
    return equal(maximum(largest, avg_pool1d(x, 3, 1, 1)), largest)


@claim
def the_maximum_is_at_least_the_average_without_padding(x: Tensor["2*n"]):
    """Without padding it is."""
    largest = max_pool1d(x, 2)
    return equal(maximum(largest, avg_pool1d(x, 2)), largest)


@fallacy
def strided_maxima_compose(x: Tensor["n + 9"]):
    """Believed: max pooling of 2 with stride 3, twice, is max pooling of 5 with stride 9. Stride 3 leaves every third
    pixel out, the large window sees it; beside it is `max_pooling_composes`.
    """
    return equal(max_pool1d(max_pool1d(x, 2, 3), 2, 3), max_pool1d(x, 5, 9))


@claim
def max_pooling_composes(x: Tensor["n + 3"], y: Tensor["n + k + l - 2"], k: Size, l: Size):
    """Max pooling of 2 twice is that of 4, also where a row is left over; at stride 1 windows of k and l make one of
    k + l - 1.
    """
    return (
        equal(max_pool1d(max_pool1d(x, 2), 2), max_pool1d(x, 4)),
        equal(max_pool1d(max_pool1d(y, k, 1), l, 1), max_pool1d(y, k + l - 1, 1)),
    )


@claim
def padded_max_pooling_composes(x: Tensor["n"]):
    """Max pooling of 3 with stride 2 and padding 1, twice, is that of 7 with stride 4 and padding 3, on every image."""
    return equal(max_pool1d(max_pool1d(x, 3, 2, 1), 3, 2, 1), max_pool1d(x, 7, 4, 3))


# ---- average pooling -----------------------------------------------------------------------------------------------


@fallacy
def relu_and_average_pooling_commute(x: Tensor["m*k", "n*k"], k: Size):
    """Believed: ReLU may be moved across average pooling. Positive and negative pixels cancel before it, not behind it;
    beside it is `affine_maps_and_average_pooling_commute`.
    """
    return equal(relu(avg_pool2d(x, k)), avg_pool2d(relu(x), k))


@claim
def affine_maps_and_average_pooling_commute(x: Tensor["m*k", "n*k"], k: Size, a: Real, b: Real):
    """A scale and a shift may."""
    return equal(a * avg_pool2d(x, k) + b, avg_pool2d(a * x + b, k))


@fallacy
def a_shift_and_padded_average_pooling_commute(x: Tensor["n"], b: Real):
    """Believed: a shift may always be moved across average pooling. Not across padding that is counted; beside it is
    `a_shift_and_average_pooling_without_the_padding_commute`.
    """
    return equal(avg_pool1d(x + b, 3, 1, 1), avg_pool1d(x, 3, 1, 1) + b)


@claim
def a_shift_and_average_pooling_without_the_padding_commute(x: Tensor["n"], b: Real):
    """Where the padding is not counted it may."""

    def average(z):
        return avg_pool1d(z, 3, 1, 1, count_include_pad=False)

    return equal(average(x + b), average(x) + b)


@fallacy
def average_pooling_leaves_the_padding_out(x: Tensor["n + 1"]):
    """Believed: average pooling averages pixels. PyTorch counts the padding by default, count_include_pad=True; ONNX's
    AveragePool does not; beside it is `average_pooling_with_and_without_the_padding`.
    """
    return equal(avg_pool1d(x, 3, 1, 1), avg_pool1d(x, 3, 1, 1, count_include_pad=False))


@claim
def average_pooling_with_and_without_the_padding(x: Tensor["n + 1"]):
    """The two agree inside; at the border the one is 2/3 of the other."""
    with_padding, without = avg_pool1d(x, 3, 1, 1), avg_pool1d(x, 3, 1, 1, count_include_pad=False)
    return (
        equal(with_padding[1:-1], without[1:-1]),
        equal(with_padding[0], 2 * without[0] / 3),
        equal(with_padding[-1], 2 * without[-1] / 3),
    )


@fallacy
def averages_of_averages_are_averages(x: Tensor["n + 4"]):
    """Believed: averaging over 3 twice is averaging over 5. It weighs the middle more, 1, 2, 3, 2, 1; beside it is
    `averages_of_averages_are_triangles`.
    """
    return equal(avg_pool1d(avg_pool1d(x, 3, 1), 3, 1), avg_pool1d(x, 5, 1))


@claim
def averages_of_averages_are_triangles(x: Tensor["n + 4"], y: Tensor["n*m*k"], m: Size, k: Size):
    """It is a triangle; averages over disjoint windows do compose."""
    return (
        equal(avg_pool1d(avg_pool1d(x, 3, 1), 3, 1), conv1d(x, array([1, 2, 3, 2, 1]) / 9)),
        equal(avg_pool1d(avg_pool1d(y, k), m), avg_pool1d(y, m * k)),
    )


@fallacy
def pooling_keeps_the_mean(x: Tensor["n + 1"]):
    """Believed: average pooling keeps the mean of the image. The floor in the size of its output drops what is left
    over; beside it is `pooling_keeps_the_mean_of_whole_windows`.
    """
    return equal(avg_pool1d(x, 2).mean(), x.mean())


@claim
def pooling_keeps_the_mean_of_whole_windows(x: Tensor["n*k"], k: Size):
    """Where the windows fill the image it does."""
    return equal(avg_pool1d(x, k).mean(), x.mean())


@fallacy
def ceil_mode_divides_by_the_window(x: Tensor["2*n + 1"]):
    """Believed: with ceil_mode the last window is filled up with zeros, as by padding behind. It is divided by what it
    holds (pytorch/pytorch #183528, an exporter that got it wrong); beside it is `ceil_mode_divides_by_what_it_holds`.
    """
    return equal(avg_pool1d(x, 2, ceil_mode=True), avg_pool1d(pad(x, (0, 1)), 2))


@claim
def ceil_mode_divides_by_what_it_holds(x: Tensor["2*n + 1"]):
    """The last window holds one pixel, and its average is that pixel."""
    pooled = avg_pool1d(x, 2, ceil_mode=True)
    return equal(pooled[-1], x[-1]), equal(pooled[:-1], avg_pool1d(x, 2))


@fallacy
def adaptive_pooling_is_average_pooling(x: Tensor["n + 3"], n: Size):
    """Believed: adaptive average pooling to 3 is average pooling with a window of floor(n / 3). Where 3 does not divide
    n its windows overlap and differ in size; beside it is `adaptive_pooling_is_average_pooling_where_it_divides`.
    """
    return equal(adaptive_avg_pool1d(x, 3), avg_pool1d(x, (n + 3) // 3)[:3])


@claim
def adaptive_pooling_is_average_pooling_where_it_divides(x: Tensor["n*k"], n: Size, k: Size):
    """Where the size of the output divides that of the image it is."""
    return equal(adaptive_avg_pool1d(x, n), avg_pool1d(x, k))


@fallacy
def adaptive_pooling_keeps_the_mean(x: Tensor["n + 1"]):
    """Believed: global average pooling behind adaptive pooling is global average pooling. Pixels in two windows count
    twice; beside it is `adaptive_pooling_keeps_the_mean_where_it_divides`.
    """
    return equal(adaptive_avg_pool1d(x, 2).mean(), x.mean())


@claim
def adaptive_pooling_keeps_the_mean_where_it_divides(x: Tensor["n*k"], n: Size):
    """Where the size of the output divides that of the image it is."""
    return equal(adaptive_avg_pool1d(x, n).mean(), x.mean())


# ---- resizing ------------------------------------------------------------------------------------------------------


@fallacy
def pooling_undoes_bilinear_enlarging(x: Tensor["m", "n"]):
    """Believed: average pooling undoes bilinear enlarging. It blurs, since each pixel was mixed with its neighbours;
    beside it is `pooling_undoes_enlarging_by_nearest`.
    """
    return equal(avg_pool2d(interpolate(x, scale_factor=2, mode="bilinear", align_corners=False), 2), x)


@claim
def pooling_undoes_enlarging_by_nearest(x: Tensor["m", "n"], r: Size):
    """It undoes enlarging by repeating pixels."""
    return equal(avg_pool2d(interpolate(x, scale_factor=r), r), x)


@fallacy
def aligned_corners_make_no_difference(x: Tensor[1, "n + 1"]):
    """Believed: align_corners moves an enlarged image a little at its border. It is another linear map, with other
    weights for every pixel; beside it is `aligned_corners_keep_lines_straight`.
    """

    def middle(corners):
        return interpolate(x, scale_factor=(1, 3), mode="bilinear", align_corners=corners)[0, 3:-3]

    return equal(middle(True), middle(False))


@claim
def aligned_corners_keep_lines_straight(a: Real, b: Real):
    """A line over two pixels stays a line from the first to the last with align_corners; without, its ends are flat."""
    x = stack([a, b])[None]
    c = b - a

    def enlarged(corners):
        return interpolate(x, (1, 4), mode="bilinear", align_corners=corners)[0]

    return (
        equal(enlarged(True), stack([a, a + c / 3, a + 2 * c / 3, b])),
        equal(enlarged(False), stack([a, a + c / 4, a + 3 * c / 4, b])),
    )


@fallacy
def pixel_shuffle_is_a_reshape(x: Tensor["C*r*r", "h", "w"], C: Size, r: Size):
    """Believed: PixelShuffle is a reshape. The axes are permuted between two of them; beside it is
    `pixel_shuffle_is_reshape_permute_reshape`.
    """
    h, w = x.shape[1:]
    return equal(pixel_shuffle(x, r), reshape(x, (C, r * h, r * w)))


@claim
def pixel_shuffle_is_reshape_permute_reshape(x: Tensor["C*r*r", "h", "w"], C: Size, r: Size):
    """The channels come apart into C, r and r, and each r goes behind its axis."""
    h, w = x.shape[1:]
    blocks = permute_dims(reshape(x, (C, r, r, h, w)), (0, 3, 1, 4, 2))
    return equal(pixel_shuffle(x, r), reshape(blocks, (C, h * r, w * r)))


@fallacy
def pixel_shuffle_is_depth_to_space(x: Tensor["C*4", "h", "w"], C: Size):
    """Believed: PixelShuffle is TensorFlow's depth_to_space, and ONNX's DepthToSpace by default. In their order (DCR)
    the block is the slower part of a channel's number; beside it is `pixel_shuffle_is_depth_to_space_in_mode_crd`.
    """
    return equal(pixel_shuffle(x, 2), depth_to_space(reshape(x, (2, 2, C, *x.shape[1:]))))


@claim
def pixel_shuffle_is_depth_to_space_in_mode_crd(x: Tensor["C*4", "h", "w"], C: Size):
    """It is ONNX's DepthToSpace in mode CRD, in which the channel is the slower part."""
    blocks = permute_dims(reshape(x, (C, 2, 2, *x.shape[1:])), (1, 2, 0, 3, 4))
    return equal(pixel_shuffle(x, 2), depth_to_space(blocks))


def depth_to_space(blocks):
    """(2, 2, C, h, w), the place in a block first, as (C, 2 h, 2 w)."""
    _, _, C, h, w = blocks.shape
    return reshape(permute_dims(blocks, (2, 3, 0, 4, 1)), (C, h * 2, w * 2))


@fallacy
def a_gray_image_stays_as_it_is(x: Tensor["h", "w"]):
    """Believed: turning a gray image into three equal channels and back is the identity. The weights must add up to 1,
    and torchvision's 0.2989, 0.587 and 0.114 do not (pytorch/vision, torchvision/transforms/_functional_tensor.py);
    beside it is `a_gray_image_stays_as_it_is_by_bt601`.
    """
    return equal(0.2989 * x + 0.587 * x + 0.114 * x, x)


@claim
def a_gray_image_stays_as_it_is_by_bt601(x: Tensor["h", "w"], a: Real, b: Real):
    """With the weights of ITU-R BT.601 it is, and with any that add up to 1."""
    return equal(0.299 * x + 0.587 * x + 0.114 * x, x), equal(a * x + b * x + (1 - a - b) * x, x)


# ---- activations ---------------------------------------------------------------------------------------------------


@fallacy
def sigmoid_is_half_of_one_plus_tanh(x: Real):
    """Believed: sigmoid(x) = (1 + tanh x) / 2. The argument of tanh is x / 2; beside it is
    `sigmoid_is_half_of_one_plus_tanh_of_the_half`.
    """
    return equal(sigmoid(x), (1 + tanh(x)) / 2)


@claim
def sigmoid_is_half_of_one_plus_tanh_of_the_half(x: Real):
    """sigmoid(x) = (1 + tanh(x / 2)) / 2."""
    return equal(sigmoid(x), (1 + tanh(x / 2)) / 2)


@fallacy
def gelu_is_a_scaled_silu(x: Real):
    """Believed: GELU is x sigmoid(1.702 x). This is an approximation, as GELU's authors say; beside it is
    `gelu_by_tanh_is_a_scaled_silu_of_a_cubic`.
    """
    return equal(gelu(x), x * sigmoid(1.702 * x))


@fallacy
def the_two_gelus_are_one(x: Real):
    """Believed: GELU with approximate="tanh" is GELU. They are two functions that are close; beside it is
    `gelu_by_tanh_is_a_scaled_silu_of_a_cubic`.
    """
    return equal(gelu(x), gelu(x, "tanh"))


@claim
def gelu_by_tanh_is_a_scaled_silu_of_a_cubic(x: Real):
    """The approximation by tanh is x sigmoid(2 sqrt(2/pi) (x + 0.044715 x^3)); gelu(x) - gelu(-x) = x in both."""
    return (
        equal(gelu(x, "tanh"), x * sigmoid(2 * sqrt(2 / pi) * (x + 0.044715 * x**3))),
        equal(gelu(x) - gelu(-x), x),
        equal(gelu(x, "tanh") - gelu(-x, "tanh"), x),
    )


@fallacy
def the_slope_of_silu_is_that_of_sigmoid(x: Real):
    """Believed: SiLU' = sigmoid (1 - sigmoid). That is the slope of sigmoid; x sigmoid(x) is a product; beside it is
    `the_slope_of_silu`.
    """
    return equal(derivative(silu)(x), sigmoid(x) * (1 - sigmoid(x)))


@claim
def the_slope_of_silu(x: Real):
    """SiLU' = sigmoid + x sigmoid (1 - sigmoid)."""
    return equal(derivative(silu)(x), sigmoid(x) + x * sigmoid(x) * (1 - sigmoid(x)))


@fallacy
def relu_is_additive(x: Tensor["n"], y: Tensor["n"]):
    """Believed: ReLU is linear where it matters, relu(x + y) = relu(x) + relu(y). Numbers of opposite signs cancel on
    the left only; beside it is `relu_splits_a_number`.
    """
    return equal(relu(x + y), relu(x) + relu(y))


@claim
def relu_splits_a_number(x: Tensor["n"]):
    """x = relu(x) - relu(-x) and |x| = relu(x) + relu(-x)."""
    return equal(relu(x) - relu(-x), x), equal(relu(x) + relu(-x), abs(x))


run(__name__)
