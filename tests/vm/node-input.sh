# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a node refuses what it does not take with the error its header says, and nothing changes"
PATHS=
GUARD_ONLY="stock has no nodes"

prepare() { load_debug max_luns=2; }

# expect_tries NODE "WORD=VALUE..."
expect_tries() {
	# shellcheck disable=SC2046
	said_there=$(node try "$1" $(echo "$2" | sed 's/=[^ ]*//g') | xargs)
	[ "$said_there" = "$2" ] || fail "$said_there, not $2"
}

guard() {
	node=$(node_of 0)
	expect_tries "$node" "unknown=-ENOTTY release=-EINVAL hold=0 hold=-EBUSY release=0 release=-EINVAL"
	expect_tries "$node" "release32=-EINVAL hold32=0 hold32=-EBUSY release32=0"
	expect_tries "$node" "end=-EINVAL end32=-EINVAL hold=0 end=-EINVAL release=0"
	expect_tries "$node" "short=-EINVAL fault=-EFAULT read=32 read=-EAGAIN write=-EINVAL seek=-ESPIPE"
	expect_tries "$node" "odd=32 odd=-EAGAIN"
	expect_tries "$node" "drop=0 hold=-EPERM end=-EPERM unknown=-ENOTTY release=-EINVAL read=32"
	expect_tries "$node" "hold=0 drop=0 hold=-EPERM release=0"
	write 0 /sys/module/scsi_lifecycle/parameters/hold_max
	expect_tries "$node" "hold=-EACCES release=-EINVAL"
	write 30 /sys/module/scsi_lifecycle/parameters/hold_max
	! node read "/dev/scsi_lifecycle/none" 2>/dev/null || fail "read what there is not"

	mkfifo /run/go
	spawn after sh -c "node try $node hold wait hold release end unknown poll odd read 0<>/run/go"
	wait_for 10 grep -q hold=0 "$RUN/after/output" || fail "not held"
	delete 0
	wait_for 10 test ! -e "$node" || fail "it is still there"
	wait_for 10 grep -q "gone=yes" "$GUARD"/nodes || fail "it is not gone: $(cat "$GUARD"/nodes)"
	echo >/run/go
	wait_for 10 ended after || fail "does not end"
	grep -v wait "$RUN/after/output" | xargs >/run/after
	grep -q "^hold=0 hold=-ENODEV release=-ENODEV end=-ENODEV unknown=-ENOTTY poll=in+hup odd=64 read=" /run/after ||
		fail "after gone: $(cat /run/after)"

	# A minute of it on one kernel: what it fuzzes is the same on all.
	case $(uname -r) in 6.1.*) minute=60 ;; *) minute=10 ;; esac
	node fuzz /dev/scsi_lifecycle "${fuzz_seconds:-$minute}" "${seed:-1}" || fail "the fuzzer found something"
	[ "$(grep -c "gone=no files=0 holds=0 consumers=0" "$GUARD"/nodes)" = 1 ] ||
		fail "counts: $(cat "$GUARD"/nodes)"
	note "refuses what it should"
}
