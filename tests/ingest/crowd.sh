#!/bin/sh
# A thousand connections at once, most of them bad company: the honest ones
# lose nothing, memory stays where it is stated to. crowd.sh PROGRAM
# SOURCE_ROOT TOOLS; CROWD is how many, SECONDS_LONG how long.
set -u
# shellcheck source=tests/ingest/common.sh
. "$(dirname "$0")/common.sh"
have curl || exit 0
crowd=${CROWD:-1000}
seconds=${SECONDS_LONG:-${LEAT_TEST_SHORT:+3}}
seconds=${seconds:-5}
# Of the page's points, of streams and keys; kilobytes. A sanitizer needs
# more, and does not say how much.
cap=${CAP_KB:-65536}

# shellcheck disable=SC3045 # where it is not there, the default may do
ulimit -n $((crowd + 200)) 2>/dev/null || {
	echo '# too few descriptors: left out'
	exit 0
}
serve --listen tcp://127.0.0.1:0 --http 127.0.0.1:0 -w 10 -s count -o none \
	--max-connections $((crowd + 50)) --max-line 4096 --max-keys 5000 \
	--format line --alert 'count > 1e9' || exit 1
"$tools/crowd" "$tcp" "$crowd" "$seconds" >"$tmp/sent" 2>"$tmp/thrown" &
others=$!
most=0
while kill -0 "$others" 2>/dev/null; do
	now=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status")
	[ "${now:-0}" -le "$most" ] || most=$now
	sleep 0.2
done
wait "$others"
true_that 'the crowd comes to its end' [ $? = 0 ]
others=
true_that 'nobody honest was thrown out' [ ! -s "$tmp/thrown" ]
true_that 'the server is there' curl -s -o /dev/null "$page/healthz"
compare() {
	while read -r key n; do
		got=$(curl -s "$page/api/key/$key" |
			sed 's/.*"n":\([0-9]*\).*/\1/')
		[ "$got" = "$n" ] || echo "$key: $n sent, ${got:-none} counted"
	done <"$tmp/sent" >"$tmp/why"
	[ ! -s "$tmp/why" ]
}
true_that "what $(wc -l <"$tmp/sent") honest and slow ones have sent is there" \
	await 1 compare
head -n 5 "$tmp/why"
true_that "memory stays below $cap KB: $most" [ "$most" -le "$cap" ]
for reason in bad_line long_line; do
	true_that "$reason is counted" \
		[ "$(metric "leat_ingest_refused_total{reason=\"$reason\"}")" -gt 0 ]
	true_that "$reason is said, and not much" \
		[ "$(grep -c . "$tmp/log")" -le $((20 + seconds)) ]
done
stop
true_that 'it ends well' [ "$status" = 0 ]

finish
