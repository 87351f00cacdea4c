# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="nodes are opened, read, held and closed while their devices come and go, and nothing leaks"
PATHS="P1 P3"
REQUIRES="scsi_flaky"
GUARD_ONLY="stock has no nodes"

# Others by scripts/vm run ... --set "seconds=600 seed=7".
seconds=${seconds:-20}
seed=${seed:-$(cut -c1-6 /proc/sys/kernel/random/uuid | tr a-f 1-6)}
luns=4

delete_each() { for doomed in "$@"; do [ ! -e "$(device "$doomed")/delete" ] || delete "$doomed" || :; done; }
shared() { cut -d ' ' -f 1 "$GUARD"/nodes | sort | uniq -d; }
live_twice() { grep gone=no "$GUARD"/nodes | cut -d ' ' -f 2 | sort | uniq -d; }

# A disk that is still being probed may be blocked, and the removal of another waits for its commands (P4).
ended_unblocked() {
	try unblock "$(target_of "$(lun 0)")"
	ended deletes
}

prepare() {
	dmesg -n 1
	load_flaky
	limit teardown_tmo 1
	limit hold_max 2
	load_debug max_luns=$luns
}

churn() {
	until=$(($(now) + seconds * 1000))
	rounds=0
	while [ "$(now)" -lt $until ]; do
		rounds=$((rounds + 1))
		hit=$(lun $((rounds / 3 % luns)))
		if [ $((rounds % 3)) = 0 ]; then
			try block "$hit"
			try offline "$hit"
		fi
		spawn deletes delete_each 0 1 2 3
		try block "$hit"
		try unblock "$hit"
		wait_for 4 ended deletes || wait_for 60 ended_unblocked ||
			fail "round $rounds of seed $seed: a deletion hangs"
		[ -z "$(shared)" ] || fail "two lives have one number: $(cat "$GUARD"/nodes)"
		[ -z "$(live_twice)" ] || fail "two nodes at one address: $(cat "$GUARD"/nodes)"
		if [ $((rounds % 5)) = 0 ]; then
			spawn unload rmmod scsi_debug
			wait_for 60 ended unload || fail "round $rounds of seed $seed: the unload hangs"
			[ ! -e /sys/module/scsi_debug ] ||
				fail "round $rounds of seed $seed: $(cat "$RUN/unload/output")"
			load_debug max_luns=$luns
		else
			rescan
		fi
	done
}

guard() {
	spawn users node churn /dev/scsi_lifecycle $((seconds + 5)) "$seed" 8 2
	churn
	wait_for 60 ended users || fail "the readers of the nodes hang"
	[ "$(status_of users)" = 0 ] || fail "seed $seed: $(cat "$RUN/users/output")"
	for did in opens reads records holds releases gone; do
		grep -q "\b$did=[1-9]" "$RUN/users/output" || fail "no $did in $seconds s: $(cat "$RUN/users/output")"
	done
	spawn unload rmmod scsi_debug
	wait_for 60 ended unload || fail "the last unload hangs"
	[ -z "$(cat "$GUARD"/nodes)" ] || fail "a life is left: $(cat "$GUARD"/nodes)"
	expect_accounts
	removals=$(counter removals)
	[ "$removals" -ge $((2 * luns)) ] || fail "$removals removals in $rounds rounds"
	rmmod scsi_flaky
	[ ! -e "$LIVEPATCH" ] || unload_livepatch
	rmmod scsi_lifecycle || fail "the module cannot be unloaded"
	note "seed $seed, $rounds rounds, $removals removals; $(tail -n 1 "$RUN/users/output")"
}

livepatch() { guard; }
