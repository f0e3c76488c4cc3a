#!/bin/sh
# socket_ingest from end to end: service.sh PROGRAM SOURCE_ROOT
#
# Formats, where values come from and rows go to, alerts, signals, errors.
# Rows are those that csv_replay prints for the same values.
#
# What is in single quotes is for eval.
# shellcheck disable=SC2016
set -u
# shellcheck source=tests/ingest/common.sh
. "$(dirname "$0")/common.sh"
have socat curl || exit 0
replay=${prog%socket_ingest}csv_replay

# ---- The command line ----

input ''
run
expect_error 'no --listen is an error' '--listen: required'
run --listen tcp://127.0.0.1:99999
expect_error 'a port that is none' '--listen: tcp://127.0.0.1:99999'
run --listen tcp://127.0.0.1:0 --format xml
expect_error 'a format that is none' '"xml" is not auto, line, csv'
run --listen 'tcp://*:0'
expect_error 'beyond this machine there must be guards' '--insecure'
run --listen 'udp://*:0'
expect_error 'datagrams have no guards' 'neither TLS nor a token'
run --listen tcp://127.0.0.1:0 --http '*:0'
expect_error 'neither may the page be open' '--http *:0: not a local address'
run --listen tcp://127.0.0.1:0 --alert 'maen > 90'
expect_error 'an alert on nothing' 'maen'
run --listen tcp://127.0.0.1:0 --alert 'mean >'
expect_error 'an alert that is none' '--alert "mean >"'
run --listen tcp://127.0.0.1:0 --tls-cert /nowhere
expect_error 'a certificate without a key' 'only together'
run --listen tcp://127.0.0.1:0 --tls-cert /nowhere --tls-key /nowhere
expect_error 'no certificate' '/nowhere'
run --listen tcp://127.0.0.1:0 --token-file "$tmp/in"
expect_error 'an empty token' "$tmp/in"
run --listen tcp://127.0.0.1:0 -s maen
expect_error 'options are those of csv_replay' '-s: '
run --listen tcp://127.0.0.1:0 -o table
expect_error 'no table without an end' '-o: table is not supported'
run --listen tcp://127.0.0.1:0 --ack
expect_error 'no --ack without --save' '--ack: only with --save'
run --listen tcp://127.0.0.1:0 --resume "$tmp/none"
expect_error 'a state that is not there' "$tmp/none"
run --listen tcp://127.0.0.1:0 --max-line 0
expect_error 'a limit of nothing' '--max-line: "0" is not a whole number'
run --help
true_that 'the help names each option' grep -q -e --statsd-flush "$tmp/out"
true_that 'the help is for 80 columns' \
	awk 'length > 80 { exit 1 }' "$tmp/out"

# ---- Standard input, and rows as csv_replay has them ----

# The same values as a file for csv_replay and as lines.
awk 'BEGIN {
	print "key,value"
	for (i = 0; i < 3000; i++) {
		r = (r * 1103515245 + 12345) % 2147483648
		printf "k%d,%s\n", r % 7, i % 50 == 9 ? "NA" : r % 1000 / 8
	}
}' >"$tmp/values.csv"
sed -e 1d -e 's/,/ /' "$tmp/values.csv" >"$tmp/values"
for window in '' '-w tumbling:20' '-w hopping:20/5 -s sum,max' \
	'-w decay:alpha=0.1 -s mean' '-w landmark -o json' '--every 7' \
	'-s count,last --final'; do
	# shellcheck disable=SC2086 # words
	"$replay" -k key -c value $window "$tmp/values.csv" >"$tmp/ref"
	# shellcheck disable=SC2086
	"$prog" --listen - $window <"$tmp/values" >"$tmp/out" 2>"$tmp/log"
	true_that "standard input, as csv_replay: $window" \
		cmp "$tmp/ref" "$tmp/out"
	# shellcheck disable=SC2086
	"$prog" --listen - $window <"$tmp/values.csv" >"$tmp/out" \
		2>"$tmp/log"
	true_that "the same as CSV, which is seen by its header: $window" \
		cmp "$tmp/ref" "$tmp/out"
