#!/bin/sh
# csv_replay from end to end: cli_csv_replay.sh PROGRAM SOURCE_ROOT
#
# Results on real data are compared with those of a second program, in awk,
# that recomputes every window from its own values, and learns by the plain
# gradient from lags that it looks up in all rows. All else is compared with
# text written by hand.
set -u
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/cli.sh"

# reference FILE COLUMN KEY KIND SIZE ADVANCE: count, mean, stddev, min and
# max of every window, each computed from its values alone.
reference() {
	awk -F, -v col="$2" -v key="$3" -v kind="$4" -v size="$5" \
		-v advance="$6" '
	function emit(k, from, to,    i, n, mean, ss, d, lo, hi) {
		n = mean = ss = 0
		for (i = from; i <= to; i++) {
			if (x[k, i] == "")
				continue
			n++
			mean += x[k, i]
			if (n == 1 || x[k, i] < lo)
				lo = x[k, i]
			if (n == 1 || x[k, i] > hi)
				hi = x[k, i]
		}
		if (n > 0)
			mean /= n
		for (i = from; i <= to; i++) {
			if (x[k, i] == "")
				continue
			d = x[k, i] - mean
			ss += d * d
		}
		printf "%d%s,%d", NR - 1, key ? "," k : "", n
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
	{ sub(/\r$/, "") }
	NR == 1 {
		name = $col
		printf "row%s", key ? "," $key : ""
		printf ",%s_count,%s_mean,%s_stddev,%s_min,%s_max\n", name,
			name, name, name, name
		next
	}
	{
		k = key ? $key : ""
		v = $col
		i = ++n_of[k]
		x[k, i] = v == "" ? "" : v + 0
		if (kind == "sliding")
			emit(k, i > size ? i - size + 1 : 1, i)
		else if (kind == "landmark")
			emit(k, 1, i)
		else if (i >= size && (i - size) % advance == 0)
			emit(k, i - size + 1, i)
	}' "$1" >"$tmp/ref"
}

# ---- Results on real data ----

for size in 1 2 52; do
	reference "$data/co2_weekly.csv" 2 0 sliding $size 0
	run -c co2 -w $size "$data/co2_weekly.csv"
	same_numbers "sliding windows of $size, with missing values"
done
reference "$data/co2_weekly.csv" 2 0 tumbling 52 52
run -c co2 -w tumbling:52 "$data/co2_weekly.csv"
same_numbers 'tumbling windows'
reference "$data/co2_weekly.csv" 2 0 hopping 52 13
run -c co2 -w hopping:52/13 "$data/co2_weekly.csv"
same_numbers 'hopping windows that overlap'
reference "$data/co2_weekly.csv" 2 0 hopping 10 17
run -c co2 -w hopping:10/17 "$data/co2_weekly.csv"
same_numbers 'hopping windows with values between them'
head -n 301 "$data/co2_weekly.csv" >"$tmp/short.csv"
reference "$tmp/short.csv" 2 0 landmark 0 0
run -c co2 -w landmark "$tmp/short.csv"
same_numbers 'a landmark window'
reference "$data/weather_seattle_nyc.csv" 4 1 sliding 30 0
run -c temp_max -k location -w 30 "$data/weather_seattle_nyc.csv"
same_numbers 'sliding windows by key'
reference "$data/weather_seattle_nyc.csv" 6 1 tumbling 7 7
run -c wind -k location -w tumbling:7 "$data/weather_seattle_nyc.csv"
same_numbers 'tumbling windows by key'
reference "$data/flights.csv" 2 4 sliding 10 0
run -c delay -k origin -w 10 "$data/flights.csv"
same_numbers 'sliding windows by many keys'
reference "$data/flights.csv" 2 4 hopping 6 2
run -c delay -k origin -w hopping:6/2 "$data/flights.csv"
same_numbers 'hopping windows by many keys'

# Of many keys, the last row of each, in order of first appearance.
reference "$data/flights.csv" 2 4 sliding 10 0
awk -F, 'NR == 1 { print; next }
	!($2 in last) { order[++n] = $2 }
	{ last[$2] = $0 }
	END { for (i = 1; i <= n; i++) print last[order[i]] }' \
	"$tmp/ref" >"$tmp/ref.final"
mv "$tmp/ref.final" "$tmp/ref"
run -c delay -k origin -w 10 --final "$data/flights.csv"
same_numbers '--final: the last state of each key'

reference "$data/co2_weekly.csv" 2 0 sliding 52 0
awk 'NR == 1 || (NR - 1) % 104 == 0' "$tmp/ref" >"$tmp/ref.every"
mv "$tmp/ref.every" "$tmp/ref"
run -c co2 -w 52 --every 104 "$data/co2_weekly.csv"
same_numbers '--every: a row every so many input rows'

# Exponential weights, from the definition.
awk -F, 'NR == 1 { print "row,co2_mean"; next }
	{ for (i = 1; i <= n; i++) w[i] *= 0.75 }
	{ n++; w[n] = 1; x[n] = $2
	s = t = 0
	for (i = 1; i <= n; i++)
		if (x[i] != "") { s += w[i] * x[i]; t += w[i] }
	if (t > 0) printf "%d,%.17g\n", NR - 1, s / t
	else printf "%d,\n", NR - 1 }' "$tmp/short.csv" >"$tmp/ref"
run -c co2 -w decay:alpha=0.25 -s mean "$tmp/short.csv"
same_numbers 'decay: weights that are normalised'
input 'x\n1\n2\n4\n'
run -w decay:alpha=0.5,recursive -s mean
expect 'decay,recursive' 0 'row,x_mean\n1,1\n2,1.5\n3,2.75\n' ''
run -w decay:span=3,recursive -s mean
expect 'decay by span: alpha = 2 / (span + 1)' 0 \
	'row,x_mean\n1,1\n2,1.5\n3,2.75\n' ''
run -w decay:halflife=1,recursive -s mean
expect 'decay by half-life' 0 'row,x_mean\n1,1\n2,1.5\n3,2.75\n' ''
input 'v\n20\n""\n""\n""\n""\n""\n""\n""\n22\n'
run -w decay:alpha=0.99 -s variance --final
expect 'decay: of two values the variance does not depend on weights' 0 \
	'row,v_variance\n9,2\n' ''
input 'x\n1\n2\n4\n'
run -w decay:alpha=0.5
true_that 'decay leaves out the default statistics it does not have' \
	test "$status" = 0

# Pairs, from the definition.
awk -F, 'NR == 1 {
		print "row,temp_max_mean,temp_min_mean," \
			"temp_max_temp_min_covariance," \
			"temp_max_temp_min_correlation," \
			"temp_max_temp_min_slope,temp_max_temp_min_intercept"
		next
	}
	{
		x[NR] = $4; y[NR] = $5
		from = NR - 29 < 2 ? 2 : NR - 29
		n = NR - from + 1; mx = my = sxx = sxy = syy = 0
		for (i = from; i <= NR; i++) { mx += x[i] / n; my += y[i] / n }
		for (i = from; i <= NR; i++) {
			sxx += (x[i] - mx) ^ 2; syy += (y[i] - my) ^ 2
			sxy += (x[i] - mx) * (y[i] - my)
		}
		printf "%d,%.17g,%.17g,", NR - 1, mx, my
		if (n < 2) { print ",,,"; next }
		b = sxy / sxx
		printf "%.17g,%.17g,%.17g,%.17g\n", sxy / (n - 1),
			sxy / sqrt(sxx * syy), b, my - b * mx
	}' "$data/weather_seattle_nyc.csv" >"$tmp/ref"
