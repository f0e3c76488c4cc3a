.error : leat needs GNU make, often called gmake
#
# Builds, tests and installs leat. Needs GNU make and a C11 compiler, and
# writes into build/ alone.
# `make help` lists the targets.
#
# CC, AR, CPPFLAGS, CFLAGS, LDFLAGS and LIBS are yours: flags that the project
# needs are added to them. DESTDIR and the directory variables below say
# where things are installed. V=1 shows the commands.
#
# The first line is for other makes, which stop at it with its words as their
# error message. To GNU make it is a rule for a target that is never made.

CFLAGS ?= -O3 -g
CXXFLAGS ?= $(CFLAGS)
LIBS ?= -lm
CLANG ?= clang

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man
PKGCONFIGDIR ?= $(LIBDIR)/pkgconfig

# Other kinds of builds (sanitizers, coverage) have folders of their own.
BUILD ?= build
FUZZ_SECONDS ?= 60

# The version is defined in the header alone.
define_of = $(shell sed -n \
	's/^.define $(1)[ \t][ \t]*"\{0,1\}\([0-9.]*\)"\{0,1\}.*/\1/p' \
	include/leat.h)
VERSION := $(call define_of,LEAT_VERSION_STRING)
ABI := $(call define_of,LEAT_ABI_VERSION)

Q := $(if $(V),,@)
# With make -s no step is shown.
say := @$(if $(findstring s,$(firstword -$(MAKEFLAGS))),:,printf '  %-7s %s\n')
MAKEFLAGS += --no-print-directory
shell_quote = '$(subst ','\'',$(1))'

WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow \
	-Wstrict-prototypes -Wmissing-prototypes
# -ffp-contract=off comes last, since contraction would change results.
compile = $(CC) -Iinclude $(CPPFLAGS) -std=c11 $(WARNINGS) $(CFLAGS) \
	-ffp-contract=off -MMD -MP
link = $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^)

# ---- The library ------------------------------------------------------

