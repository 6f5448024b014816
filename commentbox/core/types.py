"""The frozen values that the layers hand to each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

# --- the draft -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Node:
    """Hold one node of a draft that can be commented on.

    ``path`` is unique in the draft and stable for one text ("2.1.3.12"); ``parent`` is a path or
    None. ``number`` is the number of a measure (（12） is 12), None for every other kind of node.
    ``kind`` is a `states.MeasureKind` value. ``keywords`` are what staff say people call it.
    """

    path: str
    label: str
    number: int | None
    kind: str
    title: str
    text: str
    parent: str | None
    lead_agencies: tuple[str, ...] = ()
    responsible_agencies: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnnexItem:
    """Hold one item of the annex and the path of the measure that it carries out, if one is found."""

    number: int
    title: str
    text: str
    measure: str | None
    lead_agencies: tuple[str, ...] = ()
    responsible_agencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """Hold what the notice above the draft says; a field that it does not name is None.

    ``closes`` is the last day on which comments are taken, itself included.
    """

    title: str | None = None
    unit: str | None = None
    text: str = ""
    opens: date | None = None
    closes: date | None = None
    mailbox: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None


@dataclass(frozen=True, slots=True)
class UnplacedLine:
    """Hold one line of the source that found no place in the tree; ``number`` counts from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """Hold a draft as read: its notice, its nodes in order, its annex, and what was not recognised."""

    title: str
    notice: Notice
    preamble: str
    nodes: tuple[Node, ...]
    annex: tuple[AnnexItem, ...]
    unplaced: tuple[UnplacedLine, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Hold one paragraph or one table of a source document, in order.

    ``level`` is the heading level that the word processor gave (1 upward), None for running text.
    ``rows`` is set for a table: cells in reading order, a merged cell's text in its first place and
    "" in the rest. ``line`` is the line or paragraph number in the source, from 1.
    """

    text: str
    line: int
    level: int | None = None
    rows: tuple[tuple[str, ...], ...] | None = None


# --- mail ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileRef:
    """Name bytes that are kept in the blob store."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class ParsedAttachment:
    """Hold one attachment as named and as sent; ``content`` is its decoded bytes."""

    filename: str
    media_type: str
    content: bytes


class Kind(StrEnum):
    """Name what a stretch of a letter is."""

    OWN = "own"
    QUOTE = "quote"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Span:
    """Hold a stretch of the text, text[start:end], and what it is."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class CloudFile:
    """Hold a file that lies with the sender's provider: all that a mail says of it; it is never fetched.

    ``size`` is in bytes, about, 0 where nothing is said; ``expires`` is as the provider wrote it
    ("2026年11月27日 21:59", "无限期"), or "".
    """

    name: str
    link: str
    size: int = 0
    expires: str = ""


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """Hold a mail as read, decoded; nothing in it is trusted.

    ``headers`` are all header fields in order, names in lower case, values decoded and unfolded.
    ``text`` is the whole readable body (plain part, or the HTML as text). ``date`` is the Date header
    and never decides anything. ``doubtful`` is true where a replacement character had to be used.
    ``marked`` are the stretches of ``text``, in order, that the HTML itself names as quotation or signature.
    """

    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    subject: str
    from_name: str
    from_address: str
    to_addresses: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str | None = None
    date: datetime | None = None
    attachments: tuple[ParsedAttachment, ...] = ()
    cloud_files: tuple[CloudFile, ...] = ()
    warnings: tuple[str, ...] = ()
    doubtful: bool = False
    marked: tuple[Span, ...] = ()

    def header(self, name: str) -> str:
        """Return the first value of a header field, "" where it is missing."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key == wanted), "")


@dataclass(frozen=True, slots=True)
class MailFacts:
    """Hold what is known of a mail besides its bytes."""

    junk_folder: bool = False
    own_addresses: frozenset[str] = frozenset()
    own_message_ids: frozenset[str] = frozenset()
    """Those of the message ids this mail refers to that are ours."""
    sent_to_address_24h: int = 0
    bounced_address: bool = False
    """Mail of ours to this sender came back: there is no such address."""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Hold the two decisions about a mail, apart: is it a submission, and is it acknowledged.

    ``outcome`` is "submission", "ignored" or "held". ``reason`` is a code of `rules`, "" for a
    submission; ``silence`` is the code of why no acknowledgement is sent, "" where one is.
    """

    outcome: str
    reason: str = ""
    silence: str = ""

    @property
    def acknowledge(self) -> bool:
        """Tell whether an acknowledgement is sent."""
        return self.outcome == "submission" and not self.silence


@dataclass(frozen=True, slots=True)
class ExtractedText:
    """Hold the text of an attachment; ``status`` is a `states.TextStatus` value."""

    status: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class ReadLetter:
    """Hold a mail as read and the text of each of its attachments, in their order."""

    mail: ParsedMail
    texts: tuple[ExtractedText, ...]


# --- understanding ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Point:
    """Hold one point of a letter; ``start`` and ``end`` are offsets into the text that was split.

    ``excerpt`` equals text[start:end] for running text. For a row of a returned table ``original``
    is the draft's wording that it quotes, ``proposal`` the wording asked for, and ``reference`` the
    cell that names the measure.
    """

    start: int
    end: int
    excerpt: str
    original: str = ""
    proposal: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """Hold an explicit reference in a text: its span and the paths it may mean, likeliest first."""

    start: int
    end: int
    text: str
    paths: tuple[str, ...]
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Suggested:
    """Hold one measure that the machine suggests.

    ``score`` lies in 0..1; ``source`` is "reference" or "model"; ``reason`` is a short text for
    staff; ``spans`` are where the text speaks for it, most clearly first.
    """

    path: str
    score: float
    source: str
    reason: str
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Hold the measures suggested for one comment, best first, and how sure the machine is.

    ``flag`` is a `states.CommentFlag` where the comment may be about no measure; never more than a hint.
    """

    measures: tuple[Suggested, ...]
    confidence: float
    ambiguous: bool = False
    flag: str | None = None


# --- the comment sheet -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SheetHead:
    """Hold what stands above the comment sheet's table."""

    title: str
    period: str
    unit: str
    date: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """Hold one row of the comment sheet, in the order of `sheets.COLUMNS`, as texts."""

    number: int
    clause: str
    original: str
    comment: str
    proposal: str
    respondent: str
    source: str
    disposition: str
    reason: str
    revised: str
    lead_agency: str
    remarks: str


# --- people ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Actor:
    """Hold who acts: a member of staff, or the machine (``user_id`` None)."""

    name: str
    user_id: int | None = None
    role: str = ""


SYSTEM = Actor("system")
