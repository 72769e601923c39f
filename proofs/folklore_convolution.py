"""Folklore of convolutional layers: what is believed of them, what is true, and the numbers that tell them apart.

"Convolution" is what a layer computes, cross-correlation; the true convolution, which flips the filter, is written *.
Sizes are symbols, and what is true is proved for all of them.

33 claims, 32 fallacies.
"""

from symconv import (
    Function,
    Index,
    Positive,
    Real,
    Size,
    Tensor,
    batch_norm,
    by,
    claim,
    concat,
    conv1d,
    conv2d,
    conv_transpose2d,
    equal,
    fallacy,
    flip,
    fromfunction,
    interpolate,
    max_pool1d,
    outer,
    pad,
    relu,
    reshape,
    roll,
    run,
    sigmoid,
    silu,
    stack,
    summation,
    tanh,
    zero_extended,
)

# ---- what a layer computes -----------------------------------------------------------------------------------------


@fallacy
def a_layer_flips_its_filter(x: Tensor["m"], u: Tensor["n"], m: Size, n: Size):
    """Believed: a convolutional layer convolves, as numpy.convolve does. PyTorch's documentation of Conv2d says
    cross-correlation: the filter is not flipped; beside it is `a_layer_with_the_filter_flipped_convolves`.
    """
    return equal(conv1d(x, u, padding=n - 1), true_convolution(x, u, m, n))


@claim
def a_layer_with_the_filter_flipped_convolves(x: Tensor["m"], u: Tensor["n"], m: Size, n: Size):
    """A layer whose filter is flipped computes the true convolution x * u."""
    return equal(conv1d(x, flip(u), padding=n - 1), true_convolution(x, u, m, n))


def true_convolution(x, u, m, n):
    """(x * u)_i = sum of u_a x_{i-a}, of full length m + n - 1."""
    z = zero_extended(x)
    return fromfunction(lambda i: summation(lambda a: u[a] * z[i - a], n), (m + n - 1,))


@fallacy
def cross_correlation_is_associative(x: Tensor["m + k + l - 2"], u: Tensor["k"], v: Tensor["l"], l: Size):
    """Believed: two filters are merged by sliding the one along the other. That is right of true convolution only;
    beside it is `two_filters_are_merged_by_true_convolution`.
    """
    return equal(conv1d(conv1d(x, u), v), conv1d(x, conv1d(u, v, padding=l - 1)))


@claim
def two_filters_are_merged_by_true_convolution(x: Tensor["m + k + l - 2"], u: Tensor["k"], v: Tensor["l"], l: Size):
    """(x corr u) corr v = x corr (u * v), where * flips."""
    return equal(conv1d(conv1d(x, u), v), conv1d(x, conv1d(u, flip(v), padding=l - 1)))


@fallacy
def layers_commute(
    x: Tensor["C", "h + k + r - 2", "w + l + t - 2"], u: Tensor["C", "C", "k", "l"], v: Tensor["C", "C", "r", "t"]
):
    """Believed: convolutional layers commute, as convolutions do. With several channels they do not, since the matrices
    that mix the channels do not; beside it is `filters_of_one_channel_commute`.
    """
    return equal(conv2d(conv2d(x, u), v), conv2d(conv2d(x, v), u))


@fallacy
def padded_filters_commute(x: Tensor["h", "w"], u: Tensor[3, 3], v: Tensor[3, 3]):
    """Believed: on one channel, at least, layers commute. With zero padding they do not, since what the first layer
    puts around the image is cut off; beside it is `filters_of_one_channel_commute`.
    """
    return equal(conv2d(conv2d(x, u, padding=1), v, padding=1), conv2d(conv2d(x, v, padding=1), u, padding=1))


@claim
def filters_of_one_channel_commute(
    x: Tensor["h + k + r - 2", "w + l + t - 2"], u: Tensor["k", "l"], v: Tensor["r", "t"]
):
    """On one channel, at stride 1 and without padding, convolutions commute."""
    return equal(conv2d(conv2d(x, u), v), conv2d(conv2d(x, v), u))


