"""What notebooks show of equations, claims and verdicts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from html import escape

from symconv.claims import Claim, Equation
from symconv.errors import SymconvError
from symconv.faces.attempt import exposed, judged
from symconv.faces.loading import describe
from symconv.faces.outcome import portable
from symconv.faces.report.blocks import Badge, Block, Code, Paragraph
from symconv.faces.report.claim_section import claim_section
from symconv.faces.report.html import blocks_html
from symconv.printing.tensors import shown
from symconv.tensors.tensor import as_tensor
from symconv.verdict import Verdict

STYLE = """<style>
.symconv .badge {border-radius: 4px; padding: 1px 6px; font-size: 85%; font-weight: 600}
.symconv .good {background: #e0f2e6; color: #1b6238}
.symconv .bad {background: #fbe3e1; color: #97221d}
.symconv .open {background: #fbeecb; color: #775006}
.symconv .math, .symconv .line {margin: 0.4em 0 0.4em 1em; text-align: left; overflow-x: auto}
.symconv .step {display: flex; gap: 2em; align-items: center; margin-left: 2.5em}
.symconv .reason, .symconv .detail {opacity: 0.75; font-size: 90%}
.symconv .matrices {display: flex; flex-wrap: wrap; gap: 0 2em}
</style>"""


def equation_latex(equation: Equation) -> str | None:
    """All sides of an equation; ``None`` where one has no notation."""
    try:
        sides = [shown(as_tensor(side)) for side in equation.sides]
    except (SymconvError, TypeError, ValueError):
        return None
    found = [side[0] for side in sides if side is not None]
    return f"$\\displaystyle {' = '.join(found)}$" if len(found) == len(sides) else None


def claim_html(claim: Claim) -> str:
    """What a claim says, before anything is known of it."""
    verdict = Verdict(claim.name, claim.kind, claim.file, claim.line, "undecided", "", claim=claim)
    if claim.problem is not None:
        return f"<pre>{escape(str(claim.problem))}</pre>"
    exposition = exposed(claim, verdict, 1)
    outcome = judged(portable(verdict, claim.where), describe(claim))
    section = claim_section(
        replace(outcome, exposition=exposition), claim.name, Badge(claim.kind, "open"), (), _nowhere
    )
    kept = [block for block in section.blocks if not _is_record(block)]
    return _page(claim.name, Badge(claim.kind, "open"), kept)


def verdict_html(verdict: Verdict) -> str:
    """A verdict as its statement, badge, and proof or counterexample."""
    badge = Badge(verdict.status, "open" if verdict.status == "undecided" else "good" if verdict.as_claimed else "bad")
    claim = verdict.claim
    if not isinstance(claim, Claim):
        return _page(verdict.name, badge, [Paragraph((verdict.scope or verdict.reason,))])
    exposition = exposed(claim, verdict, 1)
    outcome = judged(portable(verdict, claim.where.rpartition(":")[0]), describe(claim))
    section = claim_section(replace(outcome, exposition=exposition), verdict.name, badge, (), _nowhere)
    return _page(verdict.name, badge, section.blocks)


def _nowhere(_name: str) -> None:
    """A name in a docstring leads nowhere: there is one claim on the page."""


def _is_record(block: Block) -> bool:
    return isinstance(block, Paragraph) and block.role == "detail"


def _page(name: str, badge: Badge, blocks: Iterable[Block]) -> str:
    heading = blocks_html([Paragraph((Code(name), " ", badge))])
    return f'{STYLE}<div class="symconv">{heading}{blocks_html(blocks)}</div>'