done

printf '=cmd 1\nok 2\n' | "$prog" --listen - -w landmark -s sum --spreadsheet \
	>"$tmp/out" 2>/dev/null
true_that 'with --spreadsheet no key is a formula' eval \
	'grep -q "^1,.=cmd,1" "$tmp/out" && ! grep -q "^1,=cmd" "$tmp/out"'

# A stray quote in a stream of CSV costs its line, closed later or never.
{ printf 'key,value\na,1\n"a,2\na,3\na,4\n'
	seq 1 20000 | sed 's/^/a,/'; } >"$tmp/stray"
for format in auto csv; do
	"$prog" --listen - --format $format -w landmark -s count -o json \
		<"$tmp/stray" 2>"$tmp/err" | tail -n 1 >"$tmp/last"
	true_that "a stray quote costs its line, --format $format" eval \
		'grep -q "\"value_count\":20003}" "$tmp/last" && grep -q \
		"3: .* its closing quote; it begins at line 3, column 1" \
		"$tmp/err"'
done
printf 'key,value\na,1\n"a,2\na,3\n' | "$prog" --listen - --format csv \
	-w landmark -s count --final >"$tmp/out" 2>"$tmp/err"
true_that 'a stray quote shortly before the end' \
	test "$(sed 1d "$tmp/out")" = 3,a,2
# not_text WORDS OPTION...: what $tmp/in is, and the command that helps.
not_text() {
	words=$1
	shift
	timeout 60 "$prog" --listen - "$@" <"$tmp/in" >"$tmp/out" 2>"$tmp/log"
	status=$?
	true_that "what is no text ends it: $words $*" [ "$status" = 1 ]
	true_that 'and it is said what helps' grep -q -e "$words" "$tmp/log"
	true_that 'and nothing is taken' [ ! -s "$tmp/out" ]
}
for options in '' '--format csv -c value'; do
	printf 'value\n1\n' | gzip >"$tmp/in"
	# shellcheck disable=SC2086 # words
	not_text 'gzip (1F 8B), not text: zcat FILE' $options -o none
	printf '\377\376v\0a\0l\0u\0e\0\n\0' >"$tmp/in"
	# shellcheck disable=SC2086
	not_text 'UTF-16.*iconv -f UTF-16 -t UTF-8' $options -o none
done
printf '# behind a comment\n\037\213\010' >"$tmp/in"
not_text gzip -o none

printf 'a 1 17\na 2 2024\n' | "$prog" --listen - -w calendar:year -s sum \
	>"$tmp/out" 2>"$tmp/log"
true_that 'a line with a small time is refused' \
	grep -q '"17" is not a time: .*--time-unit' "$tmp/log"
true_that 'and a year is one' grep -q '^a,2024-01-01T.*,2$' "$tmp/out"

printf 'key,time,value\na,17,1\na,2024,2\n' | "$prog" --listen - -t time \
	-w calendar:year -s sum >"$tmp/out" 2>"$tmp/err"
true_that 'a year of CSV is one, and a small number is no time' eval \
	'grep -q "^a,2024-01-01T00:00:00Z,2025-01-01T00:00:00Z,2" "$tmp/out" &&
	grep -q "\"17\" is not a time: as seconds .* --time-unit" "$tmp/err"'

weather=$data/weather_seattle_nyc.csv
for window in '-k location -c temp_max -t date -w tumbling:7d' \
	'-k location -c temp_max,temp_min -t date -w 30d -s mean,correlation' \
	'-k location -t date -w calendar:month -s mean --delay 1d' \
	'-k location -c temp_max --show date -w 10'; do
	# shellcheck disable=SC2086
	"$replay" $window "$weather" >"$tmp/ref" 2>"$tmp/err"
	# shellcheck disable=SC2086
	"$prog" --listen - --format csv $window <"$weather" >"$tmp/out" \
		2>"$tmp/log"
	status=$?
	same_numbers "a table: $window"
