#!/bin/sh
# Every example in the manual works. Run from the top folder after `make`;
# CC and BUILD as in the other checks.
#
# The literal blocks of each page's EXAMPLES are taken in turn, each by what
# it is:
#
# - C that starts with an #include is compiled without a warning. With a
#   main() it is run, on the lines 1 to 100 or on what a comment before the
#   block says: `.\" input: COMMAND` is a shell command that writes it. If it
#   looks at what printf() returns, it has to fail on a disk that is full.
# - C that is a part of a function has a comment `.\" inside: DECLARATIONS`
#   before it, and is compiled after these.
# - After "prints:" a block is what the last program has to print; if it
#   starts with "$ ", it is a session with that program, each command's
#   output under it.
# - In section 1 a block is a command, which has to succeed. The files it
#   names are made here.
# - `.\" hex: STATEMENTS` make a state in `out`, a leat_writer; the block is
#   its bytes, with remarks beside them, two blanks away.
# - `.\" elsewhere: TEST` says which test has this block in its care; the
#   test has to exist.
#
# Anything else is an error: an example that nothing runs rots. And anywhere in
# a page, `.\" holds: EXPRESSION` is an expression of C that has to be true
# with leat.h: a number that the page tells.
set -eu
export LC_ALL=C
# shellcheck source=tests/pages.sh
. tests/pages.sh
build=${BUILD:-build}
cc=${CC:-cc}
top=$PWD
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0
n_run=0

complain() {
	echo "check_pages: $where: $1" >&2
	[ ! -s "${2-}" ] || sed 's/^/    /' "$2" >&2
	failed=1
}

compile() {
	# shellcheck disable=SC2086 # flags on purpose
	$cc -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Wpedantic \
		-Werror -Iinclude "$@" 2>"$tmp/errors" ||
		{ complain 'does not compile' "$tmp/errors"; return 1; }
}

# A whole source: a program runs, anything else is only compiled.
whole_source() {
	cp "$block.text" "$tmp/example.c"
	if ! grep -q 'main(' "$block.text"; then
		compile -c "$tmp/example.c" -o "$tmp/example.o"
		return 0
	fi
	compile "$tmp/example.c" "$build/libleat.a" -lm -o "$tmp/example" ||
		return 0
	echo 'seq 100' >"$tmp/input"
	[ ! -e "$block.input" ] || cp "$block.input" "$tmp/input"
	# A session calls the program by a name of its own.
	sh "$tmp/input" | "$tmp/example" >"$tmp/printed" 2>"$tmp/errors" || {
		grep -q 'argc' "$block.text" ||
			complain 'does not run' "$tmp/errors"
	}
	cat "$tmp/errors" >>"$tmp/printed"
	n_run=$((n_run + 1))
	! grep -Eq '(return|if \() ?printf|fflush\(stdout' "$block.text" ||
		full_disk
}

# A program that looks at what printf() returns fails on a disk that is full.
full_disk() {
	[ -c /dev/full ] && [ -s "$tmp/printed" ] || return 0
	! sh "$tmp/input" | "$tmp/example" >/dev/full 2>"$tmp/errors" ||
		complain 'succeeds though it could not write'
}

fragment() {
	{
		echo '#include <leat_text.h>'
		echo 'void f(void);'
		echo 'void f(void) {'
		cat "$block.inside" "$block.text"
		echo '(void)options; }'
	} >"$tmp/example.c"
	compile -c "$tmp/example.c" -o "$tmp/example.o" || :
}

# Each command of a session, with what it prints, as the page shows it.
session() {
	name=$(sed -n 's/.*\.\/\([a-z_]*\).*/\1/p' "$block.text" | head -n 1)
	cp "$tmp/example" "$tmp/$name"
	sed -n 's/^\$ //p' "$block.text" >"$tmp/commands"
	while read -r line; do
		printf '$ %s\n' "$line"
		(cd "$tmp" && sh -c "$line" </dev/null 2>&1) || :
	done <"$tmp/commands" >"$tmp/printed"
}

