# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034,SC2119
# A real transport: fcoe against the kernel's own target (LIO, tcm_fc), over a pair of veth devices. Each end is a port
# of libfc, and so a SCSI host of fcoe: the initiator's is made first, so that it is debug_host 1. The target's has no
# LUNs.

# shellcheck source=tests/guest/lio.sh
. /guest/lio.sh

NEAR=fcoe0
FAR=fcoe1
FCOE=/sys/bus/fcoe

# ends_up: two ports, which find each other by FIP in its mode VN2VN, without a switch
ends_up() {
	LLD=fcoe
	load sd_mod veth fcoe
	/usr/bin/ip link add $NEAR type veth peer name $FAR || fail "no veth devices"
	for ends_each in $NEAR $FAR; do
		ip link set "$ends_each" up || fail "$ends_each does not come up"
		set_value "$ends_each" $FCOE/ctlr_create
		set_value VN2VN "$(controller "$ends_each")/mode"
	done
}

controller() { echo "/sys/class/net/$1"/ctlr_*; }

# wwpn END: the port's name, as configfs has it
wwpn() { sed 's/^0x//; s/../&:/g; s/:$//' "$(controller "$1")"/host*/fc_host/host*/port_name; }

# target_up LUNS
target_up() {
	load target_core_mod target_core_file tcm_fc
	TPG=/sys/kernel/config/target/fc/$(wwpn $FAR)/tpgt_1
	acl=$TPG/acls/$(wwpn $NEAR)
	mkdir -p "$TPG" || fail "no target port"
	for up_each in $(seq 0 $(($1 - 1))); do
		store "$up_each" "disk$up_each"
		mkdir -p "$TPG/lun/lun_$up_each" "$acl/lun_$up_each" || fail "no LUN $up_each"
		ln -s "$CORE/fileio_$up_each/disk$up_each" "$TPG/lun/lun_$up_each/store" || fail "no LUN $up_each"
		ln -s "$TPG/lun/lun_$up_each" "$acl/lun_$up_each/mapped" || fail "LUN $up_each is not mapped"
	done
	count_flushes
}

# fcoe_disks LUNS DEV_LOSS [FAST_IO_FAIL]: a target with so many disks, and an initiator whose transport has these
# timers
fcoe_disks() {
	ends_up
	target_up "$1"
	for up_each in $FAR $NEAR; do set_value 1 "$(controller "$up_each")/enabled"; done
	disks_wanted=$1
	wait_for_disks
	set_value off "$(rport)/fast_io_fail_tmo"
	set_value "$2" "$(rport)/dev_loss_tmo"
	[ $# -lt 3 ] || set_value "$3" "$(rport)/fast_io_fail_tmo"
	settle
}

# The target's port, as the initiator's transport has it.
rport() { echo "/sys/class/fc_remote_ports/rport-$(debug_host):0-0"; }
port() { cat "$(rport)/port_state" 2>/dev/null || echo none; }
port_is() { [ "$(port)" = "$1" ]; }

# break_path link|silence|data|commands: the link of both ends goes down, which both see at once; or no packet arrives,
# which FIP tells when no beacon has come for 20 s; or none but those of FIP; or no SCSI command (R_CTL 6), so that the
# ports still log in. Of the last two no end is told.
break_path() {
	case $1 in
	link) link_down; return ;;
	silence) break_what=drop ;;
	data) break_what="ether type 0x8906 drop" ;;
	commands) break_what="ether type 0x8906 @ll,224,8 6 drop" ;;
	esac
	for break_each in $NEAR $FAR; do
		break_hook="type filter hook ingress device $break_each priority 0;"
		rules "add table netdev $break_each; add chain netdev $break_each in { $break_hook };
			add rule netdev $break_each in $break_what"
	done
}

link_down() { ip link set "$FAR" down || fail "the link stays up"; }
link_up() { ip link set "$FAR" up || fail "the link stays down"; }

# The ports find each other at once when the link has been down, and else within half a minute.
mend_path() {
	for mend_each in $NEAR $FAR; do nft delete table netdev "$mend_each" 2>/dev/null || :; done
	link_down
	link_up
}

# lose_path HOW, and the transport has seen it
lose_path() {
	break_path "$1"
	path_lost
}
path_lost() {
	wait_for 60 port_is Blocked || fail "the port is $(port)"
	expect_all_blocked
}

regain_path() {
	mend_path
	wait_for 60 port_is Online || fail "the port is $(port)"
}

# With the path back LUN 1 takes commands again.
other_lun_works() {
	wait_for 10 runs_again || fail "LUN 1 is $(state 1)"
	write_blocks "$(disk 1)" || fail "LUN 1 does not write"
}
runs_again() { [ "$(state 1)" = running ]; }

# To be spawned. The port's end is the work of a queue of fcoe's: the write does not wait for it.
destroy_port() { write $NEAR $FCOE/ctlr_destroy; }

# taken_offline N: a write to LUN N is not answered, and error handling takes the LUN offline. It has reset the host by
# then, so that the transport has lost the port: the LUN's queue stays stopped.
taken_offline() {
	break_path data
	for taken_each in timeout eh_timeout; do write 1 "$(device "$1")/$taken_each"; done
	spawn pending write_blocks "$(disk "$1")"
	wait_for 90 is_offline "$1" || fail "LUN $1 is $(state "$1")"
	wait_for 20 ended pending || fail "the write to LUN $1 does not end"
	port_is Blocked || fail "the port is $(port)"
}
is_offline() { [ "$(state "$1")" = offline ]; }
