#!/bin/sh
# Called by `make setup`: fetches the libraries of the page with hashes checked, and copies what browsers get of them.
set -eu
PATH="$(cd "$1/bin" && pwd):$PATH"
page=$2

# Node knows no authorities but its own; those of this machine count as well.
authorities=/etc/ssl/certs/ca-certificates.crt
if [ -z "${NODE_EXTRA_CA_CERTS:-}" ] && [ -r "$authorities" ]; then export NODE_EXTRA_CA_CERTS="$authorities"; fi

echo "fetching the libraries of the page ..." >&2
cd "$page"
npm ci --no-progress --loglevel=error
node vendor.mjs
