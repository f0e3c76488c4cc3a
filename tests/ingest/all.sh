#!/bin/sh
# All tests of socket_ingest, three at a time, since they mostly wait:
# all.sh PROGRAM SOURCE_ROOT TOOLS. What each says is printed when it ends.
set -u
folder=$(dirname "$0")
logs=$(mktemp -d) || exit 1
trap 'rm -rf "$logs"' EXIT

# The longest first.
# shellcheck disable=SC2016
for test in service clients guards web strangers kill crowd pages; do
	echo "$test"
done | xargs -P 3 -I{} sh -c '
	sh "$1/{}.sh" "$3" "$4" "$5" >"$2/{}" 2>&1
	status=$?
	echo "---- {}.sh"
	cat "$2/{}"
	[ $status = 0 ] || { echo "FAILED: {}.sh" >&2; exit 1; }
' sh "$folder" "$logs" "$@"
