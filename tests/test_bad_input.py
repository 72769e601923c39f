"""What a new user gets wrong, through the command line: one sentence with file and line each; the rest goes on."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

CLAIMS = """
from symconv import *
import math

@claim
def misspelt_dimension(x: Tensor["m k"]):
    return equal(x, x)

@claim
def unfinished_dimension(x: Tensor["n +"]):
    return equal(x, x)

@claim
def name_taken_twice(n: Real, x: Tensor["n"]):
    return equal(x + n, n + x)

@claim
def computed_float(x: Real):
    return equal(x * (1 / 3), x / 3)

@claim
def float_pi(x: Real):
    return equal(math.pi * x, pi * x)

@claim
def wrong_rank(x: Tensor["n"]):
    return equal(conv2d(x, x), x)

@claim
def raises(x: Tensor["n"]):
    return equal(rleu(x), x)

@claim
def a_method(x: Tensor["n"]):
    return equal(x.exp(), exp(x))

@claim
def wrong_option(X: Tensor["n", "n"]):
    return equal(conv2d(X, X, strides=2), X)

@claim
def no_return(x: Real):
    equal(x, x)

@claim
def a_comparison(x: Real):
    return x == x

@claim
def unused_parameter(x: Real, y: Real):
    return equal(x + x, 2 * x)

@claim
def python_if(x: Real, y: Real):
    return equal(x if x > y else y, maximum(x, y))

@claim
def python_range(n: Size, x: Tensor["n"]):
    return equal(stack([x[i] for i in range(n)]), x)

@claim
def rough(f: Function, x: Real):
    return equal(derivative(f)(x), x)

@claim
def own_unknown(x: Real):
    return equal(x * tensor("y"), tensor("y") * x)

@claim
def swapped_arguments(x: Tensor["n"]):
    return equal(cumsum(0, x), x)

@claim
def wrong_call_within_an_entry(x: Tensor["n"]):
    return equal(fromfunction(lambda i: cumsum(0, x), (3,)), x[0])

@claim
def index_error_within_an_entry(x: Tensor["n"]):
    return equal(fromfunction(lambda i: [x[0]][3], (3,)), x[0])

@claim
def value_error_within_an_entry(x: Tensor["n"]):
    return equal(fromfunction(lambda i: int("three"), (3,)), x[0])

@claim
def key_error_within_an_entry(x: Tensor["n"]):
    return equal(fromfunction(lambda i: {}[2], (3,)), x[0])

@claim
def wrong_rank_within_an_entry(x: Tensor["n"]):
    return equal(fromfunction(lambda i: x[0, i], (3,)), x[0])

@claim
def recursion_within_an_entry(x: Tensor["n"]):
    def f(i): return f(i)
    return equal(fromfunction(f, (3,)), x[0])

@claim
def no_function(x: Tensor["n"]):
    return equal(fromfunction(x, (3,)), x[0])

@claim
def never_ends(x: Real):
    while x is not None:
        pass

@claim
def catches_everything(x: Real):
    while x is not None:
        try:
            while True:
                pass
        except Exception:
            pass

@claim
def mismatched_shapes(x: Tensor["m"], y: Tensor["n"]):
    return equal(x + y, y + x)

@claim
def the_good_one(x: Real):
    return equal(x + x, 2 * x)
"""

# claim: what its line says
ERRORS = {
    "misspelt_dimension": 'unexpected "k" at column 3 of "m k" (a product is written with *)',
    "unfinished_dimension": '"n +" ends where an integer, a name or a parenthesis is missing',
    "name_taken_twice": 'n is a size in x: Tensor["n"] and also a parameter, n: Real',
    "computed_float": "write Fraction(1, 3), or divide a tensor or size instead, as in x / 3",
    "float_pi": "use symconv's own pi",
    "wrong_rank": "conv2d of a tensor of 1 axes; need (H, W)",
    "raises": "raised NameError: name 'rleu' is not defined",
    "a_method": "a tensor has no attribute exp; write exp(x)",
    "wrong_option": "conv2d has no argument strides; write stride",
    "no_return": "returned nothing; a claim ends with `return equal(left, right)`",
    "a_comparison": "returned a comparison (==, <, ...), which states nothing",
    "unused_parameter": "never uses its parameter y",
    "python_if": "use where(condition, a, b)",
    "python_range": "instead of range(n) use summation",
    "rough": "declare it Differentiable",
    "swapped_arguments": "raised TypeError: an axis is a literal integer",
    "wrong_call_within_an_entry": "raised TypeError: an axis is a literal integer",
    "index_error_within_an_entry": "raised IndexError: list index out of range",
    "value_error_within_an_entry": "raised ValueError: invalid literal for int()",
    "key_error_within_an_entry": "raised KeyError: 2",
    "wrong_rank_within_an_entry": "2 indices for a tensor of 1 axes",
    "recursion_within_an_entry": "raised RecursionError: maximum recursion depth",
    "no_function": "raised TypeError: fromfunction takes a function of the indices first",
    "own_unknown": "the unknowns of a claim are its parameters",
}


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder: Path = tmp_path_factory.mktemp("bad")
    (folder / "bad.py").write_text(CLAIMS)
    (folder / "not_python.py").write_text("from symconv import claim\n\ndef f(:\n")
    (folder / "misspelt.py").write_text("from symconv import claim, Tesnor\n\n@claim\ndef f(): pass\n")
    command = [sys.executable, "-m", "symconv", "prove", "bad.py", "not_python.py", "misspelt.py", "missing.py"]
    done = subprocess.run(
        [*command, "--time-limit", "1"], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stdout + done.stderr and "FAULT" not in done.stdout
    return done.stdout.splitlines()


@pytest.mark.parametrize("name", ERRORS)
def test_one_sentence_with_file_and_line(lines: list[str], name: str) -> None:
    (line,) = [line for line in lines if f" {name} (" in line]
    assert line.startswith("ERROR ") and ERRORS[name] in line
    found = re.search(r"\(bad\.py:(\d+)\)", line)
    assert found is not None
    body = CLAIMS.splitlines().index(next(text for text in CLAIMS.splitlines() if f"def {name}(" in text))
    assert body <= int(found[1]) <= body + 2  # the decorator's line, or the line that raises
    assert line.count("bad.py:") == 1


@pytest.mark.parametrize("name", ["never_ends", "catches_everything"])
def test_a_claim_that_never_ends_is_undecided(lines: list[str], name: str) -> None:
    (place,) = [place for place, line in enumerate(lines) if f"::{name} " in line]
    assert lines[place].startswith("UNDECIDED")
    assert "the time limit of 1 s" in lines[place + 1]


def test_mismatched_shapes_are_refuted_with_the_sizes(lines: list[str]) -> None:
    (place,) = [place for place, line in enumerate(lines) if "::mismatched_shapes " in line]
    assert lines[place].startswith("REFUTED")
    assert lines[place + 1] == "  smallest case: m = 2, n = 3"
    assert "undefined: shapes (2,) and (3,) do not broadcast" in lines[place + 3]


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("ERROR      not_python.py:3: not Python", "invalid syntax"),
        ("ERROR      misspelt.py:1: importing it raised ImportError", "Tesnor"),
        ("ERROR      missing.py: no such file", "a target is a folder"),
        ("proved     bad.py::the_good_one", ""),
    ],
)
def test_the_other_files_and_claims_go_on(lines: list[str], start: str, words: str) -> None:
    (line,) = [line for line in lines if line.startswith(start)]
    assert words in line
