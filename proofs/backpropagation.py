"""Problem 6: the gradients of a multilayer perceptron.

y_l = sigma(A_l y_{l-1} + b_l) in the hidden layers and y_L = A_L y_{L-1} + b_L, one number, in the last. The
derivative of a vector by a vector is its Jacobian, that of a number by a matrix has the shape of the matrix. In a
statement about one layer, A, b, y, w are A_l (m x n), b_l, y_{l-1} and w_l = A_l y_{l-1} + b_l; F is all that comes
after the layer, so that y_L = F(y_l).

25 claims, 9 fallacies. What the source gets wrong:

- (a) derives dy_L/db_L = 1 for the last layer and then writes y_L = sigma(A_L y_{L-1} + b_L), with the same L, for a
  hidden one: `sigma_in_the_last_layer_and_slope_one`, `slope_of_sigma_in_a_linear_last_layer`.
- "dy_L/db_L = 1" is the identity, a single 1 only since y_L is one number; (b) puts y_L in R^{n_L}:
  `identity_written_as_one`.
- (b) prints dy_L/dA_L in R^{n_{L-1} x 1}, and one line later in R^{1 x n_{L-1}}: `gradient_of_a_row_as_a_column`.
- (b) applies sigma to y_L although the layer is linear, y_L = A_L y_{L-1} + b_L two lines before:
  `sigma_in_the_last_layer_and_gradient_y`.
- In component k of w the whole vector b_L stands for (b_L)_k: `whole_bias_in_one_component`. The result
  delta_ik (y_{L-1})_j is one number, and not in R^{n_L x 1} as printed.
- From "dy_L/d(A_L)_ij = dy_L/dy_L dy_L/d(A_L)_ij" on, dy_L/dy_L stands for dy_L/dy_l, and most of the L are l:
  `dy_L_by_dy_L_in_an_entry`.
- "b_L :=" is "B_l :=", with dy_L/dy_L for dy_L/dy_l and y_{L-1} for y_{l-1}: `first_definition_of_B_as_printed`.
- B_l is printed in R^{n_L x n_L} and then in R^{n_l x n_L}; it is n_l x n_{l-1}: `B_with_a_column_for_each_output`.
- The last lines do not say l < L. In the last layer, which has no sigma, C_L would have to be 1.
- The index l is printed as e on the last lines (B_e, C_e, y_{e-1}), which is also the name of the unit vectors e_i.
"""

from symconv import (
    Differentiable,
    Index,
    Size,
    Tensor,
    by,
    claim,
    derivative,
    diag,
    equal,
    eye,
    fallacy,
    fromfunction,
    grad,
    jacobian,
    kronecker_delta,
    run,
    summation,
)

# ---- (a) one layer, by its bias and by its input -------------------------------------------------------------------


@claim
def derivative_of_a_linear_map(A: Tensor["m", "n"], v: Tensor["n"]):
    """If w = A v, then dw/dv = A.

    Settles: problem 6(a), the first line.
    """
    return equal(jacobian(lambda v: A @ v)(v), A)


@claim
def derivative_of_a_linear_map_by_entries(A: Tensor["m", "n"], v: Tensor["n"], n: Size, i: Index["m"], j: Index["n"]):
    """(dw/dv)_ij = dw_i/dv_j = A_ij.

    Settles: problem 6(a), the proof of the first line.
    """
    return equal(
        jacobian(lambda v: A @ v)(v)[i, j],
        by("w_i is a function of v", grad(lambda v: (A @ v)[i])(v)[j]),
        by("w_i = sum_k A_ik v_k", grad(lambda v: summation(lambda k: A[i, k] * v[k], n))(v)[j]),
        by("only k = j depends on v_j", A[i, j]),
    )


@claim
def last_layer_by_its_bias(A: Tensor[1, "n"], b: Tensor[1], y: Tensor["n"]):
    """In the last layer, which is linear and has one output, dy_L/db_L = 1.

    Settles: problem 6(a), "dy_L/db_L = 1".
    """
    return equal(jacobian(lambda b: A @ y + b)(b), 1)


@claim
def last_layer_by_its_input(A: Tensor[1, "n"], b: Tensor[1], y: Tensor["n"]):
    """In the last layer, dy_L/dy_{L-1} = A_L.

    Settles: problem 6(a), "dy_L/dy_{L-1} = A_L".
    """
    return equal(jacobian(lambda y: A @ y + b)(y), A)


