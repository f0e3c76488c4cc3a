#!/bin/sh
# programs.sh FOLDER SOURCES: the five small programs of tests/programs, built
# in FOLDER, give what awk gives that is told the rules and knows no library.
# Times come out of order, some too late; keys come and go, and there are more
# of them than there is room for.
set -u
export LC_ALL=C
folder=$1
sources=$2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

# Seconds, key, value. A generator of our own, the same in every awk.
awk '
function below(n) { s = s * 16807 % 2147483647; return s % n }
BEGIN {
	s = 4711
	for (i = 0; i < 6000; i++) {
		if (i == 3000)
			now += 5000	# longer than keys live
		now += below(2)
		late = below(10) == 0 ? below(90) : below(6)
		key = i < 4000 ? "key" below(9) : "new" below(2500)
		printf "%d,%s,%d.%02d\n", 1000000 + now - late, key,
			below(1000) - 500, below(100)
	}
}' >"$tmp/in"

# Rows of numbers that differ by rounding alone; all else is the same.
same() {
	awk -F, '
	function off(a, b,    d, size) {
		if (a == b)
			return 0
		if (a !~ /^-?[0-9.]+(e[-+]?[0-9]+)?$/ || a == "" || b == "")
			return 1
		d = a > b ? a - b : b - a
		size = a < 0 ? -a : a
		return d > 1e-9 * (1 + size)
	}
	NR == FNR { line[++n] = $0; next }
	{
		m = split(line[FNR], field, ",")
		bad = m != NF
		for (i = 1; i <= NF; i++)
			bad = bad || off(field[i], $i)
		if (bad && !told++)
			print "line " FNR ": " line[FNR] " and " $0
	}
	END {
		if (n != FNR)
			print n " lines and " FNR
		exit told > 0 || n != FNR
	}' "$1" "$2"
}

try() {
	"$folder/$1" <"$tmp/in" >"$tmp/out" 2>"$tmp/err" || {
		echo "$1: exit status $?: $(cat "$tmp/err")"
		failed=1
	}
	[ -s "$tmp/expected" ] || {
		echo "$1: nothing is expected"
		failed=1
	}
	same "$tmp/expected" "$tmp/out" >"$tmp/said" || {
		echo "$1: awk and the program: $(cat "$tmp/said")"
		failed=1
	}
}

# ---- The last 60 ----
awk -F, '
{
	x[NR] = $3
	from = NR > 60 ? NR - 59 : 1
	sum = square = 0
	max = x[from]
	for (i = from; i <= NR; i++) {
		sum += x[i]
		max = x[i] > max ? x[i] : max
	}
	n = NR - from + 1
	for (i = from; i <= NR; i++)
		square += (x[i] - sum / n) ^ 2
	if (n > 1)
		printf "%.17g,%.17g,%.17g\n", sum / n, sqrt(square / (n - 1)), max
	else
		printf "%.17g,nan,%.17g\n", sum / n, max
}' "$tmp/in" >"$tmp/expected"
try rolling

# ---- Minutes of keys: by the clock of all ----
# Keys are told in the order in which they were first seen; has_keys 0: all
# values have one key.
minutes() {
	awk -F, -v has_keys="$1" -v delay="$2" -v ttl="$3" -v max="$4" '
	function tell(k, w) {
		if (has_keys)
			printf "%s,", k
		printf "%d,%.17g,%.17g\n", w * 60, sum[k, w] / n[k, w], top[k, w]
		delete n[k, w]
		delete sum[k, w]
		delete top[k, w]
		open--
	}
	# Windows of one key, or of all (k == ""), that end by then.
	function close_until(end, only,    w, i, k) {
		for (w = first; w <= last && open > 0; w++) {
			if ((w + 1) * 60 > end)
				break
			for (i = 1; i <= n_seen; i++) {
				k = seen[i]
				if ((only == "" || k == only) && (k, w) in n)
					tell(k, w)
			}
		}
		if (only == "" && w > first)
			first = w
	}
	function drop(k,    i) {
		close_until(1e15, k)
		delete place[k]
		delete latest[k]
		delete used[k]
		n_keys--
		for (i = 1; i <= n_seen; i++)
			if (seen[i] == k)
				seen[i] = ""
	}
	function squeeze(    i, m) {
		for (i = 1; i <= n_seen; i++)
			if (seen[i] != "") {
				seen[++m] = seen[i]
				place[seen[i]] = m
			}
		n_seen = m
	}
	function oldest(    k, best) {
		for (k in used)
			if (best == "" || used[k] < used[best])
				best = k
		return best
	}
	BEGIN { now = -1e15 }
	{
		k = has_keys ? $2 : "all"
		t = $1
		w = int(t / 60)
		if (NR == 1)
			first = w - 10
		if (t > now)
			now = t
		if (w > last)
			last = w
		close_until(now - delay, "")
		if (ttl > 0)
			for (i = 1; i <= n_seen; i++)
				if (seen[i] != "" && latest[seen[i]] + ttl <= now - delay)
					drop(seen[i])
		if ((w + 1) * 60 <= now - delay) {
			if (k in place)
				used[k] = NR	# a push all the same
			next	# too late
		}
		if (!(k in place)) {
			if (max > 0 && n_keys == max)
				drop(oldest())
			squeeze()
			seen[++n_seen] = k
			place[k] = n_seen
			n_keys++
		}
		used[k] = NR
		if (!(k in latest) || t > latest[k])
			latest[k] = t
		if (!((k, w) in n)) {
			open++
			top[k, w] = $3
		}
		n[k, w]++
		sum[k, w] += $3
		if ($3 > top[k, w])
			top[k, w] = $3
	}
	END { close_until(1e15, "") }
	' "$tmp/in" >"$tmp/expected"
}

minutes 0 5 0 0
try minutes
minutes 0 86400 0 0
try two_shards
minutes 1 5 3600 1000
try minutes_of_keys

# ---- The last hundred of each key ----
awk -F, '
{
	k = $2
	if (!(k in n))
		order[++n_keys] = k
	x[k, ++n[k]] = $3
}
END {
	for (i = 1; i <= n_keys; i++) {
		k = order[i]
		from = n[k] > 100 ? n[k] - 99 : 1
		m = n[k] - from + 1
		sum = square = 0
		for (j = from; j <= n[k]; j++)
			sum += x[k, j]
		for (j = from; j <= n[k]; j++)
			square += (x[k, j] - sum / m) ^ 2
		printf "%s,%.17g,", k, sum / m
		if (m > 1 && square > 0)
			printf "%.17g\n",
				(x[k, n[k]] - sum / m) / sqrt(square / (m - 1))
		else
			printf "nan\n"
	}
}' "$tmp/in" >"$tmp/expected"
try last_of_keys

# Each of them has a test.
for source in "$sources"/*.c; do
	name=$(basename "$source" .c)
	grep -q "^try $name\$" "$0" || {
		echo "$name: no test"
		failed=1
	}
done
[ $failed -eq 0 ] && echo 'programs: as awk has it'
exit $failed
