"""What an attack on the kernel found: false claims of a few lines, each with the point at which it fails.

Where the general proof was wrong, it is asked alone: `prove` looks at small sizes too, and might hide it. Beside them
stand true claims of the same kind.
"""

from __future__ import annotations

from typing import Any

import pytest

from symconv import (
    Function,
    Index,
    Positive,
    Real,
    Size,
    Smooth,
    SymbolicControlFlow,
    SymconvError,
    Tensor,
    Undecided,
    abs,
    claim,
    derivative,
    diag,
    equal,
    exp,
    fromfunction,
    full,
    grad,
    interpolate,
    jacobian,
    log,
    maximum,
    maximum_over,
    minimum,
    ones,
    pad,
    pi,
    prod,
    prove,
    relu,
    reshape,
    scaled_dot_product_attention,
    sigmoid,
    softmax,
    sqrt,
    squeeze,
    summation,
    tanh,
    where,
    zeros,
)
from symconv.prover import general

# --- signs ------------------------------------------------------------------------------------------------------------


@claim
def signs_of_neighbours(x: Tensor["n+3"], i: Index["n"]):
    """False at x = (0, 5, 1, -1), i = 0: [u > 0] and [v = 0] of neighbouring sums are both 1."""
    first, second, third = x[i + 1], x[i + 2], x[i + 3]
    return equal(where(second + third == 0, 1, 0) * where(second + first > 0, 1, 0), 0)


@claim
def zero_outside_of_a_condition(x: Tensor["n"]):
    """False at n = 41, x = (0, ..., 0, 1): what is 0 by its condition is not 0 itself."""
    return equal(fromfunction(lambda i: where(where(i < 40, x[i], 0) == 0, x[i], 0), x.shape[0]), 0)


@claim
def zero_of_the_first(x: Tensor["n"]):
    """False at n = 2, x = (0, 1)."""
    return equal(fromfunction(lambda i: where(where(i < 1, x[i], 0) == 0, x[i], 0), x.shape[0]), 0)


@claim
def signs_of_a_product_under_a_condition(x: Tensor["n"], y: Tensor["n"]):
    """False at n = 41, x = y = 1: the product counts below 40 only."""

    def entry(i: Any) -> Any:
        both = where(x[i] > 0, 1, 0) * where(y[i] > 0, 1, 0) + where(x[i] < 0, 1, 0) * where(y[i] < 0, 1, 0)
        return where(where(i < 40, x[i] * y[i], 0) > 0, 1, 0) - both

    return equal(fromfunction(entry, x.shape[0]), 0)


@claim
def sign_and_zero_of_one(x: Tensor["n+1"], i: Index["n"]):
    """True: both are of one sum."""
    u = x[i] + x[i + 1]
    return equal(where(u > 0, 1, 0) * where(u == 0, 1, 0), 0)


# --- functions of maxima ----------------------------------------------------------------------------------------------


@claim
def log_of_a_maximum_that_may_be_negative(x: Tensor["n"], p: Positive, q: Positive):
    """False at n = p = q = 1, x = -10: log p + x has no value there, but log of the maximum has."""
    return equal(exp(2 * log(p + maximum(x, q))), maximum((p + x) ** 2, (p + q) ** 2))


@claim
def root_of_a_maximum_that_may_be_negative(x: Real, p: Positive, q: Positive):
    """False at p = q = 1, x = -10."""
    return equal(exp(4 * log(sqrt(p + maximum(x, q)))), maximum((p + x) ** 2, (p + q) ** 2))


@claim
def log_of_a_root(x: Tensor["n"], p: Positive):
    """True."""
    return equal(log(sqrt(exp(x))), x / 2), equal(log(p * sqrt(p)), 3 * log(p) / 2)


@claim
def log_of_the_root_of_a_sum(x: Tensor["n"]):
    """True."""
    return equal(log(sqrt(1 + (x**2).sum())), log(1 + (x**2).sum()) / 2)


@claim
def log_of_cases(x: Tensor["n"]):
    """True; in a case that cannot occur the log of nothing is asked for."""
    return equal(log(where(1 <= x, 1, 2)), where(x >= 1, 0, log(2)))  # noqa: SIM300


# --- shapes that are equal by hypothesis, steps that may be 0 ---------------------------------------------------------


@claim
def reshaped_by_hypothesis(x: Tensor["n"], a: Tensor["n-m+1"], m: Size, b: Tensor["m-n+1"]):
    """False at n = m = 41: n = m by the last two, and y is x."""
    y = reshape(x, (m,))
    return equal(fromfunction(lambda i: where(i >= 40, y[i] - x[0], 0), m) + 0 * a.sum() + 0 * b.sum(), 0)


