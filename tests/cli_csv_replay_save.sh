#!/bin/sh
# csv_replay that is stopped and goes on: cli_csv_replay_save.sh PROGRAM
# SOURCE_ROOT
#
# Whatever happens to a run, what it and those that resumed it have written is
# compared byte for byte with the output of one run that nothing has happened
# to. KILLS is how often it is killed at a random moment, 30 by default.
set -u
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/cli.sh"

flights=$data/flights.csv
weather=$data/weather_seattle_nyc.csv
co2=$data/co2_weekly.csv
state=$tmp/state
late=$tmp/late
kills=${KILLS:-30}

# Rows out of order, some too late, some without a time, some bad; keys that
# come and go; CRLF, line ends and quotes in fields, blank lines, a byte order
# mark.
mixed=$tmp/mixed.csv
awk 'BEGIN {
	printf "\357\273\277time,\"the\r\nkey\",x,\"y,\"\"2\"\"\",note\r\n"
	for (i = 0; i < 600; i++) {
		r = (r * 1103515245 + 12345) % 2147483648
		t = 1000000 + i * 60 - r % 7 * 100 - (r % 97 == 0) * 9000
		printf "%s,k%d,%s,%d.5,", i % 50 == 9 ? "" : t,
			i / 40 % 9 + r % 3, i % 31 == 7 ? "" : r % 1000,
			i * 7 % 11
		if (i % 10 == 0)
			printf "\"a \"\"b\"\"\n%d\"", i
		printf i % 199 == 100 ? ",extra\r\n" : "\r\n"
		if (i % 77 == 0)
			printf "\r\n"
	}
}' >"$mixed"

# What a run says that nothing has happened to. With LATE set, rows that are
# too late go to a file; with EVERY, what is said below is saved so often.
LATE=
EVERY=
whole() {
	rm -f "$late"
	"$prog" "$@" ${LATE:+--late "$late"} >"$tmp/whole" 2>"$tmp/whole.err"
	[ -z "$LATE" ] || mv "$late" "$tmp/whole.late"
}

anew() {
	rm -f "$state" "$state".*.tmp "$late"
	: >"$tmp/out"
}

# The one command line of a service that is started again when it dies.
serve() {
	"$prog" "$@" ${LATE:+--late "$late"} --save "$state" \
		${EVERY:+--save-every "$EVERY"} --resume "$state" \
		--truncate-output >>"$tmp/out" 2>"$tmp/err"
}

# same_as_whole NAME: what is said of the first rows is said once.
same_as_whole() {
	sed -e '/starting anew/d' -e '/left out, since/d' "$tmp/err" \
		>"$tmp/err.rest"
	sed -i '/left out, since/d' "$tmp/whole.err"
	if cmp -s "$tmp/out" "$tmp/whole" &&
		cmp -s "$tmp/err.rest" "$tmp/whole.err" && {
		[ -z "$LATE" ] || cmp -s "$late" "$tmp/whole.late"
	}; then
		ok "$1"
	else
		not_ok "$1" "$(diff "$tmp/whole" "$tmp/out" | head -n 5)" \
			"$(diff "$tmp/whole.err" "$tmp/err.rest")"
	fi
}

# ---- Every kind of state ----

# goes_on NAME INPUT ARGUMENTS...: the input comes through a pipe, to its
# first byte, then to its fifth, and so on. A record that is cut may be a bad
# one, but what was before it has been saved. At last it is there as a file.
goes_on() {
	name=$1
	input=$2
	shift 2
	whole "$@" "$input"
	size=$(wc -c <"$input")
	anew
	for n in 1 5 40 100 900 $((size / 3)) $((size / 2)) $((size / 2 + 1)) \
		$((size - 1)) "$size"; do
		head -c "$n" "$input" | serve "$@"
	done
	serve "$@" "$input"
	same_as_whole "$name"
}

goes_on 'sliding windows' "$co2" -c co2 -w 52
goes_on 'all rows' "$co2" -w landmark -s mean,variance,argmax
goes_on 'tumbling windows by key' "$flights" -k origin -w tumbling:6
goes_on 'hopping windows by key' "$flights" -k origin -w hopping:6/2 \
	-s first,last,skewness
