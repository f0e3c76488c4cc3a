#!/bin/sh
# Every comment can be read alone. Run from the top folder.
#
#	sh tests/check_comments.sh              fails if it finds any
#	sh tests/check_comments.sh -c           counts, a line for each folder
#	sh tests/check_comments.sh -l src/time  lists what is found in a folder
#	                                        or file; any number of them
#
# Found are comments
#
# - that begin with a word which needs the line of code, or the comment before,
#   to mean something: a pronoun, a relative or question word, a conjunction, a
#   preposition that no clause follows;
# - that go on in the comment of the next line, as a sentence over two members
#   of a struct does;
# - that begin in lower case with a pronoun, a conjunction or a verb.
set -eu
# shellcheck source=tests/scratch.sh
. tests/scratch.sh

mode=check
case ${1-} in
-c | -l)
	mode=$1
	shift
	;;
-*)
	echo 'usage: check_comments.sh [-c | -l [folder | file ...]]' >&2
	exit 2
	;;
esac
[ $# -gt 0 ] || set -- src include examples tests bench
find "$@" -name '*.[ch]' -o -name '*.cc' | sort >"$tmp/files"

cat >"$tmp/comments.awk" <<'EOF'
BEGIN {
	# No English sentence of a comment needs to begin with one of these.
	split("what where which whether whose who how of it its as those " \
		"these they them their such than so and or but nor likewise " \
		"without nothing one all there else neither none", a)
	for (i in a)
		hangs[a[i]] = 1
	# These are good if a clause follows.
	split("with by for from at in on to up into until since behind " \
		"before after between beyond around near under over also only " \
		"not more some both any mostly", a)
	for (i in a)
		leans[a[i]] = 1
	# In lower case, as beside a line of code.
	split("what which whose who how of it its as those these they them " \
		"their such than so and or but nor likewise is are was were " \
		"has have had that this there where whether", a)
	for (i in a)
		small[a[i]] = 1
	# A comment that ends with one of these is not at its end.
	split("a an the and or but nor of to in by with for from at on into " \
		"whose which that as than if when where " \
		"no its their", a)
	for (i in a)
		opens[a[i]] = 1
	split("is are was were be has have had must may can cannot could " \
		"will would shall should do does did need needs hold holds " \
		"take takes go goes come comes stay stays keep keeps make makes " \
		"get gets give gives stand stands know knows mean means", a)
	for (i in a)
		verb[a[i]] = 1
}

FNR == 1 {
	inside = 0
	last_line = 0
}

{
	rest = $0
	code = ""
	while (rest != "")
		step()
}

function step(    token, i, t) {
	if (inside) {
		i = index(rest, "*/")
		t = i ? substr(rest, 1, i - 1) : rest
		sub(/^[ \t]*\**[ \t]*/, "", t)
		text = text " " t
		rest = i ? substr(rest, i + 2) : ""
		inside = !i
		if (i)
			judge()
		return
	}
	if (!match(rest, /"|'|\/\*|\/\//)) {
		rest = ""
		return
	}
	token = substr(rest, RSTART, RLENGTH)
	code = code substr(rest, 1, RSTART - 1)
	rest = substr(rest, RSTART + RLENGTH)
	if (token == "/*" || token == "//") {
		start = FNR
		beside = code ~ /[^ \t]/
		text = token == "//" ? rest : ""
		inside = token == "/*"
		if (token == "//") {
			rest = ""
			judge()
		}
		return
	}
	t = token == "\"" ? "^([^\"\\\\]|\\\\.)*\"" : "^([^'\\\\]|\\\\.)*'"
	rest = match(rest, t) ? substr(rest, RLENGTH + 1) : ""
	code = code "s"
}

function found() {
	printf "%s:%d: %s\n", FILENAME, start,
		(length(text) > 60) ? substr(text, 1, 57) "..." : text
}

function judge(    follows) {
	gsub(/[ \t]+/, " ", text)
	sub(/^ /, "", text)
	sub(/ $/, "", text)
	follows = beside && last_line == start - 1 && goes_on(last_text)
	if (beside) {
		last_line = FNR
		last_text = text
	}
	if (follows || hanging())
		found()
}

# Does a comment end in the middle of its sentence?
function goes_on(t,    n, word) {
	if (t ~ /[,-]$/ && t !~ /^-|--/)
		return 1
	n = split(t, word, " ")
	return n > 1 && word[n] in opens
}

function hanging(    word, n, first, low) {
	n = split(text, word, " ")
	first = word[1]
	if (n == 0 || first ~ /^[^A-Za-z]/)
		return 0
	low = tolower(first)
	sub(/[,;:.]$/, "", low)
	if (first ~ /^[a-z]/)
		return low in small
	if (low in hangs || text ~ /^The same[ ,.;:]/)
		return 1
	if (text ~ /^Th(is|at)([,.;:]| (is|are|was|has|one|of|to|there|it)[ ,.;:])/)
		return 1
	return low in leans && !has_verb()
}

# Has the first sentence a clause?
function has_verb(    word, n, i, t) {
	t = text
	if (match(t, /[.:;]( |$)/))
		t = substr(t, 1, RSTART - 1)
	n = split(t, word, /[ ,()]+/)
	for (i = 2; i <= n; i++)
		if (word[i] in verb)
			return 1
	return t ~ /, / && n > 5
}
EOF

# The check itself, on comments of which it is known.
cat >"$tmp/sample.c" <<'EOF'
/* Requires a free slot. */
/* What the sum is of. */
struct s {
	int a; /* end of the first window, */
	int b; /* and of the last one */
	int c; /* in bytes */
	char d[9]; /* "of */
	char e[9] /* of e */;
	const char *f = "/* of f"; // NULL: none
	int g; /* sums of the */
	int h; /* window */
};
/* With a sign or not. */
/* With a sign, the sum is negative, and
 * so is the mean. */
/* The same again. */
/* This is so
 * for all. */
EOF
[ "$(awk -f "$tmp/comments.awk" "$tmp/sample.c" | cut -d: -f2 | xargs)" = \
	'2 5 8 11 13 16 17' ] || {
	echo 'check_comments: the check itself is wrong' >&2
	exit 1
}

xargs awk -f "$tmp/comments.awk" <"$tmp/files" >"$tmp/found"

case $mode in
-l)
	cat "$tmp/found"
	exit
	;;
-c)
	# A folder on each line, if it has any.
	sed 's/:.*//; s|/[^/]*$||' "$tmp/found" | sort | uniq -c
	exit
	;;
esac

if [ -s "$tmp/found" ]; then
	cat "$tmp/found"
	echo "check_comments: $(wc -l <"$tmp/found") comments cannot be read alone"
	exit 1
fi
echo "comments: those of $(wc -l <"$tmp/files") files can be read alone"
