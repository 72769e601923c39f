"""Folklore of normalisation, attention, losses and gradients: what is believed, what is true, and numbers that tell.

24 claims, 24 fallacies.
"""

from symconv import (
    Differentiable,
    Positive,
    Real,
    Size,
    Tensor,
    abs,
    array,
    batch_norm,
    claim,
    concat,
    cross_entropy,
    derivative,
    equal,
    exp,
    fallacy,
    flip,
    grad,
    group_norm,
    instance_norm,
    kl_div,
    layer_norm,
    log_softmax,
    logsumexp,
    mse_loss,
    permute_dims,
    relu,
    run,
    scaled_dot_product_attention,
    softmax,
    stack,
    tanh,
    trace,
    var,
    where,
)

# ---- normalisation -------------------------------------------------------------------------------------------------


@fallacy
def layer_norm_is_invariant_to_a_scale(x: Tensor["n"], c: Positive, n: Size):
    """Believed: layer normalisation is invariant to the scale of its input. The eps under the root is not scaled with
    it; beside it is `layer_norm_is_invariant_to_a_scale_of_input_and_eps`.
    """
    return equal(layer_norm(c * x, n), layer_norm(x, n))


@claim
def layer_norm_is_invariant_to_a_scale_of_input_and_eps(x: Tensor["n"], c: Positive, eps: Positive, b: Real, n: Size):
    """If eps is scaled with the square of the scale it is; to a shift it is invariant whatever eps is."""
    return (
        equal(layer_norm(c * x, n, eps=c**2 * eps), layer_norm(x, n, eps=eps)),
        equal(layer_norm(x + b, n, eps=eps), layer_norm(x, n, eps=eps)),
    )


@fallacy
def layer_norm_is_idempotent(x: Tensor["n"], n: Size):
    """Believed: normalising twice is normalising once. The eps shrinks the deviation below 1 each time; beside it is
    `layer_norm_keeps_the_mean_at_0`.
    """
    return equal(layer_norm(layer_norm(x, n), n), layer_norm(x, n))


@claim
def layer_norm_keeps_the_mean_at_0(x: Tensor["n"], eps: Positive, n: Size):
    """What the second time finds done is the mean."""
    y = layer_norm(x, n, eps=eps)
    return equal(y.mean(), 0), equal(y - y.mean(), y)


@fallacy
def batch_norm_is_the_same_in_training_and_inference(x: Tensor["n + 1", 1], n: Size):
    """Believed: with momentum 1, batch normalisation in inference repeats training. It stores the unbiased variance and
    normalises with the biased one (PyTorch's documentation of BatchNorm); beside it is
    `batch_norm_with_the_biased_variance`.
    """
    mean, variance = x.mean(0), var(x, 0) * (n + 1) / n
    return equal(batch_norm(x, mean, variance), batch_norm(x, None, None, training=True))


@claim
def batch_norm_with_the_biased_variance(x: Tensor["N", "C", "h", "w"]):
    """With the mean and the biased variance of the batch, inference is training."""
    mean, variance = x.mean((0, 2, 3)), var(x, (0, 2, 3))
    return equal(batch_norm(x, mean, variance), batch_norm(x, None, None, training=True))


@fallacy
def a_bias_before_batch_norm_is_useless(x: Tensor["N", "C"], b: Tensor["C"], mean: Tensor["C"], s: Tensor["C"]):
    """Believed: a bias in front of batch normalisation has no effect. In training only; in inference the running mean
    does not move with it; beside it is `a_bias_before_batch_norm_is_useless_in_training`.
    """
    return equal(batch_norm(x + b, mean, s**2), batch_norm(x, mean, s**2))


@claim
def a_bias_before_batch_norm_is_useless_in_training(x: Tensor["N", "C"], b: Tensor["C"], eps: Positive):
    """In training the mean of the batch moves with it, whatever eps is."""

    def normalised(z):
        return batch_norm(z, None, None, training=True, eps=eps)

    return equal(normalised(x + b), normalised(x))