goes_on 'windows with values between them' "$flights" -w hopping:10/17
goes_on 'decay by key' "$flights" -k origin -c delay -s mean,stddev \
	-w decay:halflife=9
goes_on 'decay, recursive' "$co2" -c co2 -w decay:span=9,recursive
goes_on 'one window for each of many keys' "$flights" -k origin -c delay -w 10
goes_on 'pairs and shown columns' "$flights" -k origin -c delay,distance \
	-w 30 -s mean,correlation,slope --show destination,date
goes_on 'pairs alone' "$flights" -c delay,distance -w 30 -s covariance
goes_on 'missing values that propagate' "$co2" --missing propagate -w 5 \
	--min-count 3
goes_on '--every' "$flights" -k origin -w tumbling:7 --every 13
goes_on '--final' "$flights" -k origin -w 20 --final --show destination
goes_on 'json' "$flights" -k origin -w 20 -o json --show destination
goes_on 'a table' "$flights" -k origin -w 20 -o table --show destination
goes_on 'a table of few rows' "$co2" -w tumbling:52 -o table
goes_on 'no rows' "$co2" -w 52 -o none
goes_on 'bad records are counted' "$mixed" --skip-bad -k '#2' -w 9 \
	--show note,time
goes_on 'the line of a bad record' "$mixed" -k '#2' -w 9
goes_on 'without a header' "$flights" --no-header --skip-bad -c '#2' -w 9
tr , ';' <"$co2" >"$tmp/semicolons.csv"
goes_on 'another delimiter' "$tmp/semicolons.csv" --delimiter ';' -w 3
seq 300 | sed 's/.*7$/NA/' >"$tmp/column.csv"
goes_on 'one column' "$tmp/column.csv" --no-header -w 3
seq 300 >"$tmp/column.csv"
printf '1,2\n' >>"$tmp/column.csv"
goes_on 'a header that is a number' "$tmp/column.csv" -w 3

LATE=yes
goes_on 'tumbling windows by time' "$mixed" --skip-bad -t time -k '#2' -c x \
	-w tumbling:10m
goes_on 'late rows and early results' "$mixed" --skip-bad -t time -k '#2' \
	-c x -w tumbling:10m --delay 2m --lateness 5m --early 3
goes_on 'early results by time, windows without rows' "$mixed" --skip-bad \
	-t time -c 'x,#4' -w hopping:20m/5m --delay 2m --early 7m \
	--emit-empty --max-skew 1h
goes_on 'sessions' "$mixed" --skip-bad -t time -k '#2' -c 'x,#4' \
	-w session:4m --delay 1m --lateness 20m
goes_on 'sessions that are evicted' "$mixed" --skip-bad -t time -k '#2' -c x \
	-w session:4m --max-keys 3 --ttl 40m
goes_on 'sliding windows by time' "$mixed" --skip-bad -t time -k '#2' -c x \
	-w 15m --show note
goes_on 'sliding windows by time that wait' "$mixed" --skip-bad -t time \
	-k '#2' -c x -w 15m --delay 5m -s mean,max,time_mean,rate
goes_on 'decay by time' "$mixed" --skip-bad -t time -k '#2' -c x \
	-s mean,count -w decay:halflife=5m
goes_on 'all rows by time' "$mixed" --skip-bad -t time -k '#2' -c x \
	-w landmark --final
goes_on 'months' "$weather" -t date -k location -w calendar:month \
	--delay 30d --emit-empty -o table
goes_on 'pairs by time' "$flights" -t date -k origin -c delay,distance \
	-w hopping:6h/1h -s count,correlation,mean -o json

LATE=
temp='temp_max ~ . + lag(temp_max,1) + lag(wind,9) - precipitation'
goes_on 'a model' "$weather" -k location --model "$temp" -w 30
goes_on 'a model of times' "$weather" --show date -t date --model \
	'temp_max ~ sin(date,365.25d) + cos(date,365.25d) + dow(date)'
