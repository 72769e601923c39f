"""The only code that a proof trusts: terms, and two engines that compare them and share nothing else.

`terms` and `index` say what an entry of a tensor is, `calculus` how it is differentiated. `general` decides for every
size, `bounded` at small ones; `linear` tells both which signs contradict each other.
"""
