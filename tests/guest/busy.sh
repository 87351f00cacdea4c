# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
# Two LUNs of an LLD that takes no write for the second one, which has its path.

write_to_busy_lun() {
	load_stubborn luns=2
	order fault "0:1 write busy 1"
	park_write write 1 submit_bio_wait
}

write_is_taken() {
	order fault "0:1 write busy 0"
	wait_for 20 ended write || fail "the write goes on waiting"
	[ "$(status_of write)" = 0 ] || fail "the write failed"
}