goes_on 'its coefficients' "$weather" -k location --model "$temp" \
	--coefficients -o table
goes_on 'its last state' "$weather" -k location --model "$temp" --final \
	--metrics mae,r2,bias --show date
for update in sgd adagrad ftrl rls cocob; do
	goes_on "a model by $update" "$flights" -k origin --update $update \
		--model 'delay ~ distance + lag(delay,2)'
done
sed 's/,fog$/,1/; s/,[a-z]*$/,0/; s/,0$/,0/' "$weather" |
	sed '1s/.*/location,date,rain,high,low,wind,fog/' >"$tmp/fog.csv"
goes_on 'a model with auc' "$tmp/fog.csv" --loss logistic -w 50 \
	--metrics accuracy,auc --model 'fog ~ high + low'

# ---- Rows come again if they are not cut off ----

whole -k origin -w 20 "$flights"
anew
head -c 30000 "$flights" | "$prog" -k origin -w 20 --save "$state" \
	--save-every 100 >"$tmp/out" 2>/dev/null
"$prog" -k origin -w 20 --resume "$state" "$flights" >>"$tmp/out"
awk '!seen[$0]++' "$tmp/out" >"$tmp/once"
true_that 'rows that come again are the same rows' \
	cmp "$tmp/once" "$tmp/whole"

# ---- Killed at any moment ----

# In turn, the runs that are killed. They save so often that there is time.
killed_run() {
	LATE=
	case $1 in
	0)
		EVERY=2
		kill_rounds -k origin -w 20 --show destination "$flights"
		;;
	1)
		LATE=yes
		EVERY=1
		kill_rounds --skip-bad -t time -k '#2' -c x -w tumbling:10m \
			--lateness 5m --early 3 "$mixed"
		;;
	2)
		EVERY=5
		kill_rounds -k location --model "$temp" -w 30 "$weather"
		;;
	3)
		EVERY=2
		kill_rounds -c co2 -o table -w 9 "$co2"
		;;
	4)
		EVERY=5ms
		kill_rounds -t date -k origin -w session:2h -o json \
			--speed 1e6 "$flights"
		;;
	esac
	EVERY=
	LATE=
}

# Kills a run and starts it again until it has come to its end, or has been
# killed often enough.
kill_rounds() {
	whole "$@"
	anew
	n=0
	while [ $n -le $((kills / 5)) ] && read -r delay <&3; do
		"$prog" "$@" ${LATE:+--late "$late"} --save "$state" \
			--save-every "$EVERY" --resume "$state" \
			--truncate-output >>"$tmp/out" 2>"$tmp/err" &
		pid=$!
		sleep "$delay"
		kill -9 $pid 2>/dev/null
		wait $pid 2>/dev/null
		[ $? = 137 ] || break
		n=$((n + 1))
	done
	round=$((round + n))
	serve "$@"
	same_as_whole "killed at random, $n times: $1 $2 $3 $4"
}

if sleep 0.01 2>/dev/null; then
	awk -v n="$kills" 'BEGIN {
		srand()
		for (i = 0; i < 10 * n; i++)
			printf "%.4f\n", rand() * rand() * 0.2
	}' >"$tmp/delays"
	exec 3<"$tmp/delays"
	round=0
	mode=0
	while [ $round -lt "$kills" ] && [ $mode -lt $((10 * kills)) ]; do
		killed_run $((mode % 5))
		mode=$((mode + 1))
	done
	exec 3<&-
	echo "# killed $round times at random"
else
	echo '# sleep has no fractions here: not killed at random'
fi

# ---- Killed or failing at each system call ----

# A library that stands before write(), fsync() and the like. With AT=n it
# kills the program in the n-th of these calls, a write() half done; with
# FAIL=name:n the n-th call of that name fails.
cat >"$tmp/shim.c" <<'EOF'
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_hit(const char *name)
{
	static int n, n_name;
	const char *at = getenv("AT"), *fail = getenv("FAIL");
	size_t len = strlen(name);

	if (at && ++n == atoi(at))
		return 1;
	if (!fail || strncmp(fail, name, len) != 0 || fail[len] != ':')
		return 0;
	return ++n_name == atoi(fail + len + 1);
}

