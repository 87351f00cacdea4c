# SPDX-License-Identifier: GPL-2.0
# fish completion of scsi-lifecycle

set -l verbs status why check delete wait hold monitor rescue end set doctor metrics report
set -l settings teardown_tmo= flush_tmo= reboot_tmo= hold_max= uevents= expedite=
set -l with_devices status why check delete wait hold monitor end set

complete -c scsi-lifecycle -f
complete -c scsi-lifecycle -n "not __fish_seen_subcommand_from $verbs" -a "$verbs"
complete -c scsi-lifecycle -n "__fish_seen_subcommand_from $with_devices" -a "(scsi-lifecycle __complete 2>/dev/null)"
complete -c scsi-lifecycle -n "__fish_seen_subcommand_from set" -a "$settings"
complete -c scsi-lifecycle -n "__fish_seen_subcommand_from $with_devices" -l host -x -d 'all devices of host N'
complete -c scsi-lifecycle -n "__fish_seen_subcommand_from $with_devices" -l session -x -d 'all devices of iSCSI session N'
complete -c scsi-lifecycle -n "__fish_seen_subcommand_from $with_devices" -l module -x -d 'all devices of a low-level driver'
complete -c scsi-lifecycle -l json -d 'one JSON object'
complete -c scsi-lifecycle -s q -l quiet -d 'no notes on stderr'
complete -c scsi-lifecycle -l no-color -d 'no colours'
complete -c scsi-lifecycle -l timeout -x -d seconds
complete -c scsi-lifecycle -l help -d help
complete -c scsi-lifecycle -n "__fish_seen_subcommand_from status" -s a -l all -d 'healthy devices too'
complete -c scsi-lifecycle -n "__fish_seen_subcommand_from status" -l watch -x -d 'seconds between looks'
complete -c scsi-lifecycle -n "__fish_seen_subcommand_from delete" -l force -d 'also what is open'
complete -c scsi-lifecycle -n "__fish_seen_subcommand_from delete" -s r -l recursive -d 'all devices of a host'
complete -c scsi-lifecycle -n "__fish_seen_subcommand_from delete wait" -l need-outcome
complete -c scsi-lifecycle -n "__fish_seen_subcommand_from rescue" -l dry-run
complete -c scsi-lifecycle -n "__fish_seen_subcommand_from set" -l persist -d 'in modprobe.d or policy.d too'
complete -c scsi-lifecycle -n "__fish_seen_subcommand_from metrics" -l textfile -r -F
complete -c scsi-lifecycle -n "__fish_seen_subcommand_from report" -s o -l output -r -F
