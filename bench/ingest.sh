#!/bin/sh
# What a line costs socket_ingest, in nanoseconds of CPU time of the whole
# process, kernel included: rolling mean of the last 100 values of each of
# 1000 keys, an alert on it, lines of 24 bytes over the loopback. Then UDP:
# what is lost, and whether the kernel's count of it is the program's.
#
#	sh bench/ingest.sh SOCKET_INGEST SEND_LINES [LINES]
#
# CPU time is what /proc/PID/schedstat has. The best of three runs counts.
set -eu
ingest=$1
send=$2
lines=${3:-10000000}
folder=$(mktemp -d)
pid=
trap 'kill $pid 2>/dev/null || :; rm -rf "$folder"' EXIT

start() {
	: >"$folder/log"
	"$ingest" --listen "$1://127.0.0.1:0" --http 127.0.0.1:0 -o none \
		-w 100 -s mean --alert 'mean > 1e9' 2>"$folder/log" &
	pid=$!
	port=
	while [ -z "$port" ] || [ -z "$page" ]; do
		sleep 0.05
		port=$(sed -n "s|.*listening on $1://127.0.0.1:||p" "$folder/log")
		page=$(sed -n 's|.*page on \(http://.*\)/$|\1|p' "$folder/log")
	done
}

stop() {
	kill "$pid"
	wait "$pid" || :
	pid=
}

metric() {
	curl -s "$page/metrics" | awk -v name="$1" '$1 == name { print $2 }'
}

cpu() {
	cut -d' ' -f1 "/proc/$pid/schedstat"
}

# All that was sent has been counted, or no more comes.
settle() {
	last=
	while now=$(metric leat_ingest_samples_total); [ "$now" != "$last" ]; do
		last=$now
		sleep 0.3
	done
}

tcp() {
	best=
	for _ in 1 2 3; do
		start tcp
		before=$(cpu)
		"$send" tcp 127.0.0.1 "$port" "$lines" "$1"
		settle
		cost=$((($(cpu) - before) * 10 / lines))
		[ "$now" = "$lines" ] || echo "only $now of $lines lines came"
		if [ -z "$best" ] || [ "$cost" -lt "$best" ]; then
			best=$cost
		fi
		stop
	done
	printf '%-44s %5d.%d ns a line (limit %s)\n' \
		"TCP, $1 connection(s)" $((best / 10)) $((best % 10)) "$2"
}

udp() {
	start udp
	before=$(cpu)
	rate=$("$send" udp 127.0.0.1 "$port" "$lines" "$1" 1400)
	settle
	cost=$((($(cpu) - before) / (now + 1)))
	lost=$(metric 'leat_ingest_refused_total{reason="udp_lost"}')
	printf '%-44s %5d ns a line; %s lines a second sent, %s of %s came, ' \
		"UDP, datagrams of 1400 bytes, ${2}" "$cost" "$rate" "$now" "$lines"
	echo "$lost datagrams lost by the kernel's count"
	stop
}

tcp 1 100
tcp 200 150
udp 1000000 'a million lines a second'
udp 0 'full blast'
