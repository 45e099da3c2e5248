from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from imr.cli.query import QueryError, run_query, show_rows, write_rows
from imr.lake.layout import LakeLayout

_FILES = {
    "cases/year=2016/part-000.parquet": {"document_id": ["a", "b"], "case_year": pa.array([2016, 2016], pa.int16())},
    "cases/year=2017/part-000.parquet": {"document_id": ["c"], "case_year": pa.array([2017], pa.int16())},
    "citations/case_year=2017/part-000.parquet": {"title": ["Chronic Pain"], "year": pa.array([2009], pa.int16())},
    "commits/date=2024-02-29/part-000.parquet": {"commit_id": ["x"]},
    "outcomes_by_year/outcomes_by_year.parquet": {"case_year": pa.array([2016, 2017], pa.int16()), "decisions": [2, 1]},
}


@pytest.fixture
def lake(tmp_path: Path) -> LakeLayout:
    """A lake in a folder with a quote in its name, with a few files, one empty table and a file beside it."""
    lake = LakeLayout(tmp_path / "somebody's lake")
    for name, columns in _FILES.items():
        file = lake.tables / name
        file.parent.mkdir(parents=True)
        pq.write_table(pa.table(columns), file)
    (lake.tables / "drugs").mkdir()
    (lake.root / "outside.csv").write_text("a\n1\n")
    return lake


@pytest.fixture
def unchanged(lake: LakeLayout) -> Iterator[None]:
    """Sees to it that the lake holds the same bytes after the test."""

    def content() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in lake.root.rglob("*") if path.is_file()}

    before = content()
    yield
    assert content() == before


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        pytest.param("SELECT count(*) AS n FROM cases", [{"n": 3}], id="all partitions"),
        pytest.param("SELECT document_id FROM cases WHERE year = 2017", [{"document_id": "c"}], id="by folder's year"),
        pytest.param("SELECT date FROM commits", [{"date": dt.date(2024, 2, 29)}], id="folder's date is a date"),
        pytest.param(
            "FROM outcomes_by_year WHERE case_year = 2016", [{"case_year": 2016, "decisions": 2}], id="single"
        ),
        pytest.param(
            "SELECT decisions FROM cases JOIN outcomes_by_year USING (case_year) WHERE document_id = 'c'",
            [{"decisions": 1}],
            id="two tables",
        ),
        pytest.param("SELECT document_id FROM cases WHERE false", [], id="no rows"),
        pytest.param("SELECT name FROM drugs WHERE year = 2017", [], id="a table without files"),
    ],
)
def test_tables_are_views(lake: LakeLayout, sql: str, rows: list[dict[str, object]]) -> None:
    assert run_query(lake.root, sql).to_pylist() == rows


def test_a_single_file_has_no_folder_column(lake: LakeLayout) -> None:
    assert run_query(lake.root, "FROM outcomes_by_year").column_names == ["case_year", "decisions"]


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        pytest.param("SELEC 1", "syntax error", id="no SQL"),
        pytest.param("SELECT * FROM nowhere", "nowhere does not exist", id="no such table"),
        pytest.param("SELECT nothing FROM cases", "nothing", id="no such column"),
        pytest.param("SELECT document_id::INTEGER FROM cases", "Could not convert", id="fails on the way"),
        pytest.param("  ", "asks for no rows", id="nothing"),
        pytest.param("-- a remark", "asks for no rows", id="a remark alone"),
    ],
)
def test_what_cannot_be_run_is_said(lake: LakeLayout, sql: str, says: str) -> None:
    with pytest.raises(QueryError, match=says):
        run_query(lake.root, sql)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("SELECT * FROM read_csv('{root}/outside.csv')", id="read another file"),
        pytest.param("SELECT * FROM read_text('{root}/tables/../outside.csv')", id="by way of the tables"),
        pytest.param("SELECT * FROM glob('{root}/*')", id="list a folder"),
        pytest.param("COPY cases TO '{root}/tables/cases/copy.parquet'", id="write"),
        pytest.param("COPY (SELECT 1) TO '{root}/tables/cases/year=2017/part-000.parquet'", id="overwrite"),
        pytest.param("SELECT 1; COPY (SELECT 1) TO '{root}/tables/copy.parquet'", id="write in a second statement"),
        pytest.param("EXPLAIN ANALYZE COPY (SELECT 1) TO '{root}/tables/copy.parquet'", id="write to explain it"),
        pytest.param("WITH c AS (COPY (SELECT 1) TO '{root}/tables/copy.parquet') FROM c", id="write in a SELECT"),
        pytest.param("EXPORT DATABASE '{root}/tables/export'", id="export"),
        pytest.param("ATTACH '{root}/tables/other.db'", id="attach"),
        pytest.param("SET enable_external_access = true", id="ask for more"),
        pytest.param("SET memory_limit = '1GB'", id="change a setting"),
        pytest.param("LOAD httpfs", id="load an extension"),
        pytest.param("INSTALL httpfs", id="install an extension"),
    ],
)
def test_a_query_reaches_nothing_but_the_tables(lake: LakeLayout, sql: str) -> None:
    with pytest.raises(QueryError):
        run_query(lake.root, sql.format(root=str(lake.root).replace("'", "''")))


