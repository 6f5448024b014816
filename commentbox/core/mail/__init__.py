"""From the bytes of a mail to a read letter; pure and total, it knows no store, no clock, no network."""

from __future__ import annotations

from commentbox.core.mail.damage import Damage
from commentbox.core.mail.html import html_to_text
from commentbox.core.mail.parse import parse_mail

__all__ = ["Damage", "html_to_text", "parse_mail"]
