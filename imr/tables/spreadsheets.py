"""Cells for spreadsheets: what a letter says is never run as a formula."""

from __future__ import annotations

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Also in the width of Chinese and Japanese signs, which spreadsheets there take for the same."""


def safe_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula when it opens it from CSV."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS) else text


def safe_cell(value: object) -> object:
    """A value as a cell of CSV: lists in one cell, nothing that is taken for a formula."""
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    return safe_text(value) if isinstance(value, str) else value