@claim
def squeezed_by_hypothesis(x: Tensor["n", "m"], a: Tensor["2-n"]):
    """False at n = 1, m = 41."""
    y = squeeze(x, 0)
    return equal(fromfunction(lambda i: where(i >= 40, y[i] - x[0, 0], 0), x.shape[1]) + 0 * a.sum(), 0)


@claim
def reshaped_is_the_same(x: Tensor["n"], a: Tensor["n-m+1"], m: Size, b: Tensor["m-n+1"]):
    """True."""
    return equal(reshape(x, (m,)) + 0 * a.sum() + 0 * b.sum(), x)


@claim
def squeezed_is_the_row(x: Tensor["n", "m"], a: Tensor["2-n"]):
    """True."""
    return equal(squeeze(x, 0) + 0 * a.sum(), x[0])


@claim
def a_step_that_becomes_zero(n: Size, m: Size):
    """False at n = 51: the step is 0."""
    return equal(zeros(m)[:: 50 // n].sum(), 0)


@claim
def a_step_that_is_zero_first(n: Size, m: Size):
    """False at n = 1."""
    return equal(zeros(m)[:: n - 1].sum(), 0)


@claim
def a_step_that_is_positive(n: Size, m: Size):
    """True."""
    return equal(zeros(m)[:: n + 1].sum(), 0), equal(zeros(m)[::-n].sum(), 0)


# --- borders ----------------------------------------------------------------------------------------------------------


@claim
def a_condition_on_another_number(x: Tensor["n"], y: Real):
    """False at y = 0, where the derivative is 1."""
    return equal(derivative(lambda t: where(y == 0, t, 2 * t))(x), 2)


@claim
def a_mask(x: Tensor["n"], y: Tensor["n"]):
    """False at y = 0, where the gradients are 0 and 1."""
    strict = grad(lambda v: where(y > 0, v, 0).sum())(x)
    return equal(strict, grad(lambda v: where(y >= 0, v, 0).sum())(x))


@claim
def a_border_everywhere(x: Real, y: Real):
    """False at y = 0, where the function is t."""
    return equal(derivative(lambda t: where(t * y == 0, t, 2 * t))(x), 2)


@claim
def a_tie_everywhere(x: Real, y: Real):
    """False at y = 1, where both are t."""
    return equal(derivative(lambda t: maximum(t, y * t))(x), where(x > y * x, 1, 0) + where(y * x > x, y, 0))


@claim
def relu_of_nothing(x: Real, y: Real):
    """False at y = 0, where the function is 0."""
    return equal(derivative(lambda t: relu(y * t))(x), where(x * y == 0, 5, where(x * y > 0, y, 0)))


@claim
def curvature_of_a_square(x: Tensor["n"]):
    """False everywhere: relu leaves t**2 as it is."""
    return equal(derivative(derivative(lambda t: relu(t**2)))(zeros(x.shape[0])), 0 * x)


@claim
def curvature_where_there_is_none(x: Tensor["n"]):
    """The second derivative does not exist at 0, nor do the first ones below."""
    return equal(derivative(derivative(lambda t: relu(t) ** 2))(zeros(x.shape[0])), 0 * x)


@claim
def slope_where_there_is_none(x: Tensor["n"]):
    return equal(derivative(relu)(zeros(x.shape[0])), 0 * x)


@claim
def slope_of_the_absolute_value_at_zero(x: Tensor["n"]):
    return equal(derivative(abs)(0 * x), -1 + 0 * x)


@claim
def slope_of_a_step(x: Tensor["n"]):
    return equal(derivative(lambda t: where(t > 0, 1, 0))(zeros(x.shape[0])), 0 * x)


@claim
def a_layer_by_its_input(A: Tensor["m", "n"], x: Tensor["n"], b: Tensor["m"]):
    """True."""
    return equal(jacobian(lambda z: relu(A @ z + b))(x), diag(derivative(relu)(A @ x + b)) @ A)


@claim
def a_tie_by_its_cases(x: Real, y: Real):
    """True: where both are one function, its slope is that of either."""
    return equal(derivative(lambda t: maximum(t, y * t))(x), where(x > y * x, 1, y))


@claim
def the_slope_of_leaky_relu(x: Tensor["n"]):
    """True off the kink: both are equal at x = 0 only."""
    return equal(derivative(lambda t: maximum(t, t / 2))(x), where(x > 0, 1, 0) + where(x < 0, 1, 0) / 2)


# --- reciprocals and logarithms ---------------------------------------------------------------------------------------


@claim
def a_negative_number_below_a_quotient(x: Tensor["n"], y: Real, z: Real):
    """False at n = 41, x = 0, y = 1, z = 0: the maximum M is -1, and 1/M is drawn out of no maximum."""

    def entry(i: Any) -> Any:
        M = maximum(-1, -exp(x[i]))
        return where(i >= 40, maximum(y / (-M), z / (-M)) + maximum(-y, -z) / (-M), 0)

    return equal(fromfunction(entry, x.shape[0]), 0)


@claim
def a_logarithm_in_one_case(x: Tensor["n"], p: Positive):
    """False at n = 41, x = 0: that x > 0 where log x is asked for says nothing elsewhere."""
    E = exp(-log(maximum(x, p)))
    return equal(E + fromfunction(lambda i: where(i >= 40, where(x[i] == 0, 1, 0), 0), x.shape[0]), E)


@claim
def a_maximum_that_is_asked_for_nowhere(x: Tensor["n"], a: Tensor["n-m+1"], m: Size, b: Tensor["m-n+1"]):
    """True: a sum over nothing is 0, whatever is added; n = m by the shapes."""
    n = x.shape[0]

    def largest(i: Any) -> Any:
        return maximum_over(lambda k: where(k <= i, x[k], -float("inf")), n)

    return equal(summation(largest, 0), 0), equal(summation(largest, m - n) + 0 * a.sum() + 0 * b.sum(), 0)


@claim
def a_maximum_over_itself(x: Tensor["n"], p: Positive):
    """True."""
    return equal(exp(-log(maximum(x, p))) * maximum(x, p), 1 + 0 * x)


@claim
def a_mean_over_nothing(n: Size):
    """False at n = 51: a sum over nothing is 0."""
    m = 50 // n
    return equal(fromfunction(lambda i: 1 / m, m).sum(), 1)


@claim
def a_softmax_over_nothing(n: Size):
    """False at n = 51."""
    return equal(softmax(zeros(50 // n)).sum(), 1)


@claim
def a_mean_over_something(n: Size, m: Size):
    """True."""
    return equal(fromfunction(lambda i: 1 / (n * m), n * m).sum(), 1), equal(softmax(zeros(n)).sum(), 1)


@claim
def a_square_of_an_exponential(x: Positive, y: Real, a: Positive, z: Real):
    """False at z = 17, a = 2: the argument is -log a, written so that this is seen when the square is taken only."""
    power = exp(-(x * log(a) + y) / x + y / x)
    return equal(where(z == 17, power**2, 1), 1)


@claim
def the_larger_exponential(x: Positive, y: Real, a: Positive, z: Real):
    """False at z = 17, a = 2: the maximum is 1/a."""
    exponent = -(x * log(a) + y) / x + y / x
    return equal(where(z == 17, maximum(exp(exponent), exp(exponent - 1)), 1), 1)


@claim
def a_reciprocal_of_exponentials(x: Positive, y: Real, a: Positive, z: Real):
    """False at z = 17, a = 2."""
    power = exp(-(x * log(a) + y) / x + y / x)
    return equal(where(z == 17, 1 / (power * power + power), 1), where(z == 17, 1 / 2, 1))


@claim
def powers_of_an_exponential(x: Positive, y: Real, a: Positive):
    """True."""
    power = exp(-(x * log(a) + y) / x + y / x)
    return equal(power, 1 / a), equal(power**2, a**-2), equal(1 / (power + power**2), a**2 / (a + 1))


# --- what has no value ------------------------------------------------------------------------------------------------


@claim
def a_number_beside_nothing(x: Tensor["n"]):
    """At n = 1 the right side has no value."""
    return equal(x[1:] * 0, 1 / (x.shape[0] - 1) - 1 / (x.shape[0] - 1))


@claim
def an_edge_of_nothing(n: Size):
    """At n = 51 there is no edge."""
    return equal(pad(zeros(50 // n), 1, "edge").sum(), 0)


@claim
def an_image_of_nothing(n: Size):
    """At n = 51 the image is empty."""
    return equal(interpolate(zeros((50 // n, 1)), (2, 2)).sum(), 0)


@claim
def a_mask_of_another_shape(q: Tensor["l", "e"], k: Tensor["s", "e"], v: Tensor["s", "d"], n: Size):
    """False at n = 50: the mask is one wider than the scores."""
    mask = zeros((q.shape[0], k.shape[0] + n // 50)) == 0
    return equal(scaled_dot_product_attention(q, k, v, mask), scaled_dot_product_attention(q, k, v))


@claim
def a_constant_without_a_value(x: Tensor["n"], y: Real):
    """At y = 0 the function has no value, so its derivative has none."""
    return equal(derivative(lambda t: t + 1 / y)(x), 1)


@claim
def a_point_without_a_value(x: Tensor["n"]):
    """At x = -1 the point has no value."""
    return equal(derivative(lambda t: 3 * t)(log(x)), 3)


@claim
def a_power_that_is_one(x: Tensor["n"]):
    """At x = 0 the function has no value."""
    return equal(derivative(lambda t: t + (1 / t) ** 0)(x), 1)


@claim
def an_entry_that_the_slope_does_not_read(x: Tensor["n+1"]):
    """At x[1] = 0 the point has no value."""
    return equal(grad(lambda v: v[0] ** 2 + 3 * v[1:].sum())(1 / x)[0], 2 / x[0])


@claim
def a_branch_that_is_dropped(x: Tensor["n"], y: Real):
    """At y = 0 the function has no value, though 1/y stands in another branch of the slope."""
    slope = where(y > 0, 1 / y, 1)
    return equal(derivative(lambda t: t * slope + where(y > 0, 1, 1 / y))(x), slope)


@claim
def a_constant_alone(x: Tensor["n"], y: Real):
    """At y = 0 the function has no value."""
    return equal(derivative(lambda t: 5 + 1 / y)(x), 0)


@claim
def an_entry_that_is_not_there(x: Tensor["n"], y: Real):
    """At n = 5 the function has no value."""
    return equal(derivative(lambda t: t**2 + x[5])(y), 2 * y)


@claim
def a_function_of_entries_that_are_not_there(x: Tensor["n"], y: Real):
    """At n = 5 the function has no value."""
    return equal(derivative(lambda t: x[4] + where(t > 0, x[5], x[5]))(y), 0)


@claim
def a_point_that_is_not_there(x: Tensor["n"]):
    """The point has no value: its entries are behind the end."""
    n = x.shape[0]
    return equal(grad(lambda v: 3 * v.sum())(fromfunction(lambda i: x[i + 5], n)), 3 + zeros(n))


@claim
def a_point_that_is_a_slope_at_a_kink(x: Tensor["n"]):
    """The point has no value."""
    return equal(grad(lambda v: 3 * v.sum())(derivative(abs)(0 * x)), 3 + 0 * x)


@claim
def a_number_that_is_a_slope_at_a_kink(x: Tensor["n"]):
    """The point has no value."""
    return equal(derivative(lambda t: 3 * t)(derivative(abs)(0 * x)), 3 + 0 * x)


@claim
def a_point_that_is_a_slope(x: Tensor["n"]):
    """True off the kinks."""
    return (
        equal(grad(lambda v: 3 * v.sum())(derivative(relu)(x)), 3 + 0 * x),
        equal(grad(lambda v: (v**2).sum())(derivative(relu)(x)), 2 * where(x > 0, 1, 0)),
    )


@claim
def an_infinite_function(x: Tensor["n"], y: Real):
    """The function has no value: the borders are minus infinity."""
    return equal(derivative(lambda t: t + pad(x, 1, constant_values=-float("inf")).sum())(y), 1)


@claim
def a_softmax_of_infinities(x: Tensor["n"], y: Real):
    """The function has no value: 0 over 0."""
    return equal(derivative(lambda t: t + softmax(full(x.shape, -float("inf")))[0])(y), 1)


@claim
def a_maximum_of_infinities(x: Tensor["n"], y: Real):
    """The function has no value: both numbers are minus infinity."""
    return equal(derivative(lambda t: t + pad(x, 2, constant_values=-float("inf"))[:2].max())(y), 1)


@claim
def an_infinite_branch(x: Tensor["n"], y: Real):
    """The function has no value at y > 0."""
    return equal(grad(lambda v: where(y > 0, float("inf"), v.sum()))(x), where(y > 0, 0, 1 + 0 * x))


@claim
def an_infinite_point(x: Tensor["n"]):
    """The point has no value."""
    return equal(grad(lambda v: 3 * v.sum())(pad(x, 1, constant_values=-float("inf"))), 3)


@claim
def an_infinite_number(x: Tensor["n"]):
    """The point has no value."""
    return equal(derivative(lambda t: 3 * t)(pad(x, 1, constant_values=-float("inf"))), 3)


@claim
def a_maximum_beside_infinities(x: Tensor["n"], y: Real):
    """True."""
    return equal(derivative(lambda t: t + pad(x, 1, constant_values=-float("inf")).max())(y), 1)


@claim
def a_point_that_is_read_for_most_sizes(n: Size):
    """At n = 1 the point has no value."""
    slope = derivative(lambda t: where(n > 1, t**2, 3 * t))(1 / (n - 1))
    return equal(slope, where(n > 1, 2 / (n - 1), 3))


@claim
def entries_that_are_there(x: Tensor["n"], y: Tensor["n"], z: Tensor["m", "n"], i: Index["m"]):
    """True."""
    n = x.shape[0]
    return (
        equal(fromfunction(lambda j: derivative(lambda t: t**2 + y[j])(x[j]), n), 2 * x),
        equal(grad(lambda v: 3 * v.sum())(z[i]), 3 + zeros(n)),
        equal(grad(lambda v: (x * v).sum() + y.sum())(z[i]), x),
    )


@claim
def a_point_that_is_read(x: Tensor["n"], y: Real):
    """True."""
    return equal(derivative(lambda t: t**2)(x / (1 + y**2)), 2 * x / (1 + y**2))


@claim
def a_bound_that_is_negative_for_most_sizes(x: Tensor["n"]):
    """False at n = 3: the last two entries."""
    return equal(x[1 - x.shape[0] :].sum(), x.sum())


@claim
def a_constant_with_a_value(x: Tensor["n"], y: Positive):
    """True."""
    return equal(derivative(lambda t: t + log(y) + 1 / y)(x), 1)


@claim
def the_last_entries(x: Tensor["n+k"], k: Size):
    """True: a bound below 0 counts from the end."""
    return equal(x[-k:].sum(), x[x.shape[0] - k :].sum()), equal(x[:-k], x[: x.shape[0] - k])


@claim
def the_last_entries_are_all(x: Tensor["n+k"], k: Size):
    """False."""
    return equal(x[-k:].sum(), x.sum())


# --- quotients in one case only ---------------------------------------------------------------------------------------


@claim
def the_sign_of_a_guarded_quotient(y: Real):
    """False at y = 0, where the left is 5."""
    return equal(where(where(y != 0, 1 / y, 2) > 0, 5, 7), where(y > 0, 5, 7))


@claim
def a_guarded_quotient_that_is_one(x: Tensor["n"]):
    """False at x = 0, where the left is 7."""
    inverse = where(x > 0, 1 / x, 0)
    return equal(where(inverse == 1, 5, 7), where(x * where(x > 0, 1, 0) == x * x, 5, 7))


@claim
def a_guarded_quotient_cleared(y: Real):
    """False at y = 0, where the left is 5."""
    inverse = where(y > 0, 1 / y, 2)
    return equal(where(inverse > 1, 5, 7), where(y * inverse * y > y * y, 5, 7))


@claim
def a_sign_under_the_guard(y: Real):
    """True."""
    return equal(where(y > 0, where(1 / y > 1, 5, 7), 2), where(y > 0, where(y < 1, 5, 7), 2))


@claim
def the_larger_of_one_guarded_quotient(y: Real):
    """True."""
    return equal(maximum(where(y > 0, 1 / y, -1), where(0 < y, 2 / (2 * y), -1)), where(y > 0, 1 / y, -1))  # noqa: SIM300


@claim
def a_function_with_a_known_name(x: Tensor["n"], tanh: Function):
    """An unknown function has no value at minus infinity, whatever it is called."""
    return equal(tanh(pad(x, 1, constant_values=-float("inf")))[0], -1)


# --- variables that a loop changes ------------------------------------------------------------------------------------


@claim
def entries_of_a_loop(x: Tensor["n"]):
    """True: the function sees k as it is when the tensor is made."""
    total = 0 * x
    for k in range(3):

        def times(value: Any) -> Any:
            return k * value  # noqa: B023

        total = total + fromfunction(lambda i: x[i] * k + times(x[i]), x.shape)  # noqa: B023
    return equal(total, 6 * x)


@claim
def entries_of_a_loop_by_the_last(x: Tensor["n"], y: Real):
    """False at y = 17, where it is 3 x."""
    total = 0 * x
    for k in range(3):
        total = total + fromfunction(lambda i: x[i] * where(y == 17, k, 1), x.shape)  # noqa: B023
    return equal(total, x * where(y == 17, 6, 3))


# --- questions whose missing answer the body catches -----------------------------------------------------------------


@claim
def a_caught_bound(x: Tensor["n"]):
    """False at n = 42, where it is an entry less: whether n - 41 is less than 0 has no answer for every n."""
    try:
        total = x[x.shape[0] - 41 :].sum()
    except SymconvError:
        total = x.sum()
    return equal(total, x.sum())


@claim
def a_caught_length(x: Tensor["n"]):
    """False at n = 41."""
    try:
        more = prod(2 * ones((x.shape[0] // 41,))) - 1
    except Undecided:
        more = 0
    return equal(more * x, 0 * x)


@claim
def a_caught_length_of_an_entry(x: Tensor["n"]):
    """False at n = 41; the question is asked when an entry is worked out."""

    def entry(i: Any) -> Any:
        try:
            return (prod(2 * ones((x.shape[0] // 41,))) - 1) * x[i]
        except Undecided:
            return 0

    return equal(fromfunction(entry, x.shape), 0 * x)


@claim
def a_caught_condition(x: Tensor["n"]):
    """A size is never more than 40 for Python, whatever it is."""
    try:
        big = 1 if x.shape[0] > 40 else 0
    except TypeError:
        big = 0
    return equal(big * x, 0 * x)


# --- kinks ------------------------------------------------------------------------------------------------------------


@claim
def a_gap_that_vanishes(x: Tensor["n"]):
    """There is no derivative anywhere."""
    return equal(derivative(abs)(x.sum() - x[::-1].sum()), -1)


@claim
def a_gap_that_vanishes_at_one_index(x: Tensor["n"]):
    """There is no derivative at index 0."""
    return equal(derivative(abs)(x - x[0]), where(x - x[0] > 0, 1, -1))


@claim
def a_gap_that_vanishes_far_out(x: Tensor["n"]):
    """There is no derivative at index 40."""
    g = fromfunction(lambda i: where(i < 40, x[i], 0), x.shape[0])
    return equal(derivative(abs)(g), where(g > 0, 1, -1))


@claim
def a_gap_that_vanishes_on_half_of_the_line(x: Tensor["n"]):
    """There is no derivative at x < 0."""
    return equal(derivative(abs)(relu(x)), where(x > 0, 1, -1))


@claim
def a_gap_of_functions_that_vanishes(x: Tensor["n"]):
    """There is no derivative anywhere: sigmoid(-x) is 1 - sigmoid(x)."""
    u = sigmoid(x) + sigmoid(-x) - 1
    return equal(derivative(abs)(u), where(u > 0, 1, -1))


@claim
def a_gap_of_maxima_that_vanishes(x: Real, y: Real):
    """There is no derivative anywhere."""
    u = maximum(x, y) + minimum(x, y) - x - y
    return equal(derivative(abs)(u), where(u > 0, 1, -1))


@claim
def a_gap_that_vanishes_where_relu_does(x: Tensor["n"]):
    """There is no derivative at x < 0."""
    return equal(derivative(abs)(relu(x)), where(relu(x) > 0, 1, -1))


@claim
def a_gap_that_vanishes_at_size_one(x: Tensor["n"]):
    """There is no derivative at n = 1."""
    centred = x - x.mean()
    z = centred / sqrt(1 + (centred**2).mean())
    return equal(derivative(relu)(z), where(z > 0, 1, 0))


@claim
def a_gap_that_vanishes_as_a_sum(x: Real, n: Size, m: Size):
    """There is no derivative anywhere: half of the numbers are 1, the others -1."""
    u = x * summation(lambda b: where(n * b >= n * m, 1, -1), 2 * m)
    return equal(derivative(abs)(u), where(u > 0, 1, -1))


@claim
def a_gap_that_vanishes_with_a_number(x: Real, n: Size):
    """There is no derivative anywhere: the sum is 1."""
    u = x * (summation(lambda b: where(n * b >= n, 1, 0), 2) - 1)
    return equal(derivative(abs)(u), where(u > 0, 1, -1))


@claim
def a_gap_that_is_the_root_of_relu(x: Tensor["n"]):
    """There is no derivative at x < 0."""
    u = sqrt(relu(x))
    return equal(derivative(abs)(u), where(u > 0, 1, -1))


@claim
def a_gap_of_a_function_of_nothing(x: Tensor["n"], y: Tensor["m"]):
    """There is no derivative anywhere: tanh(0) is 0."""
    u = x * tanh(y.sum() - y[::-1].sum())
    return equal(derivative(abs)(u), where(u > 0, 1, -1))


@claim
def a_point_on_a_border(x: Tensor["n"]):
    """There is no derivative at 0, for each of the three: the slopes on both sides are 0 or -1, and 1."""
    return (
        equal(derivative(lambda t: relu(t**3 + t))(0 * x), 0 * x),
        equal(derivative(lambda t: maximum(t**3 + t, 0))(0 * x), 0 * x),
        equal(derivative(lambda t: abs(t**3 + t))(0 * x), -1 + 0 * x),
    )


@claim
def a_point_on_the_border_of_a_function(x: Tensor["n"], s: Smooth):
    """There is no derivative at 0 where s has a slope."""
    return equal(derivative(lambda t: relu(s(t) - s(0)))(0 * x), 0 * x)


@claim
def a_layer_at_a_dead_one(W: Tensor["m", "n"], V: Tensor["n", "k"], x: Tensor["k"]):
    """There is no derivative where V x < 0, as the point is 0 there."""
    h = relu(V @ x)
    return equal(jacobian(lambda v: relu(W @ v))(h), where(W @ h > 0, 1, 0)[:, None] * W)


@claim
def a_function_that_knows_the_point(x: Tensor["n"]):
    """There is no derivative anywhere."""
    return equal(grad(lambda v: abs(v**3 - x**3).sum())(x), -3 * x**2)


@claim
def a_function_that_knows_one_entry(x: Tensor["n"]):
    """There is no derivative at index 0."""
    return equal(derivative(lambda t: abs(t**3 - x[0] ** 3))(x)[0], -3 * x[0] ** 2)


@claim
def a_point_that_is_0_at_size_one(x: Tensor["n"]):
    """There is no derivative at n = 1, where the point is 0; at n = 2 the cubes add up to 0."""
    z = x - x.mean()
    return equal(grad(lambda v: abs((v**3).sum()))(z), 3 * z**2 * where((z**3).sum() > 0, 1, -1))


@claim
def layers_at_points_that_vary(
    W: Tensor["m", "n"], V: Tensor["n", "k"], x: Tensor["k"], c: Tensor["m"], X: Tensor["l", "k"], i: Index["l"]
):
    """True: off the kinks, and at the points of the first no border is met whatever the inputs are."""
    h, z = relu(V @ x), X[i]
    return (
        equal(jacobian(lambda v: relu(W @ v + c))(h), where(W @ h + c > 0, 1, 0)[:, None] * W),
        equal(
            jacobian(lambda v: relu(W @ relu(V @ v)))(x),
            (where(W @ h > 0, 1, 0)[:, None] * W) @ (where(V @ x > 0, 1, 0)[:, None] * V),
        ),
        equal(grad(lambda v: relu((v * x).sum()))(z), where((z * x).sum() > 0, 1, 0) * x),
        equal(derivative(lambda t: relu(t**3 + t))(x), where(x**3 + x > 0, 3 * x**2 + 1, 0)),
    )


@claim
def gaps_that_vary(W: Tensor["m", "n"], V: Tensor["n", "k"], x: Tensor["k"], b: Tensor["m"]):
    """True."""
    z, y, s = W @ tanh(V @ x), W @ relu(V @ x) + b, x * sigmoid(x)
    return tuple(equal(derivative(relu)(u), where(u > 0, 1, 0)) for u in (z, y, s, x**2 - 1))


@claim
def a_kink_in_a_branch_that_is_not_read(x: Real, y: Real):
    """False at x = 0, y = -1."""
    c = y**3 + y
    left = where(c > 0, derivative(relu)(x), 0) + where(x == 0, where(c > 0, 0, 1), 0)
    return equal(left, where(c > 0, where(x > 0, 1, 0), 0))


@claim
def compared_with_pi(x: Real):
    """False at x = pi."""
    return equal(where(x == pi, 1, 0), 0)


# --- conditions that are compared -------------------------------------------------------------------------------------


@claim
def conditions_never_agree(x: Real, y: Real):
    """False at x = y = 1: two conditions are compared entry by entry, not as Python's objects."""
    return equal(where((x > 0) == (y > 0), 1, 0), 0)


@claim
def conditions_always_differ(x: Tensor["n"], y: Tensor["n"]):
    """False at n = x = y = 1."""
    return equal(where((x > 0) != (y > 0), x, 0), x)


@claim
def a_condition_is_never_true(x: Real):
    """False at x = 1."""
    return equal(where((x > 0) == True, x, 0), 0)  # noqa: E712


@claim
def signs_that_agree(x: Tensor["n"], y: Tensor["n"]):
    """True."""
    agree, differ = (x > 0) == (y > 0), (x > 0) ^ (y > 0)
    return (
        equal(where(agree & (x != 0) & (y != 0), x * y, 0), relu(x * y)),
        equal(where(differ, x, y), where(agree, y, x)),
        equal(where((x > 0) != (y > 0), x, y), where(differ, x, y)),
        equal(where((x > 0) == True, x, 0), relu(x)),  # noqa: E712
        equal(where((x > 0) == 0, x, 0), -relu(-x)),
    )


@pytest.mark.parametrize("same", [True, False])
def test_whether_functions_are_one_is_no_question(same: bool) -> None:
    @claim
    def functions_are_two(x: Real, f: Function, g: Function):
        return equal(x * (1 if (f == g if same else f != g) else 0), 0 if same else x)

    with pytest.raises(SymbolicControlFlow, match=r"compare values, as in f\(x\)"):
        prove(functions_are_two)


FALSE = [
    conditions_never_agree,
    conditions_always_differ,
    a_condition_is_never_true,
    signs_of_neighbours,
    zero_outside_of_a_condition,
    zero_of_the_first,
    signs_of_a_product_under_a_condition,
    log_of_a_maximum_that_may_be_negative,
    root_of_a_maximum_that_may_be_negative,
    reshaped_by_hypothesis,
    squeezed_by_hypothesis,
    a_step_that_becomes_zero,
    a_step_that_is_zero_first,
    a_condition_on_another_number,
    a_mask,
    a_border_everywhere,
    a_tie_everywhere,
    relu_of_nothing,
    curvature_of_a_square,
    curvature_where_there_is_none,
    slope_where_there_is_none,
    slope_of_the_absolute_value_at_zero,
    slope_of_a_step,
    a_negative_number_below_a_quotient,
    a_logarithm_in_one_case,
    a_mean_over_nothing,
    a_softmax_over_nothing,
    a_square_of_an_exponential,
    the_larger_exponential,
    a_reciprocal_of_exponentials,
    a_number_beside_nothing,
    an_edge_of_nothing,
    an_image_of_nothing,
    a_mask_of_another_shape,
    a_constant_without_a_value,
    a_point_without_a_value,
    a_power_that_is_one,
    an_entry_that_the_slope_does_not_read,
    a_branch_that_is_dropped,
    a_constant_alone,
    an_entry_that_is_not_there,
    a_function_of_entries_that_are_not_there,
    a_point_that_is_not_there,
    a_point_that_is_a_slope_at_a_kink,
    a_number_that_is_a_slope_at_a_kink,
    an_infinite_function,
    a_softmax_of_infinities,
    a_maximum_of_infinities,
    an_infinite_branch,
    an_infinite_point,
    an_infinite_number,
    a_point_that_is_read_for_most_sizes,
    a_bound_that_is_negative_for_most_sizes,
    the_last_entries_are_all,
    the_sign_of_a_guarded_quotient,
    a_guarded_quotient_that_is_one,
    a_guarded_quotient_cleared,
    a_function_with_a_known_name,
    entries_of_a_loop_by_the_last,
    a_caught_bound,
    a_caught_length,
    a_caught_length_of_an_entry,
    a_gap_that_vanishes,
    a_gap_that_vanishes_at_one_index,
    a_gap_that_vanishes_far_out,
    a_gap_that_vanishes_on_half_of_the_line,
    a_gap_of_functions_that_vanishes,
    a_gap_of_maxima_that_vanishes,
    a_gap_that_vanishes_where_relu_does,
    a_gap_that_vanishes_at_size_one,
    a_point_on_a_border,
    a_point_on_the_border_of_a_function,
    a_layer_at_a_dead_one,
    a_function_that_knows_the_point,
    a_function_that_knows_one_entry,
    a_point_that_is_0_at_size_one,
    a_gap_that_is_the_root_of_relu,
    a_gap_of_a_function_of_nothing,
    a_gap_that_vanishes_as_a_sum,
    a_gap_that_vanishes_with_a_number,
    a_kink_in_a_branch_that_is_not_read,
    compared_with_pi,
]
TRUE = [
    layers_at_points_that_vary,
    a_maximum_that_is_asked_for_nowhere,
    a_maximum_over_itself,
    a_mean_over_something,
    powers_of_an_exponential,
    a_sign_under_the_guard,
    the_larger_of_one_guarded_quotient,
    entries_of_a_loop,
    a_constant_with_a_value,
    a_point_that_is_read,
    entries_that_are_there,
    a_point_that_is_a_slope,
    a_maximum_beside_infinities,
    gaps_that_vary,
    the_last_entries,
    sign_and_zero_of_one,
    log_of_a_root,
    log_of_the_root_of_a_sum,
    log_of_cases,
    reshaped_is_the_same,
    squeezed_is_the_row,
    a_step_that_is_positive,
    a_layer_by_its_input,
    a_tie_by_its_cases,
    signs_that_agree,
]


@pytest.mark.parametrize("false", FALSE, ids=lambda c: c.name)
def test_what_is_false_is_not_proved(false: Any) -> None:
    assert not general.attempt(false).proved
    verdict = prove(false, time_limit=6)
    assert verdict.status != "proved" and not verdict.faults


@pytest.mark.parametrize("true", TRUE, ids=lambda c: c.name)
def test_what_is_true_is_proved_for_every_size(true: Any) -> None:
    verdict = prove(true)
    assert verdict.status == "proved" and verdict.for_all_sizes and not verdict.faults


def test_a_condition_on_sizes_is_refused_though_it_is_caught() -> None:
    with pytest.raises(SymbolicControlFlow):
        prove(a_caught_condition)


def test_all_sizes_that_are_asked_for_are_looked_at() -> None:
    @claim
    def false_at_50(x: Tensor["n"]):
        return equal(fromfunction(lambda i: where(x.shape[0] == 50, 0, x[i]), x.shape), x)

    verdict = prove(false_at_50, sizes={"n": range(1, 100)})
    assert verdict.status == "refuted" and verdict.counterexample is not None
    assert verdict.counterexample.sizes == {"n": 50}


def test_a_kink_is_left_out_where_the_variable_crosses_it() -> None:
    assert prove(the_slope_of_leaky_relu).status == "proved"
    assert any("kinks" in note for note in prove(the_slope_of_leaky_relu).notes)
    assert prove(a_mask).status == prove(a_condition_on_another_number).status == "refuted"
