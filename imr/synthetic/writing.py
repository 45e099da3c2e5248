"""Synthetic letters as files: any number of them, and their labels beside them when asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from imr.evaluation.labels import as_json
from imr.synthetic.compose import compose
from imr.synthetic.letter import SyntheticLetter
from imr.synthetic.pdf import pdf_of
from imr.synthetic.render import text_of

Form = Literal["txt", "pdf"]


def write_letters(
    folder: Path,
    count: int,
    seed: int = 0,
    form: Form = "txt",
    *,
    labels: Path | None = None,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write the letters 0 to `count` - 1 of a seed into `folder`, which is made if need be; gives their number.

    A letter of another seed with the same number has the same case number, hence the same file name.
    `labels`: folder for one JSON file per letter. `progress` is told after each letter how many are done.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        letter = compose(seed, number)
        file = write_letter(folder, letter, form)
        if labels:
            write_label(labels, letter, file.name)
        if progress:
            progress(number + 1)
    return count


def write_letter(folder: Path, letter: SyntheticLetter, form: Form) -> Path:
    """Write one letter into an existing folder."""
    file = folder / f"{letter.name}.{form}"
    file.write_bytes(pdf_of(letter) if form == "pdf" else text_of(letter).encode("utf-8"))
    return file


def write_label(folder: Path, letter: SyntheticLetter, file_name: str) -> Path:
    """Write what a letter says as JSON, under the letter's name."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{letter.name}.json"
    text = json.dumps(as_json(letter.truth, file_name), indent=1, ensure_ascii=False)
    file.write_text(text + "\n", encoding="utf-8")
    return file
