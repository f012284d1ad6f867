# SPDX-License-Identifier: Apache-2.0
# awssso: one Makefile, no recursion, no configure.  `make help` lists targets.

# The version is what the first line of Debian's changelog says.
VERSION := $(shell awk -F'[()-]' 'NR == 1 { print $$2 }' debian/changelog)
BUILD   ?= build

prefix      ?= /usr
sysconfdir  ?= /etc
bindir      ?= $(prefix)/bin
sbindir     ?= $(prefix)/sbin
multiarch   := $(shell $(CC) -print-multiarch 2>/dev/null)
libdir      ?= $(prefix)/lib$(if $(wildcard /etc/redhat-release /etc/system-release),64)$(if $(multiarch),/$(multiarch))
nssdir      ?= $(libdir)
pamdir      ?= $(libdir)/security
unitdir     ?= $(prefix)/lib/systemd/system
sysusersdir ?= $(prefix)/lib/sysusers.d
tmpfilesdir ?= $(prefix)/lib/tmpfiles.d
pamconfdir  ?= $(prefix)/share/pam-configs
libexecdir  ?= $(prefix)/libexec
authselectdir ?= $(prefix)/share/authselect/vendor/awssso
mandir      ?= $(prefix)/share/man
completiondir ?= $(prefix)/share/bash-completion/completions
docdir      ?= $(prefix)/share/doc/awssso

# --- flags -----------------------------------------------------------------
# Ours first, the packager's CPPFLAGS, CFLAGS and LDFLAGS last, so theirs win.
PKG_CONFIG ?= pkg-config
QR ?= $(shell $(PKG_CONFIG) --exists libqrencode 2>/dev/null && echo yes || echo no)
cc_takes = $(shell echo 'int a;' | $(CC) -Werror $(1) -c -x c -o /dev/null - 2>/dev/null && echo $(1))

WARN := -Wall -Wextra -Wshadow -Wundef -Wvla -Wconversion -Wcast-qual \
  -Wwrite-strings -Wpointer-arith -Wformat=2 -Wstrict-prototypes \
  -Wmissing-prototypes -Wold-style-definition -Wimplicit-fallthrough \
  -Wnull-dereference -Wstrict-aliasing=2 -Wframe-larger-than=16384 \
  $(if $(filter 1,$(WERROR)),-Werror)
HARDEN := -fvisibility=hidden -fno-common -fstack-protector-strong \
  $(call cc_takes,-fstack-clash-protection) \
  $(call cc_takes,-ftrivial-auto-var-init=zero) $(call cc_takes,-fcf-protection)
