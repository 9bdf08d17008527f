# SPDX-License-Identifier: BSD-2-Clause
# Builds and proves FAMA. `make help` lists what can be asked; O= is the output directory, V=1
# shows commands, SAN=1 builds with ASan and UBSan (into build-san).

SAN ?= 0
ifeq ($(SAN),1)
O ?= build-san
else
O ?= build
endif
V ?= 0
ifeq ($(V),1)
Q =
say =
else
Q = @
say = @printf '  %-7s %s\n' '$(1)' '$(patsubst $(CURDIR)/%,%,$(2))';
endif

CC ?= gcc
CLANG ?= clang
BPFTOOL ?= $(shell command -v bpftool || echo /usr/sbin/bpftool)
PYTHON = /usr/bin/python3
PREFIX ?= /usr
DESTDIR ?=

VERSION := $(shell sed -n 's/^## \([0-9][^ ]*\).*/\1/p' CHANGELOG.md | head -1)
LIBS = -lbpf -lxdp -lcrypto -lcyaml -lyaml -levent -lmnl -ljansson -lcap-ng -lsqlite3

CPPFLAGS += -Iinclude -Iagent -I$(O)/bpf -D_GNU_SOURCE -DFAMA_VERSION='"$(VERSION)"'
WARN = -Wall -Wextra -Wformat=2 -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
       -Wimplicit-fallthrough -Wvla -Wno-missing-field-initializers -Werror
CFLAGS ?= -O2 -g
HARDEN = -fstack-protector-strong -fstack-clash-protection -fPIE -fno-strict-aliasing
LDHARDEN = -pie -Wl,-z,relro,-z,now,-z,noexecstack
ifeq ($(SAN),1)
HARDEN += -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
LDHARDEN += -fsanitize=address,undefined
else
CPPFLAGS += -D_FORTIFY_SOURCE=2
endif
ALL_CFLAGS = -std=gnu11 $(WARN) $(HARDEN) $(CFLAGS) -MMD -MP
BPF_CFLAGS = -O2 -g -target bpf -mcpu=v3 -std=gnu11 -Wall -Wextra -Wpadded -Werror \
	     -Iinclude -Ibpf -I/usr/include/$(shell uname -m)-linux-gnu -MMD -MP