@claim
def affine_map_by_its_bias(A: Tensor["m", "n"], b: Tensor["m"], y: Tensor["n"], m: Size):
    """If w = A y + b, then dw/db = I.

    Settles: problem 6(a), "dw_L/db_L = I".
    """
    return equal(jacobian(lambda b: A @ y + b)(b), eye(m))


@fallacy
def identity_written_as_one(A: Tensor["m", "n"], b: Tensor["m"], y: Tensor["n"]):
    """For m outputs dy_L/db_L is not 1 in every entry; right is the identity, which is 1 for one output.

    Settles: problem 6(a), "dy_L/db_L = 1", with y_L in R^{n_L} as (b) has it; beside it is `affine_map_by_its_bias`.
    """
    return equal(jacobian(lambda b: A @ y + b)(b), 1)


@claim
def affine_map_by_its_input(A: Tensor["m", "n"], b: Tensor["m"], y: Tensor["n"]):
    """If w = A y + b, then dw/dy = A.

    Settles: problem 6(a), "dw_L/dy_{L-1}" in the last line.
    """
    return equal(jacobian(lambda y: A @ y + b)(y), A)


@claim
def activation_by_its_argument(w: Tensor["m"], sigma: Differentiable):
    """d sigma(w)/dw = diag(sigma'(w)).

    Settles: problem 6(a), "dy_L/dw_L = diag(sigma'(w_L))", for a hidden layer.
    """
    return equal(jacobian(sigma)(w), diag(derivative(sigma)(w)))


@claim
def activation_by_its_argument_by_entries(w: Tensor["m"], sigma: Differentiable, i: Index["m"], j: Index["m"]):
    """(dy/dw)_ij = d sigma(w)_i / dw_j = sigma'(w)_i delta_ij.

    Settles: problem 6(a), the line "(dy_L/dw_L)_ij".
    """
    return equal(
        jacobian(sigma)(w)[i, j],
        by("y_i = sigma(w)_i", grad(lambda w: sigma(w)[i])(w)[j]),
        by("sigma acts entry by entry", derivative(sigma)(w)[i] * kronecker_delta(i, j)),
    )


@claim
def hidden_layer_by_its_bias(A: Tensor["m", "n"], b: Tensor["m"], y: Tensor["n"], m: Size, sigma: Differentiable):
    """In a hidden layer, dy_l/db_l = diag(sigma'(A_l y_{l-1} + b_l)).

    Settles: problem 6(a), the lines from "dy_L/db_L = dy_L/dw_L dw_L/db_L" to "dy_L/db_L = diag(...)".
    """
    w = A @ y + b
    return equal(
        jacobian(lambda b: sigma(A @ y + b))(b),
        by("chain rule", jacobian(sigma)(w) @ jacobian(lambda b: A @ y + b)(b)),
        by("dw_l/db_l = I", jacobian(sigma)(w) @ eye(m)),
        by("dy_l/dw_l = diag(sigma'(w_l))", diag(derivative(sigma)(w))),
    )


@claim
def hidden_layer_by_its_input(A: Tensor["m", "n"], b: Tensor["m"], y: Tensor["n"], sigma: Differentiable):
    """In a hidden layer, dy_l/dy_{l-1} = diag(sigma'(A_l y_{l-1} + b_l)) A_l.

    Settles: problem 6(a), the last line.
    """
    w = A @ y + b
    return equal(
        jacobian(lambda y: sigma(A @ y + b))(y),
        by("chain rule", jacobian(sigma)(w) @ jacobian(lambda y: A @ y + b)(y)),
        by("dy_l/dw_l = diag(sigma'(w_l)) and dw_l/dy_{l-1} = A_l", diag(derivative(sigma)(w)) @ A),
    )


@fallacy
def sigma_in_the_last_layer_and_slope_one(A: Tensor[1, "n"], b: Tensor[1], y: Tensor["n"], sigma: Differentiable):
    """dy_L/db_L = 1 does not go with the y_L = sigma(A_L y_{L-1} + b_L) that is printed below it.

    Settles: problem 6(a), "y_L = sigma(A_L y_{L-1} + b_L)", which is y_l; beside it is `last_layer_by_its_bias`.
    """
    return equal(jacobian(lambda b: sigma(A @ y + b))(b), 1)