run -c temp_max,temp_min -w 30 -s mean,cov,corr,slope,intercept \
	"$data/weather_seattle_nyc.csv"
same_numbers 'statistics of pairs beside those of the columns'
run -c temp_max,temp_min -w 30 -s mean,corr -w tumbling:30 --every 1000 \
	"$data/weather_seattle_nyc.csv"
true_that 'pairs in tumbling windows' test "$(wc -l <"$tmp/out")" -eq 3

# ---- Pieces, locale ----

for bytes in 1 7 4096; do
	dd if="$data/flights.csv" bs=$bytes 2>/dev/null |
		"$prog" -c delay -k origin -w 10 >"$tmp/out"
	"$prog" -c delay -k origin -w 10 "$data/flights.csv" >"$tmp/whole"
	true_that "a pipe with pieces of $bytes bytes gives the same rows" \
		cmp -s "$tmp/out" "$tmp/whole"
done
"$prog" -c delay -k origin -w 10 - <"$data/flights.csv" >"$tmp/out"
true_that 'a file named - is standard input' cmp -s "$tmp/out" "$tmp/whole"
LC_ALL=de_DE.UTF-8 "$prog" -c delay -k origin -w 10 "$data/flights.csv" \
	>"$tmp/out"
true_that 'the locale does not matter' cmp -s "$tmp/out" "$tmp/whole"

# ---- Forms of CSV ----

wanted='row,a_sum,b_sum\n1,1,2\n2,4,6\n'
input 'a,b\n1,2\n3,4\n'
run -s sum
expect 'LF' 0 "$wanted" ''
input 'a,b\r\n1,2\r\n3,4\r\n'
run -s sum
expect 'CRLF' 0 "$wanted" ''
input '\357\273\277a,b\n1,2\n3,4\n'
run -c a,b -s sum
expect 'a byte order mark' 0 "$wanted" ''
input 'a,b\n1,2\n3,4'
run -s sum
expect 'a last line without its end' 0 "$wanted" ''
input '"a","b"\n"1","2"\n"3","4"\n'
run -s sum
expect 'quoted fields' 0 "$wanted" ''
input 'a,t,b\n1,"x,\n""y""",2\n3,"\r\n",4\n'
run -c a,b -s sum
expect 'quoted delimiters, quotes and line ends' 0 "$wanted" ''
input '\n\na,b\n\n1,2\n\r\n3,4\n\n\n'
run -s sum
expect 'lines with nothing on them are skipped' 0 "$wanted" ''
input 'a , b\n 1 ,\t2\n3, 4 \n'
run -c '#1,#2' -s sum
expect 'blanks around numbers' 0 'row,a _sum, b_sum\n1,1,2\n2,4,6\n' ''
input 'x\n1\n""\n3\n'
run -s count,missing,sum
expect 'one column' 0 \
	'row,x_count,x_missing,x_sum\n1,1,0,1\n2,1,1,1\n3,2,1,4\n' ''
input 'a,b\n'
run -c b -s sum
expect 'a header only' 0 'row,b_sum\n' \
	'csv_replay: standard input: a header and no rows; if the first line is data, --no-header says so\n'
run
expect 'a header only, no columns named' 0 'row\n' \
	'csv_replay: standard input: a header and no rows; if the first line is data, --no-header says so\n'
input ''
run
expect_error 'an empty input' 'standard input: the input is empty'
input '\357\273\277\n\n'
run
expect_error 'an input of blank lines' 'the input is empty'
awk 'BEGIN { printf "a,b\n"
	for (i = 0; i < 100000; i++) printf "0123456789"
	print ",1\nx,2" }' >"$tmp/in"
run -c b -s sum
expect 'a field of a million bytes' 0 'row,b_sum\n1,1\n2,3\n' ''
awk 'BEGIN { n = 100000
	for (i = 1; i < n; i++) printf "c%d,", i
	print "c" n
	for (r = 0; r < 2; r++) {
		for (i = 1; i < n; i++) printf "%d,", i
		print n } }' >"$tmp/in"
run -c c100000,c1 -s sum
expect '100,000 columns, two of them used' 0 \
	'row,c100000_sum,c1_sum\n1,100000,1\n2,200000,2\n' ''
run -s sum -w 2 --final
true_that '100,000 columns, all of them used' \
	test "$(awk -F, 'NR == 2 { print NF, $1, $100001 }' "$tmp/out")" = \
	'100001 2 200000'
awk 'BEGIN { print "a,b,\"c\""
	for (i = 0; i < 1200000; i++) printf "0123456789abcdef"
	print ",,\n1,2,3" }' >"$tmp/in"
