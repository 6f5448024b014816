#!/bin/sh
# Make .venv and install a lock file into it, unless that has been done: sh scripts/venv.sh requirements.txt
set -eu
cd "$(dirname "$0")/.."
lock=$1
stamp=.venv/installed-$lock

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    incomplete=
    for name in python3.13 python3.12 python3.11 python3; do
        if new_enough "$name"; then
            # Debian packs venv without ensurepip, which is what python3-venv adds.
            if "$name" -c 'import ensurepip, venv' 2>/dev/null; then
                python=$name
                return
            fi
            incomplete=$name
        fi
    done
    if [ -n "$incomplete" ]; then
        need="$incomplete cannot make virtual environments. On Debian or Ubuntu, type:" package=python3-venv
        [ "$incomplete" = python3 ] || package=$incomplete-venv
    else
        need="Python 3.11 or newer is needed. On Debian 12 or Ubuntu 24.04, type:" package="python3 python3-venv"
    fi
    sudo=
    [ "$(id -u)" = 0 ] || sudo="sudo "
    printf '%s\n\n    %sapt-get update && %sapt-get install -y %s\n\nand then the same command again.\n' \
        "$need" "$sudo" "$sudo" "$package" >&2
    exit 1
}

if ! new_enough .venv/bin/python; then
    find_python
    echo "making .venv with $($python --version) ..."
    "$python" -m venv --clear .venv
fi
cmp -s "$lock" "$stamp" && exit

.venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null
echo "installing $(grep -c '^[a-z].*==' "$lock") packages from $lock; the first time this takes a minute or two ..."
# The lock names everything with its hash, so there is nothing left to resolve.
.venv/bin/python -m pip install --disable-pip-version-check --no-input --require-hashes --no-deps -r "$lock"
cp "$lock" "$stamp"
