"""Whether a source or a separator begins another citation, or belongs to the one that is being read."""

from __future__ import annotations

import re
from functools import cache

from imr.extraction.citation_pieces import OpenPiece, source_name
from imr.extraction.citation_tokens import chapter_name, entries_of, guideline_rules, topic_names

_ENDED = re.compile(
    r"(?P<by>[.;]|\band)(?:\s+\(?\d[.)])?(?:\s+(?:on|in))?(?:\s+the)?(?:\s+Non-\s?MTUS)?\s*\Z", re.IGNORECASE
)
_NAMELY = re.compile(r"\b(?:namely|specifically|that\s+is|i\.e\.|viz\.?)[,:]?(?:\s+the)?\s*\Z", re.IGNORECASE)
_ACCESSED = re.compile(
    r"\b(?:accessed|retrieved|viewed)\s+(?:on\s+)?(?:[A-Z][a-z]+\s+)?[\d/., -]{4,12}\Z", re.IGNORECASE
)
_LONGEST_END = 60  # characters, white space included
# The MTUS took over the chapters of the ACOEM guidelines under their names; these alone it wrote itself.
_OF_MTUS = re.compile(r"Chronic\s+Pain|Acc?upuncture|Opioids?\s+Treatment|Post-?surgical", re.IGNORECASE)
_OF = re.compile(r"\b(?:chapters?(?:\s+\d+)?|sections?)\s+(?:of|in|from)\s+(?:the\s+)?\Z", re.IGNORECASE)
_ON = re.compile(r"\s(?:on|upon)\s", re.IGNORECASE)
_LINK = re.compile(r";|and|well")
_WITH_TOPICS = ("ODG", "ACOEM", "MTUS")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_BLANK = re.compile(r"\s*\Z")


def ended_before(text: str, start: int, token: re.Match[str]) -> re.Match[str] | None:
    """What ends a citation right before a token: a full stop, a semicolon or an "and"."""
    return _ENDED.search(text, max(start, token.start() - _LONGEST_END), token.start())


def is_named_after_all(text: str, token: re.Match[str]) -> bool:
    """Whether a token is what was spoken of: "relied on the same guideline as the other side, namely the MTUS"."""
    return _NAMELY.search(text, max(0, token.start() - _LONGEST_END), token.start()) is not None


def begins_anew(text: str, piece: OpenPiece, token: re.Match[str]) -> bool:
    """Whether the source that a token names begins a citation, or belongs to the one before."""
    ended = ended_before(text, piece.start, token)
    if piece.named is None and _OF.search(text, max(piece.start, token.start() - _LONGEST_END), token.start()):
        return False  # "Low Back Chapter of the ODG"
    if token.lastgroup in ("web", "publisher"):
        # A reference's own sentences may name a publisher or an address; after ODG or ACOEM another citation begins.
        apart = ended is not None and (ended["by"] != "." or piece.source in _WITH_TOPICS)
        return apart or (token.lastgroup == "web" and piece.web)
    if source_name(token) == "ACOEM" and piece.pages_end < 0 and ended is None:
        # "Knee Complaints Chapter of the ACOEM Practice Guidelines" is one, "the MTUS, specifically ACOEM" too.
        led = piece.named is not None and filling().match(text, piece.named.end(), token.start()) is not None
        is_chapter = piece.topic != "" and _OF_MTUS.match(piece.topic) is None
        return not (is_chapter or (led and piece.source == "MTUS"))
    return not piece.has_sections or ended is not None