done
model='temp_max ~ temp_min + lag(temp_max,1)'
"$replay" -k location --model "$model" "$weather" >"$tmp/ref" 2>"$tmp/err"
"$prog" --listen - -k location --model "$model" <"$weather" >"$tmp/out" \
	2>"$tmp/log"
status=$?
same_numbers 'a model'

# A table finds key and time by their names, as a key and a value do.
for window in '-w landmark -s count,sum' '-w tumbling:60s -s count,sum'; do
	for columns in 'key value' 'time key value' 'value timestamp key'; do
		# Times of arrival may be in two minutes.
		[ "$columns$window" = "${columns#key}$window" ] ||
			[ "$window" = "${window#*60s}" ] || continue
		{
			echo "$columns" | tr ' ' ,
			awk -v c="$columns" 'BEGIN { n = split(c, name, " ")
			for (r = 0; r < 40; r++) {
				x["key"] = substr("abc", r % 3 + 1, 1)
				x["time"] = x["timestamp"] = 1700000000 + 7 * r
				x["value"] = r * r % 11
				for (i = 1; i <= n; i++)
					printf "%s%s", x[name[i]], i < n ? "," : "\n"
			} }'
		} >"$tmp/table.csv"
		# shellcheck disable=SC2086
		"$prog" --listen - $window <"$tmp/table.csv" \
			>"$tmp/ref" 2>"$tmp/log"
		# shellcheck disable=SC2086
		"$prog" --listen - --format csv $window \
			<"$tmp/table.csv" >"$tmp/out" 2>"$tmp/log"
		true_that "--format csv has the key of auto: $columns, $window" \
			cmp "$tmp/ref" "$tmp/out"
		true_that "which is there: $columns, $window" \
			grep -q '^[0-9]*,*c,' "$tmp/out"
	done
done

# Which columns are numeric is not decided by the first record alone, nor by
# one that is bad; what was left out is said, and nothing is lost.
for end in '' '--save STATE'; do
	printf 'v,w,note\nNA,1,ok\nx,2,ok\n3,4,ok\n5,6,ok\n' |
		"$prog" --listen - --format csv -w landmark -s sum \
			${end:+--save "$tmp/state"} >"$tmp/rows" 2>"$tmp/log"
	rows_are "columns that are numeric in most records $end" \
		'row,v_sum,w_sum
1,,1
3,3,5
4,8,11
'
	true_that 'the bad one is said' grep -q '"x" is not a number' "$tmp/log"
	true_that 'and what is left out' grep -q \
		'left out, since not numeric: note ("ok")' "$tmp/log"
done
(printf 'v,note\n1,ok\n' && sleep 2.5 && printf '2,ok\n' && sleep 60) |
	"$prog" --listen - --format csv -w landmark -s sum >"$tmp/rows" \
		2>"$tmp/log" &
pid=$!
true_that 'nobody is kept waiting for more records' \
	await 20 grep -q 2,3 "$tmp/rows"
stop

# Times of lines, a window by time, and those that are too late.
printf 'a 1 100\nb 2 101\na 3 159\na 4 181\nb 5 110\na 6 250\n' >"$tmp/values"
by_minute='--time-unit s -w tumbling:60s -s count,sum'
# shellcheck disable=SC2086 # words, here and below
"$prog" --listen - $by_minute <"$tmp/values" >"$tmp/rows" 2>"$tmp/log"
rows_are 'lines with times' 'key,start,end,value_count,value_sum
a,1970-01-01T00:01:00Z,1970-01-01T00:02:00Z,1,1
b,1970-01-01T00:01:00Z,1970-01-01T00:02:00Z,1,2
a,1970-01-01T00:02:00Z,1970-01-01T00:03:00Z,1,3
a,1970-01-01T00:03:00Z,1970-01-01T00:04:00Z,1,4
a,1970-01-01T00:04:00Z,1970-01-01T00:05:00Z,1,6
'
true_that 'what is too late is said' grep -q 'standard input: .*late' "$tmp/log"

