// SPDX-License-Identifier: GPL-2.0
#include <linux/sched.h>

#include "occupant.h"
#include "rooms.h"

static void occupy(struct work_struct *work)
{
	struct scl_occupant *occupant = container_of(work, struct scl_occupant, work);

	complete(&occupant->began);
	wait_for_completion(&occupant->leave);
	occupant->noio = current->flags & PF_MEMALLOC_NOIO;
}

void scl_occupy_begin(struct scl_occupant *occupant)
{
	INIT_WORK_ONSTACK(&occupant->work, occupy);
	init_completion(&occupant->began);
	init_completion(&occupant->leave);
	workqueue_set_max_active(scl_host_works, 1);
	queue_work(scl_host_works, &occupant->work);
	wait_for_completion(&occupant->began);
}

void scl_occupy_end(struct scl_occupant *occupant)
{
	complete(&occupant->leave);
	flush_work(&occupant->work);
	destroy_work_on_stack(&occupant->work);
	workqueue_set_max_active(scl_host_works, WQ_DFL_ACTIVE);
}
