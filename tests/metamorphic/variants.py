"""Other prints and extractions of one letter, which say what the plain one says: furniture, page seams, blanks.

A variant is a pure function from pages of lines to pages of lines, and the seam between its pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

Pages = list[list[str]]
Change = Callable[[Pages], Pages]

FORM_FEED, NO_SEAM = "\n\f", "\n"
ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv")


class Variant(NamedTuple):
    """How a letter is printed or extracted."""

    change: Change
    seam: str = FORM_FEED
    least_pages: int = 1
    """Of a shorter letter the variant says nothing: unknown words that stand there once may well be its own."""

    def text(self, pages: Pages) -> str:
        """The variant's text of a letter."""
        return self.seam.join("\n".join(page) for page in self.change(pages)) + "\n"


def plain(pages: Pages) -> Pages:
    return pages


def printed(top: str = "", bottom: str = "", on: Callable[[int, int], bool] = lambda page, last: True) -> Change:
    """Furniture, one line or several, at the tops and ends of the pages that are chosen by their number and the last one.

    It may name the page ({p}, in Roman figures {roman}), the last one ({n}), the letter's {case} and a running {id}.
    """

    def change(pages: Pages) -> Pages:
        last, case = len(pages), case_number(pages)
        return [
            [*_filled(top, number, last, case), *page, *_filled(bottom, number, last, case)]
            if on(number, last)
            else page
            for number, page in enumerate(pages, 1)
        ]

    return change


def _filled(words: str, page: int, last: int, case: str) -> list[str]:
    roman = ROMAN[page - 1] if page <= len(ROMAN) else str(page)
    values = {"p": page, "n": last, "roman": roman, "case": case, "id": 4100 + 37 * page}
    return words.format(**values).split("\n") if words else []


def case_number(pages: Pages) -> str:
    """The case number a letter prints, or one that it might."""
    match = re.search(r"CM\d\d-\d{7}", "\n".join(pages[0]))
    return match[0] if match else "CM15-9000007"


def not_last(page: int, last: int) -> bool:
    return page < last


def not_first(page: int, last: int) -> bool:
    return page > 1


def odd(page: int, last: int) -> bool:
    return page % 2 == 1


def at_seams(words: str) -> Change:
    return printed(bottom=words, on=not_last)


def over_the_seam(end: str, top: str) -> Change:
    """Furniture at the end of every page but the last, and at the top of every page but the first."""
    return lambda pages: printed(top=top, on=not_first)(printed(bottom=end, on=not_last)(pages))


def both(first: Change, second: Change) -> Change:
    return lambda pages: second(first(pages))


def each_line(change: Callable[[str], str]) -> Change:
    return lambda pages: [[change(line) for line in page] for page in pages]


def double_spaced(pages: Pages) -> Pages:
    return [[half for line in page for half in (line, "")] for page in pages]


def repaged(lines: int) -> Change:
    """The letter on pages of so many lines, so that it is parted at other places."""

    def change(pages: Pages) -> Pages:
        whole = [line for page in pages for line in page]
        return [whole[start : start + lines] for start in range(0, len(whole), lines)]

    return change


