# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a consumer of a device is told once when it is gone, and may detach, forget to, or take long"
PATHS=
EXPECTED="scsi_holder left a consumer behind"
REQUIRES="scsi_flaky scsi_holder"
GUARD_ONLY="stock has no consumers"
WORDS=slub_debug=FZPU

prepare() {
	debug_disks 6
}

is_told() { said "holder: $1: told that it is gone, flush 1, detached 0\$"; }
said_times() { [ "$(dmesg | grep -c "holder: $1: $2")" = "$3" ] || fail "not $3 times: $1: $2"; }
count_of() { sed -n "s/^[0-9]* $1 .* consumers=\([0-9]*\)\$/\1/p" "$GUARD"/nodes; }
has_no_life() { ! grep -q " $1 " "$GUARD"/nodes; }

guard() {
	doomed=$(lun 0)
	module scsi_holder attach=1 device="$doomed"
	[ "$(count_of "$doomed")" = 1 ] || fail "not in nodes: $(cat "$GUARD"/nodes)"
	delete 0
	wait_for 10 is_told "$doomed" || fail "the consumer is not told"
	[ "$(count_of "$doomed")" = 1 ] || fail "its life does not wait for the consumer: $(cat "$GUARD"/nodes)"
	rmmod scsi_holder
	said_times "$doomed" "told that it is gone" 1
	expect_message "holder: $doomed: detached 0\$"
	has_no_life "$doomed" || fail "its life does not end: $(cat "$GUARD"/nodes)"

	# The consumer is detached inside of gone(), so that the exit does not wait for it: the gate does.
	doomed=$(lun 1)
	module scsi_holder attach=1 leave=1 slow=3 device="$doomed"
	delete 1
	wait_for 10 is_told "$doomed" || fail "the consumer is not told"
	has_no_life "$doomed" || fail "its life does not end: $(cat "$GUARD"/nodes)"
	spawn rmmod rmmod scsi_holder
	expect_end rmmod 20 >/dev/null
	said_times "$doomed" "has been told" 1
	expect_message "holder: $doomed: detached -2\$"

	# The exit waits for it.
	doomed=$(lun 2)
	module scsi_holder attach=1 slow=3 device="$doomed"
	delete 2
	wait_for 10 is_told "$doomed" || fail "the consumer is not told"
	spawn rmmod rmmod scsi_holder
	expect_end rmmod 20 >/dev/null
	said_times "$doomed" "has been told" 1
	expect_message "holder: $doomed: detached 0\$"

	# It attaches again when the exit has run: the attached consumer would be in text and memory that are freed.
	doomed=$(lun 4) other=$(lun 5)
	module scsi_holder attach=1 leave=1 late=1 again="$other" device="$doomed"
	delete 4
	wait_for 10 is_told "$doomed" || fail "the consumer is not told"
	spawn rmmod rmmod scsi_holder
	expect_end rmmod 20 >/dev/null
	expect_message "holder: $other: scsi_device_get() says 0, scsi_lifecycle_attach() -19\$"
	said_times "$doomed" "has been told" 1
	[ "$(count_of "$other")" = 0 ] || fail "still attached: $(cat "$GUARD"/nodes)"
	delete 5

	# It attaches again before the exit: it is told of the other device too.
	rescan
	wait_for_disks
	module scsi_holder attach=1 leave=1 again="$other" device="$doomed"
	delete 4
	wait_for 10 said "holder: $other: .*scsi_lifecycle_attach() 0\$" || fail "it does not attach anew"
	[ "$(count_of "$other")" = 1 ] || fail "not attached: $(cat "$GUARD"/nodes)"
	rmmod scsi_holder
	[ "$(count_of "$other")" = 0 ] || fail "still attached: $(cat "$GUARD"/nodes)"

	# A consumer that its module forgot keeps neither this module nor the LLD.
	forgotten=$(lun 3)
	module scsi_holder attach=1 forget=1 device="$forgotten"
	rmmod scsi_holder
	expect_message "scsi_holder left a consumer behind"
	[ "$(count_of "$forgotten")" = 0 ] || fail "still attached: $(cat "$GUARD"/nodes)"
	spawn unload rmmod scsi_debug
	expect_end unload 20 >/dev/null
	said_times "$forgotten" "told that it is gone" 0
	[ -z "$(cat "$GUARD"/nodes)" ] || fail "a life is left: $(cat "$GUARD"/nodes)"
	note "told once each; the unload waits for a consumer that is being told"
}
