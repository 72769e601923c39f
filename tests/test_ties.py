"""Derivatives of maxima whose parts agree on an open set: there the derivative exists, and is that of either part."""

from __future__ import annotations

from symconv import Real, Tensor, array, claim, derivative, equal, jacobian, maximum, maximum_over, prove, relu, where
from symconv import abs as abs_
from symconv.kernel.general import reads
from symconv.prover import general


def nested(y):
    return lambda z: maximum(maximum(z, y), z)


def listed(y):
    return lambda z: maximum_over(lambda a: array([z, y, z])[a], 3)


@claim
def a_part_that_occurs_twice(x: Real, y: Real):
    return equal(derivative(nested(y))(x), where(x > y, 1, 0))


@claim
def an_entry_that_occurs_twice(x: Real, y: Real):
    return equal(derivative(listed(y))(x), where(x > y, 1, 0))


@claim
def a_maximum_of_the_same(x: Tensor["n"]):
    return equal(derivative(lambda z: maximum(z, z))(x), 1)


@claim
def a_maximum_is_homogeneous(x: Tensor["n"]):
    return equal(jacobian(lambda x: x.max())(x) @ x, x.max())


@claim
def nothing_for_a_part_that_occurs_twice(x: Real, y: Real):
    return equal(derivative(nested(y))(x), 0 * x)


@claim
def nothing_for_an_entry_that_occurs_twice(x: Real, y: Real):
    return equal(derivative(listed(y))(x), 0 * x)


@claim
def twice_the_empty_case(x: Tensor["n"]):
    return equal(derivative(lambda z: maximum(z, z))(x), 2 * where(x > x, 1, 0))


def test_true_statements_are_proved() -> None:
    for statement in (a_part_that_occurs_twice, a_maximum_of_the_same):
        assert prove(statement).status == "proved", statement.name
    assert prove(a_maximum_is_homogeneous, sizes={"n": [1, 2, 3]}).status == "proved"


def test_a_true_statement_that_is_open_at_the_tie_is_not_refuted() -> None:
    # At x = y the derivative does not exist; that this point may be left out is not seen.
    assert prove(an_entry_that_occurs_twice).status != "refuted"


def test_false_statements_are_not_proved() -> None:
    false = (nothing_for_a_part_that_occurs_twice, nothing_for_an_entry_that_occurs_twice, twice_the_empty_case)
    for statement in false:
        assert prove(statement).status != "proved", statement.name


def test_a_kink_in_a_branch_excuses_nothing_outside_of_it() -> None:
    """Where y <= 0 the derivative is not asked for, and x = 0 is allowed."""

    @claim
    def excused(x: Tensor["n"], y: Tensor["n"]):
        slope = where(y > 0, 0 * derivative(relu)(x), 0)
        return equal(slope + where(x == 0, 1, 0), 0 * x)

    assert not general.attempt(excused).proved


def test_a_maximum_is_not_seen_to_vary() -> None:
    """It could be told that it is 0 at single points only; no rule does, and nothing is said."""

    @claim
    def slope_at_a_maximum(v: Tensor["n"]):
        return equal(derivative(abs_)(v.max()), where(v.max() > 0, 1, -1))

    assert not general.attempt(slope_at_a_maximum).proved
    assert prove(slope_at_a_maximum).status == "undecided"


def test_a_truth_value_reads_nothing() -> None:
    assert not reads.may_leave(True)