@fallacy
def slope_of_sigma_in_a_linear_last_layer(A: Tensor[1, "n"], b: Tensor[1], y: Tensor["n"], sigma: Differentiable):
    """The last line, printed for L, does not hold for the last layer, whose derivative is A_L; it holds for l < L.

    Settles: problem 6(a), the last line as it is printed; beside it are `last_layer_by_its_input` and
    `hidden_layer_by_its_input`.
    """
    return equal(jacobian(lambda y: A @ y + b)(y), diag(derivative(sigma)(A @ y + b)) @ A)


# ---- (b) the last layer, by its weights ----------------------------------------------------------------------------


@claim
def last_layer_by_its_weights(A: Tensor[1, "n"], b: Tensor[1], y: Tensor["n"]):
    """In the last layer, dy_L/dA_L = y_{L-1}^T, a row of shape 1 x n_{L-1}, as A_L is.

    Settles: problem 6(b), "dy_L/dA_L = y_{L-1}^T in R^{1 x n_{L-1}}".
    """
    return equal(grad(lambda A: (A @ y + b)[0])(A), y[None, :])


@claim
def last_layer_by_one_weight(A: Tensor[1, "n"], b: Tensor[1], y: Tensor["n"], i: Index["n"]):
    """dy_L/d(A_L)_i = (y_{L-1})_i.

    Settles: problem 6(b), "(dy_L/dA_L)_i = dy_L/d(A_L)_i = (y_{L-1})_i".
    """
    return equal(grad(lambda A: (A @ y + b)[0])(A)[0, i], y[i])


@fallacy
def gradient_of_a_row_as_a_column(A: Tensor[1, "n"], b: Tensor[1], y: Tensor["n"]):
    """The source prints dy_L/dA_L in R^{n_{L-1} x 1}; A_L is a row, and so is its gradient.

    Settles: problem 6(b), "dy_L/dA_L in R^{n_{L-1} x 1}"; the claim beside it is `last_layer_by_its_weights`.
    """
    return equal(grad(lambda A: (A @ y + b)[0])(A), y[:, None])


@fallacy
def sigma_in_the_last_layer_and_gradient_y(A: Tensor[1, "n"], b: Tensor[1], y: Tensor["n"], sigma: Differentiable):
    """dy_L/dA_L = y_{L-1}^T does not go with the y_L = sigma(A_L y_{L-1} + b_L) that is printed below it.

    Settles: problem 6(b), "Since y_L = sigma(A_L y_{L-1} + b_L) = sigma(w_L)"; beside it: `last_layer_by_its_weights`.
    """
    return equal(grad(lambda A: sigma(A @ y + b)[0])(A), y[None, :])


# ---- (b) a hidden layer, by one of its weights ---------------------------------------------------------------------


@claim
def affine_map_by_one_weight(
    A: Tensor["m", "n"], b: Tensor["m"], y: Tensor["n"], n: Size, i: Index["m"], j: Index["n"], k: Index["m"]
):
    """dw_k/dA_ij = delta_ik y_j.

    Settles: problem 6(b), the line "[dw_L/d(A_L)_ij]_k".
    """
    return equal(
        jacobian(lambda A: A @ y + b)(A)[k, i, j],
        by("w_k = sum_q A_kq y_q + b_k", grad(lambda A: summation(lambda q: A[k, q] * y[q], n) + b[k])(A)[i, j]),
        by("A_ij occurs only for k = i and q = j", kronecker_delta(i, k) * y[j]),
    )


@claim
def affine_map_by_one_weight_as_a_vector(
    A: Tensor["m", "n"], b: Tensor["m"], y: Tensor["n"], m: Size, i: Index["m"], j: Index["n"]
):
    """dw/dA_ij = y_j e_i.

    Settles: problem 6(b), "dw_L/d(A_L)_ij = (y_{L-1})_j e_i".
    """
    e_i = eye(m)[i]
    return equal(jacobian(lambda A: A @ y + b)(A)[:, i, j], y[j] * e_i)


@fallacy
def whole_bias_in_one_component(A: Tensor["m", "n"], b: Tensor["m"], y: Tensor["n"], n: Size, k: Index["m"]):
    """The source adds the vector b_L to component k of w_L; right is its component (b_L)_k.

    Settles: problem 6(b), the sum in the line "[dw_L/d(A_L)_ij]_k"; beside it is `affine_map_by_one_weight`.
    """
    return equal((A @ y + b)[k], summation(lambda q: A[k, q] * y[q], n) + b)


