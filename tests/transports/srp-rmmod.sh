# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="SRP: ib_srp is unloaded with the path away, and one LUN is offline"
PATHS="P3 P5"
REQUIRES="ib_srp ib_srpt rdma_rxe veth"
USER_SPACE=debian
TIMEOUT=400
SKIPS=7.2

prepare() {
	use srp
	use row
	use udev
	two_luns_away
	spawn rmmod rmmod ib_srp
}

stock() { host_hangs rmmod; }
guard() { host_goes_in_time rmmod; }
livepatch() { host_is_flushed rmmod; }