run -c a -s sum
expect_error 'a record without end' 'standard input:2: record too long'
run -c a -s sum --skip-bad
expect 'a record without end, skipped' 0 'row,a_sum\n2,1\n' \
	'csv_replay: standard input: 1 bad record skipped, the first at line 2: 1 record too long\n'

# ---- Malformed records ----

# bad NAME INPUT MESSAGE KIND: one bad record among good ones, columns a, b.
bad() {
	input "$2"
	run -c a,b -s sum "$tmp/in"
	expect "$1, strict" 1 'row,a_sum,b_sum\n1,1,2\n' \
		"csv_replay: $tmp/in:$3\\n"
	run -c a,b -s sum --skip-bad "$tmp/in"
	expect "$1, skipped" 0 'row,a_sum,b_sum\n1,1,2\n3,6,8\n' \
		"csv_replay: $tmp/in: 1 bad record skipped, the first at line ${3%%:*}: 1 $4\\n"
}

bad 'not a number' 'a,b\n1,2\n3,abc\n5,6\n' \
	'3: column b: "abc" is not a number' 'not a number'
bad 'a hexadecimal number' 'a,b\n1,2\n0x10,4\n5,6\n' \
	'3: column a: "0x10" is not a number' 'not a number'
bad 'a decimal comma' 'a,b\n1,2\n"3,5",4\n5,6\n' \
	'3: column a: "3,5" is not a number' 'not a number'
bad 'too few fields' 'a,b\n1,2\n3\n5,6\n' \
	'3: 1 field where 2 are expected' 'wrong number of fields'
bad 'too many fields' 'a,b\n1,2\n3,4,\n5,6\n' \
	'3: 3 fields where 2 are expected; the line ends with a delimiter, the header does not' \
	'wrong number of fields'
bad 'a stray quote' 'a,b\n1,2\n3,4"\n5,6\n' \
	'3: column b: quote inside an unquoted field' \
	'quote inside an unquoted field'
bad 'text after a closing quote' 'a,b\n1,2\n"3"x,4\n5,6\n' \
	'3: column a: text after a closing quote' 'text after a closing quote'
bad 'a NUL byte' 'a,b\n1,2\n3\0,4\n5,6\n' \
	'3: column a: NUL byte' 'NUL byte'
bad 'a message names the line, not the record' \
	'a,b\n1,"2"\n\n\n"x\n\ny",4\n5,6\n' \
	'5: column a: "x??y" is not a number' 'not a number'
input 'a,b\n1,2\n3,"4\n5,6\n'
run -s sum
expect 'a quote that never closes, strict' 1 'row,a_sum,b_sum\n1,1,2\n' \
	'csv_replay: standard input:3: column b: quoted field without its closing quote; it begins at line 3, column 3\n'
run -s sum --skip-bad
expect 'a quote that never closes, skipped' 0 \
	'row,a_sum,b_sum\n1,1,2\n3,6,8\n' \
	'csv_replay: standard input: 1 bad record skipped, the first at line 3: 1 quoted field without its closing quote; the first quote that is not closed is at line 3, column 3\n'
input 'a,b\n1,x\n2,y\n3\n4,5\n'
run -c a,b -s sum --skip-bad
expect 'a report of several kinds' 0 'row,a_sum,b_sum\n4,4,5\n' \
	'csv_replay: standard input: 3 bad records skipped, the first at line 2: 1 wrong number of fields, 2 not a number\n'
input 'a,b"c\n1,2\n'
run --skip-bad
expect_error 'a malformed header is an error always' \
	'standard input:1: header: quote inside an unquoted field'
input 'x\n1\n\033[31mred\n'
run -s sum
expect 'control characters are not sent to the terminal' 1 \
	'row,x_sum\n1,1\n' \
	'csv_replay: standard input:3: column x: "?[31mred" is not a number\n'
input 'x\nabc\n'
run
expect_error 'no numeric column' 'no numeric column in the first 1 record'

# ---- Columns ----

input 'n,t,m,e,d\n1,x,,,2001-01-01\n2,y,5,,2001-01-02\n'
run -s sum
expect 'default columns: those that are numbers' 0 \
	'row,n_sum,m_sum\n1,1,\n2,3,5\n' \
	'csv_replay: standard input: left out, since not numeric: t ("x"), e (no value), d ("2001-01-01")\n'
run -s sum -k m
expect 'the key is no value column' 0 \
	'row,m,n_sum\n1,,1\n2,5,2\n' \
	'csv_replay: standard input: left out, since not numeric: t ("x"), e (no value), d ("2001-01-01")\n'
run -s sum --show n,t
expect 'nor is one that is shown' 0 \
	'row,n,t,m_sum\n1,1,x,\n2,2,y,5\n' \
	'csv_replay: standard input: left out, since not numeric: e (no value), d ("2001-01-01")\n'
run -s sum -c m -c '#1'
expect 'columns by number, -c twice, in the order given' 0 \
	'row,m_sum,n_sum\n1,,1\n2,5,3\n' ''
awk 'BEGIN { print "a,b"; for (i = 1; i <= 150; i++)
	print i "," (i > 100 ? "x" : "") }' >"$tmp/in"
run -s last --final
expect 'empty in the first 100 records: not numeric' 0 \
	'row,a_last\n150,150\n' \
	'csv_replay: standard input: left out, since not numeric: b (no value)\n'
run -c nope
expect_error 'a column that is not there' \
	'column nope: no such column; there are: a, b'
run -c '#3'
expect_error 'a column number that is too large' 'column #3: no such column'
run -k nope
expect_error 'a key column that is not there' 'column nope'
run -c a,a
expect_error 'a column given twice' 'column a: given twice'
input '1,2\n3,4\n'
run --no-header -s sum
expect '--no-header' 0 'row,#1_sum,#2_sum\n1,1,2\n2,4,6\n' ''
run --no-header -s sum -c '#2' -k '#1'
expect '--no-header with key and column' 0 \
	'row,#1,#2_sum\n1,1,2\n2,3,4\n' ''
