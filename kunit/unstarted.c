// SPDX-License-Identifier: GPL-2.0
//
// The commands that wait in a device's queue, counted in hardware queues and tags that are made up:
// one machine has few of the variants that a kernel may have.
#include <kunit/test.h>
#include <linux/blk-mq.h>
#include <linux/completion.h>
#include <linux/sbitmap.h>
#include <linux/slab.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_proto.h>

#include "kunit_disk.h"
#include "kunit_device.h"
#include "rooms.h"
#include "suites.h"

#define TAGS 8
#define RESERVED 2

struct made_up {
	struct scsi_device *sdev;
	struct request_queue *q;
	struct blk_mq_hw_ctx *hctxs[3];
	struct blk_mq_tags *tags[2];
};

static void *zeroed(struct kunit *test, size_t size)
{
	void *new = kunit_kzalloc(test, size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, new);
	return new;
}

static void no_waiter(struct percpu_ref *ref)
{
}

static void map(struct kunit *test, struct sbitmap *map, unsigned int depth)
{
	KUNIT_ASSERT_EQ(test, 0, sbitmap_init_node(map, depth, -1, GFP_KERNEL, NUMA_NO_NODE, false,
						   false));
}

static struct blk_mq_tags *some_tags(struct kunit *test, unsigned int reserved)
{
	struct blk_mq_tags *tags = zeroed(test, sizeof(*tags));
	unsigned int i;

	tags->nr_tags = TAGS;
	tags->nr_reserved_tags = reserved;
	map(test, &tags->bitmap_tags.sb, TAGS - reserved);
	map(test, &tags->breserved_tags.sb, reserved);
	tags->static_rqs = zeroed(test, TAGS * sizeof(*tags->static_rqs));
	for (i = 0; i < TAGS; i++)
		tags->static_rqs[i] =
			zeroed(test, sizeof(struct request) + sizeof(struct scsi_cmnd));
	return tags;
}

/* Three hardware queues, the last one without a CPU, and tags for two. */
static struct made_up *made_up(struct kunit *test, unsigned int reserved)
{
	struct made_up *made = zeroed(test, sizeof(*made));
	int i;

	made->sdev = zeroed(test, sizeof(*made->sdev));
	made->q = zeroed(test, sizeof(*made->q));
	made->sdev->request_queue = made->q;
	KUNIT_ASSERT_EQ(test, percpu_ref_init(&made->q->q_usage_counter, no_waiter, 0, GFP_KERNEL),
			0);
	xa_init(&made->q->hctx_table);
	for (i = 0; i < ARRAY_SIZE(made->hctxs); i++) {
		made->hctxs[i] = zeroed(test, sizeof(*made->hctxs[i]));
		KUNIT_ASSERT_FALSE(test, xa_is_err(xa_store(&made->q->hctx_table, i, made->hctxs[i],
							    GFP_KERNEL)));
	}
	for (i = 0; i < ARRAY_SIZE(made->tags); i++) {
		made->tags[i] = some_tags(test, reserved);
		made->hctxs[i]->tags = made->tags[i];
	}
	return made;
}

static void unmake(struct made_up *made)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(made->tags); i++) {
		sbitmap_free(&made->tags[i]->bitmap_tags.sb);
		sbitmap_free(&made->tags[i]->breserved_tags.sb);
	}
	xa_destroy(&made->q->hctx_table);
	percpu_ref_exit(&made->q->q_usage_counter);
}

/*
 * A command of @q that has never been started, at its place among all requests, reserved ones
 * first.
 */
static struct request *park(struct blk_mq_tags *tags, unsigned int place, struct request_queue *q)
{
	struct request *rq = tags->static_rqs[place];

	rq->q = q;
	rq->cmd_flags = (__force blk_opf_t)REQ_OP_DRV_IN;
	atomic_set(&rq->ref, 1);
	if (place < tags->nr_reserved_tags)
		sbitmap_set_bit(&tags->breserved_tags.sb, place);
	else
		sbitmap_set_bit(&tags->bitmap_tags.sb, place - tags->nr_reserved_tags);
	return rq;
}