@claim
def hidden_layer_by_one_weight(
    A: Tensor["m", "n"], b: Tensor["m"], y: Tensor["n"], i: Index["m"], j: Index["n"], sigma: Differentiable
):
    """dy_l/d(A_l)_ij = diag(sigma'(A_l y_{l-1} + b_l)) dw_l/d(A_l)_ij.

    Settles: problem 6(b), the line "dy_L/d(A_L)_ij = dy_L/dw_L dw_L/d(A_L)_ij", for a hidden layer.
    """
    w = A @ y + b
    dw = jacobian(lambda A: A @ y + b)(A)[:, i, j]
    return equal(
        jacobian(lambda A: sigma(A @ y + b))(A)[:, i, j],
        by("chain rule", jacobian(sigma)(w) @ dw),
        by("dy_l/dw_l = diag(sigma'(w_l))", diag(derivative(sigma)(w)) @ dw),
    )


@claim
def output_by_one_weight(
    A: Tensor["m", "n"],
    b: Tensor["m"],
    y: Tensor["n"],
    m: Size,
    i: Index["m"],
    j: Index["n"],
    sigma: Differentiable,
    F: Differentiable["m"],
):
    """dy_L/d(A_l)_ij = sigma'([A_l y_{l-1} + b_l]_i) [dy_L/dy_l]_i (y_{l-1})_j, whatever follows the layer.

    Settles: problem 6(b), from "dy_L/d(A_L)_ij = dy_L/dy_L dy_L/d(A_L)_ij" to the last line before B.
    """
    w, e_i = A @ y + b, eye(m)[i]
    dy, slope = grad(F)(sigma(w)), derivative(sigma)(w)
    return equal(
        grad(lambda A: F(sigma(A @ y + b)))(A)[i, j],
        by("chain rule at y_l", dy @ jacobian(lambda A: sigma(A @ y + b))(A)[:, i, j]),
        by("chain rule at w_l", dy @ diag(slope) @ jacobian(lambda A: A @ y + b)(A)[:, i, j]),
        by("dw_l/d(A_l)_ij = (y_{l-1})_j e_i", dy @ diag(slope) @ (y[j] * e_i)),
        by("diag(s) e_i = s_i e_i", y[j] * slope[i] * (dy @ e_i)),
        by("e_i picks component i", slope[i] * dy[i] * y[j]),
    )


@fallacy
def dy_L_by_dy_L_in_an_entry(
    A: Tensor["m", "n"],
    b: Tensor["m"],
    y: Tensor["n"],
    i: Index["m"],
    j: Index["n"],
    sigma: Differentiable,
    F: Differentiable["m", 1],
):
    """The source prints [dy_L/dy_L]_i, which is 1 or has no component i; right is [dy_L/dy_l]_i.

    Settles: problem 6(b), the last line before B as it is printed; the claim beside it is `output_by_one_weight`.
    """
    y_L = F(sigma(A @ y + b))
    dy_L = jacobian(lambda y_L: y_L)(y_L)
    printed = derivative(sigma)(A @ y + b)[i] * dy_L[0, i] * y[j]
    return equal(jacobian(lambda A: F(sigma(A @ y + b)))(A)[0, i, j], printed)


# ---- (b) a hidden layer, by all of its weights: dy_L/dA_l = C_l B_l ------------------------------------------------


@claim
def entry_of_B(y: Tensor["n"], z: Tensor["m"], i: Index["m"], j: Index["n"], F: Differentiable["m"]):
    """B_l := (dy_L/dy_l)^T y_{l-1}^T has the entries [dy_L/dy_l]_i (y_{l-1})_j; here z is y_l.

    Settles: problem 6(b), "[B_l]_ij".
    """
    B = grad(F)(z)[None, :].T @ y[None, :]
    return equal(B[i, j], grad(F)(z)[i] * y[j])


@claim
def entry_of_C(A: Tensor["m", "n"], b: Tensor["m"], y: Tensor["n"], i: Index["m"], sigma: Differentiable):
    """C_l := diag(sigma'(A_l y_{l-1} + b_l)) has the diagonal entries sigma'([A_l y_{l-1} + b_l]_i).

    Settles: problem 6(b), "[C_l]_ii".
    """
    C = diag(derivative(sigma)(A @ y + b))
    return equal(C[i, i], derivative(sigma)((A @ y + b)[i]))


