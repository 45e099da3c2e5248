"""A listing as columns: the same files as records would be, in the same order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.errors import Code, ListingError
from imr.sources import listing
from imr.sources.credentials import Signed
from imr.sources.listing import Alike, Before, SourceFile
from imr.sources.many import Files

BEFORE = Before("a" * 64, ".pdf", 7, '"1"', None)

addresses = st.one_of(
    st.builds("file:///letters/{}.pdf".format, st.integers(0, 9)),
    st.builds("zip+file:///{}.zip#{}.pdf".format, st.integers(0, 2), st.integers(0, 9)),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=4),
)
texts = st.text(max_size=3)
records = st.builds(
    SourceFile, addresses, texts, texts, st.none(), st.one_of(st.none(), st.builds(Signed, st.just("x")))
)


@given(st.lists(st.lists(records, max_size=12), max_size=4))
def test_each_file_is_listed_once_and_archives_keep_their_order(lists: Sequence[Sequence[SourceFile]]) -> None:
    once: dict[str, SourceFile] = {}
    for file in (file for each in lists for file in each):
        known = once.get(file.uri)
        once[file.uri] = file._replace(signed=file.signed or (known and known.signed))  # a signature is not lost again
    assert [*Files.merged(lists)] == sorted(once.values(), key=lambda file: file.uri.partition("#")[0])


@given(st.lists(st.lists(records, min_size=1, max_size=9), max_size=4), st.data())
def test_files_may_come_one_by_one_or_together(lists: Sequence[Sequence[SourceFile]], data: st.DataObject) -> None:
    lists = [[file._replace(signed=None) for file in each] for each in lists]
    together = [Alike(*([getattr(file, name) for file in each] for name in Alike._fields)) for each in lists]
    each = [file for files in lists for file in files]
    files = Files.of(together)
    assert [*files] == [*Files.of(each)] == each
    assert len(files) == len(each)
    places = data.draw(st.lists(st.integers(0, len(each) - 1), max_size=5)) if each else []
    assert [*files.at(np.array(places, np.int64))] == [each[place] for place in places]


def test_what_more_is_known_of_a_file_stays_with_it() -> None:
    signed = SourceFile("https://a.example/1.pdf", "1.pdf", "", signed=Signed("https://a.example/1.pdf?sig=x"))
    plain, asked = (SourceFile(f"https://a.example/{n}.pdf", f"{n}.pdf", "") for n in (2, 3))
    asked = asked._replace(before=BEFORE)
    files = Files.merged([[asked, plain], Files.of([signed])])
    assert [*files] == [signed, plain, asked]
    (known,) = Files.of([plain]).knowing({plain.uri: plain._replace(before=BEFORE)})
    assert known.before == BEFORE


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param([SourceFile(str(n), "", "") for n in range(4)], id="one by one"),
        pytest.param([Alike(["1", "2"], ["", ""], ["", ""]), Alike(["3", "4"], ["", ""], ["", ""])], id="together"),
    ],
)
def test_more_than_a_run_can_take_in_is_refused(
    entries: Sequence[SourceFile | Alike], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MAX_ENTRIES", 4)
    assert len(Files.of(entries)) == 4
    monkeypatch.setattr(listing, "MAX_ENTRIES", 3)
    with pytest.raises(ListingError) as refused:
        Files.of(entries)
    assert refused.value.code is Code.LISTING_TOO_LARGE