@fallacy
def group_norm_of_one_group_is_layer_norm_over_channels(x: Tensor["N", "C", "h", "w"], C: Size):
    """Believed: GroupNorm with one group is LayerNorm, over the channels ("identical", in TensorFlow Addons'
    documentation of GroupNormalization). It averages over the pixels as well; beside it is
    `group_norm_of_one_group_is_layer_norm_over_everything`.
    """
    pixels = permute_dims(x, (0, 2, 3, 1))
    return equal(group_norm(x, 1), permute_dims(layer_norm(pixels, C), (0, 3, 1, 2)))


@claim
def group_norm_of_one_group_is_layer_norm_over_everything(x: Tensor["N", "C", "h", "w"], C: Size):
    """Without weights it is LayerNorm over channels and pixels; with a group for each channel it is InstanceNorm."""
    return (
        equal(group_norm(x, 1), layer_norm(x, x.shape[1:])),
        equal(group_norm(x, C), instance_norm(x)),
    )


@fallacy
def instance_norm_is_batch_norm(x: Tensor["N", "C", "h", "w"]):
    """Believed: InstanceNorm is BatchNorm without its running statistics. It does not average over the batch; beside it
    is `instance_norm_is_batch_norm_of_one_image`.
    """
    return equal(instance_norm(x), batch_norm(x, None, None, training=True))


@claim
def instance_norm_is_batch_norm_of_one_image(x: Tensor[1, "C", "h", "w"]):
    """For a batch of one image it is, in training."""
    return equal(instance_norm(x), batch_norm(x, None, None, training=True))


# ---- softmax and attention -----------------------------------------------------------------------------------------


@fallacy
def softmax_is_idempotent(x: Tensor["n"]):
    """Believed: a second softmax does no harm (a model that ends in softmax, and a loss that applies it again). It
    flattens the distribution; beside it is `log_softmax_is_idempotent`.
    """
    return equal(softmax(softmax(x)), softmax(x))


@claim
def log_softmax_is_idempotent(x: Tensor["n"]):
    """A second log_softmax does no harm: the logsumexp of log-probabilities is 0."""
    return equal(log_softmax(log_softmax(x)), log_softmax(x))


@fallacy
def softmax_of_a_concat_is_a_concat_of_softmaxes(x: Tensor["m"], y: Tensor["n"]):
    """Believed: softmax may be taken part by part. Each part would sum to 1; beside it is
    `softmax_of_a_concat_weighs_the_parts`.
    """
    return equal(softmax(concat([x, y])), concat([softmax(x), softmax(y)]))


@claim
def softmax_of_a_concat_weighs_the_parts(x: Tensor["m"], y: Tensor["n"]):
    """The parts are weighed by the softmax of their logsumexps, as blockwise attention does."""
    a, b = exp(logsumexp(x)), exp(logsumexp(y))
    return equal(softmax(concat([x, y])), concat([softmax(x) * a / (a + b), softmax(y) * b / (a + b)]))


@fallacy
def softmax_is_scale_invariant(x: Tensor["n"], c: Positive):
    """Believed: softmax depends on the proportions of the logits. A scale is a temperature; beside it is
    `softmax_is_shift_invariant`.
    """
    return equal(softmax(c * x), softmax(x))


@claim
def softmax_is_shift_invariant(x: Tensor["n"], c: Real):
    """It depends on their differences; a scale c raises it to the power c."""
    return equal(softmax(x + c), softmax(x)), equal(softmax(2 * x), softmax(x) ** 2 / (softmax(x) ** 2).sum())


@fallacy
def causal_attention_is_permutation_equivariant(x: Tensor["n", "d"]):
    """Believed: self-attention without positions is equivariant to permutations of the tokens. A causal mask knows
    their order; beside it is `attention_is_permutation_equivariant`.
    """
    return equal(self_attention(flip(x, 0), True), flip(self_attention(x, True), 0))


@claim
def attention_is_permutation_equivariant(x: Tensor["n", "d"]):
    """Without a mask it is, here to the reversal."""
    return equal(self_attention(flip(x, 0), False), flip(self_attention(x, False), 0))


def self_attention(x, is_causal):
    """Tokens as queries, keys and values."""
    return scaled_dot_product_attention(x, x, x, is_causal=is_causal, scale=1)


