"""The report: what a reader sees of a small proof file, in each format; what is refused; that nothing can break out."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from symconv.faces.exposition import Formula
from symconv.faces.loading import find
from symconv.faces.outcome import Outcome
from symconv.faces.report import markdown, writing
from symconv.faces.report.blocks import Badge, Bullets, Folded, plain_text
from symconv.faces.report.claim_section import claim_section
from symconv.faces.report.engine import EngineError, engine, find_engine, overfull, pdf, typeset
from symconv.faces.report.prose import blocks_of, inlines
from symconv.faces.report.tex import tex
from symconv.faces.report.tex_text import escaped
from symconv.faces.runner import Run
from symconv.faces.worker import Limits, Wishes

HOSTILE = r"<script>alert(1)</script> & \input{/etc/passwd} $x$ 50% a__b ^ ~ # \end{document} {{ ` ☃ é"
SMALL = f'''
r"""Sums & <b>more</b>: {HOSTILE}

1 claim, with \\write18{{touch /tmp/owned}} and [a link](javascript:alert(1)).

- one item with X_{{i,j}} and `adding_commutes`
- another
"""
from symconv import Real, Size, Tensor, by, claim, conv2d, equal, fallacy, maximum, picture

@picture
def edges(photo):
    r"""A photograph: {HOSTILE}"""
    w = [[-1, 1]]
    return {{r"w {HOSTILE}": w, "X": photo, "Y": conv2d(photo[0], w), "kernel": [[[[1, 2]], [[3, 4]]]]}}

@claim
def adding_commutes(x: Tensor["n"], y: Tensor["n"]):
    r"""x + y = y + x: {HOSTILE}"""
    return equal(x + y, by(r"{HOSTILE}", y + x))

@fallacy
def reversed_is_the_same(x: Tensor["n"]):
    """A vector read backwards; beside it is `adding_commutes`."""
    return equal(x[::-1], x)

@claim
def one_is_two(x: Real):
    return equal(x, 2 * x)

@claim
def raises(x: Real):
    r"""It raises: {HOSTILE}"""
    raise ValueError(r"{HOSTILE}")
'''
GOOD = '''
"""Adding."""
from symconv import Real, claim, equal

@claim
def adding_commutes(x: Real, y: Real):
    """x + y = y + x."""
    return equal(x + y, y + x)
'''


@pytest.fixture(scope="module")
def proved(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Outcome], Mapping[str, str]]:
    pytest.importorskip("matplotlib")
    file = tmp_path_factory.mktemp("small") / "a & <b> #1.py"
    file.write_text(SMALL, encoding="utf-8")
    run = Run(find([str(file)]), limits=Limits(60), wishes=Wishes(pictures=True, index_origin=1))
    return list(run), run.docs


def written(proved: tuple[list[Outcome], Mapping[str, str]], path: Path) -> str:
    outcomes, docs = proved
    writing.report(outcomes, docs, writing.target(str(path)), "")
    return path.read_text(encoding="utf-8")


def test_the_small_file_has_one_outcome_of_each_kind(proved: tuple[list[Outcome], Mapping[str, str]]) -> None:
    statuses = {outcome.name: (outcome.status, outcome.as_claimed) for outcome in proved[0]}
    assert statuses == {
        "edges": ("listed", True),
        "adding_commutes": ("proved", True),
        "reversed_is_the_same": ("refuted", True),
        "one_is_two": ("refuted", False),
        "raises": ("error", False),
    }


# ---- HTML ------------------------------------------------------------------------------------------------------------

VOID = {"meta", "link", "img", "wbr", "br"}


class Page(HTMLParser):
    """What a page holds: its elements with their attributes, its text, and whether its tags match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def page(proved: tuple[list[Outcome], Mapping[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Page:
    return Page(written(proved, tmp_path_factory.mktemp("html") / "report.html"))


def test_the_helper_can_fail() -> None:
    with pytest.raises(AssertionError):
        Page("<p><b>no end</p>")


def test_a_page_needs_no_network_and_no_script(page: Page) -> None:
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "iframe", "object", "embed", "base", "form", "svg"}
    for tag, attributes in page.elements:
        assert not any(name.startswith("on") for name in attributes), tag
        for name in ("src", "href", "srcset", "action", "data", "poster"):
            value = attributes.get(name)
            assert value is None or value.startswith(("data:", "#")), (tag, name, value)
    style = "".join(page.words)
    assert "@import" not in style
    assert "url(" not in style
    assert any((each.get("content") or "").startswith("default-src 'none'") for each in page.all("meta"))


def test_headings_are_in_order_and_landmarks_are_there(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    tags = [tag for tag, _ in page.elements]
    assert all(tags.count(landmark) == 1 for landmark in ("header", "nav", "main"))
    assert page.all("html") == [{"lang": "en"}]


def test_links_lead_somewhere_and_names_are_unique(page: Page) -> None:
    anchors = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(anchors) == len(set(anchors))
    links = [each["href"] or "" for each in page.all("a")]
    assert len(links) > 10
    assert {link[1:] for link in links} <= set(anchors)
    labels = {attributes["aria-labelledby"] for _, attributes in page.elements if "aria-labelledby" in attributes}
    assert labels <= set(anchors)


def test_every_formula_is_mathml(page: Page) -> None:
    assert len(page.all("math")) > 8
    assert not [each for each in page.all("code") if each.get("class") == "formula"]


def test_images_are_within_and_described(page: Page) -> None:
    images = page.all("img")
    assert len(images) == 4 + 3  # the picture's panels; left, right and difference of the refuted claim of two entries
    assert all((each["src"] or "").startswith("data:image/png;base64,iVBOR") for each in images)
    assert all(each["alt"] and each["width"] and each["height"] for each in images)
    assert "X: colour image of 360 x 360 pixels" in [each["alt"] for each in images]


def test_hostile_text_is_shown_as_it_is(page: Page) -> None:
    text = "".join(page.words)
    # docstring of the file (its heading and its entry among the contents), of a claim, of a picture; reason; error
    assert text.count("<script>alert(1)</script> & \\input{/etc/passwd} $x$ 50% a__b ^ ~ #") >= 6
    assert "☃ é" in text
    assert "[a link](javascript:alert(1))" in text


def test_a_page_says_what_is_known(page: Page) -> None:
    text = " ".join("".join(page.words).split())
    for words in (
        "1 claim proved, 1 claim refuted, 1 fallacy refuted, 1 error: 2 NOT AS CLAIMED.",
        "Proved for every n ≥ 1.",
        "Refuted, as a fallacy should be.",
        "reversed_is_the_same(x=[",
        "Mistaken for it: reversed_is_the_same",
        "spot checks at random entries",
        "The sides first differ at the index",
        "Contents",
        "Verdicts at a glance",
    ):
        assert words in text, words


# ---- LaTeX and PDF ---------------------------------------------------------------------------------------------------

needs_tex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")


def pdflatex() -> Any:
    return engine("pdflatex", shutil.which("pdflatex") or "")


def test_latex_is_ascii_and_hostile_text_is_no_command(
    proved: tuple[list[Outcome], Mapping[str, str]], tmp_path: Path
) -> None:
    source = written(proved, tmp_path / "report.tex")
    assert source.isascii()
    assert source.count(r"\end{document}") == 1
    for command in (r"\input", r"\write18", r"\include{"):
        assert command not in source
    assert r"\textbackslash{}input\{/etc/passwd\}" in source
    named = set(re.findall(r"report_images/[\w-]+\.png", source))
    assert len(named) == 7
    assert {f"report_images/{file.name}" for file in (tmp_path / "report_images").iterdir()} == named


@needs_tex
def test_a_pdf_is_made_without_overfull_boxes(proved: tuple[list[Outcome], Mapping[str, str]], tmp_path: Path) -> None:
    source = written(proved, tmp_path / "report.tex")
    images = {f"report_images/{file.name}": file.read_bytes() for file in (tmp_path / "report_images").iterdir()}
    made = typeset(pdflatex(), source, images)
    assert made.pdf.startswith(b"%PDF")
    assert [points for points in overfull(made.log) if points > 10] == []


@needs_tex
@pytest.mark.slow
def test_the_proofs_are_set_without_overfull_boxes(tmp_path: Path) -> None:
    folder = Path(__file__).parent.parent / "proofs"
    files = [str(folder / f"{name}.py") for name in ("finite_differences", "average_pooling", "backpropagation")]
    run = Run(find(files), jobs=2, wishes=Wishes(index_origin=0))
    outcomes = list(run)
    assert all(outcome.as_claimed and outcome.exposition is not None for outcome in outcomes)
    writing.report(outcomes, run.docs, writing.target(str(tmp_path / "report.tex")), "no pictures")
    drawn = {f"report_images/{path.name}": path.read_bytes() for path in (tmp_path / "report_images").glob("*")}
    made = typeset(pdflatex(), (tmp_path / "report.tex").read_text(), drawn)
    assert [points for points in overfull(made.log) if points > 10] == []
    writing.report(outcomes, run.docs, writing.target(str(tmp_path / "report.html")), "no pictures")
    assert 'class="formula"' not in (tmp_path / "report.html").read_text()


def document(body: str) -> str:
    return "\\documentclass{article}\\begin{document}\n" + body + "\n\\end{document}\n"


@needs_tex
def test_the_first_error_of_tex_is_one_sentence() -> None:
    with pytest.raises(EngineError, match=r"PDF: report\.tex:2: Undefined control sequence: .*\\nothing"):
        pdf(pdflatex(), document(r"\nothing{x}"), {})


@needs_tex
def test_tex_can_neither_read_elsewhere_nor_run_programs(tmp_path: Path) -> None:
    secret = tmp_path / "secret.tex"
    secret.write_text("secret")
    with pytest.raises(EngineError, match="made no PDF"):
        pdf(pdflatex(), document(rf"\input{{{secret}}}"), {})
    pdf(pdflatex(), document(rf"\immediate\write18{{touch {tmp_path}/owned}}x"), {})
    assert not (tmp_path / "owned").exists()


@needs_tex
def test_a_time_limit_ends_tex() -> None:
    with pytest.raises(EngineError, match="pdflatex made no PDF within 1 s"):
        pdf(pdflatex(), document(r"\def\x{\x}\x"), {}, seconds=1)


def test_no_engine_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EngineError, match=r"none is installed: install one of tectonic, .*write the report as \.html"):
        find_engine()


def test_engines_are_run_without_a_shell() -> None:
    assert "--untrusted" in engine("tectonic", "/t").command
    assert "-norc" in engine("latexmk", "/l").command
    for name in ("latexmk", "lualatex", "xelatex", "pdflatex"):
        assert any("-no-shell-escape" in argument for argument in engine(name, "/x").command)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("50% & #1 $x_1$", r"50\% \& \#1 \$x\_1\$"),
        ("\\{}^~", r"\textbackslash{}\{\}\textasciicircum{}\textasciitilde{}"),
        ("Ünïcode ≤ σ ☃", r"\"{U}n\"{\i}code \ensuremath{\le} \ensuremath{\sigma} [U+2603]"),
        ("tab\tnull\0", "tab null "),
    ],
)
def test_plain_text_in_latex(text: str, latex: str) -> None:
    assert escaped(text) == latex.replace(r"\i", "i")