@claim
def entry_of_a_diagonal_product(s: Tensor["m"], B: Tensor["m", "n"], m: Size, i: Index["m"], j: Index["n"]):
    """[C B]_ij = sum_k C_ik B_kj = C_ii B_ij for every diagonal matrix C = diag(s).

    Settles: problem 6(b), the line "[C_l B_l]_ij", up to C_ii B_ij.
    """
    C = diag(s)
    return equal(
        (C @ B)[i, j],
        by("definition of the product", summation(lambda k: C[i, k] * B[k, j], m)),
        by("C is diagonal", C[i, i] * B[i, j]),
    )


@claim
def entry_of_C_B(
    A: Tensor["m", "n"],
    b: Tensor["m"],
    y: Tensor["n"],
    i: Index["m"],
    j: Index["n"],
    sigma: Differentiable,
    F: Differentiable["m"],
):
    """dy_L/d(A_l)_ij = (C_l)_ii (B_l)_ij = [C_l B_l]_ij.

    Settles: problem 6(b), "dy_L/d(A_l)_ij = (C_l)_ii (B_l)_ij" and the line after it.
    """
    w = A @ y + b
    C = diag(derivative(sigma)(w))
    B = grad(F)(sigma(w))[:, None] @ y[None, :]
    return equal(
        grad(lambda A: F(sigma(A @ y + b)))(A)[i, j],
        by("output_by_one_weight", C[i, i] * B[i, j]),
        by("C is diagonal", (C @ B)[i, j]),
    )


@claim
def output_by_the_weights(
    A: Tensor["m", "n"], b: Tensor["m"], y: Tensor["n"], sigma: Differentiable, F: Differentiable["m"]
):
    """dy_L/dA_l = C_l B_l through every differentiable tail F, hence for every depth of the network.

    Settles: problem 6(b), the last line.
    """
    w = A @ y + b
    C = diag(derivative(sigma)(w))
    B = grad(F)(sigma(w))[None, :].T @ y[None, :]
    return equal(grad(lambda A: F(sigma(A @ y + b)))(A), C @ B)


@fallacy
def first_definition_of_B_as_printed(
    A: Tensor["m", "n"], b: Tensor["m"], y: Tensor["n"], sigma: Differentiable, F: Differentiable["m", 1]
):
    """With (dy_L/dy_L)^T y^T the product C_l B_l has the wrong values, and for m > 1 none; right is (dy_L/dy_l)^T y^T.

    Settles: problem 6(b), "b_L := (dy_L/dy_L)^T y_{L-1}^T"; the claim beside it is `output_by_the_weights`.
    """
    y_L = F(sigma(A @ y + b))
    C = diag(derivative(sigma)(A @ y + b))
    B = jacobian(lambda y_L: y_L)(y_L).T @ y[None, :]
    return equal(jacobian(lambda A: F(sigma(A @ y + b)))(A)[0], C @ B)


@fallacy
def B_with_a_column_for_each_output(
    A: Tensor["m", "n"], b: Tensor["m"], y: Tensor["n"], m: Size, sigma: Differentiable, F: Differentiable["m"]
):
    """The source prints B_l in R^{n_l x n_L}, one column since y_L is one number; right is R^{n_l x n_{l-1}}.

    Settles: problem 6(b), the shape below "[B_l]_ij"; the claim beside it is `output_by_the_weights`.
    """
    w = A @ y + b
    dy = grad(F)(sigma(w))
    B = fromfunction(lambda i, j: dy[i] * y[j], (m, 1))
    return equal(grad(lambda A: F(sigma(A @ y + b)))(A), diag(derivative(sigma)(w)) @ B)


# ---- every depth: dy_L/dy_l by induction from the last layer down --------------------------------------------------


@claim
def step_of_the_induction(
    A: Tensor["m", "n"], b: Tensor["m"], y: Tensor["n"], sigma: Differentiable, F: Differentiable["m"]
):
    """dy_L/dy_{l-1} = dy_L/dy_l C_l A_l; the base is `last_layer_by_its_input`, dy_L/dy_{L-1} = A_L.

    Settles: problem 6(a), the last line, through the rest of the network: the factor dy_L/dy_l of problem 6(b).
    """
    w = A @ y + b
    C = diag(derivative(sigma)(w))
    return equal(grad(lambda y: F(sigma(A @ y + b)))(y), grad(F)(sigma(w)) @ C @ A)


