#!/bin/sh
# Real clients: what arrives is what was sent. clients.sh PROGRAM SOURCE_ROOT
#
# nc, socat and logger as they are; collectd with a configuration of its own
# on the loopback, writing what it also writes to a CSV file, which is what
# the comparison is with; hot-shots if node has it, else what it has once
# sent (captured from its version 17.1).
set -u
# shellcheck source=tests/ingest/common.sh
. "$(dirname "$0")/common.sh"
have socat curl || exit 0
[ -z "${LEAT_TEST_SHORT-}" ] || {
	echo '# the short form: left out'
	exit 0
}

# ---- nc and socat ----

seq 1 1000 | sed 's/^/a /' >"$tmp/sent"
{
	echo row,key,value_last
	awk '{ print NR ",a," $2 }' "$tmp/sent"
} >"$tmp/wanted"
lines() {
	await 10 has_rows 1001
	stop
	true_that "$1" cmp "$tmp/wanted" "$tmp/rows"
	: >"$tmp/rows"
}
serve --listen tcp://127.0.0.1:0 -w 1 -s last && {
	to_tcp <"$tmp/sent"
	lines 'socat, TCP'
}
serve --listen udp://127.0.0.1:0 -w 1 -s last && {
	to_udp <"$tmp/sent"
	lines 'socat, one datagram'
}
have nc && {
	serve --listen tcp://127.0.0.1:0 -w 1 -s last && {
		nc -N 127.0.0.1 "$tcp" <"$tmp/sent"
		lines 'nc, TCP'
	}
	serve --listen udp://127.0.0.1:0 -w 1 -s last && {
		# A datagram a line.
		head -n 1000 "$tmp/sent" | while read -r line; do
			echo "$line"
		done | nc -u -q 1 -w 1 127.0.0.1 "$udp"
		lines 'nc, datagrams'
	}
}

# ---- logger ----

have logger && {
	listeners=3
	serve --listen tcp://127.0.0.1:0 --listen udp://127.0.0.1:0 \
		--listen "unixgram://$tmp/log.sock" -w 1 -s last && {
		logger -n 127.0.0.1 -P "$tcp" -T -t app --rfc5424 'temp 1.5'
		await 5 has_rows 2
		logger -n 127.0.0.1 -P "$tcp" -T -t app --octet-count \
			--rfc5424 'temp 2.5'
		await 5 has_rows 3
		logger -n 127.0.0.1 -P "$tcp" -T -t app --rfc3164 'temp 3.5'
		await 5 has_rows 4
		logger -n 127.0.0.1 -P "$udp" -d -t app --rfc5424 '4.5'
		await 5 has_rows 5
		logger -n 127.0.0.1 -P "$udp" -d -t app --rfc3164 'temp 5.5'
		await 5 has_rows 6
		logger -u "$tmp/log.sock" -t app 'temp 6.5'
		await 5 has_rows 7
		stop
		rows_are 'logger: RFC 5424 and 3164, counted or not' \
'row,key,value_last
1,temp,1.5
2,temp,2.5
3,temp,3.5
4,app,4.5
5,temp,5.5
6,temp,6.5
'
	}
	listeners=1
}

# ---- collectd ----

# Values are read four times at most; the last ones are compared, of all
# that it has written in both ways.
collect() {
	mkdir -p "$tmp/collectd/csv"
	cat >"$tmp/collectd/conf" <<-EOT
		Hostname "test"
		FQDNLookup false
		BaseDir "$tmp/collectd"
		PIDFile "$tmp/collectd/pid"
		Interval 0.5
		LoadPlugin load
		LoadPlugin memory
		LoadPlugin csv
		<Plugin csv>
			DataDir "$tmp/collectd/csv"
			StoreRates true
		</Plugin>
		$1
	EOT
	collectd -f -C "$tmp/collectd/conf" >"$tmp/collectd/log" 2>&1 &
	others=$!
	await 20 has_rows 40
	kill "$others"
	wait "$others" 2>/dev/null
	others=
	sleep 0.3
	stop
}