input 'a,a,,b\n1,2,3,4\n'
run -s sum
expect 'columns with no name or the same name get a number' 0 \
	'row,#1_sum,#2_sum,#3_sum,b_sum\n1,1,2,3,4\n' \
	'csv_replay: standard input: 2 columns are called "a", the first is #1: use their numbers\n'
run -c a
expect_error 'a name that is not unique' '2 columns have this name'
input '"a,b",c\n1,2\n'
run -s sum -c '"a,b"'
expect 'a name with a comma' 0 'row,"a,b_sum"\n1,1\n' ''
input 'a;b\n"1;5";2\n'
run --delimiter ';' -c b -s sum
expect '--delimiter' 0 'row,b_sum\n1,2\n' ''
input 'a\tb\n1\t2\n'
run --delimiter=tab -s sum
expect '--delimiter tab' 0 'row,a_sum,b_sum\n1,1,2\n' ''

# ---- Values ----

input 'x\n1\nNA\nNaN\nnull\n""\nnan\n2\n'
run -s count,missing --final
expect 'missing values' 0 'row,x_count,x_missing\n7,2,5\n' ''
input 'x\n1\n-999\n?\n2\n'
run -s count,missing,sum --final --na '-999,?'
expect '--na' 0 'row,x_count,x_missing,x_sum\n4,2,2,3\n' ''
input 'x,y\n1,1\n,2\n'
run --na-only 'NA' -c x -s sum
expect '--na-only without the empty text' 1 'row,x_sum\n1,1\n' \
	'csv_replay: standard input:3: column x: "" is not a number\n'
input 'x,y\n1,1\n,2\n3,3\n4,4\n'
run -c x -w 2 -s sum --missing propagate
expect '--missing propagate' 0 'row,x_sum\n1,1\n2,\n3,\n4,7\n' ''
run -c x -w 2 -s sum --missing skip --min-count 2
expect '--min-count' 0 'row,x_sum\n1,\n2,\n3,\n4,7\n' ''
input 'x\n1e400\n-inf\n1\n2\n'
run -w 2 -s sum,max
expect 'infinities come and go' 0 \
	'row,x_sum,x_max\n1,inf,inf\n2,,inf\n3,-inf,1\n4,3,2\n' ''
input 'x\n0.1\n0.2\n1e300\n5e-324\n'
run -w 1 -s last
expect 'numbers in their shortest form' 0 \
	'row,x_last\n1,0.1\n2,0.2\n3,1e300\n4,5e-324\n' ''

# ---- Output ----

input 'k,x,t\na,1,"u,v"\nb,inf,"q""q"\na,3,\n'
run -k k -c x -s mean,stddev --show t
expect 'csv quotes what must be quoted' 0 \
	'row,k,t,x_mean,x_stddev\n1,a,"u,v",1,\n2,b,"q""q",inf,\n3,a,,2,1.4142135623730951\n' ''
run -k k -c x -s mean,stddev --show t -o json
expect 'json' 0 '{"row":1,"k":"a","t":"u,v","x_mean":1,"x_stddev":null}\n{"row":2,"k":"b","t":"q\\"q","x_mean":"inf","x_stddev":null}\n{"row":3,"k":"a","t":"","x_mean":2,"x_stddev":1.4142135623730951}\n' ''
run -k k -c x -s mean,stddev --show t -o table
expect 'table' 0 ' row  k  t    x_mean  x_stddev\n----  -  ---  ------  --------\n   1  a  u,v       1         -\n   2  b  q"q     inf         -\n   3  a            2   1.41421\n' ''
run -k k -c x -o none
expect 'none' 0 '' ''
input 'k,x\n"\\\n\001\303\251\377",1\n'
run -k k -s sum -o json
expect 'json escapes, and replaces what is not UTF-8' 0 \
	'{"row":1,"k":"\\\\\\n\\u0001\303\251\\ufffd","x_sum":1}\n' ''
input 'k,x\na,1\nb,2\na,3\n'
run -k k --show x -c x -s sum --final
expect '--final with --show: the key and its last row' 0 \
	'row,k,x,x_sum\n3,a,3,4\n2,b,2,2\n' ''
run -c x -w tumbling:2 -s sum --every 1
expect '--every on tumbling windows: as far as they have come' 0 \
	'row,x_sum\n1,1\n2,3\n3,3\n' ''
run -c x -w tumbling:2 -s sum --final
expect '--final on a window that is not full' 0 'row,x_sum\n3,3\n' ''
run -c x -w tumbling:2 -s sum
expect 'a window that is not full is not printed' 0 'row,x_sum\n2,3\n' ''
awk 'BEGIN { print "x"; for (i = 1; i <= 200; i++) print i }' >"$tmp/in"
run -w 1 -s last -o table
true_that 'a table has one header and all rows' \
	test "$(wc -l <"$tmp/out")" -eq 202
input 'x\n1\n'
run -o table -w tumbling:2 -s sum
expect 'a table without rows has a header' 0 \
	' row  x_sum\n----  -----\n' ''

# ---- The picture ----

run -c co2 --show date -w 52 -s mean -o none --plot "$tmp/co2.svg" \
	"$data/co2_weekly.csv"
expect '--plot' 0 '' ''
plot_is_whole() {
	head -n 1 "$1" | grep -q '^<svg xmlns="http://www.w3.org/2000/svg"' &&
		tail -n 1 "$1" | grep -q '^</svg>$' &&
		! grep -E -q 'nan|inf[^o]|href|@import|url\([^#]' "$1"
}
true_that 'the picture is whole and asks for nothing from outside' \
	plot_is_whole "$tmp/co2.svg"
run -c delay -k origin -w tumbling:10 -o none --plot "$tmp/key.svg" \
	"$data/flights.csv"
true_that 'a panel for each of the first six keys' \
	test "$(grep -c '<clipPath' "$tmp/key.svg")" -eq 6
