# SPDX-License-Identifier: GPL-2.0
#
# Where objects are kept, by the path of this work tree: those of several do not mix. scripts/kernels has its modules there too.

top := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))..)
builds := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/scsi-lifecycle/build/$(shell echo '$(top)' | sha256sum | cut -c1-12)

all:

# Prints it, for scripts.
where:
	@echo $(BUILD)

.PHONY: all where
