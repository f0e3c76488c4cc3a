#!/bin/sh
# The example of leat(3) in C++ works. Run from the top folder after `make`;
# BUILD, CXX and CFLAGS as in the other checks.
set -eu
export LC_ALL=C
build=${BUILD:-build}
cxx=${CXX:-c++}
# shellcheck source=tests/pages.sh
. tests/pages.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

command -v "$cxx" >/dev/null || {
	echo "cxx: no $cxx: left out"
	exit 0
}
n=$(page_blocks man/leat.3 "$tmp")
for i in $(seq "$n"); do
	grep -q check_cxx "$tmp/$i.elsewhere" 2>/dev/null || continue
	cp "$tmp/$i.text" "$tmp/example.cc"
done
[ -e "$tmp/example.cc" ] || {
	echo 'check_cxx: leat(3) has no program' >&2
	exit 1
}
# shellcheck disable=SC2086 # flags on purpose
"$cxx" ${CFLAGS-} -Iinclude -Wall -Wextra -Wpedantic -Werror \
	"$tmp/example.cc" "$build/libleat.a" -lm -o "$tmp/example"
"$tmp/example" >"$tmp/out"

# [5k, 5k + 10), of those that the last value has closed.
awk 'BEGIN {
	for (start = -5; start + 10 <= 99; start += 5) {
		sum = n = 0
		for (t = start; t < start + 10; t++)
			if (t >= 0) {
				sum += t % 7
				n++
			}
		printf "%g\n", sum / n
	}
}' >"$tmp/expected"
diff "$tmp/expected" "$tmp/out" || {
	echo 'check_cxx: expected (<) and printed (>) differ' >&2
	exit 1
}
echo 'cxx: the program of leat(3) prints what awk does'