static long act(const char *name, long number, long a, long b, long c, long d)
{
	if (!is_hit(name))
		return syscall(number, a, b, c, d);
	if (!getenv("AT")) {
		errno = strcmp(name, "fsync") ? ENOSPC : EIO;
		return -1;
	}
	if (number == SYS_write)
		syscall(number, a, b, c / 2);
	return kill(getpid(), SIGKILL);
}

ssize_t write(int fd, const void *bytes, size_t n)
{
	if (fd == 2)
		return syscall(SYS_write, fd, bytes, n);
	return act("write", SYS_write, fd, (long)bytes, (long)n, 0);
}

int fsync(int fd)
{
	return (int)act("fsync", SYS_fsync, fd, 0, 0, 0);
}

int ftruncate(int fd, off_t length)
{
	return (int)act("ftruncate", SYS_ftruncate, fd, (long)length, 0, 0);
}

int rename(const char *from, const char *to)
{
	return (int)act("rename", SYS_renameat, AT_FDCWD, (long)from, AT_FDCWD,
	    (long)to);
}
EOF
shim=$tmp/shim.so
if ${CC:-cc} -shared -fPIC -o "$shim" "$tmp/shim.c" 2>/dev/null &&
	LD_PRELOAD=$shim "$prog" --version >/dev/null 2>&1 &&
	! FAIL=write:1 LD_PRELOAD=$shim "$prog" "$co2" >/dev/null 2>&1; then
	has_shim=yes
else
	has_shim=
	echo '# no library can stand before that of C here: calls do not fail'
fi

# shimmed VARIABLE=VALUE ARGUMENTS...: serve, with one of its calls hit.
shimmed() {
	variable=$1
	shift
	env "$variable" LD_PRELOAD="$shim" "$prog" "$@" \
		${LATE:+--late "$late"} --save "$state" --save-every "$EVERY" \
		--resume "$state" --truncate-output >>"$tmp/out" 2>"$tmp/err"
}

# killed_at_each ARGUMENTS...: at the first call, at the second one, ...; then
# one run goes on to the end.
killed_at_each() {
	whole "$@"
	wrong=
	n=0
	status=137
	while [ $status = 137 ]; do
		n=$((n + 1))
		anew
		shimmed AT=$n "$@"
		status=$?
		serve "$@"
		cmp -s "$tmp/out" "$tmp/whole" || wrong="$wrong $n"
		[ -z "$LATE" ] || cmp -s "$late" "$tmp/whole.late" ||
			wrong="$wrong $n (late)"
	done 2>/dev/null
	if [ -z "$wrong" ] && [ $status = 0 ] && [ $n -gt 20 ]; then
		ok "killed at each of $((n - 1)) system calls: $1 $2 $3 $4"
	else
		not_ok "killed at each of $n system calls: $1 $2 $3 $4" \
			"status $status, wrong at$wrong"
	fi
}

# killed_always CALLS ARGUMENTS...: every run is killed after so many calls,
# which is far enough for it to save once more.
killed_always() {
	calls=$1
	shift
	whole "$@"
	anew
	n=0
	status=137
	while [ $status = 137 ] && [ $n -lt 500 ]; do
		n=$((n + 1))
		shimmed "AT=$calls" "$@"
		status=$?
	done 2>/dev/null
	same_as_whole "$n runs of $calls system calls each: $1 $2 $3 $4"
}

if [ -n "$has_shim" ]; then
	head -n 60 "$flights" >"$tmp/flights.csv"
	head -n 60 "$mixed" >"$tmp/mixed60.csv"
	EVERY=10
	killed_at_each -k origin -c delay "$tmp/flights.csv"
	killed_at_each -c delay --final -o table -k origin "$tmp/flights.csv"
	EVERY=3
	killed_always 23 -k origin -c delay "$tmp/flights.csv"
	LATE=yes
	killed_always 29 --skip-bad -t time -k '#2' -c x -w tumbling:2m \
		"$tmp/mixed60.csv"
	EVERY=9
	killed_at_each --skip-bad -t time -k '#2' -c x -w tumbling:2m \
		"$tmp/mixed60.csv"
	LATE=
	EVERY=
