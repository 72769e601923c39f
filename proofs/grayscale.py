"""Problem 3: from colour to gray by a 1 x 1 convolution.

X has the three channels R, G, B of an m x n image. The filter has one output channel; its shape is 1 x 3 x 1 x 1 (out,
in, height, width), and the output is an image with one channel.

7 claims, 3 fallacies. What the source gets wrong:

- Its weights are 0.299, 0.581, 0.114. ITU-R BT.601 has 0.587 for green: `printed_weights_are_those_of_bt601`.
- The printed weights sum to 0.994, so that a gray image gets darker: `printed_weights_keep_a_gray_image`.
- It prints w in R^{3 x 3 x 1}, whose window is not 1 x 1: `filter_of_shape_3_3_1`. It then uses w_{c,1,1}, of a filter
  in R^{3 x 1 x 1}; the output channel is left out in both.
"""

from symconv import (
    Index,
    Tensor,
    array,
    broadcast_to,
    by,
    claim,
    conv2d,
    equal,
    fallacy,
    pad,
    picture,
    run,
    stack,
    summation,
)

PRINTED = [0.299, 0.581, 0.114]
BT_601 = [0.299, 0.587, 0.114]  # Rec. ITU-R BT.601, E'_Y = 0.299 E'_R + 0.587 E'_G + 0.114 E'_B


def pointwise(weights):
    """The filter of shape (1, C, 1, 1) with one output channel and one weight for each input channel."""
    return array(weights)[None, :, None, None]


@picture
def gray_photograph(photo):
    """A photograph in gray: with the weights that the source prints, with those of BT.601, and where they differ."""
    printed, right = conv2d(photo, pointwise(PRINTED))[0], conv2d(photo, pointwise(BT_601))[0]
    return {
        "printed weights": [PRINTED],
        "weights of BT.601": [BT_601],
        "X": photo,
        "Y with the printed weights": printed,
        "Y with those of BT.601": right,
        "BT.601 − printed, 0.006 times green": right - printed,
    }


@claim
def gray_with_the_printed_weights(X: Tensor[3, "m", "n"]):
    """The 1 x 1 convolution with the printed weights, stride 1 and no bias is 0.299 R + 0.581 G + 0.114 B.

    Settles: problem 3, "therefore Y = 0.299 R + 0.581 G + 0.114 B", as it is printed.
    """
    R, G, B = X[0], X[1], X[2]
    return equal(conv2d(X, pointwise(PRINTED))[0], 0.299 * R + 0.581 * G + 0.114 * B)


@claim
def gray_with_the_weights_of_bt601(X: Tensor[3, "m", "n"]):
    """The 1 x 1 convolution with the weights of ITU-R BT.601 is 0.299 R + 0.587 G + 0.114 B.

    Settles: problem 3, "therefore Y = 0.299 R + 0.581 G + 0.114 B", with the weight of green put right.
    """
    R, G, B = X[0], X[1], X[2]
    return equal(conv2d(X, pointwise(BT_601))[0], 0.299 * R + 0.587 * G + 0.114 * B)


@fallacy
def printed_weights_are_those_of_bt601(X: Tensor[3, "m", "n"]):
    """The source prints 0.581 as the weight of green; in BT.601 it is 0.587.

    Settles: problem 3, "w_{2,1,1} = 0.581"; the claim beside it is `gray_with_the_weights_of_bt601`.
    """
    return equal(conv2d(X, pointwise(PRINTED)), conv2d(X, pointwise(BT_601)))


@claim
def lines_of_the_derivation(X: Tensor[3, "m", "n"], w: Tensor[3], i: Index["m"], j: Index["n"]):
    """Y_{ij} is a sum over the channels and a window of one pixel, hence w_1 R_{ij} + w_2 G_{ij} + w_3 B_{ij}.

    Settles: problem 3, the two lines of the derivation, for all weights.
    """
    return equal(
        conv2d(X, pointwise(w))[0, i, j],
        by("definition of conv2d", summation(lambda c, a, b: w[c] * X[c, i + a, j + b], 3, 1, 1)),
        by("the window is one pixel", w[0] * X[0, i, j] + w[1] * X[1, i, j] + w[2] * X[2, i, j]),
    )


@claim
def pointwise_convolution_weighs_the_channels(X: Tensor["C", "m", "n"], w: Tensor["C"]):
    """A 1 x 1 convolution with one output channel is the weighted sum of the channels, however many there are.

    Settles: problem 3, the second line of the derivation, for C channels.
    """
    return equal(conv2d(X, pointwise(w))[0], summation(lambda c: w[c] * X[c], X.shape[0]))


@fallacy
def filter_of_shape_3_3_1(X: Tensor[3, "m", "n"]):
    """The source prints w in R^{3 x 3 x 1}: three channels with a 3 x 1 window; right is R^{1 x 3 x 1 x 1}.

    Settles: problem 3, "set the filter w"; the claim beside it is `gray_with_the_printed_weights`.
    """
    # The weights stand at w_{c,1,1}, as the source sets them, and the rest of the window is zero.
    w = pad(array(PRINTED)[:, None, None], ((0, 0), (0, 2), (0, 0)))
    R, G, B = X[0], X[1], X[2]
    return equal(conv2d(X, w[None])[0], 0.299 * R + 0.581 * G + 0.114 * B)


# ---- gray images ---------------------------------------------------------------------------------------------------


@claim
def gray_image_is_scaled_by_the_sum_of_the_weights(Y: Tensor["m", "n"], w: Tensor["C"]):
    """If all channels are the same image, the result is that image times the sum of the weights.

    Settles: problem 3, the second line of the derivation, at R = G = B.
    """
    X = broadcast_to(Y, (w.shape[0], *Y.shape))
    return equal(conv2d(X, pointwise(w))[0], w.sum() * Y)


@claim
def weights_of_bt601_keep_a_gray_image(Y: Tensor["m", "n"]):
    """With the weights of ITU-R BT.601, which sum to 1, a gray image stays what it is.

    Settles: problem 3, the last line with the weight of green put right, at R = G = B.
    """
    return equal(conv2d(stack([Y, Y, Y]), pointwise(BT_601))[0], Y)


@claim
def printed_weights_darken_a_gray_image(Y: Tensor["m", "n"]):
    """With the printed weights a gray image is multiplied by 0.994.

    Settles: problem 3, the last line as it is printed, at R = G = B.
    """
    return equal(conv2d(stack([Y, Y, Y]), pointwise(PRINTED))[0], 0.994 * Y)


@fallacy
def printed_weights_keep_a_gray_image(Y: Tensor["m", "n"]):
    """With the weights that the source prints a gray image would stay what it is; right is 0.994 times the image.

    Settles: problem 3, the weights; beside it are `weights_of_bt601_keep_a_gray_image` and
    `printed_weights_darken_a_gray_image`.
    """
    return equal(conv2d(stack([Y, Y, Y]), pointwise(PRINTED))[0], Y)


run(__name__)
