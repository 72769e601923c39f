"""A claim that a second definition of its name takes away is an error of the file, wherever the file is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from symconv.errors import LoadError
from symconv.faces.loading import ProofFile, load

START = (
    "import symconv as sc\nfrom symconv import Real, claim as theorem, claim, fallacy, equal, picture\nodd = False\n"
)
FIRST = "@claim\ndef f(x: Real):\n    return equal(x, x + 1)\n"
AGAIN = "@claim\ndef f(x: Real):\n    return equal(x + x, 2 * x)\n"


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
        (FIRST + "class C:\n" + indented(AGAIN), [4]),
    ],
)
def test_what_is_there_is_not_lost(tmp_path: Path, text: str, lines: list[int]) -> None:
    assert names(tmp_path, text) == lines