input 'x\n1e308\n-1e308\ninf\n\n5e-324\n""\n'
run -o none --plot "$tmp/odd.svg"
true_that 'odd values make a picture too' plot_is_whole "$tmp/odd.svg"
input 'k,x\n<&>,1\n'
run -k k -o none --plot "$tmp/name.svg"
input 'a<&>b\n1\n'
run -o none --plot "$tmp/name.svg"
true_that 'names are escaped in the picture' \
	grep -q 'a&lt;&amp;&gt;b' "$tmp/name.svg"
run --plot "$tmp/no/such/folder.svg" -o none
expect_error 'a picture that cannot be written' 'no/such/folder.svg: '

input 'x\n'
run -o none --plot "$tmp/none.svg"
true_that 'no rows make an empty picture' plot_is_whole "$tmp/none.svg"

# ---- Models ----

# learned FILE TARGET KEY RATE SIZE TERMS: row, key, target, prediction, mae,
# rmse and r2 of the last SIZE predictions (0: of all), by plain gradient
# steps. Fields by number; a term is FIELD:LAG.
learned() {
	awk -F, -v target="$2" -v key="$3" -v rate="$4" -v size="$5" \
		-v terms="$6" '
	function emit(k,    i, from, n, sum, e, a, s, v) {
		n = n_scored[k]
		from = size && n > size ? n - size + 1 : 1
		a = s = v = sum = 0
		for (i = from; i <= n; i++) {
			e = err[k, i]
			a += e < 0 ? -e : e
			s += e * e
			sum += y[k, i]
		}
		n -= from - 1
		if (n < 1) {
			print ",,"
			return
		}
		for (i = from; i < from + n; i++)
			v += (y[k, i] - sum / n) ^ 2
		printf "%.17g,%.17g,", a / n, sqrt(s / n)
		if (v > 0)
			printf "%.17g", 1 - s / v
		print ""
	}
	function learn(k, t, f,    j, step) {
		if (learned[k]++) {
			n_scored[k]++
			err[k, n_scored[k]] = f - t
			y[k, n_scored[k]] = t
		}
		step = rate * (f - t)
		for (j = 1; j <= n_terms; j++)
			w[k, j] -= step * x[j]
		w[k, 0] -= step
	}
	BEGIN {
		n_terms = split(terms, term, " ")
		for (i = 1; i <= n_terms; i++) {
			split(term[i], part, ":")
			col[i] = part[1]
			lag[i] = part[2]
		}
	}
	{ sub(/\r$/, "") }
	NR == 1 {
		print "row" (key ? "," $key : "") "," $target "," \
			$target "_prediction,mae,rmse,r2"
		next
	}
	{
		k = key ? $key : ""
		row = ++n_rows[k]
		for (i = 1; i <= NF; i++)
			all[k, row, i] = $i
		f = w[k, 0] + 0
		there = 1
		for (i = 1; i <= n_terms; i++) {
			x[i] = all[k, row - lag[i], col[i]]
			if (x[i] == "")
				there = 0
			f += w[k, i] * x[i]
		}
		guess = there && learned[k] ? sprintf("%.17g", f) : ""
		if (there && $target != "")
			learn(k, $target, f)
		printf "%d%s,%s,%s,", NR - 1, key ? "," k : "", $target, guess
		emit(k)
	}' "$1" >"$tmp/ref"
}

weather=$data/weather_seattle_nyc.csv
run --model 'temp_max ~ temp_min + lag(temp_max,1)' -k location --update sgd \
	--rate 0.001 -w 50 "$weather"
learned "$weather" 4 1 0.001 50 '5:0 4:1'
same_numbers 'a model for each key, errors of the last 50 predictions'
true_that 'the first row of each key lacks its lag' \
	grep -q ': 2 of 2922 rows not learned: 2 with a missing feature$' \
	"$tmp/err"
run --model 'co2 ~ lag(co2,1) + lag(co2,52)' --update=sgd --rate=1e-6 \
	"$data/co2_weekly.csv"
learned "$data/co2_weekly.csv" 2 0 1e-6 0 '2:1 2:52'
same_numbers 'lags over missing weeks, errors of all predictions'
run --model 'co2 ~ lag(co2,1) + lag(co2,52)' --update=sgd --rate=1e-6 \
	-o none "$data/co2_weekly.csv"
missing=$(awk -F, 'NR > 1 {
	n++
	y[n] = $2
	if (n <= 52 || y[n - 1] == "" || y[n - 52] == "")
		feature++
	else if ($2 == "")
		target++
} END { printf "%d of %d rows not learned: %d with a missing feature, " \
	"%d without a target", feature + target, n, feature, target
}' "$data/co2_weekly.csv")
true_that 'what could not be learned is counted' \
	grep -q ": $missing\$" "$tmp/err"
for bytes in 1 4096; do
	dd if="$weather" bs=$bytes 2>/dev/null |
		"$prog" --model 'temp_max ~ . + lag(wind,2)' -k location \
			>"$tmp/out" 2>/dev/null
	"$prog" --model 'temp_max ~ . + lag(wind,2)' -k location "$weather" \
		>"$tmp/whole" 2>/dev/null
	true_that "a model and a pipe with pieces of $bytes bytes" \
		cmp -s "$tmp/out" "$tmp/whole"
done

# By hand: w0 = w1 = 0; f = 0, r = -2; w0 = 1, w1 = 0.5 after x = 0.5, y = 2;
# then x = 2, y = 4: f = 2, r = -2, w0 = 2, w1 = 2.5; then x = 1, f = 4.5.
input 'x,y\n0.5,2\n2,4\n1,\n'
run --model 'y ~ x' --update sgd --rate 0.5
expect 'a target that is missing is predicted' 0 \
	'row,y,y_prediction,mae,rmse,r2\n1,2,,,,\n2,4,2,2,2,\n3,,4.5,2,2,\n' \
	'csv_replay: standard input: 1 of 3 rows not learned: 1 without a target\n'
run --model 'y ~ x' --update sgd --rate 0.5 --metrics bias,mse --final -o json
expect '--metrics, --final and json' 0 \
	'{"row":3,"y":null,"y_prediction":4.5,"bias":-2,"mse":4}\n' \
	'csv_replay: standard input: 1 of 3 rows not learned: 1 without a target\n'