/* A command that does not wait is in front of those that do, and one is behind them. */
static void all_commands_that_wait_are_counted_and_no_others(struct kunit *test)
{
	struct made_up *made = made_up(test, 0);
	struct request_queue *another = zeroed(test, sizeof(*another));

	KUNIT_EXPECT_EQ(test, scl_count_unstarted(made->sdev), 0U);
	park(made->tags[0], 0, another);
	atomic_set(&park(made->tags[0], 1, made->q)->ref, 0);
	park(made->tags[0], 2, made->q)->state = MQ_RQ_IN_FLIGHT;
	KUNIT_EXPECT_EQ(test, scl_count_unstarted(made->sdev), 0U);
	park(made->tags[0], 3, made->q);
	park(made->tags[0], 5, made->q);
	park(made->tags[0], 6, another);
	KUNIT_EXPECT_EQ(test, scl_count_unstarted(made->sdev), 2U);
	park(made->tags[1], 7, made->q);
	KUNIT_EXPECT_EQ(test, scl_count_unstarted(made->sdev), 3U);
	/* The scheduler's, where there is one. */
	made->hctxs[0]->sched_tags = made->tags[1];
	made->hctxs[1]->sched_tags = made->tags[1];
	KUNIT_EXPECT_EQ(test, scl_count_unstarted(made->sdev), 1U);
	unmake(made);
}

static void tags_that_hardware_queues_share_are_counted_once(struct kunit *test)
{
	struct made_up *made = made_up(test, 0);

	made->hctxs[1]->tags = made->tags[0];
	park(made->tags[0], 1, made->q);
	KUNIT_EXPECT_EQ(test, scl_count_unstarted(made->sdev), 1U);
	unmake(made);
}

static void reserved_tags_are_counted_before_the_others(struct kunit *test)
{
	struct made_up *made = made_up(test, RESERVED);
	int i;

	for (i = 0; i < ARRAY_SIZE(made->tags); i++) {
		park(made->tags[i], 0, made->q);
		park(made->tags[i], RESERVED + 1, made->q);
		park(made->tags[i], RESERVED + 2, made->q);
		KUNIT_EXPECT_EQ(test, scl_count_unstarted(made->sdev), 3U * (i + 1));
	}
	park(made->tags[0], TAGS - 1, made->q);
	KUNIT_EXPECT_EQ(test, scl_count_unstarted(made->sdev), 7U);
	unmake(made);
}

static void ask_for(struct request *rq, u8 opcode, bool drivers)
{
	struct scsi_cmnd *cmd = blk_mq_rq_to_pdu(rq);

	cmd->cmnd[0] = opcode;
	if (drivers)
		rq->rq_flags |= RQF_PM;
}

/*
 * A file system's command is set up when it is sent: the request's command before that is an
 * earlier one's.
 */
static void a_flush_that_waits_is_its_drivers(struct kunit *test)
{
	struct made_up *made = made_up(test, 0);
	struct request *rq = park(made->tags[0], 0, made->q);

	rq->cmd_flags = (__force blk_opf_t)REQ_OP_FLUSH;
	ask_for(rq, SYNCHRONIZE_CACHE, false);
	KUNIT_EXPECT_EQ(test, scl_flush_unstarted(made->sdev), SCL_FLUSH_NONE);
	ask_for(park(made->tags[0], 1, made->q), SYNCHRONIZE_CACHE, true);
	KUNIT_EXPECT_EQ(test, scl_flush_unstarted(made->sdev), SCL_FLUSH_DRIVER);
	ask_for(park(made->tags[0], 2, made->q), START_STOP, true);
	KUNIT_EXPECT_EQ(test, scl_flush_unstarted(made->sdev), SCL_FLUSH_STOP);
	ask_for(park(made->tags[0], 3, made->q), TEST_UNIT_READY, true);
	KUNIT_EXPECT_EQ(test, scl_flush_unstarted(made->sdev), SCL_FLUSH_STOP);
	KUNIT_EXPECT_EQ(test, scl_count_unstarted(made->sdev), 4U);
	unmake(made);
}

/* As error handling requeues a command without kicking the list. */
static void a_command_that_came_back_is_sent_again(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct request *rq = scl_kunit_command(test, sdev, 100);
	static struct scl_end end;

	scl_end_will_be_noted(rq, &end);
	scl_kick_requeue_list(sdev);
	blk_mq_requeue_request(rq, false);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&end.over, HZ), 0UL);
	scl_kick_requeue_list(sdev);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&end.over, 20 * HZ), 0UL);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(all_commands_that_wait_are_counted_and_no_others),
	KUNIT_CASE(tags_that_hardware_queues_share_are_counted_once),
	KUNIT_CASE(reserved_tags_are_counted_before_the_others),
	KUNIT_CASE(a_flush_that_waits_is_its_drivers),
	KUNIT_CASE(a_command_that_came_back_is_sent_again),
	{}
};

struct kunit_suite scl_unstarted_suite = {
	.name = "scsi_lifecycle_unstarted",
	.test_cases = cases,
};
