#!/bin/sh
# What README shows works. Run from the top folder after `make`; CC and
# BUILD as in the other checks.
#
# - Every indented block of C that has a main() compiles without a warning
#   and runs on a few numbers; other blocks of C stand inside a function or
#   beside one, and compile there.
# - With --commands, the make commands of the first block that has any run
#   in this tree, which should have nothing but what is packed; what stands
#   beside a command, two spaces away, is about it.
# - Files of the tree that are named exist.
set -eu
# shellcheck source=tests/scratch.sh
. tests/scratch.sh

[ -e README ] || fail 'there is no README'

# Each block indented by a tab or four spaces to a file of its own. A blank
# line ends it only if what follows is not indented.
awk -v dir="$tmp" '
	/^(\t|    )/ {
		if (!inside)
			n++
		inside = 1
		while (blank > 0 && blank--)
			print "" >(dir "/block" n)
		sub(/^(\t|    )/, "")
		print >(dir "/block" n)
		next
	}
	/^[ \t]*$/ { if (inside) blank++; next }
	{ inside = 0; blank = 0 }
' README

# A page of the manual, as leat_stat(3), is no call.
is_c() {
	grep -q -e '^#include' -e 'leat_[a-z_]*([^1-9]' -e 'LEAT_' "$1"
}

n_run=0
for block in "$tmp"/block*; do
	is_c "$block" || continue
	cp "$block" "$tmp/example.c"
	if grep -q 'main(' "$block"; then
		$cc -std=c11 -Wall -Wextra -Werror -Iinclude "$tmp/example.c" \
			"$build/libleat.a" -lm -o "$tmp/example" ||
			fail "$(head -n 1 "$block")...: does not compile"
		seq 100 | "$tmp/example" >"$tmp/out" ||
			fail "$(head -n 1 "$block")...: does not run"
		n_run=$((n_run + 1))
		continue
	fi
	{
		printf '#include <leat_text.h>\n#include <stdio.h>\n'
		cat "$block"
	} >"$tmp/example.c"
	$cc -std=c11 -Iinclude -fsyntax-only "$tmp/example.c" 2>/dev/null ||
		{
			printf '#include <leat_text.h>\n#include <stdio.h>\nvoid f(void);\nvoid f(void) {\n'
			cat "$block"
			echo '}'
		} >"$tmp/example.c"
	$cc -std=c11 -Iinclude -fsyntax-only "$tmp/example.c" ||
		fail "$(head -n 1 "$block")...: does not compile"
done
[ $n_run -gt 0 ] || fail 'there is no program in README'

tr -c 'A-Za-z0-9_./-' '\n' <README |
	grep -E '^(include|src|examples|tests|bench|man)/[a-z]' |
	sed 's/[.,]*$//' | sort -u | while read -r file; do
	[ -e "$file" ] || ls "$file".* >/dev/null 2>&1 ||
		[ -e "$file.c" ] || echo "$file"
done >"$tmp/missing"
[ ! -s "$tmp/missing" ] || fail "names what is not there: $(cat "$tmp/missing")"

[ "${1-}" = --commands ] || {
	echo "readme: $n_run programs compile and run"
	exit 0
}

for block in "$tmp"/block*; do
	is_c "$block" && continue
	sed -n -e 's/^\$ //' -e 's/  .*//' -e '/^make/p' "$block" \
		>"$tmp/commands"
	[ -s "$tmp/commands" ] && break
done
[ -s "$tmp/commands" ] || fail 'there are no commands in README'
# No flags or job server of the make that runs this.
env -u MFLAGS MAKEFLAGS=-j2 sh -eux "$tmp/commands" || fail 'its commands fail'
echo 'readme: the commands work'
