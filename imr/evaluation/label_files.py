"""Labels from their files, one JSON file per letter: everything that is wrong with one is said at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import is_dataclass
from functools import cache, partial
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin

from cattrs import BaseConverter, Converter
from cattrs.errors import ClassValidationError, IterableValidationError
from cattrs.gen import make_dict_structure_fn
from cattrs.strategies import configure_union_passthrough

from imr.evaluation.labels import FromOne, Label


class LabelError(ValueError):
    """A label that cannot be used: which file, and what is wrong with it."""


def read_labels(paths: Sequence[Path]) -> list[Label]:
    """The labels in some folders or files, by name.

    Raises:
        LabelError: there is none, one cannot be read, lacks keys or holds values of another form under them, or two
            are of one letter.
    """
    labels = [_read(path) for path in _files(paths)]
    if not labels:
        raise LabelError(f"no label files (*.json) in {', '.join(map(str, paths))}")
    names = [label.name for label in labels]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise LabelError(f"more than one label for {', '.join(twice)}")
    return labels


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        yield from sorted(path.glob("*.json")) if path.is_dir() else [path]


def _read(path: Path) -> Label:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LabelError(f"{path}: {type(error).__name__}: no readable JSON") from error
    try:
        label = structured(values)
    except LabelError as error:
        raise LabelError(f"{path}: {error}") from None
    numbers = [decision.decision_number for decision in label.decisions]
    if len(set(numbers)) < len(numbers):
        raise LabelError(f"{path}: two decisions have the same decision_number")
    return label


def structured(values: object) -> Label:
    """A label from the values that its file holds.

    Raises:
        LabelError: everything that is wrong with it, without a word of what it holds.
    """
    try:
        return _converter().structure(values, Label)
    except ClassValidationError as error:
        raise LabelError("; ".join(_faults(error))) from None  # the error itself holds what the label does


@cache
def _converter() -> Converter:
    """Takes values as JSON has them: nothing is turned into what a label needs."""
    converter = Converter()
    configure_union_passthrough(str | int | float | bool | None, converter)
    for kind in (str, int, float, bool):
        converter.register_structure_hook(kind, _exactly(partial(_is_a, kind)))
    counted = _exactly(lambda value: type(value) is int and value > 0)
    converter.register_structure_hook_func(lambda of: of is FromOne, counted)
    converter.register_structure_hook_factory(_is_tuple, _list_hook)
    converter.register_structure_hook_factory(is_dataclass, _record_hook)
    return converter


def _is_a(kind: type, value: object) -> bool:
    return type(value) is kind


def _exactly(holds: Callable[[Any], bool]) -> Callable[[Any, Any], Any]:
    def hook(value: object, _: object) -> object:
        if not holds(value):
            raise TypeError
        return value

    return hook


def _is_tuple(of: Any) -> bool:  # noqa: ANN401 - any type
    return get_origin(of) is tuple


def _list_hook(of: Any, converter: BaseConverter) -> Callable[[Any, Any], Any]:  # noqa: ANN401 - any kind of tuple
    """Takes lists alone for tuples: a text could be taken apart as well."""
    first, last = get_args(of)

    def hook(value: object, _: object) -> tuple[Any, ...]:
        if not isinstance(value, list) or (last is not ... and len(value) != len((first, last))):
            raise TypeError
        return tuple(converter.structure(value, list[first]))  # type: ignore[valid-type]

    return hook


def _record_hook(of: Any, converter: BaseConverter) -> Callable[[Any, Any], Any]:  # noqa: ANN401 - any dataclass
    """Takes what is no record for one that lacks everything."""
    structure = make_dict_structure_fn(of, converter)
    return lambda value, of: structure(value if isinstance(value, dict) else {}, of)


def _faults(error: ClassValidationError, where: str = "") -> Iterator[str]:
    """What is wrong with a record and with all records in it; never what they hold."""
    noted = error.group_exceptions()[0]
    missing = [note.name for fault, note in noted if isinstance(fault, KeyError)]
    if missing:
        yield f"{where}lacks {', '.join(missing)}"
    for fault, note in noted:
        entries = list(_entries(fault))
        for entry, number in entries:
            yield from _faults(entry, f"{where}{note.name.replace('decisions', 'decision')} {number}: ")
        if not entries and not isinstance(fault, KeyError):
            yield f"{where}{note.name} is no {_described(note.type)}"


def _entries(fault: Exception) -> Iterator[tuple[ClassValidationError, int]]:
    """The records in a list with which something is wrong, each with its number from 1."""
    if isinstance(fault, IterableValidationError):
        for entry, note in fault.group_exceptions()[0]:
            if isinstance(entry, ClassValidationError):
                yield entry, int(note.index) + 1


_KINDS: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "truth value",
    NoneType: "null",
    FromOne: "whole number from 1",
    tuple[str, ...]: "list of texts",
    tuple[tuple[str, str], ...]: "list of pairs of texts",
}


def _described(of: Any) -> str:  # noqa: ANN401 - any type of a label
    """What a value must be, in words."""
    if get_origin(of) is tuple:
        return _KINDS.get(of, "list")
    return " or ".join(_KINDS[kind] for kind in get_args(of) or (of,))
