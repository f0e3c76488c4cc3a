#!/bin/sh
# The five programs of tests/programs stay short, and need little of leat to be
# known: together at most 150 lines, which are neither blank nor comments, and
# 45 concepts. A concept is a name of leat, a field of one of its structs, or a
# word of options or statistics as text; each counts once. Run from the top
# folder.
set -eu
# shellcheck source=tests/scratch.sh
. tests/scratch.sh

set -- tests/programs/*.c
[ $# -eq 5 ]
grep -hv '^$' "$@" | grep -v '^/\*' | grep -v '^ \*' >"$tmp/code"
lines=$(wc -l <"$tmp/code")
grep -v '^#include' "$tmp/code" >"$tmp/text"
{
	grep -oE '(leat|LEAT)_[A-Za-z0-9_]+' "$tmp/text"
	grep -oE '(->|[^.a-z0-9]\.|[a-z0-9_]\.)[a-z_]+' "$tmp/text" |
		sed 's/.*[.>]/field /'
	grep -oE '_parse[^;]*"[^"]*"' "$tmp/text" | sed 's/.*("//; s/".*//' |
		tr -s ' ,' '\n' | sed 's/[:=].*//; s/^/word /'
} | sort -u >"$tmp/concepts"
concepts=$(wc -l <"$tmp/concepts")
echo "programs: $lines lines, $concepts concepts"
if [ "$lines" -gt 150 ] || [ "$concepts" -gt 45 ]; then
	echo 'check_programs: more than 150 lines or 45 concepts:' >&2
	cat "$tmp/concepts" >&2
	exit 1
fi