OPT := -O2 -g
FORTIFY := $(if $(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
LDHARD := -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed
ZDEFS := -Wl,-z,defs

ifneq ($(SAN),)
  HARDEN += -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer
  OPT := -O1 -g
  FORTIFY :=
  ZDEFS :=
endif

AW_CPPFLAGS := -D_GNU_SOURCE -DAW_VERSION='"$(VERSION)"' -I. $(FORTIFY)
AW_CFLAGS   := -std=gnu11 -fPIC $(OPT) $(WARN) $(HARDEN) \
  -ffile-prefix-map=$(CURDIR)=.

pkg_cflags = $(if $(strip $(1)),$(shell $(PKG_CONFIG) --cflags $(1)))
pkg_libs   = $(shell $(PKG_CONFIG) --libs $(1))

# --- products --------------------------------------------------------------
src = $(sort $(wildcard $(1)/*.c))
obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(call src,$(1)))

COMMON := $(call obj,common)
NSS    := $(call obj,nss_awssso)
PAM    := $(call obj,pam_awssso)
SOD    := $(call obj,awsssod)
NETD   := $(call obj,awssso_netd)
CLI    := $(call obj,awssso)
SIM    := $(call obj,tests/idcsim)

SOD_PKGS  := libsystemd sqlite3 libcrypto inih $(if $(filter yes,$(QR)),libqrencode)
NETD_PKGS := libsystemd libcurl json-c libcrypto inih
CLI_PKGS  := inih json-c libcrypto
SIM_PKGS  := libmicrohttpd json-c libcrypto

LIBS_awsssod     = $(call pkg_libs,$(SOD_PKGS))
LIBS_awssso_netd = $(call pkg_libs,$(NETD_PKGS))
LIBS_awssso      = $(call pkg_libs,$(CLI_PKGS)) -lpam
LIBS_idcsim      = $(call pkg_libs,$(SIM_PKGS)) -lpthread
LIBS_pam_awssso  = -lpam
LIBS_nss_awssso  =

PRODUCTS := $(BUILD)/libnss_awssso.so.2 $(BUILD)/pam_awssso.so \
  $(BUILD)/awsssod $(BUILD)/awssso-netd $(BUILD)/awssso
ALL := $(PRODUCTS) $(BUILD)/idcsim

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' '$(1)' '$(patsubst $(BUILD)/%,%,$@)')

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all products help
all: $(ALL)
products: $(PRODUCTS)

$(SOD):  PKG_CFLAGS = $(call pkg_cflags,$(SOD_PKGS)) $(if $(filter yes,$(QR)),-DAW_WITH_QR)
$(NETD): PKG_CFLAGS = $(call pkg_cflags,$(NETD_PKGS))
$(CLI):  PKG_CFLAGS = $(call pkg_cflags,$(CLI_PKGS))
$(SIM):  PKG_CFLAGS = $(call pkg_cflags,$(SIM_PKGS))

$(BUILD)/obj/%.o: %.c
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(AW_CPPFLAGS) $(PKG_CFLAGS) $(AW_CFLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/libcommon.a: $(COMMON)
	$(call say,AR)
	$(Q)rm -f $@ && $(AR) rcsD $@ $(COMMON)

link_so = $(CC) -shared $(HARDEN) $(LDHARD) $(ZDEFS) -Wl,--gc-sections $(1) -o $@ $(2) $(BUILD)/libcommon.a $(LDFLAGS) $(3)
link_prog = $(CC) -pie $(HARDEN) $(LDHARD) -o $@ $(1) $(BUILD)/libcommon.a $(LDFLAGS) $(2)

$(BUILD)/libnss_awssso.so.2: $(NSS) $(BUILD)/libcommon.a nss_awssso/exports.map
	$(call say,LINK)
	$(Q)$(call link_so,-Wl$(comma)-soname$(comma)libnss_awssso.so.2 -Wl$(comma)--version-script=nss_awssso/exports.map,$(NSS),)
$(BUILD)/pam_awssso.so: $(PAM) $(BUILD)/libcommon.a pam_awssso/exports.map
	$(call say,LINK)
	$(Q)$(call link_so,-Wl$(comma)--version-script=pam_awssso/exports.map,$(PAM),$(LIBS_pam_awssso))
$(BUILD)/awsssod: $(SOD) $(BUILD)/libcommon.a
	$(call say,LINK)
	$(Q)$(call link_prog,$(SOD),$(LIBS_awsssod))
$(BUILD)/awssso-netd: $(NETD) $(BUILD)/libcommon.a
	$(call say,LINK)
	$(Q)$(call link_prog,$(NETD),$(LIBS_awssso_netd))
$(BUILD)/awssso: $(CLI) $(BUILD)/libcommon.a
	$(call say,LINK)
	$(Q)$(call link_prog,$(CLI),$(LIBS_awssso))
$(BUILD)/idcsim: $(SIM) $(BUILD)/libcommon.a
	$(call say,LINK)
	$(Q)$(call link_prog,$(SIM),$(LIBS_idcsim))
comma := ,

# --- tests -----------------------------------------------------------------
UNIT_COMMON := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(sort $(wildcard tests/unit/test_*.c)))
UNIT_PROD   := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(sort $(wildcard tests/unit/*/test_*.c)))
UNITS := $(UNIT_COMMON) $(UNIT_PROD)
CMOCKA = $(call pkg_libs,cmocka)
no_main = $(filter-out %/main.o,$(1))

OBJS_awsssod     := $(call no_main,$(SOD))
OBJS_awssso_netd := $(call no_main,$(NETD))
OBJS_awssso      := $(call no_main,$(CLI))
OBJS_idcsim      := $(call no_main,$(SIM))
# Tests of the two modules give paths of their own.
OBJS_pam_awssso  := $(filter-out %/paths.o,$(PAM))
OBJS_nss_awssso  := $(filter-out %/paths.o,$(NSS))

UNIT_CPP = -DAW_BUILD='"$(abspath $(BUILD))"' -DAW_SOURCE='"$(CURDIR)"'
UNIT_PKGS_awsssod := $(SOD_PKGS)
UNIT_PKGS_awssso_netd := $(NETD_PKGS)
UNIT_PKGS_awssso := $(CLI_PKGS)
UNIT_PKGS_idcsim := $(SIM_PKGS)

$(BUILD)/unit/%.o: tests/unit/%.c
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(AW_CPPFLAGS) $(UNIT_CPP) $(call pkg_cflags,cmocka $(UNIT_PKGS_$(notdir $(patsubst %/,%,$(dir $*))))) \
	  $(AW_CFLAGS) -Wno-missing-prototypes $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(UNIT_COMMON): %: %.o $(BUILD)/libcommon.a
	$(call say,LINK)
	$(Q)$(CC) $(HARDEN) -o $@ $< $(BUILD)/libcommon.a $(LDFLAGS) $(CMOCKA) -ldl -lpthread $(call pkg_libs,inih)

# What several tests of one product share: tests/unit/PRODUCT/, not test_*.c.
unit_shared = $(patsubst tests/unit/%.c,$(BUILD)/unit/%.o,$(filter-out tests/unit/$(1)/test_%,$(wildcard tests/unit/$(1)/*.c)))
define unit_prod
$(filter $(BUILD)/unit/$(1)/%,$(UNIT_PROD)): %: %.o $(call unit_shared,$(1)) $$(OBJS_$(1)) $(BUILD)/libcommon.a
	$$(call say,LINK)
	$$(Q)$$(CC) $$(HARDEN) -o $$@ $$< $(call unit_shared,$(1)) $$(OBJS_$(1)) $(BUILD)/libcommon.a $$(LDFLAGS) $$(LIBS_$(1)) $$(CMOCKA) -ldl -lpthread
endef
$(foreach p,awsssod awssso_netd awssso idcsim pam_awssso nss_awssso,$(if $(filter $(BUILD)/unit/$(p)/%,$(UNIT_PROD)),$(eval $(call unit_prod,$(p)))))

$(filter $(BUILD)/unit/awssso/%,$(UNIT_PROD)): | $(BUILD)/awssso $(BUILD)/awssso-netd $(BUILD)/idcsim
# libpam loads modules from files: the module as built, but for its paths.
VARIANT := $(BUILD)/unit/pam_awssso/variant.so
$(VARIANT): $(BUILD)/unit/pam_awssso/places.o $(OBJS_pam_awssso) $(BUILD)/libcommon.a pam_awssso/exports.map
	$(call say,LINK)
	$(Q)$(call link_so,-Wl$(comma)--version-script=pam_awssso/exports.map,$(BUILD)/unit/pam_awssso/places.o $(OBJS_pam_awssso),$(LIBS_pam_awssso))
$(filter $(BUILD)/unit/pam_awssso/%,$(UNIT_PROD)): | $(VARIANT) $(BUILD)/pam_awssso.so

# What awsssod decides, for another evaluator to differ from.
JUDGE := $(BUILD)/policy/judge
$(JUDGE): PKG_CFLAGS = $(call pkg_cflags,$(SOD_PKGS))
$(JUDGE): $(BUILD)/obj/tests/policy/judge.o $(OBJS_awsssod) $(BUILD)/libcommon.a
	$(call say,LINK)
	@mkdir -p $(@D)
	$(Q)$(call link_prog,$< $(OBJS_awsssod),$(LIBS_awsssod))

# What the manual pages must say.
MAN_TABLES := $(BUILD)/man/tables
.PHONY: man-tables
man-tables: $(MAN_TABLES)
$(MAN_TABLES): $(BUILD)/obj/tests/man/tables.o $(OBJS_awssso) $(BUILD)/obj/awsssod/catalogue.o \
  $(patsubst %,$(BUILD)/obj/%.o,pam_awssso/options pam_awssso/code nss_awssso/ask nss_awssso/paths) $(BUILD)/libcommon.a
	$(call say,LINK)
	@mkdir -p $(@D)
	$(Q)$(call link_prog,$(filter %.o,$^),$(LIBS_awssso))

# The test world's own helpers.
WORLD := $(patsubst tests/%.c,$(BUILD)/%,$(sort $(wildcard tests/world/*.c)))
.PHONY: world
world: $(WORLD)
$(WORLD): $(BUILD)/world/%: $(BUILD)/obj/tests/world/%.o $(BUILD)/libcommon.a
	$(call say,LINK)
	@mkdir -p $(@D)
	$(Q)$(call link_prog,$<,)

# Many sign-ins at once.
LOAD := $(BUILD)/load/load
.PHONY: load load-program
load-program: $(LOAD)
load: $(LOAD) $(ALL)
	$(Q)BUILD=$(BUILD) tests/load/run.sh
$(LOAD): $(BUILD)/obj/tests/load/load.o $(BUILD)/obj/tests/load/watch.o $(BUILD)/libcommon.a
	$(call say,LINK)
	@mkdir -p $(@D)
	$(Q)$(call link_prog,$(filter %.o,$^),)

# Every system call and allocation of the PAM entry points fails in turn.
FAULTS := $(BUILD)/faults/pam $(BUILD)/faults/stand
.PHONY: faults
faults: $(FAULTS)
$(BUILD)/faults/pam: $(BUILD)/obj/tests/faults/pam.o $(BUILD)/obj/tests/faults/alloc.o $(BUILD)/libcommon.a
	$(call say,LINK)
	@mkdir -p $(@D)
	$(Q)$(call link_prog,$(filter %.o,$^),-lpam -ldl)
$(BUILD)/faults/stand: $(BUILD)/obj/tests/faults/stand.o $(BUILD)/libcommon.a
	$(call say,LINK)
	@mkdir -p $(@D)
	$(Q)$(call link_prog,$<,)

.PHONY: units unit fuzz-replay
units: $(UNITS) $(JUDGE)

# unit: every unit test, no root, no network.  The product objects are built
# first because some tests load them as they are.
unit: $(ALL) $(UNITS) fuzz-replay
	$(Q)BUILD=$(BUILD) tests/run.sh unit

# A fuzz target is one function; here it is fed its corpus, without a fuzzer.
FUZZ := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
REPLAY := $(FUZZ:%=$(BUILD)/fuzz/replay_%)
# A target links the product whose headers it includes, if any.
fuzz_prod = $(or $(shell sed -n 's,^\#include "\(awsssod\|awssso_netd\|awssso\)/.*,\1,p' tests/fuzz/fuzz_$(1).c | head -1),common)
LIBS_common = $(call pkg_libs,inih)
fuzz-replay: $(REPLAY)
define fuzz_target
$(BUILD)/fuzz/replay_$(1): tests/fuzz/fuzz_$(1).c tests/fuzz/replay.c $$(OBJS_$(2)) $(BUILD)/libcommon.a
	$$(call say,LINK)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(AW_CPPFLAGS) $$(call pkg_cflags,$$(UNIT_PKGS_$(2))) $$(AW_CFLAGS) -Wno-missing-prototypes $$(CPPFLAGS) $$(CFLAGS) \
	  -o $$@ $$< tests/fuzz/replay.c $$(OBJS_$(2)) $(BUILD)/libcommon.a $$(LDFLAGS) $$(LIBS_$(2))
$(BUILD)/fuzz/live_$(1): tests/fuzz/fuzz_$(1).c $$(OBJS_$(2)) $(BUILD)/libcommon.a
	$$(call say,LINK)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) -fsanitize=fuzzer $$(AW_CPPFLAGS) $$(call pkg_cflags,$$(UNIT_PKGS_$(2))) $$(AW_CFLAGS) -Wno-missing-prototypes \
	  -o $$@ $$< $$(OBJS_$(2)) $(BUILD)/libcommon.a $$(LIBS_$(2))
endef
$(foreach f,$(FUZZ),$(eval $(call fuzz_target,$(f),$(call fuzz_prod,$(f)))))

# fuzz: each target for FUZZ_SECONDS with libFuzzer and sanitizers.
FUZZ_SECONDS ?= 30
.PHONY: fuzz
fuzz:
	$(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)/asan-clang CC=clang SAN=address,undefined,fuzzer-no-link fuzz-bins
	$(Q)for f in $(FUZZ); do echo "fuzz $$f"; mkdir -p $(BUILD)/fuzz-new/$$f; \
	  $(BUILD)/asan-clang/fuzz/live_$$f -max_total_time=$(FUZZ_SECONDS) -verbosity=0 -print_final_stats=1 \
	    -artifact_prefix=$(BUILD)/fuzz-new/$$f- $(BUILD)/fuzz-new/$$f tests/fuzz/corpus/$$f || exit 1; done
.PHONY: fuzz-bins
fuzz-bins: $(FUZZ:%=$(BUILD)/fuzz/live_%)

# mutate: one small mistake at a time in what decides; its unit test must see it.
MUTATED := awsssod/bind awsssod/arn awsssod/access pam_awssso/code
MUTATE_CC = $(CC) -std=gnu11 -D_GNU_SOURCE -I. -fPIC $(filter -fsanitize%,$(HARDEN))
.PHONY: mutate
mutate: $(MUTATED:%=mutate-%)
define mutated_prod
$(BUILD)/mutation/$(1).a: $$(OBJS_$(1)) $(call unit_shared,$(1)) $(COMMON)
	$$(call say,AR)
	@mkdir -p $$(@D)
	$$(Q)rm -f $$@ && $$(AR) rcsD $$@ $$^
mutate-$(1)/%: $(BUILD)/unit/$(1)/test_% $(BUILD)/mutation/$(1).a
	$$(Q)CC='$$(MUTATE_CC)' LIBS='$$(LDFLAGS) $$(LIBS_$(1)) $$(CMOCKA) -ldl -lpthread' \
	  node tests/mutation/mutate.mjs $(1)/$$*.c $$<.o $(BUILD)/mutation/$(1).a
endef
$(foreach p,$(sort $(patsubst %/,%,$(dir $(MUTATED)))),$(eval $(call mutated_prod,$(p))))

# --- checks ----------------------------------------------------------------
.PHONY: check check-asan lint format format-check deps demo try bench
# check: install what the tests need, build, run everything.
check:
	$(Q)LIST=$(LIST) BUILD=$(BUILD) WERROR=$(WERROR) MAKE=$(MAKE) tests/run.sh all

# check-asan: the unit tests, the modules and the corpora under sanitizers.
check-asan:
	$(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)/asan SAN=address,undefined WERROR=$(WERROR) unit

CSRC := $(foreach d,common nss_awssso pam_awssso awsssod awssso_netd awssso tests/idcsim tests/unit tests/unit/* tests/fuzz tests/world tests/bench tests/faults tests/policy tests/load tests/man,$(wildcard $(d)/*.c $(d)/*.h))
lint:
	$(Q)BUILD=$(BUILD) tests/checks/lint.sh
format:
	$(Q)clang-format -i $(CSRC)
deps:
	$(Q)tests/deps.sh

# make itself defines AS, the assembler: that one is nobody's name.
demo:
	$(Q)BUILD=$(BUILD) MAKE=$(MAKE) AUTO='$(AUTO)' FIXTURE='$(FIXTURE)' AS='$(if $(filter-out default,$(origin AS)),$(AS))' APPROVE_AS='$(APPROVE_AS)' SET='$(SET)' tests/demo/demo.sh
# try: sign in at a real tenant, nothing installed, no root.
try: $(BUILD)/awssso $(BUILD)/awssso-netd
	$(Q)$(BUILD)/awssso try --start-url '$(START_URL)' --region '$(REGION)'
bench: all
	$(Q)BUILD=$(BUILD) tests/bench/lookup.sh
# bench-directory: sweeps at AWS's pace; then what SIZES people cost awsssod.
BENCHES := $(BUILD)/bench/bench_apply $(BUILD)/bench/bench_generations
$(BENCHES): $(BUILD)/bench/%: $(BUILD)/obj/tests/bench/%.o $(BUILD)/libcommon.a
	$(call say,LINK)
	@mkdir -p $(@D)
	$(Q)$(call link_prog,$<,)
.PHONY: bench-directory
bench-directory: all $(BENCHES)
	$(Q)BUILD=$(BUILD) tests/bench/size.sh --plan '$(SWEEPS)' '$(SIZES)'
	$(Q)BUILD=$(BUILD) tests/bench/directory.sh $(SWEEPS)
	$(Q)BUILD=$(BUILD) tests/bench/size.sh $(SIZES)

# --- installing ------------------------------------------------------------
INSTALL ?= install
D = $(DESTDIR)
# Directories get their modes from us, not from the umask.
# A file comes whole, by rename: sshd and libc load ours at any moment.
put = $(INSTALL) -d -m 0755 $(D)$(dir $(3)) && $(INSTALL) -m $(1) $(2) $(D)$(3).new && mv -f $(D)$(3).new $(D)$(3)
# Unit files name the programs where they are installed.
fill = sed -e 's,/usr/sbin/,$(sbindir)/,g' -e 's,/usr/bin/,$(bindir)/,g' $(2) | { $(call put,$(1),/dev/stdin,$(3)); }

UNITFILES := $(notdir $(wildcard conf/systemd/*))
MANPAGES := $(notdir $(wildcard docs/man/*))
man_place = $(mandir)/man$(subst .,,$(suffix $(1)))/$(1)
EXAMPLES := $(patsubst conf/%,%,$(wildcard conf/*.example conf/nft/* conf/pam.d/* conf/sshd_config.d/* conf/sudoers.d/* conf/iam/*))
.PHONY: install uninstall
install: $(PRODUCTS)
	$(Q)$(call put,0644,$(BUILD)/libnss_awssso.so.2,$(nssdir)/libnss_awssso.so.2)
	$(Q)$(call put,0644,$(BUILD)/pam_awssso.so,$(pamdir)/pam_awssso.so)
	$(Q)$(call put,0755,$(BUILD)/awssso,$(bindir)/awssso)
	$(Q)$(call put,0755,$(BUILD)/awsssod,$(sbindir)/awsssod)
	$(Q)$(call put,0755,$(BUILD)/awssso-netd,$(sbindir)/awssso-netd)
	$(Q)$(foreach u,$(UNITFILES),$(call fill,0644,conf/systemd/$(u),$(unitdir)/$(u)) &&) true
	$(Q)$(call put,0644,conf/sysusers.d/awssso.conf,$(sysusersdir)/awssso.conf)
	$(Q)$(call put,0644,conf/tmpfiles.d/awssso.conf,$(tmpfilesdir)/awssso.conf)
	$(Q)$(call put,0644,conf/pam-configs/awssso,$(pamconfdir)/awssso)
	$(Q)$(call put,0755,conf/unhook,$(libexecdir)/awssso/unhook)
	$(Q)$(foreach f,$(notdir $(wildcard conf/authselect/*)),$(call put,0644,conf/authselect/$(f),$(authselectdir)/$(f)) &&) true
	$(Q)$(call put,0644,conf/completion/awssso,$(completiondir)/awssso)
	$(Q)$(foreach f,$(MANPAGES),$(call put,0644,docs/man/$(f),$(call man_place,$(f))) &&) true
	$(Q)$(foreach f,$(EXAMPLES),$(call put,0644,conf/$(f),$(docdir)/examples/$(f)) &&) true
	$(Q)$(INSTALL) -d -m 0755 $(D)$(sysconfdir)/awssso
	$(Q)test -e $(D)$(sysconfdir)/awssso/awssso.conf || { $(call put,0644,conf/awssso.conf,$(sysconfdir)/awssso/awssso.conf); }

# What names the modules goes before them.
uninstall:
	$(Q)$(if $(D),,sh conf/unhook)
	$(Q)rm -f $(D)$(nssdir)/libnss_awssso.so.2 $(D)$(pamdir)/pam_awssso.so $(D)$(bindir)/awssso \
	  $(D)$(sbindir)/awsssod $(D)$(sbindir)/awssso-netd $(UNITFILES:%=$(D)$(unitdir)/%) \
	  $(D)$(sysusersdir)/awssso.conf $(D)$(tmpfilesdir)/awssso.conf $(D)$(pamconfdir)/awssso \
	  $(D)$(completiondir)/awssso $(foreach f,$(MANPAGES),$(D)$(call man_place,$(f)))
	$(Q)rm -rf $(D)$(authselectdir) $(D)$(docdir) $(D)$(libexecdir)/awssso

# deb: Debian's packages, built in a copy of the tree, $(BUILD)/deb.
copy_tree = rm -rf $(1) && mkdir -p $(1) && \
  { git ls-files -zco --exclude-standard 2>/dev/null || find . -path ./build -prune -o -type f -print0; } | \
  tar c --null --ignore-failed-read -T - | tar x -C $(1)
.PHONY: deb
deb:
	$(Q)rm -rf $(BUILD)/deb
	$(Q)$(call copy_tree,$(BUILD)/deb/awssso-$(VERSION))
	$(Q)cd $(BUILD)/deb/awssso-$(VERSION) && env -u MAKEFLAGS -u BUILD dpkg-buildpackage -us -uc -b
	@ls $(BUILD)/deb/*.deb

# rpm: the packages of conf/awssso.spec, in $(BUILD)/rpm; RPMFLAGS=--nodeps where
# rpm does not know what is installed.
.PHONY: rpm
rpm:
	$(Q)rm -rf $(BUILD)/rpm
	$(Q)$(call copy_tree,$(BUILD)/rpm/awssso-$(VERSION))
	$(Q)cd $(BUILD)/rpm && sed 's/@VERSION@/$(VERSION)/' awssso-$(VERSION)/conf/awssso.spec >awssso.spec && \
	  cp awssso.spec awssso-$(VERSION)/conf/ && tar czf awssso-$(VERSION).tar.gz awssso-$(VERSION)
	$(Q)cd $(BUILD)/rpm && env -u MAKEFLAGS -u BUILD rpmbuild -bb --define '_topdir $(abspath $(BUILD))/rpm' \
	  --define '_sourcedir %{_topdir}' $(RPMFLAGS) awssso.spec
	@ls $(BUILD)/rpm/RPMS/*/*.rpm

help:
	@echo 'make             build everything into $(BUILD)/'
	@echo 'make demo        a real sign-in in a private world (root); AUTO=1 plays it'
	@echo 'make try START_URL=... REGION=...   sign in at a real tenant, no root'
	@echo 'make check       install what tests need, build, run all tests (root); LIST=1'
	@echo 'make unit        unit tests only (no root, no network)'
	@echo 'make check-asan  unit tests under address and undefined sanitizers'
	@echo 'make fuzz        FUZZ_SECONDS=30 a target, with libFuzzer'
	@echo 'make mutate      small mistakes built into what decides: tests must notice'
	@echo 'make bench       lookups against named peers'
	@echo 'make bench-directory   sweeps, and what a large directory costs awsssod'
	@echo 'make lint format deps clean install uninstall deb rpm'
	@echo 'variables: CC CFLAGS LDFLAGS WERROR=1 QR=no SAN=... BUILD=dir V=1'
	@echo '  DESTDIR prefix libdir nssdir pamdir unitdir sysconfdir mandir docdir'

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -path $(BUILD)/deb -prune -o -path $(BUILD)/rpm -prune -o -type f -name '*.d' -print 2>/dev/null)
