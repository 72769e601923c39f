"""What activation functions are in terms of each other, for tensors of every size.

Piecewise linear ones are compared in all cases of signs; exponentials by their laws. Claims about derivatives hold off
the kinks.

49 claims, 9 fallacies, all of the claims for every size.
"""

from symconv import (
    Nonnegative,
    Positive,
    Real,
    Size,
    Smooth,
    Tensor,
    abs,
    claim,
    clip,
    derivative,
    elu,
    equal,
    erf,
    exp,
    fallacy,
    gelu,
    grad,
    hardtanh,
    leaky_relu,
    log,
    log_softmax,
    logsumexp,
    max,
    max_pool1d,
    maximum,
    min,
    minimum,
    ones,
    pi,
    relu,
    relu6,
    run,
    sigmoid,
    sign,
    silu,
    softmax,
    softplus,
    sqrt,
    stack,
    tanh,
    var,
    where,
)

# ---- relu and the absolute value -----------------------------------------------------------------------------------


@claim
def a_number_is_its_positive_part_minus_its_negative_part(x: Tensor["n"]):
    """x = relu(x) - relu(-x)."""
    return equal(relu(x) - relu(-x), x)


@claim
def the_absolute_value_is_the_sum_of_both_parts(x: Tensor["n"]):
    """|x| = relu(x) + relu(-x)."""
    return equal(relu(x) + relu(-x), abs(x))


@claim
def one_part_is_zero(x: Tensor["n"]):
    """relu(x) relu(-x) = 0."""
    return equal(relu(x) * relu(-x), 0 * x)


@claim
def relu_is_idempotent(x: Tensor["n"]):
    """relu(relu(x)) = relu(x)."""
    return equal(relu(relu(x)), relu(x))


@claim
def relu_is_positively_homogeneous(x: Tensor["n"], p: Nonnegative):
    """relu(p x) = p relu(x) for p >= 0."""
    return equal(relu(p * x), p * relu(x))


@fallacy
def relu_is_homogeneous(x: Tensor["n"], s: Real):
    """It is for factors that are at least 0: `relu_is_positively_homogeneous`."""
    return equal(relu(s * x), s * relu(x))


@fallacy
def relu_is_additive(x: Tensor["n"], y: Tensor["n"]):
    """Parts of different signs cancel on one side only; what holds is `a_matrix_sees_both_parts`."""
    return equal(relu(x + y), relu(x) + relu(y))


@claim
def a_matrix_sees_both_parts(A: Tensor["m", "n"], x: Tensor["n"]):
    """A relu(x) - A relu(-x) = A x."""
    return equal(A @ relu(x) - A @ relu(-x), A @ x)


@claim
def the_one_norm_is_a_sum_of_relus(x: Tensor["n"]):
    """The sum of all |x_i| is the sum of all relu(x_i) + relu(-x_i)."""
    return equal(abs(x).sum(), relu(x).sum() + relu(-x).sum())


@claim
def relu_times_its_argument(x: Tensor["n"]):
    """x relu(x) = relu(x)^2."""
    return equal(x * relu(x), relu(x) ** 2)


@claim
def the_absolute_value_of_a_product(x: Tensor["n"], y: Tensor["n"]):
    """|x y| = |x| |y|."""
    return equal(abs(x * y), abs(x) * abs(y))


@claim
def the_root_of_a_square(x: Tensor["n"]):
    """sqrt(x^2) = |x|, and |x|^2 = x^2."""
    return equal(sqrt(x**2), abs(x)), equal(abs(x) ** 2, x**2)


@fallacy
def the_root_of_a_square_is_the_number(x: Tensor["n"]):
    """For negative numbers it is the opposite: `the_root_of_a_square`."""
    return equal(sqrt(x**2), x)


@claim
def a_number_by_sign_and_size(x: Tensor["n"]):
    """x = sign(x) |x|."""
    return equal(sign(x) * abs(x), x)


@claim
def relu_is_nonexpansive_in_a_network(x: Tensor["n"], f: Smooth):
    """Where a network reads relu(x) - relu(-x), it reads x."""
    return equal(f(relu(x) - relu(-x)), f(x))


# ---- maxima and minima ---------------------------------------------------------------------------------------------


