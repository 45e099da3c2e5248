"""How the expressions of rule files are written: over several lines, with named parts, a blank for any white space.

Everything else in them is as in Python's `re`. docs/rules.md explains the dialect to those who write rules.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable

_PART = re.compile(r"(?<!\\)\{(?P<name>[a-z][\w.]*)(?::(?P<group>[a-z]\w*))?\}")
_GROUP_OF_PART = "{}"
_OPENS_ALTERNATIVE = re.compile(r"(?:\A|(?<!\\)(?:\||\((?:\?(?:[:=!]|<[=!]|P<\w+>|[a-z-]+:))?))\Z")
_TOKEN = re.compile(r"\\? [?*+]?|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?<[=!]|[()]", re.DOTALL)
_IN_BRACKETS = re.compile(r"\\? |(\\.)", re.DOTALL)
_WHITE_SPACE = {" ": r"\s+", " +": r"\s+", " ?": r"\s*", " *": r"\s*"}


def one_line(expression: str) -> str:
    """An expression without its line breaks and indentation; a blank that counts there is written with a backslash."""
    return "".join(map(str.strip, expression.splitlines())) if "\n" in expression else expression


def one_of(names: Iterable[str], first_letter: Callable[[str], str] = re.escape) -> str:
    """An expression for plain names, of two that begin alike the longer one first.

    They are grouped by their first letters, for which `first_letter` gives the expression: most words of a text then
    fail at one letter.
    """
    rests: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(names, key=len, reverse=True):
        rests[first_letter(name[0])].append(re.escape(name[1:]).replace(r"\ ", " "))
    return "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in rests.items())


def either_case(letter: str) -> str:
    """A first letter where case is ignored: told at once, as if it were not."""
    return f"(?-i:[{letter.upper()}{letter.lower()}])" if letter.isalpha() else re.escape(letter)


def in_its_case(letter: str) -> str:
    """A first letter that must be as it is written, where the case of all others is ignored."""
    return f"(?-i:{re.escape(letter)})"


def filled(expression: str, part_of: Callable[[str], str]) -> str:
    """An expression with `{name}` replaced by the part of that name, which may hold parts itself.

    A part counts as one thing, whatever stands around it. `{name:group}` is the part as a group of that name; a part
    with several groups has `{}` where their name goes.

    Raises:
        LookupError: by `part_of`, for a name it does not know.
    """

    def part(named: re.Match[str]) -> str:
        words, group = filled(part_of(named["name"]), part_of), named["group"]
        if group and _GROUP_OF_PART in words:
            words = words.replace(_GROUP_OF_PART, group)
        elif group:
            return f"(?P<{group}>{words})"
        return words if _is_alternative(expression, *named.span()) else f"(?:{words})"

    return _PART.sub(part, expression)


def _is_alternative(expression: str, start: int, end: int) -> bool:
    """Whether what stands there is a whole alternative: its own alternatives need no brackets then."""
    return _OPENS_ALTERNATIVE.search(expression[:start]) is not None and expression[end : end + 1] in ("", "|", ")")


def spaced(expression: str) -> str:
    """An expression whose blanks stand for any white space, and for as much of it as there is.

    Within brackets and in a look-behind, which must have one length, a blank is one character of white space.
    """
    behind: list[bool] = []  # of each open group: whether it is a look-behind or within one

    def in_python(token: re.Match[str]) -> str:
        words = token.group()
        if words[0] == "(":
            behind.append(len(words) > 1 or behind[-1:] == [True])
        elif words == ")":
            del behind[-1:]
        elif words[0] == "[":
            return _IN_BRACKETS.sub(lambda one: one[1] or r"\s", words)
        elif " " in words:
            blank = words.removeprefix("\\")
            return blank.replace(" ", r"\s") if behind[-1:] == [True] else _WHITE_SPACE[blank]
        return words

    return _TOKEN.sub(in_python, expression)
