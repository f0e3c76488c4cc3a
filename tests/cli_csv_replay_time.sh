#!/bin/sh
# csv_replay by time, from end to end: cli_csv_replay_time.sh PROGRAM
# SOURCE_ROOT
#
# Results on real data are compared with those of a second program, in awk,
# that reads the times itself, puts every row into all its windows, and
# computes each of them from its own values. All else is compared with text
# written by hand.
set -u
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/cli.sh"

flights=$data/flights.csv
weather=$data/weather_seattle_nyc.csv

# timed FILE TIME VALUE KEY KIND SIZE ADVANCE OFFSET GRID: key, start, end,
# count, mean, stddev, min and max of every window; columns by number, times
# in seconds. KIND is tumbling, hopping, session or month. All windows end at
# a multiple of GRID after OFFSET. Rows of a key must be in order of time;
# keys may follow each other.
timed() {
	awk -F, -v time="$2" -v col="$3" -v key="$4" -v kind="$5" \
		-v size="$6" -v advance="$7" -v offset="$8" -v grid="$9" '
	function leap(y) {
		return y % 400 == 0 || (y % 4 == 0 && y % 100 != 0)
	}
	function month_days(y, m) {
		if (m == 2)
			return 28 + leap(y)
		return 30 + (m == 1 || m == 3 || m == 5 || m == 7 ||
			m == 8 || m == 10 || m == 12)
	}
	function seconds(text,    f, n, y, m, days) {
		n = split(text, f, "[-/ :]")
		for (y = 1970; y < f[1]; y++)
			days += 365 + leap(y)
		for (m = 1; m < f[2]; m++)
			days += month_days(f[1] + 0, m)
		days += f[3] - 1
		return days * 86400 + (n > 3 ? f[4] * 3600 + f[5] * 60 : 0)
	}
	function iso(s,    y, m, d, rest) {
		d = int(s / 86400)
		rest = s - d * 86400
		if (!(d in date)) {
			for (y = 1970; d >= 365 + leap(y); y++)
				d -= 365 + leap(y)
			for (m = 1; d >= month_days(y, m); m++)
				d -= month_days(y, m)
			date[int(s / 86400)] = sprintf("%04d-%02d-%02d", y, m,
				d + 1)
		}
		return date[int(s / 86400)] sprintf("T%02d:%02d:%02dZ",
			rest / 3600, rest / 60 % 60, rest % 60)
	}
	function put(k, start, end, i) {
		if (!((end, k) in first_at))
			first_at[end, k] = start
		list[end, k] = list[end, k] " " i
		if (lowest == "" || end < lowest)
			lowest = end
		if (end > highest)
			highest = end
	}
	function put_grid(k, s, i,    n) {
		n = int((s - offset) / advance)
		for (; offset + n * advance > s - size; n--)
			if (offset + n * advance <= s)
				put(k, offset + n * advance,
					offset + n * advance + size, i)
	}
	# A row moves the end of the session that it goes on with.
	function put_session(k, s, i,    old) {
		if (k in last && s - last[k] < size) {
			old = last[k] + size
			start = first_at[old, k]
			members = list[old, k]
			delete first_at[old, k]
			delete list[old, k]
			put(k, start, s + size, i)
			list[s + size, k] = members " " i
		} else {
			put(k, s, s + size, i)
		}
		last[k] = s
	}
	function put_month(k, text, i,    f, y, m) {
		split(text, f, "[-/ ]")
		y = f[1] + 0
		m = f[2] + 0
		put(k, seconds(y "-" m "-1"),
			m < 12 ? seconds(y "-" m + 1 "-1") : \
				seconds(y + 1 "-1-1"), i)
	}
	function emit(k, end,    i, f, n, mean, ss, d, lo, hi, all) {
		all = split(list[end, k], f, " ")
		for (i = 1; i <= all; i++) {
			if (x[f[i]] == "")
				continue
			n++
			mean += x[f[i]]
			if (n == 1 || x[f[i]] < lo)
				lo = x[f[i]]
			if (n == 1 || x[f[i]] > hi)
				hi = x[f[i]]
		}
		if (n > 0)
			mean /= n
		for (i = 1; i <= all; i++) {
			d = x[f[i]] - mean
			ss += x[f[i]] == "" ? 0 : d * d
		}
		printf "%s%s,%s,%d", key ? k "," : "",
			iso(first_at[end, k]), iso(end), n
		if (n > 0)
			printf ",%.17g", mean
		else
			printf ","
		if (n > 1)
			printf ",%.17g", sqrt(ss / (n - 1))
		else
			printf ","
		if (n > 0)
			printf ",%s,%s\n", lo, hi
		else
			printf ",,\n"
	}
	NR == 1 {
		printf "%sstart,end", key ? $key "," : ""
		printf ",%s_count,%s_mean,%s_stddev,%s_min,%s_max\n", $col,
			$col, $col, $col, $col
		next
	}
	{
		k = key ? $key : ""
		if (!(k in seen)) {
			seen[k] = 1
			names[++n_keys] = k
		}
		s = seconds($time)
		x[NR] = $col == "" ? "" : $col + 0
		if (kind == "session")
			put_session(k, s, NR)
		else if (kind == "month")
			put_month(k, $time, NR)
		else
			put_grid(k, s, NR)
	}
	END {
		for (end = lowest; end <= highest; end += grid)
			for (i = 1; i <= n_keys; i++)
				if ((end, names[i]) in first_at)
					emit(names[i], end)
	}' "$1" >"$tmp/ref"
}

# ---- Results on real data ----

run -t date -k origin -c delay -w hopping:6h/1h "$flights"
timed "$flights" 1 2 4 hopping 21600 3600 0 3600
same_numbers 'hopping windows of many keys'
true_that 'they are thousands' test "$(wc -l <"$tmp/ref")" -gt 7000
true_that 'and nothing is said of them' test ! -s "$tmp/err"
run -t date -k origin -c delay -w hopping:50m/20m --offset 7m "$flights"
timed "$flights" 1 2 4 hopping 3000 1200 420 60
same_numbers 'hopping windows that no multiple fills, with an offset'
run -t date -c distance -w tumbling:1h --offset=-10m "$flights"
timed "$flights" 1 3 0 tumbling 3600 3600 -600 3600
same_numbers 'tumbling windows without a key, with an offset before 1970'
run -t date -k origin -c delay -w session:3h "$flights"
timed "$flights" 1 2 4 session 10800 0 0 60
same_numbers 'sessions of many keys'
run -t date -c co2 -w calendar:month "$data/co2_weekly.csv"
sed 's/^\(....\)\(..\)\(..\),/\1-\2-\3,/' "$data/co2_weekly.csv" |
	awk -F, 'NR == 1 || $1 >= "1970"' >"$tmp/weeks.csv"
