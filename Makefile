# SPDX-License-Identifier: GPL-2.0
# `make help` says what there is. The modules themselves are described in Kbuild.

KDIR ?= /lib/modules/$(shell uname -r)/build
VERSION := $(shell sed -n 's/^.define SCL_RELEASE "\(.*\)"$$/\1/p' include/scsi_lifecycle_version.h)
KERNELS ?= 6.1 6.12
SCENARIOS ?=
ROUNDS ?= 200
SECONDS ?= 600
TIMELINES ?= 200
SEED ?=

# A kernel that Debian 12 does not have wants a folder of its own suite, or to be built.
more = $(if $(filter-out 6.1 6.12 6.1-debug 6.1-kcsan,$(KERNELS)),suite) $(if $(filter 6.1-debug 6.1-kcsan,$(KERNELS)),debug)

.PHONY: all modules install uninstall install-dkms tools install-tools uninstall-tools deb check-install check-deb demo check check-host check-tools check-kunit check-vm check-transports check-upstream blktests check-tree differential mutants stress stress-nodes bench picture screens clean help

all: modules

modules:
	@[ -e $(KDIR)/Makefile ] || { echo "make: no kernel build tree in $(KDIR): install the kernel's headers or say KDIR=" >&2; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

# The release as the module has it: a distribution's build tree may have another one. The kernel's own modules_install strips,
# signs and compresses as that kernel does with its own modules, and takes what its last build has made.
install: modules
	@for file in $(if $(KEY)$(CERT),"$(KEY)" "$(CERT)"); do \
		[ -r "$$file" ] || { echo "make: KEY= and CERT= are the files to sign by, and '$$file' is none" >&2; exit 1; }; \
	done
	@release=$$(modinfo -F vermagic ./scsi_lifecycle.ko | cut -d ' ' -f 1) && \
	where=$(DESTDIR)/lib/modules/$$release && headers=$(DESTDIR)/usr/src/scsi_lifecycle-headers-$$release && \
	$(RM) $$where/updates/scsi_lifecycle.ko* $$where/updates/scsi_lifecycle_livepatch.ko* && \
	$(MAKE) -C $(KDIR) M=$(CURDIR) KERNELRELEASE=$$release INSTALL_MOD_PATH=$(abspath $(DESTDIR)) INSTALL_MOD_DIR=updates \
		INSTALL_MOD_STRIP=1 quiet_cmd_depmod= cmd_depmod=: $(sign) modules_install && \
	install -D -m 644 -t $$headers/include/scsi include/scsi/scsi_lifecycle.h && \
	install -D -m 644 -t $$headers/include/uapi/scsi include/uapi/scsi/scsi_lifecycle.h && \
	install -m 644 Module.symvers $$headers && \
	{ [ -n "$(DESTDIR)" ] || depmod -a $$release; }

# KEY=, CERT=: by which the modules are signed. Else the kernel's own key does it, where its build tree has that.
ifneq ($(KEY)$(CERT),)
sign = quiet_cmd_sign='SIGN    $$@' \
	cmd_sign='$(KDIR)/scripts/sign-file $$(CONFIG_MODULE_SIG_HASH) $(abspath $(KEY)) $(abspath $(CERT)) $$@'
else
sign = $(if $(wildcard $(KDIR)/certs/signing_key.x509),,quiet_cmd_sign= cmd_sign=:)
endif

# Of this kernel, or that of KDIR= or RELEASE=, whose headers may be gone.
RELEASE ?= $(if $(filter file,$(origin KDIR)),$(shell uname -r),$(shell sed -n 's/.*UTS_RELEASE "\(.*\)"$$/\1/p' $(KDIR)/include/generated/utsrelease.h 2>/dev/null))
# make and the shell split at blanks, and rm -r would be given the pieces.
$(foreach name,CURDIR KDIR DESTDIR RELEASE KEY CERT,$(if $(word 2,$($(name))),\
	$(error $(name) has a blank, and make cannot have that in a path: '$($(name))')))

uninstall:
	@[ -n "$(RELEASE)" ] || { echo "make: which kernel is $(KDIR) of? say RELEASE= as uname -r says it" >&2; exit 1; }
	$(RM) $(DESTDIR)/lib/modules/$(RELEASE)/updates/scsi_lifecycle.ko* $(DESTDIR)/lib/modules/$(RELEASE)/updates/scsi_lifecycle_livepatch.ko*
	$(RM) -r $(DESTDIR)/usr/src/scsi_lifecycle-headers-$(RELEASE)
	[ ! -d $(DESTDIR)/lib/modules/$(RELEASE)/updates ] || rmdir --ignore-fail-on-non-empty $(DESTDIR)/lib/modules/$(RELEASE)/updates
	[ -n "$(DESTDIR)" ] || [ ! -d /lib/modules/$(RELEASE) ] || depmod -a $(RELEASE)

# The sources of the two modules, where dkms finds them.
dkms := $(DESTDIR)/usr/src/scsi_lifecycle-$(VERSION)
install-dkms:
	install -D -m 644 -t $(dkms) Kbuild dkms.conf
	install -D -m 755 -t $(dkms)/scripts scripts/freestanding
	find include drivers/core drivers/guard drivers/livepatch -name '*.[ch]' -o -name '*.cc' -o -name '*.hpp' -o -name '*.inc' | \
		while read -r file; do install -D -m 644 $$file $(dkms)/$$file || exit; done

tools:
	@$(MAKE) --no-print-directory -C tools program

install-tools:
	@$(MAKE) --no-print-directory -C tools install

uninstall-tools:
	@$(MAKE) --no-print-directory -C tools uninstall

deb:
	@scripts/setup deb
	@scripts/package build $(or $(OUT),packages)

check-install:
	@scripts/setup modules
	@tests/install/check $(lastword $(KERNELS))

check-deb:
	@scripts/setup check-deb
	@scripts/check-deb $(KERNELS)

demo:
	@scripts/setup modules vm
	@scripts/demo

check:
	@scripts/setup all $(more) $$([ $$(id -u) != 0 ] || echo suite)
	@scripts/check $(KERNELS)

check-tree:
	@scripts/setup tree
	@scripts/check-tree

check-host:
	@scripts/setup host
	@$(MAKE) --no-print-directory -C tests/host check

check-tools:
	@scripts/setup tools
	@tests/tools/check

check-kunit:
	@scripts/setup kunit
	@scripts/kunit run

check-vm:
	@scripts/setup modules vm $(more)
	@scripts/check-vm $(KERNELS) $(if $(SCENARIOS),-- $(SCENARIOS))

check-transports:
	@scripts/setup modules vm $(if $(filter file,$(origin KERNELS)),suite,$(more))
	@scripts/check-transports $(if $(filter file,$(origin KERNELS)),,$(KERNELS)) $(if $(SCENARIOS),-- $(SCENARIOS))

check-upstream:
	@scripts/setup modules vm debug suite
	@scripts/check-upstream $(SCENARIOS)

blktests:
	@[ -n "$(BLKTESTS)" ] || { echo "make: say BLKTESTS=, the path of a checkout of blktests: docs/blktests.md" >&2; exit 1; }
	@scripts/setup modules vm blktests $(more)
	@for kernel in $(if $(filter file,$(origin KERNELS)),6.1,$(KERNELS)); do \
		scripts/blktests "$(BLKTESTS)" $$kernel $(if $(TESTS),-- $(TESTS)) || exit; \
	done

differential:
	@scripts/setup modules vm differential $(more)
	@SEED=$(SEED) TIMELINES=$(TIMELINES) scripts/differential run $(KERNELS)

mutants:
	@scripts/setup modules kunit vm differential
	@tests/mutants/hunt.py hunt $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED)) $(if $(FILE),--file $(FILE))

