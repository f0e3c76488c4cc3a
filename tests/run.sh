#!/bin/sh
# usage: run.sh LOGS NAME COMMAND...
#        run.sh --report LOGS NAME...
#
# Runs one test: what it prints goes to LOGS/NAME, how it ended and how long
# it took to LOGS/NAME.end, and a line about it is printed. It succeeds in any
# case, so that make goes on with the other tests. With NEEDS, the test is
# left out where that program is not there.
#
# --report prints the logs of those tests that have failed, and counts them
# all. It fails unless each of the names has a log and has passed.
set -u

if [ "$1" != --report ]; then
	logs=$1
	name=$2
	shift 2
	mkdir -p "$logs"
	start=$(date +%s)
	if [ -n "${NEEDS-}" ] && ! [ -x "$NEEDS" ]; then
		echo "$NEEDS is not here" >"$logs/$name"
		end='left out'
	elif "$@" >"$logs/$name" 2>&1; then
		end=passed
	else
		end=FAILED
	fi
	printf '  %-8s %4d s  %s\n' "$end" $(($(date +%s) - start)) "$name"
	# What a passed test has left out is worth a line.
	[ "$end" = FAILED ] || grep 'left out' "$logs/$name" |
		grep -v '^ok ' | sed 's/^/      /'
	echo "$end" >"$logs/$name.end"
	exit 0
fi

logs=$2
shift 2
passed=0
failed=
left=0
for name; do
	end=$(cat "$logs/$name.end" 2>/dev/null || echo 'not run')
	case $end in
	passed) passed=$((passed + 1)) ;;
	'left out') left=$((left + 1)) ;;
	*)
		failed="$failed $name"
		printf '\n==== %s: %s\n' "$name" "$end"
		cat "$logs/$name"
		;;
	esac
done
# shellcheck disable=SC2086 # words on purpose
set -- $failed
[ $# = 0 ] || printf '\nfailed:%s\n' "$failed"
[ $left = 0 ] || echo "$left left out"
echo "$passed passed, $# failed"
[ $# = 0 ]