run --model 'y ~ x' --update sgd --rate 0.5 --coefficients
expect '--coefficients' 0 \
	'term,coefficient\n(intercept),2\nx,2.5\n' \
	'csv_replay: standard input: 1 of 3 rows not learned: 1 without a target\n'
# Without an intercept w1 = 0.5 after the first row, then f = 1, r = -3.
input 'x,y\n0.5,2\n2,4\n'
run --model 'y ~ x - 1' --update sgd --rate 0.5 --coefficients -o json
expect 'no intercept' 0 '{"term":"x","coefficient":3.5}\n' ''
input 'x,y\n0.5,2\n,9\n2,4\ninf,1\n1,inf\n1,\n'
run --model 'y ~ x' --update sgd --rate 0.5 --metrics mae
expect 'a missing or infinite feature, an infinite target' 0 \
	'row,y,y_prediction,mae\n1,2,,\n2,9,,\n3,4,2,2\n4,1,,2\n5,inf,4.5,2\n6,,4.5,2\n' \
	'csv_replay: standard input: 4 of 6 rows not learned: 1 with a missing feature, 1 without a target, 2 not finite\n'
input 'k,x,y,s\na,0.5,2,p\nb,1,1,q\na,2,4,r\nb,2,1,"s,t"\n'
run --model 'y ~ x' --update sgd --rate 0.5 -k k --show s --metrics mae
expect 'key and shown columns' 0 \
	'row,k,s,y,y_prediction,mae\n1,a,p,2,,\n2,b,q,1,,\n3,a,r,4,2,2\n4,b,"s,t",1,1.5,0.5\n' ''
run --model 'y ~ x' --update sgd --rate 0.5 -k k --show s --metrics mae --final
expect 'key and shown columns, --final' 0 \
	'row,k,s,y,y_prediction,mae\n3,a,r,4,2,2\n4,b,"s,t",1,1.5,0.5\n' ''
run --model 'y ~ x' --update sgd --rate 0.5 -k k --metrics mae --every 3
expect 'a model and --every' 0 'row,k,y,y_prediction,mae\n3,a,4,2,2\n' ''
run --model 'y ~ x' --update sgd --rate 0.5 -k k --coefficients -o table
expect 'coefficients of each key' 0 \
	'k  term         coefficient\n-  -----------  -----------\na  (intercept)         2.00\na  x                   2.50\nb  (intercept)         0.25\nb  x                   0.00\n' ''
run --model 'y ~ x' -o none
expect 'a model and no rows' 0 '' ''

# y = 3 a - 2 "b c" + 1 exactly: least squares finds it.
awk 'BEGIN { print "a,\"b c\",t,y"
	for (i = 0; i < 60; i++) {
		a = (i * 7) % 11; b = (i * 5) % 13
		print a "," b ",x," 3 * a - 2 * b + 1 } }' >"$tmp/in"
near_plane() {
	awk -F, 'NR == 1 { next }
	{ n++; want = $1 == "a" ? 3 : $1 == "b c" ? -2 : 1
	  if ($2 - want > 1e-6 || want - $2 > 1e-6) bad = 1 }
	END { exit bad || n != 3 }' "$tmp/out"
}
run --model 'y ~ .' --update rls --coefficients
true_that 'the dot is the numeric columns, and their plane is found' near_plane
# shellcheck disable=SC2016
run --model 'y ~ a + `b c`' --update rls --coefficients
true_that 'the same columns by name' near_plane
run --model 'y ~ #1 + #2' --update rls --coefficients
true_that 'the same columns by number' near_plane
run --model 'y ~ . - a - "b c"'
expect_error 'nothing is left of the dot' 'no column is left to predict from'
input 'y,x\n'
run --model 'y ~ .'
expect 'a model and a header only' 0 'row,y,y_prediction,mae,rmse,r2\n' \
	'csv_replay: standard input: a header and no rows; if the first line is data, --no-header says so\n'
input '1,0.5\n2,1\n'
run --no-header --model '#1 ~ #2' --update sgd --rate 0.5 --metrics mae
expect 'a model of columns without names' 0 \
	'row,#1,#1_prediction,mae\n1,1,,\n2,2,0.75,1.25\n' ''

# The names of the metrics of each loss.
input 'x,y\n1,1\n2,0\n'
for loss in squared:mae,rmse,r2 huber:mae,rmse,r2 epsilon:mae,rmse,r2 \
	quantile:coverage,mae logistic:log_loss,accuracy hinge:accuracy \
	poisson:mae,bias; do
	run --model 'y ~ x' --loss "${loss%%:*}"
	true_that "the metrics of --loss ${loss%%:*}" \
		test "$(head -n 1 "$tmp/out")" = "row,y,y_prediction,${loss#*:}"
done
for update in adaptive sgd adagrad nlms ftrl rls cocob; do
	run --model 'y ~ x' --update $update -o none
	expect "--update $update" 0 '' ''
done
for update in pa1 pa2; do
	run --model 'y ~ x' --update $update --loss epsilon:0.2 -o none
	expect "--update $update" 0 '' ''
done
run --model 'y ~ x' --update sgd --rate 0.1 --power 0.5 --average --l1 0.01 \
	--l2 0.01 --clip 1 -o none
expect 'the options of sgd' 0 '' ''
run --model 'y ~ x' --update rls --forgetting 0.99 --l2 1 -o none
expect 'the options of rls' 0 '' ''
run --model 'y ~ x' --loss logistic --metrics auc,accuracy -w 100 -o none
expect 'auc over a window' 0 '' ''

# Targets that a loss cannot have.
input 'x,y\n1,1\n2,0.5\n3,0\n'
run --model 'y ~ x' --loss hinge -o none
expect 'a target between 0 and 1 and the hinge' 1 '' \
	'csv_replay: standard input:3: column y: "0.5" is not 0 or 1, as --loss hinge needs\n'
run --model 'y ~ lag(x,1)' --loss hinge -o none --skip-bad
expect 'it is a bad record, and no row to a lag' 0 '' \
	'csv_replay: standard input: 1 bad record skipped, the first at line 3: 1 out of range for the loss\ncsv_replay: standard input: 1 of 2 rows not learned: 1 with a missing feature\n'
