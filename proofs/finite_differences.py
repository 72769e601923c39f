"""Problem 1: the two finite differences of an image are one convolution layer.

X is an m x n image (the source has m = n). Y_1 is its difference down the rows, Y_2 its difference along the columns,
both with zeros beyond the border. Indices start at 0 here: the source's X_{ij} is X[i - 1, j - 1], and its offsets
a, b = 1, 2, 3 are 0, 1, 2.

14 claims, 5 fallacies. What the source gets wrong:

- X is augmented "such that the index starts at 0", that is by a row and a column before the first ones. Row and column
  n + 1 are missing, and the case lines need them: `augmented_at_index_zero_only`, `last_row_of_the_augmented_image`.
- The sums read the image one row and one column too far, X_{(i-1)+a,(j-1)+b} for X_{(i-2)+a,(j-2)+b}:
  `image_read_one_step_too_far`.
- The sums read the filter at the position of the image, w_{1,(i-1)+a,(j-1)+b} for w_{1,a,b}:
  `filter_read_at_the_position_of_the_image`.
- All of this together is the first case line as it is printed: `first_case_line_as_printed`.
- The second case line does not repeat its range, 1 <= i, j <= n.
"""

from symconv import (
    Index,
    Size,
    Tensor,
    array,
    by,
    claim,
    concat,
    conv2d,
    equal,
    fallacy,
    flip,
    fromfunction,
    pad,
    picture,
    run,
    stack,
    summation,
    zero_extended,
)

w_1 = [[0, 0, 0], [0, -1, 0], [0, 1, 0]]
w_2 = [[0, 0, 0], [0, -1, 1], [0, 0, 0]]


@picture
def differences_of_a_photograph(photo):
    """The filters w_1 and w_2, and what they make of a photograph: its horizontal and its vertical edges."""
    X = photo.mean(axis=0)
    return {
        "w_1": w_1,
        "w_2": w_2,
        "X": X,
        "Y_1, the difference down": conv2d(X, w_1, padding=1),
        "Y_2, the difference across": conv2d(X, w_2, padding=1),
    }


# ---- the whole output ----------------------------------------------------------------------------------------------


@claim
def filter_1_creates_the_difference_down(X: Tensor["m", "n"]):
    """The filter w_1 with zero padding gives X_{i+1,j} - X_{ij} at every pixel, with zeros beyond the last row.

    Settles: problem 1, "w_1 will work as creating Y_1".
    """
    Z = zero_extended(X)
    return equal(conv2d(X, w_1, padding=1), fromfunction(lambda i, j: Z[i + 1, j] - Z[i, j], X.shape))


@claim
def filter_2_creates_the_difference_across(X: Tensor["m", "n"]):
    """The filter w_2 with zero padding gives X_{i,j+1} - X_{ij} at every pixel, with zeros beyond the last column.

    Settles: problem 1, "w_2 will work as creating Y_2".
    """
    Z = zero_extended(X)
    return equal(conv2d(X, w_2, padding=1), fromfunction(lambda i, j: Z[i, j + 1] - Z[i, j], X.shape))


@claim
def one_layer_creates_both_differences(X: Tensor["m", "n"]):
    """One layer with one input channel, two output channels and no bias gives Y_1 and Y_2 together.

    Settles: problem 1, "If we set w = [w_1, w_2]".
    """
    below, right = pad(X[1:], ((0, 1), (0, 0))), pad(X[:, 1:], ((0, 0), (0, 1)))
    return equal(conv2d(X[None], [[w_1], [w_2]], padding=1), stack([below - X, right - X]))


@claim
def channels_of_the_layer_do_not_mix(X: Tensor["m", "n"], u: Tensor[3, 3], v: Tensor[3, 3]):
    """The two output channels of such a layer are its two filters, each applied for itself.

    Settles: problem 1, "If we set w = [w_1, w_2]", for every pair of filters.
    """
    w = stack([u, v])[:, None]
    return equal(conv2d(X[None], w, padding=1), stack([conv2d(X, u, padding=1), conv2d(X, v, padding=1)]))


