#!/bin/sh
# The examples of socket_ingest(1) start servers that work: pages.sh PROGRAM
# SOURCE_ROOT. Ports become free ones and folders of the system become a
# folder of this test; everything else is run as it is printed.
set -u
# shellcheck source=tests/ingest/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=tests/pages.sh
. "$2/tests/pages.sh"
have socat openssl || exit 0

n=$(page_blocks "$2/man/socket_ingest.1" "$tmp")
true_that 'the page has three examples' [ "$n" = 3 ]

# here FILE: the text with ports and folders of this test, in one line.
here() {
	sed -e 's|\(tcp://[^:]*\):[0-9]*|\1:0|g' \
		-e 's|\(udp://[^:]*\):[0-9]*|\1:0|g' \
		-e 's|\(--http [^:]*\):[0-9]*|\1:0|' \
		-e "s|/var/l[a-z]*/ingest|$tmp|g" -e "s|/etc/ingest|$tmp|g" \
		-e "s|\\\${CREDENTIALS_DIRECTORY}|$tmp|" \
		-e 's|\\$||' "$1" | tr '\n' ' '
}

# A first try.
eval "serve $(sed -n 1p "$tmp/1.text" >"$tmp/server" &&
	here "$tmp/server" | sed 's/^socket_ingest//')"
sed -n '2,$p' "$tmp/1.text" |
	sed "s/nc 127.0.0.1 9009/socat -u - TCP:127.0.0.1:$tcp/" >"$tmp/sender"
timeout 60 sh "$tmp/sender" 2>/dev/null &
others=$!
true_that 'the first try prints statistics of the load' \
	await 10 grep -q ',load,' "$tmp/rows"
kill "$others" 2>/dev/null
stop
true_that 'and ends well' [ "$status" = 0 ]

# Minutes in a database, alerts to a program.
printf '#!/bin/sh\ncat >>"%s/mail"\n' "$tmp" >"$tmp/mail-alert"
chmod +x "$tmp/mail-alert"
PATH=$tmp:$PATH
"$prog" --help >"$tmp/help"
if grep -q 'sqlite:' "$tmp/help"; then
	listeners=2
	eval "serve $(here "$tmp/2.text" | sed 's/^socket_ingest//')"
	printf 'cpu.0 91\n' | to_tcp
	stop
	true_that 'the second example ends well' [ "$status" = 0 ]
	true_that 'and leaves a database' [ -s "$tmp/minutes.db" ]
	listeners=1
fi

# The service of systemd.
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
	-keyout "$tmp/key.pem" -out "$tmp/cert.pem" 2>/dev/null
echo secret >"$tmp/token"
awk '/^ExecStart=/ { on = 1 } on { print } on && !/\\$/ { exit }' \
	"$tmp/3.text" >"$tmp/unit"
eval "serve $(here "$tmp/unit" | sed 's/^[^ ]*socket_ingest//')"
printf 'token secret\nroom 20\n' | socat -u - \
	"OPENSSL:127.0.0.1:$tcp,verify=0"
true_that 'the service writes rows' await 10 grep -q ',room,' "$tmp/rows.csv"
stop
true_that 'the service ends well' [ "$status" = 0 ]
true_that 'and its state' [ -s "$tmp/state" ]

finish
