#!/bin/sh
# A server that is killed again and again under load, and senders that repeat
# what was not saved: every value is counted once. kill.sh PROGRAM SOURCE_ROOT
# TOOLS; KILLS is how often, 20 by default.
set -u
# shellcheck source=tests/ingest/common.sh
. "$(dirname "$0")/common.sh"
kills=${KILLS:-${LEAT_TEST_SHORT:+5}}
kills=${kills:-20}
lines=${LINES_SENT:-$((kills * 100000))}
state=$tmp/state

begin() {
	serve --listen "tcp://127.0.0.1:${tcp:-0}" --ack -w landmark \
		-s count,sum --final --save "$state" --save-every 50ms \
		--resume "$state" --alert 'sum > 1e300'
}

tcp=
begin || exit 1
"$tools/sender" "$tcp" one "$lines" &
one=$!
"$tools/sender" "$tcp" two "$lines" &
two=$!
others="$one $two"
n=0
seed=$$
while [ "$n" -lt "$kills" ] && kill -0 "$one" 2>/dev/null; do
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	sleep "0.$(printf '%03d' $((seed / 65536 % 400)))"
	crash
	begin || break
	n=$((n + 1))
done
true_that "killed $n times" [ "$n" -gt $((kills / 2)) ]
wait "$one"
true_that 'the first sender is told that all is saved' [ $? = 0 ]
wait "$two"
true_that 'and so is the second' [ $? = 0 ]
others=
stop
true_that 'the last state is saved' [ "$status" = 0 ]

# Of 1 .. lines, each of ten keys has those with its remainder, twice.
awk -v n="$lines" 'BEGIN {
	for (k = 0; k < 10; k++) {
		count = sum = 0
		for (i = k ? k : 10; i <= n; i += 10) {
			count += 2
			sum += 2 * i
		}
		printf "k%d,%.0f,%.0f\n", k, count, sum
	}
}' >"$tmp/wanted"
"$prog" --listen - -w landmark -s count,sum --final --resume "$state" \
	--alert 'sum > 1e300' </dev/null 2>"$tmp/log" |
	sed -e 1d -e 's/^[0-9]*,//' | sort >"$tmp/got"
true_that 'every value was counted once' cmp "$tmp/wanted" "$tmp/got"

finish
