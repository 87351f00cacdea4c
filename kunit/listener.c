// SPDX-License-Identifier: GPL-2.0
#include "listener.h"

static void gone(struct scsi_lifecycle_consumer *consumer, const struct scsi_lifecycle_record *last)
{
	struct scl_listener *listener = container_of(consumer, struct scl_listener, consumer);

	listener->calls++;
	listener->last = *last;
	complete(&listener->called);
	if (listener->inside)
		listener->inside(listener);
	WRITE_ONCE(listener->returns, listener->returns + 1);
}

struct scl_listener *scl_listener(struct kunit *test, void (*inside)(struct scl_listener *listener))
{
	struct scl_listener *listener = kunit_kzalloc(test, sizeof(*listener), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, listener);
	listener->consumer.gone = gone;
	listener->inside = inside;
	init_completion(&listener->called);
	init_completion(&listener->leave);
	return listener;
}

/* An inside(): until the test says so. */
void scl_listener_waits(struct scl_listener *listener)
{
	listener->ok = wait_for_completion_timeout(&listener->leave, 20 * HZ);
}

/* Waits for the call. */
bool scl_listener_called(struct scl_listener *listener)
{
	return wait_for_completion_timeout(&listener->called, 20 * HZ);
}
