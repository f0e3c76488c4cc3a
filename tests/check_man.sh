#!/bin/sh
# The manual says what the header says. Run from the top folder after
# `make`; needs no more than awk, and mandoc for the last part.
#
# - Every function of leat.h is in the NAME and in the SYNOPSIS of one page
#   of section 3, with the same prototype; and the pages have no others.
# - A page's NAME and SYNOPSIS agree; its first name is the page's.
# - Functions spoken of (Fn leat_...) and pages referred to (Xr) exist.
# - mandoc -Tlint has nothing to say, if mandoc is here, nor has groff, and both
#   show the same text: a word that only one of them takes for a macro is lost.
set -eu
# shellcheck source=tests/scratch.sh
. tests/scratch.sh
failed=0

complain() {
	echo "check_man: $1" >&2
	failed=1
}

# SYNOPSIS of a page as prototypes, from Ft and Fn or Fo, Fa, Fc.
synopsis() {
	awk '
	function args(from,    text, i) {
		text = ""
		for (i = from; i <= n; i++)
			text = text (text == "" ? "" : ", ") field[i]
		return text
	}
	function words(line,    rest) {	# arguments of a macro, with quotes
		n = 0
		rest = line
		while (match(rest, /^[ \t]*("[^"]*"|[^ \t"]+)/)) {
			field[++n] = substr(rest, RSTART, RLENGTH)
			gsub(/^[ \t]*"?|"$/, "", field[n])
			rest = substr(rest, RLENGTH + 1)
		}
	}
	function print_it(name, list) {
		if (list == "")
			list = "void"
		sub(/ *$/, "", type)
		print type (type ~ /\*$/ ? "" : " ") name "(" list ")"
	}
	/^\.Sh/ { inside = ($2 == "SYNOPSIS") }
	!inside { next }
	/^\.Ft/ { words($0); sub(/^\.Ft[ \t]*"?/, ""); sub(/"$/, "")
		type = $0 }
	/^\.Fn/ { words($0); print_it(field[2], args(3)) }
	/^\.Fo/ { name = $2; list = "" }
	/^\.Fa/ { words($0)
		list = list (list == "" ? "" : ", ") args(2) }
	/^\.Fc/ { print_it(name, list) }
	' "$1"
}

# The names that a page answers to.
names() {
	awk '/^\.Sh/ { inside = ($2 == "NAME") }
		inside && $1 == ".Nm" { print $2 }' "$1"
}

name_of() {
	sed 's/(.*//; s/.*[ *]//'
}

sh tests/prototypes.sh >"$tmp/header"
name_of <"$tmp/header" | sort >"$tmp/functions"
: >"$tmp/manual"
for page in man/*.3; do
	base=$(basename "$page" .3)
	synopsis "$page" | sort >"$tmp/synopsis"
	cat "$tmp/synopsis" >>"$tmp/manual"
	names "$page" >"$tmp/all_names"
	[ "$(head -n 1 "$tmp/all_names")" = "$base" ] ||
		complain "$page: its first name is not $base"
	# The page's own name stands for a type or the whole library, unless
	# it is a function.
	{
		grep -vx -e "$base" "$tmp/all_names" || :
		grep -x -e "$base" "$tmp/functions" || :
	} | sort -u >"$tmp/names"
	name_of <"$tmp/synopsis" | sort >"$tmp/declared"
	diff "$tmp/names" "$tmp/declared" >"$tmp/diff" || {
		complain "$page: NAME (<) and SYNOPSIS (>) differ"
		cat "$tmp/diff" >&2
	}
done

sort "$tmp/manual" >"$tmp/sorted"
diff "$tmp/header" "$tmp/sorted" >"$tmp/diff" || {
	complain 'leat.h (<) and the pages (>) differ'
	cat "$tmp/diff" >&2
}

# What the text speaks of.
for page in man/*.[1-9]; do
	sed -n 's/^\..*Fn \(leat_[a-z0-9_]*\).*/\1/p' "$page" | sort -u |
		comm -23 - "$tmp/functions" |
		sed "s|^|check_man: $page: no function |" >"$tmp/unknown"
	sed -n 's/^\..*Xr \(leat[a-z0-9_]*\|csv_replay\) \([1-9]\).*/\1.\2/p' \
		"$page" | sort -u | while read -r other; do
		[ -e "man/$other" ] || echo "check_man: $page: no page $other"
	done >>"$tmp/unknown"
	[ ! -s "$tmp/unknown" ] || {
		cat "$tmp/unknown" >&2
		failed=1
	}
done

# Whether a page of the system exists is no matter of ours; what mandoc says of
# its data base about that goes to standard error.
if command -v mandoc >/dev/null; then
	mandoc -Tlint -Wstyle man/*.[1-9] 2>/dev/null |
		grep -v 'referenced manual not found' >"$tmp/lint" || :
	[ ! -s "$tmp/lint" ] || {
		complain 'mandoc -Tlint:'
		cat "$tmp/lint" >&2
	}
fi

# Letters of a rendered page, without the lines at its top and bottom, which
# differ, and without what depends on where lines are broken.
letters() {
	col -b | sed -e '/./!d' | sed -e 1d -e '$d' | tr -cd '!-,.-~'
}

if command -v mandoc >/dev/null && command -v groff >/dev/null; then
	for page in man/*.[1-9]; do
		mandoc -Tutf8 "$page" 2>/dev/null | letters >"$tmp/mandoc"
		groff -mdoc -Tutf8 -P-cbou -ww -Wbreak "$page" \
			2>"$tmp/errors" | letters >"$tmp/groff"
		[ ! -s "$tmp/errors" ] || {
			complain "$page: groff:"
			cat "$tmp/errors" >&2
		}
		at=$(cmp "$tmp/mandoc" "$tmp/groff" 2>&1 |
			sed -n 's/.* byte \([0-9]*\).*/\1/p')
		[ -z "$at" ] || complain "$page: mandoc and groff differ at \
\"$(tail -c "+$at" "$tmp/mandoc" | head -c 60)\""
	done
fi

[ $failed = 0 ] || exit 1
echo "man: $(wc -l <"$tmp/header") prototypes, as leat.h has them"
