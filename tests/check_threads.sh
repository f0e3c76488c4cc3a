#!/bin/sh
# Functions that take an object as const may run beside one another, and all of
# them are tried: tests/threads.c with the library in one file, both built with
# -fsanitize=thread. Run from the top folder; CC and BUILD as in the other
# checks.
#
# - Every function of the headers that takes an object as const is called.
# - Two threads write into no object that they look at; where they do write, in
#   a program that is wrong, that is found.
set -eu
# shellcheck source=tests/scratch.sh
. tests/scratch.sh

# Objects have no size that a program knows: opaque types.
objects=$(sed -n 's/^typedef struct leat_[a-z_]* \(leat_[a-z_]*\);$/\1/p' \
	include/leat.h include/leat_text.h)
[ "$objects" ] || fail 'the headers have no objects'
for o in $objects; do
	sh tests/prototypes.sh | grep "[(,] *const $o \*" || :
done | sed 's/(.*//; s/.*[ *]//' | sort -u >"$tmp/looks"
[ -s "$tmp/looks" ] || fail 'no function takes an object as const'
while read -r f; do
	grep -q "\<$f\>" tests/threads.c || fail "tests/threads.c has no $f"
done <"$tmp/looks"

# Where addresses are random, older forms of it find no room for themselves.
still=
! setarch "$(uname -m)" -R true 2>/dev/null || still="setarch $(uname -m) -R"

echo 'int main(void) { return 0; }' >"$tmp/try.c"
if ! $cc -fsanitize=thread "$tmp/try.c" -o "$tmp/try" 2>/dev/null ||
	! $still "$tmp/try" 2>/dev/null; then
	echo "threads: $cc has no -fsanitize=thread that runs here: left out"
	exit 0
fi

$cc -std=c11 -O1 -g -ffp-contract=off -fsanitize=thread -I"$build" \
	tests/threads.c "$build/leat.c" -lm -lpthread -o "$tmp/threads" ||
	fail 'the library does not compile'
export TSAN_OPTIONS=halt_on_error=1
! $still "$tmp/threads" write >"$tmp/log" 2>&1 || fail 'no write is found'
grep -q 'data race' "$tmp/log" || fail "no data race: $(tail -n 3 "$tmp/log")"
$still "$tmp/threads" >"$tmp/log" 2>&1 || {
	cat "$tmp/log" >&2
	fail 'two threads that look at one object write into it'
}
echo "$(cat "$tmp/log"), and $(grep -c . "$tmp/looks") functions write nothing"
