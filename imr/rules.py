"""Rule data: patterns and vocabularies kept as TOML beside the step that uses them, all in one dialect.

A file says in its table `dialect` how its expressions are meant. Every entry with a `pattern` carries an `example` that
it must match and a `not` that it must not; the tests are made from them. docs/rules.md explains all of it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property, partial, reduce
from importlib import resources
from itertools import chain
from operator import getitem
from typing import Any

from imr.dialect import either_case, filled, one_line, one_of, spaced
from imr.literals import Finder


class RuleError(ValueError):
    """A rule file that is not as the dialect has it: which one, and what is wrong. A mistake of whoever changed it."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the expressions of a file are meant, unless an entry says otherwise for itself.

    `frame` is what stands around the pattern of every entry, whose own place in it is `{pattern}`.
    """

    ignore_case: bool = False
    dot_all: bool = False
    multi_line: bool = False
    frame: str = ""

    def framed(self, expression: str) -> str:
        """An expression with what stands around it."""
        return self.frame.replace("{pattern}", f"(?:{one_line(expression)})") if self.frame else expression

    @property
    def flags(self) -> re.RegexFlag:
        """The flags of Python's `re`."""
        chosen = ((self.ignore_case, re.IGNORECASE), (self.dot_all, re.DOTALL), (self.multi_line, re.MULTILINE))
        return re.RegexFlag(sum(flag for is_set, flag in chosen if is_set))


@dataclass(frozen=True)
class Pattern:
    """One entry of a rule file: its expression as the step uses it, and the texts that it is tested with.

    `source` is the expression as Python's `re` takes it. `before` must match what stands before it, up to its
    beginning. No text that lacks all of the `marks` can hold the expression, so that most texts are spared it. `values`
    is what else the entry says.
    """

    name: str
    source: str
    flags: re.RegexFlag
    example: str
    counter_example: str
    before: re.Pattern[str] | None
    marks: tuple[str, ...]
    values: Mapping[str, Any]

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The expression, compiled when it is first used: many are only used as a part of one for many."""
        return re.compile(self.source, self.flags)

    @cached_property
    def finder(self) -> Finder:
        """The expression as it is looked for in long texts."""
        return Finder(self.expression)

    def may_be_in(self, lower: str) -> bool:
        """Whether the expression is worth trying on a text whose `lowered` form is given."""
        for mark in self.marks:
            if mark in lower:
                return True
        return not self.marks


_FEW = 20  # names, of which first letters of either case cost more to compile than they save
_OF_DIALECT = frozenset(field.name for field in fields(Dialect))
_OF_PATTERN = _OF_DIALECT | {"name", "pattern", "example", "not", "before", "marks"}


class Rules(dict[str, Any]):
    """One rule file: its tables as they stand in it, and the patterns of their entries."""

    def __init__(self, file: str, tables: Mapping[str, Any]) -> None:
        super().__init__(tables)
        self._file = file
        self._patterns: dict[str, tuple[Pattern, ...]] = {}
        self._named: dict[tuple[str, str | None], Pattern] = {}

    def patterns(self, table: str) -> tuple[Pattern, ...]:
        """The patterns of a table's entries, in the file's order, made once; a table may itself be its only entry."""
        if table not in self._patterns:
            entries = self[table] if isinstance(self[table], list) else [self[table]]
            self._patterns[table] = tuple(self.pattern_of(entry, table) for entry in entries)
        return self._patterns[table]

    def pattern(self, table: str, name: str | None = None) -> Pattern:
        """The pattern of that name among a table's entries; without a name, the first.

        Raises:
            RuleError: there is none.
        """
        if (table, name) not in self._named:
            named = [pattern for pattern in self.patterns(table) if name in (None, pattern.name)]
            if not named:
                raise RuleError(f"{self._file}: {table} has no {name}")
            self._named[table, name] = named[0]
        return self._named[table, name]

    def pattern_of(self, entry: Mapping[str, Any], table: str = "") -> Pattern:
        """The pattern of one entry; without a `name` it is called after its table.

        Raises:
            RuleError: the entry lacks what a pattern must have, or a part of it.
        """
        name = entry.get("name", table)
        if missing := {"pattern", "example", "not"} - entry.keys():
            raise RuleError(f"{self._file}: {name} lacks {', '.join(sorted(missing))}")
        dialect = replace(self._dialect, **{key: entry[key] for key in _OF_DIALECT & entry.keys()})
        before = rf"(?:{one_line(entry['before'])})\Z" if "before" in entry else None
        return Pattern(
            name,
            self._in_python(dialect.framed(entry["pattern"]), dialect),
            dialect.flags,
            entry["example"],
            entry["not"],
            re.compile(self._in_python(before, dialect), dialect.flags) if before else None,
            tuple(entry.get("marks", ())),
            {key: value for key, value in entry.items() if key not in _OF_PATTERN},
        )

    def compile_patterns(self) -> None:
        """Compile all patterns that were asked for."""
        for pattern in chain.from_iterable(self._patterns.values()):
            pattern.expression  # noqa: B018 - compiled by being asked for

    def compiled(self, expression: str) -> re.Pattern[str]:
        """An expression of the step's own in the dialect of the file, with its parts."""
        return re.compile(self._in_python(expression, self._dialect), self._dialect.flags)

    def _in_python(self, expression: str, dialect: Dialect) -> str:
        try:
            return spaced(filled(one_line(expression), partial(self._part, ignore_case=dialect.ignore_case)))
        except LookupError as error:
            raise RuleError(f"{self._file}: there is no part {error} for {expression}") from error

    @cached_property
    def _dialect(self) -> Dialect:
        try:
            return Dialect(**self["dialect"])
        except (KeyError, TypeError) as error:
            raise RuleError(f"{self._file}: its table `dialect` is missing or says what no dialect does") from error

    def _part(self, name: str, *, ignore_case: bool) -> str:
        """The expression of a part, or of all names in a list or table of the file."""
        named = self.get("parts", {}).get(name) or reduce(getitem, name.split("."), self)
        if isinstance(named, str):
            return one_line(named)
        return one_of(named, either_case if ignore_case and len(named) > _FEW else re.escape)


def either(patterns: Sequence[Pattern]) -> re.Pattern[str]:
    """One expression for several patterns, tried in this order; the flags are those of the first."""
    return _joined(patterns, "|")


def in_turn(patterns: Sequence[Pattern]) -> re.Pattern[str]:
    """One expression for several patterns one after the other; the flags are those of the first."""
    return _joined(patterns, "")


def _joined(patterns: Sequence[Pattern], by: str) -> re.Pattern[str]:
    return re.compile(by.join(f"(?:{pattern.source})" for pattern in patterns), patterns[0].flags)


_loaded: list[Rules] = []


@cache
def load_rules(step: str, name: str) -> Rules:
    """The rule file `imr/<step>/rules/<name>.toml`, read once per process."""
    path = resources.files(f"imr.{step}") / "rules" / f"{name}.toml"
    _loaded.append(Rules(f"{step}/{name}.toml", tomllib.loads(path.read_text(encoding="utf-8"))))
    return _loaded[-1]


def compile_patterns() -> None:
    """Compile every pattern that was asked for, used or not: for a process that others are forked from."""
    for rules in _loaded:
        rules.compile_patterns()
