#!/bin/sh
# The fuzz target of the API calls every function that is exported. Run from
# the top folder after `make check-programs`; BUILD names the build.
#
# - Its operations (tests/api) name the functions of exports.txt, no more and
#   no less, and its objects refer to each of them.
# - In some thousand inputs of its own making each is called, and nothing that
#   an object shows differs from what its twin shows.
set -eu
export LC_ALL=C
build=${BUILD:-build}
runs=20000
[ -z "${LEAT_TEST_SHORT-}" ] || runs=2000
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

fail() {
	echo "check_api: $*" >&2
	exit 1
}

"$build/tests/fuzz_api" -r $runs 1 tests/corpus/api/* >"$tmp/out"
awk '/^leat_/ { n[$1] += $2 } END { for (f in n) print f, n[f] }' "$tmp/out" |
	sort >"$tmp/calls"
sed 's/ .*//' "$tmp/calls" >"$tmp/named"
diff tests/exports.txt "$tmp/named" ||
	fail 'exports.txt (<) and the operations of tests/api (>) differ'
never=$(sed -n 's/ 0$//p' "$tmp/calls")
[ -z "$never" ] || fail "never called in $runs inputs: $never"

nm -u "$build/tests/fuzz_api.o" "$build"/tests/api/*.o |
	awk '$2 ~ /^leat_/ { print $2 }' | sort -u >"$tmp/used"
comm -23 tests/exports.txt "$tmp/used" >"$tmp/unused"
[ ! -s "$tmp/unused" ] ||
	fail "named by an operation but not called: $(cat "$tmp/unused")"
echo "api: $(wc -l <"$tmp/named") functions called in $runs inputs"
