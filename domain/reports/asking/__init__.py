"""A person's words over one table, read into a query: English and German, without a model and without a network.

The way through: a question is cut (``sentences``, ``words``), its words are joined to what they may be in this table
(``items``, with the ``names`` of the table and the ``lexicon``), read from left to right (``reader``, ``walk``) into a
``draft``, made a query by its kind (``compose``, ``build``, ``ranked``) or a change of the last one (``follow``), and
refused where that leaves out a word (``fitting``).
"""

from domain.reports.asking.understand import understand
from domain.reports.asking.understood import Export, Understood

__all__ = ["Export", "Understood", "understand"]
