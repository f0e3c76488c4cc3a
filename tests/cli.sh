# What the tests of programs from end to end have in common: sourced by them
# with their arguments, PROGRAM SOURCE_ROOT.
#
# shellcheck shell=sh
# shellcheck disable=SC2034 # the variables are theirs
prog=$1
data=$2/examples/data
# The tests change directory nowhere, so a relative path stays good.
case $prog in */*) ;; *) prog=./$prog ;; esac
LC_ALL=C
export LC_ALL
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
n_ok=0
n_bad=0

ok() {
	n_ok=$((n_ok + 1))
	echo "ok $((n_ok + n_bad)) - $1"
}

not_ok() {
	n_bad=$((n_bad + 1))
	echo "not ok $((n_ok + n_bad)) - $1"
	shift
	for line; do
		printf '%s\n' "$line" | sed 's/^/  # /'
	done
}

# What the program gets on standard input; backslash sequences as printf's.
input() {
	# shellcheck disable=SC2059
	printf "$1" >"$tmp/in"
}

run() {
	"$prog" "$@" <"$tmp/in" >"$tmp/out" 2>"$tmp/err"
	status=$?
}

# expect NAME STATUS STDOUT STDERR, after run; texts as printf's formats.
expect() {
	# shellcheck disable=SC2059
	printf "$3" >"$tmp/out.wanted"
	# shellcheck disable=SC2059
	printf "$4" >"$tmp/err.wanted"
	if [ "$status" = "$2" ] && cmp -s "$tmp/out" "$tmp/out.wanted" &&
		cmp -s "$tmp/err" "$tmp/err.wanted"; then
		ok "$1"
	else
		not_ok "$1" "status $status, wanted $2" \
			"$(diff "$tmp/out.wanted" "$tmp/out")" \
			"$(diff "$tmp/err.wanted" "$tmp/err")"
	fi
}

# expect_error NAME TEXT: status 1, one line that contains TEXT, no rows.
expect_error() {
	if [ "$status" = 1 ] && grep -F -q -e "$2" "$tmp/err" &&
		[ "$(wc -l <"$tmp/err")" -eq 1 ]; then
		ok "$1"
	else
		not_ok "$1" "status $status" "$(cat "$tmp/err")"
	fi
}

# true_that NAME COMMAND...
true_that() {
	name=$1
	shift
	if "$@"; then ok "$name"; else not_ok "$name" "$*"; fi
}

# same_numbers NAME: $tmp/out against $tmp/ref, numbers to 1e-9, all else as
# text.
same_numbers() {
	if [ "$status" != 0 ]; then
		not_ok "$1" "status $status" "$(cat "$tmp/err")"
	elif awk -F, -v ref="$tmp/ref" '
		BEGIN { number = "^-?[0-9.]+(e[-+]?[0-9]+)?$" }
		function differ(a, b,    d, m) {
			if (a == b)
				return 0
			if (a !~ number || b !~ number)
				return 1
			d = a - b
			m = b < 0 ? -b : b
			if (m < 1)
				m = 1
			return d > 1e-9 * m || d < -1e-9 * m
		}
		{
			if ((getline line < ref) < 1) {
				print "extra line " NR
				exit bad = 1
			}
			n = split(line, f, ",")
			if (n != NF) {
				print "line " NR ": " NF " fields, not " n
				exit bad = 1
			}
			for (i = 1; i <= NF; i++) {
				if (!differ($i, f[i]))
					continue
				print "line " NR ", field " i ": " $i \
					", not " f[i]
				exit bad = 1
			}
		}
		END {
			if (!bad && (getline line < ref) > 0) {
				print "only " NR " lines"
				bad = 1
			}
			exit bad
		}' "$tmp/out" >"$tmp/why"; then
		ok "$1"
	else
		not_ok "$1" "$(cat "$tmp/why")"
	fi
}

# The last line of a test.
finish() {
	echo "$n_ok passed, $n_bad failed"
	[ $n_bad -eq 0 ]
}

: >"$tmp/in"
