#!/bin/sh
# amalgamate.sh - all of src/ as one file, to vendor
#
# usage: src/amalgamate.sh VERSION SOURCE... >leat.c
#
# Headers of src/ are put in where they are first included; one that has no
# include guard is a template and is put in each time. System headers come
# first, and then everything is hidden from a shared library's users except
# what leat.h and leat_text.h mark: functions shared between sources of leat are global,
# and with the system's own declarations out of the way nothing else is
# touched. System headers within a conditional stay where they are.
set -eu
version=$1
shift

cat <<TOP
/*
 * leat $version - windowed stream analytics
 *
 * All of the library in one file: put it, leat.h and leat_text.h into a
 * program and compile it like any other source. In a shared library, compile
 * it with -DLEAT_API= to keep its functions among yours and out of the
 * exports.
 *
TOP
sed -e 's/^/ * /' -e 's/ *$//' COPYING
echo ' */'

exec awk '
# The directory of a path, with a slash.
function folder(path) {
	return match(path, /.*\//) ? substr(path, 1, RLENGTH) : ""
}

# "src/window/../core/core.h" is "src/core/core.h".
function tidy(path) {
	while (sub(/[^\/.]+\/\.\.\//, "", path))
		;
	return path
}

function guarded(path,    line, found) {
	found = 0
	while (!found && (getline line < path) > 0)
		found = line ~ /^#ifndef [A-Z0-9_]+_H_*$/ ||
		    line ~ /^#pragma once/
	close(path)
	return found
}

function add(line) {
	body[++n_lines] = line
}

function system_header(line, depth,    name) {
	name = line
	sub(/^#include </, "", name)
	sub(/>.*/, "", name)
	if (name ~ /^leat(_text)?\.h$/)
		return
	if (depth > 0)
		add(line)
	else if (!(name in hoisted)) {
		hoisted[name] = 1
		order[++n_hoisted] = name
	}
}

# depth counts the conditionals around a line, without the guard.
function inline(path,    line, depth, other) {
	if (path in seen)
		return
	depth = 0
	if (guarded(path)) {
		seen[path] = 1
		depth = -1
	}
	add("/* ---- " path " ---- */")
	while ((getline line < path) > 0) {
		if (line ~ /^#[ \t]*if/)
			depth++
		else if (line ~ /^#[ \t]*endif/)
			depth--
		if (line ~ /^#include </)
			system_header(line, depth)
		else if (line ~ /^#include "/) {
			other = line
			sub(/^#include "/, "", other)
			sub(/".*/, "", other)
			if (other !~ /(^|\/)leat(_text)?\.h$/)
				inline(tidy(folder(path) other))
		} else
			add(line)
	}
	close(path)
}

BEGIN {
	for (i = 1; i < ARGC; i++)
		inline(ARGV[i])
	for (i = 1; i <= n_hoisted; i++)
		print "#include <" order[i] ">"
	visible = "#if defined(__GNUC__) && !defined(_WIN32)"
	print visible "\n#pragma GCC visibility push(hidden)\n#endif"
	print "#include \"leat_text.h\""
	for (i = 1; i <= n_lines; i++)
		print body[i]
	print visible "\n#pragma GCC visibility pop\n#endif"
}' "$@"
