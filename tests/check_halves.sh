#!/bin/sh
# No code of models and text is of the older vector form, or leaves for what may
# be, while the upper halves of the registers are in use; see the awk program,
# which is first tried on two functions that are known. x86-64 alone, and from
# -O2 on, since gcc puts no vzeroupper anywhere below that. Windows are left
# out: their one wide function has a jump table that cannot be followed, and
# calls nothing behind its wide part. BUILD and CFLAGS are those of the build.
set -eu
# shellcheck source=tests/scratch.sh
. tests/scratch.sh

if ! command -v objdump >/dev/null ||
	! objdump -f "$build/libleat.a" 2>/dev/null | grep -q 'x86-64'; then
	echo 'halves: no objdump, or not an x86-64: left out'
	exit 0
fi

case " ${CFLAGS--O3} " in
*' -O2 '* | *' -O3 '*) ;;
*)
	echo "halves: built with $CFLAGS: left out"
	exit 0
	;;
esac

look() {
	awk -f tests/upper_halves.awk
}

clean='0000000000000000 <f>:
   0:	vaddpd %ymm0,%ymm1,%ymm2
   4:	vzeroupper
   7:	call   100 <other>
   c:	ret'
echo "$clean" | look >"$tmp/clean" || {
	echo 'check_halves: finds fault with what is clean' >&2
	exit 1
}
! echo "$clean" | grep -v vzeroupper | look >"$tmp/dirty" || {
	echo 'check_halves: sees no fault in what is dirty' >&2
	exit 1
}

objdump -d --no-show-raw-insn "$build"/static/model/*.o \
	"$build"/static/text/*.o | look >"$tmp/found" || {
	echo 'check_halves: places with dirty upper halves:' >&2
	cat "$tmp/found" >&2
	exit 1
}
echo "halves: $(cat "$tmp/found")"
