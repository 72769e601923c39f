"""The README does what it says: its files are written, its code is run, its commands print what is printed there."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"


@dataclass(frozen=True)
class Block:
    """A fenced block; a `text` block directly after Python code is what that code prints."""

    language: str
    body: str
    line: int


def blocks(text: str) -> list[Block]:
    """The fenced blocks in order."""
    fence = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    return [Block(found[1], found[2], text.count("\n", 0, found.start()) + 2) for found in fence.finditer(text)]


def untimed(text: str) -> str:
    """The text without what differs from run to run: seconds."""
    return re.sub(r"\d+\.\d+ s\b", "N s", text).strip()


def file_name(block: Block) -> str | None:
    """The name of the file that a block is, which its first line states."""
    named = re.match(r"# (\S+\.py)\n", block.body)
    return named[1] if named and block.language == "python" else None


def assert_prints(command: str, expected: str, folder: Path) -> None:
    """`symconv ...`, run in the folder, prints what is expected."""
    program, *arguments = shlex.split(command)
    assert program == "symconv"
    done = subprocess.run(
        [sys.executable, "-m", "symconv", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert untimed(done.stdout) == untimed(expected), done.stderr


def test_the_helper_can_fail(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        assert_prints("symconv --version", "symconv 0.0.0", tmp_path)


def test_the_two_commands_are_there_for_a_fresh_machine() -> None:
    marked = README.read_text().split("<!-- commands -->\n")
    assert len(marked) == 2
    first = blocks(marked[1])[0]
    assert first.language == "bash"
    assert len(first.body.splitlines()) == 2


def test_the_commands_print_what_is_printed(tmp_path: Path) -> None:
    shown = [block for block in blocks(README.read_text()) if block.language == "console" or file_name(block)]
    assert {block.language for block in shown} == {"python", "console"}
    for block in shown:
        if name := file_name(block):
            (tmp_path / name).write_text(block.body)
        else:
            command, _, expected = block.body.removeprefix("$ ").partition("\n")
            assert_prints(command, expected, tmp_path)


def test_the_code_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    all_blocks = blocks(README.read_text())
    namespace: dict[str, Any] = {"__name__": "readme"}
    for block, following in zip(all_blocks, [*all_blocks[1:], None], strict=True):
        if block.language != "python":
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile("\n" * (block.line - 1) + block.body, str(README), "exec"), namespace)
        if following is not None and following.language == "text":
            assert untimed(printed.getvalue()) == untimed(following.body)


def test_its_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README.read_text())
    assert links
    for link in links:
        assert (ROOT / link).exists(), link