def watermark(words: str) -> Change:
    """A mark across each page, which extractors put between any two lines."""
    return lambda pages: [[*page[: len(page) // 2], words, *page[len(page) // 2 :]] for page in pages]


def instead(of: str, other: str) -> Change:
    """Another character, or several, in place of one."""
    return each_line(lambda line: line.replace(of, other))


def within_words(hidden: str) -> Change:
    """Something that cannot be seen inside every long word, and none at a hyphen."""
    return each_line(lambda line: re.sub(r"(?<=[a-z]{3})(?=[a-z]{3})", hidden, line))


def full_width(line: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if each.isalnum() or each in ":/()#%-" else each for each in line)


def misread(line: str) -> str:
    """UTF-8 that was read as Windows-1252, whose last byte but one has no character there."""
    return line.encode().decode("cp1252", "ignore")


# The header table as extractors read it whose cells come column by column.

_CELLS = re.compile(
    r"Case Number: (?P<case>\S+)\s+Date Assigned: (?P<assigned>\S+) Date of Injury: (?P<injury>\S+)\s+"
    r"Decision Date: (?P<decided>\S+) UR Denial Date: (?P<denied>\S+)\s+"
    r"Priority: (?P<priority>\S+) Application\s+Received:\s+(?P<received>\S+)"
)
LEFT = "Case Number:\nDate Assigned:\nDecision Date:\nPriority:\n\n{case}\n{assigned}\n{decided}\n{priority}\n\n"
COLUMNS = f"{LEFT}Date of Injury:\nUR Denial Date:\nApplication\nReceived:\n\n{{injury}}\n{{denied}}\n{{received}}\n"
CELLS = f"{LEFT}Date of Injury: \n{{injury}} \nUR Denial Date:   {{denied}} \nApplication \n{{received}} \nReceived: \n"
MIXED = f"{LEFT}{{injury}} \nDate of Injury: \nUR Denial Date:   {{denied}} \n{{received}} \nApplication \nReceived: \n"
LAYOUT = (
    "Case Number:           {case}\n"
    "Date Assigned:         {assigned}                     Date of Injury:      {injury}\n"
    "Decision Date:         {decided}                     UR Denial Date:      {denied}\n"
    "Priority:              {priority}                       Application          {received}\n"
    "                                                      Received:\n"
)


def header_as(form: str) -> Change:
    """The header table of 2014 in another order; a letter without one stays as it is."""

    def change(pages: Pages) -> Pages:
        first = "\n".join(pages[0])
        cells = _CELLS.search(first)
        if not cells:
            return pages
        return [
            (first[: cells.start()] + form.format(**cells.groupdict()) + first[cells.end() :]).split("\n"),
            *pages[1:],
        ]

    return change


SAYING = (
    "This document was redacted by the office of the administrator and any further disclosure\n"
    "of it must follow the rules of the state on the privacy of injured persons and their files."
)
NOTICE = (
    "NOTICE: The information in this copy has been released to the public in redacted form. It may not\n"
    "be used to identify any individual and its further use is subject to state law. Questions may be\n"
    "sent to the records office of the program."
)
STAMPS = (
    "Redacted for publication under Labor Code 4610.6\nPrinted 03/0{p}/2018 10:1{p} by records unit\n{case}   {p}/{n}"
)

VARIANTS: dict[str, Variant] = {
    # Counters
    "page-of-pages": Variant(printed(bottom="Page {p} of {n}")),
    "page-of-pages-from-page-2": Variant(printed(top="Page {p} of {n}", on=not_first)),
    "bare-counter": Variant(printed(bottom="{p}")),
    "bare-counter-from-page-2": Variant(printed(bottom="{p}", on=not_first)),
    "counter-in-dashes-on-top": Variant(printed(top="- {p} -")),
    "roman-counter": Variant(printed(bottom="{roman}")),
    "counter-in-brackets": Variant(printed(bottom="[ {p} / {n} ]")),
    # The letter's own number, offices, addresses
    "case-number-on-top": Variant(printed(top="{case}")),
    "case-number-and-counter": Variant(printed(top="IMR Determination | {case}", bottom="Sheet {p}")),
    "letterhead": Variant(printed(top="MAXIMUS FEDERAL SERVICES, INC.\nIndependent Medical Review\nP.O. Box 138009 Sacramento, CA 95813-8009")),
    "form-number": Variant(printed(bottom="DWC Form IMR-7 (Rev. 01/2018)\n{p}")),
    "web-address": Variant(printed(bottom="https://www.dir.example.gov/dwc/imr/{case}.pdf")),
    "document-id": Variant(printed(bottom="MAX0000{id}")),
    # Stamps, fax lines, watermarks
    "fax-line": Variant(printed(top="07/12/2017 10:3{p} FAX 5551234567 ACME CLAIMS [p.{p}/{n}]")),
    "stamp": Variant(printed(top="*** CONFIDENTIAL - DO NOT COPY ***")),
    "stamp-over-two-lines": Variant(printed(top="CONFIDENTIAL - MEDICAL REVIEW RECORD\nRelease only as the law allows")),
    "received-stamp": Variant(printed(top="RECEIVED 03/0{p}/2018 2:2{p} PM")),
    "watermark": Variant(watermark("CONFIDENTIAL")),
    "public-copy": Variant(printed(bottom="Public Copy V. 1.0")),
    "date-and-time": Variant(printed(bottom="3/{p}/2018 10:41:0{p} AM")),
    "three-lines": Variant(printed(bottom=STAMPS)),
    # Words that no rule knows
    "sentence-over-two-lines": Variant(printed(bottom=SAYING)),
    "sentences-over-three-lines": Variant(printed(bottom=NOTICE)),
    "unknown-words": Variant(printed(top="Zentrum Blau Archive", bottom="Lot Q-{id} verified")),
    "unknown-capitals": Variant(printed(bottom="ARCHIVE SERIES B")),
    "unknown-in-lower-case": Variant(printed(bottom="blue folder of the regional depot")),
    "unknown-on-odd-pages": Variant(printed(bottom="Regional depot, blue folder", on=odd), least_pages=3),
    # Only where two pages meet
    "at-seams": Variant(at_seams("Public document - not for resale")),
    "from-page-2": Variant(printed(top="Independent review, continued", on=not_first)),
    "over-the-seam": Variant(over_the_seam("(continued on next page)", "Regional depot, blue folder"), least_pages=3),
    "among-empty-lines": Variant(printed(top="Archive copy seven\n", bottom="\nPage {p}")),
    # Without page breaks
    "no-pages": Variant(plain, NO_SEAM),
    "no-pages-page-of-pages": Variant(printed(bottom="Page {p} of {n}"), NO_SEAM),
    "no-pages-bare-counter": Variant(printed(bottom="{p}"), NO_SEAM),
    "no-pages-case-number": Variant(printed(top="{case}"), NO_SEAM),
    "no-pages-public-copy": Variant(printed(bottom="Public Copy V. 1.0"), NO_SEAM),
    "no-pages-unknown": Variant(printed(bottom="Archive of the Program, Series B"), NO_SEAM),
    "no-pages-two-lines": Variant(printed(top="CONFIDENTIAL - MEDICAL REVIEW RECORD\nRelease only as the law allows"), NO_SEAM),
    # Characters that stand for others
    "hyphens": Variant(instead("-", "\u2010")),
    "non-breaking-hyphens": Variant(instead("-", "\u2011")),
    "figure-dashes": Variant(instead("-", "\u2012")),
    "minus-signs": Variant(instead("-", "\u2212")),
    "small-hyphens": Variant(instead("-", "\ufe63")),
    "en-dashes": Variant(each_line(lambda line: re.sub(r"(?<=\w)-(?=\w)", "\u2013", line))),
    "soft-hyphens-for-all": Variant(instead("-", "\u00ad")),
    "soft-hyphens-in-words": Variant(within_words("\u00ad")),
    "zero-width-blanks": Variant(instead(": ", ":\u200b ")),
    "zero-width-blanks-in-words": Variant(within_words("\u200b")),
    "zero-width-blanks-around-lines": Variant(each_line(lambda line: f"\u200b{line}\u200b")),
    "word-joiners": Variant(instead("-", "\u2060-\u2060")),
    "joiners-in-words": Variant(within_words("\u200d")),
    "byte-order-marks-in-lines": Variant(instead(": ", "\ufeff: ")),
    "marks-of-direction": Variant(each_line(lambda line: f"\u202a{line}\u202c\u200e")),
    "isolates": Variant(each_line(lambda line: re.sub(r"(\d[\d/-]*)", "\u2068\\1\u2069", line))),
    "narrow-no-break-blanks": Variant(instead(" ", "\u202f")),
    "em-blanks": Variant(instead(": ", ":\u2003")),
    "thin-blanks-beside-blanks": Variant(instead(" ", " \u2009")),
    "ideographic-blanks": Variant(instead(" ", "\u3000")),
    "full-width": Variant(each_line(full_width)),
    "ligatures": Variant(both(instead("ffi", "\ufb03"), both(instead("fi", "\ufb01"), instead("fl", "\ufb02")))),
    "fraction-slashes": Variant(instead("/", "\u2044")),
    "ratio-signs": Variant(instead(": ", "\u2236 ")),
    "misread-no-break-blanks": Variant(each_line(lambda line: line.replace(" ", "\u00c2\u00a0") + "\u00c2\u00a0")),
    "misread-blanks-at-line-ends": Variant(each_line(lambda line: f"{line}\u00c2 ")),
    "misread-hyphens": Variant(both(instead("-", "\u2011"), each_line(misread))),
    "misread-twice": Variant(both(instead("-", "\u2011"), both(each_line(misread), each_line(misread)))),
    "control-characters-for-dashes": Variant(each_line(lambda line: re.sub(r"(?<=\w)-(?=\w)", "\u0096", line))),
    # Pages that end elsewhere
    "short-pages": Variant(repaged(16)),
    "half-pages": Variant(repaged(23)),
    "long-pages": Variant(repaged(61)),
    "half-pages-page-of-pages": Variant(both(repaged(27), printed(bottom="Page {p} of {n}"))),
    "short-pages-unknown": Variant(both(repaged(19), printed(top="Zentrum Blau Archive"))),
    # Other extractors
    "header-by-columns": Variant(header_as(COLUMNS)),
    "header-by-cells": Variant(header_as(CELLS)),
    "header-mixed-up": Variant(header_as(MIXED)),
    "header-in-layout": Variant(both(header_as(LAYOUT), printed(bottom="Page {p}"))),
    "header-by-columns-and-case-number": Variant(both(header_as(COLUMNS), printed(top="{case}", bottom="Page {p} of {n}"))),
    "windows-line-ends": Variant(both(printed(bottom="Page {p}"), each_line(lambda line: f"{line}\r"))),
    "old-line-ends": Variant(lambda pages: [["\r".join(page)] for page in pages]),
    "no-break-blanks": Variant(both(printed(bottom="Page {p}"), each_line(lambda line: line.replace(" ", "\u00a0")))),
    "indented": Variant(both(each_line(lambda line: f"    {line}"), printed(bottom=f"{' ' * 60}Page {{p}}"))),
    "blanks-at-line-ends": Variant(each_line(lambda line: f"{line}  ")),
    "double-spaced": Variant(both(double_spaced, printed(bottom="Page {p} of {n}\n"))),
}  # fmt: skip
