"""The tree of a draft as lines for a person to check."""

from __future__ import annotations

from commentbox.core.types import Draft


def draft_tree(draft: Draft) -> list[str]:
    """Return one indented line a node, then one an annex item with the measure that it carries out."""
    depths: dict[str, int] = {}
    lines = [draft.title]
    for node in draft.nodes:
        depths[node.path] = depths.get(node.parent or "", 0) + 1
        leads = f"  [{'、'.join(node.lead_agencies)}]" if node.lead_agencies else ""
        named = f"{node.label}{node.title or _beginning(node.text)}"
        lines.append(f"{'  ' * depths[node.path]}{named}  ({node.kind}){leads}")
    for item in draft.annex:
        where = item.measure or "?"
        lines.append(f"  annex {item.number}: {item.title} -> {where}  [{'、'.join(item.lead_agencies)}]")
    return lines


def _beginning(text: str) -> str:
    return text[:30].partition("\n")[0]
