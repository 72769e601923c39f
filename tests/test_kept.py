"""Code of a claim or of its file that puts something else in the place of Python's own names spoils no proof."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from symconv import Claim, ClaimError, Real, Tensor, claim, equal, fromfunction, prove
from symconv.claims import picture
from symconv.claims.kept import BuiltinsKept
from symconv.faces.loading import ProofFile, load
from symconv.faces.panels import panels_of

NAMES = ("all", "any", "len", "isinstance", "sorted", "next", "vars", "setattr", "print")


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    """Each test leaves Python's own names as they were, or fails."""
    former = dict(vars(builtins))
    yield
    found = dict(vars(builtins))
    vars(builtins).update(former)
    assert {name for name in former if found.get(name) is not former[name]} <= {"_"}


def _yes(*arguments: Any, **options: Any) -> bool:
    return True


def _spoil(name: str) -> None:
    vars(builtins)[name] = _yes


@pytest.mark.parametrize("name", NAMES)
def test_a_claim_that_changes_a_name_of_python_is_refused(name: str) -> None:
    @claim
    def spoils(x: Real):  # type: ignore[no-untyped-def]
        _spoil(name)
        return equal(x, 2 * x)

    former = vars(builtins)[name]
    with pytest.raises(ClaimError, match=f"in the place of Python's own {name}; a claim leaves"):
        prove(spoils)
    assert vars(builtins)[name] is former
    with pytest.raises(ClaimError, match="claim leaves these names as they are"):
        spoils(x=1)


@pytest.mark.parametrize("name", ["all", "any", "sorted"])
def test_so_is_one_whose_entries_do(name: str) -> None:
    """What a claim gives to symconv is called after its body has returned, while it is proved."""

    @claim
    def spoils(x: Tensor["n"]):  # type: ignore[no-untyped-def]
        def entry(i: Any) -> Any:
            _spoil(name)
            return x[i]

        return equal(fromfunction(entry, x.shape), 2 * x)

    with pytest.raises(ClaimError):
        prove(spoils)


def test_a_name_that_is_deleted_is_put_back() -> None:
    former = builtins.len
    with BuiltinsKept() as kept:
        del vars(builtins)["len"]
    assert kept.changed == ("len",) and len is former


def test_new_names_and_the_last_shown_stay() -> None:
    with BuiltinsKept() as kept:
        vars(builtins)["symconv_added"] = 1
    assert kept.changed == () and vars(builtins).pop("symconv_added") == 1


def test_names_are_put_back_where_the_code_raises() -> None:
    with pytest.raises(ValueError, match="as it is"), BuiltinsKept():
        _spoil("print")
        raise ValueError("as it is")


FILE = """
import builtins
from symconv import Real, claim, equal

@claim
def one_is_two(x: Real):
    return equal(x, 2 * x)

for name in {names}:
    vars(builtins)[name] = lambda *arguments, **options: True
{more}
"""


@pytest.mark.parametrize("names", [("all",), ("any", "len", "print"), NAMES[:6]], ids=str)
def test_a_file_that_changes_names_spoils_neither_its_claims_nor_others(tmp_path: Path, names: tuple[str, ...]) -> None:
    file = tmp_path / "spoils.py"
    file.write_text(FILE.format(names=names, more=""))
    (found,) = load(ProofFile(file, "spoils.py"))
    assert prove(found).status == "refuted"


def test_nor_does_one_that_fails_to_load(tmp_path: Path) -> None:
    file = tmp_path / "fails.py"
    file.write_text(FILE.format(names=("len", "isinstance", "next"), more="raise ValueError(3)"))
    with pytest.raises(Exception, match="importing it raised ValueError: 3"):
        load(ProofFile(file, "fails.py"))


def test_nor_does_a_picture() -> None:
    pytest.importorskip("matplotlib")

    @picture
    def drawn() -> dict[str, Any]:
        """Two numbers."""
        _spoil("print")
        return {"two": [[0.0, 1.0]]}

    former = builtins.print
    (panel,) = panels_of(drawn)
    assert builtins.print is former and panel.caption == "two"


def test_a_claim_as_others_leaves_all_as_it_is() -> None:
    @claim
    def fine(x: Real):  # type: ignore[no-untyped-def]
        return equal(x + x, 2 * x)

    assert isinstance(fine, Claim) and prove(fine).status == "proved"