LIBRARY_SRC := $(wildcard agent/base/*.c agent/wire/*.c agent/crypto/*.c agent/kernel/*.c \
			  agent/config/*.c agent/store/*.c agent/dar/*.c agent/mn/*.c agent/control/*.c)
LIBRARY_OBJ := $(LIBRARY_SRC:%.c=$(O)/%.o)
CLI_OBJ := $(patsubst %.c,$(O)/%.o,$(wildcard agent/cli/*.c))
# The definitions of the maps come last: met first, libbpf 1.1 holds each later extern against them,
# for which clang 14 writes too little BTF.
BPF_OBJ := $(patsubst bpf/%.bpf.c,$(O)/bpf/%.bpf.o,\
	     $(filter-out bpf/maps.bpf.c,$(wildcard bpf/*.bpf.c)) bpf/maps.bpf.c)
UNIT := $(patsubst %.c,$(O)/%,$(wildcard test/unit/test_*.c))
BPF_TESTS := $(patsubst %.c,$(O)/%,$(wildcard test/bpf/test_*.c))
BENCH_OBJ := $(patsubst %.c,$(O)/%.o,$(filter-out %.bpf.c,$(wildcard test/bench/*.c)))
HARNESS_OBJ := $(patsubst %.c,$(O)/%.o,$(wildcard test/harness/*.c))
MODEL_OBJ := $(patsubst %.c,$(O)/%.o,$(wildcard test/model/*.c))

# Fuzz targets are built by clang from the sources, with objects and an archive of their own.
T ?= 60
FUZZ := mh options cga der nd config bu
FUZZ_CFLAGS = -std=gnu11 -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=undefined \
	      -fsanitize-address-use-after-scope -MMD -MP
FUZZ_SANITIZE = address,undefined
FUZZ_LIBRARY_OBJ := $(patsubst %.c,$(O)/fuzz/obj/%.o,$(wildcard agent/base/*.c agent/wire/*.c \
		      agent/crypto/*.c agent/config/*.c agent/dar/*.c))
FUZZ_MODEL_OBJ := $(patsubst %.c,$(O)/fuzz/obj/%.o,\
		    $(filter-out test/model/model_test.c,$(wildcard test/model/*.c)))

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all deps demo check check-unit check-bpf check-netns check-vm check-style clean bench fuzz fuzzers check-model \
	check-fuzz requirements install help tests

all: $(O)/famad $(O)/famactl

$(O)/famad: $(O)/agent/main.o $(O)/libfama.a
	$(call say,LINK,$@)$(CC) $(LDHARDEN) -o $@ $^ $(LIBS)

$(O)/famactl: $(CLI_OBJ) $(O)/libfama.a
	$(call say,LINK,$@)$(CC) $(LDHARDEN) -o $@ $^ -ljansson

$(O)/libfama.a: $(LIBRARY_OBJ)
	$(call say,AR,$@)rm -f $@; $(AR) rcs $@ $^

$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

$(O)/bpf/%.bpf.o: bpf/%.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(BPF_CFLAGS) -c -o $@ $<

# One object of all programs and maps, one skeleton (style.md: settings instead of variants).
$(O)/bpf/fama.o: $(BPF_OBJ)
	$(call say,BPFLINK,$@)$(BPFTOOL) gen object $@ $^

$(O)/bpf/fama.skel.h: $(O)/bpf/fama.o
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name fama_bpf > $@

$(patsubst %.c,$(O)/%.o,$(wildcard agent/kernel/*.c)): | $(O)/bpf/fama.skel.h

$(O)/test/unit/%: test/unit/%.c $(HARNESS_OBJ) $(O)/libfama.a
	@mkdir -p $(@D)
	$(call say,TEST,$@)$(CC) $(CPPFLAGS) -Itest $(ALL_CFLAGS) $(LDHARDEN) -o $@ $< $(HARNESS_OBJ) $(O)/libfama.a $(LIBS) -lcmocka

$(O)/test/bpf/%: test/bpf/%.c $(HARNESS_OBJ) $(O)/libfama.a $(O)/bpf/fama.skel.h
	@mkdir -p $(@D)
	$(call say,TEST,$@)$(CC) $(CPPFLAGS) -Itest $(ALL_CFLAGS) $(LDHARDEN) -o $@ $< $(HARNESS_OBJ) $(O)/libfama.a $(LIBS) -lcmocka

$(O)/test/harness/%.o: test/harness/%.c | $(O)/bpf/fama.skel.h
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CPPFLAGS) -Itest $(ALL_CFLAGS) -c -o $@ $<

$(O)/test/bench/ring.bpf.o: test/bench/ring.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(filter-out -Wpadded,$(BPF_CFLAGS)) -c -o $@ $<

$(O)/test/bench/ring.skel.h: $(O)/test/bench/ring.bpf.o
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name ring_bpf > $@

$(O)/test/bench/%.o: test/bench/%.c | $(O)/test/bench/ring.skel.h
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CPPFLAGS) -Itest -I$(O)/test/bench $(ALL_CFLAGS) -c -o $@ $<

$(O)/test/bench/bu: $(BENCH_OBJ) $(HARNESS_OBJ) $(O)/libfama.a
	$(call say,LINK,$@)$(CC) $(LDHARDEN) -o $@ $^ $(LIBS) -lcmocka

$(O)/test/model/%.o: test/model/%.c
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CPPFLAGS) -Itest $(ALL_CFLAGS) -c -o $@ $<

# Before the library, whose clock and whose timers it does without.
$(O)/test/model/model_test: $(MODEL_OBJ) $(O)/test/harness/tap.o $(O)/libfama.a
	$(call say,LINK,$@)$(CC) $(LDHARDEN) -o $@ $^ $(LIBS)

$(O)/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,FUZZCC,$@)$(CLANG) $(filter-out -D_FORTIFY_SOURCE=2,$(CPPFLAGS)) -Itest $(FUZZ_CFLAGS) \
		-fsanitize=fuzzer-no-link,$(FUZZ_SANITIZE) -c -o $@ $<

$(O)/fuzz/libfama.a: $(FUZZ_LIBRARY_OBJ)
	$(call say,AR,$@)rm -f $@; $(AR) rcs $@ $^

$(O)/fuzz/mh $(O)/fuzz/options: $(O)/fuzz/obj/test/fuzz/parsed_mh.o
$(O)/fuzz/bu: $(FUZZ_MODEL_OBJ)
$(FUZZ:%=$(O)/fuzz/%): $(O)/fuzz/%: $(O)/fuzz/obj/test/fuzz/%.o $(O)/fuzz/libfama.a
	$(call say,FUZZ,$@)$(CLANG) -fsanitize=fuzzer,$(FUZZ_SANITIZE) -o $@ $(filter %.o,$^) \
		$(filter %.a,$^) -lcrypto -lcyaml -lyaml -levent -ljansson

fuzzers: $(FUZZ:%=$(O)/fuzz/%)

tests: $(UNIT) $(BPF_TESTS) $(O)/test/model/model_test

deps:
	@sh test/harness/deps.sh

# What needs the libraries is made by a second make, so that a new machine gets them first.
demo: deps
	@$(MAKE) --no-print-directory O=$(O) all
	@test/demo/demo.sh $(O) $(or $(RUNS),1)

check: deps
	@$(MAKE) --no-print-directory O=$(O) all tests fuzzers
	@test/harness/check.sh $(O) style unit model fuzz bpf netns vm

bench: deps
	@$(MAKE) --no-print-directory O=$(O) all $(O)/test/bench/bu
	@mkdir -p $(O)/bench
	@test/bench/bench.sh $(O) $(PART)

check-style check-unit check-model check-bpf check-netns check-vm: check-%: all tests
	@test/harness/check.sh $(O) $*

check-fuzz: fuzzers
	@test/harness/check.sh $(O) fuzz

fuzz: deps
	@$(MAKE) --no-print-directory O=$(O) fuzzers
	@test/fuzz/run.sh $(O)/fuzz $(T) $(FUZZ)

requirements:
	@test/requirements.py --write

clean:
	rm -rf $(O)

install: all
	install -D -m 755 $(O)/famad $(DESTDIR)$(PREFIX)/sbin/famad
	install -D -m 755 $(O)/famactl $(DESTDIR)$(PREFIX)/bin/famactl
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/fama configs/dar.yaml configs/mn.yaml README.md
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib/systemd/system configs/famad@.service
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/fama/examples configs/90-fama.conf
	@mkdir -p $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man5 $(DESTDIR)$(PREFIX)/share/man/man8
	scdoc < docs/man/famactl.1.scd > $(DESTDIR)$(PREFIX)/share/man/man1/famactl.1
	scdoc < docs/man/famad.yaml.5.scd > $(DESTDIR)$(PREFIX)/share/man/man5/famad.yaml.5
	scdoc < docs/man/famad.8.scd > $(DESTDIR)$(PREFIX)/share/man/man8/famad.8

help:
	@echo 'make              build famad and famactl into $(O)/'
	@echo 'make deps         install missing Debian packages (root)'
	@echo 'sudo make demo    the FAMA domain in network namespaces; RUNS=10 for medians'
	@echo 'sudo make check   every test; check-unit check-bpf check-netns check-vm check-style run one suite'
	@echo '                  and check-model, check-fuzz'
	@echo 'make fuzz         T=60: every fuzz target for so many seconds; a finding is kept in build/fuzz'
	@echo 'make requirements writes test/requirements.md: which tests prove which requirement'
	@echo 'sudo make bench   PART=bu: rates of the signalling against their limits, build/bench/bench.json'
	@echo 'make install      DESTDIR= PREFIX=/usr'
	@echo 'make clean        remove $(O)/'
	@echo 'variables         O=DIR  V=1  SAN=1 (ASan and UBSan, O=build-san)'

-include $(shell find $(O) -name '*.d' 2>/dev/null)
