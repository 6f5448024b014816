#!/bin/sh
# Check the style, the types, then run every test; the line that pytest closes with is the last one.
set -eu
cd "$(dirname "$0")/.."
sh scripts/programs.sh
sh scripts/venv.sh requirements-test.txt

failed=0
check() {
    echo "== $*"
    .venv/bin/"$@" || failed=1
}
check ruff check .
check ruff format --check .
check mypy
check pytest
exit "$failed"
