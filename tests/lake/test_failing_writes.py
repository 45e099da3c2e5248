"""Writes that fail: the tables are as they were, or, once a commit is decided, as they were to be."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imr.errors import Code, LakeError
from imr.lake.layout import LakeLayout, Partition
from imr.lake.transaction import writing
from imr.tables.declaration import TEXTS

Rows = Callable[..., pa.Table]
Ids = Callable[[int], str]
Publish = Callable[..., None]

PLACE = Partition("texts", "year=2018", 900)
NEXT_YEAR = PLACE._replace(folder="year=2019")


def _texts(lake: LakeLayout, place: Partition = PLACE) -> dict[str, str]:
    rows = pq.ParquetFile(lake.file(place)).read(["document_id", "clean_text"])
    return dict(zip(*rows.to_pydict().values(), strict=True))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EIO], ids=errno.errorcode.get)
@pytest.mark.parametrize("call", ["replace", "fsync", "mkdir", "unlink"])
def test_a_write_that_fails_changes_all_or_nothing_and_is_named(
    lake: LakeLayout, publish: Publish, document_id: Ids, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    with writing(lake, "r1") as tx:
        publish(tx, 1, "CM18-9000001", text="old")
        tx.commit()

    def fails(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    def attempt() -> None:
        with writing(lake, "r2") as tx:
            publish(tx, 1, "CM18-9000001", text="new")
            publish(tx, 1, "CM19-9000001", text="new")  # a folder that has to be made
            tx.commit()

    with monkeypatch.context() as patch, pytest.raises(LakeError, match=errno.errorcode[number]) as caught:
        patch.setattr(os, call, fails)
        attempt()
    assert caught.value.code == Code.LAKE_WRITE_FAILED
    if call != "unlink":  # by the time the journal is removed all is public
        assert _texts(lake) == {document_id(1): "old"}
    attempt()
    assert _texts(lake) == {document_id(1): "new"}


def test_a_full_disk_while_a_file_is_prepared_changes_nothing(
    lake: LakeLayout, publish: Publish, document_id: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(lake, "r1") as tx:
        publish(tx, 1, "CM18-9000001", text="old")
        tx.commit()

    class FullDisk(pq.ParquetWriter):  # type: ignore[misc]
        def write_table(self, *_: object, **__: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pq, "ParquetWriter", FullDisk)
    with pytest.raises(LakeError, match="ENOSPC") as caught, writing(lake, "r2") as tx:
        publish(tx, 1, "CM18-9000001", text="new")
    assert caught.value.code == Code.LAKE_WRITE_FAILED
    assert _texts(lake) == {document_id(1): "old"}


class FailingCalls:
    """A function of `os` that fails at its `at`-th call, and from then on too if the fault is `lasting`."""

    def __init__(self, lake: LakeLayout, name: str, at: int, *, lasting: bool) -> None:
        self.happen, self.lake, self.at, self.lasting, self.count = getattr(os, name), lake, at, lasting, 0
        self.decided = False
        """Whether the journal had stood by the time the fault struck first."""

    def __call__(self, *args: object) -> None:
        self.count += 1
        if self.count <= self.at:  # it may have been forgotten again since it was seen
            self.decided |= (self.lake.journal / "commit.json").exists()
        if self.count == self.at or (self.lasting and self.count > self.at):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.happen(*args)


def _put(lake: LakeLayout, rows: Rows, text: str, *places: Partition) -> None:
    """One letter in each place."""
    with writing(lake, text) as tx:
        for place in places:
            row = {"document_id": format(ord(place.folder[-1]), "064x"), "clean_text": text}
            tx.upsert(place, rows(TEXTS, row), pa.array([], pa.string()))
        tx.commit()


def _state(lake: LakeLayout) -> list[str]:
    return [text for place in lake.partitions("texts") for text in _texts(lake, place).values()]


@pytest.mark.parametrize("lasting", [False, True], ids=["passing", "lasting"])
@pytest.mark.parametrize("call", ["replace", "fsync"])
def test_a_fault_at_any_call_is_told_and_leaves_all_or_nothing(
    tmp_path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch, call: str, lasting: bool
) -> None:
    decided: list[bool] = []
    while True:
        lake = LakeLayout(tmp_path / str(len(decided)))
        _put(lake, rows, "old", PLACE)
        faults = FailingCalls(lake, call, len(decided) + 1, lasting=lasting)
        with monkeypatch.context() as patch:
            patch.setattr(os, call, faults)
            try:
                _put(lake, rows, "new", PLACE, NEXT_YEAR)
            except LakeError as error:
                assert error.code == Code.LAKE_WRITE_FAILED
            else:
                break  # there was no such call any more
        decided.append(faults.decided)
        wanted = ["new", "new"] if faults.decided else ["old"]
        if not (lasting and faults.decided):
            assert _state(lake) == wanted  # healed on the way out
        with writing(lake, "the next"):
            assert _state(lake) == wanted
    assert _state(lake) == ["new", "new"]
    assert decided == sorted(decided)  # there is one commit point, and faults on both its sides
    assert set(decided) == {False, True}