@fallacy
def flips_pass_any_layer(x: Tensor["C", "h + k - 1", "w + l - 1"], u: Tensor["D", "C", "k", "l"]):
    """Believed: a convolutional layer commutes with flips of the image. Only if its filters are flipped as well; beside
    it is `flips_pass_a_layer_with_flipped_filters`.
    """
    return equal(conv2d(flip(x, 2), u), flip(conv2d(x, u), 2))


@claim
def flips_pass_a_layer_with_flipped_filters(x: Tensor["C", "h + k - 1", "w + l - 1"], u: Tensor["D", "C", "k", "l"]):
    """Flipping the image and the filters flips the output."""
    return equal(conv2d(flip(x, 2), flip(u, 3)), flip(conv2d(x, u), 2))


@fallacy
def quarter_turns_pass_any_layer(x: Tensor["n + k - 1", "n + k - 1"], u: Tensor["k", "k"]):
    """Believed: a convolutional layer commutes with a quarter turn. Only if its filters are turned as well; beside it
    is `quarter_turns_pass_a_layer_with_turned_filters`.
    """
    return equal(conv2d(quarter_turn(x), u), quarter_turn(conv2d(x, u)))


@claim
def quarter_turns_pass_a_layer_with_turned_filters(x: Tensor["n + k - 1", "n + k - 1"], u: Tensor["k", "k"]):
    """Turning the image and the filter turns the output."""
    return equal(conv2d(quarter_turn(x), quarter_turn(u)), quarter_turn(conv2d(x, u)))


def quarter_turn(x):
    """A quarter turn against the clock."""
    return flip(x.T, 0)


@fallacy
def grouped_channels_are_interleaved(x: Tensor["2*C", "h + k - 1", "w + l - 1"], u: Tensor["2*D", "C", "k", "l"]):
    """Believed: with groups, output channel o sees the input channels of the same remainder. PyTorch's documentation of
    Conv2d has blocks: the first half of the outputs sees the first half of the inputs; beside it is
    `grouped_channels_are_blocks`.
    """
    even, odd = conv2d(x[::2], u[::2]), conv2d(x[1::2], u[1::2])
    joined = reshape(stack([even, odd], 1), (u.shape[0], *even.shape[1:]))
    return equal(conv2d(x, u, groups=2), joined)


@claim
def grouped_channels_are_blocks(
    x: Tensor["2*C", "h + k - 1", "w + l - 1"], u: Tensor["2*D", "C", "k", "l"], C: Size, D: Size
):
    """Two groups are two convolutions, of the first half of the channels and of the second."""
    return equal(conv2d(x, u, groups=2), concat([conv2d(x[:C], u[:D]), conv2d(x[C:], u[D:])]))


@fallacy
def depthwise_outputs_are_ordered_by_filter(
    x: Tensor["C", "h", "w"], u: Tensor["C", "m"], C: Size, m: Size, c: Index["C"], j: Index["m"]
):
    """Believed: of a depthwise layer with m filters for each channel, the outputs of the first filters come first.
    PyTorch's documentation of Conv2d orders them by channel; beside it is `depthwise_outputs_are_ordered_by_channel`.
    """
    y = conv2d(x, reshape(u, (C * m, 1, 1, 1)), groups=C)
    return equal(y[j * C + c], u[c, j] * x[c])


@claim
def depthwise_outputs_are_ordered_by_channel(
    x: Tensor["C", "h", "w"], u: Tensor["C", "m"], C: Size, m: Size, c: Index["C"], j: Index["m"]
):
    """The m outputs of channel c are those from c m on."""
    y = conv2d(x, reshape(u, (C * m, 1, 1, 1)), groups=C)
    return equal(y[c * m + j], u[c, j] * x[c])


# ---- shifts --------------------------------------------------------------------------------------------------------


@fallacy
def a_layer_is_translation_equivariant(x: Tensor["n"], u: Tensor[3]):
    """Believed: convolutional layers are translation equivariant. With zero padding the border knows where it is;
    beside it is `a_circular_layer_is_translation_equivariant`.
    """
    return equal(conv1d(roll(x, 1), u, padding=1), roll(conv1d(x, u, padding=1), 1))


