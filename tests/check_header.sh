#!/bin/sh
# The headers stay small, and nothing in them is for nobody. Run from the top
# folder after `make`; BUILD as in the other checks.
#
# - Both headers together have at most 132 functions, and leat.h at most 1,600
#   lines.
# - Every function is called by an example, one of the programs of
#   tests/programs, or a test: the fuzz target of the API, which calls them all
#   (check_api.sh), does not count.
set -eu
# shellcheck source=tests/scratch.sh
. tests/scratch.sh
failed=0

complain() {
	echo "check_header: $*" >&2
	failed=1
}

# Functions, by their prototypes; comments speak of functions, too.
sed 's/^ \*.*//; s@^/\*.*@@' include/*.h | tr '\n' ' ' |
	grep -oE 'LEAT_API [^;(]*\(' | sed 's/($//; s/.*[ *]//' |
	grep '^leat_' | sort >"$tmp/functions"
n=$(wc -l <"$tmp/functions")
lines=$(wc -l <include/leat.h)
[ "$n" -le 132 ] || complain "$n functions, more than 130"
[ "$lines" -le 1600 ] || complain "leat.h: $lines lines, more than 1600"

# What the object files ask for.
find "$build/examples" "$build/tests" -name '*.o' \
	! -path "$build/tests/api/*" ! -name 'fuzz_api.o' -exec nm -u {} + |
	awk '$2 ~ /^leat_/ { print $2 }' | sort -u >"$tmp/called"
comm -23 "$tmp/functions" "$tmp/called" >"$tmp/never"
[ ! -s "$tmp/never" ] ||
	complain "called by no example, program or test:" \
		"$(tr '\n' ' ' <"$tmp/never")"
find "$build/examples" "$build/tests/programs" -name '*.o' -exec nm -u {} + \
	2>/dev/null | awk '$2 ~ /^leat_/ { print $2 }' | sort -u >"$tmp/shown"
echo "header: $n functions, of which $(comm -12 "$tmp/functions" \
	"$tmp/shown" | wc -l) in programs; leat.h has $lines lines"
[ $failed -eq 0 ]