SRCS := $(wildcard src/*/*.c)
HEADERS := $(wildcard include/*.h)
BUILT_HEADERS := $(HEADERS:include/%=$(BUILD)/%)
STATIC_OBJS := $(SRCS:src/%.c=$(BUILD)/static/%.o)
SHARED_OBJS := $(SRCS:src/%.c=$(BUILD)/shared/%.o)

STATIC := $(BUILD)/libleat.a
SONAME := libleat.so.$(ABI)
SHARED_NAME := libleat.so.$(VERSION)
SHARED := $(BUILD)/$(SHARED_NAME)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

.PHONY: all
all: lib programs ## the library, static and shared, and what is installed

.PHONY: lib
lib: $(STATIC) $(SHARED) $(BUILD)/leat.pc

# This file holds the flags and changes only with them. Objects depend on it.
FLAGS := $(CC) $(AR) $(CXX) $(CPPFLAGS) $(CFLAGS) $(CXXFLAGS) $(LDFLAGS) $(LIBS)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(call shell_quote,$(FLAGS)) | cmp -s - $@ || \
		printf '%s\n' $(call shell_quote,$(FLAGS)) >$@

.PHONY: FORCE
FORCE:

$(BUILD)/static/%.o: src/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(compile) -fvisibility=hidden -c -o $@ $<

$(BUILD)/shared/%.o: src/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(compile) -fvisibility=hidden -fPIC -c -o $@ $<

# The archive is removed first: ar would keep members without a source.
$(STATIC): $(STATIC_OBJS)
	$(say) AR $@
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $(STATIC_OBJS)

$(SHARED): $(SHARED_OBJS)
	$(say) LD $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(SONAME) -o $@ \
		$(SHARED_OBJS) $(LIBS)
	$(Q)ln -sf $(SHARED_NAME) $(BUILD)/$(SONAME)
	$(Q)ln -sf $(SONAME) $(BUILD)/libleat.so

# Directories below the prefix are named by it, so that the tree can be moved.
below_prefix = $(subst $(PREFIX)/,$${prefix}/,$(1))
$(BUILD)/leat.pc: src/leat.pc.in FORCE
	@mkdir -p $(@D)
	@sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' \
		-e 's|@LIBDIR@|$(call below_prefix,$(LIBDIR))|' \
		-e 's|@INCLUDEDIR@|$(call below_prefix,$(INCLUDEDIR))|' \
		-e 's|@LIBS@|$(LIBS)|' src/leat.pc.in >$@

# ---- Examples ---------------------------------------------------------

# A file of examples/ is a program; csv_replay and socket_ingest have a folder
# each, and share what is in examples/replay/.
BIN := $(BUILD)/bin
objs_in = $(patsubst %.c,$(BUILD)/%.o,$(wildcard examples/$(1)/*.c))
REPLAY_OBJS := $(call objs_in,replay)
CSV_OBJS := $(call objs_in,csv_replay)
CSV_REPLAY := $(BIN)/csv_replay
INGEST := $(BIN)/socket_ingest
SMALL_EXAMPLES := $(patsubst examples/%.c,$(BIN)/%,$(wildcard examples/*.c))
EXAMPLES := $(SMALL_EXAMPLES) $(CSV_REPLAY)
# Programs that are installed; $(INGEST) is one more, where it can be built.
PROGRAMS := $(CSV_REPLAY)

.PHONY: programs
programs: $(PROGRAMS) socket_ingest

.PHONY: examples
examples: $(EXAMPLES) socket_ingest ## the example programs, in build/bin/

$(BUILD)/examples/%.o: examples/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(compile) $(extra) -c -o $@ $<

$(SMALL_EXAMPLES): $(BIN)/%: $(BUILD)/examples/%.o
$(CSV_REPLAY): $(CSV_OBJS) $(REPLAY_OBJS)
$(EXAMPLES): $(STATIC)
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(link) $(LIBS)

# socket_ingest needs libevent and OpenSSL, and uses SQLite if it is there.
# `make deps check` may install these in the same run, so a recipe looks for
# them, and calls another make to build the program. SKIP_INGEST=1 leaves out
# the program and its tests.
INGEST_NEEDS := libevent libevent_openssl openssl
HAS_LIBEVENT := pkg-config --exists $(INGEST_NEEDS) 2>/dev/null
INGEST_OBJS := $(call objs_in,socket_ingest) $(BUILD)/ingest_page.o
INGEST_FLAGS := $(BUILD)/ingest.cflags
# A Check runner for the parts of socket_ingest, and programs that its test
# scripts use to send.
INGEST_TEST := $(BUILD)/tests/test_ingest
INGEST_TOOLS := $(addprefix $(BUILD)/tests/ingest/,sender crowd hold browser)
INGEST_TEST_OBJS := $(filter-out $(INGEST_TOOLS:=.o), \
	$(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/ingest/*.c)))
INGEST_PARTS := $(filter-out %/socket_ingest.o,$(INGEST_OBJS))

.PHONY: socket_ingest
socket_ingest: $(REPLAY_OBJS) $(STATIC)
	@if test -n '$(SKIP_INGEST)'; then :; \
	elif $(HAS_LIBEVENT); then \
		$(MAKE) HAS_INGEST=1 ingest-programs; \
	else \
		echo 'socket_ingest is left out: it needs libevent;' \
			'apt-get install pkg-config libevent-dev libssl-dev'; \
	fi

.PHONY: ingest-programs ingest-tests
ingest-programs: $(INGEST)
ingest-tests: $(INGEST) $(INGEST_TEST) $(INGEST_TOOLS)

ifdef HAS_INGEST
$(INGEST_FLAGS): $(BUILD)/flags FORCE
	@{ pkg-config --cflags $(INGEST_NEEDS); \
		pkg-config --exists sqlite3 && echo -DHAVE_SQLITE && \
		pkg-config --cflags sqlite3 || :; } | cmp -s - $@ || { \
		pkg-config --cflags $(INGEST_NEEDS); \
		pkg-config --exists sqlite3 && echo -DHAVE_SQLITE && \
		pkg-config --cflags sqlite3 || :; } >$@
	@{ pkg-config --libs $(INGEST_NEEDS); \
		pkg-config --libs sqlite3 2>/dev/null || :; } >$(BUILD)/ingest.libs

$(INGEST_OBJS): private extra = $$(cat $(INGEST_FLAGS))
$(INGEST_OBJS): $(INGEST_FLAGS)

# The web page of socket_ingest as an array of bytes.
$(BUILD)/ingest_page.c: examples/socket_ingest/page.html
	$(say) GEN $@
	@{ echo '#include "page.h"'; \
		echo 'const unsigned char ingest_page[] = {'; \
		od -An -v -tu1 $< | sed 's/$$/,/; s/\([0-9]\) /\1,/g'; \
		echo '};'; \
		echo 'const size_t ingest_page_len = sizeof ingest_page;'; } >$@

$(BUILD)/ingest_page.o: $(BUILD)/ingest_page.c
	$(say) CC $@
	$(Q)$(compile) -Iexamples/socket_ingest -c -o $@ $<

$(INGEST): $(INGEST_OBJS) $(REPLAY_OBJS) $(STATIC)
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(link) $$(cat $(BUILD)/ingest.libs) $(LIBS)

$(INGEST_TEST_OBJS) $(INGEST_TOOLS:=.o): private extra = \
	$$(cat $(CHECK_FLAGS) $(INGEST_FLAGS)) -Iexamples/socket_ingest
$(INGEST_TEST_OBJS) $(INGEST_TOOLS:=.o): $(INGEST_FLAGS) $(CHECK_FLAGS)

$(INGEST_TEST): $(INGEST_TEST_OBJS) $(INGEST_PARTS) $(REPLAY_OBJS) $(STATIC)
	$(say) LD $@
	$(Q)$(link) $$(cat $(BUILD)/check.libs $(BUILD)/ingest.libs) $(LIBS)

$(INGEST_TOOLS): %: %.o
	$(say) LD $@
	$(Q)$(link)
endif

DEMO := $(CSV_REPLAY) -c co2 --show date -w 52 \
	-s count,mean,stddev,min,max --every 104 -o table --plot $(BUILD)/co2.svg \
	examples/data/co2_weekly.csv

# COMPARE has the mean error of the model and that of last week's value, in
# the weeks for which there are both; fields are row, value, prediction.
FORMULA := co2 ~ lag(co2,1) + lag(co2,51) + lag(co2,52) + lag(co2,53)
DEMO_MODEL := $(CSV_REPLAY) --model '$(FORMULA)'
FORECAST := $(DEMO_MODEL) --show date -w 208 --every 208 -o table \
	examples/data/co2_weekly.csv
COMPARE := $(DEMO_MODEL) examples/data/co2_weekly.csv 2>/dev/null | \
	awk -F, 'function size(x) { return x < 0 ? -x : x } \
	$$2 != "" && $$3 != "" && last != "" && NR > 1 { \
		n++; model += size($$3 - $$2); same += size(last - $$2) } \
	{ last = NR > 1 ? $$2 : "" } \
	END { m = model / n; s = same / n; \
		printf "In %d weeks it was wrong by %.3f ppm on average; ", n, m; \
		printf "\"same as last week\"\nby %.3f ppm. ", s; \
		printf "Its error is %.0f %% %s.\n", 100 * size(1 - m / s), \
			m < s ? "smaller" : "larger" }'

.PHONY: demo
demo: $(PROGRAMS) ## replays the weekly CO2 record, draws and predicts it
	@echo
	@echo 'Statistics of the last 52 weeks, every second year:'
	@echo
	@echo '$$ $(DEMO)'
	@$(DEMO)
	@echo
	@echo 'The picture of it is in $(BUILD)/co2.svg'
	@echo
	@echo 'A model that learns as it goes predicts each week from last week'
	@echo 'and a year ago; its error in the last 208 predictions:'
	@echo
	@echo "\$$ $(FORECAST)"
	@$(FORECAST)
	@echo
	@$(COMPARE)

# ---- Tests ------------------------------------------------------------

# Test programs with a main() of their own. Fuzzers are among them, to replay
# their corpus. All other tests/*.c make up one Check runner.
ALONE := $(wildcard $(addprefix tests/,test_replay.c long_drift.c \
	long_text.c long_state.c bits.c footprint.c looks.c csv_reader.c float_suite.c \
	hot.c c99.c layout.c threads.c growth.c state_travel.c fuzz_*.c))
RUNNER_OBJS := $(patsubst %.c,$(BUILD)/%.o, \
	$(filter-out $(ALONE),$(wildcard tests/*.c)))
RUNNER := $(if $(wildcard tests/main.c),$(BUILD)/tests/runner)
TEST_REPLAY := $(if $(wildcard tests/test_replay.c),$(BUILD)/tests/test_replay)
ALONE_PROGRAMS := $(patsubst %.c,$(BUILD)/%, \
	$(filter-out tests/test_replay.c,$(ALONE)))
REPLAYS := $(filter $(BUILD)/tests/fuzz_%,$(ALONE_PROGRAMS))
CXX_TESTS := $(patsubst %.cc,$(BUILD)/%_cc,$(wildcard tests/*.cc))

CHECK_FLAGS := $(BUILD)/check.cflags
# Exact arithmetic and test data, which do not need Check.
ORACLE_OBJS := $(filter %/big.o %/data.o %/oracle.o,$(RUNNER_OBJS))
CHECK_OBJS := $(filter-out $(ORACLE_OBJS),$(RUNNER_OBJS)) $(TEST_REPLAY:=.o)

# pkg-config is called in a recipe, not when make starts: `make deps check`
# may have to install it first.
$(CHECK_FLAGS): $(BUILD)/flags
	@pkg-config --cflags check >$@ 2>/dev/null && \
		pkg-config --libs check >$(BUILD)/check.libs || { \
		echo 'The tests need Check and pkg-config: make deps' \
		'installs them.' >&2; rm -f $@; exit 1; }

# The library as one file, built so that it counts the items it looks at.
$(BUILD)/tests/looks.o: private extra = -I$(BUILD)
$(BUILD)/tests/looks.o: $(BUILD)/leat.c $(BUILT_HEADERS)

$(CHECK_OBJS): private extra = $$(cat $(CHECK_FLAGS))
$(CHECK_OBJS): $(CHECK_FLAGS)
# Programs in C99 may include the header.
$(BUILD)/tests/c99.o: private extra = -std=c99 -Werror

$(BUILD)/tests/%.o: tests/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(compile) -Iexamples/replay -Iexamples/csv_replay $(extra) -c -o $@ $<

$(BUILD)/tests/runner: $(RUNNER_OBJS) $(STATIC)
	$(say) LD $@
	$(Q)$(link) $$(cat $(BUILD)/check.libs) $(LIBS)

$(BUILD)/tests/test_replay: $(BUILD)/tests/test_replay.o $(REPLAY_OBJS) \
	$(filter-out %/csv_replay.o,$(CSV_OBJS)) $(STATIC)
	$(say) LD $@
	$(Q)$(link) $$(cat $(BUILD)/check.libs) $(LIBS)

$(ALONE_PROGRAMS): $(BUILD)/tests/%: $(BUILD)/tests/%.o $(STATIC)
	$(say) LD $@
	$(Q)$(link) $(LIBS)

$(BUILD)/tests/long_drift: $(ORACLE_OBJS)
$(BUILD)/tests/hot: $(BUILD)/tests/data.o
$(BUILD)/tests/threads: private LIBS += -lpthread
$(BUILD)/tests/long_state $(BUILD)/tests/fuzz_state: $(BUILD)/tests/state_zoo.o
$(BUILD)/tests/fuzz_spec: $(BUILD)/tests/spec_words.o
# The fuzzer of socket_ingest's lines and frames needs only these files.
LINES := $(addprefix examples/socket_ingest/,chains frame line_join siphash24 \
	decoder decoder_key decoder_names decoder_sets) \
	$(patsubst %.c,%,$(wildcard examples/socket_ingest/format*.c)) \
	$(addprefix examples/replay/,state_tape list number report time_text)
$(BUILD)/tests/fuzz_wire: $(LINES:%=$(BUILD)/%.o)
# The fuzzer that calls the whole API needs only these files.
API_PARTS := $(patsubst %.c,%,$(wildcard tests/api/*.c)) \
	$(addprefix tests/,alloc classes state_zoo)
$(BUILD)/tests/fuzz_api: $(API_PARTS:%=$(BUILD)/%.o)
# Fuzzers that are linked with libFuzzer use its main().
FUZZ_ENTRY ?= -DLEAT_FUZZ_MAIN
$(REPLAYS:=.o): private extra = $(FUZZ_ENTRY)

$(BUILD)/tests/%_cc: tests/%.cc $(STATIC)
	@mkdir -p $(@D)
	$(say) CXX $@
	$(Q)$(CXX) -Iinclude $(CPPFLAGS) -Wall -Wextra -Wpedantic -Werror \
		-Wold-style-cast -Wmissing-field-initializers \
		$(CXXFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< $(STATIC) $(LIBS)

# Small programs as a reader of the manual would write them.
SMALL_PROGRAMS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/programs/*.c))
$(SMALL_PROGRAMS): %: %.o $(STATIC)
	$(say) LD $@
	$(Q)$(link) $(LIBS)

TEST_PROGRAMS := $(RUNNER) $(TEST_REPLAY) $(ALONE_PROGRAMS) $(CXX_TESTS) \
	$(SMALL_PROGRAMS)

# Tests by name: the suites of the runner, one by one; programs that test
# themselves (long_drift and the like take too long, csv_reader and
# float_suite read what they are given); the fuzzers' corpora; scripts that
# drive the programs; and scripts that look at the tree.
SUITES := $(if $(RUNNER),$(shell sed -n \
	's/^Suite .\([a-z_]*\)_suite(void);/suite_\1/p' tests/suites.h))
SELF_CHECKS := $(notdir $(TEST_REPLAY) $(CXX_TESTS) \
	$(filter %/bits %/footprint %/looks %/c99 %/layout %/threads,$(ALONE_PROGRAMS)))
CLI_TESTS := $(notdir $(patsubst %.sh,%,$(wildcard tests/cli_*.sh)))
PROGRAM_TESTS := $(SUITES) $(SELF_CHECKS) $(notdir $(REPLAYS)) $(CLI_TESTS) \
	dev_full golden ingest_parts programs socket_ingest
TREE_TESTS := $(notdir $(patsubst %.sh,%,$(wildcard tests/check_*.sh)))
# The longest tests start first, so that none is left to run alone at the end.
LONG_TESTS := suite_exact socket_ingest cli_csv_replay_save \
	check_amalgamation suite_state_merge_time
long_first = $(filter $(LONG_TESTS),$(1)) $(filter-out $(LONG_TESTS),$(1))

# Variables that tell scripts about this build. MAKEFLAGS loses its job options,
# since scripts take no part in the parallel jobs of this make.
script_env = MAKE='$(MAKE)' \
	MAKEFLAGS=$(call shell_quote,$(filter-out -j% --jobserver%,$(MAKEFLAGS))) \
	BUILD='$(BUILD)' \
	CC=$(call shell_quote,$(CC)) CFLAGS=$(call shell_quote,$(CFLAGS))

# A locale with a decimal comma, for tests that must not see it; where it
# cannot be made, they say so.
LOCALES := $(BUILD)/locale
$(LOCALES):
	@mkdir -p $@
	@localedef -i de_DE -f UTF-8 $@/de_DE.UTF-8 2>/dev/null || :

# Each test is a target, and its log a file; TESTS chooses some of them, or
# call one by name: make test_NAME.
LOGS := $(BUILD)/tests/log
RUN_TESTS := $(addprefix test_,$(PROGRAM_TESTS) $(TREE_TESTS))
.PHONY: $(RUN_TESTS)
$(RUN_TESTS): test_%:
	@LOCPATH='$(CURDIR)/$(LOCALES)' NEEDS='$(needs)' \
		sh tests/run.sh $(LOGS) $* $(command)

name = $(@:test_%=%)
test_%: command = $(BUILD)/tests/$(name)
test_suite_%: command = $(RUNNER) $(name:suite_%=%)
test_fuzz_%: command = $(BUILD)/tests/$(name) \
	tests/corpus/$(name:fuzz_%=%)/*
test_cli_%: command = sh tests/$(name).sh ./$(CSV_REPLAY) .
test_dev_full: command = sh tests/dev_full.sh ./$(BIN) \
	$(notdir $(EXAMPLES) $(INGEST))
test_programs: command = sh tests/programs.sh $(BUILD)/tests/programs \
	tests/programs
test_golden: command = sh tests/golden.sh $(BUILD)/tests/state_travel
test_ingest_parts: command = $(INGEST_TEST)
test_socket_ingest: command = sh tests/ingest/all.sh ./$(INGEST) . \
	$(BUILD)/tests/ingest
test_ingest_parts test_socket_ingest: needs = $(INGEST)
test_check_%: command = env $(script_env) sh tests/$(name).sh

chosen = $(if $(TESTS),$(filter $(TESTS),$(1)),$(call long_first,$(1)))
run_tests = +$(Q)rm -rf $(LOGS); $(MAKE) $(addprefix test_,$(call chosen,$(1))); \
	sh tests/run.sh --report $(LOGS) $(call chosen,$(1))

# Without -j, as many jobs run as there are processors.
all_cores = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell \
	nproc 2>/dev/null || echo 1))

.PHONY: test-programs
test-programs: $(TEST_PROGRAMS) $(EXAMPLES) | $(LOCALES) socket_ingest
	@if test -z '$(SKIP_INGEST)' && $(HAS_LIBEVENT); then \
		$(MAKE) HAS_INGEST=1 ingest-tests; \
	else \
		rm -f $(INGEST); \
	fi

.PHONY: check check-programs check-tree
check: ## all tests; TESTS chooses some by name
	$(Q)$(MAKE) $(all_cores) built-check

check-programs:
	$(Q)$(MAKE) $(all_cores) built-check-programs

check-tree:
	$(Q)$(MAKE) $(all_cores) built-check-tree

.PHONY: built-check built-check-programs built-check-tree
built-check: lib test-programs
	$(call run_tests,$(PROGRAM_TESTS) $(TREE_TESTS))

built-check-programs: test-programs
	$(call run_tests,$(PROGRAM_TESTS))

built-check-tree: lib examples $(filter %/bits %/fuzz_api,$(ALONE_PROGRAMS))
	$(call run_tests,$(TREE_TESTS))

# `make deps check` installs before it builds anything.
ifneq ($(filter deps,$(MAKECMDGOALS)),)
$(CHECK_FLAGS) $(CXX_TESTS) socket_ingest check: | deps
endif

.PHONY: deps
deps: ## installs what `make check` uses (Debian, Ubuntu)
	@sh .ci/deps

# ---- Wider checks -----------------------------------------------------

SANITIZE := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all

.PHONY: check-asan
check-asan: ## the tests under address and undefined-behaviour sanitizers
	$(Q)LEAT_TEST_SHORT=1 CAP_KB=500000 \
		$(MAKE) BUILD=build/asan CC='$(CLANG)' \
		CXX='$(CLANG)++' CFLAGS='$(SANITIZE) $(WERROR)' check-programs

# The suites left out are arithmetic, and slow.
VALGRIND := valgrind -q --error-exitcode=9 --leak-check=full \
	--errors-for-leak-kinds=definite,indirect
VALGRIND_SUITES := core stat window many runs each decay faults model_standard model_update \
	model_api \
	errors order drift time time_cases time_faults keyed keyed_faults \
	keyed_limits number timestamp csv state state_format state_time \
	state_merge
VALGRIND_PROGRAMS := test_replay footprint c99

.PHONY: check-valgrind
check-valgrind: ## the tests that touch memory, under valgrind
	$(Q)$(MAKE) BUILD=build/valgrind CFLAGS='-O1 -g' SKIP_INGEST=1 \
		test-programs
	$(Q)printf '%s\n' $(VALGRIND_SUITES:%='runner %') $(VALGRIND_PROGRAMS) | \
		LEAT_TEST_SHORT=1 CK_FORK=no CK_DEFAULT_TIMEOUT=0 \
		xargs -P 2 -I{} sh -c '$(VALGRIND) build/valgrind/tests/{} || \
		{ echo "FAILED: {}" >&2; exit 1; }'

# Branches are counted where the source has them: a function that is always
# inlined is one function here, not a copy for each set of constants, most
# of whose branches are dead. Two threads of one test count in the same places.
COVERAGE := -O0 -g --coverage -fprofile-update=atomic -Dalways_inline=unused

.PHONY: coverage
coverage: ## line and branch coverage of src/ by the tests
	$(Q)rm -rf build/coverage
	$(Q)$(MAKE) BUILD=build/coverage CFLAGS='$(COVERAGE)' SKIP_INGEST=1 \
		check-programs; status=$$?; \
	sh .ci/coverage build/coverage $(COVERAGE_LEAST) && exit $$status

.PHONY: mcdc
mcdc: ## conditions of src/ that the tests have decide alone (clang 18)
	@$(script_env) sh .ci/mcdc $(or $(MCDC),0) $(COVERAGE_LEAST)

# One build of the library for all of them.
.PHONY: fuzzers fuzz-build
fuzzers: $(REPLAYS)

fuzz-build:
	$(Q)$(MAKE) BUILD=build/fuzz CC='$(CLANG)' FUZZ_ENTRY= \
		CFLAGS='$(SANITIZE) -fsanitize=fuzzer-no-link' \
		LDFLAGS=-fsanitize=fuzzer fuzzers

.PHONY: fuzz
fuzz: fuzz-build ## fuzzes with libFuzzer, FUZZ_SECONDS (60) for each target
	@for f in $(REPLAYS:$(BUILD)/%=build/fuzz/%); do \
		sh .ci/fuzz $$f $(FUZZ_SECONDS) || exit 1; \
	done

.PHONY: mutants
mutants: ## changes src in many small ways, each of which must fail a test
	@MAKE='$(MAKE)' MAKEFLAGS= sh .ci/mutants

.PHONY: instructions instructions-new
instructions: ## counts those of the hot calls, against tests/instructions.txt
	@MAKE='$(MAKE)' MAKEFLAGS= sh .ci/instructions

instructions-new: ## writes that file, where a call may take more
	@MAKE='$(MAKE)' MAKEFLAGS= sh .ci/instructions new

.PHONY: soak
soak: ## the long forms of the checks, for a night; see tests/DEVELOPERS
	@MAKE='$(MAKE)' MAKEFLAGS= bash .ci/soak

.PHONY: lint
lint: ## format, static analysis, manual pages, scripts
	@$(script_env) sh .ci/lint

# ---- Benchmarks -------------------------------------------------------

BENCH_TOOLS := $(addprefix $(BUILD)/bench/,make_rows cost send_lines)
BENCH_OBJS := $(filter-out $(BENCH_TOOLS:=.o), \
	$(patsubst %.c,$(BUILD)/%.o,$(wildcard bench/*.c)))
BENCH := $(if $(BENCH_OBJS),$(BUILD)/bench/bench)

# GSL is compared with as well, where it is installed.
$(BUILD)/bench/gsl: FORCE
	@mkdir -p $(@D)
	@{ pkg-config --exists gsl 2>/dev/null && echo -DHAVE_GSL && \
		pkg-config --cflags gsl || :; } >$@.new
	@{ pkg-config --libs gsl 2>/dev/null || :; } >$@.libs
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(BUILD)/bench/%.o: bench/%.c $(BUILD)/flags $(BUILD)/bench/gsl
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(compile) $$(cat $(BUILD)/bench/gsl) -c -o $@ $<

$(BUILD)/bench/bench: $(BENCH_OBJS) $(STATIC)
	$(say) LD $@
	$(Q)$(link) $$(cat $(BUILD)/bench/gsl.libs) $(LIBS)

$(BENCH_TOOLS): %: %.o $(STATIC)
	$(say) LD $@
	$(Q)$(link) $(LIBS)

.PHONY: bench
bench: $(BENCH) ## speed, against the loop written by hand
	$(if $(BENCH),@./$(BENCH) $(BENCH_ARGS))

.PHONY: bench-text
bench-text: $(BENCH) ## numbers and times, against the C library
	@./$(BENCH) text

# Rolling means of 100 values for each of 1000 keys, with and without printed
# rows, compared with other programs that can read such a file.
ROWS ?= 4000000
ROWS_FILE := $(BUILD)/bench/rows-$(ROWS).csv
$(ROWS_FILE): | $(BUILD)/bench/make_rows
	$(say) GEN $@
	$(Q)$(BUILD)/bench/make_rows $(ROWS) >$@

REPLAY := $(CSV_REPLAY) -k key -c close -w 100 -s mean

.PHONY: bench-csv
bench-csv: $(BENCH_TOOLS) $(PROGRAMS) $(ROWS_FILE) ## csv_replay, whole program
	@set -- \
		'wc -l' 0 'exec wc -l $(ROWS_FILE)' \
		'csv_replay, one mean' 3.0 \
		'exec $(REPLAY) -o none $(ROWS_FILE)' \
		'csv_replay, default options' 9.5 \
		'exec $(CSV_REPLAY) -k key -o none $(ROWS_FILE) 2>/dev/null' \
		'csv_replay, every row printed' 7.5 \
		'exec $(REPLAY) $(ROWS_FILE)'; \
	! command -v mawk >/dev/null || set -- "$$@" \
		'mawk, one sum of the column' 0 \
		"exec mawk -F, '{ s += \$$6 } END { print s }' $(ROWS_FILE)"; \
	$(BUILD)/bench/cost $(ROWS) "$$@"

.PHONY: bench-ingest
bench-ingest: $(BUILD)/bench/send_lines socket_ingest ## socket_ingest under load
	@sh bench/ingest.sh $(INGEST) $(BUILD)/bench/send_lines

# ---- Vendoring, installing, packing -----------------------------------

.PHONY: amalgamation
amalgamation: $(BUILD)/leat.c $(BUILT_HEADERS) ## leat.c and its two headers

$(BUILD)/leat.c: src/amalgamate.sh $(HEADERS) $(SRCS) $(wildcard src/*/*.h)
	@mkdir -p $(@D)
	$(say) GEN $@
	$(Q)sh src/amalgamate.sh $(VERSION) $(SRCS) >$@

