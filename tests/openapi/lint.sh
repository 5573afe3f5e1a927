#!/bin/sh
# lint.sh DUMP WORKDIR: has the program DUMP write the OpenAPI document, and
# lints it with the packages of the lockfile, installed in WORKDIR. Ends with 77
# (skipped) where there is no npm.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
dump=$1
work=$2

if ! command -v npm >/dev/null 2>&1 || ! command -v node >/dev/null 2>&1; then
  echo "skipped: npm and node are not installed (see config/debian-packages.txt)"
  exit 77
fi

mkdir -p "$work"
"$dump" "$work/openapi.json"
if ! cmp -s "$here/package-lock.json" "$work/installed-lock.json"; then
  cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$work/"
  (cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  cp "$here/package-lock.json" "$work/installed-lock.json"
fi
node "$here/lint.mjs" "$work/openapi.json" "$here/redocly.yaml"
