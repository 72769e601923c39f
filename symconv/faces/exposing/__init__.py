"""Claims and verdicts as expositions: what is shown is read off the claim and what its proof checked."""

from symconv.faces.exposing.expose import expose

__all__ = ["expose"]
