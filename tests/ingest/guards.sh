#!/bin/sh
# Who must stay outside does: guards.sh PROGRAM SOURCE_ROOT
#
# Tokens, certificates, limits. What is refused is counted and said once a
# minute.
set -u
# shellcheck source=tests/ingest/common.sh
. "$(dirname "$0")/common.sh"
have socat curl openssl || exit 0

# A certificate authority, a server, a client, and a client of someone else.
make_cert() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$tmp/$1.key" -out "$tmp/$1.csr" -subj "/CN=$1" \
		2>/dev/null
	printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' >"$tmp/ext"
	openssl x509 -req -in "$tmp/$1.csr" -CA "$tmp/$2.pem" \
		-CAkey "$tmp/$2.key" -CAcreateserial -days 2 \
		-extfile "$tmp/ext" -out "$tmp/$1.pem" 2>/dev/null
}
for ca in ca other; do
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$tmp/$ca.key" -out "$tmp/$ca.pem" -days 2 \
		-subj "/CN=$ca" 2>/dev/null
done
make_cert server ca
make_cert client ca
make_cert stranger other
token=swordfish
echo "$token" >"$tmp/token"

refused() {
	metric "leat_ingest_refused_total{reason=\"$1\"}"
}
is_refused() {
	[ "$(refused "$1")" = "$2" ]
}

# ---- A token ----

serve --listen tcp://127.0.0.1:0 --http 127.0.0.1:0 --token-file "$tmp/token" \
	-w 1 -s last && {
	printf 'token swordfish\na 1\n' | to_tcp
	await 5 has_rows 2
	# Frames that are counted, after it.
	printf 'token swordfish\n40 <13>1 2026-01-02T03:04:05Z h app - - - 5' |
		to_tcp
	await 5 has_rows 3
	printf 'token swordfis\na 2\n' | to_tcp 2>/dev/null
	printf 'token swordfishx\na 2\n' | to_tcp 2>/dev/null
	printf 'a 3\n' | to_tcp 2>/dev/null
	printf 'token \na 3\n' | to_tcp 2>/dev/null
	printf 'a 4' | to_tcp 2>/dev/null
	head -c 20000 /dev/zero | to_tcp 2>/dev/null
	true_that 'wrong tokens are counted' await 5 is_refused token 5
	true_that 'and said once' [ "$(grep -c token "$tmp/log")" = 1 ]
	for path in / /events /metrics /api/keys /api/key/a; do
		code=$(curl -s -o /dev/null -w '%{http_code}' "$page$path")
		true_that "no $path without the token" [ "$code" = 401 ]
	done
	code=$(curl -s -o /dev/null -w '%{http_code}' "$page/healthz")
	true_that 'but /healthz' [ "$code" = 200 ]
	code=$(curl -s -o /dev/null -w '%{http_code}' "$page/?token=$token")
	true_that 'the page with the token in its address' [ "$code" = 200 ]
	stop
	rows_are 'only who has the token is heard' \
		'row,key,value_last\n1,a,1\n2,app,5\n'
}

# ---- TLS ----

secure() {
	openssl s_client -quiet -no_ign_eof -connect "127.0.0.1:$tcp" \
		-CAfile "$tmp/ca.pem" -verify_return_error "$@" 2>/dev/null
}
serve --listen tcp://127.0.0.1:0 --http 127.0.0.1:0 --tls-cert \
	"$tmp/server.pem" --tls-key "$tmp/server.key" --tls-client-ca \
	"$tmp/ca.pem" --token-file "$tmp/token" -w 1 -s last && {
	{ printf 'token swordfish\na 1\n'; sleep 0.5; } |
		secure -cert "$tmp/client.pem" -key "$tmp/client.key"
	true_that 'a client with a certificate is heard' await 5 has_rows 2
	{ printf 'token swordfish\na 2\n'; sleep 0.5; } | secure
	{ printf 'token swordfish\na 3\n'; sleep 0.5; } |
		secure -cert "$tmp/stranger.pem" -key "$tmp/stranger.key"
	printf 'token swordfish\na 4\n' | to_tcp 2>/dev/null
	curl -s --cacert "$tmp/ca.pem" "$page/healthz" >/dev/null
	true_that 'HTTP without a certificate is refused' [ $? != 0 ]
	code=$(curl -s -o "$tmp/metrics" -w '%{http_code}' --cacert \
		"$tmp/ca.pem" --cert "$tmp/client.pem" --key \
		"$tmp/client.key" -H "Authorization: Bearer $token" \
		"$page/metrics")
	true_that 'HTTP with one is not' [ "$code" = 200 ]
	true_that 'three handshakes failed' \
		grep -q 'reason="tls"} [3-9]' "$tmp/metrics"
	true_that 'which is said once' [ "$(grep -c 'certificate' "$tmp/log")" -le 1 ]
	mv "$tmp/stranger.pem" "$tmp/server.pem"
	kill -HUP "$pid"
	true_that 'a certificate that does not fit leaves the old one' \
		await 5 grep -q 'keeping the old certificate' "$tmp/log"
	stop
	rows_are 'nobody else is heard' 'row,key,value_last\n1,a,1\n'
}

# What waits for credit is read later, also when its end has come.
token=
serve --listen tcp://127.0.0.1:0 --http 127.0.0.1:0 --tls-cert \
	"$tmp/ca.pem" --tls-key "$tmp/ca.key" --max-rate 50000 -o none -w 1 \
	-s last && {
	awk 'BEGIN { for (i = 0; i < 15000; i++) print "abcdef " i % 10 }' |
		openssl s_client -quiet -no_ign_eof -connect "127.0.0.1:$tcp" \
			2>/dev/null
	true_that 'a rate is kept with TLS, and all comes in the end' \
		await 20 has_metric leat_ingest_samples_total 15000
	stop
}

# ---- Limits ----

serve --listen tcp://127.0.0.1:0 --http 127.0.0.1:0 --max-line 100 \
	--max-connections 3 --max-keys 2 --idle 1s -w 1 -s last && {
	{
		echo 'a 1'
		head -c 100000 /dev/zero | tr '\0' x
		printf '\nb 2\nc 3\na 4\n'
	} | to_tcp
	await 5 has_rows 4
	true_that 'a long line is skipped and counted' is_refused long_line 1
	true_that 'a key too many is counted' is_refused keys_full 1
	echo 'a 5' >"$tmp/line"
	hold "$tcp" 127.0.0.1 3 "$tmp/line"
	await 5 has_rows 7
	hold "$tcp" 127.0.0.1 2
	true_that 'connections beyond the limit are closed' \
		await 5 is_refused connections 2
	true_that 'silent ones are closed' await 5 is_refused idle 3
	release
	stop
	head -n 4 "$tmp/rows" >"$tmp/first"
	mv "$tmp/first" "$tmp/rows"
	rows_are 'what is within the limits is heard' \
		'row,key,value_last\n1,a,1\n2,b,2\n4,a,4\n'
}
: >"$tmp/rows"
serve --listen tcp://127.0.0.1:0 --http 127.0.0.1:0 --max-rate 100000 \
	-o none -w 1 -s last && {
	# 450 KB: a second's worth at once, and 3.5 s for the rest.
	start=$(date +%s)
	awk 'BEGIN { for (i = 0; i < 50000; i++) print "abcdef " i % 10 }' |
		to_tcp
	true_that 'all comes in the end' \
		await 20 has_metric leat_ingest_samples_total 50000
	took=$(($(date +%s) - start))
	true_that "but no faster than it may: $took s" [ "$took" -ge 2 ]
	stop
}

finish
