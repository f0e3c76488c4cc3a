#!/bin/sh
# shard_merge from end to end: cli_shard_merge.sh PROGRAM SOURCE_ROOT, where
# PROGRAM is csv_replay, beside which it is.
#
# However many processes share the work, the windows are those of csv_replay,
# in the same order; the last digit of a mean may be another one.
set -u
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/cli.sh"

replay=$prog
prog=${prog%/*}/shard_merge
flights=$data/flights.csv
weather=$data/weather_seattle_nyc.csv

"$replay" -t date -k origin -c delay -w tumbling:6h --delay 100d "$flights" \
	>"$tmp/ref"
for n in 1 2 3 7; do
	run -n $n -t date -k origin -c delay -w 6 "$flights"
	same_numbers "flights by $n"
done
"$replay" -t date -k location -c temp_max -w tumbling:720h --delay 4000d \
	"$weather" >"$tmp/ref"
for n in 1 2 3 7; do
	run -n $n -t date -k location -c temp_max -w 720 "$weather"
	same_numbers "weather by $n"
done

# Parts without lines, and with as many as there are bytes.
input 'k,t,x\na,2001-01-01,1\nb,2001-01-02,\na,2001-01-01,4\n'
"$replay" -t t -k k -c x -w tumbling:24h --delay 9d "$tmp/in" >"$tmp/ref"
for n in 2 20 51 64; do
	run -n $n -t t -k k -c x -w 24 "$tmp/in"
	same_numbers "a few lines by $n"
done
printf 'k,t,x\na,2001-01-01,1' >"$tmp/in"
"$replay" -t t -k k -c x -w tumbling:24h "$tmp/in" >"$tmp/ref"
run -t t -k k -c x -w 24 "$tmp/in"
same_numbers 'a last line without its end'

run --help
true_that '--help' grep -q '^Usage: shard_merge' "$tmp/out"
run -t t -k k -c x "$tmp/in"
true_that 'an option is missing' grep -q '^Usage: shard_merge' "$tmp/err"
run -n 1 -t t -k k -c y -w 24 "$tmp/in"
expect 'no such column' 1 '' \
	"shard_merge: $tmp/in: at byte 6: column y: no such column\n"
input 'k,t,x\na,2001-01-01,1\n'
run -n 1 -t t -k k -c k -w 24 "$tmp/in"
expect 'no number' 1 '' \
	"shard_merge: $tmp/in: at byte 6: column k: not a number\n"
run -t t -k k -c x -w 24 "$tmp/nowhere"
expect 'no such file' 1 '' "shard_merge: $tmp/nowhere: cannot be read\n"

finish