@claim
def a_circular_layer_is_translation_equivariant(x: Tensor["n"], u: Tensor[3]):
    """With circular padding a layer of stride 1 turns a shift round the end into one."""
    return equal(conv1d(pad(roll(x, 1), 1, "wrap"), u), roll(conv1d(pad(x, 1, "wrap"), u), 1))


@fallacy
def global_pooling_makes_a_network_shift_invariant(x: Tensor["n"], u: Tensor[3]):
    """Believed: global average pooling makes a convolutional network invariant to shifts. Behind zero padding it does
    not; beside it is `global_pooling_behind_circular_padding`.
    """
    return equal(relu(conv1d(roll(x, 1), u, padding=1)).mean(), relu(conv1d(x, u, padding=1)).mean())


@claim
def global_pooling_behind_circular_padding(x: Tensor["n"], u: Tensor[3], sigma: Function):
    """Behind a layer of stride 1 with circular padding it does, whatever the activation."""
    y = sigma(conv1d(pad(x, 1, "wrap"), u))
    return equal(
        sigma(conv1d(pad(roll(x, 1), 1, "wrap"), u)).mean(),
        by("the layer is equivariant", roll(y, 1).mean()),
        by("a mean does not see the order", y.mean()),
    )


@fallacy
def pooling_does_not_see_a_shift_by_one(x: Tensor["2*n"]):
    """Believed: max pooling does not see a shift by one pixel. With stride 2 it pairs the pixels anew (a reason for
    anti-aliased pooling); beside it is `pooling_is_equivariant_to_its_stride`.
    """
    return equal(max_pool1d(roll(x, 1), 2), max_pool1d(x, 2))


@claim
def pooling_is_equivariant_to_its_stride(x: Tensor["2*n"], u: Tensor[2]):
    """A pooling layer, or a strided convolution, of stride 2 turns a shift by 2 into one by 1."""
    return (
        equal(max_pool1d(roll(x, 2), 2), roll(max_pool1d(x, 2), 1)),
        equal(conv1d(roll(x, 2), u, stride=2), roll(conv1d(x, u, stride=2), 1)),
    )


# ---- padding -------------------------------------------------------------------------------------------------------


@fallacy
def same_padding_puts_the_odd_zero_first(x: Tensor["n"], u: Tensor[4]):
    """Believed: "same" padding of an even filter puts the zero that is left over in front. PyTorch puts it behind (as
    ONNX's SAME_UPPER); beside it is `same_padding_puts_the_odd_zero_last`.
    """
    return equal(conv1d(x, u, padding="same"), conv1d(pad(x, (2, 1)), u))


@claim
def same_padding_puts_the_odd_zero_last(x: Tensor["n"], u: Tensor[4]):
    """A filter of 4 has one zero in front and two behind."""
    return equal(conv1d(x, u, padding="same"), conv1d(pad(x, (1, 2)), u))


@fallacy
def same_padding_with_stride_is_padding_by_one(x: Tensor["2*n"], u: Tensor[3]):
    """Believed: TensorFlow's SAME with a filter of 3 and stride 2 is PyTorch's padding=1 (pytorch/pytorch #3867). On an
    even number of pixels SAME pads behind only, so that other pixels are sampled; beside it is
    `same_padding_with_stride_on_odd_images`.
    """
    return equal(conv1d(pad(x, same_padding_of_tensorflow(0)), u, stride=2), conv1d(x, u, stride=2, padding=1))


@claim
def same_padding_with_stride_on_odd_images(x: Tensor["2*n - 1"], u: Tensor[3]):
    """On an odd number of pixels SAME pads by one on both sides, as padding=1 does."""
    return equal(conv1d(pad(x, same_padding_of_tensorflow(1)), u, stride=2), conv1d(x, u, stride=2, padding=1))


