# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034,SC2154
# A real transport: iscsi_tcp and iscsid against the kernel's own target (LIO), over loopback.

# Several targets have each a name and a port of their own, and disks of another name.
IQN=iqn.2003-01.org.example:${STORE:=disk}
PORT=${PORT:-3260}
PORTAL=127.0.0.1:$PORT
TPG=/sys/kernel/config/target/iscsi/$IQN/tpgt_1

use lio

# lun_store N: what the target's LUN N is kept in
lun_store() { store "$1" "$STORE$1"; }

# target_up LUNS
target_up() {
	load target_core_mod target_core_file iscsi_target_mod
	mkdir -p "$TPG/np/$PORTAL" || fail "no portal"
	for up_each in $(seq 0 $(($1 - 1))); do
		lun_store "$up_each"
		mkdir -p "$TPG/lun/lun_$up_each" || fail "no LUN $up_each"
		ln -s "$stored" "$TPG/lun/lun_$up_each/store" || fail "no LUN $up_each"
	done
	for up_each in authentication=0 generate_node_acls=1 cache_dynamic_acls=1 demo_mode_write_protect=0; do
		set_value "${up_each#*=}" "$TPG/attrib/${up_each%=*}"
	done
	set_value 1 "$TPG/enable"
	count_flushes
}

# initiator_up SECONDS [PING]: iscsid, which gives a path that it has lost so long to come back, and takes it for lost
# when a ping is not answered for PING seconds
initiator_up() {
	LLD=iscsi_tcp
	modprobe iscsi_tcp || fail "modprobe iscsi_tcp failed"
	# Its logout may warn, on stock too: the log is looked at for other warnings afterwards.
	write 0 /proc/sys/kernel/panic_on_warn
	[ -e /run/iscsid.pid ] || env -i PATH=/usr/sbin:/usr/bin iscsid || fail "iscsid does not start"
	wait_for 20 iscsiadm -m node -o new -T "$IQN" -p "$PORTAL" >/dev/null || fail "iscsid does not answer"
	for up_each in session.timeo.replacement_timeout="$1" session.initial_login_retry_max=4 \
		conn[0].timeo.noop_out_interval=1 "conn[0].timeo.noop_out_timeout=${2:-3}" conn[0].timeo.login_timeout=3; do
		iscsiadm -m node -T "$IQN" -p "$PORTAL" -o update -n "node.${up_each%=*}" -v "${up_each##*=}" ||
			fail "iscsid does not know $up_each"
	done
}

# log_in LUNS
log_in() {
	iscsiadm -m node -T "$IQN" -p "$PORTAL" --login >/dev/console || fail "cannot log in"
	disks_wanted=$1
	wait_for_disks
}

# iscsi_disks LUNS SECONDS [PING]: a target with so many disks, and an initiator as initiator_up has it
iscsi_disks() {
	target_up "$1"
	initiator_up "$2" "${3-}"
	log_in "$1"
	settle
}

# To be spawned.
log_out() { iscsiadm -m node -T "$IQN" -p "$PORTAL" --logout; }

session() { cat /sys/class/iscsi_session/session*/state 2>/dev/null || echo none; }
session_is() { [ "$(session)" = "$1" ]; }

# break_path drop|reset: no packet passes. With reset both ends know at the next packet, with drop when a timer has run
# out.
break_path() {
	path=path$PORT
	if [ "$1" = reset ]; then
		stops="add rule inet $path out tcp dport $PORT tcp flags & rst == 0 reject with tcp reset"
	else
		stops="add rule inet $path out tcp dport $PORT drop; add rule inet $path out tcp sport $PORT drop"
	fi
	rules "add table inet $path; add chain inet $path out { type filter hook output priority 0; }; $stops"
}

mend_path() { rules delete table inet "path$PORT"; }

# lose_path HOW, and the transport has seen it
lose_path() {
	break_path "$1"
	wait_for 30 session_is FAILED || fail "the session is $(session)"
	expect_all_blocked
}

regain_path() {
	mend_path
	wait_for 60 session_is LOGGED_IN || fail "the session is $(session)"
}