fi

# ---- Files beside the state ----

# beside: how many there are that a state is written to.
beside() {
	find "$(dirname "$state")" -name "$(basename "$state").*.tmp" |
		wc -l | tr -d ' '
}

mode_of() {
	stat -c %A "$1"
}

rm -f "$state" "$state".*.tmp
set -- -k origin -c delay -w 20 -o none --save "$state" "$flights"
echo mine >"$tmp/victim"
ln -s victim "$state.tmp"
(umask 0 && "$prog" "$@")
# shellcheck disable=SC2016 # eval sees them
true_that 'a link that is planted beside the state is not followed' eval \
	'[ "$(cat "$tmp/victim")" = mine ] && [ -h "$state.tmp" ] && [ -s "$state" ]'
rm -f "$state.tmp"
true_that 'a new state is for its owner alone' \
	test "$(mode_of "$state")" = -rw-------
chmod 640 "$state"
"$prog" "$@"
true_that 'one that is replaced keeps its rights' \
	test "$(mode_of "$state")" = -rw-r-----
rm -f "$state"
ln -s victim "$state"
chmod 666 "$tmp/victim"
"$prog" "$@"
# shellcheck disable=SC2016 # eval sees them
true_that 'a link is replaced, and its target left alone' eval \
	'[ ! -h "$state" ] && [ "$(cat "$tmp/victim")" = mine ] &&
	[ "$(mode_of "$state")" = -rw------- ]'
left=$state.0123456789abcdef.tmp
for other in "$state.0123456789abcdef.tmp2" "$state.0123.tmp" \
	"$state.0123456789abcdeF.tmp" "$left"; do
	: >"$other"
done
ln -s victim "$state.fedcba9876543210.tmp"
"$prog" "$@"
# shellcheck disable=SC2016 # eval sees them
true_that 'what a killed run has left is removed, and nothing else' eval \
	'[ ! -e "$left" ] && [ -h "$state.fedcba9876543210.tmp" ] &&
	[ -e "$state.0123.tmp" ] && [ -e "$state.0123456789abcdef.tmp2" ] &&
	[ -e "$state.0123456789abcdeF.tmp" ]'
rm -f "$state".*.tmp "$state".*.tmp2
if [ -n "$has_shim" ]; then
	head -n 60 "$flights" >"$tmp/flights.csv"
	most=0
	for at in 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		AT=$at LD_PRELOAD=$shim "$prog" -c delay --save "$state" \
			--save-every 9 "$tmp/flights.csv" >/dev/null 2>&1
		[ "$(beside)" -le "$most" ] || most=$(beside)
	done 2>/dev/null
	true_that 'killed runs leave one file at most, and no piles' \
		test "$most" = 1
fi
"$prog" "$@"
true_that 'and the next run takes it away' test "$(beside)" = 0

# ---- Failing disks ----

# The state of half of the flights, and runs that go on from it and cannot
# save.
head -n 1000 "$flights" >"$tmp/half.csv"
rm -f "$state"
set -- -k origin -c delay -w 20 -o none --save "$state"
"$prog" "$@" "$tmp/half.csv"
cp "$state" "$tmp/state.old"

# kept NAME TEXT: an error that says this; the old state, and no other file.
kept() {
	if [ "$status" = 1 ] && [ "$(cat "$tmp/err")" = "csv_replay: $2" ] &&
		cmp -s "$state" "$tmp/state.old" && [ "$(beside)" = 0 ]; then
		ok "$1"
	else
		not_ok "$1" "status $status" "$(cat "$tmp/err")"
	fi
}

