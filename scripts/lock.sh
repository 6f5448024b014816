#!/usr/bin/env bash
# Write the three locks from their .in files: one set of versions for Python 3.11 and later on every platform.
set -euo pipefail
cd "$(dirname "$0")/.."

uv=.venv/bin/uv
[ -x "$uv" ] || uv=uv

# Each lock holds the one before it to the same versions.
constraints=()
for name in requirements requirements-demo requirements-test; do
  "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
    --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
    "${constraints[@]}" "$@" "$name.in" --output-file "$name.txt"
  constraints=(--constraints requirements.txt)
done

if grep -nE 'file:|https?:|/opt|--(extra-)?index|--find-links| @ ' requirements.txt requirements-demo.txt requirements-test.txt; then
  echo 'a path or an address got into a lock, see above' >&2
  exit 1
fi
wc -l requirements.txt requirements-demo.txt requirements-test.txt
