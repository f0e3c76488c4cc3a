#!/bin/sh
# csv_replay with inputs that are not what they should be, from end to end:
# cli_csv_replay_wrong.sh PROGRAM SOURCE_ROOT
#
# Stray quotes cost their line and are told with their place; what is no CSV
# is named, with the command that helps; what is left out is said.
#
# What is in single quotes is for eval, and rows is used there.
# shellcheck disable=SC2016,SC2034
set -u
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/cli.sh"

me='csv_replay: standard input'

# ---- Stray quotes ----

input 'a,b\n1,1\n2,1\n3,"5\n4,1\n5,1\n6,1\n'
run -c b -w landmark -s count --final --skip-bad
expect 'a stray quote takes its line' 0 'row,b_count\n6,5\n' \
	"$me: 1 bad record skipped, the first at line 4: 1 quoted field without its closing quote; the first quote that is not closed is at line 4, column 3\\n"
run -c b -w landmark -s count --final
expect 'a stray quote, strict' 1 'row,b_count\n' \
	"$me:4: column b: quoted field without its closing quote; it begins at line 4, column 3\\n"
input 'a,"b\n1,2\n3,4\n'
run
expect_error 'a stray quote in the header' \
	':1: header: quoted field without its closing quote; it begins at line 1, column 3'

# Two that make one record are a word worth.
awk 'BEGIN { print "t,k,x"; for (i = 1; i <= 200; i++)
	print i (i == 20 ? ",\"a,5" : i == 120 ? ",a\",5" : ",a,5") }' >"$tmp/in"
run -c x -w landmark -s count --final
expect 'what two stray quotes take is told' 0 'row,x_count\n100,100\n' \
	"$me: 1 record of more than 50 lines, the longest, of 101, at line 21: if quotes there are stray, --record-lines bounds them\\n"
# The limits of lines and of bytes, and a cell of many lines.
awk 'BEGIN { print "a,b"; print "1,\"5"
	for (i = 0; i < 30000; i++) print i ",7" }' >"$tmp/in"
run -c b -w landmark -s count --final --skip-bad
expect 'a stray quote before many rows' 0 'row,b_count\n30001,30000\n' \
	"$me: 1 bad record skipped, the first at line 2: 1 quoted field without its closing quote; the first quote that is not closed is at line 2, column 3\\n"
for bytes in 1 7 4096; do
	dd if="$tmp/in" bs=$bytes 2>/dev/null | "$prog" -c b -w landmark \
		-s count --final --skip-bad >"$tmp/out.cut" 2>"$tmp/err.cut"
	true_that "the same in pieces of $bytes bytes" \
		eval 'cmp -s "$tmp/out" "$tmp/out.cut" &&
			cmp -s "$tmp/err" "$tmp/err.cut"'
done
awk 'BEGIN { print "a,b"; printf "1,\""
	for (i = 0; i < 999; i++) print "line"
	print "\""; print "2,5" }' >"$tmp/in"
run -c a -w landmark -s sum --final
expect 'a cell of 1000 lines' 0 'row,a_sum\n2,3\n' \
	"$me: 1 record of more than 50 lines, the longest, of 1000, at line 2: if quotes there are stray, --record-lines bounds them\\n"
run -c a -w landmark -s sum --final --record-lines 999
expect_error '--record-lines' ':2: column b: quoted field without its closing'
run --record-lines 0
expect_error 'no lines at all' '--record-lines: "0" is not a whole number'

# Quotes at random places: all other rows count. The place is awk's.
for seed in 1 2 3 4 5 6 7 8; do
	awk -v seed=$seed -v place="$tmp/place" 'BEGIN { srand(seed)
		n = 400; bad = 2 + int(rand() * (n - 1)); print "a,b,c"
		for (i = 1; i <= n; i++) {
			line = i "," i % 7 ",\"t " i "\""
			if (i == bad) {
				at = int(rand() * (length(line) + 1))
				line = substr(line, 1, at) "\"" \
					substr(line, at + 1)
				print n - 1, i + 1 >place
			}
			print line
		} }' >"$tmp/in"
	run -c b -w landmark -s count --final --skip-bad
	read -r rows line <"$tmp/place"
	true_that "a quote at a random place, line $line" eval \
		'[ "$(sed 1d "$tmp/out" | cut -d, -f2)" = "$rows" ] &&
		grep -q "1 bad record skipped, the first at line $line:" \
			"$tmp/err"'
done

# ---- Years, months, numbers ----

input 'year,v\n2019,1\n2020,2\n2021,3\n'
run -t year -c v -w calendar:year -s sum
expect 'four digits are a year' 0 \
	'start,end,v_sum\n2019-01-01T00:00:00Z,2020-01-01T00:00:00Z,1\n2020-01-01T00:00:00Z,2021-01-01T00:00:00Z,2\n2021-01-01T00:00:00Z,2022-01-01T00:00:00Z,3\n' ''
input 'm,v\n202402,1\n'
run -t m -c v -w calendar:month -s sum
expect 'six digits are a month' 0 \
	'start,end,v_sum\n2024-02-01T00:00:00Z,2024-03-01T00:00:00Z,1\n' ''
input 'day,v\n19723,1\n'
run -t day -c v -w 1d -s sum
expect_error 'a number that would be seconds before 1990' \
	'column day: "19723" is not a time: as seconds since 1970 it would lie before 1990; --time-unit'

