#!/bin/sh
# Install the servers and programs that the tests use; without root, say which are missing.
set -eu

PACKAGES="
dovecot-imapd:       the mailbox over IMAP
postgresql:          everything on PostgreSQL
redis-server:        work spread over Celery
chromium:            the pages in a browser
fonts-noto-cjk:      Chinese in pictures of pages
libreoffice-calc:    exported .xlsx sheets as a user's program shows them
libreoffice-writer:  .doc and .wps attachments, exported .docx sheets
poppler-utils:       printed pages of the sheets
"

installed() {
    dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'
}

if ! command -v dpkg-query >/dev/null; then
    echo "This is no Debian system: tests skip what is not installed, each with its reason." >&2
    [ "${CI:-}" != true ]
    exit
fi

missing=
for name in $(echo "$PACKAGES" | cut -s -d: -f1); do
    installed "$name" || missing="$missing $name"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    echo "installing$missing ..."
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq </dev/null
    # shellcheck disable=SC2086
    exec apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends $missing </dev/null
fi

{
    echo "Not installed, and so not tested:"
    for name in $missing; do
        echo "$PACKAGES" | grep "^$name:" | sed 's/^/  /'
    done
    echo "To test it all:  sudo apt-get install --no-install-recommends$missing"
} >&2
if [ "${CI:-}" = true ]; then
    echo "CI=true: everything has to be tested." >&2
    exit 1
fi
