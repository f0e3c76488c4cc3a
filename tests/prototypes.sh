#!/bin/sh
# Prints the functions that the headers declare, one prototype a line, spaces
# made uniform, sorted: "int leat_window_push(leat_window *window, double x)".
set -eu

printf '#include <leat_text.h>\n' |
	${CC:-cc} -E -P -Iinclude -DLEAT_API=LEAT_PROTOTYPE - |
	tr '\n\t' '  ' | tr ';' '\n' |
	sed -n -e 's/^.*LEAT_PROTOTYPE //' -e 't print' -e 'd' -e ': print' \
		-e 's/  */ /g' -e 's/ *$//' -e 's/( /(/g' -e p |
	LC_ALL=C sort
