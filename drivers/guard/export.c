// SPDX-License-Identifier: GPL-2.0
//
// Exports for tests only, in a namespace of their own (Kbuild). C++ symbols are never exported:
// these are C by linkage, and C here.
#include <linux/export.h>
#include <trace/events/scsi_lifecycle.h>

#include "api/api.h"
#include "hooks/hooks.h"
#include "sdev/sdev.h"
#include "teardown/teardown.h"
#include "user/user.h"

EXPORT_SYMBOL_GPL(scl_state_decode);
EXPORT_SYMBOL_GPL(scl_state_encode);
EXPORT_SYMBOL_GPL(scl_state_next);
EXPORT_SYMBOL_GPL(scl_may_get);
EXPORT_SYMBOL_GPL(scl_phase_name);
EXPORT_SYMBOL_GPL(scl_event_name);
EXPORT_SYMBOL_GPL(scl_progress_update);
EXPORT_SYMBOL_GPL(scl_flush_default);
EXPORT_SYMBOL_GPL(scl_decide);
EXPORT_SYMBOL_GPL(scl_end_teardown);
EXPORT_SYMBOL_GPL(scl_expiry_name);
EXPORT_SYMBOL_GPL(scl_flush_succeeded);

EXPORT_SYMBOL_GPL(scl_srcu);
EXPORT_SYMBOL_GPL(scl_removal_begins);
EXPORT_SYMBOL_GPL(scl_removal_end);
EXPORT_SYMBOL_GPL(scl_limits_of);
EXPORT_SYMBOL_GPL(scl_device_create);
EXPORT_SYMBOL_GPL(scl_device_find);
EXPORT_SYMBOL_GPL(scl_observe_start);
EXPORT_SYMBOL_GPL(scl_host_works);
EXPORT_SYMBOL_GPL(scl_host_dying);
EXPORT_SYMBOL_GPL(scl_host_is_of);
EXPORT_SYMBOL_GPL(scl_poll_now);
EXPORT_SYMBOL_GPL(scl_host_find);
EXPORT_SYMBOL_GPL(scl_host_next);
EXPORT_SYMBOL_GPL(scl_host_remember);
EXPORT_SYMBOL_GPL(scl_host_forget);
EXPORT_SYMBOL_GPL(scl_module_unloads);
EXPORT_SYMBOL_GPL(scl_references_of);
EXPORT_SYMBOL_GPL(scl_references_drain);
EXPORT_SYMBOL_GPL(scl_references_exit);
EXPORT_SYMBOL_GPL(scl_observe_begin);
EXPORT_SYMBOL_GPL(scl_observe_end);
EXPORT_SYMBOL_GPL(scl_observe_exit);
EXPORT_SYMBOL_GPL(scl_flush_of);
EXPORT_SYMBOL_GPL(scl_flush_at_lld);
EXPORT_SYMBOL_GPL(scl_flush_abort);
EXPORT_SYMBOL_GPL(scl_count_failed);
EXPORT_SYMBOL_GPL(scl_count_unstarted);
EXPORT_SYMBOL_GPL(scl_flush_unstarted);
EXPORT_SYMBOL_GPL(scl_kick_requeue_list);
EXPORT_SYMBOL_GPL(scl_device_begin);
EXPORT_SYMBOL_GPL(scl_node_add);
EXPORT_SYMBOL_GPL(scl_node_remove);
EXPORT_SYMBOL_GPL(scl_removed_count);
EXPORT_SYMBOL_GPL(scl_removed_add);
EXPORT_SYMBOL_GPL(scl_status_names);
EXPORT_SYMBOL_GPL(scl_sdev_disk);
EXPORT_SYMBOL_GPL(scl_sdev_wwid);
EXPORT_SYMBOL_GPL(scl_devices_each);
EXPORT_SYMBOL_GPL(scl_next_device);
EXPORT_SYMBOL_GPL(scl_tmo_parse);
EXPORT_SYMBOL_GPL(scl_tmo_format);
EXPORT_SYMBOL_GPL(scl_limits);
EXPORT_SYMBOL_GPL(scl_transport_tmo);
EXPORT_SYMBOL_GPL(scl_counted);
EXPORT_SYMBOL_GPL(scl_report_load);
EXPORT_SYMBOL_GPL(scl_report_kill);
EXPORT_SYMBOL_GPL(scl_report_given_up);
EXPORT_SYMBOL_GPL(scl_report_lost);
EXPORT_SYMBOL_GPL(scl_report_stall);
EXPORT_SYMBOL_GPL(scl_report_rescue);
EXPORT_SYMBOL_GPL(scl_report_result);
EXPORT_SYMBOL_GPL(scl_blocker_find);
EXPORT_SYMBOL_GPL(scl_queue_leaves_tag_set);
EXPORT_SYMBOL_GPL(scl_failure_of);
EXPORT_SYMBOL_GPL(scl_uevents_begin);
EXPORT_SYMBOL_GPL(scl_sdev_apply_from);
EXPORT_SYMBOL_GPL(scl_sdev_event_to_give_back);
EXPORT_SYMBOL_GPL(scl_sdev_state);
EXPORT_SYMBOL_GPL(scl_spare_removed);
EXPORT_SYMBOL_GPL(scl_devices_mutex);
EXPORT_SYMBOL_GPL(scl_device_end);
EXPORT_SYMBOL_GPL(scl_device_meets);
EXPORT_SYMBOL_GPL(scl_device_note);
EXPORT_SYMBOL_GPL(scl_device_uevent_flush);
EXPORT_SYMBOL_GPL(scl_lifetimes_end);
EXPORT_SYMBOL_GPL(scl_observe_stop);
EXPORT_SYMBOL_GPL(scl_history_init);
EXPORT_SYMBOL_GPL(scl_history_free);
EXPORT_SYMBOL_GPL(scl_history_write);
EXPORT_SYMBOL_GPL(scl_history_read);
EXPORT_SYMBOL_GPL(scl_device_begin_late);
EXPORT_SYMBOL_GPL(scl_devices_wait_ended);
EXPORT_SYMBOL_GPL(scl_device_add);
#ifdef SCL_TESTS
EXPORT_TRACEPOINT_SYMBOL_GPL(scl_transition);
EXPORT_TRACEPOINT_SYMBOL_GPL(scl_decision);
EXPORT_TRACEPOINT_SYMBOL_GPL(scl_expiry);
EXPORT_TRACEPOINT_SYMBOL_GPL(scl_kill);
EXPORT_TRACEPOINT_SYMBOL_GPL(scl_hold);
EXPORT_TRACEPOINT_SYMBOL_GPL(scl_unload);
EXPORT_SYMBOL_GPL(scl_lookups);
EXPORT_SYMBOL_GPL(scl_expedites);
EXPORT_SYMBOL_GPL(scl_monitor_idles);
EXPORT_SYMBOL_GPL(scl_monitor_opened);
EXPORT_SYMBOL_GPL(scl_removal_detached);
EXPORT_SYMBOL_GPL(scl_state_reads);
#endif
