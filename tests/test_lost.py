"""A claim that a second definition of its name takes away is an error of the file, wherever the file is read."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from symconv.errors import LoadError
from symconv.faces.loading import ProofFile, load

START = (
    "import symconv as sc\nfrom symconv import Real, claim as theorem, claim, fallacy, equal, picture\nodd = False\n"
)
FIRST = "@claim\ndef f(x: Real):\n    return equal(x, x + 1)\n"
AGAIN = "@claim\ndef f(x: Real):\n    return equal(x + x, 2 * x)\n"


RENAMED = "import dataclasses\ng = dataclasses.replace(make(), name='g')\n"


def indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


def names(folder: Path, text: str) -> list[int]:
    file = folder / "twice.py"
    file.write_text(START + text)
    return [each.line for each in load(ProofFile(file, "twice.py"))]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (FIRST + AGAIN, "twice.py:4: claim f is lost, since line 7 defines f again; give each a name of its own"),
        (FIRST + "def f(x): pass\n" + AGAIN.replace("f(", "g("), "twice.py:4: claim f is lost, since line 7"),
        (FIRST + "class f: pass\n" + AGAIN.replace("f(", "g("), "twice.py:4: claim f is lost, since line 7"),
        (FIRST.replace("@claim", "@theorem") + AGAIN, "twice.py:4: claim f is lost, since line 7"),
        (FIRST.replace("@claim", "@sc.fallacy()") + AGAIN, "twice.py:4: fallacy f is lost, since line 7"),
        ("@picture\ndef f():\n    return {}\n" + AGAIN, "twice.py:4: picture f is lost, since line 7"),
        ("if not odd:\n" + indented(FIRST) + AGAIN, "twice.py:5: claim f is lost, since line 8"),
        ("if not odd:\n" + indented(FIRST + AGAIN), "twice.py:5: claim f is lost, since line 8"),
        (FIRST + "f, g = 1, 2\n" + AGAIN.replace("f(", "h("), "claim f is lost, since the file gives its name to some"),
    ],
)
def test_a_lost_claim_is_an_error_that_names_both_lines(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(LoadError) as caught:
        names(tmp_path, text)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("if odd:\n" + indented(FIRST) + "else:\n" + indented(AGAIN), [9]),
        ("if not odd:\n" + indented(FIRST) + "else:\n" + indented(AGAIN), [5]),
        ("if odd:\n" + indented(FIRST) + "elif not odd:\n" + indented(AGAIN) + "else:\n" + indented(AGAIN), [9]),
        ("try:\n" + indented(FIRST) + "except ImportError:\n" + indented(AGAIN), [5]),
        ("match odd:\n    case 3:\n" + indented(indented(FIRST)) + "    case _:\n" + indented(indented(AGAIN)), [10]),
        (FIRST + "del f\n" + AGAIN.replace("f(", "g("), [8]),
        (FIRST + "g = f\n" + AGAIN, [4, 8]),
        ("def f(): pass\n" + AGAIN, [5]),
        (FIRST + "def g():\n" + indented(AGAIN), [4]),
        (FIRST + "def make():\n" + indented(AGAIN) + "    return f\ng, h = make(), make()\n", [4, 8, 8]),
        ("def make():\n" + indented(FIRST) + "    return f\nfor k in 'ab':\n    globals()[k] = make()\n", [5, 5]),
        ("def make():\n" + indented(FIRST) + "    return f\n" + RENAMED, [5]),
        ("from beside_twice import stated, make\nmake(), make()\n" + AGAIN, [6]),
    ],
)
def test_what_is_there_is_not_lost(tmp_path: Path, text: str, lines: list[int]) -> None:
    # What an imported file loses is its own affair.
    (tmp_path / "beside_twice.py").write_text(
        f"{START}def make():\n{indented(FIRST)}    return f\nstated, _ = make(), make()\n"
    )
    try:
        assert names(tmp_path, text) == lines
    finally:
        sys.modules.pop("beside_twice", None)  # it lies in a folder of this test


MAKE = "def make(k):\n" + indented(AGAIN.replace("2 * x", "k * x")) + "    return f\n"
"""The claim that it makes begins at line 5 of the file."""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (MAKE + "for k in (2, 3):\n    c = make(k)\n", "twice.py:5: claim f is lost, since no name of the file"),
        (MAKE + "c = make(3)\nc = make(2)\n", "twice.py:5: claim f is lost"),
        (MAKE + "make(3)\n", "twice.py:5: claim f is lost"),
        (MAKE + "many = [make(k) for k in range(3)]\n", "twice.py:5: claim f is lost"),
        (MAKE.replace("@claim", "@fallacy()") + "c = make(3)\ndel c\n", "twice.py:5: fallacy f is lost"),
        ("many = []\n@many.append\n" + FIRST, "twice.py:5: claim f is lost"),
        (FIRST + "class C:\n" + indented(AGAIN), "twice.py:8: claim f is lost"),
        (FIRST + "f = claim(f.function)\nf = g = 1\n", "twice.py:4: claim f is lost"),
        (FIRST + "del f\n" + AGAIN + "f = 1\n", "claim f is lost"),
    ],
)
def test_a_claim_that_was_made_and_that_nothing_holds_is_an_error(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(LoadError) as caught:
        names(tmp_path, text)
    assert reason in str(caught.value)


def test_claims_count_for_the_file_that_is_loaded(tmp_path: Path) -> None:
    """Those made before, or while another file is loaded, are none of its own."""
    with pytest.raises(LoadError):
        names(tmp_path, MAKE + "make(3)\n")
    assert names(tmp_path, AGAIN) == [4]
