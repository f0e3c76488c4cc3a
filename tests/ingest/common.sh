# What the tests of socket_ingest have in common: sourced by them with their
# arguments, PROGRAM SOURCE_ROOT [TOOLS], the folder of sender and crowd.
#
# A server listens on ports that are free; what it says is in $tmp/log.
#
# shellcheck shell=sh
# shellcheck disable=SC2034 # the variables are theirs
# shellcheck source=tests/cli.sh
. "$2/tests/cli.sh"
tools=${3:-$2/build/tests/ingest}
artefacts=${ARTEFACTS:-${BUILD:-build}/artefacts}
pid=
others=
trap 'kill $pid $others 2>/dev/null; rm -rf "$tmp"' EXIT

# await SECONDS COMMAND...: until it is true; tries ten times a second. On a
# machine with much else to do it waits longer; what is true costs nothing.
await() {
	left=$(($1 * 10 * ${PATIENCE:-6}))
	shift
	until "$@" >/dev/null 2>&1; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || return 1
		sleep 0.1
	done
}

# serve OPTION...: starts a server; $tcp, $udp, $page are where it listens, if
# it does. What it prints goes to $tmp/rows.
serve() {
	: >"$tmp/log"
	"$prog" "$@" >>"$tmp/rows" 2>"$tmp/log" </dev/null &
	pid=$!
	await 20 is_up || {
		not_ok "a server starts: $*" "$(cat "$tmp/log")"
		return 1
	}
	tcp=$(port_of tcp)
	udp=$(port_of udp)
	page=$(sed -n 's|.*page on \(https*://.*\)/$|\1|p' "$tmp/log")
}

# All listeners are there when the last one is.
is_up() {
	[ "$(grep -c 'listening on' "$tmp/log")" -ge "${listeners:-1}" ]
}

port_of() {
	sed -n "s|.*listening on $1://.*:||p" "$tmp/log" | head -n 1
}

# Ends the server; $status is how. crash: the hard way.
stop() {
	kill "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	status=$?
	pid=
}
crash() {
	kill -KILL "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	pid=
}

# metric NAME: its value, of a server with a page.
metric() {
	curl -s -k ${token:+-H "Authorization: Bearer $token"} \
		"$page/metrics" | awk -v name="$1" '$1 == name { print $2 }'
}

has_metric() {
	[ "$(metric "$1")" = "$2" ]
}

# has_rows N: so many lines have been printed.
has_rows() {
	[ "$(wc -l <"$tmp/rows")" -ge "$1" ]
}

# rows_are NAME TEXT: what has been printed, after a stop; as printf's format.
rows_are() {
	# shellcheck disable=SC2059
	printf "$2" >"$tmp/rows.wanted"
	if cmp -s "$tmp/rows" "$tmp/rows.wanted"; then
		ok "$1"
	else
		not_ok "$1" "$(diff "$tmp/rows.wanted" "$tmp/rows")" \
			"$(cat "$tmp/log")"
	fi
	: >"$tmp/rows"
}

# to_tcp, to_udp: standard input to the server.
to_tcp() {
	socat -u - "TCP:127.0.0.1:$tcp"
}
to_udp() {
	socat -u -b 60000 - "UDP:127.0.0.1:$udp"
}

# hold PORT FROM N [FILE [MILLISECONDS]]: until release.
hold() {
	rm -f "$tmp/held"
	"$tools/hold" "$@" >"$tmp/held" 2>>"$tmp/hold.log" &
	others="$others $!"
	await 20 grep -q ready "$tmp/held"
}
release() {
	# shellcheck disable=SC2086
	kill $others 2>/dev/null
	# shellcheck disable=SC2086
	wait $others 2>/dev/null
	others=
}

have() {
	for tool; do
		command -v "$tool" >/dev/null || {
			echo "# no $tool here: left out"
			return 1
		}
	done
}

: >"$tmp/rows"