# A key has room for so many values that late ones may revise; other keys have
# theirs, and in time there is room again.
printf 'a 1 100\na 1 101\nb 1 101\na 1 102\na 1 103\nb 1 103\na 1 900\n' |
	"$prog" --listen - --time-unit s -w 60s --lateness 5m --max-values 3 \
		-s count >"$tmp/out" 2>"$tmp/log"
cut -d, -f1,3,6 "$tmp/out" >"$tmp/rows"
rows_are 'a limit of values that late ones may revise' 'key,end,value_count
a,1970-01-01T00:01:40Z,1
a,1970-01-01T00:01:41Z,2
b,1970-01-01T00:01:41Z,1
a,1970-01-01T00:01:42Z,3
b,1970-01-01T00:01:43Z,2
a,1970-01-01T00:15:00Z,1
'
true_that 'which is said' grep -q 'limit reached: --max-values' "$tmp/log"
run --listen - --max-values 3
expect_error 'which is for windows by time' '--max-values: only for windows by'
run --listen - --max-values 3 -w tumbling:1h
expect_error 'that slide, and are revised' '--max-values: only for sliding'

# So it is with open windows. Sessions of one second begin at random, ten
# seconds apart, and each slot that is not among a key's first hundred is
# refused; quiet keys have a window at any time.
awk 'BEGIN {
	srand(7)
	for (i = 0; i < 20000; i++) {
		if (i % 2000 == 0)
			print "quiet" i / 2000, 1, 1000000
		print "k", 1, 1000000 + 10 * int(rand() * 250000)
	}
}' >"$tmp/values"
awk '$1 != "k" { print $1 ",1"; next }
	!($3 in n) && slots < 100 { n[$3] = 0; slots++ }
	$3 in n { n[$3]++ }
	END { for (t in n) print "k," n[t] }' "$tmp/values" | sort >"$tmp/want"
"$prog" --listen - --time-unit s -w session:1s --delay 30d --max-windows 100 \
	-s count <"$tmp/values" 2>"$tmp/log" | tail -n +2 | cut -d, -f1,4 |
	sort >"$tmp/out"
true_that 'a limit of windows that are open' cmp -s "$tmp/want" "$tmp/out"
true_that 'that is said' grep -q 'limit reached: --max-windows' "$tmp/log"
"$prog" --listen - --time-unit s -w session:1s --delay 30d -s count \
	<"$tmp/values" 2>"$tmp/log" | grep -c ^k, >"$tmp/out"
true_that 'which is 10000 by default' [ "$(cat "$tmp/out")" = 10000 ]
awk 'BEGIN { for (i = 0; i < 11000; i++) print "k", 1, 1000000 + i }' |
	"$prog" --listen - --time-unit s -w tumbling:1s --delay 3h -s count \
		2>"$tmp/log" | grep -c ^k, >"$tmp/out"
true_that 'but no values in order are refused by default' \
	[ "$(cat "$tmp/out")" = 11000 ]
run --listen - -w 60s --max-windows 3
expect_error 'of kinds that have many' '--max-windows: only for tumbling'
run --listen - -w hopping:1d/1s
expect_error 'no value is in any number of windows' '-w: in a service no value'

# A history that comes after the start is whole, in rows of a table as well;
# so it is behind a line that is refused, or that has no time.
# shellcheck disable=SC2086
"$prog" --listen - $by_minute <"$tmp/values" >"$tmp/ref" 2>"$tmp/log"
# shellcheck disable=SC2086
(sleep 0.5 && cat "$tmp/values") |
	"$prog" --listen - $by_minute >"$tmp/out" 2>"$tmp/log"
