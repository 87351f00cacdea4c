// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "c_face.h"
#include "scsi_lifecycle_core.h"

struct c_face_layout c_face_measure(void)
{
	return (struct c_face_layout){ { C_FACE_LAYOUT } };
}

static int call_the_table(void)
{
	struct scl_stock fields = { .sdev_state = 2, .queue_stopped = false };
	struct scl_state state = scl_state_decode(fields);
	struct scl_step step = scl_state_next(state, SCL_EVENT_BLOCK);
	int wrong = 0;

	wrong += state.phase != SCL_PHASE_RUNNING || state.blocked;
	wrong += !scl_may_get(state);
	wrong += step.refused || step.actions != (SCL_ACTION_STOP | SCL_ACTION_DRAIN);
	fields = scl_state_encode(step.next);
	wrong += fields.sdev_state != 8 || !fields.queue_stopped;
	wrong += scl_event_for_state(fields, 3) != SCL_EVENT_REMOVE;
	wrong += scl_event_for_unblock(2) != SCL_EVENT_UNBLOCK || scl_already_in_state(fields, 8);
	wrong += scl_cause_of(state, step.next, SCL_EVENT_BLOCK) != SCL_EVENT_BLOCK;
	wrong += !scl_state_request(step.next, SCL_EVENT_REMOVE, false).refused;
	wrong += !scl_state_reached(step.next, SCL_EVENT_UNBLOCK, false);
	wrong += strcmp(scl_phase_name(SCL_PHASE_CANCEL), "cancel") != 0;
	wrong += strcmp(scl_event_name(SCL_EVENT_BLOCK), "block") != 0;
	return wrong;
}

static int poll_a_device(void)
{
	const struct scl_limits limits = { .teardown = 5000, .flush = SCL_NEVER };
	const struct scl_snapshot snapshot = { .state = { SCL_PHASE_CANCEL, true } };
	const struct scl_environment environment = { .abort_requested = true };
	struct scl_progress progress = { 0 };
	struct scl_stall stall = { 0 };
	struct scl_decision decision;
	int wrong = 0;

	wrong += scl_flush_default(30000) != 720000;
	scl_progress_update(&progress, &snapshot, 1000);
	wrong += !progress.seen || progress.since != 1000;
	decision = scl_decide(&progress, &snapshot, &limits, 1000);
	wrong += decision.event != SCL_EVENT_NONE || decision.left != 5000 ||
		 decision.again != SCL_POLL_MS;
	decision = scl_decide(&progress, &snapshot, &limits, 2000);
	wrong += decision.left != 4000 || progress.waits_since != 1000;
	wrong += !scl_may_hold(snapshot.state, false, &progress);
	wrong += strcmp(scl_expiry_name(&progress, &snapshot), "path") != 0;
	wrong += scl_end_teardown(&progress, &snapshot) != SCL_END_DONE || !progress.ended;
	wrong += scl_stall_update(&stall, &snapshot, &environment, 2000) || stall.since != 2000;
	wrong += strcmp(scl_stall_name(stall.what), "path") != 0;
	return wrong;
}

static int account_for_a_removal(void)
{
	const struct scl_removal_start start = { .adopted = true, .has_cache = true };
	const struct scl_failure failure = {.from = {SCL_PHASE_CANCEL, true},
					    .event = SCL_EVENT_DEADLINE,
					    .pending = SCL_FLUSH_DRIVER};
	const struct scl_flush_end end = { .good = true };
	const struct scl_stage_step step =
		scl_stage_next(SCL_STAGE_IN_USE, SCL_STAGE_EVENT_ANNOUNCED);
	struct scl_flush_account account = { 0 };
	struct scl_progress progress = { 0 };
	int wrong = 0;

	wrong += step.next != SCL_STAGE_REMOVING || step.actions != SCL_STAGE_DO_BEGIN ||
		 step.refused;
	wrong += scl_flush_of_command(0x35, true, true) != SCL_FLUSH_DRIVER;
	wrong += scl_flush_later(SCL_FLUSH_STOP, SCL_FLUSH_DRIVER) != SCL_FLUSH_STOP;
	wrong += scl_account_begin(&account, &progress, &start);
	wrong += !scl_account_give_up(&account, &failure);
	scl_account_take_back(&account);
	wrong += !scl_account_before_failing(&account, &failure);
	wrong += !scl_account_after_failing(&account, &failure, 1, true);
	wrong += scl_account_result(&account, true) != SCL_FLUSH_RESULT_UNKNOWN;
	wrong += !scl_flush_succeeded(&end);
	scl_account_ended(&account, &end);
	wrong += scl_account_result(&account, true) != SCL_FLUSH_RESULT_COMPLETED;
	wrong += !scl_account_rescued(&account, &progress, true);
	return wrong;
}