def same_padding_of_tensorflow(remainder):
    """For a filter of 3 and stride 2: (ceil(n/2) - 1) 2 + 3 - n zeros in all, the smaller half in front."""
    total = 1 + remainder
    return total // 2, total - total // 2


@fallacy
def an_activation_passes_zero_padding(x: Tensor["h", "w"]):
    """Believed: it does not matter whether an image is padded before the activation or after it. For sigmoid it does,
    since sigmoid(0) is not 0; beside it is `activations_that_keep_zero_pass_zero_padding`.
    """
    return equal(sigmoid(pad(x, 1)), pad(sigmoid(x), 1))


@claim
def activations_that_keep_zero_pass_zero_padding(x: Tensor["h", "w"], p: Size):
    """An activation with f(0) = 0 passes zero padding: relu, tanh, silu."""
    return tuple(equal(f(pad(x, p)), pad(f(x), p)) for f in (relu, tanh, silu))


@claim
def every_activation_passes_other_padding(x: Tensor["h + 1", "w + 1"], sigma: Function):
    """Every activation passes padding with entries of the image: reflected, replicated or circular."""
    return tuple(equal(sigma(pad(x, 1, mode)), pad(sigma(x), 1, mode)) for mode in ("reflect", "edge", "wrap"))


@fallacy
def cropping_and_padding_cancel(x: Tensor["n + 2"]):
    """Believed: negative padding and padding cancel, pad(pad(x, -1), 1) = x, as paddings add up. What is cropped is
    lost; beside it is `padding_and_cropping_cancel`.
    """
    return equal(pad(x[1:-1], 1), x)


@claim
def padding_and_cropping_cancel(x: Tensor["n"], p: Size, q: Size):
    """Cropping takes back what padding has put on, and paddings that are not negative add up."""
    n = x.shape[0]
    return equal(pad(x, (p, q))[p : p + n], x), equal(pad(pad(x, p), q), pad(x, p + q))


@fallacy
def two_padded_layers_are_one_up_to_the_border(x: Tensor["n + 4"], u: Tensor[3], v: Tensor[3]):
    """Believed: two padded layers of 3 are one padded layer of 5. The outermost pixels differ, which saw the first
    layer's output cut off; beside it is `two_padded_layers_are_one_inside`.
    """
    one = conv1d(u, flip(v), padding=2)
    return equal(conv1d(conv1d(x, u, padding=1), v, padding=1), conv1d(x, one, padding=2))


@claim
def two_padded_layers_are_one_inside(x: Tensor["n + 2"], u: Tensor[3], v: Tensor[3]):
    """They agree everywhere but in the outermost pixels, and altogether if the whole padding is put on first."""
    one = conv1d(x, conv1d(u, flip(v), padding=2), padding=2)
    return (
        equal(conv1d(conv1d(x, u, padding=1), v, padding=1)[1:-1], one[1:-1]),
        equal(conv1d(conv1d(x, u, padding=2), v), one),
    )


@fallacy
def two_strided_layers_are_one(x: Tensor["n"], u: Tensor[3], v: Tensor[3]):
    """Believed: two layers of 3 with stride 2 and padding 1 are one of 7 with stride 4 and padding 3. On an even number
    of pixels the last one is seen twice by the first layer and once too often by the other; beside it is
    `two_strided_layers_are_one_on_odd_images`.
    """
    return equal(*two_strided_layers(x, u, v))


@claim
def two_strided_layers_are_one_on_odd_images(x: Tensor["2*n - 1"], u: Tensor[3], v: Tensor[3]):
    """On an odd number of pixels they are: what the merged filter sees beyond the first layer's output is padding."""
    return equal(*two_strided_layers(x, u, v))


def two_strided_layers(x, u, v):
    """Two layers, and one with the filter of both."""
    twice = conv1d(conv1d(x, u, stride=2, padding=1), v, stride=2, padding=1)
    one = conv_transpose2d(v[None], u[None], stride=(1, 2))[0]
    return twice, conv1d(x, one, stride=4, padding=3)


# ---- filters that factor -------------------------------------------------------------------------------------------