@claim
def the_larger_and_the_smaller_add_up(x: Tensor["n"], y: Tensor["n"]):
    """max(x, y) + min(x, y) = x + y, and max(x, y) min(x, y) = x y."""
    larger, smaller = maximum(x, y), minimum(x, y)
    return equal(larger + smaller, x + y), equal(larger * smaller, x * y)


@claim
def the_larger_by_the_absolute_value(x: Tensor["n"], y: Tensor["n"]):
    """max(x, y) = (x + y + |x - y|) / 2."""
    return equal(maximum(x, y), (x + y + abs(x - y)) / 2)


@claim
def the_larger_by_relu(x: Tensor["n"], y: Tensor["n"], z: Tensor["n"]):
    """max(x, y, z) = x + relu(max(y, z) - x): maxout of relus."""
    return equal(maximum(x, maximum(y, z)), x + relu(maximum(y, z) - x))


@claim
def the_larger_by_a_condition(x: Tensor["n"], y: Tensor["n"]):
    """A choice by x > y, or by x >= y, is the maximum."""
    return equal(where(x > y, x, y), maximum(x, y), where(y >= x, y, x))


@claim
def minimum_distributes_over_maximum(x: Tensor["n"], y: Tensor["n"], z: Tensor["n"]):
    """min(x, max(y, z)) = max(min(x, y), min(x, z))."""
    return equal(minimum(x, maximum(y, z)), maximum(minimum(x, y), minimum(x, z)))


@claim
def the_median_of_three(x: Tensor["n"], y: Tensor["n"], z: Tensor["n"]):
    """x + y + z - max - min = max(min(x, y), min(max(x, y), z))."""
    rest = x + y + z - maximum(x, maximum(y, z)) - minimum(x, minimum(y, z))
    return equal(rest, maximum(minimum(x, y), minimum(maximum(x, y), z)))


@claim
def a_maximum_moves_with_its_entries(x: Tensor["n"], c: Real, p: Nonnegative):
    """max(p x + c) = p max(x) + c for p >= 0, for all entries and in windows."""
    return equal(max(p * x + c), p * max(x) + c)


@claim
def pooling_moves_with_its_image(x: Tensor["m*k"], k: Size, c: Real, p: Nonnegative):
    """Max pooling of p x + c is p times max pooling of x, plus c, for p >= 0."""
    return equal(max_pool1d(p * x + c, k), p * max_pool1d(x, k) + c)


@fallacy
def a_maximum_scales_with_its_entries(x: Tensor["n"], s: Real):
    """A negative factor makes the smallest the largest; `a_maximum_moves_with_its_entries`, for factors >= 0."""
    return equal(max(s * x), s * max(x))


@claim
def the_smallest_is_the_opposite_of_the_largest(x: Tensor["n"]):
    """min(x) = -max(-x)."""
    return equal(min(x), -max(-x))


@claim
def increasing_functions_keep_the_largest(x: Tensor["n"], c: Real):
    """exp(c + max(x)) = max(exp(c + x)), and the same of relu."""
    return equal(exp(c + max(x)), max(exp(c + x))), equal(relu(c + max(x)), max(relu(c + x)))


# ---- clipping ------------------------------------------------------------------------------------------------------


@claim
def relu6_is_clipping(x: Tensor["n"]):
    """relu6(x) = clip(x, 0, 6) = relu(x) - relu(x - 6)."""
    return equal(relu6(x), clip(x, 0, 6), relu(x) - relu(x - 6))


@claim
def hardtanh_by_relus(x: Tensor["n"]):
    """hardtanh(x) = relu(x + 1) - relu(x - 1) - 1, an odd function."""
    return equal(hardtanh(x), relu(x + 1) - relu(x - 1) - 1, -hardtanh(-x))


@claim
def the_narrower_clip_wins(x: Tensor["n"]):
    """clip to [-2, 2], then to [-1, 1], is clip to [-1, 1]."""
    return equal(clip(clip(x, -2, 2), -1, 1), clip(x, -1, 1))


# ---- leaky relu and elu --------------------------------------------------------------------------------------------


@claim
def leaky_relu_is_a_maximum(x: Tensor["n"]):
    """leaky_relu with slope 1/10 is max(x, x/10) = relu(x) - relu(-x)/10."""
    return equal(leaky_relu(x, 0.1), maximum(x, x / 10), relu(x) - relu(-x) / 10)


