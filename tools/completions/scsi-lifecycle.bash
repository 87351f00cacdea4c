# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# bash completion of scsi-lifecycle

_scsi_lifecycle() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} word verb=
	local -a names=() choices
	local verbs='status why check delete wait hold monitor rescue end set doctor metrics report'
	local options='--help --json --quiet --no-color --timeout' devices='--host --session --module'
	COMPREPLY=()
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		[[ $word == -* || " $verbs " != *" $word "* ]] || { verb=$word; break; }
	done
	case $previous in
	--timeout | --watch | --host | --session | --module) return ;;
	--textfile | -o | --output)
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		return
		;;
	esac
	case $verb in
	'') options+=" --version $verbs" ;;
	status) options+=" $devices --all --watch" ;;
	delete) options+=" $devices --force --recursive --need-outcome" ;;
	wait) options+=" $devices --need-outcome" ;;
	why | check | hold | monitor | end) options+=" $devices" ;;
	rescue) options+=' --dry-run' ;;
	set) options+=' --persist teardown_tmo= flush_tmo= reboot_tmo= hold_max= uevents=' ;;
	metrics) options+=' --textfile' ;;
	report) options+=' --output' ;;
	esac
	case $verb in
	status | why | check | delete | wait | hold | monitor | end | set)
		[[ $current == -* ]] || mapfile -t names < <(scsi-lifecycle __complete 2>/dev/null)
		;;
	esac
	# Not by compgen -W, which expands its words: what a name holds is not run.
	read -ra choices <<<"$options"
	for word in "${choices[@]}" "${names[@]}"; do
		[[ $word != "$current"* ]] || COMPREPLY+=("$(printf %q "$word")")
	done
	[[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace
}
complete -F _scsi_lifecycle scsi-lifecycle