@fallacy
def every_filter_is_separable(x: Tensor["h + k - 1", "w + l - 1"], u: Tensor["k", "l"]):
    """Believed: a k x k filter is one along the rows after one along the columns, here its first ones. Only a filter of
    rank 1 is; beside it is `filters_of_rank_one_are_separable`.
    """
    return equal(u[0, 0] * conv2d(x, u), conv2d(conv2d(x, u[:, :1]), u[:1]))


@claim
def filters_of_rank_one_are_separable(x: Tensor["h + k - 1", "w + l - 1"], a: Tensor["k"], b: Tensor["l"]):
    """A filter a b^T is separable."""
    u = outer(a, b)
    return equal(u[0, 0] * conv2d(x, u), conv2d(conv2d(x, u[:, :1]), u[:1])), equal(
        conv2d(x, u), conv2d(conv2d(x, a[:, None]), b[None])
    )


@fallacy
def every_layer_is_depthwise_separable(
    x: Tensor["C", "h + k - 1", "w + l - 1"], u: Tensor["D", "C", "k", "l"], C: Size
):
    """Believed: a layer is a depthwise one and a pointwise one, here with the filters of its first output. Only if the
    filters of each input channel are multiples of one; beside it is `layers_of_rank_one_are_depthwise_separable`.
    """
    depthwise = conv2d(x, u[0][:, None], groups=C)
    return equal(conv2d(x, u[0, :, :1, :1] * u), conv2d(depthwise, u[:, :, :1, :1]))


@claim
def layers_of_rank_one_are_depthwise_separable(
    x: Tensor["C", "h + k - 1", "w + l - 1"], a: Tensor["D", "C"], b: Tensor["C", "k", "l"], C: Size
):
    """A layer with the filters a_dc b_c is a depthwise one with b and a pointwise one with a."""
    depthwise = conv2d(x, b[:, None], groups=C)
    return equal(conv2d(x, a[:, :, None, None] * b), conv2d(depthwise, a[:, :, None, None]))


@fallacy
def depthwise_and_pointwise_layers_commute(
    x: Tensor["C", "h + k - 1", "w + l - 1"], u: Tensor["C", "k", "l"], v: Tensor["C", "C"], C: Size
):
    """Believed: depthwise and pointwise layers may be exchanged, since one acts on pixels and the other on channels.
    Only if all channels have one filter; beside it is `a_shared_depthwise_filter_commutes`.
    """
    return equal(*in_both_orders(x, u[:, None], v, C))


@claim
def a_shared_depthwise_filter_commutes(
    x: Tensor["C", "h + k - 1", "w + l - 1"], u: Tensor["k", "l"], v: Tensor["C", "C"], C: Size
):
    """With one filter for all channels they may be exchanged."""
    return equal(*in_both_orders(x, stack([u])[None] * fromfunction(lambda c, d, a, b: 1, (C, 1, 1, 1)), v, C))


def in_both_orders(x, depthwise, pointwise, C):
    """A depthwise layer before a pointwise one, and after it."""
    v = pointwise[:, :, None, None]
    return conv2d(conv2d(x, depthwise, groups=C), v), conv2d(conv2d(x, v), depthwise, groups=C)


@fallacy
def dilation_is_a_smaller_image_enlarged(x: Tensor["2*n + 2*k - 2"], u: Tensor["k"]):
    """Believed: a dilated convolution convolves the image of half the size and enlarges the result. It does so for each
    phase of the pixels for itself; beside it is `dilation_goes_phase_by_phase`.
    """
    small = conv1d(x[::2], u)
    return equal(conv1d(x, u, dilation=2), interpolate(small[None], scale_factor=(1, 2))[0])


@claim
def dilation_goes_phase_by_phase(x: Tensor["2*n + 2*k - 2"], u: Tensor["k"]):
    """The even pixels of the result come from the even pixels of the image, the odd ones from the odd."""
    y = conv1d(x, u, dilation=2)
    return equal(y[::2], conv1d(x[::2], u)), equal(y[1::2], conv1d(x[1::2], u))