@fallacy
def the_query_bias_is_redundant(q: Tensor["m", "d"], k: Tensor["n", "d"], v: Tensor["n", "e"], b: Tensor["d"]):
    """Believed: the biases of queries and keys cancel in the softmax. That of the queries weighs the keys; beside it is
    `the_key_bias_is_redundant`.
    """
    return equal(scaled_dot_product_attention(q + b, k, v, scale=1), scaled_dot_product_attention(q, k, v, scale=1))


@claim
def the_key_bias_is_redundant(q: Tensor["m", "d"], k: Tensor["n", "d"], v: Tensor["n", "e"], b: Tensor["d"]):
    """That of the keys adds one number to all scores of a query, which softmax does not see."""
    return equal(scaled_dot_product_attention(q, k + b, v, scale=1), scaled_dot_product_attention(q, k, v, scale=1))


@fallacy
def the_two_layouts_of_rope_agree(x: Tensor["2*d"], c: Tensor["d"], s: Tensor["d"], d: Size):
    """Believed: rotary embeddings that pair neighbours and those that pair halves are one function. The pairs differ;
    beside it is `the_two_layouts_of_rope_agree_after_a_permutation`.
    """
    return equal(rotated_neighbours(x, c, s), rotated_halves(x, c, s, d))


@claim
def the_two_layouts_of_rope_agree_after_a_permutation(x: Tensor["2*d"], c: Tensor["d"], s: Tensor["d"], d: Size):
    """They agree once the even coordinates are put in front of the odd ones, c and s being any cosines and sines."""
    return equal(evens_first(rotated_neighbours(x, c, s)), rotated_halves(evens_first(x), c, s, d))


def rotated_neighbours(x, c, s):
    """Each pair (x_2i, x_2i+1) turned by the angle i."""
    even, odd = x[::2], x[1::2]
    return stack([even * c - odd * s, even * s + odd * c], 1).flatten()


def rotated_halves(x, c, s, d):
    """Each pair (x_i, x_i+d) turned by the angle i."""
    low, high = x[:d], x[d:]
    return concat([low * c - high * s, low * s + high * c])


def evens_first(x):
    """The coordinates 0, 2, 4, ..., 1, 3, 5, ..."""
    return concat([x[::2], x[1::2]])


# ---- losses --------------------------------------------------------------------------------------------------------


@fallacy
def gradient_of_cross_entropy_is_p_minus_t(x: Tensor["n"], t: Tensor["n"]):
    """Believed: the gradient of the cross entropy is p - t. The target must sum to 1; beside it is
    `gradient_of_cross_entropy_is_p_minus_t_for_distributions`.
    """
    return equal(grad(lambda z: cross_entropy(z, t))(x), softmax(x) - t)


@claim
def gradient_of_cross_entropy_is_p_minus_t_for_distributions(x: Tensor["n"], y: Tensor["n"], t: Tensor["n"]):
    """For a target that is a distribution, here softmax(y), it is; for any t it is (sum t) p - t."""
    p = softmax(x)
    return (
        equal(grad(lambda z: cross_entropy(z, softmax(y)))(x), p - softmax(y)),
        equal(grad(lambda z: cross_entropy(z, t))(x), t.sum() * p - t),
    )


@fallacy
def gradient_of_a_batch_is_p_minus_t(x: Tensor["N", "n"], y: Tensor["N", "n"]):
    """Believed: so is that of a batch. By default the loss is the mean over the batch; beside it is
    `gradient_of_a_batch_is_divided_by_its_size`.
    """
    t = softmax(y)
    return equal(grad(lambda z: cross_entropy(z, t))(x), softmax(x) - t)


@claim
def gradient_of_a_batch_is_divided_by_its_size(x: Tensor["N", "n"], y: Tensor["N", "n"], N: Size):
    """It is (p - t) / N."""
    t = softmax(y)
    return equal(grad(lambda z: cross_entropy(z, t))(x), (softmax(x) - t) / N)


@fallacy
def gradient_of_mse_is_the_error(y: Tensor["n"], t: Tensor["n"]):
    """Believed: the gradient of the squared error is y - t. PyTorch's MSELoss has no 1/2 and is a mean; beside it is
    `gradient_of_mse`.
    """
    return equal(grad(lambda z: mse_loss(z, t))(y), y - t)


