"""A lake as people who write Python open it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from imr.api.letter import Letter
from imr.api.published import published_letter
from imr.lake.layout import LakeLayout
from imr.lake.lookup import find_documents
from imr.lake.public import read_table
from imr.tables.declaration import TABLES

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


class Lake:
    """The public tables of a lake, to read from. The folder of a release is one, too.

    Nothing is kept open, and every call sees the tables as the last commit left them.

    Args:
        path: The folder of the lake.

    Raises:
        FileNotFoundError: There is no lake.

    Examples:
        >>> import imr
        >>> lake = imr.Lake("data_lake")
        >>> lake.arrow("decisions", ["case_number", "outcome"]).column_names
        ['case_number', 'outcome']
        >>> lake.pandas("outcomes_by_year").query("case_year >= 2022")[["case_year", "decisions", "upheld"]]
           case_year  decisions  upheld
        8       2022         10       8
        9       2024          8       6
        >>> lake.sql("SELECT count(*) FROM decisions WHERE case_year = 2024 AND outcome = 'upheld'").fetchall()
        [(6,)]
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._layout = LakeLayout(Path(path))
        if not self._layout.tables.is_dir():
            raise FileNotFoundError(f"no lake is there: {os.fspath(path)}")

    def __repr__(self) -> str:
        return f"Lake({str(self.path)!r})"

    @property
    def path(self) -> Path:
        """The folder of the lake."""
        return self._layout.root

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of all tables; one that holds nothing yet is an empty table."""
        return tuple(TABLES)

    def arrow(self, table: str, columns: Sequence[str] | None = None) -> pa.Table:
        """A table, or some of its columns, as an Arrow table.

        Raises:
            ValueError: There is no table of that name.
            LakeError: `lake_damaged` when a file cannot be read, `lake_outdated` when `imr migrate` is due.
        """
        if table not in TABLES:
            raise ValueError(f"there is no table {table!r}; there are {', '.join(TABLES)}")
        return read_table(self._layout, table, None if columns is None else list(columns))

    def pandas(self, table: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """A table, or some of its columns, as a data frame.

        Whole numbers and truth values have pandas' nullable types, so that a null among them leaves them what they
        are; dates and instants are of `datetime64`; lists are arrays.

        Raises:
            ValueError: There is no table of that name.
            LakeError: `lake_damaged` when a file cannot be read, `lake_outdated` when `imr migrate` is due.
        """
        from imr.api.frames import data_frame

        return data_frame(self.arrow(table, columns))

    def sql(self, query: str, parameters: Sequence[Any] | dict[str, Any] | None = None) -> duckdb.DuckDBPyRelation:
        """A query over the tables, each of which is a view, in DuckDB's SQL.

        The relation asks when its rows are: `.df()`, `.to_arrow_table()`, `.fetchall()` or `.show()`. The views have
        the key of a table's folders as a further column: `year` of the tables of letters, `date` of those of runs.
        The query reads the tables and nothing else, neither other files nor the network.

        Args:
            query: The query, with `?` or `$name` where a parameter stands.
            parameters: The values of these.

        Raises:
            duckdb.Error: The query cannot be run.
            LakeError: `lake_damaged` when a table cannot be opened.
            ValueError: It asks for no rows.
        """
        from imr.api.sql import connect

        relation = connect(self._layout).sql(query, params=parameters)
        if relation is None:
            raise ValueError("this SQL asks for no rows")
        return relation

    def find(self, wanted: str) -> list[dict[str, Any]]:
        """The rows of `documents` that a name means, the newest letter of a case first; none where none is published.

        Args:
            wanted: A case number, the name of a letter's file, the path or address it was read from, or a document id
                or the first eight or more digits of one.

        Raises:
            LakeError: `lake_damaged` when a table cannot be read.

        Examples:
            >>> import imr
            >>> [row["source_name"] for row in imr.Lake("data_lake").find("CM14-0900001")]
            ['CM14-0900001.pdf']
        """
        return find_documents(self._layout, wanted)

    def letter(self, wanted: str) -> Letter:
        """The letter that a name means, as it was published; of several the newest.

        Args:
            wanted: As for `find`.

        Raises:
            KeyError: No letter that is called so is published.
            LakeError: `lake_damaged` when a table cannot be read.

        Examples:
            >>> import imr
            >>> letter = imr.Lake("data_lake").letter("CM14-0900001")
            >>> [value.words for value in letter.values_of(letter.case, "decision_date")]
            ['03/18/2014']
        """
        found = self.find(wanted)
        if not found:
            raise KeyError(wanted)
        return published_letter(self._layout, found[0])
