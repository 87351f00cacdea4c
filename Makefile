# SPDX-License-Identifier: GPL-2.0
# `make help` says what there is. The modules themselves are described in Kbuild.

KDIR ?= /lib/modules/$(shell uname -r)/build
KERNELS ?= 6.1 6.12
SCENARIOS ?=
ROUNDS ?= 200
SECONDS ?= 600
TIMELINES ?= 200
SEED ?=

# A kernel that Debian 12 does not have wants a folder of its own suite, or to be built.
more = $(if $(filter-out 6.1 6.12 6.1-debug 6.1-kcsan,$(KERNELS)),suite) $(if $(filter 6.1-debug 6.1-kcsan,$(KERNELS)),debug)

.PHONY: all modules install tools install-tools demo check check-host check-tools check-kunit check-vm check-transports check-upstream check-tree differential mutants stress stress-nodes bench picture screens clean help

all: modules

modules:
	@[ -e $(KDIR)/Makefile ] || { echo "make: no kernel build tree in $(KDIR): install the kernel's headers or say KDIR=" >&2; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

# The release as the module has it: a distribution's `make kernelrelease` may answer otherwise.
install: modules
	@release=$$(modinfo -F vermagic ./scsi_lifecycle.ko | cut -d ' ' -f 1) && \
	for ko in scsi_lifecycle.ko $$(ls scsi_lifecycle_livepatch.ko 2>/dev/null); do \
		install -v -D -m 644 $$ko $(DESTDIR)/lib/modules/$$release/updates/$$ko || exit; \
	done && \
	{ [ -n "$(DESTDIR)" ] || depmod -a $$release; }

tools:
	@$(MAKE) --no-print-directory -C tools

install-tools:
	@$(MAKE) --no-print-directory -C tools install

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
	@scripts/bench --svg docs/bench.svg $(KERNELS)

picture:
	@scripts/setup modules vm differential
	@scripts/picture record

screens:
	@scripts/setup modules vm differential tools
	@scripts/screens

clean:
	@[ ! -e $(KDIR)/Makefile ] || $(MAKE) -C $(KDIR) M=$(CURDIR) clean

help:
	@echo 'make modules [KDIR=...]   build the modules; needs headers and the compiler, nothing else [TESTS=1: and those of the tests]'
	@echo 'make install [KDIR=...]   put scsi_lifecycle.ko, and the livepatch, where modprobe finds them'
	@echo 'make tools                build the command scsi-lifecycle; scripts/setup tools installs what it needs'
	@echo 'make install-tools        install it with its man page, completions, units and udev rule [prefix=/usr/local] [DESTDIR=]'
	@echo 'make demo                 see stock kernels hang, and not hang with the module (qemu, 2 minutes)'
	@echo 'make check                an hour: the tests below down to mutants, of which it takes a part, and those of the tests themselves; does all its own set-up'
	@echo 'make check-tree           checkpatch, kernel-doc, sparse, clang-format, shellcheck, docs that the code must agree with'
	@echo 'make check-host           tests of the core, on this machine'
	@echo 'make check-tools          tests of the command scsi-lifecycle'
	@echo 'make check-kunit          KUnit suites in a UML kernel with KASAN and lockdep'
	@echo 'make check-vm             scenarios on stock kernels [KERNELS="6.1 6.12"; 7.2 needs root] [SCENARIOS="..."]'
	@echo '                          KERNELS=6.1-debug: one with KASAN, lockdep and kmemleak; 6.1-kcsan: with KCSAN'
	@echo 'make check-transports     scenarios on real transports and by hotplug, and the table of docs/transports.md; root [KERNELS=...] [SCENARIOS="..."]'
	@echo 'make check-upstream       the patches of upstream/: apply, build, boot, and the scenarios on 7.2 without and with them; root [SCENARIOS="..."]'
	@echo 'make differential         random timelines of a new seed on stock and with the module, compared [SEED=] [TIMELINES=200] [KERNELS=...]'
	@echo 'make mutants              mutants of the modules, woken one by one [SAMPLE=60] [SEED=] [FILE=spare.c]; by hand, see docs/mutants.md'
	@echo 'make stress               removals, unloads and unblocks at random [ROUNDS=200] [KERNELS=...]'
	@echo 'make stress-nodes         nodes are used while their devices come and go [SECONDS=600] [KERNELS=6.1-debug]'
	@echo 'make bench                what the module costs and gains beside stock, in one guest: a table of ratios, and docs/bench.svg'
	@echo 'make picture              trace one removal on stock and with the modules, and draw it: docs/removal-*.svg'
	@echo 'make screens              run the command on what hangs, and put what it says into the README'
	@echo 'make clean'
