#!/bin/sh
# Write the lock files from requirements*.in: one file serves every Python from 3.11 and every system.
set -eu
cd "$(dirname "$0")/.."

# Only the public index counts: neither a mirror's address nor its own builds may get into a lock.
unset PIP_FIND_LINKS PIP_INDEX_URL PIP_EXTRA_INDEX_URL UV_FIND_LINKS UV_INDEX UV_INDEX_URL UV_EXTRA_INDEX_URL
for name in requirements requirements-test requirements-demo; do
    held=
    [ "$name" = requirements ] || held="--constraints requirements.txt"
    # shellcheck disable=SC2086
    .venv/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --no-header \
        --no-annotate --no-emit-index-url --no-emit-find-links $held "$@" "$name.in" -o "$name.txt"
    if grep -nE 'https?:|file:|^-|^[a-z].* @ |[ =]/' "$name.txt"; then
        echo "$name.txt: an address or a path got into the lock" >&2
        exit 1
    fi
done
