#!/bin/sh
# leat.c and its headers alone are the library. Run from the top folder; MAKE, CC
# and BUILD as in the other checks.
#
# - `cc -c leat.c` compiles without a flag and without a warning, and so it
#   does as C11 without extensions.
# - As a shared library it exports what leat.h declares; with LEAT_API
#   empty, nothing.
# - Programs get the same bits from it as from the library, whatever it was
#   compiled with. On x86 that means no fused multiply-add in its code.
set -eu
# shellcheck source=tests/scratch.sh
. tests/scratch.sh

exports() {
	nm -D --defined-only "$1" | awk '$3 ~ /^[a-z]/ { print $3 }' | sort
}

${MAKE:-make} -s BUILD="$build" amalgamation
sh tests/prototypes.sh | sed 's/(.*//; s/.*[ *]//' | sort >"$tmp/header"
cp "$build/leat.c" "$build/leat.h" "$build/leat_text.h" "$tmp"
cp tests/bits.c tests/lists.h tests/*.def "$tmp"
reference=$PWD/$build/tests/bits
cd "$tmp"

# Whether the compiler knows these flags.
knows() {
	echo 'int main(void) { return 0; }' >try.c
	$cc "$@" -c try.c -o try.o 2>/dev/null
}

# Each whole leat.c takes seconds, so all are compiled side by side; what one
# has to say is shown when it has failed.
jobs=
compile() {
	name=$1
	shift
	$cc "$@" -c leat.c -o "$name.o" >"$name.log" 2>&1 &
	jobs="$jobs $name:$!"
}

compile plain -Werror
compile strict -Werror -std=c11 -Wall -Wextra -O2 -fPIC
compile none -O1 -fPIC -DLEAT_API=
! knows -O3 -march=haswell || compile fused -O3 -march=haswell
! knows -march=native || compile native -O3 -march=native
for job in $jobs; do
	wait "${job#*:}" || {
		cat "${job%:*}.log" >&2
		fail "leat.c does not compile: ${job%:*}"
	}
done

$cc -shared strict.o -o libone.so -lm
exports libone.so >exported
diff header exported || fail 'its exports (>) are not those of leat.h (<)'
$cc -shared none.o -o libnone.so -lm
exports libnone.so >exported
[ ! -s exported ] || fail 'exports in spite of an empty LEAT_API'

# gcc and clang alike may fuse a * b + c unless the source forbids it.
if [ -e fused.o ]; then
	objdump -d fused.o | grep -c 'vf[n]*m\(add\|sub\)' >count || :
	[ "$(cat count)" = 0 ] || fail "$(cat count) fused multiply-adds"
fi

bits=
if [ -e bits.c ] && [ -x "$reference" ]; then
	"$reference" >expected
	for object in plain native; do
		[ -e $object.o ] || continue
		$cc -std=c11 -O1 -ffp-contract=off -I. bits.c $object.o -o bits -lm
		./bits >got
		diff expected got || fail "other bits: $object"
	done
	bits=', same bits'
fi
echo "amalgamation: compiles alone, same exports$bits"
