"""The text of attachments: docx, xlsx, pdf, text, HTML, mail, zip; doc and wps through a converter.

Meant to run in the limited child (`adapters.child`): what is handed in may be hostile.
"""

from __future__ import annotations

from commentbox.adapters.extraction.dispatch import extract

__all__ = ["extract"]