def parts_from(text: str, piece: OpenPiece, token: re.Match[str], after: re.Match[str] | None) -> bool:
    """Whether a separator parts what is known to follow it from the open piece."""
    by = token.group().lower()
    linked = _LINK.search(by) is not None
    after_pages = piece.pages_end >= 0 and _BLANK.match(text, piece.pages_end, token.start()) is not None
    anything = bool(piece.topic or piece.has_sections or piece.named)
    kind = after and after.lastgroup
    if kind in ("topic_of_year", "topic", "dated") and _is_in_title(text, piece, token):
        return False
    match kind:
        case "topic_of_year":
            return anything if linked else bool(piece.topic)
        case "topic":
            topic = (
                bool(piece.topic) or (linked and _says_more(text, piece, token)) or _is_bare_acoem(text, piece, token)
            )
            return (topic or after_pages) and (not piece.has_sections or by.split() == [",", "and"])
        case "dated":
            return anything and linked and (by[0] in ",;" or _ends_in_year(text, token))
        case "odg_chapter":
            return linked and piece.source == "ODG" and _ends_entry(text, piece, token)
        case "work":
            return linked and anything
        case "author" if linked and (anything or _YEAR.search(text, piece.start, token.start())):
            return True
        case "organization":
            return ";" in by or (linked and piece.source in _WITH_TOPICS)  # the names of others hold an "and"
        case "chapter":
            said = text[piece.start : token.start()]
            return after_pages or ("hapter" in said and said.count("(") == said.count(")"))
    is_named = text[token.end() : token.end() + 1].isupper() and not is_detail(text, token.end())
    visited = piece.web and (";" in by or _ACCESSED.search(text, piece.start, token.start()) is not None)
    return is_named and (visited or (linked and after_pages))


def is_apart(piece: OpenPiece, separator: re.Match[str], kind: str) -> bool:
    """Whether what a separator parts has a source of its own, though it does not name one: "and on ..."."""
    if kind in ("work", "author", "organization") or (kind == "dated" and piece.source in ("ODG", "ACOEM")):
        return True
    return _ON.search(separator.group()) is not None


def _is_in_title(text: str, piece: OpenPiece, token: re.Match[str]) -> bool:
    """Whether a topic is of another's title: "Academy of Neurology, Treatment of Dystonia, and Headache, 2016"."""
    of_others = piece.source == "other" and ";" not in token.group()
    return of_others and not _YEAR.search(text, piece.start, token.start())


def _ends_in_year(text: str, token: re.Match[str]) -> bool:
    return text[max(0, token.start() - 6) : token.start()].rstrip()[-4:].isdigit()


def _says_more(text: str, piece: OpenPiece, token: re.Match[str]) -> bool:
    """Whether a citation has words besides its source."""
    return any(map(str.isalpha, text[piece.named.end() if piece.named else piece.start : token.start()]))


def _is_bare_acoem(text: str, piece: OpenPiece, token: re.Match[str]) -> bool:
    """Whether nothing but "ACOEM" has been said, and what follows is another guideline, no chapter of it."""
    named = piece.named
    bare = named is not None and piece.source == "ACOEM" and not text[named.end() : token.start()].strip()
    after = topic_names().match(text, token.end())
    linked = _LINK.search(token.group().lower()) is not None
    return bare and after is not None and (linked or _OF_MTUS.match(after.group()) is not None)


def _ends_entry(text: str, piece: OpenPiece, token: re.Match[str]) -> bool:
    """Whether a separator ends an entry of the ODG, its chapter and topic: "Low Back Chapter, MRIs"."""
    start = piece.named.end() if piece.named else piece.start
    chapter = chapter_name().search(text, start)
    if chapter and chapter.start() < token.start() < chapter.end():
        return False  # the "and" of "Neck and Upper Back"
    topic = text[chapter.end() if chapter else start : token.start()]
    return ";" in token.group() or any(map(str.isalpha, topic))


def is_detail(text: str, start: int) -> bool:
    """Whether the words after a citation's pages belong to it, as tables and figures do."""
    return entries_of("detail")["detail"].match(text, start) is not None


@cache
def filling() -> re.Pattern[str]:
    """What may stand between two citations and is none itself."""
    return guideline_rules().compiled(r"(?:[ .,;:()\d-]|\b{fillers}\b)*\Z")