timed "$tmp/weeks.csv" 1 2 0 month 0 0 0 86400
awk 'NR == 1 || $1 >= "1970"' "$tmp/out" >"$tmp/out.1970"
mv "$tmp/out.1970" "$tmp/out"
same_numbers 'months, with missing values'

# Two cities that stand one after the other: time steps back by four years.
timed "$weather" 2 4 1 month 0 0 0 86400
run -t date -k location -c temp_max -w calendar:month --delay 1500d "$weather"
same_numbers 'months of two cities, with a delay that is long enough'
run -t date -k location -c temp_max -w calendar:month --lateness 1500d \
	"$weather"
# The last result of each window, without flags and revision, in any order.
awk -F, 'NR == 1 { next }
	{ last[$1 "," $2 "," $3] = $6 "," $7 "," $8 "," $9 "," $10 }
	END { for (w in last) print w "," last[w] }' "$tmp/out" |
	sort >"$tmp/out.last"
sed 1d "$tmp/ref" | sort >"$tmp/ref.sorted"
mv "$tmp/ref.sorted" "$tmp/ref"
cp "$tmp/out" "$tmp/revised"
mv "$tmp/out.last" "$tmp/out"
same_numbers 'with lateness instead, the last revisions are the same'
true_that 'each late row has been a revision' \
	test "$(grep -c ',late,' "$tmp/revised")" -eq 1430
run -t date -k location -c temp_max -w calendar:month --late "$tmp/late.csv" \
	"$weather"
awk -F, 'NR == 1 || ($1 == "New York" && $2 < "2015-12-01")' "$weather" \
	>"$tmp/late.ref"
true_that 'without a delay the second city is late' grep -q \
	': 1430 of 2922 rows in no window: 1430 late$' "$tmp/err"
true_that 'its rows are kept apart' cmp -s "$tmp/late.csv" "$tmp/late.ref"
awk -F, '$1 != "New York" || $2 >= "2015-12-01"' "$weather" >"$tmp/in.csv"
timed "$tmp/in.csv" 2 4 1 month 0 0 0 86400
same_numbers 'and the others are in their windows'
run -t date -k location -c wind -w tumbling:1w --offset 4d --delay 1500d \
	"$weather"
timed "$weather" 2 6 1 tumbling 604800 604800 345600 604800
same_numbers 'weeks from Monday on, by an offset'
cp "$tmp/out" "$tmp/weeks"
run -t date -k location -c wind -w calendar:week --delay 1500d "$weather"
true_that 'are the weeks of the calendar' cmp -s "$tmp/out" "$tmp/weeks"

# sliding FILE TIME VALUE KEY DAYS: a row after each one that is not too old.
sliding() {
	awk -F, -v time="$2" -v col="$3" -v key="$4" -v size="$5" '
	function leap(y) {
		return y % 400 == 0 || (y % 4 == 0 && y % 100 != 0)
	}
	BEGIN {
		split("31 28 31 30 31 30 31 31 30 31 30 31", length_of, " ")
		for (y = 1970; y < 2020; y++)
			for (m = 1; m <= 12; m++)
				for (d = 1; d <= length_of[m] + (m == 2 &&
					leap(y)); d++) {
					text = sprintf("%04d-%02d-%02d", y, m,
						d)
					number[text] = n
					date[n++] = text
				}
	}
	NR == 1 {
		printf "row,%s,start,end,%s_count,%s_mean,%s_max\n", $key,
			$col, $col, $col
		next
	}
	{
		k = $key
		s = number[$time]
		if (now == "" || s > now)
			now = s
		if (s <= now - size)
			next
		i = ++rows[k]
		at[k, i] = s
		x[k, i] = $col + 0
		n = sum = 0
		for (i = 1; i <= rows[k]; i++) {
			if (at[k, i] <= now - size)
				continue
			if (n++ == 0 || x[k, i] > max)
				max = x[k, i]
			sum += x[k, i]
		}
		printf "%d,%s,%sT00:00:00Z,%sT00:00:00Z,%d,%.17g,%s\n", NR - 1,
			k, date[now - size], date[now], n, sum / n, max
	}' "$1" >"$tmp/ref"
}

run -t date -k location -c temp_max -w 30d -s count,mean,max "$weather"
sliding "$weather" 2 4 1 30
same_numbers 'a sliding window after each row, the second city late'
true_that 'what it has not taken is counted' grep -q \
	': 1431 of 2922 rows in no window: 1431 late$' "$tmp/err"
sliding "$weather" 2 4 1 2000
run -t date -k location -c temp_max -w 2000d -s count,mean,max "$weather"
same_numbers 'nothing is late within the size of a sliding window'
awk 'NR == 1 || (NR - 1) % 100 == 0' "$tmp/ref" >"$tmp/ref.every"
mv "$tmp/ref.every" "$tmp/ref"
run -t date -k location -c temp_max -w 2000d -s count,mean,max --every 100 \
	"$weather"
same_numbers 'a sliding window every hundred rows'

# With a delay each window is told once, when all its rows are there.
run -t date -k location -c temp_max -w 3d --delay 1500d -s count,sum \
	"$weather"
sed 1d "$weather" | sort -t, -k2,2 -k1,1r | awk -F, '
	BEGIN { print "location,start,end,temp_max_count,temp_max_sum" }
	{ n = ++rows[$1]; x[$1, n] = $4; day[$1, n] = $2
	from = n > 2 ? n - 2 : 1; sum = 0
	for (i = from; i <= n; i++) sum += x[$1, i]
	before = n < 4 ? "2011-12-" 28 + n : day[$1, n - 3]
	printf "%s,%sT00:00:00Z,%sT00:00:00Z,%d,%.17g\n", $1, before, $2,
		n - from + 1, sum }' >"$tmp/ref"
same_numbers 'sliding windows as they close'

# Exponential weights, from the definition.
head -n 200 "$weather" >"$tmp/short.csv"
run -t date -c temp_max -w decay:halflife=2d -s mean "$tmp/short.csv"
awk -F, 'NR == 1 { print "row,start,end,temp_max_mean"; next }
	NR == 2 { first = $2 }
	{ n++; x[n] = $4; s = t = 0; w = 1
	for (i = n; i >= 1; i--) { s += w * x[i]; t += w; w *= sqrt(0.5) }
	printf "%d,%sT00:00:00Z,%sT00:00:00Z,%.17g\n", NR - 1, first, $2,
		s / t }' "$tmp/short.csv" >"$tmp/ref"
