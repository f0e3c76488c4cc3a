#!/bin/sh
# What a stranger can do, and cannot: strangers.sh PROGRAM SOURCE_ROOT TOOLS
#
# Web pages that write to where lines are taken; connections that are held to
# shut others out; guesses at the token; heads with two meanings.
set -u
# shellcheck source=tests/ingest/common.sh
. "$(dirname "$0")/common.sh"
have socat curl openssl || exit 0

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
		[ "$(grep -c 'an HTTP request' "$tmp/log")" = 1 ]
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

# In the body a line of each format, where the stream has no other.
formats=$2/tests/ingest/formats.txt
# shellcheck disable=SC2013 # words on purpose
for format in $(awk -F'\t' '/^[^#]/ && $1 != "line" && !seen[$1]++ { print $1 }' \
	"$formats"); do
	body=$(awk -F'\t' -v f="$format" '$1 == f { print $2; exit }' "$formats")
	serve --listen tcp://127.0.0.1:0 --http 127.0.0.1:0 --format "$format" \
		--ack --save "$tmp/state" -k key -w 1 -s last && {
		# shellcheck disable=SC2059
		printf "$body\n" >"$tmp/body"
		curl -s --max-time 10 --data-binary @"$tmp/body" \
			"http://127.0.0.1:$tcp/key,value"
		{ printf 'PUT /key,value HTTP/1.1\r\n'; sleep 0.2
			cat "$tmp/body"; } | to_tcp 2>/dev/null
		true_that "no page writes $format" \
			await 5 is_refused http_stream 2
		to_tcp <"$tmp/body"
		true_that "but a sender does" \
			await 5 has_metric leat_ingest_samples_total 1
		stop
		rm -f "$tmp/state"
		: >"$tmp/rows"
	}
done

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

# ---- Who takes all the room ----

is_open() {
	has_metric leat_ingest_connections_open "$1"
}
# send FROM LINE
send() {
	printf '%s\n' "$2" | socat -u - "TCP:127.0.0.1:$tcp,bind=$1" 2>/dev/null
}
printf 'b 1\n' >"$tmp/line"

serve --listen tcp://127.0.0.1:0 --http 127.0.0.1:0 --max-connections 96 \
	--format line -w landmark -s count -o none && {
	hold "$tcp" 127.0.0.1 96
	true_that 'an address of this machine may have nearly all' \
		await 5 is_open 93
	hold "$tcp" 127.0.0.2 300
	true_that 'and others take the places of those that are silent' \
		await 5 is_open 96
	send 127.0.0.3 'a 1'
	send 127.0.0.1 'a 2'
	send 127.0.0.2 'a 3'
	true_that 'who sends is heard, from each address' \
		await 5 has_metric leat_ingest_samples_total 3
	release
	await 5 is_open 0
	hold "$tcp" 127.0.0.2 90 "$tmp/line" 50
	hold "$tcp" 127.0.0.3 6 "$tmp/line" 50
	await 5 is_open 96
	closed=$(refused room)
	hold "$tcp" 127.0.0.4 50
	true_that 'nobody who sends makes room' await 5 is_refused connections 50
	true_that 'not one of them' [ "$(refused room)" = "$closed" ]
	true_that 'all of them are there' is_open 96
	curl -s "$page/healthz" >"$tmp/got"
	true_that 'health is told meanwhile' grep -q ok "$tmp/got"
	release
	await 5 is_open 0
	true_that 'which is said, and not much' \
		[ "$(grep -c . "$tmp/log")" -le 12 ]
	stop
}

serve --listen 'tcp://[::1]:0' --http 127.0.0.1:0 --max-per-peer 5 \
	-w landmark -s count -o none 2>/dev/null && {
	hold "$tcp" ::1 20 "$tmp/line"
	true_that 'a limit for each peer, of IPv6 as well' await 5 is_open 5
	true_that 'beyond which a connection is refused' is_refused peer 15
	release
	stop
}

# The limits by default, where few descriptors are open at first.
# shellcheck disable=SC3045
if (ulimit -H -n 4096) 2>/dev/null; then
	soft=$(ulimit -S -n)
	ulimit -S -n 256
	serve --listen tcp://127.0.0.1:0 --http 127.0.0.1:0 --format line \
		-w landmark -s count -o none && {
		ulimit -S -n 4096
		hold "$tcp" 127.0.0.1 1024
		hold "$tcp" 127.0.0.2 1024
		true_that 'a thousand silent ones' await 10 is_open 1024
		send 127.0.0.1 'a 1'
		true_that 'shut nobody out' \
			await 5 has_metric leat_ingest_samples_total 1
		release
		stop
	}
	ulimit -S -n "$soft"