stress:
	@scripts/setup modules vm $(more)
	@scripts/stress teardowns $(ROUNDS) $(KERNELS)

stress-nodes:
	@scripts/setup modules vm debug $(more)
	@scripts/stress nodes $(SECONDS) $(if $(filter command,$(firstword $(origin KERNELS))),$(KERNELS),6.1-debug)

bench:
	@scripts/setup modules vm $(more)
	@scripts/bench $(KERNELS)

picture:
	@scripts/setup modules vm differential
	@scripts/picture record

screens:
	@scripts/setup modules vm differential tools
	@scripts/screens

clean:
	@[ ! -e $(KDIR)/Makefile ] || $(MAKE) -C $(KDIR) M=$(CURDIR) clean
	@$(RM) tools/scsi-lifecycle

help:
	@echo 'make modules [KDIR=...]   build the modules; needs headers and the compiler, nothing else [TESTS=1: and those of the tests]'
	@echo 'make install [KDIR=...]   put scsi_lifecycle.ko, and the livepatch, where modprobe finds them, by the kernel'"'"'s modules_install [KEY= CERT=] [DESTDIR=]'
	@echo 'make uninstall            take them away again [KDIR=...] [RELEASE=6.1.0-57-amd64] [DESTDIR=]'
	@echo 'make install-dkms         put the sources of the modules where dkms finds them [DESTDIR=]'
	@echo 'make tools                build the command scsi-lifecycle; scripts/setup tools installs what it needs'
	@echo 'make install-tools        install it with its man page, completions, units and udev rule [prefix=/usr/local] [DESTDIR=]'
	@echo 'make uninstall-tools      take the command away again [prefix=/usr/local] [DESTDIR=]'
	@echo 'make deb                  build the packages scsi-lifecycle and scsi-lifecycle-dkms, for Debian 12 [OUT=packages]'
	@echo 'make check-install        make install, a module that is built against it, and make uninstall, below a directory [KERNELS=6.12]'
	@echo 'make check-deb            install, boot, upgrade and purge them on a Debian 12 of their own in qemu; root'
	@echo 'make demo                 see stock kernels hang, and not hang with the module (qemu, 2 minutes)'
	@echo 'make check                an hour: the tests below down to mutants, of which it takes a part, and those of the tests themselves; does all its own set-up'
	@echo 'make check-tree           checkpatch, kernel-doc, sparse, clang-format, shellcheck, docs that the code must agree with'
	@echo 'make check-host           tests of the core, on this machine'
	@echo 'make check-tools          tests of the command scsi-lifecycle'
	@echo 'make check-kunit          KUnit suites in a UML kernel with KASAN and lockdep'
	@echo 'make check-vm             scenarios on stock kernels [KERNELS="6.1 6.12"; 7.2 needs root] [SCENARIOS="..."]'
	@echo '                          KERNELS=6.1-debug: one with KASAN, lockdep and kmemleak; 6.1-kcsan: with KCSAN'
	@echo 'make check-transports     scenarios on real transports and by hotplug, and the tables of docs/transport-runs.md; root [KERNELS=...] [SCENARIOS="..."]'
	@echo 'make check-upstream       the patches of upstream/: apply, build, boot, and the scenarios on 7.2 without and with them; root [SCENARIOS="..."]'
	@echo 'make blktests BLKTESTS=/path/to/checkout     the kernel'\''s own tests of its block layer, with the modules as without [KERNELS=6.1] [TESTS="..."]'
	@echo 'make differential         random timelines of a new seed on stock and with the module, compared [SEED=] [TIMELINES=200] [KERNELS=...]'
	@echo 'make mutants              mutants of the modules, woken one by one [SAMPLE=60] [SEED=] [FILE=spare.c]; by hand, see docs/mutants.md'
	@echo 'make stress               removals, unloads and unblocks at random [ROUNDS=200] [KERNELS=...]'
	@echo 'make stress-nodes         nodes are used while their devices come and go [SECONDS=600] [KERNELS=6.1-debug]'
	@echo 'make bench                what the module costs and gains beside stock, in one guest: a table of ratios'
	@echo 'make picture              trace one removal on stock and with the modules, and draw it: docs/removal-*.svg'
	@echo 'make screens              run the command on what hangs, and put what it says into docs/screens.md'
	@echo 'make clean'
