// SPDX-License-Identifier: GPL-2.0
//
// What the modules beside this one use of it. C++ symbols are never exported: these are C by linkage,
// and C here.
#include <linux/export.h>

#include "device.h"
#include "flush.h"
#include "gate.h"
#include "guard.h"
#include "host.h"
#include "life.h"
#include "node.h"
#include "observe.h"
#include "parked.h"
#include "policy.h"
#include "record.h"
#include "reference.h"
#include "report.h"
#include "spare.h"
#include "transition.h"
#include "transport.h"
#include "wait.h"
#include "walk.h"

EXPORT_SYMBOL_GPL(scl_read);
EXPORT_SYMBOL_GPL(scl_write);
EXPORT_SYMBOL_GPL(scl_next);
EXPORT_SYMBOL_GPL(scl_may_get);
EXPORT_SYMBOL_GPL(scl_phase_name);
EXPORT_SYMBOL_GPL(scl_event_name);
EXPORT_SYMBOL_GPL(scl_watch_see);
EXPORT_SYMBOL_GPL(scl_flush_default);
EXPORT_SYMBOL_GPL(scl_judge);
EXPORT_SYMBOL_GPL(scl_flush_fate);

EXPORT_SYMBOL_GPL(scl_srcu);
EXPORT_SYMBOL_GPL(scl_device_removal_begins);
EXPORT_SYMBOL_GPL(scl_device_limits);
EXPORT_SYMBOL_GPL(scl_record_create);
EXPORT_SYMBOL_GPL(scl_record_find);
EXPORT_SYMBOL_GPL(scl_record_forget);
EXPORT_SYMBOL_GPL(scl_record_observe);
EXPORT_SYMBOL_GPL(scl_records_forget_host);
EXPORT_SYMBOL_GPL(scl_records_forget_all);
EXPORT_SYMBOL_GPL(scl_looks);
EXPORT_SYMBOL_GPL(scl_host_dying);
EXPORT_SYMBOL_GPL(scl_host_is_of);
EXPORT_SYMBOL_GPL(scl_host_look_now);
EXPORT_SYMBOL_GPL(scl_host_find);
EXPORT_SYMBOL_GPL(scl_host_remember);
EXPORT_SYMBOL_GPL(scl_host_forget);
EXPORT_SYMBOL_GPL(scl_gate_close);
EXPORT_SYMBOL_GPL(scl_references_of);
EXPORT_SYMBOL_GPL(scl_references_drain);
EXPORT_SYMBOL_GPL(scl_references_exit);
EXPORT_SYMBOL_GPL(scl_observe_begin);
EXPORT_SYMBOL_GPL(scl_observe_end);
EXPORT_SYMBOL_GPL(scl_observe_exit);
EXPORT_SYMBOL_GPL(scl_flush_of);
EXPORT_SYMBOL_GPL(scl_flush_at_lld);
EXPORT_SYMBOL_GPL(scl_flush_abort);
EXPORT_SYMBOL_GPL(scl_failed_count);
EXPORT_SYMBOL_GPL(scl_parked_count);
EXPORT_SYMBOL_GPL(scl_parked_flush);
EXPORT_SYMBOL_GPL(scl_parked_kick);
EXPORT_SYMBOL_GPL(scl_life_begin);
EXPORT_SYMBOL_GPL(scl_life_find);
EXPORT_SYMBOL_GPL(scl_node_held);
EXPORT_SYMBOL_GPL(scl_node_add);
EXPORT_SYMBOL_GPL(scl_node_remove);
EXPORT_SYMBOL_GPL(scl_lives_each);
EXPORT_SYMBOL_GPL(scl_next_device);
EXPORT_SYMBOL_GPL(scl_tmo_parse);
EXPORT_SYMBOL_GPL(scl_tmo_format);
EXPORT_SYMBOL_GPL(scl_limits);
EXPORT_SYMBOL_GPL(scl_transport_tmo);
EXPORT_SYMBOL_GPL(scl_counted);
EXPORT_SYMBOL_GPL(scl_report_kill);
EXPORT_SYMBOL_GPL(scl_report_given_up);
EXPORT_SYMBOL_GPL(scl_report_lost);
EXPORT_SYMBOL_GPL(scl_report_wait);
EXPORT_SYMBOL_GPL(scl_report_rescue);
EXPORT_SYMBOL_GPL(scl_report_fate);
EXPORT_SYMBOL_GPL(scl_blocker_find);
EXPORT_SYMBOL_GPL(scl_transition_from);
EXPORT_SYMBOL_GPL(scl_spare_removed);
