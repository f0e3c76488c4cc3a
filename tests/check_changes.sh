#!/bin/sh
# leat_changes(7) tells of each name that has gone. Run from the top folder.
#
# tests/names_VERSION.txt has the public names of an earlier version: those
# that the headers no longer have are in the section of the page that begins
# with "FROM VERSION", and a name that the page says to write instead is one
# of the headers. A new version adds its list.
set -eu
export LC_ALL=C
page=man/leat_changes.7
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

names_in() {
	grep -ohE '(leat|LEAT)_[A-Za-z0-9_]+' "$@" | sort -u
}

sed 's/^ \*.*//; s@^/\*.*@@' include/*.h >"$tmp/headers"
names_in "$tmp/headers" >"$tmp/now"
for list in tests/names_*.txt; do
	version=${list#tests/names_}
	version=${version%.txt}
	awk -v from="FROM $version" '
		/^\.Sh/ { inside = index($0, from) }
		inside' "$page" >"$tmp/section"
	grep -E '^\.It (Li|Ql)|^\.Li' "$tmp/section" >"$tmp/old_lines" || :
	names_in "$tmp/old_lines" >"$tmp/told"
	comm -23 "$list" "$tmp/now" >"$tmp/gone"
	comm -23 "$tmp/gone" "$tmp/told" >"$tmp/missing"
	if [ -s "$tmp/missing" ]; then
		echo "check_changes: gone since $version, and not told:" \
			"$(tr '\n' ' ' <"$tmp/missing")" >&2
		failed=1
	fi
	grep -vE '^\.It (Li|Ql)|^\.Li|^\.Bl|^\.\\"|^\.Xr|^\.Dt|^\.Nm' "$tmp/section" |
		names_in | comm -23 - "$tmp/now" >"$tmp/unknown"
	if [ -s "$tmp/unknown" ]; then
		echo "check_changes: the page says to write what there is not:" \
			"$(tr '\n' ' ' <"$tmp/unknown")" >&2
		failed=1
	fi
	echo "changes: $(wc -l <"$tmp/gone") names of $version have gone"
done
[ $failed -eq 0 ]
