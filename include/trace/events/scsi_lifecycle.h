/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the guard notes, decides and does, for a tracer. Each event but the last has the address of
 * a device. What an event says in words is worked out where a tracer asks for it, and only then.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM scsi_lifecycle

#if !defined(_TRACE_SCSI_LIFECYCLE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_SCSI_LIFECYCLE_H

#include <linux/module.h>
#include <linux/tracepoint.h>

#include "scsi_lifecycle_core.h"

#ifndef SCL_ADDRESS_OF
/* The address, as an event takes it, of a scsi_device and of a scl_device. */
#define SCL_ADDRESS_OF(sdev)	(sdev)->host->host_no, (sdev)->channel, (sdev)->id, (sdev)->lun
#define SCL_ADDRESS(device)	(device)->host_no, (device)->channel, (device)->id, (device)->lun
#define SCL_ADDRESS_PROTO	unsigned int host_no, unsigned int channel, unsigned int id, u64 lun
#define SCL_ADDRESS_ARGS	host_no, channel, id, lun
#define SCL_ADDRESS_FIELDS		\
	__field(unsigned int, host_no)	\
	__field(unsigned int, channel)	\
	__field(unsigned int, id)	\
	__field(u64, lun)
#define SCL_ADDRESS_ASSIGN		\
	__entry->host_no = host_no;	\
	__entry->channel = channel;	\
	__entry->id = id;		\
	__entry->lun = lun
#define SCL_ADDRESS_FORMAT	"%u:%u:%u:%llu"
#define SCL_ADDRESS_PRINT	__entry->host_no, __entry->channel, __entry->id, __entry->lun
#define SCL_WORD		20	/* the longest name of a state, an event or a reason */
#endif

/* A device takes a state; or an event is refused: then it stays, and error is -EINVAL. */
TRACE_EVENT(scl_transition,
	TP_PROTO(SCL_ADDRESS_PROTO, struct scl_state from, enum scl_event event,
		 struct scl_state to, int error),
	TP_ARGS(SCL_ADDRESS_ARGS, from, event, to, error),
	TP_STRUCT__entry(
		SCL_ADDRESS_FIELDS
		__array(char, from, SCL_WORD)
		__array(char, event, SCL_WORD)
		__array(char, to, SCL_WORD)
		__field(bool, from_blocked)
		__field(bool, to_blocked)
		__field(int, error)
	),
	TP_fast_assign(
		SCL_ADDRESS_ASSIGN;
		strscpy(__entry->from, scl_phase_name(from.phase), SCL_WORD);
		strscpy(__entry->event, event == SCL_EVENT_NONE ? "seen" : scl_event_name(event),
			SCL_WORD);
		strscpy(__entry->to, scl_phase_name(to.phase), SCL_WORD);
		__entry->from_blocked = from.blocked;
		__entry->to_blocked = to.blocked;
		__entry->error = error;
	),
	TP_printk(SCL_ADDRESS_FORMAT " from=%s%s event=%s to=%s%s error=%d", SCL_ADDRESS_PRINT,
		  __entry->from, __entry->from_blocked ? "+blocked" : "", __entry->event,
		  __entry->to, __entry->to_blocked ? "+blocked" : "", __entry->error)
);

/* What a poll decided; -1: never. */
TRACE_EVENT(scl_decision,
	TP_PROTO(SCL_ADDRESS_PROTO, const struct scl_decision *decision),
	TP_ARGS(SCL_ADDRESS_ARGS, decision),
	TP_STRUCT__entry(
		SCL_ADDRESS_FIELDS
		__array(char, event, SCL_WORD)
		__field(s64, again)
		__field(s64, left)
	),
	TP_fast_assign(
		SCL_ADDRESS_ASSIGN;
		strscpy(__entry->event, scl_event_name(decision->event), SCL_WORD);
		__entry->again = decision->again;
		__entry->left = decision->left;
	),
	TP_printk(SCL_ADDRESS_FORMAT " event=%s again_ms=%lld left_ms=%lld", SCL_ADDRESS_PRINT,
		  __entry->event, __entry->again, __entry->left)
);

/* The time of a device is up, and why. */
TRACE_EVENT(scl_expiry,
	TP_PROTO(SCL_ADDRESS_PROTO, const struct scl_progress *progress,
		 const struct scl_snapshot *snapshot),
	TP_ARGS(SCL_ADDRESS_ARGS, progress, snapshot),
	TP_STRUCT__entry(
		SCL_ADDRESS_FIELDS
		__array(char, why, SCL_WORD)
	),
	TP_fast_assign(
		SCL_ADDRESS_ASSIGN;
		strscpy(__entry->why, scl_expiry_name(progress, snapshot), SCL_WORD);
	),
	TP_printk(SCL_ADDRESS_FORMAT " why=%s", SCL_ADDRESS_PRINT, __entry->why)
);

/* Commands were failed, or asked back from the LLD, and the flush was lost with them or was not. */
TRACE_EVENT(scl_kill,
	TP_PROTO(SCL_ADDRESS_PROTO, unsigned int commands, bool lost),
	TP_ARGS(SCL_ADDRESS_ARGS, commands, lost),
	TP_STRUCT__entry(
		SCL_ADDRESS_FIELDS
		__field(unsigned int, commands)
		__field(bool, lost)
	),
	TP_fast_assign(
		SCL_ADDRESS_ASSIGN;
		__entry->commands = commands;
		__entry->lost = lost;
	),
	TP_printk(SCL_ADDRESS_FORMAT " commands=%u flush_lost=%s", SCL_ADDRESS_PRINT,
		  __entry->commands, __entry->lost ? "yes" : "no")
);

/* A process holds the device by a file of its node, or releases it. */
TRACE_EVENT(scl_hold,
	TP_PROTO(SCL_ADDRESS_PROTO, pid_t pid, bool begins),
	TP_ARGS(SCL_ADDRESS_ARGS, pid, begins),
	TP_STRUCT__entry(
		SCL_ADDRESS_FIELDS
		__field(pid_t, pid)
		__field(bool, begins)
	),
	TP_fast_assign(
		SCL_ADDRESS_ASSIGN;
		__entry->pid = pid;
		__entry->begins = begins;
	),
	TP_printk(SCL_ADDRESS_FORMAT " pid=%d %s", SCL_ADDRESS_PRINT, __entry->pid,
		  __entry->begins ? "begin" : "end")
);

/* A module is unloaded, and so many references on its devices are waited for. */
TRACE_EVENT(scl_unload,
	TP_PROTO(const struct module *module, unsigned int waiting),
	TP_ARGS(module, waiting),
	TP_STRUCT__entry(
		__array(char, module, MODULE_NAME_LEN)
		__field(unsigned int, waiting)
	),
	TP_fast_assign(
		strscpy(__entry->module, module->name, MODULE_NAME_LEN);
		__entry->waiting = waiting;
	),
	TP_printk("module=%s waiting=%u", __entry->module, __entry->waiting)
);

#endif

#include <trace/define_trace.h>
