#!/bin/sh
# What a stranger can do, and cannot: strangers.sh PROGRAM SOURCE_ROOT TOOLS
#
# Web pages that write to where lines are taken.
set -u
# shellcheck source=tests/ingest/common.sh
. "$(dirname "$0")/common.sh"
have socat curl || exit 0

refused() {
	metric "leat_ingest_refused_total{reason=\"$1\"}"
}
is_refused() {
	[ "$(refused "$1")" = "$2" ]
}

# ---- Web pages ----

# request METHOD PATH: as a browser sends it, a line in its body.
request() {
	printf '%s %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\n' "$1" "$2" "$tcp"
	printf 'Content-Type: text/plain\r\nContent-Length: 9\r\n\r\nevil 666\n'
}

serve --listen tcp://127.0.0.1:0 --listen "unix://$tmp/socket" \
	--http 127.0.0.1:0 -w 1 -s last && {
	n=0
	for method in GET POST PUT HEAD OPTIONS DELETE PATCH TRACE CONNECT \
		PROPFIND post x; do
		request $method / | to_tcp 2>/dev/null
		n=$((n + 1))
	done
	request PRI '*' | sed 's|HTTP/1.1|HTTP/2.0|' | to_tcp 2>/dev/null
	request POST '/a:5|c|c:b' | to_tcp 2>/dev/null
	printf 'POST /a:5|c|c:b HTTP/1.1' | to_tcp 2>/dev/null
	printf '\026\003\001\002\000\001\000\001\374\003\003\na 666\n' |
		to_tcp 2>/dev/null
	# A line longer than --max-line, and one that is cut.
	request POST "/$(head -c 20000 /dev/zero | tr '\0' a)" |
		to_tcp 2>/dev/null
	{ printf 'PO'; sleep 0.2; printf 'ST / HT'; sleep 0.2
		printf 'TP/1.1\r'; sleep 0.2; printf '\nevil 666\n'; } |
		to_tcp 2>/dev/null
	request POST / | socat -u - "UNIX-CONNECT:$tmp/socket" 2>/dev/null
	n=$((n + 7))
	true_that 'requests of any method, whole or cut, are closed' \
		await 5 is_refused http_stream $n
	curl -s --max-time 10 -d 'evil 666' -o "$tmp/got" \
		"http://127.0.0.1:$tcp/" -H 'Upgrade: websocket' 2>/dev/null
	true_that 'one who asks is not answered' [ ! -s "$tmp/got" ]
	true_that 'and is told at once that it is over' \
		await 5 is_refused http_stream $((n + 1))
	true_that 'which is said once' \
		[ "$(grep -c 'request of HTTP' "$tmp/log")" = 1 ]
	for lines in 'GET 5' 'POST 5 1700000000' 'GET /a/b:7|c' \
		'PUT value=9' 'HEAD;host=x 5 1700000000' \
		'key,value\nGET,11'; do
		# shellcheck disable=SC2059
		printf "$lines\n" | to_tcp
		sleep 0.2
	done
	true_that 'keys may be called like methods' await 5 has_rows 7
	stop
	rows_are 'and nothing else is taken' "row,key,value_last
1,GET,5
2,POST,5
3,GET_/a/b,7
4,PUT,9
5,HEAD;host=x,5
6,GET,11\n"
}

# A real page, in a real browser.
browser=$(command -v chromium || command -v chromium-browser ||
	command -v google-chrome)
if [ -n "$browser" ] && [ -x "$tools/browser" ]; then
	serve --listen tcp://127.0.0.1:0 --http 127.0.0.1:0 -w 1 -s last && {
		cat >"$tmp/evil.html" <<END
<iframe name=frame></iframe>
<form id=form method=post enctype=text/plain target=frame
action="http://127.0.0.1:$tcp/"><input name="evil 666
a" value="1
"></form>
<script>
const at = 'http://127.0.0.1:$tcp/', body = 'evil 666\\n';
const all = ['POST', 'GET', 'HEAD'].map(method => fetch(at, {
	method, mode: 'no-cors', body: method == 'POST' ? body : undefined }));
all.push(fetch(at, { method: 'PATCH', body }));
all.push(new Promise(done => new WebSocket(
	at.replace('http', 'ws')).onerror = done));
all.push(new Promise(done => {
	const image = new Image();
	image.onerror = done;
	image.src = at + 'a:5|c|c:b'; }));
form.submit();
navigator.sendBeacon(at, body);
Promise.allSettled(all).then(() => document.title = 'done');
</script>
END
		true_that 'a web page comes to its end' "$tools/browser" \
			"$browser" "file://$tmp/evil.html" document.title \
			'done' "$tmp/page.png"
		n=$(refused http_stream)
		true_that "and is refused: $n" [ "${n:-0}" -ge 6 ]
		stop
		rows_are 'nothing of it is taken' 'row,key,value_last\n'
	}
else
	echo '# no chromium here: left out'
fi

finish