true_that 'a history may begin after the start' cmp "$tmp/ref" "$tmp/out"
# shellcheck disable=SC2086
(echo 'a 7 2100-01-01T00:00:00Z' && sleep 0.5 && cat "$tmp/values") |
	"$prog" --listen - $by_minute >"$tmp/out" 2>"$tmp/log"
true_that 'and behind a line of the year 2100' cmp "$tmp/ref" "$tmp/out"
true_that 'which is said' grep -q -e '--max-skew' "$tmp/log"
# shellcheck disable=SC2086
(echo 'z 7' && sleep 0.5 && cat "$tmp/values") |
	"$prog" --listen - $by_minute 2>"$tmp/log" |
	grep -v '^z,' >"$tmp/out"
true_that 'and behind a line without a time' cmp "$tmp/ref" "$tmp/out"
(sleep 0.5 && cat "$weather") |
	"$prog" --listen - -k location -c temp_max -t date -w tumbling:7d \
		--format csv 2>"$tmp/log" >"$tmp/out"
"$replay" -k location -c temp_max -t date -w tumbling:7d "$weather" \
	>"$tmp/ref" 2>"$tmp/err"
true_that 'a table may begin after the start' cmp "$tmp/ref" "$tmp/out"

# Syslog without a year is in the windows of its own time.
for day in '-40 days' '-1 hour'; do
	LC_ALL=C date -d "$day" '+<13>%b %e %H:%M:%S host app: cpu 6'
done >"$tmp/values"
for day in '-40 days' '-1 hour'; do
	date -u -d "$day" '+cpu,%Y-%m-%dT%H'
done >"$tmp/ref"
"$prog" --listen - --format syslog -w tumbling:1m -s count -o csv \
	<"$tmp/values" 2>"$tmp/log" | sed -n 's/^\(cpu,.\{13\}\).*/\1/p' >"$tmp/out"
true_that 'RFC 3164 has times' cmp "$tmp/ref" "$tmp/out"

# ---- Formats over TCP, cut anywhere ----

# comes FORMAT NAME BYTES ROWS: sent whole, and byte by byte.
comes() {
	# shellcheck disable=SC2059
	n_rows=$(printf "x\n$4" | wc -l)
	serve --listen tcp://127.0.0.1:0 --format "$1" -w 10 -s last || return
	# shellcheck disable=SC2059
	printf "$3" >"$tmp/bytes"
	to_tcp <"$tmp/bytes"
	await 5 has_rows "$n_rows"
	stop
	rows_are "$2" "row,key,value_last\n$4"
	serve --listen tcp://127.0.0.1:0 --format "$1" -w 10 -s last || return
	n=$(wc -c <"$tmp/bytes")
	for i in $(seq 1 "$n"); do
		dd if="$tmp/bytes" bs=1 skip=$((i - 1)) count=1 2>/dev/null
		[ $((i % 10)) -ne 0 ] || sleep 0.01
	done | to_tcp
	await 5 has_rows "$n_rows"
	stop
	rows_are "$2, byte by byte" "row,key,value_last\n$4"
}

comes auto 'format line' 'a 1\r\n\n# no\nb -2.5e3 1700000000\n7\n9 1700000000' \
	'1,a,1\n2,b,-2500\n3,,7\n4,,9\n'
comes auto 'format statsd' \
	'hits:3|c|@0.5\ntemp:20|g\ntemp:-1.5|g\nt:7:8|ms|#env:a,b\n' \
	'1,hits,6\n2,temp,20\n3,temp,18.5\n4,t;b;env=a,7\n5,t;b;env=a,8\n'
comes graphite 'format graphite' 'a.b 1 1700000000\na.c;y=2;x=1 5 1700000001\n' \
	'1,a.b,1\n2,a.c;x=1;y=2,5\n'
