# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="SRP: the port is removed with the path away, and one LUN is offline"
PATHS="P3 P5"
REQUIRES="ib_srp ib_srpt rdma_rxe veth"
USER_SPACE=debian
TIMEOUT=400
SKIPS=7.2

# The writer does not wait: a worker removes the host.
prepare() {
	use srp
	use row
	use udev
	two_luns_away
	spawn remove write 1 "$(rport)/delete"
	expect_end remove 5
	spawn host host_goes
}

stock() { host_hangs host; }
guard() { host_goes_in_time host; }
livepatch() { host_is_flushed host; }
