#!/bin/sh
# leat.c and leat.h alone are the library. Run from the top folder; MAKE, CC
# and BUILD as in the other checks.
#
# - `cc -c leat.c` compiles without a flag and without a warning, and so it
#   does as C11 without extensions.
# - As a shared library it exports what leat.h declares; with LEAT_API
#   empty, nothing.
# - Programs get the same bits from it as from the library, whatever it was
#   compiled with. On x86 that means no fused multiply-add in its code.
set -eu
export LC_ALL=C
build=${BUILD:-build}
cc=${CC:-cc}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

fail() {
	echo "check_amalgamation: $*" >&2
	exit 1
}

exports() {
	nm -D --defined-only "$1" | awk '$3 ~ /^[a-z]/ { print $3 }' | sort
}

${MAKE:-make} -s BUILD="$build" amalgamation
sh tests/prototypes.sh | sed 's/(.*//; s/.*[ *]//' | sort >"$tmp/header"
cp "$build/leat.c" "$build/leat.h" "$tmp"
[ ! -e tests/bits.c ] || cp tests/bits.c "$tmp"
reference=$PWD/$build/tests/bits
cd "$tmp"

$cc -Werror -c leat.c
$cc -Werror -std=c11 -Wall -Wextra -O2 -c leat.c -o strict.o

$cc -shared -fPIC -O1 leat.c -o libone.so -lm
exports libone.so >exported
diff header exported || fail 'its exports (>) are not those of leat.h (<)'
$cc -shared -fPIC -O1 -DLEAT_API= leat.c -o libnone.so -lm
exports libnone.so >exported
[ ! -s exported ] || fail 'exports in spite of an empty LEAT_API'

# gcc and clang alike may fuse a * b + c unless the source forbids it.
if echo 'int main(void) { return 0; }' >fma.c &&
	$cc -O3 -march=haswell -c fma.c 2>/dev/null; then
	$cc -O3 -march=haswell -c leat.c -o fused.o
	objdump -d fused.o | grep -c 'vf[n]*m\(add\|sub\)' >count || :
	[ "$(cat count)" = 0 ] || fail "$(cat count) fused multiply-adds"
fi

bits=
if [ -e bits.c ] && [ -x "$reference" ]; then
	"$reference" >expected
	for flags in -O0 '-O3 -march=native'; do
		# shellcheck disable=SC2086 # words on purpose
		$cc $flags -c leat.c
		$cc -std=c11 -O1 -ffp-contract=off -I. bits.c leat.o -o bits -lm
		./bits >got
		diff expected got || fail "other bits with $flags"
	done
	bits=', same bits'
fi
echo "amalgamation: compiles alone, same exports$bits"