# ---- transposed convolution ----------------------------------------------------------------------------------------


@fallacy
def a_transposed_convolution_inverts(x: Tensor["h + k - 1", "w + l - 1"], u: Tensor["k", "l"]):
    """Believed: "deconvolution" undoes a convolution, up to a factor. It is no inverse, as PyTorch's documentation of
    ConvTranspose2d says, but the adjoint; beside it is `a_transposed_convolution_is_the_adjoint`.
    """
    return equal(conv_transpose2d(conv2d(x, u), u), (u**2).sum() * x)


@claim
def a_transposed_convolution_is_the_adjoint(
    x: Tensor["h + k - 1", "w + l - 1"], u: Tensor["k", "l"], y: Tensor["h", "w"]
):
    """<conv(x, u), y> = <x, convT(y, u)>."""
    return equal((conv2d(x, u) * y).sum(), (x * conv_transpose2d(y, u)).sum())


@fallacy
def a_transposed_convolution_restores_the_size(x: Tensor["n", "n"], u: Tensor[3, 3], n: Size):
    """Believed: a transposed convolution with the same options restores the size. With stride 2 and padding 1 two sizes
    give one, 7 and 8 give 4, and 7 comes back; beside it is `output_padding_says_which_size`.
    """
    y = conv2d(x, u, stride=2, padding=1)
    return equal(conv_transpose2d(y, u, stride=2, padding=1).shape[0], n)


@claim
def output_padding_says_which_size(x: Tensor["2*n", "2*n"], z: Tensor["2*n - 1", "2*n - 1"], u: Tensor[3, 3], n: Size):
    """With output_padding=1 the even size comes back, without it the odd one."""

    def back(z, extra):
        y = conv2d(z, u, stride=2, padding=1)
        return conv_transpose2d(y, u, stride=2, padding=1, output_padding=extra).shape[0]

    return equal(back(x, 1), 2 * n), equal(back(z, 0), 2 * n - 1)


@fallacy
def padding_enlarges_a_transposed_convolution(y: Tensor["h", "w"], u: Tensor[3, 3]):
    """Believed: padding=1 enlarges the output of a transposed convolution by 2, as that of a convolution. It takes a
    border off; beside it is `padding_of_a_transposed_convolution_crops`.
    """
    return equal(conv_transpose2d(y, u, padding=1).shape[0], conv_transpose2d(y, u).shape[0] + 2)


@claim
def padding_of_a_transposed_convolution_crops(y: Tensor["h", "w"], u: Tensor[3, 3]):
    """padding=1 takes one row or column off each side of the output."""
    return equal(conv_transpose2d(y, u, padding=1), conv_transpose2d(y, u)[1:-1, 1:-1])


@fallacy
def output_padding_appends_zeros(y: Tensor["h", "w"], u: Tensor[3, 3]):
    """Believed: output_padding=1 appends a row and a column of zeros. It takes one less off; beside it is
    `output_padding_crops_less`.
    """
    options = {"stride": 2, "padding": 1}
    appended = pad(conv_transpose2d(y, u, **options), ((0, 1), (0, 1)))
    return equal(conv_transpose2d(y, u, output_padding=1, **options), appended)


@claim
def output_padding_crops_less(y: Tensor["h", "w"], u: Tensor[3, 3]):
    """padding=1 with output_padding=1 takes the first row and column off, and leaves the last."""
    whole = conv_transpose2d(y, u, stride=2)
    return equal(conv_transpose2d(y, u, stride=2, padding=1, output_padding=1), whole[1:, 1:])


@fallacy
def a_transposed_convolution_enlarges_and_convolves(y: Tensor["h", "w"], u: Tensor[2, 2]):
    """Believed: a transposed convolution of stride 2 enlarges the image by repeating pixels and convolves. It puts
    zeros between them; beside it is `a_transposed_convolution_puts_zeros_between`.
    """
    large = interpolate(y, scale_factor=2)
    return equal(conv_transpose2d(y, u, stride=2), conv2d(pad(large, ((1, 0), (1, 0))), flip(u)))