fi

# ---- Who takes all the room of HTTP ----

printf 'GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n' >"$tmp/events"
printf 'GET /hea' >"$tmp/half"
printf 'GET /api/keys HTTP/1.1\r\nHost: localhost\r\n\r\n' >"$tmp/whole"
well() {
	for from in 127.0.0.1 127.0.0.2 127.0.0.9; do
		[ "$(curl -s --max-time 20 --interface $from -o /dev/null \
			-w '%{http_code}' "$page$1")" = 200 ] || return 1
	done
}
serve --listen tcp://127.0.0.1:0 --http 127.0.0.1:0 -w 1 -s last -o none && {
	port=${page##*:}
	hold "$port" 127.0.0.1 64 "$tmp/events"
	hold "$port" 127.0.0.2 64 "$tmp/events"
	true_that 'there is a limit to those who look on' \
		await 5 has_metric leat_ingest_watchers 48
	true_that 'who do not shut out health' well /healthz
	true_that 'nor metrics' well /metrics
	hold "$port" 127.0.0.3 300
	true_that 'nor do silent ones' well /healthz
	hold "$port" 127.0.0.4 300 "$tmp/half"
	true_that 'nor those who are slow to ask' well /metrics
	hold "$port" 127.0.0.5 300 "$tmp/whole" 100
	true_that 'nor those who ask on and on' well /healthz
	true_that 'those who look on are still there' \
		has_metric leat_ingest_watchers 48
	release
	stop
}

# ---- Who guesses the token ----

token=swordfish
echo "$token" >"$tmp/token"
printf 'token wrong\n' >"$tmp/guess"
printf 'GET /metrics?token=wrong HTTP/1.1\r\nHost: localhost\r\n\r\n' \
	>"$tmp/guess.http"
code() {
	curl -s --max-time 60 -o /dev/null -w '%{http_code}' "$@"
}
# Each of these has to make its own errors: they come from their own address.
serve --listen tcp://127.0.0.1:0 --http 127.0.0.1:0 --token-file \
	"$tmp/token" -w 1 -s last && {
	hold "$tcp" 127.0.0.2 10 "$tmp/guess"
	true_that 'some errors are answered at once, others are not' \
		await 5 is_refused token 10
	true_that 'but held' [ "$(metric leat_ingest_connections_open)" -ge 3 ]
	printf 'token swordfish\na 1\n' |
		socat -u - "TCP:127.0.0.1:$tcp,bind=127.0.0.2"
	true_that 'the right token is not, from the same address' \
		await 5 has_rows 2
	hold "$tcp" 127.0.0.2 60 "$tmp/guess"
	await 5 grep -q . "$tmp/held"
	await 5 is_refused token 70
	n=$(metric leat_ingest_connections_open)
	true_that "so many are held, not more: $n" [ "$n" -le 30 ]
	printf 'token swordfish\na 2\n' |
		socat -u - "TCP:127.0.0.1:$tcp,bind=127.0.0.2" 2>/dev/null
	true_that 'then no token from there is looked at' \
		await 5 is_refused token 71
	printf 'token swordfish\na 3\n' |
		socat -u - "TCP:127.0.0.1:$tcp,bind=127.0.0.3"
	true_that 'but one from elsewhere' await 5 has_rows 3
	true_that 'with HTTP neither' [ "$(code --interface 127.0.0.2 \
		"$page/metrics?token=$token")" = 429 ]
	true_that 'also a wrong one' [ "$(code --interface 127.0.0.2 \
		"$page/metrics?token=wrong")" = 429 ]
	true_that 'who has none is just refused' \
		[ "$(code --interface 127.0.0.2 "$page/metrics")" = 401 ]
	true_that 'and health is for all' \
		[ "$(code --interface 127.0.0.2 "$page/healthz")" = 200 ]
	release
	for i in 1 2 3 4; do
		code --interface 127.0.0.4 "$page/?token=wrong$i"
		echo
	done >"$tmp/got"
	true_that 'wrong tokens of HTTP are told so, each in its time' \
		[ "$(grep -c 401 "$tmp/got")" = 4 ]
	hold "${page##*:}" 127.0.0.5 200 "$tmp/guess.http"
	true_that 'held answers shut nobody out' \
		[ "$(code "$page/metrics?token=$token")" = 200 ]
	release
	hold "${page##*:}" 127.0.0.6 8 "$tmp/guess.http"
	stop
	true_that 'nor keep the server from its end' [ "$status" = 0 ]
	release
	rows_are 'nobody without the token is heard' \
		'row,key,value_last\n1,a,1\n2,a,3\n'
}
token=

