# shellcheck shell=sh
# What scripts that look at the tree begin with; each sources this from the top
# folder. CC and BUILD come from make, tmp is a folder that goes when they end.
export LC_ALL=C
# shellcheck disable=SC2034 # for who sources this
build=${BUILD:-build}
# shellcheck disable=SC2034
cc=${CC:-cc}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

fail() {
	echo "$(basename "$0" .sh): $*" >&2
	exit 1
}
