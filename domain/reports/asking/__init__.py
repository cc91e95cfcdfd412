"""A person's words over one table, read into a query: English and German, without a model and without a network."""

from domain.reports.asking.understand import understand
from domain.reports.asking.understood import Export, Understood

__all__ = ["Export", "Understood", "understand"]
