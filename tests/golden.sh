#!/bin/sh
# golden.sh STATE_TRAVEL: what earlier versions of the format, and other
# machines, have saved goes on as what was never saved.
set -eu
travel=$1
case $travel in */*) ;; *) travel=./$travel ;; esac
golden=$(dirname "$0")/golden
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

"$travel" run >"$tmp/run"
[ "$(wc -l <"$tmp/run")" -gt 10000 ] || failed=1
mkdir "$tmp/now"
"$travel" save "$tmp/now"
for states in "$golden"/* "$tmp/now"; do
	same='cmp'
	[ "$states" != "$golden/1" ] || same="$travel like"
	if ! "$travel" load "$states" >"$tmp/load" ||
		! $same "$tmp/run" "$tmp/load"; then
		echo "golden: $states goes on otherwise"
		failed=1
	fi
done
# Only the first version had none of these.
set -- "$golden"/2/*-errors.leat
[ $# = 3 ] || failed=1
set -- "$golden"/2/*-standard.leat "$golden"/2/*-warm.leat \
	"$golden"/2/*-refused.leat
[ $# = 4 ] || failed=1
for states in "$golden"/1 "$golden"/2; do
	"$travel" relics "$states" || failed=1
done
[ $failed = 0 ] && echo "golden: states of all versions go on"
exit $failed
