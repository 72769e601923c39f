"""The pytest plugin, tried in a project of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]

PROOFS = '''
from symconv import Real, claim, equal, fallacy

@claim
def adding_commutes(x: Real, y: Real):
    """x + y = y + x."""
    return equal(x + y, y + x)

@fallacy
def squaring_is_linear(x: Real, y: Real):
    return equal((x + y) ** 2, x**2 + y**2)
'''
WRONG = """
from symconv import Real, claim, equal, fallacy

@claim
def one_is_two(x: Real):
    return equal(x, 2 * x)

@fallacy
def one_is_one(x: Real):
    return equal(x + 1, 1 + x)

@claim
def returns_nothing(x: Real):
    x + 1
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    (pytester.path / "proofs").mkdir()
    (pytester.path / "proofs" / "good.py").write_text(PROOFS)
    return pytester


def add(project: pytest.Pytester, name: str, text: str) -> None:
    path = project.path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def test_each_claim_in_proofs_is_an_item(project: pytest.Pytester) -> None:
    add(project, "other/claims.py", WRONG)
    result = project.runpytest_subprocess("-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        ["proofs/good.py::adding_commutes PASSED*", "proofs/good.py::squaring_is_linear PASSED*"]
    )


def test_a_failure_is_a_counterexample_and_no_traceback(project: pytest.Pytester) -> None:
    add(project, "proofs/wrong.py", WRONG)
    result = project.runpytest_subprocess("proofs/wrong.py")
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(
        [
            "REFUTED: one_is_two(x=*",
            "*left *right *",
            "PROVED: a fallacy, but it holds*",
            "ERROR: claim returns_nothing (*wrong.py:*) returned nothing*",
            "FAILED proofs/wrong.py::one_is_two - REFUTED: one_is_two(x=*",
        ]
    )
    assert "Traceback" not in result.stdout.str()
    assert ".py:" not in result.stdout.str().replace("wrong.py:", "")


def test_selection_by_name_node_marker_and_last_failure(project: pytest.Pytester) -> None:
    add(project, "proofs/wrong.py", WRONG)
    project.runpytest_subprocess("-k", "commutes").assert_outcomes(passed=1, deselected=4)
    project.runpytest_subprocess("-m", "fallacy").assert_outcomes(passed=1, failed=1, deselected=3)
    project.runpytest_subprocess("proofs/good.py::adding_commutes").assert_outcomes(passed=1)
    project.runpytest_subprocess("-q")
    project.runpytest_subprocess("--lf").assert_outcomes(failed=3)
    listed = project.runpytest_subprocess("--collect-only", "-q").outlines
    assert listed[0] == "proofs/good.py::adding_commutes"


def test_xdist_shares_the_claims_out(project: pytest.Pytester) -> None:
    add(project, "proofs/wrong.py", WRONG)
    project.runpytest_subprocess("-n", "2").assert_outcomes(passed=2, failed=3)


@pytest.mark.parametrize("entry", ["checks", "./checks/", "checks/mine.py", "ch*s", "checks/m*.py", "."])
def test_the_configuration_names_the_files(project: pytest.Pytester, entry: str) -> None:
    add(project, "checks/mine.py", PROOFS)
    project.makeini(f"[pytest]\nsymconv_paths = {entry}\n")
    project.runpytest_subprocess("checks").assert_outcomes(passed=2)


def test_a_file_of_claims_on_the_command_line_is_collected(project: pytest.Pytester) -> None:
    add(project, "notes/pooling.py", PROOFS)
    add(project, "notes/plain.py", "raise RuntimeError('imported')  # neither claims nor the library\n")
    add(project, "notes/test_claims.py", WRONG + "\ndef test_plain():\n    assert one_is_two\n")
    project.runpytest_subprocess("notes/pooling.py").assert_outcomes(passed=2)
    project.runpytest_subprocess("notes/pooling.py::adding_commutes").assert_outcomes(passed=1)
    project.runpytest_subprocess("notes/test_claims.py").assert_outcomes(passed=1)  # its claims are its own affair
    project.runpytest_subprocess("notes").assert_outcomes(passed=1)
    alone = project.runpytest_subprocess("notes/plain.py")
    alone.assert_outcomes(errors=1)
    assert alone.stdout.str().count("raise RuntimeError") == 1