same_numbers 'weights that halve in two days'
run -t date -c temp_max -w landmark -s count,max "$tmp/short.csv"
awk -F, 'NR == 1 { print "row,start,end,temp_max_count,temp_max_max"; next }
	NR == 2 { first = $2; max = $4 + 0 }
	{ if ($4 > max) max = $4 + 0
	printf "%d,%sT00:00:00Z,%sT00:00:00Z,%d,%s\n", NR - 1, first, $2,
		NR - 1, max }' "$tmp/short.csv" >"$tmp/ref"
same_numbers 'all rows so far'

# Several columns and a pair are one row.
run -t date -k location -c temp_max,temp_min -w calendar:year --delay 1500d \
	-s mean,slope,max "$weather"
awk -F, 'NR == 1 { next }
	{ k = substr($2, 1, 4) "," $1; n[k]++; x[k, n[k]] = $4
	y[k, n[k]] = $5 }
	END {
		print "location,start,end,temp_max_mean,temp_max_max," \
			"temp_min_mean,temp_min_max,temp_max_temp_min_slope"
		for (year = 2012; year <= 2015; year++) {
			emit(year, "Seattle")
			emit(year, "New York")
		}
	}
	function emit(year, city,    k, i, mx, my, hx, hy, sxx, sxy) {
		k = year "," city
		hx = hy = -1000
		for (i = 1; i <= n[k]; i++) {
			mx += x[k, i] / n[k]
			my += y[k, i] / n[k]
			if (x[k, i] + 0 > hx)
				hx = x[k, i] + 0
			if (y[k, i] + 0 > hy)
				hy = y[k, i] + 0
		}
		for (i = 1; i <= n[k]; i++) {
			sxx += (x[k, i] - mx) ^ 2
			sxy += (x[k, i] - mx) * (y[k, i] - my)
		}
		printf "%s,%d-01-01T00:00:00Z,%d-01-01T00:00:00Z," \
			"%.17g,%s,%.17g,%s,%.17g\n", city, year, year + 1, mx,
			hx, my, hy, sxy / sxx
	}' "$weather" >"$tmp/ref"
same_numbers 'two columns and their pair'

# A second reference, where there is one.
if command -v sqlite3 >/dev/null; then
	run -t date -k origin -c delay -w tumbling:1h -s count,mean,max \
		"$flights"
	sqlite3 -csv :memory: ".import $flights f" "
		SELECT origin, strftime('%Y-%m-%dT%H:00:00Z', t),
			strftime('%Y-%m-%dT%H:00:00Z', t, '+1 hour'),
			count(*), avg(delay + 0), max(delay + 0)
		FROM (SELECT *, replace(date, '/', '-') AS t, rowid AS n
			FROM f)
		JOIN (SELECT origin AS o, min(rowid) AS seen FROM f
			GROUP BY origin) ON o = origin
		GROUP BY origin, strftime('%Y-%m-%dT%H:00:00Z', t)
		ORDER BY strftime('%Y-%m-%dT%H:00:00Z', t), seen" |
		tr -d '\r' >"$tmp/rows"
	{
		echo 'origin,start,end,delay_count,delay_mean,delay_max'
		cat "$tmp/rows"
	} >"$tmp/ref"
	same_numbers 'hours as SQL groups them'
fi

for bytes in 1 7 4096; do
	dd if="$flights" bs=$bytes 2>/dev/null |
		"$prog" -t date -c delay -k origin -w hopping:3h/1h >"$tmp/out"
	"$prog" -t date -c delay -k origin -w hopping:3h/1h "$flights" \
		>"$tmp/whole"
	true_that "a pipe with pieces of $bytes bytes gives the same rows" \
		cmp -s "$tmp/out" "$tmp/whole"
done
TZ=America/New_York LC_ALL=de_DE.UTF-8 "$prog" -t date -c delay -k origin \
	-w hopping:3h/1h "$flights" >"$tmp/out"
true_that 'neither zone nor locale of the machine matter' \
	cmp -s "$tmp/out" "$tmp/whole"

# ---- Times ----

# A second of the first minute of 1970, as it is printed.
at() {
	printf '1970-01-01T00:00:%02dZ' "$1"
}

# One row: its time in all its forms.
for time in 978310020 978310020.0 978310020000 978310020000000 \
	978310020000000000 '2001/01/01 00:47' 2001-01-01T00:47:00Z \
	'2001-01-01 02:47:00,0+02:00' 20010101T0047 20010101004700 \
	' 2000-12-31t16:47-0800 ' 2000-12-31T24:47; do
	case $time in
	*24:47) continue ;;
	esac
	input "t,x\n\"$time\",5\n"
	run -t t -c x -w tumbling:1m -s sum
	expect "the time $time" 0 \
		'start,end,x_sum\n2001-01-01T00:47:00Z,2001-01-01T00:48:00Z,5\n' ''
done

# A pause fades what was before it, and no digit of what comes of it. Results
# are those of exact arithmetic.
input 't,v\n2026-01-01T00:00:00Z,5\n2026-01-01T00:54:00Z,7\n'
run -t t -c v -w decay:halflife=1m -s variance,variance_pop --final
expect 'decay after 54 half-lives of silence' 0 \
	'start,end,v_variance,v_variance_pop\n2026-01-01T00:00:00Z,2026-01-01T00:54:00Z,2,2.220446049250313e-16\n' ''
input 't,a,b\n2026-03-01T00:00:00Z,20.1,1\n2026-03-01T00:01:00Z,19.8,2\n2026-03-01T00:02:00Z,20.4,4\n2026-03-01T00:03:00Z,20.0,3\n2026-03-01T00:04:00Z,19.9,5\n2026-03-01T01:04:00Z,21.0,9\n'
printf 'start,end,a_b_correlation,a_b_slope\n2026-03-01T00:00:00Z,2026-03-01T01:04:00Z,0.9541242179616486,4.752231455832559\n' >"$tmp/ref"
run -t t -c a,b -w decay:halflife=1m -s correlation,slope --final
same_numbers 'decay of pairs after an hour of silence'

input 't,x\n20010101,5\n'
run -t t -w calendar:day -s sum
expect 'digits that are a date; the time is no value column' 0 \
	'start,end,x_sum\n2001-01-01T00:00:00Z,2001-01-02T00:00:00Z,5\n' ''
run -t t -w calendar:day -s sum --time-unit s
expect 'digits with a unit' 0 \
	'start,end,x_sum\n1970-08-20T00:00:00Z,1970-08-21T00:00:00Z,5\n' ''
