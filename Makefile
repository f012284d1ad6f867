# SPDX-License-Identifier: Apache-2.0
# awssso: one Makefile, no recursion, no configure.  `make help` lists targets.

VERSION := 0.1.0
BUILD   ?= build

prefix      ?= /usr
sysconfdir  ?= /etc
localstatedir ?= /var
bindir      ?= $(prefix)/bin
sbindir     ?= $(prefix)/sbin
libexecdir  ?= $(prefix)/libexec/awssso
multiarch   := $(shell $(CC) -print-multiarch 2>/dev/null)
libdir      ?= $(prefix)/lib$(if $(wildcard /etc/redhat-release /etc/system-release),64)$(if $(multiarch),/$(multiarch))
nssdir      ?= $(libdir)
pamdir      ?= $(libdir)/security
unitdir     ?= $(prefix)/lib/systemd/system
sysusersdir ?= $(prefix)/lib/sysusers.d
tmpfilesdir ?= $(prefix)/lib/tmpfiles.d
pamconfdir  ?= $(prefix)/share/pam-configs
authselectdir ?= $(prefix)/share/authselect/vendor/awssso
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

pkg_cflags = $(shell $(PKG_CONFIG) --cflags $(1))
pkg_libs   = $(shell $(PKG_CONFIG) --libs $(1))

# --- products --------------------------------------------------------------
src = $(sort $(wildcard $(1)/*.c))
obj = $(patsubst %.c,$(BUILD)/%.o,$(call src,$(1)))

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
LIBS_awssso      = $(call pkg_libs,$(CLI_PKGS))
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

$(BUILD)/%.o: %.c
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
OBJS_pam_awssso  := $(PAM)
OBJS_nss_awssso  := $(NSS)
OBJS_common      :=

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

define unit_prod
$(filter $(BUILD)/unit/$(1)/%,$(UNIT_PROD)): %: %.o $$(OBJS_$(1)) $(BUILD)/libcommon.a
	$$(call say,LINK)
	$$(Q)$$(CC) $$(HARDEN) -o $$@ $$< $$(OBJS_$(1)) $(BUILD)/libcommon.a $$(LDFLAGS) $$(LIBS_$(1)) $$(CMOCKA) -ldl -lpthread
endef
$(foreach p,awsssod awssso_netd awssso idcsim pam_awssso nss_awssso,$(if $(filter $(BUILD)/unit/$(p)/%,$(UNIT_PROD)),$(eval $(call unit_prod,$(p)))))

# The test world's own helpers.
WORLD := $(patsubst tests/%.c,$(BUILD)/%,$(sort $(wildcard tests/world/*.c)))
.PHONY: world
world: $(WORLD)
$(WORLD): $(BUILD)/world/%: $(BUILD)/tests/world/%.o
	$(call say,LINK)
	@mkdir -p $(@D)
	$(Q)$(CC) -pie $(HARDEN) $(LDHARD) -o $@ $< $(LDFLAGS)

.PHONY: units unit
units: $(UNITS)

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
