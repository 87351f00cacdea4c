# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
# One disk behind two iSCSI sessions, and multipathd with a map above. To be used after iscsi.sh.

MAP=map
PORTS="3260 3261"

# paths_up SECONDS [PING]: as iscsi_disks, twice
paths_up() {
	for up_module in dm_multipath dm_service_time; do
		modprobe $up_module || fail "modprobe $up_module failed"
	done
	target_up 1
	mkdir "$TPG/np/127.0.0.1:3261" || fail "no second portal"
	for up_port in $PORTS; do
		PORT=$up_port PORTAL=127.0.0.1:$up_port
		initiator_up "$@"
		log_in $((${up_port#326} + 1))
	done
	settle
	wwid=$(/lib/udev/scsi_id -g -u "/dev/$(disk 0)")
	[ "$wwid" = "$(/lib/udev/scsi_id -g -u "/dev/$(disk 0 0 2)")" ] || fail "the two paths are not of one disk"
	cat >/etc/multipath.conf <<-END
		defaults {
			user_friendly_names no
			find_multipaths no
			polling_interval 1
			max_polling_interval 1
		}
		overrides {
			# A request for the priority that meets a lost path would keep multipathd from all else.
			detect_prio no
			prio const
			# multipathd sets the session's recovery_tmo.
			fast_io_fail_tmo $1
		}
		multipaths {
			multipath {
				wwid $wwid
				alias $MAP
			}
		}
		blacklist {
			devnode "^(loop|vd|sr)"
		}
	END
	spawn multipathd env -i PATH=/usr/sbin:/usr/bin multipathd -d -s -v2
	wait_for 30 paths_are active active || fail "the map has not two paths: $(paths)"
	wait_for 60 test -b "/dev/mapper/$MAP" || fail "the map has no node"
}

# What the kernel uses, and what multipathd's checker says.
paths() { multipathd show paths format "%i %t %T" 2>/dev/null | tail -n +2 | sort; }
paths_are() { [ "$(paths | awk '{ print $2 }' | tr '\n' ' ')" = "$1 $2 " ]; }
checker_says() { [ "$(paths | sed -n "$1p" | awk '{ print $3 }')" = "$2" ]; }

is_blocked() { [ "$(state 0)" = blocked ]; }

# path N: from now on break_path and mend_path are about the N-th
path() {
	PORT=$((3259 + $1))
	PORTAL=127.0.0.1:$PORT
}

# To be spawned.
write_map() { /usr/bin/dd if=/dev/zero of="/dev/mapper/$MAP" bs=4096 count="$1" oflag=direct conv=nocreat,notrunc 2>/dev/null; }