(
	trap '' XFSZ
	ulimit -f 8
	run "$@" --resume "$state" "$flights"
	exit "$status"
)
status=$?
# A build that counts what has run cannot write that down here.
grep -v '^libgcov ' "$tmp/err" >"$tmp/said" || :
mv "$tmp/said" "$tmp/err"
kept 'a state that is too large for a file' "$state: File too large"
if [ -n "$has_shim" ]; then
	for failing in 'write:1 No space left on device' \
		'fsync:1 Input/output error' \
		'rename:1 No space left on device'; do
		FAIL=${failing%% *} LD_PRELOAD=$shim "$prog" "$@" --resume \
			"$state" "$flights" >/dev/null 2>"$tmp/err"
		status=$?
		case $failing in
		rename*) kept "failing: $failing" "$state: ${failing#* }" ;;
		*) kept "failing: $failing" "$state: ${failing#* }" ;;
		esac
	done
	FAIL=fsync:1 LD_PRELOAD=$shim "$prog" "$@" -o csv "$flights" \
		>"$tmp/out" 2>"$tmp/err"
	status=$?
	kept 'an output that cannot be synced' \
		'standard output: Input/output error'
	# The folder comes after the file: the state is the new one, and whole.
	FAIL=fsync:2 LD_PRELOAD=$shim "$prog" "$@" --resume "$state" \
		"$flights" >/dev/null 2>"$tmp/err"
	status=$?
	expect_error 'a folder that cannot be synced' \
		"csv_replay: $tmp: Input/output error"
	run "$@" --resume "$state" "$flights"
	expect 'the state is whole all the same' 0 '' ''
fi

# In a world of its own, which ends with the shell: a disk with room for one
# state, not for two.
cat >"$tmp/on_disk" <<'EOF'
disk=$1 prog=$2 half=$3 all=$4 err=$5 old=$6
mount -n -t tmpfs -o size=36k none "$disk" 2>/dev/null || exit 77
set -- -k origin -c delay -w 20 -o none --save "$disk/state"
"$prog" "$@" "$half" && cp "$disk/state" "$old" || exit 77
"$prog" "$@" --resume "$disk/state" "$all" 2>"$err"
status=$?
cmp -s "$disk/state" "$old" && [ ! -e "$disk"/state.*.tmp ] || exit 9
exit $status
EOF
mkdir "$tmp/disk"
unshare -m sh "$tmp/on_disk" "$tmp/disk" "$prog" "$tmp/half.csv" "$flights" \
	"$tmp/err" "$tmp/disk.old" 2>/dev/null
status=$?
case $status in
0 | 1 | 9)
	expect_error 'a full disk: the old state is there' \
		"$tmp/disk/state: No space left on device"
	;;
*) echo '# nothing can be mounted here: no full disk' ;;
esac
run -w 3 --save "$tmp/nowhere/state" "$co2"
expect 'a folder that is not there' 1 '' \
	"csv_replay: $tmp/nowhere/state: No such file or directory\n"
run -w 3 --save /dev/null "$co2"
expect 'what is no file is not replaced' 1 '' \
	'csv_replay: /dev/null: is not a regular file\n'

# ---- Another input, other settings ----

"$prog" -k origin -c delay -w 20 --save "$state" "$tmp/half.csv" >/dev/null

# refused NAME TEXT ARGUMENTS...: nothing is printed nor cut.
refused() {
	name=$1
	text=$2
	shift 2
	echo kept >"$tmp/out"
	"$prog" --resume "$state" "$@" >>"$tmp/out" 2>"$tmp/err" <"$tmp/in"
	status=$?
	if [ "$(cat "$tmp/out")" = kept ]; then
		expect_error "$name" "$text"
	else
		not_ok "$name: nothing is written" "$(head -n 3 "$tmp/out")"
	fi
}

was="$state: was saved"
set -- -k origin -c delay "$flights"
refused 'another window' "$was with a different -w" -w 21 "$@"
refused 'another kind of window' "$was with a different -w" -w tumbling:20 "$@"
refused 'a window by time' "$was with a different -w" -t date -w 1h "$@"
refused 'other statistics' "$was with -s stddev, not max" -w 20 \
	-s count,mean,max,stddev,min "$@"
refused 'fewer statistics' "$was with a different -s" -w 20 -s count "$@"
refused 'another key' "$was with -k origin, not destination" -w 20 "$@" \
	-k destination