@claim
def a_transposed_convolution_puts_zeros_between(y: Tensor["h", "w"], u: Tensor[2, 2]):
    """With zeros behind each pixel and the filter flipped it is a convolution."""
    return equal(conv_transpose2d(y, u, stride=2), conv2d(pad(with_zeros_between(y), ((1, 0), (1, 0))), flip(u)))


def with_zeros_between(y):
    """Every pixel as a block of 2 x 2 with three zeros."""
    zero = 0 * y
    blocks = stack([stack([y, zero], -1), stack([zero, zero], -1)], 1)
    return reshape(blocks, (2 * y.shape[0], 2 * y.shape[1]))


# ---- affine maps before and after ----------------------------------------------------------------------------------


@fallacy
def batch_norm_before_a_padded_layer_folds(
    x: Tensor["C", "h", "w"], u: Tensor["D", "C", 3, 3], scale: Tensor["C"], shift: Tensor["C"]
):
    """Believed: batch normalisation in inference, a scale and a shift for each channel, folds into the layer behind it.
    With zero padding it does not, since the border is padded with 0 and not with the shift; beside it is
    `batch_norm_before_a_layer_folds`.
    """
    a, b = scale[:, None, None], shift[:, None, None]
    folded = conv2d(x, u * a, (u * b).sum((1, 2, 3)), padding=1)
    return equal(conv2d(x * a + b, u, padding=1), folded)


@claim
def batch_norm_before_a_layer_folds(
    x: Tensor["C", "h + k - 1", "w + l - 1"], u: Tensor["D", "C", "k", "l"], scale: Tensor["C"], shift: Tensor["C"]
):
    """Without padding it folds: the scale into the filters, the shift into the bias."""
    a, b = scale[:, None, None], shift[:, None, None]
    return equal(conv2d(x * a + b, u), conv2d(x, u * a, (u * b).sum((1, 2, 3))))


@claim
def batch_norm_before_a_padded_image_folds(x: Tensor["h", "w"], u: Tensor[3, 3], a: Positive, b: Real):
    """With padding it folds if the image is padded with the number that the shift takes to 0, -b/a."""
    padded = pad(x, 1, constant_values=-b / a)
    return equal(conv2d(x * a + b, u, padding=1), conv2d(padded, u * a, (u * b).sum()))


@fallacy
def batch_norm_folds_in_training(x: Tensor["N", "C", "h", "w"], u: Tensor["D", "C"], v: Tensor["D", "C"]):
    """Believed: batch normalisation folds into the layer before it. In training it does not: it is no affine map of one
    image, since mean and variance are those of the batch; beside it is `batch_norm_folds_in_inference`.
    """

    def layer(w):
        return batch_norm(conv2d(x, w[:, :, None, None]), None, None, training=True)

    return equal(layer(u + v), layer(u) + layer(v))


@claim
def batch_norm_folds_in_inference(
    x: Tensor["N", "C", "h + k - 1", "w + l - 1"],
    u: Tensor["D", "C", "k", "l"],
    mean: Tensor["D"],
    deviation: Tensor["D"],
    gamma: Tensor["D"],
    beta: Tensor["D"],
    eps: Positive,
):
    """In inference it folds: gamma / sqrt(var + eps) into the filters, the rest into a bias."""
    scale = gamma / (deviation**2 + eps) ** 0.5
    folded = conv2d(x, u * scale[:, None, None, None], beta - mean * scale)
    return equal(batch_norm(conv2d(x, u), mean, deviation**2, gamma, beta, eps=eps), folded)


@fallacy
def a_pointwise_layer_merges_with_a_padded_one(
    x: Tensor["C", "h", "w"], a: Tensor["E", "C"], b: Tensor["E"], u: Tensor["D", "E", 3, 3]
):
    """Believed: a 1 x 1 layer with bias (or batch normalisation) and a padded 3 x 3 layer merge into one padded 3 x 3
    layer. The bias is missing in the padding; beside it is `a_pointwise_layer_merges_with_one_padded_by_its_bias`.
    """
    first = conv2d(x, a[:, :, None, None], b)
    return equal(conv2d(first, u, padding=1), conv2d(x, *merged(a, b, u), padding=1))