static int serve_users(void)
{
	struct scl_openers openers = { 0 };
	enum scl_opener opener = SCL_OPENER_CLOSED;
	struct scl_consumer_step consumer =
		scl_consumer_next(SCL_CONSUMER_QUEUED, SCL_CONSUMER_DETACH);
	int wrong = 0;

	wrong += scl_opener_next(&openers, &opener, SCL_OPENER_OPENS) != SCL_ANSWER_DONE ||
		 openers.open != 1;
	wrong += scl_opener_next(&openers, &opener, SCL_OPENER_HOLDS) != SCL_ANSWER_DONE;
	wrong += openers.holding != 1 || opener != SCL_OPENER_HOLDING;
	wrong += !scl_openers_gone(&openers) || openers.open || openers.holding || !openers.gone;
	wrong += scl_openers_gone(&openers);
	wrong += consumer.next != SCL_CONSUMER_DETACHED || consumer.refused;
	wrong += consumer.actions != (SCL_CONSUMER_DO_CANCEL | SCL_CONSUMER_DO_PUT);
	return wrong;
}

int c_face_call_everything(void)
{
	return call_the_table() + poll_a_device() + account_for_a_removal() + serve_users();
}

static int call_with(int value, int event)
{
	const struct scl_state state = { (enum scl_phase)value, true };
	struct scl_step step = scl_state_next(state, (enum scl_event)event);
	struct scl_stage_step stage =
		scl_stage_next((enum scl_stage)value, (enum scl_stage_event)event);
	struct scl_consumer_step consumer =
		scl_consumer_next((enum scl_consumer)value, (enum scl_consumer_event)event);
	struct scl_openers openers = { .open = 2, .holding = 1 };
	enum scl_opener opener = (enum scl_opener)value;
	int wrong = 0;

	wrong += !step.refused || step.next.phase != state.phase || !step.next.blocked ||
		 step.actions;
	wrong += !stage.refused || stage.next != (enum scl_stage)value || stage.actions;
	wrong += !consumer.refused || consumer.next != (enum scl_consumer)value || consumer.actions;
	wrong += scl_opener_next(&openers, &opener, (enum scl_opener_event)event) !=
		 SCL_ANSWER_HAS_NOT;
	wrong += opener != (enum scl_opener)value || openers.open != 2 || openers.holding != 1 ||
		 openers.gone;
	return wrong;
}

int c_face_call_with_what_there_is_not(void)
{
	/* As bytes, or in as many bits as a set has, these would be all that there are. */
	static const int all[] = {-256, -255, -1,  13,	 32,  33,  255,
				   256,	 257,  258, 259, 260, 261, 65536};
	int wrong = 0;

	for (unsigned int i = 0; i < sizeof(all) / sizeof(*all); i++)
		for (int there_is = 0; there_is < 3; there_is++) {
			wrong += call_with(all[i], there_is) + call_with(there_is, all[i]);
			wrong += strcmp(scl_phase_name((enum scl_phase)all[i]), "unknown") != 0;
			wrong += strcmp(scl_event_name((enum scl_event)all[i]), "none") != 0;
			wrong += strcmp(scl_stall_name((enum scl_stall_on)all[i]), "-") != 0;
			wrong += scl_may_get((struct scl_state){ (enum scl_phase)all[i], false });
			wrong += scl_may_hold((struct scl_state){ (enum scl_phase)all[i], false },
					      false, &(struct scl_progress){ 0 });
			wrong +=
				scl_state_encode((struct scl_state){(enum scl_phase) all[i], true})
					.sdev_state != 4;
		}
	return wrong;
}