$(BUILT_HEADERS): $(BUILD)/%: include/%
	@mkdir -p $(@D)
	$(say) GEN $@
	$(Q)cp $< $@

PAGES1 := $(PROGRAMS:$(BIN)/%=man/%.1)
PAGES1 := $(wildcard $(PAGES1))
# socket_ingest is installed with its page, if it could be built.
if_ingest = $(Q)if test -x $(INGEST); then $(1); fi
PAGES3 := $(wildcard man/*.3)
PAGES5 := $(wildcard man/*.5)
PAGES7 := $(wildcard man/*.7)
# A page is found by each name it has: "page name" for every other name.
page_links = $(foreach p,$(PAGES3),$(shell sed -n -e '/^.Sh NAME/,/^.Nd/{' \
	-e 's/^\.Nm \([^ ]*\).*/$(notdir $(p)):\1.3/p' -e '}' $(p)))
LINKS3 = $(filter-out $(foreach p,$(notdir $(PAGES3)),$(p):$(p)),$(page_links))

to = $(DESTDIR)$(1)
.PHONY: install
install: all ## installs below PREFIX (and DESTDIR)
	$(say) INSTALL "$(call to,$(PREFIX))"
	$(Q)install -d "$(call to,$(LIBDIR))" "$(call to,$(INCLUDEDIR))" \
		"$(call to,$(PKGCONFIGDIR))" "$(call to,$(MANDIR))/man3"
	$(Q)install -m 644 $(STATIC) "$(call to,$(LIBDIR))"
	$(Q)install -m 755 $(SHARED) "$(call to,$(LIBDIR))"
	$(Q)ln -sf $(SHARED_NAME) "$(call to,$(LIBDIR))/$(SONAME)"
	$(Q)ln -sf $(SONAME) "$(call to,$(LIBDIR))/libleat.so"
	$(Q)install -m 644 $(HEADERS) "$(call to,$(INCLUDEDIR))"
	$(Q)install -m 644 $(BUILD)/leat.pc "$(call to,$(PKGCONFIGDIR))"
	$(if $(PAGES3),$(Q)install -m 644 $(PAGES3) "$(call to,$(MANDIR))/man3")
	$(Q)for l in $(LINKS3); do \
		ln -sf "$${l%:*}" "$(call to,$(MANDIR))/man3/$${l#*:}"; done
	$(if $(PAGES5),$(Q)install -d "$(call to,$(MANDIR))/man5" && \
		install -m 644 $(PAGES5) "$(call to,$(MANDIR))/man5")
	$(if $(PAGES7),$(Q)install -d "$(call to,$(MANDIR))/man7" && \
		install -m 644 $(PAGES7) "$(call to,$(MANDIR))/man7")
	$(if $(PROGRAMS),$(Q)install -d "$(call to,$(BINDIR))" && \
		install -m 755 $(PROGRAMS) "$(call to,$(BINDIR))")
	$(if $(PAGES1),$(Q)install -d "$(call to,$(MANDIR))/man1" && \
		install -m 644 $(PAGES1) "$(call to,$(MANDIR))/man1")
	$(call if_ingest,install -m 755 $(INGEST) "$(call to,$(BINDIR))" && \
		install -m 644 man/socket_ingest.1 "$(call to,$(MANDIR))/man1")

