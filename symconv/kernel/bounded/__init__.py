"""Equality at small sizes, entry by entry: sparse polynomials and quotients over the rationals, without isl.

`grid` takes whole grids of polynomial entries, `algebra` everything else; `polynomials` asks whether a difference
vanishes, in all cases of signs.
"""
