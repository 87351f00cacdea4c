# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034,SC2154
# A real transport: ib_srp against the kernel's own target (LIO, ib_srpt), by soft RoCE (rdma_rxe) over a pair of veth
# devices. Each end is an RDMA device of its own, so that every packet takes the wire, though one machine has both ends.

use lio

NEAR=10.7.0.1
FAR=10.7.0.2
PORT=5555
GUID=0x5000000000000007
SRPT=/sys/kernel/config/target/srpt

# ends_up: the kernel's own routes between two of its addresses do not take the wire, but RoCE asks for those of one
# device.
ends_up() {
	load veth rdma_rxe
	/usr/bin/ip link add srp0 type veth peer name srp1 || fail "no veth devices"
	for ends_each in all srp0 srp1; do
		[ $ends_each = all ] || ip link set $ends_each up || fail "$ends_each does not come up"
		set_value 1 /proc/sys/net/ipv4/conf/$ends_each/accept_local
		set_value 0 /proc/sys/net/ipv4/conf/$ends_each/rp_filter
	done
	for ends_each in 0:$NEAR 1:$FAR; do
		ip addr add "${ends_each#*:}/24" dev "srp${ends_each%:*}" || fail "no address"
		rdma link add "rxe${ends_each%:*}" type rxe netdev "srp${ends_each%:*}" || fail "no RDMA device"
	done
}

# target_up LUNS: ib_srpt knows an initiator by the address that it has asked for
target_up() {
	load target_core_mod target_core_file
	modprobe ib_srpt srpt_service_guid=$GUID || fail "modprobe ib_srpt failed"
	up_port=$(cat /sys/class/infiniband/rxe1/node_guid)
	TPG=$SRPT/$up_port/$up_port
	mkdir -p "$TPG/acls/$FAR" || fail "no target port"
	for up_each in $(seq 0 $(($1 - 1))); do
		store "$up_each" "disk$up_each"
		mkdir -p "$TPG/lun/lun_$up_each" "$TPG/acls/$FAR/lun_$up_each" || fail "no LUN $up_each"
		ln -s "$stored" "$TPG/lun/lun_$up_each/store" || fail "no LUN $up_each"
		ln -s "$TPG/lun/lun_$up_each" "$TPG/acls/$FAR/lun_$up_each/mapped" || fail "LUN $up_each is not mapped"
	done
	set_value $PORT $SRPT/discovery_auth/rdma_cm_port
	set_value 1 "$TPG/enable"
	count_flushes
}

# initiator_up FAST_IO_FAIL DEV_LOSS [RECONNECT]: the transport's timers, in seconds, or off. The driver registers no
# memory: a lost packet lets soft RoCE do that again, which it refuses, and then the connection is neither lost nor
# there.
initiator_up() {
	LLD=ib_srp
	load sd_mod sg
	modprobe ib_srp ch_count=1 never_register=Y fast_io_fail_tmo="$1" dev_loss_tmo="$2" \
		reconnect_delay="${3:-1}" || fail "modprobe ib_srp failed"
}

# log_in LUNS: a packet that is not answered is sent so often as the driver lets it be at least
log_in() {
	disks_wanted=$(($1 + $(find /dev -name 'sd*[a-z]' | wc -l)))
	set_value "id_ext=$GUID,ioc_guid=$GUID,src=$NEAR,dest=$FAR:$PORT,tl_retry_count=2" \
		/sys/class/infiniband_srp/srp-rxe0-1/add_target
	wait_for_disks
}

# srp_disks LUNS FAST_IO_FAIL DEV_LOSS [RECONNECT]: a target with so many disks, which have all been written to, and an
# initiator as initiator_up has it
# shellcheck disable=SC2046
srp_disks() {
	ends_up
	target_up "$1"
	initiator_up "$2" "$3" "${4-}"
	log_in "$1"
	settle
	dirty $(seq 0 $(($1 - 1)))
	settle
}

rport() { echo "/sys/class/srp_remote_ports/port-$(debug_host):1"; }
port_state() { cat "$(rport)/state" 2>/dev/null || echo none; }
port_is() { [ "$(port_state)" = "$1" ]; }

# break_path refuse|drop. With refuse the target closes its port: it ends the connection, and refuses each login at
# once. With drop no packet passes: that is seen when a command has waited for its acknowledgement, and a login waits
# for a minute and more, with the port's timers behind it.
break_path() {
	path_broken=$1
	if [ "$1" = refuse ]; then
		set_value 0 "$TPG/enable"
	else
		rules "add table inet path; add chain inet path in { type filter hook input priority 0; };
			add rule inet path in udp dport 4791 drop"
	fi
}