@fallacy
def leaky_relu_with_any_slope_is_a_maximum(x: Tensor["n"]):
    """With a slope of more than 1 it is a minimum; `leaky_relu_is_a_maximum`, for slopes up to 1."""
    return equal(leaky_relu(x, 2), maximum(x, 2 * x))


@claim
def leaky_relu_composes(x: Tensor["n"]):
    """Slope 1/2 twice is slope 1/4."""
    return equal(leaky_relu(leaky_relu(x, 0.5), 0.5), leaky_relu(x, 0.25))


@claim
def elu_by_relu(x: Tensor["n"]):
    """elu(x) = relu(x) + min(exp(x) - 1, 0) = relu(x) + exp(min(x, 0)) - 1."""
    return equal(elu(x), relu(x) + minimum(exp(x) - 1, 0), relu(x) + exp(minimum(x, 0)) - 1)


# ---- sigmoid, tanh, softplus ---------------------------------------------------------------------------------------


@claim
def sigmoid_by_tanh(x: Tensor["n"]):
    """sigmoid(x) = (1 + tanh(x/2)) / 2."""
    return equal(sigmoid(x), (1 + tanh(x / 2)) / 2)


@fallacy
def sigmoid_by_tanh_of_the_same(x: Tensor["n"]):
    """The argument is halved: `sigmoid_by_tanh`."""
    return equal(sigmoid(x), (1 + tanh(x)) / 2)


@claim
def sigmoid_of_the_negative(x: Tensor["n"]):
    """sigmoid(-x) = 1 - sigmoid(x), and tanh(-x) = -tanh(x)."""
    return equal(sigmoid(-x), 1 - sigmoid(x)), equal(tanh(-x), -tanh(x))


@claim
def tanh_of_the_double(x: Tensor["n"]):
    """tanh(2x) (1 + tanh(x)^2) = 2 tanh(x)."""
    return equal(tanh(2 * x) * (1 + tanh(x) ** 2), 2 * tanh(x))


@claim
def tanh_of_a_sum(x: Tensor["n"], y: Tensor["n"]):
    """tanh(x + y) (1 + tanh(x) tanh(y)) = tanh(x) + tanh(y)."""
    return equal(tanh(x + y) * (1 + tanh(x) * tanh(y)), tanh(x) + tanh(y))


@claim
def softplus_of_both_signs(x: Tensor["n"]):
    """softplus(x) - softplus(-x) = x."""
    return equal(softplus(x) - softplus(-x), x)


@claim
def the_slope_of_softplus(x: Tensor["n"]):
    """softplus' = sigmoid."""
    return equal(derivative(softplus)(x), sigmoid(x))


# ---- silu, gelu ----------------------------------------------------------------------------------------------------


@claim
def the_slope_of_silu(x: Tensor["n"]):
    """silu' = sigmoid (1 + x (1 - sigmoid))."""
    return equal(derivative(silu)(x), sigmoid(x) * (1 + x * (1 - sigmoid(x))))


@fallacy
def the_slope_of_silu_is_that_of_sigmoid(x: Tensor["n"]):
    """It is sigmoid' that is sigmoid (1 - sigmoid); `the_slope_of_silu`."""
    return equal(derivative(silu)(x), sigmoid(x) * (1 - sigmoid(x)))


@claim
def gelu_and_silu_of_both_signs(x: Tensor["n"]):
    """gelu(x) - gelu(-x) = x = silu(x) - silu(-x)."""
    return equal(gelu(x) - gelu(-x), x, silu(x) - silu(-x))


@claim
def the_slope_of_gelu(x: Tensor["n"]):
    """gelu'(x) = (1 + erf(x/sqrt 2))/2 + x exp(-x^2/2)/sqrt(2 pi)."""
    return equal(derivative(gelu)(x), (1 + erf(x / sqrt(2))) / 2 + x * exp(-(x**2) / 2) / sqrt(2 * pi))


@claim
def gelu_keeps_the_sign(x: Tensor["n"]):
    """gelu(relu(x)) is not negative: relu leaves it as it is."""
    return equal(relu(gelu(relu(x))), gelu(relu(x)))


# ---- binary cross-entropy ------------------------------------------------------------------------------------------