def test_a_path_that_names_nothing_is_a_warning(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\nsymconv_paths = nothere/*.py proofs /absolute\n")
    result = project.runpytest_subprocess("proofs")
    result.assert_outcomes(passed=2, warnings=2)
    result.stdout.fnmatch_lines(
        ["*PytestConfigWarning: symconv_paths: nothere/[*].py names no file or folder in *", "*: /absolute names no *"]
    )


def test_no_folder_proofs_is_no_warning(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_nothing(): pass")
    pytester.runpytest_subprocess("-W", "error").assert_outcomes(passed=1, warnings=0)


def test_a_file_that_is_a_test_module_too_is_collected_once(project: pytest.Pytester) -> None:
    text = PROOFS.replace("adding_commutes", "test_adding") + "\ndef test_plain():\n    pass\n"
    add(project, "tests/test_both.py", text)
    project.makeini("[pytest]\nsymconv_paths = tests\n")
    result = project.runpytest_subprocess("-v", "-W", "error", "tests")
    result.assert_outcomes(passed=3)


def test_helpers_without_claims_are_no_error_and_can_be_imported(project: pytest.Pytester) -> None:
    add(project, "proofs/helper.py", "ONE = 1\n")
    add(project, "proofs/late.py", "TWO = 2\n")
    late = "@claim\ndef late(x: Real):\n    from late import TWO\n    return equal(x + TWO, TWO + x)\n"
    add(project, "proofs/uses.py", PROOFS + "\nfrom helper import ONE\n" + late)
    project.runpytest_subprocess().assert_outcomes(passed=5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def f(:", "*broken.py:1: not Python*"),
        ("raise ValueError('no')", "*broken.py:1: importing it raised ValueError: no*"),
        ("raise SystemExit(3)", "*broken.py:1: importing it raised SystemExit: 3*"),
    ],
)
def test_a_broken_file_is_one_sentence(project: pytest.Pytester, text: str, words: str) -> None:
    add(project, "proofs/broken.py", text)
    result = project.runpytest_subprocess("--continue-on-collection-errors")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines([words])


def test_the_time_limit_ends_a_claim_that_does_not(project: pytest.Pytester) -> None:
    loops = """
from symconv import Real, claim, equal

@claim
def loops(x: Real):
    while x is not None:
        try:
            pass
        except BaseException:
            pass
"""
    add(project, "proofs/loops.py", loops)
    project.makeini("[pytest]\nsymconv_time_limit = 1\n")
    result = project.runpytest_subprocess(timeout=60)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["UNDECIDED: the time limit of 1 s *"])


def test_a_claim_that_is_lost_is_an_error_of_its_file(project: pytest.Pytester) -> None:
    add(project, "proofs/twice.py", PROOFS + PROOFS)
    result = project.runpytest_subprocess("--continue-on-collection-errors")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*twice.py:4: claim adding_commutes is lost, since line 15 defines adding_commutes*"])


MARKED = """
import pytest
from symconv import Real, claim, equal

@claim
@pytest.mark.skip(reason="not yet")
def one_is_two(x: Real):
    return equal(x, 2 * x)

@claim
@pytest.mark.skipif("True", reason="never here")
def one_is_three(x: Real):
    return equal(x, 3 * x)

@claim
@pytest.mark.xfail(strict=True)
def one_is_four(x: Real):
    return equal(x, 4 * x)

@claim
@pytest.mark.xfail(strict=True)
def one_is_one(x: Real):
    return equal(x, 1 * x)
"""


def test_marks_below_the_claim_are_those_of_its_item(project: pytest.Pytester) -> None:
    add(project, "proofs/marked.py", MARKED)
    result = project.runpytest_subprocess("-rs", "proofs/marked.py")
    result.assert_outcomes(skipped=2, xfailed=1, failed=1)
    result.stdout.fnmatch_lines(["*XPASS(strict)*", "SKIPPED*not yet", "SKIPPED*never here"])


def test_a_mark_above_the_claim_takes_it_away_and_is_an_error(project: pytest.Pytester) -> None:
    text = MARKED.replace('@claim\n@pytest.mark.skip(reason="not yet")', '@pytest.mark.skip(reason="not yet")\n@claim')
    add(project, "proofs/marked.py", text)
    result = project.runpytest_subprocess("proofs/marked.py")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*marked.py:5: claim one_is_two is lost, *write other decorators below @claim"])


@pytest.mark.parametrize("limit", ["soon", "abc", "0", "-1", "inf"])
def test_a_time_limit_that_is_none_is_refused(project: pytest.Pytester, limit: str) -> None:
    project.makeini(f"[pytest]\nsymconv_time_limit = {limit}\n")
    result = project.runpytest_subprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert [line for line in result.outlines + result.errlines if line] == [
        f"ERROR: symconv_time_limit is '{limit}'; it is a positive number of seconds"
    ]


def test_a_project_without_proofs_pays_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_nothing_is_imported():
            assert not [name for name in sys.modules if name.split(".")[0] in ("symconv", "sympy", "numpy")]
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_the_entry_point_imports_only_pytest() -> None:
    code = "import sys, pytest_symconv; print([n for n in sys.modules if n.startswith(('symconv', 'sympy', 'numpy'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
