/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one place that knows how kernels differ. Written for the newest; feature tests, never version
 * numbers. SCL_HAVE_* come from Kbuild, for what no expression of C can ask.
 */
#ifndef SCSI_LIFECYCLE_COMPAT_H
#define SCSI_LIFECYCLE_COMPAT_H

#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/hrtimer.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>

/*
 * Linux kernel commit 2243acd50ac4 ("driver core: class: remove struct class_interface * from
 * callbacks") (in v6.4).
 */
#define SCL_CLASS_CALLBACK(field, callback)						\
	.field = __builtin_choose_expr(							\
		__builtin_types_compatible_p(						\
			typeof_member(struct class_interface, field), typeof(&callback)),	\
		callback, callback##_with_intf)

#define SCL_CLASS_ADD(callback)                                                      \
	static int __maybe_unused callback##_with_intf(struct device *dev,           \
						       struct class_interface *intf) \
	{                                                                            \
		return callback(dev);                                                \
	}

#define SCL_CLASS_REMOVE(callback)                                                    \
	static void __maybe_unused callback##_with_intf(struct device *dev,           \
							struct class_interface *intf) \
	{                                                                             \
		callback(dev);                                                        \
	}

/*
 * The cache as the disk has it, whether or not the administrator overrode it for the block layer:
 * that is what sd flushes by. Linux kernel commit 1122c0c1cc71 ("block: move cache control settings
 * out of queue->flags") (in v6.11); before it only the overridden value can be had.
 */
static inline bool scl_queue_has_write_cache(struct request_queue *q)
{
#ifdef BLK_FEAT_WRITE_CACHE
	return q->limits.features & BLK_FEAT_WRITE_CACHE;
#else
	return test_bit(QUEUE_FLAG_WC, &q->queue_flags);
#endif
}

/*
 * Linux kernel commit 31950192d939 ("scsi: core: Replace scsi_target_block() with
 * scsi_block_targets()") (in v6.5): one grace period for all LUNs, where each LUN had its own. The
 * new one takes the parent of targets and blocks them all, so that one target can be blocked alone
 * only where its parent has no other.
 */
#if SCL_HAVE_SCSI_BLOCK_TARGETS
#define SCL_BLOCK_TARGETS scsi_block_targets
#define SCL_DEFINE_BLOCK_TARGETS(name)	\
	static void name(struct Scsi_Host *unused, struct device *dev)

static inline int scl_count_target(struct device *dev, void *targets)
{
	*(unsigned int *)targets += scsi_is_target_device(dev);
	return 0;
}

static inline int scl_block_target(struct Scsi_Host *shost, struct device *dev)
{
	unsigned int targets = 0;

	device_for_each_child(dev->parent, &targets, scl_count_target);
	if (targets > 1)
		return -EOPNOTSUPP;
	scsi_block_targets(shost, dev->parent);
	return 0;
}

static inline void scl_block_all(struct Scsi_Host *shost, struct device *parent)
{
	scsi_block_targets(shost, parent);
}
#else
#define SCL_BLOCK_TARGETS scsi_target_block
#define SCL_DEFINE_BLOCK_TARGETS(name) static void name(struct device *dev)

static inline int scl_block_target(struct Scsi_Host *shost, struct device *dev)
{
	scsi_target_block(dev);
	return 0;
}

static inline void scl_block_all(struct Scsi_Host *shost, struct device *parent)
{
	scsi_target_block(parent);
}
#endif

/*
 * A host's device for its LLD's own commands. It is listed beside the others, but it was never
 * added, no path is in front of it, and nothing may block it: stock passes over it wherever it
 * walks. Linux kernel commit d630fbf6fc8c ("scsi: core: Support allocating a pseudo SCSI device")
 * (in v6.19).
 */
static inline bool scl_is_pseudo(struct scsi_device *sdev)
{
#if SCL_HAVE_PSEUDO_DEVICES
	return scsi_device_is_pseudo_dev(sdev);
#else
	return false;
#endif
}

/*
 * Linux kernel commit 908a1d775422 ("hrtimers: Introduce hrtimer_setup() to replace
 * hrtimer_init()") (in v6.13); hrtimer_init() went later.
 */
