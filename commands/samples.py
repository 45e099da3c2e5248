"""`imr samples`: invented letters for trials and benchmarks."""

from __future__ import annotations

from pathlib import Path

from commands.console import err, out


def samples(folder: Path, count: int, seed: int, form: str, labels: Path | None) -> None:
    """Write invented letters, the same for the same seed."""
    from imr.synthetic.writing import write_letters

    with err.status(f"Writing {count} letters"):
        written = write_letters(folder, count, seed, form, labels=labels)  # type: ignore[arg-type]
    out.print(f"{written} letters of seed {seed} are in {folder}")


def scan(letters: Path, folder: Path, level: str, seed: int) -> None:
    """Write scans of letters."""
    from imr.synthetic.degrade import Level, write_scans

    with err.status("Scanning"):
        written = write_scans(letters.glob("*.pdf"), folder, Level(level), seed)
    out.print(f"{written} scans are in {folder}")
