#!/bin/sh
# Installs into a folder with a space in its name, compares with the list in
# installed.txt, builds a program with what is there, uninstalls and finds
# nothing left. Run from the top folder; MAKE, CC and BUILD as in the other
# checks.
set -eu
export LC_ALL=C
cc=${CC:-cc}
make=${MAKE:-make}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
stage="$tmp/a stage"

fail() {
	echo "check_install: $*" >&2
	exit 1
}

files() {
	(cd "$1" && find . ! -type d | sed 's|^\./||' | sort)
}

$make -s DESTDIR="$stage" PREFIX=/usr install >"$tmp/log"
files "$stage" >"$tmp/files"
version=$(sed -n 's/.*LEAT_VERSION_STRING "\(.*\)".*/\1/p' include/leat.h)
sed "s/VERSION/$version/" tests/installed.txt | sort >"$tmp/expected"
# Where there is no libevent, there is no socket_ingest.
pkg-config --exists libevent libevent_openssl openssl 2>/dev/null ||
	sed -i /socket_ingest/d "$tmp/expected"
diff "$tmp/expected" "$tmp/files" ||
	fail 'installed.txt (<) and what is installed (>) differ'

# Links lead somewhere, and nothing speaks of the place it was built in.
(cd "$stage" && find . -type l ! -exec test -e {} \; -print) >"$tmp/dangling"
[ ! -s "$tmp/dangling" ] || fail "dangling: $(cat "$tmp/dangling")"
if grep -q "$stage" "$stage/usr/lib/pkgconfig/leat.pc"; then
	fail 'leat.pc has DESTDIR in it'
fi

# The headers and libraries there are enough.
cp examples/embed.c "$tmp"
(
	cd "$tmp"
	$cc -std=c11 -I"$stage/usr/include" embed.c -L"$stage/usr/lib" \
		-lleat -lm -o shared
	$cc -std=c11 -I"$stage/usr/include" embed.c \
		"$stage/usr/lib/libleat.a" -lm -o static
	echo 1 2 3 4 | LD_LIBRARY_PATH="$stage/usr/lib" ./shared >out1
	echo 1 2 3 4 | ./static >out2
	cmp out1 out2
) || fail 'a program built with it does not work'

$make -s DESTDIR="$stage" PREFIX=/usr uninstall
files "$stage" >"$tmp/left"
[ ! -s "$tmp/left" ] || fail "left after uninstall: $(cat "$tmp/left")"
# leat.pc in the build folder speaks of the usual prefix again.
$make -s lib >"$tmp/log"
echo "install: $(wc -l <"$tmp/files") files, all gone after uninstall"
