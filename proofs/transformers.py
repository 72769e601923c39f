"""The identities by which transformers are made fast: each for every number of tokens, of heads and of channels.

Attention (softmax over keys) and the caches, blocks, heads and masks by which it is computed; linear attention as a
state that is updated; RMS normalisation; low-rank adapters.

23 claims, 5 fallacies.
"""

from symconv import (
    Differentiable,
    Index,
    Positive,
    Real,
    Size,
    Tensor,
    arange,
    broadcast_to,
    claim,
    concat,
    cumsum,
    dot,
    einsum,
    equal,
    exp,
    eye,
    fallacy,
    flip,
    grad,
    jacobian,
    layer_norm,
    linear,
    logsumexp,
    outer,
    permute_dims,
    reshape,
    rms_norm,
    run,
    scaled_dot_product_attention,
    silu,
    softmax,
    sqrt,
    where,
)

# ---- attention -----------------------------------------------------------------------------------------------------


@claim
def attention_averages(q: Tensor["m", "d"], k: Tensor["n", "d"], c: Tensor["e"], m: Size, n: Size):
    """The weights of a query add up to 1: where all values are c, so is the result."""
    attended = scaled_dot_product_attention(q, k, broadcast_to(c, (n, c.shape[0])))
    return equal(attended, broadcast_to(c, (m, c.shape[0])))


@claim
def keys_have_no_order(q: Tensor["m", "d"], k: Tensor["n", "d"], v: Tensor["n", "e"]):
    """Keys may be permuted together with their values; here they are reversed."""
    return equal(scaled_dot_product_attention(q, flip(k, 0), flip(v, 0)), scaled_dot_product_attention(q, k, v))


@claim
def gradient_by_a_query(q: Tensor["d"], k: Tensor["n", "d"], v: Tensor["n"]):
    """The keys, weighed by the weights times how far each value is from the result."""
    p = softmax(k @ q)
    y = p @ v
    return equal(grad(lambda q: softmax(k @ q) @ v)(q), (p * (v - y)) @ k)


@claim
def a_linear_bias_of_the_distance_is_one_of_the_position(scores: Tensor["m", "n"], a: Real):
    """ALiBi: a (j - i) and a j differ by what is the same for all keys of a query (Press et al., arXiv:2108.12409)."""
    row, column = arange(scores.shape[0])[:, None], arange(scores.shape[1])
    return equal(softmax(scores + a * (column - row)), softmax(scores + a * column))


# ---- the causal mask, and the cache of keys and values -------------------------------------------------------------


@claim
def the_causal_mask(q: Tensor["n", "d"], k: Tensor["n", "d"], v: Tensor["n", "e"], n: Size):
    """``is_causal`` is the mask of the keys up to the query."""
    row, column = arange(n)[:, None], arange(n)
    masked = scaled_dot_product_attention(q, k, v, attn_mask=column <= row)
    return equal(scaled_dot_product_attention(q, k, v, is_causal=True), masked)


@claim
def a_cache_of_keys_and_values_is_enough(q: Tensor["n", "d"], k: Tensor["n", "d"], v: Tensor["n", "e"]):
    """The result for the last token is that of its query alone, without a mask, on all keys and values so far."""
    whole = scaled_dot_product_attention(q, k, v, is_causal=True)
    return equal(whole[-1], scaled_dot_product_attention(q[-1:], k, v)[0])


@claim
def later_tokens_change_nothing(q: Tensor["m + n", "d"], k: Tensor["m + n", "d"], v: Tensor["m + n", "e"], m: Size):
    """Results for the first m tokens are those of a text that ends with them."""
    whole = scaled_dot_product_attention(q, k, v, is_causal=True)
    return equal(whole[:m], scaled_dot_product_attention(q[:m], k[:m], v[:m], is_causal=True))


@claim
def no_slope_by_later_values(q: Tensor["n", "d"], k: Tensor["n", "d"], v: Tensor["n"], i: Index["n"], j: Index["n"]):
    """Nor do results change with the values of later tokens."""
    slopes = jacobian(lambda v: scaled_dot_product_attention(q, k, v[:, None], is_causal=True)[:, 0])(v)
    return equal(where(j > i, slopes[i, j], 0), 0)


@fallacy
def a_cache_serves_the_last_query_without_its_own_key(
    q: Tensor["n + 1", "d"], k: Tensor["n + 1", "d"], v: Tensor["n + 1", "e"]
):
    """Believed: the cache is read before the token's own key and value are written. The token attends to itself; beside
    it is `a_cache_of_keys_and_values_is_enough`.
    """
    whole = scaled_dot_product_attention(q, k, v, is_causal=True)
    return equal(whole[-1], scaled_dot_product_attention(q[-1:], k[:-1], v[:-1])[0])