# ---- Markdown --------------------------------------------------------------------------------------------------------


def test_markdown(proved: tuple[list[Outcome], Mapping[str, str]], tmp_path: Path) -> None:
    text = written(proved, tmp_path / "report.md")
    outside = re.sub(r"^```.*?^```$|`[^`\n]*`", "", text, flags=re.MULTILINE | re.DOTALL)
    assert set(re.findall(r"<(\w+)", outside)) == {"a", "br", "details", "img", "span", "summary"}
    assert "$`" in text
    assert "```math\n" in text
    links = set(re.findall(r"\]\(#([^)]+)\)", text))
    assert len(links) >= 5
    assert links <= set(re.findall(r'<a id="([^"]+)"></a>', text))
    for image in re.findall(r'<img src="([^"]+)"', text):
        assert (tmp_path / image).is_file()
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {7, 5}


@pytest.mark.parametrize(
    "text",
    [
        "1.2",
        "1. one",
        "12) twelve",
        "- item",
        "+ item",
        "-1",
        "---",
        "===",
        "# 1",
        "> 1",
        "a_b *c* [d](e) | `f`",
        "~~g~~",
    ],
)
def test_plain_text_in_markdown_is_read_back(text: str) -> None:
    """By a parser of CommonMark and of its strikethrough: one paragraph, which says the text."""
    parser = pytest.importorskip("markdown_it").MarkdownIt("commonmark").enable("strikethrough")
    begin, inline, end = parser.parse(markdown.plain(text))
    assert (begin.type, end.type) == ("paragraph_open", "paragraph_close")
    assert {child.type for child in inline.children} <= {"text", "text_special"}
    assert "".join(child.content for child in inline.children) == text


