// SPDX-License-Identifier: GPL-2.0
#include <linux/kthread.h>
#include <linux/slab.h>

#include "kunit_device.h"
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

static int make(struct kunit_resource *resource, void *unused)
{
	struct scl_listener *listener = kzalloc(sizeof(*listener), GFP_KERNEL);

	resource->data = listener;
	return resource->data ? 0 : -ENOMEM;
}

/* A test that an assertion ended has not detached it. */
static void drop(struct kunit_resource *resource)
{
	struct scl_listener *listener = resource->data;

	complete_all(&listener->leave);
	/* A detach does not wait for a call whose gone() detached it. */
	if (!scl_comes_true(READ_ONCE(listener->returns) == READ_ONCE(listener->calls)))
		return;
	scsi_lifecycle_detach(&listener->consumer);
	kfree(listener);
}

struct scl_listener *scl_listener(struct kunit *test, void (*inside)(struct scl_listener *listener))
{
	struct scl_listener *listener = kunit_alloc_resource(test, make, drop, GFP_KERNEL, NULL);

	KUNIT_ASSERT_NOT_NULL(test, listener);
	listener->consumer.gone = gone;
	listener->inside = inside;
	init_completion(&listener->called);
	init_completion(&listener->leave);
	return listener;
}

/* An inside() that waits until the test completes @leave. */
void scl_listener_waits(struct scl_listener *listener)
{
	listener->ok = wait_for_completion_timeout(&listener->leave, 20 * HZ);
}

/* Waits for the call. */
bool scl_listener_called(struct scl_listener *listener)
{
	return wait_for_completion_timeout(&listener->called, 20 * HZ);
}

static int detach(void *data)
{
	struct scl_detacher *detacher = data;

	detacher->err = scsi_lifecycle_detach(&detacher->listener->consumer);
	detacher->returns = READ_ONCE(detacher->listener->returns);
	complete(&detacher->done);
	return 0;
}

void scl_detacher_begin(struct kunit *test, struct scl_detacher *detacher,
			struct scl_listener *listener)
{
	*detacher = (struct scl_detacher){ .listener = listener, .err = 1 };
	init_completion(&detacher->done);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(detach, detacher, "detach")));
}

bool scl_detacher_ends(struct scl_detacher *detacher)
{
	return wait_for_completion_timeout(&detacher->done, 20 * HZ);
}
