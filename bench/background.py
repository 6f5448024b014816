"""Count anew how often people use which words when they comment on drafts: commentbox/words/spoken.tsv.

The texts are in bench/data, written for this project; none is about a draft that anything is measured on
in docs/classifier.md.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from commentbox.adapters.word_lists import SPOKEN  # noqa: E402
from commentbox.core.classifier import count_background  # noqa: E402

DATA = Path(__file__).resolve().parent / "data"


def main() -> None:
    """Write the table: the number of texts, then a line a feature."""
    labelled = [json.loads(line)["text"] for file in sorted(DATA.glob("*.jsonl")) for line in lines(file)]
    counted = count_background(labelled)
    rows = [f"{feature}\t{often}" for feature, often in counted.frequency.items()]
    SPOKEN.write_text("\n".join([str(counted.texts), *rows]) + "\n", encoding="utf-8")
    print(f"{counted.texts} texts, {len(rows)} features in {SPOKEN.relative_to(ROOT)}")


def lines(file: Path) -> list[str]:
    """Return the lines of a file that are not empty."""
    return list(filter(None, file.read_text(encoding="utf-8").splitlines()))


if __name__ == "__main__":
    main()