def test_rules_stand_in_the_line_that_rests_on_them(proved: tuple[list[Outcome], Mapping[str, str]]) -> None:
    (found,) = [outcome for outcome in proved[0] if outcome.name == "adding_commutes"]
    assert found.verdict is not None
    verdict = replace(found.verdict, evidence=("for every size: one", "  by: a rule", "  by: another", "SymPy: two"))
    section = claim_section(replace(found, verdict=verdict), "a", Badge("b", "good"), (), lambda _name: None)
    (record,) = [block for block in section.blocks if isinstance(block, Folded) and "rests on" in block.title]
    (bullets,) = record.blocks
    assert isinstance(bullets, Bullets)
    shown = [plain_text(item) for item in bullets.items]
    assert shown[:2] == ["for every size: one; by: a rule; another", "SymPy: two"]
    assert shown[2].startswith("spot checks at random entries")
    assert len(shown) == 3


# ---- the text of docstrings ------------------------------------------------------------------------------------------


def test_formulas_in_docstrings() -> None:
    text = "R^{n_l x 1}, dy_L, (b_L)_k, delta_cd / k^2; x_a_b"
    shown = {each.text: each.latex for each in inlines(text) if isinstance(each, Formula)}
    assert shown == {
        "R^{n_l x 1}": r"R^{n_{l} \times 1}",
        "dy_L": "dy_{L}",
        "(b_L)_k": "(b_{L})_{k}",
        "delta_cd": r"\delta_{cd}",
        "k^2": "k^{2}",
    }


