#!/bin/sh
# Called by `make setup`: creates the virtual environment from the lock, with hashes checked.
set -eu
python=$1
venv=$2

version_ok() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo "$@"; else return 1; fi
}

if ! version_ok "$python"; then
    for candidate in python3.13 python3.12 python3.11; do
        if version_ok "$candidate"; then python=$candidate; break; fi
    done
fi
if ! version_ok "$python"; then
    echo "error: Python 3.11 or newer is needed; install it or name it: make PYTHON=/path/to/python3.11" >&2
    exit 1
fi

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "installing python3-venv ..." >&2
    if ! { as_root apt-get -qq update && as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq install --yes --no-install-recommends python3-venv >/dev/null; }; then
        echo "error: please install Python's venv module: sudo apt-get install python3-venv" >&2
        exit 1
    fi
fi

echo "setting up $venv (a few minutes the first time) ..." >&2
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
# The lock has everything, setuptools included, so nothing is fetched for the project itself.
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
