// SPDX-License-Identifier: GPL-2.0
//
// The tag set of a host, and the queues that share it.
#include <linux/cpu.h>

#include "compat.h"
#include "sdev.h"

/**
 * scl_tag_set_count - count the queues of a tag set
 * @set: the tag set
 *
 * Context: may sleep, and waits for a queue of the set that is being frozen.
 */
unsigned int scl_tag_set_count(struct blk_mq_tag_set *set)
{
	unsigned int count = 0;
	struct list_head *each;

	mutex_lock(&set->tag_list_lock);
	list_for_each(each, &set->tag_list)
		count++;
	mutex_unlock(&set->tag_list_lock);
	return count;
}

/**
 * scl_tag_set_find_other - find the only queue beside one
 * @set: the tag set
 * @spare: the one, which is in the set
 * @other: the only other queue, with a reference, or NULL if there are more, or none
 *
 * Context: may sleep, but does not wait for a caller that adds or removes a queue, or changes all.
 * Return: false: such a caller is at work.
 */
bool scl_tag_set_find_other(struct blk_mq_tag_set *set, const struct request_queue *spare,
			    struct request_queue **other)
{
	struct request_queue *each;
	unsigned int others = 0;

	if (!mutex_trylock(&set->tag_list_lock))
		return false;
	*other = NULL;
	list_for_each_entry(each, &set->tag_list, tag_set_list)
		if (each != spare) {
			*other = each;
			others++;
		}
	if (others != 1 || !blk_get_queue(*other))
		*other = NULL;
	mutex_unlock(&set->tag_list_lock);
	return true;
}

/**
 * scl_tag_set_is_single - is one queue left in a tag set?
 * @set: the tag set
 * @wait: wait for a caller that adds or removes a queue
 *
 * Context: may sleep; in the end of a removal, under a mutex of the driver core that every device
 * of the machine needs. So it does not wait for a device: where tag_list_lock is taken on a host
 * that stays, the queue of another device is being frozen, and this one is not the last. The
 * removals of a host that is removed follow each other under its scan_mutex, and nothing freezes
 * its queues without. (On 7.2 blk_mq_sysfs_register() and _unregister() take it too, for a disk
 * that is added or that goes: then this queue is not the last.)
 */
bool scl_tag_set_is_single(struct blk_mq_tag_set *set, bool wait)
{
	bool last;

	if (wait)
		mutex_lock(&set->tag_list_lock);
	else if (!mutex_trylock(&set->tag_list_lock))
		return false;
	last = list_is_singular(&set->tag_list);
	mutex_unlock(&set->tag_list_lock);
	return last;
}

/**
 * scl_queue_leaves_tag_set - is a queue of the host being taken from the tag set, and may it be
 * this queue?
 * @sdev: the device
 *
 * blk_mq_del_queue_tag_set() of block/blk-mq.c takes the queue from the host's list, and then
 * freezes the one that is left there, with tag_list_lock held throughout. Newer kernels do not mend
 * the entry afterwards, so that of a device which is removed and still held open looks the same.
 *
 * Context: any.
 */
bool scl_queue_leaves_tag_set(struct scsi_device *sdev)
{
	return READ_ONCE(sdev->request_queue->tag_set_list.prev) == LIST_POISON2 &&
	       mutex_is_locked(&sdev->host->tag_set.tag_list_lock);
}

/**
 * scl_queue_comes_to_rest - does a queue come to rest for a moment?
 * @q: the queue; what is sent to it meanwhile waits
 * @ms: for so many milliseconds at most
 *
 * Context: may sleep.
 */
bool scl_queue_comes_to_rest(struct request_queue *q, unsigned int ms)
{
	bool rests;

	blk_freeze_queue_start(q);
	rests = blk_mq_freeze_queue_wait_timeout(q, msecs_to_jiffies(ms)) > 0;
	scl_queue_unfreeze(q);
	return rests;
}

/**
 * scl_cpu_is_going - does a CPU go offline?
 *
 * To destroy a queue waits for that, and that for the commands of all hosts:
 * blk_mq_hctx_notify_offline().
 *
 * Context: may sleep, but does not wait.
 */
bool scl_cpu_is_going(void)
{
	if (!cpus_read_trylock())
		return true;
	cpus_read_unlock();
	return false;
}