def test_docstrings_keep_their_lists_and_code() -> None:
    kinds = [type(block).__name__ for block in blocks_of("One\ntwo:\n\n- a\n  b\n- c\n\n    code\n\nEnd.")]
    assert kinds == ["Paragraph", "Bullets", "Listing", "Paragraph"]


# ---- the command -----------------------------------------------------------------------------------------------------


def report(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "symconv", "report", *arguments],
        cwd=folder,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.py").write_text(GOOD)
    return tmp_path


def test_the_command_writes_one_file(folder: Path) -> None:
    done = report(folder, "good.py", "-o", "out.html", "--no-pictures", "--index-origin", "0")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.fullmatch(r"1 claim proved: everything as claimed \([\d.]+ s\)\nwritten to out\.html\n", done.stdout), (
        done.stdout
    )
    assert sorted(path.name for path in folder.iterdir() if path.name != "__pycache__") == ["good.py", "out.html"]
    text = (folder / "out.html").read_text()
    assert "Indices are counted from 0 in formulas" in text
    assert "Without pictures, as asked for." in text


def test_exit_codes_are_those_of_prove(folder: Path) -> None:
    (folder / "wrong.py").write_text(GOOD.replace("y + x)", "y - x)"))
    done = report(folder, "wrong.py", "-o", "out.md", "--no-pictures")
    assert done.returncode == 1
    assert done.stdout.startswith("REFUTED    wrong.py::adding_commutes")
    before = (folder / "out.md").read_text()
    done = report(folder, "good.py", "nowhere.py", "-o", "out.md", "--no-pictures")
    assert done.returncode == 2
    assert done.stderr.startswith("symconv: nowhere.py: no such file") and (folder / "out.md").read_text() == before


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("report.docx", "a report is written to a file whose name ends in .html, .pdf, .tex or .md"),
        ("report", "a report is written to a file whose name ends in .html, .pdf, .tex or .md"),
        ("no/report.md", "there is no folder no"),
        ("a.html", "is a folder; a report is one file"),
    ],
)
def test_what_cannot_be_written_is_refused_before_the_work(folder: Path, output: str, sentence: str) -> None:
    (folder / "a.html").mkdir()
    (folder / "good.py").write_text("# claim\nwhile True: pass\n")
    done = report(folder, "good.py", "-o", output)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"symconv: {output}: {sentence}\n")


