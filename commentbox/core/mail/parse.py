"""A mail's bytes to a ParsedMail: any bytes in, never an exception out, warnings instead."""

from __future__ import annotations

from commentbox.core.mail.body import Letter, read_letter, tidy
from commentbox.core.mail.charsets import decode
from commentbox.core.mail.cloud import cloud_files
from commentbox.core.mail.damage import Damage
from commentbox.core.mail.fields import (
    Address,
    addresses,
    clean,
    eight_bit,
    header_text,
    mail_date,
    message_ids,
)
from commentbox.core.mail.structure import Part, Tree, parse_structure
from commentbox.core.types import ParsedMail

MAX_SUBJECT = 2_000
_UNREADABLE_SAMPLE = 100_000


def parse_mail(raw: bytes) -> ParsedMail:
    """Return the mail that these bytes are, as far as they can be read."""
    try:
        return _parsed(raw)
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
        # A fault of ours must not lose a letter: what is there is shown as it is.
        return _unreadable(raw)


def _parsed(raw: bytes) -> ParsedMail:
    tree = parse_structure(raw)
    root, damage = tree.root, list(tree.damage)
    hint = _charset(tree)
    letter = read_letter(tree, hint, damage)
    subject = _subject(root, hint, damage)
    sender = _sender(root, hint)
    return ParsedMail(
        message_id=_message_id(root),
        in_reply_to=message_ids(root.raw("in-reply-to")),
        references=message_ids(root.raw("references")),
        subject=subject,
        from_name=sender.name,
        from_address=sender.address,
        to_addresses=_recipients(root, hint),
        headers=tuple((name, _field(name, value, hint)) for name, value in root.fields),
        text=letter.text,
        html=letter.html,
        date=mail_date(root.raw("date")),
        attachments=tuple(letter.attachments),
        cloud_files=cloud_files(letter.html or "", letter.text),
        warnings=tuple(dict.fromkeys(str(code) for code in damage)),
        doubtful=_doubtful(subject, letter),
        marked=letter.marked,
    )


def _field(name: str, value: bytes, hint: str) -> str:
    # An encoded word in it would come out as quotes and semicolons that our server never wrote.
    return clean(eight_bit(value, hint)) if name == "authentication-results" else header_text(value, hint)


def _unreadable(raw: bytes) -> ParsedMail:
    text = tidy(decode(raw[:_UNREADABLE_SAMPLE]).text)
    return ParsedMail("", (), (), "", "", "", (), (), text, warnings=(str(Damage.UNREADABLE),), doubtful=True)


def _charset(tree: Tree) -> str:
    """Return the charset that the mail's texts declare: the best guess for its raw 8-bit fields."""
    labels = (part.content_type.text("charset") for part in tree.parts)
    return next((label for label in labels if label), "")


def _subject(root: Part, hint: str, damage: list[Damage]) -> str:
    subject = header_text(root.raw("subject"), hint)
    if len(subject) > MAX_SUBJECT:
        damage.append(Damage.SUBJECT_CUT)
    return subject[:MAX_SUBJECT]


def _sender(root: Part, hint: str) -> Address:
    """Return the first author with an address; a From without any still gives its name."""
    found = addresses(eight_bit(root.raw("from"), hint))
    with_address = [item for item in found if "@" in item.address] or [item for item in found if item.address]
    return next(iter(with_address or found), Address("", ""))


def _recipients(root: Part, hint: str) -> tuple[str, ...]:
    found = [item.address for name in ("to", "cc") for item in addresses(eight_bit(root.raw(name), hint))]
    return tuple(dict.fromkeys(address for address in found if address))


def _message_id(root: Part) -> str:
    raw = root.raw("message-id")
    return next(iter(message_ids(raw)), clean(raw.decode("latin-1")))


def _doubtful(subject: str, letter: Letter) -> bool:
    return "\ufffd" in subject or "\ufffd" in letter.text
