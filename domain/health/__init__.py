"""Whether this machine and the services Legwork stands on are as they should be.

A check looks at one thing and answers with findings; ``examine`` runs checks side by side, each within
its own time, and turns whatever goes wrong into a finding. Which checks there are is for the edge to say:
``legwork doctor`` runs them all, ``/readyz`` the ones a request needs.
"""

from domain.health.check import (
    Check,
    Finding,
    Level,
    Timed,
    broken,
    error,
    examine,
    examine_timed,
    failing,
    ok,
    warning,
)

__all__ = [
    "Check",
    "Finding",
    "Level",
    "Timed",
    "broken",
    "error",
    "examine",
    "examine_timed",
    "failing",
    "ok",
    "warning",
]
