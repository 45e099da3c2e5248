"""The landing set that comes with the project is what the generator writes."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from imr.synthetic.landing import DAMAGED, NO_LETTER, NOTICE, SCANNED, WANTED, landing_letters, write_landing

PROJECT = Path(__file__).parents[2]
LANDING = PROJECT / "data_lake" / "landing"
LABELS = PROJECT / "tests" / "golden" / "landing"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("set")
    write_landing(folder / "landing", folder / "labels")
    return folder


def text_of_pdf(file: Path) -> list[str]:
    with pypdfium2.PdfDocument(file.read_bytes()) as document:
        return [page.get_textpage().get_text_range() for page in document]


def test_committed_files_are_the_written_ones(written: Path) -> None:
    assert {file.name for file in LANDING.iterdir()} == {file.name for file in (written / "landing").iterdir()}
    assert {file.name for file in LABELS.iterdir()} == {file.name for file in (written / "labels").iterdir()}


def test_committed_texts_and_labels_are_byte_for_byte_the_written_ones(written: Path) -> None:
    texts = [(LANDING, file) for file in (written / "landing").glob("*.txt")]
    labels = [(LABELS, file) for file in (written / "labels").glob("*.json")]
    assert len(texts) == 5
    assert len(labels) == len(WANTED)
    for folder, file in texts + labels:
        assert (folder / file.name).read_bytes() == file.read_bytes(), file.name


def test_committed_pdfs_have_the_text_of_the_written_ones(written: Path) -> None:
    compared = [file for file in (written / "landing").glob("*.pdf") if file.name != DAMAGED]
    assert len(compared) >= 12
    for file in compared:
        assert text_of_pdf(LANDING / file.name) == text_of_pdf(file), file.name


def test_set_is_small_and_has_what_was_wanted() -> None:
    assert sum(file.stat().st_size for file in LANDING.iterdir()) < 400_000
    letters = landing_letters()
    assert all(want.fits(letter) and want.form == form for want, (form, letter) in zip(WANTED, letters, strict=True))
    assert len({letter.name for _, letter in letters}) == len(WANTED) >= 10


def test_damaged_letter_does_not_open(written: Path) -> None:
    for folder in (LANDING, written / "landing"):
        with pytest.raises(pypdfium2.PdfiumError):
            pypdfium2.PdfDocument((folder / DAMAGED).read_bytes())


def test_scanned_letter_is_one_page_of_ink_without_text() -> None:
    assert text_of_pdf(LANDING / SCANNED) == [""]
    with pypdfium2.PdfDocument((LANDING / SCANNED).read_bytes()) as document:
        shades = document[0].render(scale=0.5, grayscale=True).to_pil().getcolors()
    assert shades
    assert len(shades) > 10


def test_notice_has_the_shape_of_2013() -> None:
    text = " ".join(" ".join(text_of_pdf(LANDING / NOTICE)).split())
    assert text.startswith("MAXIMUS FEDERAL SERVICES, INC. Independent Medical Review Notice of Independent Medical")
    assert text.count("has determined the request for") == 4


def test_foreign_file_is_no_letter() -> None:
    text = (LANDING / NO_LETTER).read_text(encoding="utf-8")
    assert "parking" in text
    assert "Independent Medical Review" not in text