run -t t -w calendar:hour --time-unit ms -s sum
expect 'milliseconds' 0 \
	'start,end,x_sum\n1970-01-01T05:00:00Z,1970-01-01T06:00:00Z,5\n' ''
run -t t -w tumbling:1ms --time-unit ns -s sum
expect 'nanoseconds, and decimals in output' 0 \
	'start,end,x_sum\n1970-01-01T00:00:00.020Z,1970-01-01T00:00:00.021Z,5\n' ''
run -t t -w tumbling:1us --time-unit us -s sum
expect 'microseconds' 0 \
	'start,end,x_sum\n1970-01-01T00:00:20.010101Z,1970-01-01T00:00:20.010102Z,5\n' ''
input 't,x\n2001-01-01,1\n2001-02-29,2\n,3\nsoon,4\n2001-03-01,5\n'
run -t t -w tumbling:1d -s sum "$tmp/in"
expect 'a bad time, strict' 1 'start,end,x_sum\n' \
	"csv_replay: $tmp/in:3: column t: \"2001-02-29\" is not a time: no such day\\n"
run -t t -w calendar:year -s sum --skip-bad "$tmp/in"
expect 'bad times, skipped; a missing one' 0 \
	'start,end,x_sum\n2001-01-01T00:00:00Z,2002-01-01T00:00:00Z,6\n' \
	"csv_replay: $tmp/in: 2 bad records skipped, the first at line 3: 2 not a time\ncsv_replay: $tmp/in: 1 of 5 rows in no window: 1 without a time\n"
input 't,x\n2001-01-01,1\nsoon,2\n'
run -t t -w tumbling:1d -s sum
expect 'a malformed timestamp' 1 'start,end,x_sum\n' \
	'csv_replay: standard input:3: column t: "soon" is not a time\n'
input 't,x\n2262-04-11T23:47:16.854775807Z,1\n2262-04-11T23:47:16.854775806Z,2\n1677-09-21T00:12:43.145224192Z,3\n'
run -t t -w tumbling:1s -s sum --delay 300000d
expect_error 'a duration that is too long' '--delay: "300000d" is not'
run -t t -w tumbling:1s -s sum
expect 'the first and the last times' 0 \
	'start,end,x_sum\n2262-04-11T23:47:16Z,2262-04-11T23:47:16.854775807Z,2\n' \
	'csv_replay: standard input: 2 of 3 rows in no window: 1 late, 1 too far ahead\n'

# ---- Windows by hand ----

input 't,x\n0,1\n5,2\n10,3\n25,4\n'
run -t t --time-unit s -w tumbling:10s -s count,sum
expect 'tumbling' 0 \
	"start,end,x_count,x_sum\n$(at 0),$(at 10),2,3\n$(at 10),$(at 20),1,3\n$(at 20),$(at 30),1,4\n" ''
run -t t --time-unit s -w tumbling:10s -s count,sum -o json
expect 'tumbling, json' 0 \
	"{\"start\":\"$(at 0)\",\"end\":\"$(at 10)\",\"x_count\":2,\"x_sum\":3}\n{\"start\":\"$(at 10)\",\"end\":\"$(at 20)\",\"x_count\":1,\"x_sum\":3}\n{\"start\":\"$(at 20)\",\"end\":\"$(at 30)\",\"x_count\":1,\"x_sum\":4}\n" ''
run -t t --time-unit s -w tumbling:30s -s mean -o table
expect 'tumbling, table' 0 \
	"start                 end                   x_mean\n--------------------  --------------------  ------\n$(at 0)  $(at 30)     2.5\n" ''
run -t t --time-unit s -w tumbling:10s -o none
expect 'tumbling, none' 0 '' ''
run -t t --time-unit s -w hopping:10s/20s -s sum
expect 'a row between hopping windows' 0 \
	"start,end,x_sum\n$(at 0),$(at 10),3\n$(at 20),$(at 30),4\n" ''
run -t t --time-unit s -w 10s -s sum
expect 'sliding: the first time is not in any more' 0 \
	"row,start,end,x_sum\n1,1969-12-31T23:59:50Z,$(at 0),1\n2,1969-12-31T23:59:55Z,$(at 5),3\n3,$(at 0),$(at 10),5\n4,$(at 15),$(at 25),4\n" ''
run -t t --time-unit s -w 10s -s sum --show t -c x --every 2
expect 'sliding, --show and --every' 0 \
	"row,t,start,end,x_sum\n2,5,1969-12-31T23:59:55Z,$(at 5),3\n4,25,$(at 15),$(at 25),4\n" ''
run -t t --time-unit s -w session:10s -s count,sum
expect 'sessions' 0 \
	"start,end,x_count,x_sum\n$(at 0),$(at 20),3,6\n$(at 25),$(at 35),1,4\n" ''
run -t t --time-unit s -w session:5s -s count
expect 'a row exactly the gap later begins a session' 0 \
	"start,end,x_count\n$(at 0),$(at 5),1\n$(at 5),$(at 10),1\n$(at 10),$(at 15),1\n$(at 25),$(at 30),1\n" ''
run -t t --time-unit s -w tumbling:10s -s rate,time_mean,increase
expect 'statistics of time' 0 \
	"start,end,x_rate,x_time_mean,x_increase\n$(at 0),$(at 10),0.1,1.5,1\n$(at 10),$(at 20),,3,\n$(at 20),$(at 30),,4,\n" ''
run -t t --time-unit s -w tumbling:10s --min-count 2 -s count,sum
expect '--min-count' 0 \
	"start,end,x_count,x_sum\n$(at 0),$(at 10),2,3\n$(at 10),$(at 20),1,\n$(at 20),$(at 30),1,\n" ''
run -t t --time-unit s -w landmark -s sum --final
expect '--final' 0 "start,end,x_sum\n$(at 0),$(at 25),10\n" ''
run -t t --time-unit s -w tumbling:20s -s sum --final
expect '--final is the window that holds now' 0 \
	"start,end,x_sum\n$(at 20),$(at 40),4\n" ''
input 't,x\n0,1\n3,NA\n12,\n20,2\n'
run -t t --time-unit s -w tumbling:10s -s count,missing,sum --missing propagate
expect 'missing values' 0 \
	"start,end,x_count,x_missing,x_sum\n$(at 0),$(at 10),1,1,\n$(at 10),$(at 20),0,1,\n$(at 20),$(at 30),1,0,2\n" ''

# ---- Keys and columns ----

