#!/bin/sh
# HTTP of socket_ingest, and its page in a real browser: web.sh PROGRAM
# SOURCE_ROOT TOOLS
#
# The picture of the page is kept in $ARTEFACTS, by default build/artefacts.
set -u
# shellcheck source=tests/ingest/common.sh
. "$(dirname "$0")/common.sh"
have curl socat || exit 0

get() {
	curl -s --path-as-is "$@"
}
code() {
	get -o /dev/null -w '%{http_code}' "$@"
}
has() {
	true_that "$1" grep -q -F -e "$2" "$tmp/got"
}
is_refused() {
	[ "$(metric "leat_ingest_refused_total{reason=\"$1\"}")" -ge "$2" ]
}

serve --listen tcp://127.0.0.1:0 --http 127.0.0.1:0 -w 3 -s mean,max -o none \
	--alert 'hot: mean > 6' || exit 1
port=${page##*:}

# ---- The API ----

{
	printf 'a 1\na 2\nb 10\nweird"\\\303\251\200 7\n/../x 1\n' | to_tcp
	awk 'BEGIN { for (i = 0; i < 250; i++) printf "k%03d %d\n", i, i % 5 }' |
		to_tcp
}
await 5 has_metric leat_ingest_samples_total 255
has_points() {
	get "$page/api/key/k249" | grep -q '"points":\[\["20' &&
		get "$page/api/key/b" | grep -q '"points":\[\["20'
}
true_that 'keys have points' await 5 has_points
get "$page/api/key/a" >"$tmp/got"
has 'a key' '"key":"a","n":2,"last":2,'
has 'its results' '"row":{"value_mean":1.5,"value_max":2}'
has 'its points' '"points":[["20'
get "$page/api/key/b" >"$tmp/got"
has 'its alerts' '"alerts":["hot"]'
get "$page/api/key/weird%22%5c%c3%a9%80" >"$tmp/got"
has 'a name of any bytes' '"key":"weird\"\\é\ufffd"'
true_that 'no such key' [ "$(code "$page/api/key/none")" = 404 ]
get "$page/api/key/..%2f..%2fetc%2fpasswd" >"$tmp/got"
has 'a path is just a name' 'no such key'
get "$page/api/key/%2f..%2fx" >"$tmp/got"
has 'that may be one' '"key":"/../x"'

# Pages of keys have each of them once.
after=
: >"$tmp/names"
for _ in 1 2 3 4 5; do
	get "$page/api/keys?limit=60&after=$after" |
		sed -n 's/^{"key":"\([a-z0-9]*\)".*/\1/p' >"$tmp/part"
	cat "$tmp/part" >>"$tmp/names"
	after=$(tail -n 1 "$tmp/part")
done
awk 'BEGIN {
	print "a\nb"
	for (i = 0; i < 250; i++) printf "k%03d\n", i
}' >"$tmp/wanted"
grep -v '^$' "$tmp/names" >"$tmp/got"
true_that 'pages of keys' cmp "$tmp/wanted" "$tmp/got"

# ---- Events ----

get -N --max-time 60 "$page/events" >"$tmp/events" 2>/dev/null &
others=$!
await 5 grep -q 'event: hello' "$tmp/events"
printf 'a 12\n' | to_tcp
await 5 grep -q 'event: rows' "$tmp/events"
kill "$others"
wait "$others" 2>/dev/null
others=
cp "$tmp/events" "$tmp/got"
has 'events begin with a hello' 'event: hello'
has 'that has the names' '"names":["value_mean","value_max"]'
has 'a row comes as an event' 'event: rows'
has 'with the key that has changed' '"keys":[{"key":"a","n":3,'
true_that 'and no other' sh -c \
	"sed -n '/^event: rows/{n;p;}' '$tmp/events' | grep -q -v k000"

# ---- Metrics ----

get "$page/metrics" >"$tmp/got"
has 'lines by format' 'leat_ingest_lines_total{format="line"} 256'
# shellcheck disable=SC2016 # they are awk's
true_that 'the format of Prometheus' awk '
	/^# (HELP|TYPE) (leat_ingest|process)_[a-z_]+ ./ {
		if ($2 == "TYPE" && $4 != "counter" && $4 != "gauge")
			exit bad = 1
		known[$3]
		next
	}
	{
		name = $0
		sub(/[{ ].*/, "", name)
		if (!(name in known) || NF < 2 || seen[$0]++ ||
		    $0 !~ /^(leat_ingest|process)_[a-z_]+({[a-z]+="[^"]*"})? -?[0-9.e+-]+$/) {
			print
			exit bad = 1
		}
	}
	END { exit bad }' "$tmp/got"
if have promtool; then
	true_that 'promtool has nothing to say' promtool check metrics \
		<"$tmp/got"
fi

# ---- Who is refused ----

true_that 'the page' [ "$(code "$page/")" = 200 ]
get -I "$page/" >"$tmp/got"
has 'HEAD' '200 OK'
has 'no scripts from elsewhere' "default-src 'none'"
for path in /../../etc/passwd /%2e%2e/%2e%2e/etc/passwd /etc/passwd \
	/index.html; do
	true_that "no file: $path" [ "$(code "$page$path")" = 404 ]
done
for method in POST PUT DELETE OPTIONS TRACE; do
	true_that "no $method" [ "$(code -X "$method" "$page/")" = 405 ]
done
true_that 'the page of someone else may not read' \
	[ "$(code -H 'Host: evil.example' "$page/")" = 403 ]
true_that 'but under a name of this machine' \
	[ "$(code -H "Host: localhost:$port" "$page/healthz")" = 200 ]
true_that 'all of these are counted' is_refused http 6

# A header of 100 MB, noise, and half a request.
{
	printf 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: '
	head -c 100000000 /dev/zero | tr '\0' x
} | timeout 20 socat -t 1 - "TCP:127.0.0.1:$port" >"$tmp/got" 2>/dev/null
true_that 'a header without an end is refused' \
	sh -c "! grep -q '200 OK' '$tmp/got'"
head -c 100000 /dev/urandom |
	timeout 20 socat -t 1 - "TCP:127.0.0.1:$port" >/dev/null 2>&1
true_that 'and counted, as is noise' await 5 is_refused http 8
true_that 'which is said, once a minute' \
	[ "$(grep -c HTTP "$tmp/log")" -le 2 ]
memory=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status")
[ -n "${LEAT_TEST_SHORT-}" ] ||
	true_that "and costs no memory: $memory KB" [ "$memory" -lt 50000 ]

# Slow-loris: a byte a second, for ever.
if [ -z "${LEAT_TEST_SHORT-}" ]; then
	{
		printf 'GET / HTTP/1.1\r\nX-Slow: '
		i=0
		while [ $i -lt 40 ] && sleep 0.5; do
			printf x || break
			i=$((i + 1))
		done
	} 2>/dev/null | socat - "TCP:127.0.0.1:$port" >/dev/null 2>&1 &
	others=$!
	true_that 'who is too slow is closed' await 15 is_refused slow_http 1
	kill "$others" 2>/dev/null
	others=
fi
# More connections than there may be wait; none is lost.
for _ in $(seq 80); do
	get --max-time 20 -o /dev/null -w '%{http_code}\n' "$page/api/keys" &
done >"$tmp/codes"
wait_for_codes() {
	[ "$(grep -c 200 "$tmp/codes")" = 80 ]
}
true_that 'eighty at once' await 10 wait_for_codes

# ---- A browser ----

browser=$(command -v chromium || command -v chromium-browser ||
	command -v google-chrome)
if [ -n "$browser" ] && [ -x "$tools/browser" ]; then
	mkdir -p "$artefacts"
	# The page is open when the last values come.
	{
		seq 1 5 | while read -r i; do
			printf 'room.a %s\n' $((i * i)) | to_tcp
			sleep 0.8
		done
	} &
	drawn="Array.from(document.querySelectorAll('article'))"
	drawn="$drawn.find(a=>a.dataset.key==='room.a')?.dataset.drawn"
	# The mean of 9, 16 and 25.
	true_that 'the newest point of a chart is what was sent' \
		"$tools/browser" "$browser" "$page/" "$drawn" \
		16.666666666666668 "$artefacts/page.png"
	true_that 'there is a picture of it' [ -s "$artefacts/page.png" ]
else
	echo '# no chromium here: left out'
fi

stop
true_that 'it ends well' [ "$status" = 0 ]
finish