input 'x,y\n1,2\n'
run --model 'y ~ x' --loss logistic -o none
expect_error 'a target above 1 and the logistic loss' \
	':2: column y: "2" is not from 0 to 1, as --loss logistic needs'
input 'x,y\n1,-1\n'
run --model 'y ~ x' --loss poisson -o none
expect_error 'a negative count' \
	':2: column y: "-1" is not 0 or more, as --loss poisson needs'
input 'x,y\na,1\n'
run --model 'y ~ x' -o none
expect_error 'a feature that is text' ':2: column x: "a" is not a number'

# The picture.
run --model 'co2 ~ lag(co2,1)' --show date -o none --plot "$tmp/model.svg" \
	"$data/co2_weekly.csv"
true_that 'the picture of a model is whole' plot_is_whole "$tmp/model.svg"
true_that 'it shows the formula' \
	grep -q '>co2 ~ lag(co2,1)</text>' "$tmp/model.svg"
true_that 'it shows predictions, and no mean' \
	test "$(grep -c -e '>prediction</text>' "$tmp/model.svg") $(grep -c \
		-e '>mean' "$tmp/model.svg")" = '1 0'

# Formulas that are not.
formula() {
	run --model "$2" "$data/co2_weekly.csv"
	expect_error "$1" "$3"
}

formula 'a formula without a tilde' 'co2' \
	'--model: formula: "co2": at the end: ~ expected'
formula 'nothing on the right side' 'co2 ~' \
	'formula: "co2 ~": at the end: the right side is empty'
formula 'text after a formula' 'co2 ~ date date' \
	'formula: "co2 ~ date date": at "date": + or - expected'
formula 'an unknown function' 'co2 ~ log(date)' \
	'at "log(date)": no function "log"'
formula 'a wave without a period' 'co2 ~ sin(date)' \
	'at ")": sin and cos need a column of times and a period'
formula 'a lag that is not whole' 'co2 ~ lag(co2,0.5)' \
	'at "0.5)": lag takes a whole number'
formula 'an unknown column' 'co2 ~ foo' \
	'formula: "co2 ~ foo": no column "foo"; there are: date, co2'
formula 'the target on both sides' 'co2 ~ date + co2' \
	'formula: "co2 ~ date + co2": "co2" is on both sides'
formula 'a term given twice' 'co2 ~ date + #1' 'the term date is given twice'

# ---- Options ----

usage() {
	name=$1
	text=$2
	shift 2
	run "$@" "$data/co2_weekly.csv"
	expect_error "$name" "$text"
}

usage 'an unknown option' 'csv_replay: --colour: unknown option' --colour
usage 'an unknown letter' '-x: unknown option' -x
usage 'an option that takes no argument' '--final: takes no argument' \
	--final=1
usage 'a bad window' '-w: "foo" is not a window; allowed: 100' -w foo
usage 'a kind with a letter too few' 'did you mean tumbling?' -w tumblng:5
run -w decay:halflife=2,recursive --min-count 3 -c co2 "$data/co2_weekly.csv"
cp "$tmp/out" "$tmp/ref"
run -w 'decay:halflife=2,recursive min_count:3' -c co2 "$data/co2_weekly.csv"
true_that 'words of options stand beside those of the window' \
	cmp "$tmp/out" "$tmp/ref"
usage 'two windows' '"5,6" is not a window; allowed: 100' -w '5 6'
usage 'options without a window' '"" is not a window' -w 'min_count:2'
usage 'a bad option in a window' '-w: min_count: "x" is not a whole number' \
	-w '5 min_count:x'
usage 'an option without its value' '-w: min_count: needs a value: N' \
	-w '5 min_count'
usage 'a time among rows' '--delay: only for windows by time' -w '5 delay:5s'
usage 'an argument of a statistic without' '"3": a statistic without' -s mean/3
usage 'a window of nothing' '-w: size' -w 0
usage 'a hop of nothing' '-w: hop: not from 1' -w hopping:10/0
usage 'a weight out of range' '-w: alpha: must be above 0' -w decay:alpha=2
usage 'a bad statistic' '-s: "foo" is not a statistic' -s mean,foo
usage 'a statistic twice' '-s: stddev is given twice' -s std,stddev
usage 'a statistic that decay does not have' \
	'-s: min: not supported by this kind of window' \
	-w decay:alpha=0.1 -s mean,min
usage 'pairs without two columns' \
	'-s: correlation needs exactly two columns' -s corr -c co2
usage 'a bad format' '-o: "xml" is not csv, json, table or none' -o xml
usage 'a bad --every' '--every: "0" is not a whole number' --every 0
usage '--every with --final' '--every: not together with --final' \
	--every 5 --final
usage 'a bad delimiter' '--delimiter: "::" is not one byte' --delimiter ::
usage 'a bad --missing' '--missing: "drop" is not skip or propagate' \
	--missing drop
usage 'a bad --min-count' '--min-count: "-1" is not' --min-count -1
usage 'a --min-count that no window reaches' '--min-count: larger' \
	--min-count 11 -w 10
usage 'two files' ': only one FILE' "$data/flights.csv"
# With a model, and only with one.
with_model() {
	name=$1
	text=$2
	shift 2
	usage "$name" "$text" --model 'co2 ~ date' "$@"
}
for option in --loss=huber --update=sgd --rate=1 --power=1 --forgetting=1 \
	--l1=1 --l2=1 --clip=1 --average --metrics=mae --coefficients; do
	usage "$option without a model" \
		"csv_replay: ${option%%=*}: only together with --model" $option
done
with_model '-s with a model' '-s: not together with --model' -s mean
with_model '-c with a model' '-c: not together with --model' -c co2
with_model '--min-count with a model' '--min-count: not together' \
	--min-count 2
with_model '--missing with a model' '--missing: not together' \
	--missing propagate
with_model 'a tumbling window with a model' '-w: with --model only a number' \
	-w tumbling:10
with_model 'a window of no predictions' '-w: size' -w 0
with_model 'coefficients and the last rows' '--coefficients: not together' \
	--coefficients --final