input 't,k,x,y\n1,a,1,2\n2,b,3,4\n12,a,5,1\n13,"c,""d",7,9\n25,b,1,1\n'
run -t t --time-unit s -k k -w tumbling:10s -s sum,cov -c x,y
expect 'one clock for all keys, two columns, a pair' 0 \
	"k,start,end,x_sum,y_sum,x_y_covariance\na,$(at 0),$(at 10),1,2,\nb,$(at 0),$(at 10),3,4,\na,$(at 10),$(at 20),5,1,\n\"c,\"\"d\",$(at 10),$(at 20),7,9,\nb,$(at 20),$(at 30),1,1,\n" ''
run -t t --time-unit s -k k -w landmark -s sum,slope -c x,y --final
expect 'the last state of all keys' 0 \
	"k,start,end,x_sum,y_sum,x_y_slope\na,$(at 1),$(at 25),6,3,-0.25\nb,$(at 2),$(at 25),4,5,1.5\n\"c,\"\"d\",$(at 13),$(at 25),7,9,\n" ''
run -t t --time-unit s -k k -w tumbling:10s -s cov -c x,y --max-keys 9 --delay 5s
expect 'the pair alone; flags if there can be some' 0 \
	"k,start,end,flags,x_y_covariance\na,$(at 0),$(at 10),,\nb,$(at 0),$(at 10),,\na,$(at 10),$(at 20),,\n\"c,\"\"d\",$(at 10),$(at 20),,\nb,$(at 20),$(at 30),,\n" ''
input 't,k,x\n1,a,1\n2,b,2\n3,a,4\n4,c,8\n12,b,16\n'
run -t t --time-unit s -k k -w tumbling:10s -s sum --max-keys 2
expect '--max-keys: the one without rows for longest' 0 \
	"k,start,end,flags,x_sum\nb,$(at 0),$(at 10),evicted,2\na,$(at 0),$(at 10),,5\nc,$(at 0),$(at 10),,8\nb,$(at 10),$(at 20),,16\n" ''
run -t t --time-unit s -k k -w tumbling:10s -s sum --ttl 10s
expect '--ttl: windows that close before are as ever' 0 \
	"k,start,end,flags,x_sum\na,$(at 0),$(at 10),,5\nb,$(at 0),$(at 10),,2\nc,$(at 0),$(at 10),,8\nb,$(at 10),$(at 20),,16\n" ''
# Dropped at 5, 6 and 7, and at 15, when the time comes: before the windows
# close.
run -t t --time-unit s -k k -w tumbling:10s -s sum --ttl 3s
expect '--ttl: windows that are open are printed' 0 \
	"k,start,end,flags,x_sum\nb,$(at 0),$(at 10),evicted,2\na,$(at 0),$(at 10),evicted,5\nc,$(at 0),$(at 10),evicted,8\nb,$(at 10),$(at 20),evicted,16\n" ''
run -t t --time-unit s -k k -w 10s -s sum --ttl 3s
expect '--ttl: a key that comes again is new' 0 \
	"row,k,start,end,x_sum\n1,a,1969-12-31T23:59:51Z,$(at 1),1\n2,b,1969-12-31T23:59:52Z,$(at 2),2\n3,a,1969-12-31T23:59:53Z,$(at 3),5\n4,c,1969-12-31T23:59:54Z,$(at 4),8\n5,b,$(at 2),$(at 12),16\n" ''

# ---- Out of order ----

input 't,x\n0,1\n12,2\n3,4\n25,8\n14,16\n'
run -t t --time-unit s -w tumbling:10s -s sum
expect 'late rows' 0 \
	"start,end,x_sum\n$(at 0),$(at 10),1\n$(at 10),$(at 20),2\n$(at 20),$(at 30),8\n" \
	'csv_replay: standard input: 2 of 5 rows in no window: 2 late\n'
run -t t --time-unit s -w tumbling:10s -s sum --delay 2s
expect 'a delay that is too small' 0 \
	"start,end,x_sum\n$(at 0),$(at 10),1\n$(at 10),$(at 20),2\n$(at 20),$(at 30),8\n" \
	'csv_replay: standard input: 2 of 5 rows in no window: 2 late\n'
run -t t --time-unit s -w tumbling:10s -s sum --delay 5.000000001s
expect 'a delay that is just long enough' 0 \
	"start,end,x_sum\n$(at 0),$(at 10),5\n$(at 10),$(at 20),18\n$(at 20),$(at 30),8\n" ''
run -t t --time-unit s -w tumbling:10s -s sum --lateness 10s
expect '--lateness' 0 \
	"start,end,flags,revision,x_sum\n$(at 0),$(at 10),,0,1\n$(at 0),$(at 10),late,1,5\n$(at 10),$(at 20),,0,2\n$(at 10),$(at 20),late,1,18\n$(at 20),$(at 30),,0,8\n" ''
run -t t --time-unit s -w tumbling:10s -s sum --lateness 10s -o json
expect '--lateness, json' 0 \
	"{\"start\":\"$(at 0)\",\"end\":\"$(at 10)\",\"flags\":\"\",\"revision\":0,\"x_sum\":1}\n{\"start\":\"$(at 0)\",\"end\":\"$(at 10)\",\"flags\":\"late\",\"revision\":1,\"x_sum\":5}\n{\"start\":\"$(at 10)\",\"end\":\"$(at 20)\",\"flags\":\"\",\"revision\":0,\"x_sum\":2}\n{\"start\":\"$(at 10)\",\"end\":\"$(at 20)\",\"flags\":\"late\",\"revision\":1,\"x_sum\":18}\n{\"start\":\"$(at 20)\",\"end\":\"$(at 30)\",\"flags\":\"\",\"revision\":0,\"x_sum\":8}\n" ''