@claim
def what_sigmoid_leaves(x: Tensor["n"]):
    """log(1 - sigmoid(x)) = -softplus(x) = log sigmoid(-x)."""
    return equal(log(1 - sigmoid(x)), -softplus(x), log(sigmoid(-x)))


@fallacy
def what_two_sigmoids_leave(x: Tensor["n"]):
    """log(1 - 2 sigmoid(x)) has no value for x >= 0; the true one is `what_sigmoid_leaves`."""
    return equal(log(1 - 2 * sigmoid(x)), log(-tanh(x / 2)))


def binary_cross_entropy(p, t):
    return -(t * log(p) + (1 - t) * log(1 - p)).sum()


@claim
def binary_cross_entropy_of_logits(x: Tensor["n"], t: Tensor["n"]):
    """With p = sigmoid(x): -sum t log p + (1 - t) log(1 - p) = sum softplus(x) - t x."""
    return equal(binary_cross_entropy(sigmoid(x), t), (softplus(x) - t * x).sum())


@claim
def the_gradient_of_binary_cross_entropy(x: Tensor["n"], t: Tensor["n"]):
    """By the logits it is sigmoid(x) - t."""
    return equal(grad(lambda z: binary_cross_entropy(sigmoid(z), t))(x), sigmoid(x) - t)


# ---- slopes of piecewise linear functions --------------------------------------------------------------------------


@claim
def the_slope_of_relu(x: Tensor["n"]):
    """relu'(x) x = relu(x), and relu'(x) + relu'(-x) = 1, off the kink."""
    slope = derivative(relu)
    return equal(slope(x) * x, relu(x)), equal(slope(x) + slope(-x), ones(x.shape))


@claim
def the_gradient_of_the_one_norm(x: Tensor["n"]):
    """The gradient of the sum of all |x_i|, times x, is |x|, off the kinks."""
    return equal(grad(lambda z: abs(z).sum())(x) * x, abs(x))


# ---- softmax -------------------------------------------------------------------------------------------------------


@claim
def softmax_of_two(x: Real, y: Real):
    """softmax(x, y) = (sigmoid(x - y), sigmoid(y - x))."""
    return equal(softmax(stack([x, y]), 0), stack([sigmoid(x - y), sigmoid(y - x)]))


@claim
def softmax_is_shift_invariant(x: Tensor["n"], c: Real):
    """softmax(x + c) = softmax(x), and logsumexp(x + c) = logsumexp(x) + c."""
    return equal(softmax(x + c, 0), softmax(x, 0)), equal(logsumexp(x + c, 0), logsumexp(x, 0) + c)


@fallacy
def softmax_is_scale_invariant(x: Tensor["n"], p: Positive):
    """A factor sharpens it; what does nothing is a shift: `softmax_is_shift_invariant`."""
    return equal(softmax(p * x, 0), softmax(x, 0))


@claim
def log_softmax_is_a_projection(x: Tensor["n"]):
    """log_softmax(x) = x - logsumexp(x), and log_softmax of that is the same."""
    return equal(log_softmax(log_softmax(x, 0), 0), log_softmax(x, 0), x - logsumexp(x, 0))


# ---- exponentials and roots ----------------------------------------------------------------------------------------


@claim
def exponentials_and_logarithms(x: Tensor["n"], p: Positive, q: Positive):
    """exp(x) exp(-x) = 1, log(p q^3) = log p + 3 log q, and (e^x + e^-x)^2 - (e^x - e^-x)^2 = 4."""
    e, d = exp(x), exp(-x)
    return (
        equal(e * d, ones(x.shape)),
        equal(log(p * q**3), log(p) + 3 * log(q)),
        equal((e + d) ** 2 - (e - d) ** 2, 4 * ones(x.shape)),
    )


@claim
def roots_of_products_and_squares(x: Tensor["n"], p: Nonnegative, q: Nonnegative):
    """sqrt(p q) = sqrt(p) sqrt(q), and the square of the norm of x is the sum of its squares."""
    return equal(sqrt(p * q), sqrt(p) * sqrt(q)), equal(sqrt((x**2).sum()) ** 2, (x**2).sum())


@claim
def a_variance_is_not_negative(x: Tensor["n"]):
    """relu leaves it as it is."""
    return equal(relu(var(x)), var(x))


run(__name__)