# ---- The same within TLS ----

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
	-keyout "$tmp/key.pem" -out "$tmp/cert.pem" -subj /CN=localhost \
	2>/dev/null
# secure FROM: standard input to the server.
secure() {
	openssl s_client -quiet -no_ign_eof -bind "$1:0" \
		-connect "127.0.0.1:$tcp" 2>/dev/null
}
serve --listen tcp://127.0.0.1:0 --http 127.0.0.1:0 --tls-cert \
	"$tmp/cert.pem" --tls-key "$tmp/key.pem" -w 1 -s last && {
	curl -s -k --max-time 10 -d 'evil 666' "https://127.0.0.1:$tcp/"
	true_that 'a request within TLS is closed' \
		await 5 is_refused http_stream 1
	{ printf 'GET 5\n'; sleep 0.5; } | secure 127.0.0.1
	true_that 'a line is not' await 5 has_rows 2
	stop
	rows_are 'and nothing else is taken' 'row,key,value_last\n1,GET,5\n'
}
token=swordfish
serve --listen tcp://127.0.0.1:0 --http 127.0.0.1:0 --tls-cert \
	"$tmp/cert.pem" --tls-key "$tmp/key.pem" --token-file "$tmp/token" \
	-w 1 -s last && {
	for _ in 1 2 3 4 5 6 7 8; do
		{ printf 'token wrong\na 666\n'; sleep 1; } |
			secure 127.0.0.2 &
		others="$others $!"
	done
	true_that 'wrong tokens within TLS are counted' \
		await 10 is_refused token 8
	{ printf 'token swordfish\na 1\n'; sleep 0.5; } | secure 127.0.0.2
	true_that 'and do not hold up the right one' await 5 has_rows 2
	stop
	true_that 'nor the end' [ "$status" = 0 ]
	release
	rows_are 'nobody else is heard' 'row,key,value_last\n1,a,1\n'
}
token=

# ---- Times at random ----

# Lines whose time is not among the first fifty, each a session by itself.
serve --listen tcp://127.0.0.1:0 --http 127.0.0.1:0 -w session:5s --delay 30d \
	-s count -o none --max-windows 50 && {
	awk -v now="$(date +%s)" 'BEGIN {
		srand(5)
		for (i = 0; i < 5000; i++)
			print "k", 1, now - 10 * int(rand() * 250000)
		for (i = 0; i < 20; i++)
			print "quiet" i, 1, now
	}' >"$tmp/body"
	many=$(awk '!($3 in seen) && $1 == "k" && n < 50 { seen[$3]; n++ }
		$1 == "k" && !($3 in seen) { refused++ }
		END { print refused }' "$tmp/body")
	to_tcp <"$tmp/body"
	true_that 'random times open no more windows than there may be' \
		await 20 is_refused windows_full "$many"
	true_that 'and other keys go on' await 20 has_metric leat_ingest_keys 21
	stop
}

# ---- Heads with two meanings ----

# ask TEXT [TEXT]: the code that the answer has; the second one comes later.
ask() {
	{
		# shellcheck disable=SC2059
		printf "$1"
		sleep 0.2
		# shellcheck disable=SC2059
		printf "${2-}"
	} | timeout 20 socat -t 5 - "TCP:127.0.0.1:${page##*:}" 2>/dev/null |
		sed -n '1s/^[^ ]* \([0-9]*\).*/\1/p'
}
serve --listen tcp://127.0.0.1:0 --http 127.0.0.1:0 -w 1 -s last && {
	end='Host: localhost\r\n\r\nhello'
	for method in GET POST; do
		for head in 'Content-Length: 5\r\nContent-Length: 5\r\n' \
			'Content-Length: 5\r\nContent-Length: 6\r\n' \
			'Content-Length: 0\r\nContent-Length: 0\r\n' \
			'Content-Length: 5, 5\r\n' \
			'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n' \
			'Transfer-Encoding: x\r\nContent-Length: 0\r\n' \
			'X: a\r\n b\r\n' 'X : a\r\n' \
			'Content-Length : 5\r\n' 'X: a\rY: b\r\n'; do
			name=$(printf '%s' "$head" | tr '\134' ' ')
			line="$method /healthz HTTP/1.1\r\n"
			true_that "$method with $name" \
				[ "$(ask "$line$head$end")" = 400 ]
			true_that "$method with $name, cut" \
				[ "$(ask "$line" "$head$end")" = 400 ]
		done
	done
	true_that 'a head with one meaning' [ "$(ask \
		"GET /healthz HTTP/1.1\r\nContent-Length: 0\r\n$end")" = 200 ]
	true_that 'all others are counted' is_refused http 40
	stop
}

finish
