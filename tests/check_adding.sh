#!/bin/sh
# What leat_adding(7) says of the tree holds. Run from the top folder.
#
# - Each file that the page names is there, and each test is one.
# - Each statistic of tests/stats.def is in the table of leat_stat(3), each
#   window, loss and detector by one of its names in leat_options(3), and each
#   update in leat_model(3).
set -eu
export LC_ALL=C
page=man/leat_adding.7
failed=0

complain() {
	echo "check_adding: $1" >&2
	failed=1
}

sed -n 's/^\.P[aq] \(Pa \)\{0,1\}\([^ ]*\).*/\2/p' $page | sort -u |
	while read -r name; do
		case $name in
		*/*) [ -e "$name" ] || echo "no file $name" ;;
		suite_*) grep -q "^Suite .${name#suite_}_suite" tests/suites.h ||
			echo "no test $name" ;;
		check_*) [ -e "tests/$name.sh" ] || echo "no test $name" ;;
		ingest_parts) ;;
		*) echo "neither a file nor a test: $name" ;;
		esac
	done >build/adding.$$
while read -r line; do complain "$page: $line"; done <build/adding.$$
[ "$(grep -c '^\.Pa' $page)" -gt 40 ] || complain 'hardly a file is named'

# rows MACRO FILE: the names of its rows.
rows() {
	sed -n "s/^\(TIME_\)\{0,1\}$1(\([A-Z0-9_]*\),.*/\2/p" "tests/$2"
}

# named PAGE: reads names, each of which is an item of the page.
named() {
	n=0
	while read -r name; do
		n=$((n + 1))
		grep -Eq "^\.It $name( |\$)" "man/$1" ||
			echo "$1 has no $name"
	done
	[ $n -gt 3 ] || echo "$1: only $n names"
}

lower() {
	tr '[:upper:]' '[:lower:]'
}

{
	rows STAT stats.def | named leat_stat.3
	rows KIND windows.def | lower | named leat_options.3
	rows LOSS models.def | lower | named leat_options.3
	rows DRIFT drifts.def | lower | named leat_options.3
	rows UPDATE models.def | named leat_model.3
} >build/adding.$$
while read -r line; do complain "$line"; done <build/adding.$$
rm -f build/adding.$$
exit $failed