def test_without_an_engine_nothing_is_tried(folder: Path) -> None:
    (folder / "empty").mkdir()
    done = report(folder, "good.py", "-o", "report.pdf", PATH=str(folder / "empty"))
    assert done.returncode == 2
    assert done.stderr.startswith("symconv: a PDF needs a TeX engine and none is installed: install one of ")
    assert len(done.stderr.splitlines()) == 1


def test_a_report_that_fails_leaves_the_former_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "report.md").write_text("former")
    target = writing.target(str(folder / "report.md"))

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(writing.ReportError, match=r"report\.md: cannot be written: No space left on device"):
        writing.report([], {}, target, "no pictures")
    assert [path.name for path in folder.iterdir() if "report" in path.name] == ["report.md"]
    assert (folder / "report.md").read_text() == "former"


def test_without_matplotlib_a_report_says_so(folder: Path) -> None:
    (folder / "missing" / "matplotlib").mkdir(parents=True)
    (folder / "missing" / "matplotlib" / "__init__.py").write_text("raise ImportError('not here')\n")
    path = os.pathsep.join([str(folder / "missing"), str(Path(__file__).parent.parent)])
    (folder / "drawn.py").write_text(GOOD + "from symconv import picture\n@picture\ndef none(photo): return {}\n")
    done = report(folder, "drawn.py", "-o", "out.html", PYTHONPATH=path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == (
        "Without pictures, which are drawn by Matplotlib: install the extra symconv[report], which brings Matplotlib.\n"
    )
    assert "install the extra symconv[report]" in (folder / "out.html").read_text()
    done = report(folder, "drawn.py", "-o", "out.html", "--pictures", PYTHONPATH=path)
    assert done.returncode == 2
    assert done.stderr.startswith(
        "symconv: pictures are drawn by Matplotlib, which is not installed: install the extra"
    )


@needs_tex
def test_a_missing_package_is_one_sentence() -> None:
    with pytest.raises(EngineError, match=r"LaTeX Error: File `no-such-package\.sty' not found"):
        pdf(pdflatex(), document("").replace("\\begin", "\\usepackage{no-such-package}\\begin", 1), {})


def test_the_images_of_a_document_are_those_that_it_names(proved: tuple[list[Outcome], Mapping[str, str]]) -> None:
    outcomes, docs = proved
    made = writing.document(outcomes, docs, pictures=True)
    source = tex(made, "images")
    assert set(writing.image_files(made, "images")) == set(re.findall(r"images/[\w-]+\.png", source))
