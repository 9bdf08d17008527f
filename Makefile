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
LIBS = -lbpf -lxdp -lcrypto -lcyaml -lyaml -levent -lmnl -ljansson -lcap-ng

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
			  agent/config/*.c agent/dar/*.c agent/mn/*.c agent/control/*.c)
LIBRARY_OBJ := $(LIBRARY_SRC:%.c=$(O)/%.o)
CLI_OBJ := $(patsubst %.c,$(O)/%.o,$(wildcard agent/cli/*.c))
# The definitions of the maps come last: met first, libbpf 1.1 holds each later extern against them,
# for which clang 14 writes too little BTF.
BPF_OBJ := $(patsubst bpf/%.bpf.c,$(O)/bpf/%.bpf.o,\
	     $(filter-out bpf/maps.bpf.c,$(wildcard bpf/*.bpf.c)) bpf/maps.bpf.c)
UNIT := $(patsubst %.c,$(O)/%,$(wildcard test/unit/test_*.c))
BPF_TESTS := $(patsubst %.c,$(O)/%,$(wildcard test/bpf/test_*.c))
HARNESS_OBJ := $(patsubst %.c,$(O)/%.o,$(wildcard test/harness/*.c))

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all deps demo check check-unit check-bpf check-netns check-vm check-style clean install help tests

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

tests: $(UNIT) $(BPF_TESTS)

deps:
	@sh test/harness/deps.sh

# What needs the libraries is made by a second make, so that a new machine gets them first.
demo: deps
	@$(MAKE) --no-print-directory O=$(O) all
	@test/demo/demo.sh $(O) $(or $(RUNS),1)

check: deps
	@$(MAKE) --no-print-directory O=$(O) all tests
	@test/harness/check.sh $(O) style unit bpf netns vm

check-style check-unit check-bpf check-netns check-vm: check-%: all tests
	@test/harness/check.sh $(O) $*

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
	@echo 'make install      DESTDIR= PREFIX=/usr'
	@echo 'make clean        remove $(O)/'
	@echo 'variables         O=DIR  V=1  SAN=1 (ASan and UBSan, O=build-san)'

-include $(shell find $(O) -name '*.d' 2>/dev/null)
