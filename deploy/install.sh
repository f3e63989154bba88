#!/bin/sh
# Install a lock file into .venv/, every hash checked: by uv where it works, else by pip.
set -eu
python=.venv/bin/python
if "$python" -m uv --version >/dev/null 2>&1; then
    "$python" -m uv pip install -q --compile-bytecode --require-hashes --no-deps --python "$python" -r "$1" && exit 0
    echo "uv could not; trying pip." >&2
fi
exec "$python" -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r "$1"