comes auto 'format influx' \
	'cpu,host=a,cpu=0 user=1.5,sys=2i,on=t,note="x y" 1700000000000000000\n' \
	'1,cpu.user;cpu=0;host=a,1.5\n2,cpu.sys;cpu=0;host=a,2\n3,cpu.on;cpu=0;host=a,1\n'
comes auto 'format syslog, counted' \
	'40 <13>1 2026-01-02T03:04:05Z h app - - - 542 <13>1 2026-01-02T03:04:05Z h app - - - k 6' \
	'1,app,5\n2,k,6\n'
comes auto 'digits alone are a value' '17' '1,,17\n'
comes auto 'format csv' 'value,key\n1,a\n2,"b, c"\nx,y\n3,a' \
	'1,a,1\n2,"b, c",2\n3,a,3\n'

comes auto 'influx with line ends in a text' \
	'm a="x\ny",b=1\nm c="never ends\nm b=2\nm b=3\n' \
	'1,m.b,1\n2,m.b,2\n3,m.b,3\n'

# What a connection begins with decides nothing if it fits no format.
comes auto 'garbage, then statsd' 'hello world foo\nreq:1|c\nreq:2|c\n' \
	'1,req,1\n2,req,2\n'
comes auto 'almost a header, then influx' \
	'Hello, world\n{"a": 1, "b": 2}\nm f=1\nm f=2\n' '1,m.f,1\n2,m.f,2\n'
comes auto 'a stray quote, then lines' 'a, "b\na=b c=d\na 1\na 2\n' \
	'1,a,1\n2,a,2\n'
comes auto 'statsd that is bad, then CSV' 'a:1|c|@7\nkey,value\na,1\nb,2\n' \
	'1,a,1\n2,b,2\n'
comes auto 'bad lines, then syslog, counted' \
	'what is this?\n42 <13>1 2026-01-02T03:04:05Z h app - - - k 6' '1,k,6\n'
serve --listen udp://127.0.0.1:0 -w 10 -s last && {
	printf 'hello, world\nm f\nm f="a\nb",g=1\nm g=2\n' | to_udp
	await 5 has_rows 3
	stop
	rows_are 'a datagram, too, is guessed until something fits' \
		'row,key,value_last\n1,m.g,1\n2,m.g,2\n'
}
printf 'a 1\nb:1|c\n' | "$prog" --listen - 2>"$tmp/log" >"$tmp/out"
true_that 'a line of another format is told by its name' \
	grep -q 'read as format line, but looks like statsd' "$tmp/log"

# ---- Places ----

listeners=4
serve --listen tcp://127.0.0.1:0 --listen udp://127.0.0.1:0 \
	--listen "unix://$tmp/stream" --listen "unixgram://$tmp/gram" \
	-w 2 -s sum && {
	printf 'a 1\na 2\n' | to_tcp
	await 5 has_rows 3
	printf 'a 3\na 4' | to_udp
	await 5 has_rows 5
	printf 'a 5\n' | socat -u - "UNIX-CONNECT:$tmp/stream"
	await 5 has_rows 6
	printf 'a:6|g' | socat -u - "UNIX-SENDTO:$tmp/gram"
	await 5 has_rows 7
	stop
	true_that 'SIGTERM ends it with 0' [ "$status" = 0 ]
	true_that 'its sockets are gone' [ ! -e "$tmp/stream" ]
	rows_are 'values from everywhere' \
		'row,key,value_sum\n1,a,1\n2,a,3\n3,a,5\n4,a,7\n5,a,9\n6,a,11\n'
}
listeners=1
if [ -e /proc/net/if_inet6 ] && grep -q ' lo$' /proc/net/if_inet6; then
	serve --listen 'tcp://[::1]:0' -w 2 -s sum && {
		printf 'a 1\n' | socat -u - "TCP6:[::1]:$tcp"
		await 5 has_rows 2
		stop
		rows_are 'IPv6' 'row,key,value_sum\n1,a,1\n'
	}