@claim
def a_pointwise_layer_merges_with_one_padded_by_its_bias(
    x: Tensor["C", "h", "w"], a: Tensor["E", "C"], b: Tensor["E"], u: Tensor["D", "E", 3, 3]
):
    """They merge if the image between them is padded with the bias, which a layer makes of padding, not with 0."""
    first = conv2d(pad(x, ((0, 0), (1, 1), (1, 1))), a[:, :, None, None], b)
    return equal(conv2d(first, u), conv2d(x, *merged(a, b, u), padding=1))


def merged(a, b, u):
    """The filters and the bias of a 1 x 1 layer and a k x k one."""
    filters = summation(lambda e: u[:, e, None] * a[e, :, None, None], a.shape[0])
    return filters, (u * b[:, None, None]).sum((1, 2, 3))


@fallacy
def a_layer_with_relu_is_homogeneous(x: Tensor["C", "h", "w"], u: Tensor["D", "C"], b: Tensor["D"], c: Positive):
    """Believed: a ReLU network scales with its input, f(c x) = c f(x) for c > 0. With a bias it does not; beside it is
    `a_layer_with_relu_and_without_bias_is_homogeneous`.
    """
    w = u[:, :, None, None]
    return equal(relu(conv2d(c * x, w, b)), c * relu(conv2d(x, w, b)))


@claim
def a_layer_with_relu_and_without_bias_is_homogeneous(
    x: Tensor["C", "h + k - 1", "w + l - 1"], u: Tensor["D", "C", "k", "l"], c: Positive
):
    """Without a bias it does."""
    return equal(relu(conv2d(c * x, u)), c * relu(conv2d(x, u)))


@fallacy
def a_layer_over_a_concat_adds_the_bias_twice(
    x: Tensor["C", "h", "w"], y: Tensor["E", "h", "w"], u: Tensor["D", "C"], v: Tensor["D", "E"], b: Tensor["D"]
):
    """Believed: a layer over a concatenation is the sum of that layer over each part. The bias is added once, not
    twice; beside it is `a_layer_over_a_concat_adds_the_bias_once`.
    """
    joined = conv2d(concat([x, y]), concat([u, v], 1)[:, :, None, None], b)
    return equal(joined, conv2d(x, u[:, :, None, None], b) + conv2d(y, v[:, :, None, None], b))


@claim
def a_layer_over_a_concat_adds_the_bias_once(
    x: Tensor["C", "h", "w"], y: Tensor["E", "h", "w"], u: Tensor["D", "C"], v: Tensor["D", "E"], b: Tensor["D"]
):
    """The bias goes to one of the parts."""
    joined = conv2d(concat([x, y]), concat([u, v], 1)[:, :, None, None], b)
    return equal(joined, conv2d(x, u[:, :, None, None], b) + conv2d(y, v[:, :, None, None]))


@fallacy
def circular_convolution_is_convolution(x: Tensor["n"], u: Tensor["n"], n: Size):
    """Believed: the product of two transforms is the transform of the convolution. It is that of the circular one,
    whose first entries also hold what runs over the end; beside it is `circular_convolution_of_padded_signals`.
    """
    return equal(circular_convolution(x, u, n), true_convolution(x, u, n, n)[:n])


@claim
def circular_convolution_of_padded_signals(x: Tensor["n"], u: Tensor["n"], n: Size):
    """Padded with zeros to 2 n - 1 entries before, nothing runs over the end."""
    z, v = pad(x, (0, n - 1)), pad(u, (0, n - 1))
    return equal(circular_convolution(z, v, 2 * n - 1), true_convolution(x, u, n, n))


def circular_convolution(x, u, n):
    """sum of u_a x_{i-a}, round the end: what a product of discrete Fourier transforms stands for."""
    return fromfunction(lambda i: summation(lambda a: u[a] * roll(x, a)[i], n), (n,))


run(__name__)