# ---- block by block ------------------------------------------------------------------------------------------------


@claim
def attention_by_blocks(s: Tensor["m"], t: Tensor["n"], v: Tensor["m", "e"], w: Tensor["n", "e"]):
    """Results for two blocks of keys, weighed by the exponentials of their logsumexps, are the result for both: what
    FlashAttention keeps of a block (Dao et al., arXiv:2205.14135).
    """
    a, b = exp(logsumexp(s)), exp(logsumexp(t))
    whole = softmax(concat([s, t])) @ concat([v, w])
    return equal(whole, (a * (softmax(s) @ v) + b * (softmax(t) @ w)) / (a + b))


@claim
def the_largest_score_may_be_any_number(s: Tensor["n"], v: Tensor["n", "e"], c: Real):
    """What is subtracted from the scores for safety, the largest so far, need not be the largest at the end."""
    return equal((exp(s - c) @ v) / exp(s - c).sum(), softmax(s) @ v)


@fallacy
def blocks_are_averaged(s: Tensor["m"], t: Tensor["n"], v: Tensor["m"], w: Tensor["n"]):
    """Believed: results for two blocks of keys are averaged by their lengths. Their scores weigh them as well; beside
    it is `attention_by_blocks`.
    """
    m, n = s.shape[0], t.shape[0]
    whole = softmax(concat([s, t])) @ concat([v, w])
    return equal(whole, (m * (softmax(s) @ v) + n * (softmax(t) @ w)) / (m + n))


# ---- heads ---------------------------------------------------------------------------------------------------------


def split(x, tokens, heads, channels):
    """(tokens, heads * channels) as (heads, tokens, channels)."""
    return permute_dims(reshape(x, (tokens, heads, channels)), (1, 0, 2))


@claim
def the_output_layer_adds_up_the_heads(
    q: Tensor["m", "h*d"],
    k: Tensor["n", "h*d"],
    v: Tensor["n", "h*d"],
    W: Tensor["h*d", "e"],
    m: Size,
    n: Size,
    h: Size,
    d: Size,
):
    """Heads are joined and go through one layer; or each through its rows of the weights, and all are added."""
    Q, K, V = split(q, m, h, d), split(k, n, h, d), split(v, n, h, d)
    heads = scaled_dot_product_attention(Q, K, V)
    joined = reshape(permute_dims(heads, (1, 0, 2)), (m, h * d))
    return equal(joined @ W, (heads @ reshape(W, (h, d, W.shape[1]))).sum(axis=0))


@claim
def heads_are_a_layer_of_blocks(x: Tensor["n", "h*d"], W: Tensor["h*d", "e"], n: Size, h: Size, d: Size):
    """A layer of heads times channels, by both axes."""
    by_head = einsum("nhd,hde->ne", reshape(x, (n, h, d)), reshape(W, (h, d, W.shape[1])))
    return equal(x @ W, by_head)


@claim
def two_halves_of_the_channels(x: Tensor["n", "2*d"], W: Tensor["2*d", "e"], n: Size, d: Size):
    """Two heads, as halves of the channels."""
    halves = reshape(x, (n, 2, d))
    return equal(x @ W, halves[:, 0] @ W[:d] + halves[:, 1] @ W[d:])


@fallacy
def heads_may_be_split_before_tokens(x: Tensor["n", "h*d"], n: Size, h: Size, d: Size):
    """Believed: reshaping to (heads, tokens, channels) splits the heads. It mixes tokens; the axes are to be exchanged
    behind the reshape, as `the_output_layer_adds_up_the_heads` does.
    """
    return equal(reshape(x, (h, n, d)), split(x, n, h, d))


# ---- linear attention ----------------------------------------------------------------------------------------------


@claim
def linear_attention_multiplies_keys_and_values_first(q: Tensor["m", "d"], k: Tensor["n", "d"], v: Tensor["n", "e"]):
    """Without the softmax the product of keys and values, of the size of the channels, is enough (Katharopoulos et al.,
    arXiv:2006.16236).
    """
    return equal((q @ k.T) @ v, q @ (k.T @ v))


@claim
def causal_linear_attention_is_a_recurrence(q: Tensor["n", "d"], k: Tensor["n", "d"], v: Tensor["n", "e"], n: Size):
    """Under the causal mask each token reads a state to which its key times its value has been added."""
    row, column = arange(n)[:, None], arange(n)
    state = cumsum(k[:, :, None] * v[:, None, :], axis=0)
    return equal(where(column <= row, q @ k.T, 0) @ v, einsum("nd,nde->ne", q, state))