fi

# Windows by arrival close without any more data.
serve --listen tcp://127.0.0.1:0 -w tumbling:1s -s count && {
	printf 'a 1\na 2\n' | to_tcp
	true_that 'the clock closes windows' await 5 has_rows 2
	stop
	: >"$tmp/rows"
}

# By count too a key without values for long is forgotten.
serve --listen tcp://127.0.0.1:0 -w 10 -s count --ttl 1s && {
	printf 'a 1\na 2\n' | to_tcp
	await 5 has_rows 3
	sleep 2
	printf 'a 3\nb 1\n' | to_tcp
	await 5 has_rows 5
	stop
	rows_are 'keys have a time to live' \
		'row,key,value_count\n1,a,1\n2,a,2\n3,a,1\n4,b,1\n'
}

# ---- Memory ----

run --listen - --max-bytes 7M
expect_error 'outputs need their share' '--max-bytes: with so many outputs'
run --listen - --max-bytes 7X
expect_error 'no number of bytes' '"7X" is not a number of bytes'

# fits NAME OPTION...: 100,000 keys, the default limit, in the memory that the
# unit of the manual page has.
unit=$(sed -n 's/^MemoryMax=\([0-9]*\)M$/\1/p' "$2/man/socket_ingest.1")
awk 'BEGIN { for (r = 0; r < 3; r++) for (i = 0; i < 100000; i++)
	print "sensor.number." i, r }' >"$tmp/many"
fits() {
	name=$1
	shift
	serve --listen tcp://127.0.0.1:0 --http 127.0.0.1:0 -o none "$@" || return
	to_tcp <"$tmp/many"
	await 20 has_metric leat_ingest_samples_total 300000
	sleep 0.5
	used=$(awk '/^VmHWM/ { print int($2 / 1024) }' "/proc/$pid/status")
	true_that "100000 keys fit: $name ($used of $unit MiB)" \
		[ "$used" -lt "$unit" ]
	stop
}
if [ -r /proc/self/status ] && [ -z "${ASAN_OPTIONS-}" ] &&
	! grep -q __asan "$prog"; then
	fits 'defaults'
	fits "the unit's windows" -w 5m -s count,mean,min,max
	fits 'alerts' --alert anomaly --alert 'change adwin'
	fits 'alerts by time' -w 5m --alert 'change adwin'
	fits 'tumbling windows by time' -w tumbling:1s
fi

# ---- Outputs ----

serve --listen tcp://127.0.0.1:0 -w 2 -s sum --to "$tmp/a.csv" \
	--to "|cat >'$tmp/b.csv'" --to "unix://$tmp/sink" && {
	socat -u "UNIX-LISTEN:$tmp/sink" "OPEN:$tmp/c.csv,creat,append" &
	others=$!
	printf 'a 1\na 2\n' | to_tcp
	await 10 [ -s "$tmp/c.csv" ]
	await 5 [ -s "$tmp/b.csv" ]
	mv "$tmp/a.csv" "$tmp/a1.csv"
	kill -HUP "$pid"
	await 5 grep -q 'opened again' "$tmp/log"
	printf 'a 3\n' | to_tcp
	await 5 [ -s "$tmp/a.csv" ]
	stop
	wait "$others" 2>/dev/null
	others=
	mv "$tmp/a1.csv" "$tmp/rows"
	rows_are 'a file' 'row,key,value_sum\n1,a,1\n2,a,3\n'
	mv "$tmp/a.csv" "$tmp/rows"
	rows_are 'a file after SIGHUP' 'row,key,value_sum\n3,a,5\n'
	mv "$tmp/b.csv" "$tmp/rows"
	rows_are 'a command' 'row,key,value_sum\n1,a,1\n2,a,3\n3,a,5\n'
	mv "$tmp/c.csv" "$tmp/rows"
	rows_are 'a socket that comes later' \
		'row,key,value_sum\n1,a,1\n2,a,3\n3,a,5\n'
}