# Each word of a window's text is the option of that name.
same_as() {
	words=$1
	shift
	run -t t --time-unit s -s sum,count "$@"
	cp "$tmp/out" "$tmp/ref"
	run -t t --time-unit s -s sum,count -w "$words"
	true_that "-w '$words' is $*" cmp -s "$tmp/out" "$tmp/ref"
	true_that "-w '$words' prints" test "$(wc -l <"$tmp/out")" -gt 1
}
input 't,x\n0,1\n12,2\n11,\n30,8\n6,16\n31,\n72,9\n'
for words in 'delay:5s --delay 5s' 'lateness:10s --lateness 10s' \
	'allowed_lateness=1m --lateness 1m' 'grace:1m --lateness 1m' \
	'offset:-3s --offset -3s' 'max_skew:50s --max-skew 50s' \
	'early_count:2 --early 2' 'early_span:3s --early 3s' \
	'max_windows:1 --max-windows 1' 'max_keys:5 --max-keys 5' \
	'ttl:20s --ttl 20s' 'min_count:2 --min-count 2' \
	'min_periods:2 --min-count 2' 'min_samples:2 --min-count 2' \
	'on_missing:propagate --missing propagate' \
	'missing:propagate --missing propagate'; do
	# shellcheck disable=SC2086 # an option and its value
	same_as "tumbling:10s ${words%% *}" -w tumbling:10s ${words#* }
done
same_as 'emit_empty, hopping:10s/5s delay=1s' -w hopping:10s/5s --emit-empty \
	--delay 1s
same_as 'sliding:10s lateness:1m max_values:2' -w sliding:10s --lateness 1m \
	--max-values 2
same_as 'decay:halflife=2s min_count:1' -w decay:halflife=2s
input 't,x\n0,1\n12,2\n30,8\n6,16\n'
run -t t --time-unit s -w session:10s -s sum --lateness 1m
expect 'a late row joins two sessions' 0 \
	"start,end,flags,revision,x_sum\n$(at 0),$(at 10),,0,1\n$(at 12),$(at 22),,0,2\n$(at 0),$(at 10),retracted,1,1\n$(at 12),$(at 22),retracted,1,2\n$(at 0),$(at 22),late,2,19\n$(at 30),$(at 40),,0,8\n" ''
input 't,x\n1,1\n2,2\n14,4\n15,8\n'
run -t t --time-unit s -w tumbling:10s -s sum --early 2
expect '--early by rows' 0 \
	"start,end,flags,revision,x_sum\n$(at 0),$(at 10),early,0,3\n$(at 0),$(at 10),,1,3\n$(at 10),$(at 20),early,0,12\n$(at 10),$(at 20),,1,12\n" ''
input 't,x\n1,1\n3,2\n14,4\n15,8\n17,16\n'
run -t t --time-unit s -w tumbling:20s -s sum --early 5s
expect '--early by time' 0 \
	"start,end,flags,revision,x_sum\n$(at 0),$(at 20),early,0,3\n$(at 0),$(at 20),early,1,7\n$(at 0),$(at 20),,2,31\n" ''
run -t t --time-unit s -w 10s -s sum --early 1
expect '--early and a sliding window' 0 \
	"start,end,flags,revision,x_sum\n1969-12-31T23:59:51Z,$(at 1),early,0,1\n1969-12-31T23:59:51Z,$(at 1),,1,1\n1969-12-31T23:59:53Z,$(at 3),early,0,3\n1969-12-31T23:59:53Z,$(at 3),,1,3\n$(at 4),$(at 14),early,0,4\n$(at 4),$(at 14),,1,4\n$(at 5),$(at 15),early,0,12\n$(at 5),$(at 15),,1,12\n$(at 7),$(at 17),early,0,28\n$(at 7),$(at 17),,1,28\n" ''
input 't,x,y\n0,1,1\n25,2,2\n45,4,4\n'
run -t t --time-unit s -w tumbling:10s -s count,sum --emit-empty
expect '--emit-empty, two columns' 0 \
	"start,end,flags,x_count,x_sum,y_count,y_sum\n$(at 0),$(at 10),,1,1,1,1\n$(at 10),$(at 20),empty,0,,0,\n$(at 20),$(at 30),,1,2,1,2\n$(at 30),$(at 40),empty,0,,0,\n$(at 40),$(at 50),,1,4,1,4\n" ''
awk 'BEGIN { print "t,x,y\n0,1,2\n1000000,3,4" }' >"$tmp/in"
run -t t --time-unit s -w tumbling:1s -s count --emit-empty
true_that 'a long gap with two columns' test \
	"$(awk -F, 'NR > 1 && $3 == "empty" && $4 == 0 && $5 == 0 { n++ }
		END { print n, NR, $0 }' "$tmp/out")" = \
	'999999 1000002 1970-01-12T13:46:40Z,1970-01-12T13:46:41Z,,1,1'
cut -d, -f1-4 "$tmp/out" >"$tmp/first"
run -t t --time-unit s -w tumbling:1s -s count --emit-empty -c x
true_that 'as with one' cmp -s "$tmp/first" "$tmp/out"
input 't,x,y\n0,1,2\n100000,1,1\n15,4,8\n'
run -t t --time-unit s -w tumbling:10s -s sum --emit-empty --max-skew 1m
expect 'a row that is refused brings no empty windows' 0 \
	"start,end,flags,x_sum,y_sum\n$(at 0),$(at 10),,1,2\n$(at 10),$(at 20),,4,8\n" \
	'csv_replay: standard input: 1 of 3 rows in no window: 1 too far ahead\n'
input 't,x\n0,1\n100,2\n5,4\n61,8\n'
run -t t --time-unit s -w tumbling:10s -s sum --max-skew 1m
expect '--max-skew' 0 \
	"start,end,x_sum\n$(at 0),$(at 10),5\n1970-01-01T00:01:00Z,1970-01-01T00:01:10Z,8\n" \
	'csv_replay: standard input: 1 of 4 rows in no window: 1 too far ahead\n'

# Rows of windows that are there are taken, and other keys have their own.
input 't,k,x\n0,a,1\n100,a,2\n5,a,4\n200,a,8\n1,b,16\n'
run -t t -k k --time-unit s -w session:10s -s sum --delay 1h --max-windows 2
expect '--max-windows' 0 \
	"k,start,end,x_sum\nb,1970-01-01T00:00:01Z,1970-01-01T00:00:11Z,16\na,$(at 0),$(at 15),5\na,1970-01-01T00:01:40Z,1970-01-01T00:01:50Z,2\n" \
	'csv_replay: standard input: 1 of 5 rows in no window: 1 too far ahead or beyond a limit\n'
run -t t -k k --time-unit s -w 10s -s sum --max-windows 2
expect_error 'of kinds that have many windows' '--max-windows: only for tumbling'
run -k k -w 10 -s sum --max-windows 2
expect_error 'by time' '--max-windows: only for windows by'

input 't,x,y\n0,1,2\n12,2,2\n3,4,9\n13,3,1\n'
run -t t --time-unit s -w tumbling:10s -s sum,slope -c x,y
expect 'late rows, two columns and their pair' 0 \
	"start,end,x_sum,y_sum,x_y_slope\n$(at 0),$(at 10),1,2,\n$(at 10),$(at 20),5,3,-1\n" \
	'csv_replay: standard input: 1 of 4 rows in no window: 1 late\n'

# The file of late rows.
input 'a;t;x\n"q""q";0;1\n"u;v";50;2\n"l\n1";3;4\n;2;\n"e,";5;8\n'
run --delimiter ';' -t t --time-unit s -c x -w tumbling:10s -s sum \
	--late "$tmp/late.csv"
expect 'late rows, quoted as they need it' 0 \
	"start,end,x_sum\n$(at 0),$(at 10),1\n$(at 50),1970-01-01T00:01:00Z,2\n" \
	'csv_replay: standard input: 3 of 5 rows in no window: 3 late\n'
printf 'a;t;x\n"l\n1";3;4\n;2;\ne,;5;8\n' >"$tmp/late.ref"
true_that 'they read back' cmp -s "$tmp/late.csv" "$tmp/late.ref"
input '50,1\n3,2\n'
run --no-header -t '#1' --time-unit s -c '#2' -w tumbling:10s -o none --late "$tmp/late.csv"
true_that 'without a header there is none' \
	test "$(cat "$tmp/late.csv")" = '3,2'
run --no-header -t '#1' --time-unit s -c '#2' -w tumbling:10s --late "$tmp/no/such/dir"
expect_error 'a file of late rows that cannot be made' 'no/such/dir: '
if [ -w /dev/full ]; then
	run --no-header -t '#1' --time-unit s -c '#2' -w tumbling:10s -o none --late /dev/full
	expect_error 'a full disk for late rows' 'csv_replay: /dev/full: '
fi

# ---- Calendars ----

input 't,x\n2001-01-31T22:30:00Z,1\n2001-01-31T23:30:00Z,2\n2001-12-31T23:30:00Z,4\n'
run -t t -w calendar:month+01:00 -s sum
expect 'months of another zone' 0 \
	'start,end,x_sum\n2000-12-31T23:00:00Z,2001-01-31T23:00:00Z,1\n2001-01-31T23:00:00Z,2001-02-28T23:00:00Z,2\n2001-12-31T23:00:00Z,2002-01-31T23:00:00Z,4\n' ''
run -t t -w calendar:year -s sum
expect 'years' 0 \
	'start,end,x_sum\n2001-01-01T00:00:00Z,2002-01-01T00:00:00Z,7\n' ''
run -t t -w calendar:week -s sum
expect 'weeks begin on Monday' 0 \
	'start,end,x_sum\n2001-01-29T00:00:00Z,2001-02-05T00:00:00Z,3\n2001-12-31T00:00:00Z,2002-01-07T00:00:00Z,4\n' ''
input 't,x\n2000-01-31,1\n2000-04-01,2\n'
run -t t -w calendar:month -s count --emit-empty
expect 'months without rows' 0 \
	'start,end,flags,x_count\n2000-01-01T00:00:00Z,2000-02-01T00:00:00Z,,1\n2000-02-01T00:00:00Z,2000-03-01T00:00:00Z,empty,0\n2000-03-01T00:00:00Z,2000-04-01T00:00:00Z,empty,0\n2000-04-01T00:00:00Z,2000-05-01T00:00:00Z,,1\n' ''

# ---- The example of a pipeline ----

pipeline=${prog%/*}/pipeline
if [ -x "$pipeline" ]; then
	"$pipeline" >"$tmp/out" 2>"$tmp/err"
	status=$?
	expect 'the example of a pipeline' 0 \
		'hour 0: 240 means of a minute, the warmest 21.0\nhour 1: 240 means of a minute, the warmest 22.0\nhour 2: 240 means of a minute, the warmest 23.0\n' ''
fi

# ---- Models ----

# coefficients TERM=VALUE...: in the output, to 1e-6.
coefficients() {
	awk -F, -v wanted="$*" 'BEGIN {
		n = split(wanted, pair, " ")
		for (i = 1; i <= n; i++) {
			split(pair[i], f, "=")
			value[f[1]] = f[2]
		}
	}
	NR > 1 {
		gsub(/"/, "")
		x = $NF
		sub(/,[^,]*$/, "")
		d = x - value[$0]
		if (!($0 in value) || d > 1e-6 || d < -1e-6)
			bad = 1
	}
	END { exit bad || NR != n + 1 }' "$tmp/out"
}
# Hours of two weeks from a Monday on.
awk 'BEGIN { print "t,z,y"
	for (i = 0; i < 336; i += 5) {
		hour = i % 24
		dow = int(i / 24) % 7 + 1
		printf "%d,%d,%.17g\n", 978307200 + 3600 * i, i % 3,
			3 * hour - 2 * dow + 1 + i % 3
	} }' >"$tmp/in"
run -t t --model 'y ~ hour(t) + dow(t) + .' --update rls --coefficients
true_that 'hour and day of the week; the dot leaves the time out' \
	coefficients '(intercept)=1' 'hour(t)=3' 'dow(t)=-2' 'z=1'
run --model 'y ~ hour(t) + dow(t) + .' --update rls --coefficients
true_that 'also if only the formula names it' \
	coefficients '(intercept)=1' 'hour(t)=3' 'dow(t)=-2' 'z=1'
awk 'BEGIN { print "t,y"; pi = atan2(0, -1)
	for (i = 0; i < 300; i++)
		printf "%d,%.17g\n", 7200 * i, 5 - cos(pi * i / 42) / 2 + \
			2 * sin(pi * i / 6) }' >"$tmp/in"
run --time-unit s --update rls --coefficients \
	--model 'y ~ sin(t,24h) + cos(t,1d) + sin(t,1w) + cos(t,7d)'
true_that 'waves of a day and a week' coefficients '(intercept)=5' \
	'sin(t,24h)=2' 'cos(t,1d)=0' 'sin(t,1w)=0' 'cos(t,7d)=-0.5'
input 't,y\n2001-01-01,1\n,2\n2001-01-03,3\n'
run --model 'y ~ dow(t)' --update sgd --rate 0.5 --metrics mae
expect 'a missing time is a missing feature' 0 \
	'row,y,y_prediction,mae\n1,1,,\n2,2,,\n3,3,2,1\n' \
	'csv_replay: standard input: 1 of 3 rows not learned: 1 with a missing feature\n'
input 't,y\n2001-01-01,1\n2001-13-01,2\n'
run --model 'y ~ dow(t)' -o none
expect 'a bad time is a bad record' 1 '' \
	'csv_replay: standard input:3: column t: "2001-13-01" is not a time: no such month\n'

# ---- Options ----

usage() {
	name=$1
	text=$2
	shift 2
	run "$@" "$data/co2_weekly.csv"
	expect_error "$name" "$text"
}

usage 'a duration without times' \
	'csv_replay: -w: a window by time needs times; name' -w 60s
usage 'a session without times' '-w: a window by time needs' -w session:1h
usage 'a calendar without times' '-w: a window by time needs' -w calendar:day
usage 'times without a duration' \
	'csv_replay: -t: windows by time are given by a time, such as' -t date
usage 'times and a window by rows' '-t: windows by time' -t date -w 60
usage 'times and a decay by rows' '-t: windows by time' -t date \
	-w decay:halflife=20
usage 'a column of times that is not there' \
	'column when: no such column' -t when -w 1d
for option in --offset=1s --delay=1s --lateness=1s --max-skew=1s --early=1 \
	--emit-empty --max-keys=1 --ttl=1s "--late=$tmp/late.csv"; do
	usage "${option%%=*} by rows" \
		"csv_replay: ${option%%=*}: only for windows by time" "$option"
	usage "${option%%=*} with a model" \
		"csv_replay: ${option%%=*}: not together with --model" \
		"$option" --model 'co2 ~ lag(co2,1)'
done
usage 'a unit without times' '--time-unit: only together with -t' \
	--time-unit s
usage 'a bad unit' '--time-unit: "h" is not auto, s, ms, us or ns' \
	-t date -w 1d --time-unit h
usage 'a window by time and a model' '-w: with --model only a number' \
	--model 'co2 ~ lag(co2,1)' -t date -w 1d
by_time() {
	name=$1
	text=$2
	shift 2
	usage "$name" "$text" -t date "$@"
}
by_time 'a span of nothing' '-w: ' -w 0s
by_time 'an advance of nothing' '-w: ' -w hopping:1h/0s
by_time 'an advance in rows' '-w: "hopping:1h/5" is not a window' \
	-w hopping:1h/5
by_time 'a delay that is no duration' '--delay: "5" is not a duration' \
	-w 1d --delay 5
by_time 'a delay before' '--delay: "-5s" is not a duration' -w 1d --delay -5s
by_time 'no time to live' '--ttl: "0" is not a duration' -w 1d --ttl 0
by_time 'no skew' '--max-skew: "0s" is not a duration' -w 1d --max-skew 0s
by_time 'no early rows' '--early: "0" is not a number of rows' -w 1d --early 0
by_time 'no early time' '--early: "0s" is not a duration' -w 1d --early 0s
by_time 'no keys' '--max-keys: "0" is not a whole number' -w 1d --max-keys 0
by_time 'an offset of sliding windows' \
	'--offset: only for tumbling and hopping' -w 1d --offset 1h
by_time 'empty sessions' '--emit-empty: only for tumbling' -w session:1h \
	--emit-empty
by_time '--show of windows that close' '--show: by time only' -w tumbling:1d \
	--show date
by_time '--show and a delay' '--show: by time only' -w 1d --delay 1d \
	--show date
by_time '--every of windows that close' '--every: by time only' \
	-w tumbling:1d --every 5
by_time '--every with --final' '--every: not together' -w 1d --every 5 --final
by_time 'a statistic that decay does not have' '-s: min: not supported by' \
	-w decay:halflife=1d -s min
by_time 'a picture' '--plot: not supported for windows by time' -w 1d \
	--plot "$tmp/time.svg"
true_that 'then nothing is drawn' test ! -e "$tmp/time.svg"
usage 'a statistic of time by rows' '-s: rate: not supported by' -s rate
run --help
for word in time time-unit offset delay lateness max-skew early emit-empty \
	max-keys ttl late; do
	grep -q -e "--$word" "$tmp/out" || not_ok "--help tells --$word"
done

# ---- Speed ----

# A replay never ends before its last row is due; how much later it does is
# for nobody to say.
input 't,x\n2001-01-01 00:00,1\n2001-01-01 00:00:30,2\n,3\n2000-12-31,4\n'
start=$(date +%s)
run -t t -c x -w 2 -s sum --speed 15
end=$(date +%s)
expect 'rows wait for their time' 0 'row,x_sum\n1,1\n2,3\n3,5\n4,7\n' ''
true_that '30 seconds at 15 times the speed take 2' \
	test $((end - start)) -ge 1
run -t t -c x -w 2 -s sum --speed 1e12
expect 'fast enough to be no wait' 0 'row,x_sum\n1,1\n2,3\n3,5\n4,7\n' ''
run -t t -c x -w tumbling:1m -s sum --speed 1e12
expect 'windows by time with a speed' 0 \
	'start,end,x_sum\n2001-01-01T00:00:00Z,2001-01-01T00:01:00Z,3\n' \
	'csv_replay: standard input: 2 of 4 rows in no window: 1 late, '\
'1 without a time\n'
run -t t --model 'x ~ lag(x,1)' --speed 1e12 -o none
expect 'a model with a speed' 0 '' \
	'csv_replay: standard input: 1 of 4 rows not learned: '\
'1 with a missing feature\n'
run -t t -c x -w 2 -s sum --speed 0
expect_error 'speed 0 is as if not given' '-t: windows by time'
run -c x --speed 2
expect_error 'a speed without times' '--speed: needs times'
for bad in -1 nan inf fast ''; do
	run -t t -c x --speed "$bad"
	expect_error "a speed that is none: \"$bad\"" 'not a number from 0 on'
done
input 't,x\n2001-01-01,1\nyesterday,2\n'
run -t t -c x -w 2 -s sum --speed 1e12
expect_error 'with a speed times must be times' \
	':3: column t: "yesterday" is not a time'

# ---- Memory ----

# In bounded address space: many rows, keys that come and go, empty windows.
# shellcheck disable=SC3045
if (ulimit -v 40000) 2>/dev/null && ! grep -q -a -e __asan_ "$prog"; then
	bounded() {
		(
			ulimit -v 40000
			awk 'BEGIN { print "t,k,x,y"; for (i = 0; i < 700000;
				i++) printf "%d,%040d,%d,1\n", 1000000000 + i,
				i / 3, i }' |
				"$prog" -t t "$@" | sed -n '$='
		) >"$tmp/out" 2>"$tmp/err"
		status=$?
	}
	bounded -c x,y -w tumbling:1m -s count
	expect 'constant memory, tumbling' 0 '11669\n' ''
	bounded -c x -w 1h -s count
	expect 'constant memory, sliding' 0 '700001\n' ''
	bounded -c x,y -k k -w tumbling:10s -s count --ttl 1m
	true_that 'constant memory, keys that are dropped' \
		test "$(cat "$tmp/out")" -gt 233333
	bounded -c x,y -k k -w session:10s -s count --max-keys 100
	true_that 'constant memory, keys that make room' \
		test "$(cat "$tmp/out")" -eq 233335
fi

finish
