#!/usr/bin/env bash
# Make a virtual environment: venv.sh PYTHON FOLDER
set -euo pipefail
python=$1 folder=$2

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Watchroom needs Python 3.11 or later; $python is not. Try: make PYTHON=python3.12 ..." >&2
    exit 1
fi
# Debian ships venv as a package of its own.
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    echo "python3-venv is missing; installing it." >&2
    sudo=(); [ "$(id -u)" = 0 ] || sudo=(sudo -n)
    if ! { "${sudo[@]}" apt-get update -qq && "${sudo[@]}" apt-get install -qq -y python3-venv; } >&2; then
        echo "Please install the package python3-venv and run make again." >&2
        exit 1
    fi
fi
"$python" -m venv "$folder"
"$folder/bin/pip" config --site set global.disable-pip-version-check true >/dev/null