@fallacy
def causal_linear_attention_multiplies_keys_and_values_first(
    q: Tensor["n", "d"], k: Tensor["n", "d"], v: Tensor["n", "e"], n: Size
):
    """Believed: the mask does not stand in the way. It does; beside it is `causal_linear_attention_is_a_recurrence`."""
    row, column = arange(n)[:, None], arange(n)
    return equal(where(column <= row, q @ k.T, 0) @ v, q @ (k.T @ v))


# ---- RMS normalisation ---------------------------------------------------------------------------------------------


@claim
def rms_norm_of_what_is_centred_is_layer_norm(x: Tensor["m", "n"], g: Tensor["n"], eps: Positive, n: Size):
    """Layer normalisation is RMS normalisation of the input without its mean."""
    centred = x - x.mean(axis=1, keepdims=True)
    return equal(rms_norm(centred, n, g, eps), layer_norm(x, n, g, eps=eps))


@claim
def rms_norm_is_invariant_to_a_scale_of_input_and_eps(x: Tensor["n"], c: Positive, eps: Positive, n: Size):
    """As layer normalisation is; a negative scale changes the sign."""
    return (
        equal(rms_norm(c * x, n, eps=c**2 * eps), rms_norm(x, n, eps=eps)),
        equal(rms_norm(-x, n, eps=eps), -rms_norm(x, n, eps=eps)),
    )


@claim
def gains_merge_into_the_next_layer(
    x: Tensor["n"], g: Tensor["n"], W: Tensor["m", "n"], b: Tensor["m"], eps: Positive, n: Size
):
    """The weights of the normalisation are columns' factors of the layer behind it."""
    return equal(linear(rms_norm(x, n, g, eps), W, b), linear(rms_norm(x, n, eps=eps), W * g, b))


@claim
def jacobian_of_rms_norm(x: Tensor["n"], eps: Positive, n: Size):
    """The identity without the part along y, over the root of the mean square."""
    y, root = rms_norm(x, n, eps=eps), sqrt((x**2).mean() + eps)
    return equal(jacobian(lambda x: rms_norm(x, n, eps=eps))(x), (eye(n) - outer(y, y) / n) / root)


@claim
def back_through_rms_norm(x: Tensor["n"], s: Tensor["n"], eps: Positive, n: Size):
    """A gradient s behind the normalisation, in front of it."""
    y, root = rms_norm(x, n, eps=eps), sqrt((x**2).mean() + eps)
    return equal(grad(lambda x: dot(s, rms_norm(x, n, eps=eps)))(x), (s - y * (s * y).mean()) / root)


@fallacy
def rms_norm_is_invariant_to_a_shift(x: Tensor["n"], b: Real, eps: Positive, n: Size):
    """Believed: RMS normalisation can stand for layer normalisation before a layer without a bias. It keeps the mean;
    beside it is `rms_norm_of_what_is_centred_is_layer_norm`.
    """
    return equal(rms_norm(x + b, n, eps=eps), rms_norm(x, n, eps=eps))


# ---- layers --------------------------------------------------------------------------------------------------------


@claim
def an_adapter_merges(x: Tensor["N", "n"], W: Tensor["m", "n"], B: Tensor["m", "r"], A: Tensor["r", "n"], s: Real):
    """LoRA: a low-rank adapter beside a layer is the layer with s B A added to its weights (Hu et al.,
    arXiv:2106.09685).
    """
    return equal(linear(x, W) + s * linear(linear(x, A), B), linear(x, W + s * B @ A))


@claim
def gradients_by_an_adapter(
    x: Tensor["n"], W: Tensor["m", "n"], B: Tensor["m", "r"], A: Tensor["r", "n"], L: Differentiable["m"]
):
    """With the gradient G by the merged weights: G A^T by B, and B^T G by A."""
    G = grad(lambda W: L(linear(x, W)))(W + B @ A)
    return (
        equal(grad(lambda B: L(linear(x, W + B @ A)))(B), G @ A.T),
        equal(grad(lambda A: L(linear(x, W + B @ A)))(A), B.T @ G),
    )


@claim
def a_gated_layer_is_linear_in_what_is_gated(
    x: Tensor["n"], y: Tensor["n"], W: Tensor["m", "n"], V: Tensor["m", "n"], D: Tensor["k", "m"]
):
    """SwiGLU: at a given gate the layer adds up what comes in (Shazeer, arXiv:2002.05202)."""
    gate = silu(W @ x)
    return equal(D @ (gate * (V @ (x + y))), D @ (gate * (V @ x)) + D @ (gate * (V @ y)))


run(__name__)