with_model 'coefficients and some rows' '--coefficients: not together' \
	--coefficients --every 2
with_model 'coefficients and shown columns' '--coefficients: not together' \
	--coefficients --show date
with_model 'an unknown loss' '--loss: "mse" is none of squared, huber' \
	--loss mse
with_model 'an argument that a loss does not have' \
	'--loss: "1" is too much; this word takes no value' --loss squared:1
with_model 'a bad argument of a loss' '--loss: "x" is not a number' \
	--loss huber:x
with_model 'an argument out of range' '--loss: out of range for this loss' \
	--loss quantile:1.5
with_model 'an unknown update' '--update: "adam" is none of adaptive, sgd' \
	--update adam
with_model 'a loss with a letter too few' 'did you mean huber?' --loss hubr:1
with_model 'a loss and more' '--loss: "huber rate:1" is not one word' \
	--loss 'huber rate:1'
with_model 'an argument of 0' '--loss: "0" is not a number greater' \
	--loss quantile:0
with_model 'a loss that an update cannot learn' \
	'--update: rls cannot learn --loss hinge' --update rls --loss hinge
with_model 'a rate where there is none' '--rate: not used by this update (--update adaptive)' \
	--rate 0.1
with_model 'a rate that is no number' '--rate: "fast" is not a number' \
	--rate fast --update sgd
with_model 'a rate of 0' '--rate: "0" is not a number greater' --rate 0
with_model 'a rate out of range' '--rate: must be less than 2 with NLMS' --update nlms \
	--rate 2
with_model 'a power out of range' '--power: not from 0 to 1' --update sgd \
	--power 2
with_model 'forgetting out of range' '--forgetting: must be above 0 and at most 1' \
	--update rls --forgetting 1.5
with_model 'a negative penalty' '--l1: "-1" is not a number from 0' \
	--update sgd --l1 -1
with_model 'a penalty that rls does not have' '--l1: not with this update' \
	--update rls --l1 1
with_model 'a clip where there is none' '--clip: not with this update' \
	--clip 1
with_model 'an average where there is none' '--average: only for SGD' \
	--average
with_model 'an unknown metric' '--metrics: "foo" is not a metric' \
	--metrics mae,foo
with_model 'a metric twice' '--metrics: mae is given twice' --metrics mae,mae
with_model 'no metric' '--metrics: "" is not a metric' --metrics ''
with_model 'auc without a window' '--metrics: auc needs a window: -w N' \
	--metrics auc
with_model 'log loss of no probabilities' '--metrics: log_loss needs' \
	--metrics log_loss
usage 'no intercept where there is always one' \
	'--update adaptive always has an intercept' --model 'co2 ~ date - 1'
awk 'BEGIN { for (i = 0; i < 66; i++) printf "c%d,", i; print "y" }' \
	>"$tmp/in"
run --model 'y ~ .' --update rls
expect 'a header only plans no model' 0 \
	'row,y,y_prediction,mae,rmse,r2\n' \
	'csv_replay: standard input: a header and no rows; if the first line is data, --no-header says so\n'
awk 'BEGIN { for (i = 0; i < 66; i++) printf "1,"; print "2" }' >>"$tmp/in"
run --model 'y ~ .' --update rls
expect_error 'more terms than rls can take' 'standard input: --model: '
run --model 'y ~ .' -o none
expect 'more terms than that for others' 0 '' ''
run "$tmp/no-such-file.csv"
expect_error 'a file that is not there' 'no-such-file.csv: '
run "$tmp"
expect_error 'a folder' "$tmp: "
run --plot
expect_error 'a missing argument at the end' \
	'--plot: needs an argument: FILE.svg'
run --help
true_that '--help' test "$status" = 0
for word in column key window stats output final every strict skip-bad \
	no-header delimiter na plot progress show min-count missing model \
	loss update rate power forgetting l1 l2 clip average metrics \
	coefficients; do
	grep -q -e "--$word" "$tmp/out" || not_ok "--help tells --$word"
done
true_that '--help keeps to 80 columns' \
	test "$(awk 'length > 80' "$tmp/out" | wc -l)" -eq 0
run --version
true_that '--version' grep -E -q \
	'^csv_replay \(leat\) [0-9]+\.[0-9]+\.[0-9]+$' "$tmp/out"
input 'a,b\n1,2\n'
run -ofinal 2>/dev/null
expect_error 'an argument in the same word' '-o: "final" is not'
run -ojson -ca -s sum --
expect 'letters with their arguments, and --' 0 '{"row":1,"a_sum":1}\n' ''
run --progress -s sum
true_that '--progress changes no result' \
	test "$(cat "$tmp/out")" = "$(printf 'row,a_sum,b_sum\n1,1,2')"
true_that '--progress tells rows on standard error' \
	grep -q 'rows/s' "$tmp/err"
run -s sum
true_that 'no progress where standard error is no terminal' \
	test ! -s "$tmp/err"

# ---- Output that fails ----

if [ -w /dev/full ]; then
	"$prog" -c co2 "$data/co2_weekly.csv" >/dev/full 2>"$tmp/err"
	status=$?
	expect_error 'a full disk' 'csv_replay: standard output: '
fi
{
	"$prog" -c delay -w 10 "$data/flights.csv" 2>"$tmp/err"
	echo $? >"$tmp/status"
} | sed 1q >"$tmp/out"
status=$(cat "$tmp/status")
: >"$tmp/out"
expect 'a closed pipe ends it without a word' 1 '' ''

# ---- Memory ----

# In bounded address space: a file much larger than it.
# shellcheck disable=SC3045
if (ulimit -v 40000) 2>/dev/null && ! grep -q -a -e __asan_ "$prog"; then
	(
		ulimit -v 40000
		awk 'BEGIN { print "x,t"; for (i = 0; i < 700000; i++)
			printf "%d,%060d\n", i, i }' |
			"$prog" -c x -w 10 -s count --final
	) >"$tmp/out" 2>"$tmp/err"
	status=$?
	expect 'constant memory' 0 'row,x_count\n700000,10\n' ''
fi

finish