if have sqlite3; then
	# shellcheck disable=SC2086
	printf 'a 1 100\nb 2 101\na 3 161\na 4 230\n' |
		"$prog" --listen - $by_minute -o none --to "sqlite:$tmp/db" \
			2>"$tmp/log"
	if grep -q 'SQLite' "$tmp/log"; then
		echo '# built without SQLite: left out'
	else
		# The same windows again, with more in them.
		# shellcheck disable=SC2086
		printf 'a 5 100\na 3 161\na 4 230\n' |
			"$prog" --listen - $by_minute -o none \
				--to "sqlite:$tmp/db" 2>"$tmp/log"
		sqlite3 "$tmp/db" 'SELECT * FROM windows
			ORDER BY key, window_start' >"$tmp/rows"
		rows_are 'a database; a window that comes again replaces itself' \
'a|1970-01-01T00:01:00Z|1970-01-01T00:02:00Z|1.0|5.0
a|1970-01-01T00:02:00Z|1970-01-01T00:03:00Z|1.0|3.0
a|1970-01-01T00:03:00Z|1970-01-01T00:04:00Z|1.0|4.0
b|1970-01-01T00:01:00Z|1970-01-01T00:02:00Z|1.0|2.0
'
	fi
fi

# ---- Alerts ----

printf 'a 50\na 95\nb 1\na 96\na 85\na 70\na 99\n' |
	"$prog" --listen - -w 1 -s last -o none --alert-to "$tmp/alerts" \
		--alert 'hot: last > 90 clear < 80' 2>"$tmp/log"
sed 's/"time":"[^"]*"/"time":""/' "$tmp/alerts" >"$tmp/rows"
rule='"rule":"hot: last > 90 clear < 80"'
rows_are 'raised once, cleared once' \
"{\"time\":\"\",\"alert\":\"hot\",\"state\":\"raised\",\"key\":\"a\",$rule,\"value\":95}
{\"time\":\"\",\"alert\":\"hot\",\"state\":\"cleared\",\"key\":\"a\",$rule,\"value\":70}
{\"time\":\"\",\"alert\":\"hot\",\"state\":\"raised\",\"key\":\"a\",$rule,\"value\":99}
"
serve --listen tcp://127.0.0.1:0 -o none --alert 'absent 1s' && {
	printf 'a 1\n' | to_tcp
	true_that 'what is absent is told without any more data' \
		await 5 grep -q 'RAISED' "$tmp/log"
	printf 'a 1\n' | to_tcp
	true_that 'and that it is there again' \
		await 5 grep -q 'cleared' "$tmp/log"
	stop
	true_that 'once' [ "$(grep -c RAISED "$tmp/log")" = 1 ]
}

# ---- Saving ----

state=$tmp/state
serve --listen tcp://127.0.0.1:0 -w 3 -s count,sum --save "$state" \
	--alert 'sum > 5' && {
	printf 'a 1\na 2\n' | to_tcp
	printf 'temp:20|g\n' | to_tcp
	printf 'a 4\n' | to_tcp
	await 5 grep -q RAISED "$tmp/log"
	stop
}
"$prog" --listen - -w 3 -s count,sum --resume "$state" --alert 'sum > 5' \
	>"$tmp/rows" 2>"$tmp/log" <<-EOT
	a 8
	EOT
rows_are 'a state is gone on with' \
	'row,key,value_count,value_sum\n5,a,3,14\n'
true_that 'what was raised is not raised again' sh -c \
	"! grep -q RAISED '$tmp/log'"
run --listen - -w 4 -s count,sum --resume "$state" --alert 'sum > 5'
expect_error 'other options are refused' "$state"

finish