mend_path() {
	if [ "$path_broken" = refuse ]; then
		set_value 1 "$TPG/enable"
	else
		rules delete table inet path
	fi
}

# lose_path HOW, and the transport has seen it
lose_path() {
	break_path "$1"
	[ "$1" = refuse ] || passthrough "/dev/$(ls "$(device 0)/scsi_generic")" || fail "sg took no command"
	path_seen_lost
}
path_seen_lost() {
	wait_for 60 port_is blocked || fail "the port is $(port_state)"
	expect_all_blocked
}

# Its port's files may be gone with a host that is being removed.
regain_path() {
	regain_before=$(reconnections)
	mend_path
	wait_for 100 reconnected || fail "the driver has not logged in: the port is $(port_state)"
}
reconnections() { dmesg | grep -c "ib_srp: reconnect succeeded"; }
reconnected() { [ "$(reconnections)" -gt "$regain_before" ]; }

# lose_path_offline N: as lose_path, and error handling takes LUN N offline, whose queue stays stopped: a write is under
# way when the path is lost, and the target is there again but refuses the login by which the host is reset. It is the
# port's own next login, after the time of initiator_up, that may block the LUN anew. The path is mended as one that
# refuses. What udevd would open then hangs, and would keep the driver from being unloaded. What waits for the port's
# next login waits longer than a hung task may.
lose_path_offline() {
	write 0 /proc/sys/kernel/hung_task_timeout_secs
	udevadm control --stop-exec-queue
	write 12 "$(device "$1")/timeout"
	break_path drop
	spawn unanswered write_blocks "$(disk "$1")"
	path_seen_lost
	break_path refuse
	rules delete table inet path
	wait_for 40 state_is offline "$1" || fail "LUN $1 is $(state "$1")"
	wait_for 10 ended unanswered || fail "the write has not ended"
}
state_is() { [ "$(state "$2")" = "$1" ]; }

# host_is_gone, and all that was being removed with it. host_goes is to be spawned.
host_is_gone() { ! grep -qsx "$LLD" /sys/class/scsi_host/host*/proc_name; }
host_goes() { until host_is_gone; do sleep 0.05; done; }

# The host of two LUNs, of which LUN 1 is offline, is being removed, with its path away, and what was spawned as NAME
# waits for that: host_hangs NAME on stock, also when the path is back: what is being removed is not unblocked;
# host_goes_in_time NAME at teardown_tmo, without the path; host_is_flushed NAME with it.
two_luns_away() {
	srp_disks 2 60 300 25
	lose_path_offline 1
}

host_hangs() {
	wait_for 10 port_worker srp_remove_work || fail "the host is not being removed"
	! wait_for 3 ended "$1" || fail "$1 ended"
	regain_path
	! wait_for 5 ended "$1" || fail "$1 ended with the path"
	port_worker srp_remove_work || fail "the host's removal does not wait"
	[ "$(target_flushes)" = 0 ] || fail "the target saw a flush"
	row "$1"
}

# host_ends SECONDS NAME: what removes it, which was spawned, ends well
host_ends() {
	wait_for "$1" ended "$2" || fail "$2 does not end"
	[ "$(status_of "$2")" = 0 ] || fail "$2 ended with $(status_of "$2")"
	host_is_gone || fail "the host is still there"
}

host_goes_in_time() {
	may_go_blocked
	host_ends 20 "$1"
	[ "$(target_flushes)" = 0 ] || fail "the target saw a flush"
	expect_counter flushes_killed 2
	expect_accounts
	row "$1"
}

host_is_flushed() {
	write 60 /sys/module/scsi_lifecycle/parameters/teardown_tmo
	! wait_for 1 ended "$1" || fail "$1 does not wait"
	mend_path
	host_ends 60 "$1"
	[ "$(target_flushes)" = 2 ] || fail "the target saw $(target_flushes) flushes, not 2"
	expect_counter flushes_completed 2
	expect_accounts
	row "$1"
}

# port_worker FUNCTION: a worker of the port, or of the removal of its host, is there
port_worker() { grep -qs "[ .]$1[+.]" /proc/[0-9]*/stack; }

# Where a host goes while its port is blocked, 7.2 dies, on stock too: srp_stop_rport_timers() goes through the commands
# of a tag set that scsi_remove_host() has freed, and with it what blk_mq_tagset_busy_iter() locks there.
may_go_blocked() {
	case $(uname -r) in 7.2.*) skip "this kernel dies where a host goes whose port is blocked" ;; esac
}