@claim
def gradient_of_mse(y: Tensor["n"], t: Tensor["n"], n: Size):
    """It is 2 (y - t) / n."""
    return equal(grad(lambda z: mse_loss(z, t))(y), 2 * (y - t) / n)


@fallacy
def the_mean_of_kl_div_is_the_divergence(x: Tensor["N", "n"], y: Tensor["N", "n"]):
    """Believed: KLDivLoss is the mean divergence of a batch. Its "mean" divides by the number of classes too, and is no
    divergence, as PyTorch's documentation says; beside it is `the_batchmean_of_kl_div_is_the_divergence`.
    """
    return equal(kl_div(log_softmax(x), softmax(y)), mean_divergence(x, y))


@claim
def the_batchmean_of_kl_div_is_the_divergence(x: Tensor["N", "n"], y: Tensor["N", "n"]):
    """reduction="batchmean" is."""
    return equal(kl_div(log_softmax(x), log_softmax(y), reduction="batchmean", log_target=True), mean_divergence(x, y))


def mean_divergence(x, y):
    """The mean over the batch of the sum over the classes of q log(q / p)."""
    return (softmax(y) * (log_softmax(y) - log_softmax(x))).sum(1).mean()


@fallacy
def the_mean_of_means_is_the_mean(x: Tensor["m"], y: Tensor["n"]):
    """Believed: accumulating the mean losses of micro-batches is the mean loss of the batch. Micro-batches (of tokens,
    say) must be of equal size; beside it is `the_mean_of_means_of_equal_batches`.
    """
    return equal((x.mean() + y.mean()) / 2, concat([x, y]).mean())


@claim
def the_mean_of_means_of_equal_batches(x: Tensor["n"], y: Tensor["n"], z: Tensor["m"], m: Size, n: Size):
    """Of equal sizes it is; else the means are weighed by the sizes."""
    return (
        equal((x.mean() + y.mean()) / 2, concat([x, y]).mean()),
        equal((n * x.mean() + m * z.mean()) / (n + m), concat([x, z]).mean()),
    )


@fallacy
def gradients_accumulate_to_that_of_the_batch(
    w: Tensor["d"], x: Tensor["m", "d"], y: Tensor["n", "d"], s: Tensor["m"], t: Tensor["n"]
):
    """Believed: then the gradients of the mean losses of micro-batches add up to that of the batch, up to their number.
    Only for micro-batches of equal size; beside it is `gradients_of_sums_accumulate`.
    """

    def loss(x, t):
        return lambda v: mse_loss(x @ v, t)

    joined = grad(loss(concat([x, y]), concat([s, t])))(w)
    return equal((grad(loss(x, s))(w) + grad(loss(y, t))(w)) / 2, joined)


@claim
def gradients_of_sums_accumulate(
    w: Tensor["d"], x: Tensor["m", "d"], y: Tensor["n", "d"], s: Tensor["m"], t: Tensor["n"]
):
    """The gradients of sums of losses add up to that of the batch; the division comes last."""

    def loss(x, t):
        return lambda v: mse_loss(x @ v, t, reduction="sum")

    return equal(grad(loss(x, s))(w) + grad(loss(y, t))(w), grad(loss(concat([x, y]), concat([s, t])))(w))


@fallacy
def dropout_keeps_the_mean_behind_an_activation(x: Real, a: Positive, b: Positive):
    """Believed: dropout scales by 1/(1 - p) and so keeps the expected value of the network. Not behind an activation;
    beside it is `dropout_keeps_the_mean_of_what_is_linear`.
    """
    return equal(mean_over_dropout(tanh, x, a, b), tanh(x))


@claim
def dropout_keeps_the_mean_of_what_is_linear(x: Real, c: Real, d: Real, a: Positive, b: Positive):
    """It keeps that of the layer, and what an affine map makes of it; p = b/(a + b) is any number between 0 and 1."""
    return equal(mean_over_dropout(lambda z: c * z + d, x, a, b), c * x + d)


def mean_over_dropout(f, x, a, b):
    """f(x/(1 - p)) with probability 1 - p, f(0) with probability p, for p = b/(a + b)."""
    keep = a / (a + b)
    return keep * f(x / keep) + (1 - keep) * f(0 * x)


# ---- gradients -----------------------------------------------------------------------------------------------------


