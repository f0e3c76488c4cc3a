#!/bin/sh
# Structs may grow: programs and libraries of different versions go together.
# A later version is made of this one: the first reserved word of each struct
# is an option, `grown`, which windows by count honour (as min_count), and what
# callbacks are given is a word longer. CC and BUILD as in the other checks.
#
# - A program compiled with this header runs with that library as with this
#   one, and so does one compiled with that header with this library, as long
#   as it sets no new option.
# - Each new option that it sets is refused by this library, as reserved; and
#   accepted by that one.
set -eu
# shellcheck source=tests/scratch.sh
. tests/scratch.sh

mkdir "$tmp/now" "$tmp/later"
cp include/leat.h include/leat_text.h "$tmp/now"
cp "$build/leat.c" "$tmp/now"

# The headers, and what the library makes of the option.
for h in leat.h leat_text.h; do
	awk '/^\tuint64_t reserved\[/ {
		match($0, /\[[0-9]+/)
		n = substr($0, RSTART + 1, RLENGTH - 1)
		print "\tuint64_t grown;"
		sub(/\[[0-9]+/, "[" n - 1)
	}
	/^} leat_(result|sample|csv_record|csv_rows);/ { print "\tuint64_t grown;" }
	{ print }' "include/$h" >"$tmp/later/$h"
done
[ "$(cat "$tmp"/later/*.h | grep -c 'uint64_t grown;')" -ge 14 ] ||
	fail 'hardly anything has grown'
honours='w->min_count = o->min_count'
grep -q "$honours ?" "$build/leat.c" || fail 'no option to honour'
sed "s/$honours ?.*/w->min_count = o->grown ? o->grown : o->min_count ? \
o->min_count : 1;/" "$build/leat.c" >"$tmp/later/leat.c"

# build VERSION FLAGS: the library and the program of it.
build() {
	d=$tmp/$1
	shift
	$cc -std=c11 -O0 -fPIC -shared -ffp-contract=off -I"$d" "$d/leat.c" \
		-o "$d/libleat.so" -lm
	$cc -std=c11 -O0 "$@" -I"$d" tests/growth.c -L"$d" -lleat -o "$d/program"
}
build later -DGROWN &
build now || fail 'this version does not compile'
wait $! || fail 'the later version does not compile'

# with PROGRAM LIBRARY [ARGUMENT]
with() {
	LD_LIBRARY_PATH=$tmp/$2 "$tmp/$1/program" ${3+"$3"} \
		>"$tmp/$1.$2${3-}" || fail "the program of $1 fails with $2"
}
with now now
[ "$(grep -c . "$tmp/now.now")" -ge 20 ] || fail 'the program says nothing'
! grep fails "$tmp/now.now" || fail 'the program fails by itself'
for pair in 'now later' 'later now' 'later later'; do
	# shellcheck disable=SC2086 # two words
	with $pair
	cmp "$tmp/now.now" "$tmp/${pair% *}.${pair#* }" ||
		fail "what was compiled ${pair% *} differs with ${pair#* }"
done

with later now set
with later later set
named='count agg time keyed model drift'
others='writer reader csv' # which have no function to say what is wrong
for s in $named $others; do
	why='reserved: '
	case " $others " in *" $s "*) why= ;; esac
	grep "^$s: .*: $why" "$tmp/later.nowset" | grep -qv ': no error: ' ||
		fail "this library takes a $s of a later version"
	grep -q "^$s: no error: " "$tmp/later.laterset" ||
		fail "the later library refuses its own $s"
done
grep -q '^count 7 7 1$' "$tmp/now.now" || fail 'the option is set unasked'
grep -q '^count nan nan 1$' "$tmp/later.laterset" ||
	fail 'the later library does not honour its option'
echo "growth: programs go with older and newer libraries, and" \
	"$(echo "$named" "$others" | wc -w) structs refuse what they do not know"