# The bytes of the block without what is beside them, in lines of one byte.
hex() {
	{
		printf '#include <leat_text.h>\n#include <stdio.h>\n'
		echo 'int main(void) { leat_writer out = { 0 };'
		echo 'unsigned char bytes[4096]; out.bytes = bytes;'
		echo 'out.capacity = sizeof(bytes);'
		cat "$block.hex"
		echo 'for (size_t i = 0; i < out.n_bytes; i++)'
		printf '%s\n' 'printf("%02x\n", bytes[i]);' 'return 0; }'
	} >"$tmp/example.c"
	compile "$tmp/example.c" "$build/libleat.a" -lm -o "$tmp/example" ||
		return 0
	"$tmp/example" >"$tmp/printed"
	sed -e 's/^ *//' -e 's/  .*//' "$block.text" | tr ' ' '\n' \
		>"$tmp/shown"
	diff "$tmp/shown" "$tmp/printed" >"$tmp/diff" ||
		complain 'the page (<) and the state (>) differ' "$tmp/diff"
}

prints() {
	case $(head -n 1 "$block.text") in
	'$ '*) sed -i 's/\\$//' "$block.text" && session ;;
	esac
	sed -i 's/ *$//' "$tmp/printed"
	diff "$block.text" "$tmp/printed" >"$tmp/diff" ||
		complain 'the page (<) and the program (>) differ' "$tmp/diff"
}

# What the commands of section 1 read, beside examples/.
make_inputs() {
	mkdir -p "$tmp/run/bin"
	ln -s "$top/examples" "$tmp/run/examples"
	ln -s "$(realpath "$build/bin/csv_replay")" "$tmp/run/bin/csv_replay"
	awk 'BEGIN {
		print "time,bytes"
		for (i = 0; i < 600; i++)
			printf "2024-05-01T00:%02d:%02dZ,%d\n", i / 60,
			    i % 60, i * 37 % 1000
	}' >"$tmp/run/requests.csv"
	awk 'BEGIN {
		print "time,user,price"
		for (i = 0; i < 300; i++)
			printf "2024-05-01T%02d:%02d:00Z,u%d,%d\n", i / 30,
			    i * 2 % 60, i % 7, i % 11
	}' >"$tmp/run/clicks.csv"
}

# A command that follows a file has no end of its own.
command_of_page() {
	limit=60
	! grep -q 'tail .*-f' "$block.text" || limit=2
	(cd "$tmp/run" && PATH="$tmp/run/bin:$PATH" \
		timeout "$limit" sh -eu "$block.text") \
		>"$tmp/printed" 2>"$tmp/errors" </dev/null || {
		[ $limit = 2 ] || complain 'fails' "$tmp/errors"
	}
	[ -s "$tmp/printed" ] || [ -s "$tmp/run/minutes.csv" ] ||
		complain 'prints nothing' "$tmp/errors"
	n_run=$((n_run + 1))
}

one_block() {
	if [ -e "$block.elsewhere" ]; then
		[ -e "$(cat "$block.elsewhere")" ] ||
			complain "no test $(cat "$block.elsewhere")"
	elif [ -e "$block.inside" ]; then
		fragment
	elif [ -e "$block.hex" ]; then
		hex
	elif [ -e "$block.prints" ]; then
		prints
	elif grep -q '^#include' "$block.text"; then
		whole_source
	else
		case $page in
		*.1) command_of_page ;;
		*) complain 'no test knows what to do with this block' ;;
		esac
	fi
}

# What a page says that the header has.
holds() {
	{
		echo '#include <leat_text.h>'
		sed -n 's/^\.\\" holds: \(.*\)/_Static_assert(\1, "page");/p' \
			"$page"
	} >"$tmp/holds.c"
	where=$page
	compile -fsyntax-only "$tmp/holds.c" || :
}

make_inputs
for page in man/*.[1-9]; do
	rm -f "$tmp"/*.text "$tmp"/*.line "$tmp"/*.input "$tmp"/*.inside \
		"$tmp"/*.hex "$tmp"/*.elsewhere "$tmp"/*.prints
	n=$(page_blocks "$page" "$tmp")
	holds
	i=0
	while [ $i -lt "$n" ]; do
		i=$((i + 1))
		block=$tmp/$i
		where=$page:$(cat "$block.line")
		one_block
	done
done

[ $failed = 0 ] || exit 1
echo "pages: $n_run examples run, and print what the pages say"
