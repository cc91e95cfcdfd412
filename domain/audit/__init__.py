"""What was done, by whom and for whom, and what was refused: rows that are written once and sealed in order."""

from domain.audit.service import OPERATOR, SYSTEM, Actor, Outcome, erase, record

__all__ = ["OPERATOR", "SYSTEM", "Actor", "Outcome", "erase", "record"]
