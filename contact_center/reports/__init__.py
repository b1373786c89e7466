"""Figures folded from events, and the board that consoles draw. Proven by independent SQL over the tables."""

from contact_center.reports.board import Board
from contact_center.reports.figures import Figures, folded, grouped
from contact_center.reports.fold import Fold

__all__ = ["Board", "Figures", "Fold", "folded", "grouped"]
