#!/bin/sh
# The examples of leat(3) in other languages work. Run from the top folder after
# `make`; BUILD and CXX as in the other checks. A language that is not here is
# left out.
set -eu
export LC_ALL=C
build=${BUILD:-build}
cxx=${CXX:-c++}
# shellcheck source=tests/pages.sh
. tests/pages.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
n=$(page_blocks man/leat.3 "$tmp")
n_run=0

fail() {
	echo "check_languages: $*" >&2
	exit 1
}

# Whether the rows on standard input are those of the file.
expect() {
	diff "$1" "$tmp/out" || fail "$2: expected (<) and printed (>) differ"
	n_run=$((n_run + 1))
}

run_cxx() {
	command -v "$cxx" >/dev/null || {
		echo "$cxx is not here: left out"
		return
	}
	cp "$1" "$tmp/example.cc"
	"$cxx" -Iinclude -Wall -Wextra -Wpedantic -Werror "$tmp/example.cc" \
		"$build/libleat.a" -lm -o "$tmp/example"
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
	expect "$tmp/expected" C++
}

run_python() {
	command -v python3 >/dev/null || {
		echo 'python3 is not here: left out'
		return
	}
	LD_LIBRARY_PATH=$build python3 "$1" >"$tmp/out"
	printf '%s\n' '1.0 1.0' '3.0 5.0' '3.0 5.0' \
		'3.3333333333333335 5.0' >"$tmp/expected"
	expect "$tmp/expected" Python
}

for i in $(seq "$n"); do
	case $(cat "$tmp/$i.elsewhere" 2>/dev/null) in
	*check_languages*) ;;
	*) continue ;;
	esac
	case $(head -n 1 "$tmp/$i.text") in
	'#include'*) run_cxx "$tmp/$i.text" ;;
	from*) run_python "$tmp/$i.text" ;;
	*) fail "block $i of leat(3) is in no language known here" ;;
	esac
done
echo "languages: $n_run examples run"
