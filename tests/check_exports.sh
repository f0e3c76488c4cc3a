#!/bin/sh
# What the libraries show and what they ask for. Run from the top folder
# after `make`; BUILD names the build, CC the compiler.
#
# - The shared library exports the functions of leat.h, no more, no less,
#   and the list is the one in exports.txt, which changes only on purpose.
# - Every global name in the archive begins with leat_: it is linked into
#   programs that have names of their own.
# - No variable is writable: there is no global state.
# - Code and constants of windows are less than 352 KiB, of windows by time
#   and keyed ones 256 KiB more, of models less than another 92, of text 52,
#   of states 17, and of options as text 16.
# - No function of the C library is called but those that are listed, none of
#   which may give other bits on another system.
# - Nothing is called that prints, exits, reads a clock or the locale.
set -eu
# shellcheck source=tests/scratch.sh
. tests/scratch.sh
failed=0

# The two files have to be equal; $3 says what it means if they are not.
same() {
	diff "$1" "$2" >"$tmp/diff" && return
	echo "check_exports: $3" >&2
	cat "$tmp/diff" >&2
	failed=1
}

# Nothing may be left in the file.
empty() {
	[ -s "$1" ] || return 0
	echo "check_exports: $2:" >&2
	cat "$1" >&2
	failed=1
}

nm -D --defined-only "$build/libleat.so" | awk '{ print $3 }' | sort \
	>"$tmp/shared"
sh tests/prototypes.sh | sed 's/(.*//; s/.*[ *]//' | sort >"$tmp/header"
same "$tmp/header" "$tmp/shared" 'leat.h (<) and what is exported (>) differ'
same tests/exports.txt "$tmp/shared" \
	'exports.txt (<) and what is exported (>) differ; edit it if meant'

nm -g --defined-only "$build/libleat.a" |
	awk 'NF == 3 && $3 !~ /^leat_/ { print $3 }' >"$tmp/names"
empty "$tmp/names" 'global names without leat_ in the archive'

size -A "$build/libleat.a" | awk '
	/\(ex / { file = $1 }
	/^\.t?(data|bss)[ .]/ && $1 !~ /\.rel\.ro/ && $2 > 0 {
		print file, $1, $2
	}' >"$tmp/writable"
empty "$tmp/writable" 'writable data in the archive'

# Bytes of code and constants in some folders' objects.
text_of() {
	for folder in "$@"; do
		set -- "$build/static/$folder"/*.o
		size "$@" | awk 'NR > 1 { n += $1 } END { print n }'
	done | awk '{ n += $1 } END { print n }'
}

windows=$(text_of core agg window)
times=$(text_of time key)
models=$(text_of model)
texts=$(text_of text)
states=$(text_of state)
specs=$(text_of spec)
if [ "$windows" -ge 360448 ] || [ "$times" -ge 262144 ] ||
	[ "$models" -ge 94208 ] || [ "$texts" -ge 61440 ] ||
	[ "$states" -ge 17408 ] || [ "$specs" -ge 16384 ]; then
	echo "check_exports: windows are $windows bytes, times and keys" \
		"$times, models $models, text $texts, states $states," \
		"options as text $specs" >&2
	failed=1
fi

nm -u "$build/libleat.a" | awk '$1 == "U" { print $2 }' | sort -u |
	grep -E -e '^_?_?(v?[fs]?n?printf(_chk)?|v?as?printf)' \
		-e '^_?(puts|putc|putchar|fputs|fputc|fwrite|perror|std(in|out|err))$' \
		-e '^_?(exit|_exit|abort|raise|signal|sigaction)$' \
		-e '^(setlocale|localeconv|uselocale|newlocale|getenv|setenv)$' \
		-e '^(time|clock|clock_gettime|gettimeofday|localtime|gmtime)$' \
		-e '^(rand|random|srand|pthread_.*|fopen|open|read|write)$' \
		>"$tmp/calls" || :
empty "$tmp/calls" 'calls that a library should not make'

# floor(), ceil(), fmod() and frexp() are exact by definition; whatever else there is
# in a C library's mathematics may differ from one to the next by a bit, and
# leat has its own (core/root.c, portable.c, power.c).
nm -u "$build/libleat.a" | awk '$1 == "U" { print $2 }' | sort -u |
	grep -v -E -e '^leat_' -e '^(floor|ceil|fmod|frexp)$' \
		-e '^(mem(cpy|set|move|cmp|chr)|str(cmp|len)|malloc|free)$' \
		-e '^(__assert_fail|__cpu_model|_GLOBAL_OFFSET_TABLE_)$' \
		-e '^__(mem(cpy|set|move)_chk|stack_chk_.*)$' \
		-e '^__([au]san|ubsan|gcov|llvm)_' -e '^__[a-z]*[sdt]i[234]$' \
		>"$tmp/others" || :
empty "$tmp/others" 'calls out of the library that are not on the list'

[ $failed = 0 ] || exit 1
echo "exports: $(wc -l <"$tmp/shared") functions, as leat.h has them;" \
	"windows $windows bytes, times and keys $times, models $models," \
	"text $texts, states $states, options as text $specs"
