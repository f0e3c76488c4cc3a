# Where the upper halves of the vector registers are dirty when they must not
# be, from the output of `objdump -d --no-show-raw-insn`.
#
# Most x86 CPUs pay for a dirty half at every instruction of the older form,
# the one without a v: they keep the half, or wait for it. So code that has
# used ymm or zmm says vzeroupper before it leaves for what may be of that
# form. A function of the same file may be entered with dirty halves if it
# has the newer form alone.
#
# Each function is walked, from its start and with both states, along every
# way there is until nothing changes. A jump by a table may end wherever no
# instruction runs on from the one before it, or jumps to.

function target(text,    part) {
	split(text, part, " ")
	return part[2]
}

function is_old(text) {
	return text ~ /%xmm/ && text !~ /^v/
}

function fault(f, i) {
	if ((name[f], code[i]) in told)
		return
	told[name[f], code[i]] = 1
	print name[f] " " code[i]
	bad++
}

function reach(i, dirty) {
	if (i < 1 || i > n || (i, dirty) in been)
		return
	been[i, dirty] = 1
	todo[++left] = i SUBSEP dirty
}

# A call, or a jump into another function, with dirty halves.
function enter(f, i,    to) {
	to = target(code[i])
	if (to in at && at[to] == first[of[at[to]]]) {
		entered[of[at[to]]] = 1
		reach(at[to], 1)
	} else {
		fault(f, i)
	}
}

# Whether only a table can lead to k: nothing runs on to it or jumps to it.
function starts(k,    before) {
	for (before = k - 1; before > 0 && code[before] ~ /nop/; before--)
		;
	return code[before] ~ /^(jmp|ret|ud2)/ && code[k] !~ /nop/ &&
	    !(k in direct)
}

function jump(f, i, dirty,    to, k) {
	to = target(code[i])
	if (to in at && of[at[to]] == f) {
		reach(at[to], dirty)
	} else if (to ~ /^\*/) {
		for (k = first[f]; k < first[f + 1]; k++)
			if (starts(k))
				reach(k, dirty)
	} else if (dirty) {
		enter(f, i)
	}
}

function step(i, dirty,    f) {
	f = of[i]
	if (dirty && is_old(code[i]))
		fault(f, i)
	if (code[i] ~ /^vzero/)
		dirty = 0
	else if (code[i] ~ /%[yz]mm/)
		dirty = 1
	if (code[i] ~ /^call/ && dirty)
		enter(f, i)
	if (code[i] ~ /^ret/ && dirty && !(f in entered))
		fault(f, i)
	if (code[i] ~ /^j/)
		jump(f, i, dirty)
	if (code[i] !~ /^(jmp|ret|ud2)/ && of[i + 1] == f)
		reach(i + 1, dirty)
}

function finish(    f, i, p) {
	first[functions + 1] = n + 1
	for (i = 1; i <= n; i++)
		if (code[i] ~ /^j/ && (target(code[i]) in at))
			direct[at[target(code[i])]] = 1
	for (f = 1; f <= functions; f++)
		if (f in wide) {
			wides++
			reach(first[f], 0)
		}
	while (left > 0) {
		split(todo[left--], p, SUBSEP)
		step(p[1] + 0, p[2] + 0)
	}
	for (f in first)
		delete first[f]
	split("", at)
	split("", of)
	split("", code)
	split("", been)
	split("", wide)
	split("", direct)
	split("", entered)
	n = functions = 0
}

# Another object, or another section, in which addresses begin anew.
/file format|^Disassembly of section/ {
	finish()
}

/^[0-9a-f]+ <.*>:$/ {
	name[++functions] = $2
	first[functions] = n + 1
}

/^ *[0-9a-f]+:\t/ {
	place = $1
	sub(/:$/, "", place)
	text = $0
	sub(/^ *[0-9a-f]+:\t/, "", text)
	sub(/^(bnd|notrack|rep|repz) /, "", text)
	code[++n] = text
	of[n] = functions
	at[place] = n
	if (text ~ /%[yz]mm/)
		wide[functions] = 1
}

END {
	finish()
	print wides + 0 " functions with wide vectors, " bad + 0 \
		" places with dirty upper halves"
	exit bad > 0
}
