#!/bin/sh
# No program says that it has written what it could not. Run from the top
# folder: dev_full.sh FOLDER PROGRAM..., the programs being all there are in
# the folder of the examples.
#
# Each of them writes to a disk that is full, more than a buffer of stdio holds
# and less; it says so on standard error and its exit status is 1. A program
# without a line here fails the test.
set -u
export LC_ALL=C
folder=$1
shift
all=$(printf '%s\n' "$@" | sort)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
tried=0
failed=0
names=

if ! [ -c /dev/full ]; then
	echo '/dev/full is not here: left out'
	exit 0
fi

# Runs a program with its output there, and its input from $tmp/in.
full() {
	program=$1
	shift
	names="$names $program"
	[ -x "$folder/$program" ] || {
		echo "$program has not been built: left out"
		return
	}
	tried=$((tried + 1))
	timeout 60 "$folder/$program" "$@" <"$tmp/in" >/dev/full 2>"$tmp/err"
	status=$?
	if [ $status -ne 1 ]; then
		echo "$program $*: exit status $status"
	elif ! grep -q 'No space left on device' "$tmp/err"; then
		echo "$program $*: says:"
		cat "$tmp/err"
	else
		return
	fi
	failed=$((failed + 1))
}

numbers() {
	awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++) print i % 97 }'
}

pairs() {
	numbers "$1" | awk '{ print NR % 4, $1 }'
}

# Seconds, keys and values, as CSV.
table() {
	echo t,k,x
	numbers "$1" | awk '{ print 1000000000 + NR ",key" NR % 5 "," $1 }'
}

for n in 100 20000; do
	numbers $n >"$tmp/in"
	full embed
	full custom_aggregate
	full tumbling
	full whole_array
	full pipeline
	pairs $n >"$tmp/in"
	full pairs
	full learn
	full static_memory
	table $n >"$tmp/in"
	full csv_column x
	for format in csv json table; do
		full csv_replay -c x -o $format
		full csv_replay -c x -k k -w tumbling:7 -o $format
		full csv_replay -t t -k k -c x -w tumbling:3s -o $format
	done
	full csv_replay -t t -c x,t -w sliding:60s
	full csv_replay -k k -c x --final
	full csv_replay --model 'x ~ lag(x,1)'
	full csv_replay --show t -w 5 --plot "$tmp/svg" -c x
	full csv_replay --save "$tmp/state" -c x
	full csv_replay --help
	cp "$tmp/in" "$tmp/table"
	full shard_merge -n 2 -t t -k k -c x -w 1 "$tmp/table"
	awk -F, 'NR > 1 { print $2, $3, $1 }' "$tmp/table" >"$tmp/in"
	full socket_ingest --listen - -w 7
	full socket_ingest --listen - -w tumbling:1s --to /dev/full
	full socket_ingest --listen - -w 7 --to stdout --alert 'mean > 1' \
		--alert-to /dev/full
	full socket_ingest --help
done
full csv_replay --version
full socket_ingest --version
full shard_merge --help

# shellcheck disable=SC2086 # words on purpose
had=$(printf '%s\n' $names | sort -u)
[ "$all" = "$had" ] || {
	echo "programs of the Makefile: $all"
	echo "programs that are run here: $had"
	failed=$((failed + 1))
}
echo "dev_full: $tried runs, $failed failed"
[ $failed -eq 0 ]
