#!/bin/sh
# sdk.sh WORKDIR SCRIPT CONFIGURATION: runs a script of this folder with the
# packages of the lockfile, installed in WORKDIR. Ends with 77 (skipped) where
# there is no npm.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=$1

if ! command -v npm >/dev/null 2>&1 || ! command -v node >/dev/null 2>&1; then
  echo "skipped: npm and node are not installed (see config/debian-packages.txt)"
  exit 77
fi

mkdir -p "$work"
if ! cmp -s "$here/package-lock.json" "$work/installed-lock.json"; then
  cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$work/"
  (cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  cp "$here/package-lock.json" "$work/installed-lock.json"
fi
cp "$here/$2" "$work/"
cd "$work" && exec node "$2" "$3"
