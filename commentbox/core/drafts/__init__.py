"""From a draft as published to a tree of measures; knows nothing of file formats.

A draft is taken as a notice, a title, a body of labelled paragraphs and an annex of tables. A text with
no label that could be a structure gives one node for the whole and the warning `NO_STRUCTURE`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from commentbox.core.drafts import annex, body, layout, notice
from commentbox.core.drafts.body import WHOLE_PATH
from commentbox.core.states import MeasureKind
from commentbox.core.types import AnnexItem, Block, Draft, Node

NO_STRUCTURE = "no_structure"
ANNEX_UNTIED = "annex_untied"
ANNEX_RENUMBERED = "annex_renumbered"

__all__ = ["ANNEX_RENUMBERED", "ANNEX_UNTIED", "NO_STRUCTURE", "WHOLE_PATH", "Draft", "read_draft"]


def read_draft(blocks: Sequence[Block], fallback_title: str = "") -> Draft:
    """Return the draft that a document holds; total: any text gives a draft."""
    parts = layout.divide(layout.without_contents(layout.with_tables(blocks)))
    tree = body.read_body(parts.body)
    tables = annex.read_annex(parts.annex, tree.nodes)
    title = parts.title or fallback_title
    nodes = _led(_whole(title, tree) + tree.nodes + tables.aims, tables.items)
    warnings = [] if tree.nodes else [NO_STRUCTURE]
    if any(item.measure is None for item in tables.items):
        warnings.append(ANNEX_UNTIED)
    if tables.renumbered:
        warnings.append(ANNEX_RENUMBERED)
    return Draft(
        title=title,
        notice=notice.read_notice(parts.notice),
        preamble="\n".join(tree.preamble),
        nodes=nodes,
        annex=tables.items,
        unplaced=tables.unplaced,
        warnings=tuple(warnings),
    )


def _whole(title: str, tree: body.Body) -> tuple[Node, ...]:
    """Return the node for remarks on the whole; it holds the text where nothing else does."""
    text = "" if tree.nodes else "\n".join(tree.preamble)
    return (Node(WHOLE_PATH, "", None, MeasureKind.WHOLE, title, text, None),)


def _led(nodes: tuple[Node, ...], items: Sequence[AnnexItem]) -> tuple[Node, ...]:
    """Carry the lead agencies of the annex items over to the measures that they carry out."""
    leads: dict[str, list[str]] = {}
    for item in items:
        if item.measure is not None:
            leads.setdefault(item.measure, []).extend(item.lead_agencies)
    return tuple(
        replace(node, lead_agencies=tuple(dict.fromkeys([*node.lead_agencies, *leads[node.path]])))
        if node.path in leads
        else node
        for node in nodes
    )
