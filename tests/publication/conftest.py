"""Rows of the declared tables, and a lake to put them into."""

from tests.table_rows import document_id, lake, publish, rows

__all__ = ["document_id", "lake", "publish", "rows"]