@claim
def two_layers(
    y_0: Tensor["m"],
    A_1: Tensor["n", "m"],
    b_1: Tensor["n"],
    A_2: Tensor[1, "n"],
    b_2: Tensor[1],
    sigma: Differentiable,
):
    """With two layers, dy_2/dA_1 = C_1 A_2^T y_0^T and dy_2/dA_2 = y_1^T.

    Settles: problem 6(b), the last line, for L = 2.
    """

    def y_2(A_1, A_2):
        y_1 = sigma(A_1 @ y_0 + b_1)
        return (A_2 @ y_1 + b_2)[0]

    w_1 = A_1 @ y_0 + b_1
    y_1, C_1 = sigma(w_1), diag(derivative(sigma)(w_1))
    return (
        equal(grad(y_2, 0)(A_1, A_2), C_1 @ A_2.T @ y_0[None, :]),
        equal(grad(y_2, 1)(A_1, A_2), y_1[None, :]),
    )


@claim
def three_layers(
    y_0: Tensor["m"],
    A_1: Tensor["n", "m"],
    b_1: Tensor["n"],
    A_2: Tensor["p", "n"],
    b_2: Tensor["p"],
    A_3: Tensor[1, "p"],
    b_3: Tensor[1],
    sigma: Differentiable,
):
    """With three layers, dy_3/dA_l = C_l (dy_3/dy_l)^T y_{l-1}^T with dy_3/dy_1 = A_3 C_2 A_2, dy_3/dy_2 = A_3.

    Settles: problem 6(b), the last line, for L = 3.
    """

    def y_3(A_1, A_2, A_3):
        y_1 = sigma(A_1 @ y_0 + b_1)
        y_2 = sigma(A_2 @ y_1 + b_2)
        return (A_3 @ y_2 + b_3)[0]

    w_1 = A_1 @ y_0 + b_1
    y_1, C_1 = sigma(w_1), diag(derivative(sigma)(w_1))
    w_2 = A_2 @ y_1 + b_2
    y_2, C_2 = sigma(w_2), diag(derivative(sigma)(w_2))
    return (
        equal(grad(y_3, 0)(A_1, A_2, A_3), C_1 @ (A_3 @ C_2 @ A_2).T @ y_0[None, :]),
        equal(grad(y_3, 1)(A_1, A_2, A_3), C_2 @ A_3.T @ y_1[None, :]),
        equal(grad(y_3, 2)(A_1, A_2, A_3), y_2[None, :]),
    )


@claim
def four_layers(
    y_0: Tensor["m"],
    A_1: Tensor["n", "m"],
    b_1: Tensor["n"],
    A_2: Tensor["p", "n"],
    b_2: Tensor["p"],
    A_3: Tensor["q", "p"],
    b_3: Tensor["q"],
    A_4: Tensor[1, "q"],
    b_4: Tensor[1],
    sigma: Differentiable,
):
    """With four layers, dy_4/dA_l = C_l (dy_4/dy_l)^T y_{l-1}^T with dy_4/dy_1 = A_4 C_3 A_3 C_2 A_2.

    Settles: problem 6(b), the last line, for L = 4.
    """

    def y_4(A_1, A_2, A_3, A_4):
        y_1 = sigma(A_1 @ y_0 + b_1)
        y_2 = sigma(A_2 @ y_1 + b_2)
        y_3 = sigma(A_3 @ y_2 + b_3)
        return (A_4 @ y_3 + b_4)[0]

    w_1 = A_1 @ y_0 + b_1
    y_1, C_1 = sigma(w_1), diag(derivative(sigma)(w_1))
    w_2 = A_2 @ y_1 + b_2
    y_2, C_2 = sigma(w_2), diag(derivative(sigma)(w_2))
    w_3 = A_3 @ y_2 + b_3
    y_3, C_3 = sigma(w_3), diag(derivative(sigma)(w_3))
    return (
        equal(grad(y_4, 0)(A_1, A_2, A_3, A_4), C_1 @ (A_4 @ C_3 @ A_3 @ C_2 @ A_2).T @ y_0[None, :]),
        equal(grad(y_4, 1)(A_1, A_2, A_3, A_4), C_2 @ (A_4 @ C_3 @ A_3).T @ y_1[None, :]),
        equal(grad(y_4, 2)(A_1, A_2, A_3, A_4), C_3 @ A_4.T @ y_2[None, :]),
        equal(grad(y_4, 3)(A_1, A_2, A_3, A_4), y_3[None, :]),
    )


run(__name__)