# ---- Columns that are left out ----

input 'v,w\nN/A,1\n2,2\n3,3\n'
run -w landmark -s sum
expect 'a first record without a value' 0 \
	'row,v_sum,w_sum\n1,,1\n2,2,3\n3,5,6\n' ''
for text in n/a '#N/A' NULL None - '\\N' NA null; do
	input "v,w\\n$text,1\\n2,2\\n"
	run -w landmark -s sum --final
	expect "$text is missing" 0 'row,v_sum,w_sum\n2,2,3\n' ''
done
for text in '50%%' '$5' '1.234,5x'; do
	input "v,w\\n\"$text\",1\\n\"$text\",2\\n"
	run -w landmark -s sum --final
	true_that "$text is said to be left out" \
		grep -F -q 'left out, since not numeric: v (' "$tmp/err"
done
input 'v,w\nodd,1\n2,2\n3,3\n'
run -s sum
expect_error 'one odd field among numbers' \
	':2: column v: "odd" is not a number'
input 'v,w\nodd,1\nother,2\n3,3\n'
run -w landmark -s sum --final
expect 'a number among text' 0 'row,w_sum\n3,6\n' \
	"$me: left out, since not numeric: v (\"odd\"; 1 of 3 are numbers)\\n"
input 'x\n1\n?\nNA\n2\n'
run -s count,missing --final --na '?'
expect '--na adds to what is known' 0 'row,x_count,x_missing\n4,2,2\n' ''
run -s count,missing --final --na-only '?'
expect_error '--na-only' 'column x: "NA" is not a number'

# ---- What is no CSV, or not this one ----

input 'a,b\n1,2,\n3,4,\n'
run -s sum
expect_error 'a delimiter at the end of lines' \
	':2: 3 fields where 2 are expected; the line ends with a delimiter'
run -s sum --skip-bad
expect_error 'the same, skipped' '2 of them are bad'
for delimiter in ';' '|' '\t'; do
	input "a${delimiter}b\\n1${delimiter}2\\n"
	run -s sum
	expect_error "another delimiter, $delimiter" 'the header is one field, '
	run -s sum -c a
	expect_error "another delimiter, $delimiter, a column named" \
		'--delimiter '
done
input 'a;b\n1,5;2,5\n'
run -s sum
expect_error 'another delimiter, and decimal commas' "--delimiter ';'?"
input '# made by x\na,b\n1,2\n'
run -s sum
expect_error 'a comment before the header' "begins with #: if that is a comment"
run -s sum -c a
expect_error 'the same, a column named' "grep -v '^#'"
input 'a,b\n1,2\n# mid\n3,4\n'
run -s sum -o none
expect_error 'a comment between rows' ':3: 1 field where 2 are expected; the line begins with #'
input 'time,temp\ns,degC\n1,20\n2,21\n'
run -s sum
units='no field of this line is a number: if it has the units, sed 2d'
expect_error 'a row of units' "is not a number; $units"
run -s sum -t time -w tumbling:10s
expect_error 'the same, a time first' "is not a time; $units"
printf 'v\n1\n' | gzip >"$tmp/in"
run
expect_error 'gzip' 'gzip (1F 8B), not text: zcat FILE'
printf '\376\377\0v\0\n\0001\0\n' >"$tmp/in"
run
expect_error 'UTF-16, the high byte first' 'UTF-16 (it begins with FE FF)'
printf '\377\376v\0\n\0001\0\n\0' >"$tmp/in"
run
expect_error 'UTF-16, the low byte first' 'iconv -f UTF-16 -t UTF-8'
dd if="$tmp/in" bs=1 2>/dev/null | "$prog" >"$tmp/out" 2>"$tmp/err"
status=1
expect_error 'UTF-16, byte by byte' 'iconv -f UTF-16 -t UTF-8'
: >"$tmp/in"
run
expect_error 'nothing at all' 'the input is empty'
input 'only,a,header\n'
run
expect 'a header and nothing else' 0 'row\n' \
	"$me: a header and no rows; if the first line is data, --no-header says so\\n"
run -w 2 "$tmp"
expect_error 'a folder' 'Is a directory'

# ---- Formulas ----

input 'k,=v,n\n"=1+1,2",1,-5\n+x,2,+7\n-x,3,@a\n@x,4,a-b\n-5,5,\n'
run -k k -c '#2' --show n -s sum -w 1 --spreadsheet
expect 'with --spreadsheet no text is a formula' 0 \
	"row,k,n,'=v_sum\n1,\"'=1+1,2\",-5,1\n2,'+x,+7,2\n3,'-x,'@a,3\n4,'@x,a-b,4\n5,-5,,5\n" ''
run -k k -c '#2' --show n -s sum -w 1
expect 'without it they are as they were' 0 \
	'row,k,n,=v_sum\n1,"=1+1,2",-5,1\n2,+x,+7,2\n3,-x,@a,3\n4,@x,a-b,4\n5,-5,,5\n' ''

# ---- Words that are nearly right ----

input 'temp,wind\n1,2\n'
run -c tmep
expect_error 'a column' 'no such column; did you mean temp? there are: temp, wind'
run --windw 3
expect_error 'an option' 'unknown option; did you mean --window?'
run -s maen
expect_error 'a statistic' '"maen" is not a statistic; did you mean mean?'

finish