@claim
def flipped_filter_creates_the_backward_difference(X: Tensor["m", "n"]):
    """Read as a convolution that flips its filter, w_1 would give X_{i-1,j} - X_{ij} instead.

    Settles: problem 1, "w_1 will work as creating Y_1", which holds because a layer does not flip.
    """
    Z = zero_extended(X)
    backward = fromfunction(lambda i, j: Z[i - 1, j] - Z[i, j], X.shape)
    return equal(conv2d(X, flip(array(w_1)), padding=1), backward)


# ---- slices: the interior, the last row, the last column -----------------------------------------------------------


@claim
def difference_down_above_the_last_row(X: Tensor["m", "n"]):
    """Above the last row, Y_1 is the difference of two slices of X and needs no padding.

    Settles: problem 1, the first case line for i < n.
    """
    return equal(conv2d(X, w_1, padding=1)[:-1], X[1:] - X[:-1])


@claim
def difference_down_in_the_last_row(X: Tensor["m", "n"]):
    """In the last row, Y_1 is -X, since the padding row n + 1 is zero.

    Settles: problem 1, the first case line for i = n.
    """
    return equal(conv2d(X, w_1, padding=1)[-1], -X[-1])


@claim
def difference_across_before_the_last_column(X: Tensor["m", "n"]):
    """Before the last column, Y_2 is the difference of two slices of X and needs no padding.

    Settles: problem 1, the second case line for j < n.
    """
    return equal(conv2d(X, w_2, padding=1)[:, :-1], X[:, 1:] - X[:, :-1])


@claim
def difference_across_in_the_last_column(X: Tensor["m", "n"]):
    """In the last column, Y_2 is -X, since the padding column n + 1 is zero.

    Settles: problem 1, the second case line for j = n.
    """
    return equal(conv2d(X, w_2, padding=1)[:, -1], -X[:, -1])


@claim
def differences_put_together_from_slices(X: Tensor["m", "n"]):
    """Interior and border put together are the whole of Y_1 and of Y_2.

    Settles: problem 1, both case lines, for all i and j at once.
    """
    down = concat([X[1:] - X[:-1], -X[-1:]], axis=0)
    across = concat([X[:, 1:] - X[:, :-1], -X[:, -1:]], axis=1)
    return equal(conv2d(X, w_1, padding=1), down), equal(conv2d(X, w_2, padding=1), across)


# ---- one entry, as the source writes it ----------------------------------------------------------------------------


@claim
def first_case_line(X: Tensor["m", "n"], i: Index["m"], j: Index["n"]):
    """Y_{1,ij} is the sum of w_{1,ab} X_{i+a-1,j+b-1} over the window, which is -X_{ij} + X_{i+1,j}.

    Settles: problem 1, the first case line.
    """
    w, Z = array(w_1), zero_extended(X)
    return equal(
        conv2d(X, w, padding=1)[i, j],
        by("definition of conv2d", summation(lambda a, b: w[a, b] * Z[i + a - 1, j + b - 1], 3, 3)),
        by("only two weights are not 0", -X[i, j] + Z[i + 1, j]),
    )


@claim
def second_case_line(X: Tensor["m", "n"], i: Index["m"], j: Index["n"]):
    """Y_{2,ij} is the sum of w_{2,ab} X_{i+a-1,j+b-1} over the window, which is -X_{ij} + X_{i,j+1}.

    Settles: problem 1, the second case line.
    """
    w, Z = array(w_2), zero_extended(X)
    return equal(
        conv2d(X, w, padding=1)[i, j],
        by("definition of conv2d", summation(lambda a, b: w[a, b] * Z[i + a - 1, j + b - 1], 3, 3)),
        by("only two weights are not 0", -X[i, j] + Z[i, j + 1]),
    )