@fallacy
def autodiff_gives_the_derivative(x: Real):
    """Believed: automatic differentiation gives the derivative wherever there is one. relu(x) - relu(-x) is x, with
    slope 1 at 0, where frameworks, for which relu'(0) = 0, give 0; beside it is
    `autodiff_gives_the_derivative_off_the_kinks`.
    """

    def step(z):
        return where(z > 0, 1, 0)

    return equal(step(x) + step(-x), 1)


@claim
def autodiff_gives_the_derivative_off_the_kinks(x: Real):
    """Off the kinks of relu the rule gives 1."""
    return equal(derivative(lambda z: relu(z) - relu(-z))(x), 1)


@fallacy
def gradient_of_the_determinant_is_the_adjugate(X: Tensor[2, 2]):
    """Believed: the gradient of det X is its adjugate, that of log det X the inverse of X. With the shape of X both are
    transposed; beside it is `gradient_of_the_determinant_is_the_adjugate_transposed`.
    """
    return equal(grad(determinant)(X), adjugate(X))


@claim
def gradient_of_the_determinant_is_the_adjugate_transposed(X: Tensor[2, 2]):
    """The gradient of det X, of the shape of X, is the cofactor matrix, the adjugate transposed."""
    return equal(grad(determinant)(X), adjugate(X).T), equal(X @ adjugate(X), determinant(X) * array([[1, 0], [0, 1]]))


def determinant(X):
    """The determinant of a 2 x 2 matrix."""
    return X[0, 0] * X[1, 1] - X[0, 1] * X[1, 0]


def adjugate(X):
    """det X times the inverse of a 2 x 2 matrix X."""
    return array([[X[1, 1], -X[0, 1]], [-X[1, 0], X[0, 0]]])


@fallacy
def gradient_of_a_trace_is_the_matrix(A: Tensor["n", "n"], X: Tensor["n", "n"]):
    """Believed: the gradient of trace(A X) is A. With the shape of X it is transposed; beside it is
    `gradient_of_a_trace_is_the_matrix_transposed`.
    """
    return equal(grad(lambda Z: trace(A @ Z))(X), A)


@claim
def gradient_of_a_trace_is_the_matrix_transposed(A: Tensor["m", "n"], X: Tensor["n", "m"]):
    """The gradient of trace(A X) is A^T."""
    return equal(grad(lambda Z: trace(A @ Z))(X), A.T)


@fallacy
def gradient_of_a_quadratic_form_is_2_A_x(A: Tensor["n", "n"], x: Tensor["n"]):
    """Believed: the gradient of x^T A x is 2 A x. A must be symmetric; beside it is
    `gradient_of_a_quadratic_form_is_A_plus_its_transpose`.
    """
    return equal(grad(lambda z: z @ A @ z)(x), 2 * A @ x)


@claim
def gradient_of_a_quadratic_form_is_A_plus_its_transpose(A: Tensor["n", "n"], x: Tensor["n"]):
    """It is (A + A^T) x; for the symmetric matrix A + A^T, twice that."""
    S = A + A.T
    return equal(grad(lambda z: z @ A @ z)(x), S @ x), equal(grad(lambda z: z @ S @ z)(x), 2 * S @ x)


@fallacy
def an_l2_penalty_is_weight_decay_for_adam(w: Real, g: Real, rate: Positive, decay: Positive, eps: Positive):
    """Believed: an L2 penalty is weight decay. Adam, here its first step, divides the gradient by its size, and with it
    the penalty; beside it is `an_l2_penalty_is_weight_decay_for_sgd`.
    """
    return equal(adam(w, g + decay * w, rate, eps), (1 - rate * decay) * w + adam(0, g, rate, eps))


@claim
def an_l2_penalty_is_weight_decay_for_sgd(w: Tensor["n"], f: Differentiable["n"], rate: Positive, decay: Positive):
    """For plain gradient descent it is, whatever the loss."""
    penalised = grad(lambda v: f(v) + decay / 2 * (v**2).sum())(w)
    return equal(w - rate * penalised, (1 - rate * decay) * w - rate * grad(f)(w))


def adam(w, g, rate, eps):
    """The first step of Adam, whose averages with their corrections are then g and g^2."""
    return w - rate * g / (abs(g) + eps)


run(__name__)
