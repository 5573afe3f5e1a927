#!/bin/sh
# lint.sh DUMP WORKDIR: has the program DUMP write the OpenAPI document, and
# lints it. Ends with 77 (skipped) where there is no npm.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
dump=$1
work=$2

mkdir -p "$work"
"$dump" "$work/openapi.json"
exec "$here/../fixtures/npm.sh" "$here" "$work" lint.mjs "$work/openapi.json" \
  "$here/redocly.yaml"