refused 'no key' "$was with -k origin" -w 20 -c delay "$flights"
refused 'another column' "$was with -c delay, not distance" -w 20 -k origin \
	-c distance "$flights"
refused 'all columns' "$was with a different -c" -w 20 -k origin "$flights"
refused 'shown columns' "$was with a different --show" -w 20 "$@" --show date
refused 'another format' "$was with -o csv, not json" -w 20 "$@" -o json
refused '--final' "$was with a different --final" -w 20 "$@" --final
refused '--every' "$was with a different --every" -w 20 "$@" --every 7
refused '--na' "$was with a different --na" -w 20 "$@" --na x
refused 'another delimiter' "$was with a different --delimiter" -w 20 "$@" \
	--delimiter ';'
refused 'no header' "$was with a different --no-header" -w 20 "$@" --no-header
refused 'a count of values' "$was with a different --min-count" -w 20 "$@" \
	--min-count 2
refused 'a model' "$was without --model" -k origin \
	--model 'delay ~ distance' "$flights"
refused 'another header' \
	"$co2: has a different header than the one that $state was saved from" \
	-w 20 -k origin -c delay "$co2"
head -n 9 "$flights" >"$tmp/few.csv"
refused 'a shorter input' \
	"$tmp/few.csv: is shorter than the one that $state was saved from" \
	-w 20 -k origin -c delay "$tmp/few.csv"
sed '2,$s/^2001/02001/' "$flights" >"$tmp/longer.csv"
refused 'an input with other lines' \
	"$tmp/longer.csv: is not the one that $state was saved from" \
	-w 20 -k origin -c delay "$tmp/longer.csv"
refused 'an output that is shorter' \
	'standard output: shorter than the' -w 20 "$@" --truncate-output
"$prog" --resume "$state" -w 20 "$@" --truncate-output 2>"$tmp/err" |
	cat >"$tmp/out"
status=1
expect_error 'an output that is no file' \
	'--truncate-output: standard output is not a file'

"$prog" -t date -k origin -c delay -w hopping:6h/1h --save "$state" \
	"$tmp/half.csv" >/dev/null
set -- -k origin -c delay -t date "$flights"
refused 'another span' "$was with a different -w" -w hopping:7h/1h "$@"
refused 'another delay' "$was with a different --delay" -w hopping:6h/1h "$@" \
	--delay 1m
refused 'another unit' "$was with a different --time-unit" -w hopping:6h/1h "$@" \
	--time-unit s
refused 'late rows' "$was with a different --late" -w hopping:6h/1h "$@" \
	--late "$late"
"$prog" -k origin --model 'delay ~ distance' --l2 0.1 --update sgd \
	--save "$state" "$tmp/half.csv" >/dev/null
set -- -k origin "$flights"
refused 'another formula' \
	"$was with --model delay ~ distance, not delay ~ lag(delay,1)" "$@" \
	--model 'delay ~ lag(delay,1)' --l2 0.1 --update sgd
refused 'another update' "$was with --update sgd, not adagrad" "$@" \
	--model 'delay ~ distance' --l2 0.1 --update adagrad
refused 'another penalty' "$was with a different --l2" "$@" \
	--model 'delay ~ distance' --l2 0.2 --update sgd
refused 'other metrics' "$was with a different --metrics" "$@" \
	--model 'delay ~ distance' --l2 0.1 --update sgd --metrics mae
refused 'windows' "$was with --model" "$@"

# ---- Damaged states ----

# The byte at a place, from 0, with its lowest bit the other way.
flip() {
	byte=$(od -An -tu1 -j "$1" -N 1 "$tmp/state.old")
	# shellcheck disable=SC2059
	printf "$(printf '\\%03o' $((byte ^ 1)))" |
		dd of="$state" bs=1 seek="$1" conv=notrunc 2>/dev/null
}

