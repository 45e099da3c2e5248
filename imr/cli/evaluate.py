"""`imr evaluate`: how right the tables are, field by field."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from imr.cli.console import out, print_json, print_table
from imr.cli.options import DEFAULT_LAKE, AsJson, LakeFolder, subcommand

if TYPE_CHECKING:
    from imr.evaluation.accuracy import Evaluation, Group
    from imr.evaluation.comparison import Result
    from imr.evaluation.saved import Changes, FieldLocation

app = subcommand()

_SHOWN = 10  # locations of a field's mistakes


@app.command()
def evaluate(
    labels: Annotated[list[Path], typer.Argument(help="Folders or files of labels, one JSON file per letter.")],
    lake: LakeFolder = DEFAULT_LAKE,
    as_json: AsJson = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Write the table for a document.")] = False,
    save: Annotated[Path | None, typer.Option(help="Keep this evaluation in a JSON file.")] = None,
    against: Annotated[Path | None, typer.Option(help="Say what is better or worse than in a kept one.")] = None,
) -> None:
    """Measure the tables by letters that people have labelled: accuracy per field, by form and origin of the text.

    Exit code 1 when anything is worse than in the evaluation given by --against, 2 when a file cannot be used.

    Example: imr evaluate tests/accuracy/labels --lake my_lake --save before.json
    """
    from imr.evaluation.label_files import LabelError
    from imr.evaluation.saved import SavedError

    try:
        unharmed = measure_and_show(labels, lake, as_json=as_json, markdown=markdown, save=save, against=against)
    except (LabelError, SavedError) as error:
        raise typer.BadParameter(str(error)) from None
    raise typer.Exit(0 if unharmed else 1)


def measure_and_show(
    labels: Sequence[Path], root: Path, *, as_json: bool, markdown: bool, save: Path | None, against: Path | None
) -> bool:
    """Measure a lake and show the figures; False if anything got worse since the evaluation saved in `against`.

    Raises:
        LabelError, SavedError: a file that was given cannot be used.
        LakeError: a table cannot be read.
    """
    from imr.evaluation.accuracy import evaluate as measure
    from imr.evaluation.label_files import read_labels
    from imr.evaluation.saved import Changes, changes_since, read_saved
    from imr.evaluation.saved import as_json as evaluation_as_json
    from imr.lake.layout import LakeLayout

    earlier = read_saved(against) if against else None
    evaluation = measure(LakeLayout(root), read_labels(labels))
    changes = changes_since(earlier, evaluation) if earlier else Changes((), ())
    if save:
        save.parent.mkdir(parents=True, exist_ok=True)
        save.write_text(json.dumps(evaluation_as_json(evaluation), indent=1) + "\n", encoding="utf-8")
    if as_json:
        print_json(
            {**evaluation_as_json(evaluation), "changes": {k: [p._asdict() for p in v] for k, v in _named(changes)}}
        )
    elif markdown:
        print("\n".join(_markdown(evaluation)))
    else:
        _show(evaluation, changes, compared=earlier is not None)
    return not changes.losses


def _named(changes: Changes) -> Iterator[tuple[str, tuple[FieldLocation, ...]]]:
    return zip(changes._fields, changes, strict=True)


def _show(evaluation: Evaluation, changes: Changes, *, compared: bool) -> None:
    print_table("Accuracy by letter format", ["field", *evaluation.by_format], list(_rows(evaluation.by_format)))
    origins = [
        [name, group.letters, group.decisions, _figure(group.mean)] for name, group in evaluation.by_text_origin.items()
    ]
    print_table("By text origin", ["text origin", "letters", "decisions", "mean"], origins)
    mistakes = defaultdict(list)
    for result in evaluation.results:
        if result.mistakes:
            mistakes[result.field].append(_where(result))
    rows = [[field, len(locations), _some(locations)] for field, locations in mistakes.items()]
    if rows:
        print_table("Where they are wrong", ["field", "places", "letter #item"], rows)
    if compared:
        for name, locations in _named(changes):
            out.print(f"{len(locations)} {name} since the saved evaluation")
            if locations:
                print_table(
                    "", ["field", "letter #item"], [[location.field, _where(location)] for location in locations]
                )


def _rows(groups: dict[str, Group]) -> Iterator[list[object]]:
    """The accuracy of each field in each group, then the means and sizes."""
    fields = dict.fromkeys(field for group in groups.values() for field in group.fields)
    for field in fields:
        yield [
            field,
            *(_figure(group.fields[field].value if field in group.fields else None) for group in groups.values()),
        ]
    yield ["mean", *(_figure(group.mean) for group in groups.values())]
    yield ["letters / decisions", *(f"{group.letters} / {group.decisions}" for group in groups.values())]


def _markdown(evaluation: Evaluation) -> Iterator[str]:
    yield "| field | " + " | ".join(evaluation.by_format) + " |"
    yield "|---|" + "---|" * len(evaluation.by_format)
    for row in _rows(evaluation.by_format):
        yield "| " + " | ".join(map(str, row)) + " |"


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _where(place: FieldLocation | Result) -> str:
    return place.letter if place.decision_number is None else f"{place.letter} #{place.decision_number}"


def _some(locations: Sequence[str]) -> str:
    more = f" and {len(locations) - _SHOWN} more" if len(locations) > _SHOWN else ""
    return ", ".join(locations[:_SHOWN]) + more
