// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "c_face.h"
#include "scsi_lifecycle_core.h"

struct c_face_layout c_face_measure(void)
{
	return (struct c_face_layout){
		sizeof(struct scl_state), sizeof(struct scl_stock), sizeof(struct scl_step),
		sizeof(struct scl_watch), sizeof(struct scl_sight),
		sizeof(struct scl_limits), sizeof(struct scl_verdict), sizeof(struct scl_evidence),
		sizeof(struct scl_around), sizeof(struct scl_wait), sizeof(struct scl_openers),
		sizeof(struct scl_consumer_step),
		offsetof(struct scl_watch, since), offsetof(struct scl_watch, sent),
		offsetof(struct scl_watch, condemned), offsetof(struct scl_verdict, again),
		offsetof(struct scl_verdict, left), offsetof(struct scl_sight, held),
		offsetof(struct scl_sight, sent), offsetof(struct scl_limits, hold),
		offsetof(struct scl_limits, flush_set), offsetof(struct scl_evidence, ended),
		offsetof(struct scl_around, unsent), offsetof(struct scl_openers, gone),
	};
}

int c_face_call_everything(void)
{
	const struct scl_limits limits = { .teardown = 5000, .flush = SCL_NEVER };
	const struct scl_evidence evidence = { .cached = 1, .succeeded = 1, .ended = 1 };
	struct scl_sight sight = { .state = { SCL_PHASE_CANCEL, 1 } };
	struct scl_stock fields = { .sdev_state = 2, .queue_stopped = 0 };
	struct scl_watch watch = { 0 };
	struct scl_state state = scl_read(fields);
	const struct scl_around around = { .told = 1 };
	struct scl_wait wait = { 0 };
	struct scl_openers openers = { 0 };
	unsigned char opener = SCL_OPENER_CLOSED;
	struct scl_consumer_step consumer;
	struct scl_verdict verdict;
	struct scl_step step;
	int wrong = 0;

	wrong += state.phase != SCL_PHASE_RUNNING || state.blocked;
	wrong += !scl_may_get(state);
	step = scl_next(state, SCL_EVENT_BLOCK);
	wrong += step.refused || step.actions != (SCL_ACTION_STOP | SCL_ACTION_DRAIN);
	fields = scl_write(step.next);
	wrong += fields.sdev_state != 8 || fields.queue_stopped != 1;
	wrong += strcmp(scl_phase_name(SCL_PHASE_CANCEL), "cancel") != 0;
	wrong += strcmp(scl_event_name(SCL_EVENT_BLOCK), "block") != 0;
	wrong += scl_flush_default(30000) != 720000;
	scl_watch_see(&watch, &sight, 1000);
	wrong += !watch.seen || watch.since != 1000;
	verdict = scl_judge(&watch, &sight, &limits, 1000);
	wrong += verdict.event != SCL_EVENT_NONE || verdict.left != 5000 || verdict.again != SCL_LOOK_MS;
	verdict = scl_judge(&watch, &sight, &limits, 2000);
	wrong += verdict.left != 4000 || watch.waits_since != 1000;
	wrong += scl_wait_see(&wait, &sight, &around, 2000) || wait.what != SCL_WAITS_PATH || wait.since != 2000;
	wrong += strcmp(scl_wait_name(wait.what), "path") != 0;
	wrong += scl_flush_fate(&evidence) != SCL_FATE_COMPLETED;
	wrong += scl_opener_next(&openers, &opener, SCL_OPENER_OPENS) != SCL_ANSWER_DONE || openers.open != 1;
	wrong += scl_opener_next(&openers, &opener, SCL_OPENER_HOLDS) != SCL_ANSWER_DONE || openers.holding != 1;
	wrong += opener != SCL_OPENER_HOLDING;
	wrong += scl_openers_gone(&openers) != 1 || openers.open || openers.holding || openers.gone != 1;
	wrong += scl_openers_gone(&openers) != 0;
	consumer = scl_consumer_next(SCL_CONSUMER_DUE, SCL_CONSUMER_DETACH);
	wrong += consumer.next != SCL_CONSUMER_DETACHED || consumer.refused;
	wrong += consumer.actions != (SCL_CONSUMER_CANCEL | SCL_CONSUMER_DROP);
	return wrong;
}

int c_face_call_with_what_there_is_not(void)
{
	/* As bytes, or in as many bits as the states are shifted by, these would be events that there are. */
	static const int no_events[] = { -256, -255, -1, 8, 32, 255, 256, 257, 258, 259, 260, 261, 65536 };
	int wrong = 0;

	for (unsigned int i = 0; i < sizeof(no_events) / sizeof(*no_events); i++)
		for (int state = 0; state <= 255; state++) {
			struct scl_openers openers = { .open = 2, .holding = 1 };
			unsigned char opener = (unsigned char)state;
			struct scl_consumer_step to =
				scl_consumer_next((unsigned char)state, (enum scl_consumer_event)no_events[i]);

			wrong += !to.refused || to.next != state || to.actions;
			wrong += scl_opener_next(&openers, &opener, (enum scl_opener_event)no_events[i]) !=
				 SCL_ANSWER_HAS_NOT;
			wrong += opener != state || openers.open != 2 || openers.holding != 1 || openers.gone;
		}
	return wrong;
}
