# The examples of a page of the manual, for the tests that run them: sourced by
# tests/check_pages.sh, which explains the comments before a block, and by
# tests/ingest/pages.sh.
#
# shellcheck shell=sh

# page_blocks PAGE FOLDER: writes block N of the page's EXAMPLES as N.text into
# the folder, the number of its line as N.line, and each comment before it as
# N.KIND; N.prints is there if the text before it says that something prints
# it. Prints how many blocks there are.
page_blocks() {
	awk -v dir="$2/" '
	/^\.Sh/ { examples = ($2 == "EXAMPLES") }
	!examples { next }
	/^\.\\" (input|inside|hex|elsewhere): / {
		kind = $2
		sub(/:$/, "", kind)
		sub(/^\.\\" [a-z]*: /, "")
		said[kind] = said[kind] $0 "\n"
		next
	}
	/^\.Bd -literal/ {
		n++
		inside = 1
		print NR >(dir n ".line")
		for (kind in said)
			printf "%s", said[kind] >(dir n "." kind)
		delete said
		if (prints)
			print "" >(dir n ".prints")
		printf "" >(dir n ".text")
		next
	}
	/^\.Ed/ { inside = prints = 0; next }
	inside {
		gsub(/\\&/, "")
		gsub(/\\-/, "-")
		gsub(/\\\(aq/, "\047")
		gsub(/\\e/, "\\")
		print >(dir n ".text")
		next
	}
	/prints.*:$/ { prints = 1 }
	END { print n + 0 }' "$1"
}
