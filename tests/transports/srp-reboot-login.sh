# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="SRP: reboot while a login is under way, which holds the port's timers: its path is back in time, and the flush is kept"
PATHS="P11"
REQUIRES="ib_srp ib_srpt rdma_rxe veth"
USER_SPACE=debian
WORDS=tp_printk
TIMEOUT=400

# A login ends after 16 requests, each of which waits for twice the packets' life time and the target's time to answer
# (ib_send_cm_req() of drivers/infiniband/core/cm.c): on RoCE 6.1 s up to 6.1, and 4.6 s later. The path is back shortly
# before the last request. The trace of what the target has answered goes to the console, which is all that is left.
prepare() {
	use srp
	use udev
	srp_disks 1 5 300
	write 0 /proc/sys/kernel/hung_task_timeout_secs
	lose_path drop
	wait_for 10 port_worker srp_connect_ch || fail "the driver does not log in"
	case $(uname -r) in
	6.1.*) back=$(($(now) + 15 * 6144 - 3000)) ;;
	*) back=$(($(now) + 15 * 4608 - 3000)) ;;
	esac
	count_flushes "$TRACE"
	spawn answer answer_late
}

answer_late() {
	wait_for 200 is_time
	echo "the path is back" >/dev/console
	mend_path
}
is_time() { [ "$(now)" -ge "$back" ]; }

stock() {
	rebooting 200 60000 "status GOOD (sense len 0)"
	spawn reboot reboot -f
	wait_forever
}

guard() { stock; }
livepatch() { stock; }
