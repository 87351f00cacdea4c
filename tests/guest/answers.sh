# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034,SC2154
# A target's disks whose answers are ordered: BUSY and TASK SET FULL are the status that a full array gives, and LIO's
# own disks have no way to be full. A process in the target's machine answers for them (answers.py). To be used after
# iscsi.sh, and before its target is up.

ANSWERS=/run/answers

# The kernel waits for no program that listens to its netlink messages, since there is none.
lun_store() {
	load uio target_core_user
	make_store "$CORE/user_$1/$STORE$1" "dev_size=8388608,dev_config=answers/$1,nl_reply_supported=-1"
	wait_for 10 uio_of "$1" >/dev/null || fail "no UIO device of LUN $1"
	store_uio=$(uio_of "$1")
	wait_for 10 test -c "/dev/$store_uio" || fail "no node of $store_uio"
	mkdir -p "$ANSWERS/$1"
	: >"$ANSWERS/$1/refused"
	spawn "answers$1" python3 /guest/answers.py "$store_uio" "$ANSWERS/$1"
}
uio_of() { grep -l "/answers/$1\$" /sys/class/uio/uio*/name | sed 's,/sys/class/uio/\(.*\)/name,\1,' | grep .; }

status_number() {
	case $1 in
	BUSY) echo 8 ;;
	TASK_SET_FULL) echo 40 ;;
	*) fail "no status $1" ;;
	esac
}

# refuse LUN flush|write BUSY|TASK_SET_FULL N: the next N get that status, and those after them are carried out
refuse() {
	echo "$(status_number "$3") $4" >"$ANSWERS/$1/$2.order"
	mv "$ANSWERS/$1/$2.order" "$ANSWERS/$1/$2"
}
refused() { grep -c "^$2 $(status_number "$3")\$" "$ANSWERS/$1/refused"; }
has_refused() { [ "$(refused "$1" "$2" "$3")" -ge "$4" ]; }

# expect_refused LUN flush|write STATUS N: so many have been
expect_refused() {
	refused_count=$(refused "$1" "$2" "$3")
	[ "$refused_count" = "$4" ] || fail "the target has refused $refused_count of $4 with $3, of kind $2"
}

# A disk that is dirty, whose target carries out what it is asked for until it is told to refuse.
disk_to_refuse() {
	iscsi_disks 1 120
	dirty 0
	settle
	row_begins
}

deletion_ends_well() {
	wait_for 30 ended delete || fail "the deletion does not end"
	[ "$(status_of delete)" = 0 ] || fail "the deletion fails"
}

# The module counts the flush as completed, and has no word for it.
completes_in_silence() {
	expect_counter flushes_completed 1
	expect_accounts
	! said "scsi_lifecycle: cache flush" || fail "the module says: $(dmesg | grep "scsi_lifecycle: cache flush")"
}
