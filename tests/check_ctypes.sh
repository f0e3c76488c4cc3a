#!/bin/sh
# The program in Python that leat(3) shows runs with the shared library, and
# prints what the same window gives in C. Run from the top folder; BUILD and
# CFLAGS as in the other checks.
set -eu
# shellcheck source=tests/scratch.sh
. tests/scratch.sh

awk '/^\.Ed/ { shown = 0 }
	shown { print }
	/elsewhere: check_ctypes/ { next_one = 1 }
	/^\.Bd/ && next_one { shown = 1; next_one = 0 }' man/leat.3 >"$tmp/window.py"
grep -q leat_window_query "$tmp/window.py" || fail 'leat(3) has no program'
case "${CFLAGS-} ${LDFLAGS-}" in
*-fsanitize* | *--coverage*)
	echo 'ctypes: the library needs more than Python has: left out'
	exit 0
	;;
esac
python3 -c 'import ctypes, struct; assert struct.calcsize("P") == 8' \
	2>/dev/null || {
	echo 'ctypes: no python3: left out'
	exit 0
}

# Of 40 to 99: the mean, sqrt(sum of squares / 59) and the largest.
expected=$(awk 'BEGIN {
	for (x = 40; x < 100; x++) s += (x - 69.5) ^ 2
	printf "%.9f %.9f %.9f", 69.5, sqrt(s / 59), 99 }')
LD_LIBRARY_PATH=$build python3 "$tmp/window.py" >"$tmp/out" ||
	fail 'the program of leat(3) fails'
found=$(awk '{ printf "%.9f %.9f %.9f", $1, $2, $3 }' "$tmp/out")
[ "$found" = "$expected" ] || fail "$found is not $expected"
sed 's/sliding:60/slyding:60/' "$tmp/window.py" >"$tmp/wrong.py"
! LD_LIBRARY_PATH=$build python3 "$tmp/wrong.py" 2>"$tmp/out" ||
	fail 'a wrong word is not told'
grep -q '^ValueError: .' "$tmp/out" || fail 'a wrong word has no words'
echo 'ctypes: the program of leat(3) prints what C does'
