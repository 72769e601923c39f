"""Pictures of proof files: what may be one, what its panels hold, and the images that are made of them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

import symconv
from symconv.claims import pictures_of
from symconv.errors import LoadError
from symconv.faces.loading import ProofFile, find, load_contents
from symconv.faces.outcome import Panel, exit_code
from symconv.faces.report.sides import sides
from symconv.faces.runner import Run
from symconv.faces.worker import Limits, Wishes
from symconv.verdict import Counterexample

np = pytest.importorskip("numpy")
pytest.importorskip("matplotlib")
from symconv.faces.panels import PictureError, illustrate, panels_of, photograph  # noqa: E402
from symconv.faces.report.heatmaps import drawn  # noqa: E402


def pixels(png: bytes) -> Any:
    from matplotlib.image import imread

    return imread(io.BytesIO(png), format="png")


# ---- marking ---------------------------------------------------------------------------------------------------------


def test_a_picture_takes_one_photograph_or_nothing() -> None:
    with pytest.raises(TypeError, match="@picture two has the parameters a, b; a picture takes one"):

        @symconv.picture
        def two(a: Any, b: Any) -> dict[str, Any]:
            return {}

    with pytest.raises(TypeError, match="@picture takes a function, and got int"):
        symconv.picture(3)  # type: ignore[arg-type]


def test_pictures_of_other_modules_are_not_ones_own(tmp_path: Path) -> None:
    text = 'from symconv import claim, picture\n@picture\ndef one():\n    """One."""\n    return {"a": [[1]]}\n'
    (tmp_path / "first.py").write_text(text)
    (tmp_path / "second.py").write_text("from first import one\n" + text.replace("def one", "def two"))
    for name, wanted in (("first", ["one"]), ("second", ["two"])):
        contents = load_contents(ProofFile(tmp_path / f"{name}.py", name, found=True))
        assert [each.name for each in contents.pictures] == wanted
    assert pictures_of({}) == []


def test_pictures_are_for_whole_files(tmp_path: Path) -> None:
    (tmp_path / "p.py").write_text(
        "from symconv import Real, claim, equal, picture\n@claim\ndef same(x: Real): return equal(x + x, 2 * x)\n"
        "@picture\ndef one(): return {'a': [[1]]}\n"
    )

    def names(target: str, *, wished: bool) -> list[str | None]:
        return [each.name for each in Run(find([target]), limits=Limits(60), wishes=Wishes(pictures=wished))]

    assert names(str(tmp_path / "p.py"), wished=True) == ["same", "one"]
    assert names(str(tmp_path / "p.py"), wished=False) == ["same"]
    assert names(f"{tmp_path / 'p.py'}::same", wished=True) == ["same"]
    with pytest.raises(LoadError, match="no such claim"):
        load_contents(ProofFile(tmp_path / "p.py", "p.py", ("one",)))


# ---- panels ----------------------------------------------------------------------------------------------------------


def test_the_photograph_is_what_the_documentation_says() -> None:
    photo = photograph()
    assert photo.shape == (3, 360, 360)
    assert photo.min() >= 0
    assert photo.max() <= 1
    assert photo.std() > 0.1


def test_operations_in_a_picture_are_numeric() -> None:
    """The difference filter against slices of NumPy; literals and makers of tensors are numbers as well."""

    @symconv.picture
    def edges(photo: Any) -> dict[str, Any]:
        X = photo.mean(axis=0)
        return {
            "down": symconv.conv2d(X, [[0, 0, 0], [0, -1, 0], [0, 1, 0]], padding=1),
            "w": symconv.eye(3)[:, :, None, None] * symconv.ones((2, 2)) / 4,
        }

    down, w = panels_of(edges)
    gray = photograph().mean(axis=0)
    expected = np.vstack([gray[1:] - gray[:-1], -gray[-1:]])
    np.testing.assert_allclose(down.values, expected, atol=1e-12)
    np.testing.assert_array_equal(w.values[1, 1], np.full((2, 2), 0.25))
    np.testing.assert_array_equal(w.values[1, 2], np.zeros((2, 2)))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (None, "gives NoneType; a picture gives a dictionary from captions to arrays"),
        ({}, "gives dict; a picture gives a dictionary"),
        ({"a": 3}, r"panel 'a' has shape \(\); a panel has shape \(m, n\)"),
        ({"a": np.zeros((2, 5, 5))}, r"panel 'a' has shape \(2, 5, 5\)"),
        ({"a": np.zeros((0, 5))}, r"panel 'a' has shape \(0, 5\)"),
        ({"a": "text"}, "panel 'a' is no array of numbers"),
        ({"a": [[1.0, float("nan")]]}, "panel 'a' has entries that are not finite"),
    ],
)
def test_what_cannot_be_shown_is_one_sentence(given: Any, sentence: str) -> None:
    @symconv.picture
    def wrong() -> Any:
        return given

    with pytest.raises(PictureError, match=sentence):
        panels_of(wrong)
    outcome = illustrate(wrong, "file.py")
    assert outcome.error is not None
    assert outcome.error.startswith(f"file.py:{wrong.line}: picture wrong: ")


def test_a_picture_that_fails_or_never_ends_costs_only_itself(tmp_path: Path) -> None:
    (tmp_path / "p.py").write_text(
        "from symconv import Real, claim, equal, picture\n@claim\ndef same(x: Real): return equal(x + x, 2 * x)\n"
        "@picture\ndef fails(): raise KeyError('no')\n"
        "@picture\ndef leaves(): raise SystemExit\n"
        "@picture\ndef loops():\n    while True: pass\n"
    )
    outcomes = list(Run(find([str(tmp_path / "p.py")]), limits=Limits(2.0), wishes=Wishes(pictures=True)))
    assert [(outcome.name, outcome.status) for outcome in outcomes] == [
        ("same", "proved"),
        ("fails", "error"),
        ("leaves", "error"),
        ("loops", "error"),
    ]
    errors = [outcome.error or "" for outcome in outcomes[1:]]
    assert "picture fails ended in KeyError: 'no'" in errors[0]
    assert "picture loops: the time limit of 2 s was reached" in errors[2]
    assert exit_code(outcomes) == 2
    assert exit_code(outcomes[:1]) == 0


# ---- images ----------------------------------------------------------------------------------------------------------


def test_the_same_array_gives_the_same_bytes() -> None:
    for values in ([[0.0, -1.0], [1.0, 0.5]], np.linspace(0, 1, 400).reshape(20, 20), np.ones((2, 3, 2, 2))):
        panel = Panel("a", np.asarray(values))
        assert drawn(panel).png == drawn(panel).png


def test_a_gray_image_keeps_its_numbers() -> None:
    values = np.linspace(0, 1, 400).reshape(20, 20)
    image = pixels(drawn(Panel("ramp", values)).png)
    assert image.shape[:2] == (360, 360)  # whole pixels, 18 for each entry
    np.testing.assert_allclose(image[9::18, 9::18, 0], values, atol=0.5 / 255 + 1e-6)
    np.testing.assert_array_equal(image[:, :, 0], image[:, :, 2])


def test_signs_are_told_by_colour() -> None:
    values = np.zeros((20, 20))
    values[0, 0], values[19, 19] = -1.0, 1.0
    image = drawn(Panel("d", values))
    shown = pixels(image.png)
    red, blue = shown[:, :, 0], shown[:, :, 2]
    assert blue[9, 9] > red[9, 9]
    assert red[-9, -9] > blue[-9, -9]
    assert shown[180, 180, :3].min() > 0.95
    assert "blue" in image.alt


def test_a_dark_image_says_its_scale() -> None:
    image = drawn(Panel("dark", np.linspace(0, 0.006, 400).reshape(20, 20)))
    assert "white 0.006" in image.alt
    assert pixels(image.png)[:, :, 0].max() == 1.0


def test_a_heat_map_tells_its_numbers_in_words() -> None:
    assert drawn(Panel("w", np.array([[0.0, -1.0], [1 / 9, 0.25]]))).alt == "w: heat map, 0 −1 / 1/9 0.25"


def counterexample(left: str, right: str) -> Counterexample:
    return Counterexample("f()", {}, {}, left, right)


def test_the_sides_of_a_counterexample() -> None:
    panels = sides(counterexample("[[1, 1/2], [0.25, -3]]", "[[1, 0], [0, 0]]"))
    assert [panel.caption for panel in panels] == ["left side", "right side", "left − right"]
    assert panels[2].values.tolist() == [[0, 0.5], [0.25, -3]]
    assert [panel.values.shape for panel in sides(counterexample("[[[1]], [[2]]]", "[[[1]], [[3]]]"))] == [(1, 2)] * 3
    assert sides(counterexample("[[[[1, 2]]]]", "[[[[1, 3]]]]"))[0].values.shape == (1, 2)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("1", "2"),
        ("[[1]]", "[[2]]"),
        ("[1, 2]", "[1, 2, 3]"),
        ("undefined: x", "[1, 2]"),
        ("[1, 1/0]", "[1, 2]"),
        ("[[1], [1, 2]]", "[1, 2]"),
        ("[1, 2", "[1, 2]"),
        ("[1 2]", "[1, 2]"),
        ("[1, -]", "[1, 2]"),
        ("[__import__]", "[1, 2]"),
        ("1" * 5000 + "x", "[1, 2]"),  # read in one go, however many ways there are to see numbers in it
    ],
)
def test_sides_that_are_no_two_arrays_have_no_picture(left: str, right: str) -> None:
    assert sides(counterexample(left, right)) == ()