# still_refused PLACE: no crash, no effect, a message about the state.
still_refused() {
	"$prog" -w 2 -s mean --resume "$state" "$tmp/in" >"$tmp/out" \
		2>"$tmp/err"
	status=$?
	if [ $status != 1 ] || [ -s "$tmp/out" ] ||
		! grep -q "^csv_replay: $state: .*\(truncated\|corrupt\|state\|newer\)" \
			"$tmp/err"; then
		wrong="$wrong $1"
	fi
}

input 'k,a\nx,1\ny,2\nx,3\n'
"$prog" -w 2 -s mean -c a --save "$state" "$tmp/in" >/dev/null
cp "$state" "$tmp/state.old"
size=$(wc -c <"$state")
step=${LEAT_TEST_SHORT:+13}
wrong=
for at in $(seq 0 "${step:-1}" $((size - 1))); do
	cp "$tmp/state.old" "$state"
	flip "$at"
	still_refused "$at"
done
true_that "none of $size bytes may be another one" test -z "$wrong"
wrong=
for at in $(seq 0 "${step:-1}" $((size - 1))); do
	head -c "$at" "$tmp/state.old" >"$state"
	still_refused "$at"
done
true_that 'none may be missing' test -z "$wrong"
wrong=
{ cat "$tmp/state.old" && printf x; } >"$state"
still_refused longer
cat "$co2" >"$state"
still_refused text
cp "$tmp/state.old" "$state"
true_that 'nor may there be more, or something else' test -z "$wrong"

# ---- Options ----

rm -f "$state"
run --resume "$state" "$co2"
expect 'there is no state' 1 '' \
	"csv_replay: $state: No such file or directory\n"
run --resume "$state" --save "$state" -o none "$co2"
expect 'there is no state yet' 0 '' \
	"csv_replay: $state: does not exist yet; starting empty\n"
run --resume "$state" --save "$state" -o none "$co2"
expect 'now there is' 0 '' ''
run --resume "$tmp" "$co2"
expect 'a folder is no state' 1 '' "csv_replay: $tmp: is not a file\n"
run --save-every 10 "$co2"
expect '--save-every alone' 1 '' \
	'csv_replay: --save-every: only with --save\n'
run --truncate-output --save "$state" "$co2"
expect '--truncate-output alone' 1 '' \
	'csv_replay: --truncate-output: only with --resume\n'
for every in 0 0s x 1x -1 ''; do
	run --save "$state" --save-every "$every" "$co2"
	expect_error "--save-every '$every'" 'is not a number of rows, nor a'
done
run --save "$state" --plot "$tmp/plot.svg" "$co2"
expect '--plot' 1 '' \
	'csv_replay: --plot: not together with a saved state\n'

# What stands in a file before the output stays.
whole -w 52 "$co2"
echo before >"$tmp/before"
cat "$tmp/before" "$tmp/whole" >"$tmp/both"
anew
cp "$tmp/before" "$tmp/out"
head -c 20000 "$co2" | serve -w 52
serve -w 52 "$co2"
true_that 'what was in the output before stays' cmp "$tmp/out" "$tmp/both"

# An input may be standard input, which stands where it stands.
anew
{ head -c 20000 "$co2"; } | serve -w 52
serve -w 52 <"$co2"
cp "$tmp/whole.err" "$tmp/err"
same_as_whole 'standard input that is a file'

# A bad record stops a run; it is gone on with, without that record.
sed '1500s/$/x/' "$co2" >"$tmp/bad.csv"
whole --skip-bad -c co2 -w 52 "$tmp/bad.csv"
anew
EVERY=100
serve -c co2 -w 52 "$tmp/bad.csv"
grep -F ':1500: column co2: ' "$tmp/err" >"$tmp/told"
true_that 'a bad record stops a run' test -s "$tmp/told"
serve --skip-bad -c co2 -w 52 "$tmp/bad.csv"
EVERY=
same_as_whole 'and is skipped when that is gone on with'

# A pace begins anew.
whole -t date -w 2h -k origin "$flights"
anew
head -n 1990 "$flights" | serve -t date -w 2h -k origin
serve -t date -w 2h -k origin --speed 1e7 "$flights"
same_as_whole '--speed'

finish