static inline void scl_hrtimer_setup(struct hrtimer *timer,
				     enum hrtimer_restart (*function)(struct hrtimer *),
				     clockid_t clock, enum hrtimer_mode mode)
{
#if SCL_HAVE_HRTIMER_SETUP
	hrtimer_setup(timer, function, clock, mode);
#else
	hrtimer_init(timer, clock, mode);
	timer->function = function;
#endif
}

/*
 * The end of queuecommand() on all devices of a host whose queues were just stopped, in one grace
 * period. Linux kernel commit 483239c75ba7 ("blk-mq: pass a tagset to blk_mq_wait_quiesce_done")
 * (in v6.2): the set knows how its queues dispatch; before it, SCSI's do so under RCU.
 */
static inline void scl_wait_for_dispatchers(struct Scsi_Host *shost)
{
#if SCL_HAVE_SET_WAIT_QUIESCE_DONE
	blk_mq_wait_quiesce_done(&shost->tag_set);
#else
	synchronize_rcu();
#endif
}

/*
 * Linux kernel commit 9ac4dd8c47d5 ("block: pass a queue_limits argument to blk_mq_init_queue") (in
 * v6.9), which also gave it its new name.
 */
static inline struct request_queue *scl_queue_alloc(struct blk_mq_tag_set *set)
{
#if SCL_HAVE_BLK_MQ_ALLOC_QUEUE
	return blk_mq_alloc_queue(set, NULL, NULL);
#else
	return blk_mq_init_queue(set);
#endif
}

/*
 * Exported to modules under the GPL, and declared in kernel/rcu/rcu.h alone. Where a machine has
 * one CPU and no preemption, a grace period takes no time, and neither function is there.
 */
#ifdef CONFIG_TINY_RCU
static inline void rcu_expedite_gp(void)
{
}

static inline void rcu_unexpedite_gp(void)
{
}
#else
void rcu_expedite_gp(void);
void rcu_unexpedite_gp(void);
#endif

/*
 * Newer kernels give blk_mq_unfreeze_queue() of include/linux/blk-mq.h the flags that
 * blk_mq_freeze_queue() saved; none were.
 */
static inline void scl_queue_unfreeze(struct request_queue *q)
{
#if SCL_HAVE_UNFREEZE_NOMEMRESTORE
	blk_mq_unfreeze_queue_nomemrestore(q);
#else
	blk_mq_unfreeze_queue(q);
#endif
}

/*
 * Linux kernel commit 75a2d4226b53 ("driver core: class: mark the struct class for sysfs callbacks
 * as constant") (in v6.4).
 */
#if SCL_HAVE_CONST_CLASS_ATTRIBUTE
typedef const struct class scl_attribute_class;
typedef const struct class_attribute scl_class_attribute;
#else
typedef struct class scl_attribute_class;
typedef struct class_attribute scl_class_attribute;
#endif

/*
 * Linux kernel commit ff62b8e6588f ("driver core: make struct class.devnode() take a const *") (in
 * v6.2).
 */
#if SCL_HAVE_CONST_DEVNODE
typedef const struct device scl_devnode_device;
#else
typedef struct device scl_devnode_device;
#endif

/* What a queuecommand() returns: an int, which newer kernels give a type of its own. */
typedef typeof(((struct scsi_host_template *)NULL)->queuecommand(NULL, NULL)) scl_queued;

/*
 * What an eh_timed_out() returns. "scsi: core: Change the return type of .eh_timed_out()" (in
 * v6.2): SCSI's own words, where block's BLK_EH_DONE meant that nothing was done.
 */
typedef typeof(((struct scsi_host_template *)NULL)->eh_timed_out(NULL)) scl_timed_out;
#if SCL_HAVE_SCSI_TIMEOUT_ACTION
#define SCL_TIMED_OUT_AGAIN SCSI_EH_RESET_TIMER
#define SCL_TIMED_OUT_ESCALATE SCSI_EH_NOT_HANDLED
#else
#define SCL_TIMED_OUT_AGAIN BLK_EH_RESET_TIMER
#define SCL_TIMED_OUT_ESCALATE BLK_EH_DONE
#endif

#endif