# Each (key, value) that was printed, against what stands in the CSV files:
# "epoch,value" or "epoch,a,b,c" there. Digits are not all printed, so they
# are compared to a part in a thousand.
compare() {
	cat "$tmp"/collectd/csv/test/*/* | grep -v '^epoch' |
		cut -d, -f2- | tr ',' '\n' | sort -g | uniq >"$tmp/written"
	sed 1d "$tmp/rows" | awk -F, '
		NR == FNR { written[n++] = $1; next }
		{
			found = 0
			for (i = 0; i < n && !found; i++) {
				d = written[i] - $3
				m = $3 < 0 ? -$3 : $3
				found = (d < 0 ? -d : d) <= 1e-3 * m + 1e-5
			}
			if (!found) { print "not written: " $0; bad = 1 }
			keys[$2]
		}
		END {
			for (k in keys) n_keys++
			if (n_keys < 8) { print n_keys " keys"; bad = 1 }
			exit bad
		}' "$tmp/written" - >"$tmp/why" &&
		grep -q "$1" "$tmp/rows"
}

if have collectd; then
	serve --listen tcp://127.0.0.1:0 --format graphite -w 1 -s last && {
		collect "LoadPlugin write_graphite
			<Plugin write_graphite>
				<Node \"it\">
					Host \"127.0.0.1\"
					Port \"$tcp\"
					Protocol \"tcp\"
					StoreRates true
				</Node>
			</Plugin>"
		true_that 'collectd, write_graphite' compare 'test.*load'
		[ ! -s "$tmp/why" ] || head -n 5 "$tmp/why"
		: >"$tmp/rows"
	}
	if [ -e /usr/lib/collectd/write_influxdb_udp.so ]; then
		rm -rf "$tmp/collectd"
		serve --listen udp://127.0.0.1:0 --influx-unit ms -w 1 -s last && {
			collect "LoadPlugin network
				LoadPlugin write_influxdb_udp
				<Plugin write_influxdb_udp>
					Server \"127.0.0.1\" \"$udp\"
					TimeToLive 1
					StoreRates true
				</Plugin>"
			true_that 'collectd, write_influxdb_udp' \
				compare 'host=test'
			[ ! -s "$tmp/why" ] || head -n 5 "$tmp/why"
			: >"$tmp/rows"
		}
	else
		echo '# no write_influxdb_udp in this collectd: left out'
	fi
fi

# ---- hot-shots ----

# What version 17.1 of it sends for the calls in hot_shots.js.
captured() {
	cat <<-'EOT'
		app.hits:1|c|#env:test
		app.hits:5|c|#env:test
		app.hits:1|c|@0.5|#env:test
		app.temp:21.5|g|#env:test
		app.temp:-1.5|g|#env:test
		app.took:12|ms|#env:test,route:a
		app.size:7|h|#env:test
		app.spread:9|d|#env:test
		app.users:ann|s|#env:test
		app.users:bob|s|#env:test
		app.users:ann|s|#env:test
	EOT
}
cat >"$tmp/hot_shots.js" <<'EOT'
const StatsD = require('hot-shots');
const c = new StatsD({ host: '127.0.0.1', port: +process.argv[2],
	prefix: 'app.', globalTags: { env: 'test' }, mock: false });
Math.random = () => 0; // a sampled call is sent
c.increment('hits');
c.increment('hits', 5);
c.increment('hits', 1, 0.5);
c.gauge('temp', 21.5);
c.gauge('temp', -1.5); // to statsd this is a change
c.timing('took', 12, { route: 'a' });
c.histogram('size', 7);
c.distribution('spread', 9);
c.set('users', 'ann');
c.set('users', 'bob');
c.set('users', 'ann');
setTimeout(() => c.close(() => {}), 300);
EOT
listeners=1
serve --listen udp://127.0.0.1:0 --format statsd --statsd-flush 1s -w 10 \
	-s count,last --final && {
	if NODE_PATH=${NODE_PATH:-/usr/lib/node_modules} node -e \
		'require("hot-shots")' 2>/dev/null; then
		NODE_PATH=${NODE_PATH:-/usr/lib/node_modules} \
			node "$tmp/hot_shots.js" "$udp"
	else
		echo '# no hot-shots here: what it has once sent'
		captured | to_udp
	fi
	sleep 2.5
	stop
	sed -e 1d -e 's/^[0-9]*,//' "$tmp/rows" | sort >"$tmp/sorted"
	mv "$tmp/sorted" "$tmp/rows"
	rows_are 'hot-shots: counters, gauges, timers, sets, tags' \
'app.hits;env=test,3,2
app.size;env=test,1,7
app.spread;env=test,1,9
app.temp;env=test,2,20
app.took;env=test;route=a,1,12
app.users;env=test,1,2
'
}

finish