def test_variables_of_the_program_are_no_tables(lake: LakeLayout) -> None:
    rows = pa.table({"a": [1]})
    assert rows.num_rows == 1
    with pytest.raises(QueryError, match="rows does not exist"):
        run_query(lake.root, "SELECT * FROM rows")


def test_a_lake_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="no lake is there"):
        run_query(tmp_path / "none", "SELECT 1 AS one")


def test_json_has_all_rows(lake: LakeLayout, capsys: pytest.CaptureFixture[str]) -> None:
    show_rows(lake.root, "SELECT document_id FROM cases ORDER BY 1", as_json=True, max_rows=1)
    assert json.loads(capsys.readouterr().out) == [{"document_id": "a"}, {"document_id": "b"}, {"document_id": "c"}]


def test_a_long_answer_is_shown_in_part_and_says_so(lake: LakeLayout, capsys: pytest.CaptureFixture[str]) -> None:
    show_rows(lake.root, "SELECT 'letter ' || document_id AS found FROM cases ORDER BY 1", as_json=False, max_rows=2)
    shown = " ".join(capsys.readouterr().out.split())
    assert ("letter b" in shown, "letter c" in shown, "3 rows, the first 2" in shown) == (True, False, True)


def test_a_list_is_shown_as_its_entries(lake: LakeLayout, capsys: pytest.CaptureFixture[str]) -> None:
    show_rows(lake.root, "SELECT ['left knee', 'hip'] AS parts, [1/3, NULL] AS rates", as_json=False, max_rows=5)
    shown = capsys.readouterr().out
    assert ("left knee; hip" in shown, "0.3333; " in shown) == (True, True)


def test_columns_of_one_name_are_all_shown(lake: LakeLayout, capsys: pytest.CaptureFixture[str]) -> None:
    show_rows(lake.root, "SELECT 'left' AS side, 'right' AS side", as_json=False, max_rows=5)
    shown = capsys.readouterr().out
    assert ("left" in shown, "right" in shown) == (True, True)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        pytest.param("=cmd()", "'=cmd()", id="a formula"),
        pytest.param("+1", "'+1", id="a sum"),
        pytest.param("-1 unit", "'-1 unit", id="a difference"),
        pytest.param("@x", "'@x", id="a call"),
        pytest.param("\tx", "'\tx", id="a tab"),
        pytest.param("\n =x", '"\'\n =x"', id="a formula behind blanks"),
        pytest.param("\uff1dx", "'\uff1dx", id="a formula in wide signs"),
        pytest.param("a\x1b]0;owned\x07b", "a\\x1b]0;owned\\x07b", id="an order to a terminal"),
        pytest.param("\x9b31m\rx", "\\x9b31m\\rx", id="orders of one byte"),
        pytest.param("plain, with a comma", '"plain, with a comma"', id="text"),
    ],
)
def test_csv_is_safe_to_open(lake: LakeLayout, value: str, cell: str, capsys: pytest.CaptureFixture[str]) -> None:
    sql = "SELECT '{}' AS text, -1 AS number, ['=a', 'b'] AS list, NULL AS none"
    show_rows(lake.root, sql.format(value), as_json=False, as_csv=True, max_rows=1)
    head, _, line = capsys.readouterr().out.replace("\r\n", "\0").removesuffix("\0").partition("\0")
    assert (head, line) == ("text,number,list,none", f"{cell},-1,'=a; b,")


WIDE = "SELECT 1/7 AS overturn_rate_low, 'ü' AS name_of_something, 2 AS partially_overturned, 1/5000 AS p"


def test_a_file_gets_lines_of_any_length(lake: LakeLayout, capsys: pytest.CaptureFixture[str]) -> None:
    show_rows(lake.root, f"{WIDE}, repeat('x', 200) AS long", as_json=False, max_rows=5)
    head, _, row = capsys.readouterr().out.splitlines()[2:5]
    assert head.split() == ["overturn_rate_low", "name_of_something", "partially_overturned", "p", "long"]
    assert row.split() == ["0.1429", "ü", "2", "0.0002", "x" * 200]