@fallacy
def filter_read_at_the_position_of_the_image(X: Tensor["m", "n"], w: Tensor[3, 3], i: Index["m"], j: Index["n"]):
    """The source prints w_{1,(i-1)+a,(j-1)+b}, which leaves the 3 x 3 filter from i = 2 on; right is w_{1,a,b}.

    Settles: problem 1, the index of w in both sums; the claims beside it are `first_case_line`, `second_case_line`.
    """
    Z = zero_extended(X)
    printed = summation(lambda a, b: w[i + a, j + b] * Z[i + a - 1, j + b - 1], 3, 3)
    return equal(conv2d(X, w, padding=1)[i, j], printed)


@fallacy
def image_read_one_step_too_far(X: Tensor["m", "n"], i: Index["m"], j: Index["n"]):
    """The source prints X_{(i-1)+a,(j-1)+b} for a, b = 1, 2, 3, around (i+1, j+1); right is X_{(i-2)+a,(j-2)+b}.

    Settles: problem 1, the index of X in both sums; the claim beside it is `first_case_line`.
    """
    w, Z = array(w_1), zero_extended(X)
    return equal(summation(lambda a, b: w[a, b] * Z[i + a, j + b], 3, 3), -X[i, j] + Z[i + 1, j])


# ---- the padding ---------------------------------------------------------------------------------------------------


@claim
def zeros_on_all_four_sides(X: Tensor["m", "n"], w: Tensor["2*p + 1", "2*q + 1"], p: Size, q: Size):
    """Padding is an augmented image: p rows of zeros before and p after, q columns before and q after.

    Settles: problem 1, "Since we have zero-padding, augment the matrix X", for every filter with odd sides.
    """
    return equal(conv2d(X, w, padding=(p, q)), conv2d(pad(X, ((p, p), (q, q))), w))


@claim
def entry_of_a_padded_convolution(
    X: Tensor["m", "n"], w: Tensor["2*p + 1", "2*q + 1"], p: Size, q: Size, i: Index["m"], j: Index["n"]
):
    """With padding (p, q), every filter with odd sides is centred: its middle weight meets X_{ij}.

    Settles: problem 1, the sums of both case lines, for every such filter.
    """
    Z = zero_extended(X)
    window = summation(lambda a, b: w[a, b] * Z[i + a - p, j + b - q], 2 * p + 1, 2 * q + 1)
    return equal(conv2d(X, w, padding=(p, q))[i, j], window)


@fallacy
def augmented_at_index_zero_only(X: Tensor["m", "n"]):
    """The source adds X_{0,:} = X_{:,0} = 0 only, so that Y loses its last row and column; right are zeros all around.

    Settles: problem 1, "augment the matrix X such that the index starts at 0"; beside it is `zeros_on_all_four_sides`.
    """
    augmented = pad(X, ((1, 0), (1, 0)))
    return equal(conv2d(augmented, w_2), conv2d(X, w_2, padding=1))


@fallacy
def last_row_of_the_augmented_image(X: Tensor["m", "n"], i: Index["m"], j: Index["n"]):
    """With zeros at index 0 only, X_{i+1,j} has no value for i = n; right is X_{n+1,j} = 0.

    Settles: problem 1, "for 1 <= i, j <= n"; the claim beside it is `difference_down_in_the_last_row`.
    """
    # The augmented image starts at index 0, so its entry [i + 1, j + 1] is the source's X_{ij} at our i and j.
    augmented = pad(X, ((1, 0), (1, 0)))
    return equal(conv2d(X, w_1, padding=1)[i, j], -augmented[i + 1, j + 1] + augmented[i + 2, j + 1])


@fallacy
def first_case_line_as_printed(X: Tensor["m", "n"], i: Index["m"], j: Index["n"]):
    """The first sum letter by letter, with the source's augmented image and a, b = 1, 2, 3, reads what is not there.

    Settles: problem 1, the first case line as it is printed; the claim beside it is `first_case_line`.
    """
    w, augmented = array(w_1), pad(X, ((1, 0), (1, 0)))
    # The source counts i and j from 1: its (i - 1) + a is our i + a, and a filter that it counts from 1 starts at 0.
    printed = summation(lambda a, b: w[i + a - 1, j + b - 1] * augmented[i + a, j + b], (1, 3), (1, 3))
    return equal(conv2d(X, w, padding=1)[i, j], printed)


run(__name__)
