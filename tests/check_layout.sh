#!/bin/sh
# The structs of the headers lie as tests/layout.c says on machines of every
# sort: LP64, LLP64 (Windows), and ILP32 with numbers of 64 bits aligned to 8
# bytes and to 4. Nothing is linked; a machine without a compiler is left out.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
seen=

# lies NAME CC FLAGS...
lies() {
	name=$1
	shift
	echo '#include <stdint.h>' >"$tmp/try.c"
	"$@" -fsyntax-only "$tmp/try.c" 2>/dev/null || {
		echo "layout: no compiler for $name: left out"
		return 0
	}
	"$@" -std=c11 -Wall -Wextra -Wpedantic -Werror -Iinclude \
		-fsyntax-only tests/layout.c || {
		echo "check_layout: something has moved on $name" >&2
		exit 1
	}
	seen="$seen $name"
}

lies here "${CC:-cc}"
lies i386 "${CC:-cc}" -m32 -idirafter /usr/include/x86_64-linux-gnu
lies windows x86_64-w64-mingw32-gcc
for m in aarch64-linux-gnu arm-linux-gnueabihf s390x-linux-gnu mips-linux-gnu
do
	lies "${m%%-*}" "$m-gcc"
done
[ "$seen" ] || {
	echo 'check_layout: no compiler' >&2
	exit 1
}
# What has moved would be seen.
sed 's/uint32_t source;/uint64_t source;/' include/leat.h >"$tmp/leat.h"
cp include/leat_text.h "$tmp"
! "${CC:-cc}" -std=c11 -I"$tmp" -fsyntax-only tests/layout.c 2>/dev/null || {
	echo 'check_layout: a member that has grown is not seen' >&2
	exit 1
}
echo "layout: structs lie as they did on:$seen"