def test_a_narrow_terminal_breaks_headings_between_words(
    lake: LakeLayout, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imr.cli.console.out", Console(width=40, force_terminal=True, color_system=None))
    show_rows(lake.root, WIDE, as_json=False, max_rows=5)
    shown = capsys.readouterr().out.splitlines()
    assert max(map(len, shown)) <= 40
    assert {"partially_", "overturned", "something", "low"} <= set(" ".join(shown).split())


def _at_terminal(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setattr("imr.cli.console.out", Console(width=width, height=20, force_terminal=True, color_system=None))


def test_a_terminal_that_is_too_narrow_for_whole_words_gets_a_record_for_each_row(
    lake: LakeLayout, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _at_terminal(monkeypatch, 30)
    sql = "SELECT 'extraordinarily long words' AS said, 'incontrovertible' AS outcome, n FROM range(2) AS t(n)"
    show_rows(lake.root, sql, as_json=False, max_rows=5)
    shown = [line.split() for line in capsys.readouterr().out.splitlines()]
    record = [["said", "extraordinarily", "long"], ["words"], ["outcome", "incontrovertible"]]
    assert shown[1:] == [["--", "1"], *record, ["n", "0"], ["--", "2"], *record, ["n", "1"]]


def test_words_of_a_table_at_a_terminal_stay_whole(
    lake: LakeLayout, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _at_terminal(monkeypatch, 60)
    words = "medically necessary treatments are approved after an independent review of all records"
    show_rows(lake.root, f"SELECT '{words}' AS a_reason, 'partially_overturned' AS outcome", as_json=False, max_rows=5)
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 60
    assert set(words.split()) | {"partially_overturned"} <= set(shown.split())


@pytest.mark.parametrize(
    ("rows", "paged"), [pytest.param(5, False, id="a few rows"), pytest.param(50, True, id="more than fit")]
)
def test_what_is_longer_than_the_terminal_is_paged(
    lake: LakeLayout, monkeypatch: pytest.MonkeyPatch, rows: int, paged: bool
) -> None:
    pages: list[str] = []
    _at_terminal(monkeypatch, 80)
    monkeypatch.setattr("pydoc.pager", pages.append)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    show_rows(lake.root, f"SELECT n FROM range({rows}) AS t(n)", as_json=False, max_rows=50)
    assert len(pages) == paged


def test_rows_are_written_to_a_new_parquet_file(lake: LakeLayout, tmp_path: Path) -> None:
    file = tmp_path / "answer.parquet"
    write_rows(lake.root, "SELECT document_id AS a, case_year AS a FROM cases ORDER BY 1", file)
    assert pq.read_table(file).to_pydict() == {"a": ["a", "b", "c"], "a_2": [2016, 2016, 2017]}
    with pytest.raises(QueryError, match="is there already"):
        write_rows(lake.root, "SELECT 1 AS one", file)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("where", "says"),
    [
        pytest.param("tables/cases/answer.parquet", "among the lake's tables", id="in a table"),
        pytest.param("nowhere/answer.parquet", "cannot be written", id="in a folder that is not there"),
    ],
)
def test_a_place_where_no_file_may_be_is_said(lake: LakeLayout, where: str, says: str) -> None:
    with pytest.raises(QueryError, match=says):
        write_rows(lake.root, "SELECT 1 AS one", lake.root / where)


def test_one_row_is_not_called_rows(lake: LakeLayout, capsys: pytest.CaptureFixture[str]) -> None:
    show_rows(lake.root, "SELECT 1 AS one", as_json=False, max_rows=5)
    assert capsys.readouterr().out.startswith("1 row ")


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        pytest.param("SELECT sum(decisions) AS n FROM outcomes_by_year", [{"n": 3}], id="a sum"),
        pytest.param("SELECT 2::HUGEINT AS n, 1.50::DECIMAL(9, 2) AS d", [{"n": 2, "d": 1.5}], id="wide numbers"),
        pytest.param("SELECT 'nan'::DOUBLE AS n, 'inf'::FLOAT AS i", [{"n": None, "i": None}], id="no numbers"),
        pytest.param("SELECT ['nan'::DOUBLE, 1] AS n", [{"n": [None, 1.0]}], id="in a list"),
        pytest.param("SELECT {'a': 'nan'::DOUBLE} AS n", [{"n": {"a": None}}], id="in a struct"),
        pytest.param("SELECT 1 AS a, 2 AS a, 3 AS a_2", [{"a": 1, "a_3": 2, "a_2": 3}], id="equal names"),
        pytest.param("SELECT DATE '2020-01-02' AS d", [{"d": "2020-01-02"}], id="a date"),
    ],
)
def test_json_is_json(
    lake: LakeLayout, sql: str, rows: list[dict[str, object]], capsys: pytest.CaptureFixture[str]
) -> None:
    show_rows(lake.root, sql, as_json=True, max_rows=1)
    assert json.loads(capsys.readouterr().out, parse_constant=pytest.fail) == rows