.PHONY: uninstall
uninstall: ## removes what install put there
	$(Q)cd "$(call to,$(LIBDIR))" && rm -f libleat.a libleat.so $(SONAME) \
		$(SHARED_NAME)
	$(Q)for f in $(notdir $(HEADERS)); do \
		rm -f "$(call to,$(INCLUDEDIR))/$$f"; done
	$(Q)rm -f "$(call to,$(PKGCONFIGDIR))/leat.pc"
	$(Q)for f in $(notdir $(PAGES3)) $(LINKS3); do \
		rm -f "$(call to,$(MANDIR))/man3/$${f#*:}"; done
	$(Q)for f in $(notdir $(PAGES5)); do \
		rm -f "$(call to,$(MANDIR))/man5/$$f"; done
	$(Q)for f in $(notdir $(PAGES7)); do \
		rm -f "$(call to,$(MANDIR))/man7/$$f"; done
	$(Q)for f in $(notdir $(PAGES1)) socket_ingest.1; do \
		rm -f "$(call to,$(MANDIR))/man1/$$f"; done
	$(Q)for f in $(notdir $(PROGRAMS)) socket_ingest; do \
		rm -f "$(call to,$(BINDIR))/$$f"; done

.PHONY: dist
dist: ## the source as build/leat-VERSION.tar.gz, the same bytes each time
	@sh .ci/dist leat-$(VERSION)

.PHONY: distcheck
distcheck: dist ## unpacks that, builds, tests, installs, packs it again
	@MAKE='$(MAKE)' sh .ci/distcheck leat-$(VERSION)

.PHONY: clean
clean: ## removes what make has made
	$(Q)rm -rf build $(BUILD)

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1:\2/p' Makefile | \
		awk -F: '{ printf "  %-15s %s\n", $$1, $$2 }'

-include $(STATIC_OBJS:.o=.d) $(SHARED_OBJS:.o=.d) $(REPLAY_OBJS:.o=.d) \
	$(CSV_OBJS:.o=.d) $(SMALL_EXAMPLES:$(BIN)/%=$(BUILD)/examples/%.d) \
	$(INGEST_OBJS:.o=.d) $(INGEST_TEST_OBJS:.o=.d) $(INGEST_TOOLS:=.d) \
	$(API_PARTS:%=$(BUILD)/%.d) $(RUNNER_OBJS:.o=.d) $(TEST_REPLAY:=.d) $(ALONE_PROGRAMS:=.d) \
	$(CXX_TESTS:=.d) $(BENCH_OBJS:.o=.d) $(BENCH_TOOLS:=.d)
