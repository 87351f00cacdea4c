# SPDX-License-Identifier: GPL-2.0
"""The judge on what guests might say: it sees each kind of difference, and excuses what may be excused."""

import re
import unittest

import facts
import generate
import guest
import judge
import shrink
import timeline

HEAD = "host 1 0 7\nstart 1 1000.0\n"


def story(*events, streams=(), **settings):
    settings = {"luns": 2, "teardown_tmo": "2", "until": 20000, **settings}
    return timeline.Timeline(1, events=tuple(timeline.Event(*e) for e in events),
                             streams=tuple(timeline.Stream(*s) for s in streams), **settings)


def said(*lines, over=20000):
    """A guest's facts. {N} in a line is N milliseconds after the timeline's start."""
    text = HEAD + "\n".join(lines) + f"\nover {{{over}}}"
    text += f"\ncomplete {len(text.splitlines())}\n"
    return facts.read(re.sub(r"\{(\d+)\}", lambda m: f"{1000 + int(m.group(1))}.0", text))


def ran(index, begin, end, error=0):
    return f"begin 1 {index} {{{begin}}}\n" + ("" if end is None else f"end 1 {index} {{{end}}} {error}")


def removed(lun, at):
    return f"uevent {{{at}}} scsi_device remove 7:0:0:{lun}"


def sync(lun, at, what="done"):
    return f"cmd {{{at}}} 7:{lun} {what} SYNCHRONIZE_CACHE OK GOOD"


def killed(lun, at, ms=2003):
    return (f"log {{{at}}} sd 7:0:0:{lun}: scsi_lifecycle: cache flush lost: "
            f"blocked for at least {ms} ms, killed 1 command")


def io(turn, begin, end, error=0, lun=1):
    return f"io 1 0:{lun} {turn} {{{begin}}} " + (f"{{{end}}} {error}" if end is not None else "- -")


BLOCKED = ((500, "block", "0:0"), (1000, "delete", "0:0"), (9000, "unblock", "0:0"))
DELETE = ((1000, "delete", "0:0"),)
FLUSHED = (removed(0, 1002), sync(0, 1003, "start"), sync(0, 1005))


class Judge(unittest.TestCase):
    def judged(self, t, stock, other, mode="livepatch"):
        return judge.compare(t, stock.timelines[1], other.timelines[1], mode)

    def finds(self, kind, *case, **more):
        self.assertIn(kind, judge.kinds(self.judged(*case, **more)))

    def agrees(self, *case, **more):
        self.assertEqual(judge.kinds(self.judged(*case, **more)), set(), self.judged(*case, **more))

    def test_what_is_equal_agrees(self):
        one = said(ran(0, 1000, 1010), *FLUSHED, io(0, 50, 60))
        self.assertEqual(self.judged(story(*DELETE), one, one), [])

    def test_a_lost_flush_is_seen(self):
        self.finds("flush-lost", story(*DELETE), said(ran(0, 1000, 1010), *FLUSHED),
                   said(ran(0, 1000, 1010), removed(0, 1002)))

    def test_a_flush_that_failed_is_lost(self):
        failed = sync(0, 1005).replace("OK GOOD", "TIME_OUT GOOD")
        self.finds("flush-lost", story(*DELETE), said(ran(0, 1000, 1010), *FLUSHED),
                   said(ran(0, 1000, 1010), *FLUSHED[:2], failed))

    def test_an_fsync_is_no_flush_of_the_removal(self):
        self.finds("flush-lost", story(*DELETE), said(ran(0, 1000, 1010), *FLUSHED),
                   said(ran(0, 1000, 1010), sync(0, 900, "start"), sync(0, 905), removed(0, 1002)))

    def test_the_administrators_time_excuses_a_lost_flush(self):
        late = said(ran(0, 500, 501), ran(1, 1000, 3010), removed(0, 1002), killed(0, 3005), ran(2, 9000, 9001))
        stock = said(ran(0, 500, 501), ran(1, 1000, 9010), removed(0, 1002), sync(0, 9003, "start"), sync(0, 9005),
                     ran(2, 9000, 9001))
        self.agrees(story(*BLOCKED), stock, late)
        self.assertTrue(any(d.kind == "flush-lost" and d.excuse for d in self.judged(story(*BLOCKED), stock, late)))

    def test_another_devices_time_excuses_nothing(self):
        t = story((500, "block", "0:1"), (1000, "delete", "0:1"), (2800, "block", "0:0"), (2900, "delete", "0:0"),
                  (4000, "unblock", "0:0"))
        ran_all = (ran(0, 500, 501), ran(2, 2800, 2801), ran(4, 4000, 4001))
        stock = said(*ran_all, ran(3, 2900, 4010), removed(0, 2902), sync(0, 4003, "start"), sync(0, 4005))
        other = said(*ran_all, ran(1, 1000, 3010), removed(1, 1002), killed(1, 3005), ran(3, 2900, 3010),
                     removed(0, 2902), killed(0, 3006, 150))
        self.finds("flush-lost", t, stock, other)
        self.finds("early", t, stock, other)

    def test_a_kill_without_a_word_is_not_excused(self):
        stock = said(ran(0, 500, 501), ran(1, 1000, 9010), removed(0, 1002), sync(0, 9003, "start"), sync(0, 9005))
        self.finds("flush-lost", story(*BLOCKED), stock, said(ran(0, 500, 501), ran(1, 1000, 3010), removed(0, 1002)))

    def test_a_default_flush_tmo_excuses_no_lost_flush(self):
        t = story((500, "swallow", "0:0", "flush 1"), (1000, "delete", "0:0"), timeout=2)
        stock = said(ran(0, 500, 501), ran(1, 1000, 5010), removed(0, 1002), sync(0, 1003, "start"),
                     sync(0, 5003, "start"), sync(0, 5004))
        abort = ("log {4003} sd 7:0:0:0: scsi_lifecycle: cache flush lost: not answered for 3000 ms, aborted 1 command")
        other = said(ran(0, 500, 501), ran(1, 1000, 4010), removed(0, 1002), sync(0, 1003, "start"), abort)
        self.finds("flush-lost", t, stock, other)
        self.agrees(story(*(tuple([e.at, e.verb, e.where, e.rest]) for e in t.events), timeout=2, flush_tmo="3"),
                    stock, other)

    def test_a_write_that_fails_is_seen(self):
        self.finds("io-failed", story(*DELETE), said(ran(0, 1000, 1010), *FLUSHED, io(4, 2000, 2010)),
                   said(ran(0, 1000, 1010), *FLUSHED, io(4, 2000, 2010, 5)))

    def test_a_removal_that_the_agent_hears_of_late_has_sent_its_flush(self):
        late = ("flushing {1002} 7:0", sync(0, 1003, "start"), sync(0, 1005), removed(0, 1004))
        self.agrees(story(*DELETE), said(ran(0, 1000, 1010), *FLUSHED), said(ran(0, 1000, 1010), *late))

    def test_a_write_may_fail_once_its_disk_is_removed(self):
        self.agrees(story(*DELETE), said(ran(0, 1000, 9010), removed(0, 9000), io(4, 2000, 2010, lun=0)),
                    said(ran(0, 1000, 1010), removed(0, 1002), io(4, 2000, 2010, 19, lun=0)))

    def test_a_write_that_hangs_is_seen(self):
        self.finds("io-late", story(*DELETE), said(io(4, 2000, 2010)), said(io(4, 2000, None)))

    def test_a_command_between_block_and_unblock_is_seen(self):
        t = story((500, "block", "0:0"), (800, "offline", "0:0"), (1500, "online", "0:0"), (4000, "unblock", "0:0"))
        runs = [ran(0, 500, 501), ran(1, 800, 801), ran(2, 1500, 1501), ran(3, 4000, 4001)]
        command = "cmd {1510} 7:0 start INQUIRY"
        self.finds("not-silent", t, said(*runs), said(*runs, command))
        self.agrees(t, said(*runs, command), said(*runs, command))
        self.agrees(t, said(*runs), said(*runs, "cmd {4010} 7:0 start INQUIRY"))

    def test_a_removal_that_hangs_is_seen(self):
        stock = said(ran(0, 500, 501), ran(1, 1000, None), removed(0, 1002))
        self.finds("hang", story(*BLOCKED[:2]), stock, stock)

    def test_one_that_ends_in_its_time_is_well(self):
        self.agrees(story(*BLOCKED[:2]), said(ran(0, 500, 501), ran(1, 1000, None), removed(0, 1002)),
                    said(ran(0, 500, 501), ran(1, 1000, 3010), removed(0, 1002), killed(0, 3005)))

    def test_what_the_lld_has_takes_its_time_where_stock_hangs(self):
        t = story(*DELETE, timeout=2)
        write = "cmd {900} 7:1 start WRITE", "cmd {4900} 7:1 timeout WRITE"
        stock = said(ran(0, 1000, None))
        self.agrees(t, stock, said(ran(0, 1000, 5500), *write))
        self.finds("slow", t, stock, said(ran(0, 1000, 9500), *write))
        self.finds("slow", t, stock, said(ran(0, 1000, 9500), *write[:1]))

    def test_a_timer_goes_off_at_a_full_second(self):
        t = story(*DELETE, timeout=10)
        flush = removed(0, 1002), sync(0, 1003, "start")
        stock = said(ran(0, 1000, 20100), *flush, sync(0, 20050, "timeout"))
        self.agrees(t, stock, said(ran(0, 1000, 21300), *flush, sync(0, 21250, "timeout")))
        self.finds("late", t, stock, said(ran(0, 1000, 21300), *flush, sync(0, 21250)))

    def test_a_fault_that_comes_while_the_administrators_time_runs_is_met(self):
        t = story((500, "rmmod"), (600, "block", "0:0"), (1500, "swallow", "0:1", "flush 1"), timeout=2)
        first = ran(1, 600, 601), ran(2, 1500, 1501), removed(0, 610)
        flush = removed(1, 640), "cmd {650} 7:1 start SYNCHRONIZE_CACHE", "cmd {651} 7:1 done SYNCHRONIZE_CACHE OK GOOD"
        stock = said(ran(0, 500, 700), *first, *flush)
        flush = removed(1, 2700), "cmd {2701} 7:1 start SYNCHRONIZE_CACHE", "cmd {6701} 7:1 timeout SYNCHRONIZE_CACHE", \
            "cmd {6703} 7:1 start SYNCHRONIZE_CACHE", "cmd {6704} 7:1 done SYNCHRONIZE_CACHE OK GOOD"
        self.agrees(t, stock, said(ran(0, 500, 6900), *first, killed(0, 2650), *flush))
        # The same on a host whose turn comes next.
        two = story((500, "rmmod"), (600, "block", "0:0"), (1500, "swallow", "1:0", "flush 1"), timeout=2, hosts=2, luns=1)
        head = "host 1 1 8\n"

        def there(lines):
            return [line.replace(" 7:1 ", " 8:0 ").replace("7:0:0:1", "8:0:0:0") for line in lines]
        self.agrees(two, said(head, ran(0, 500, 700), *first, *there((removed(1, 640), sync(1, 650, "start"), sync(1, 651)))),
                    said(head, ran(0, 500, 6900), *first, killed(0, 2650), *there(flush)))
        t = story((500, "rmmod"), (600, "block", "0:0"), timeout=2)
        stock = said(ran(0, 500, 700), first[0], first[2], *flush[:1])
        self.finds("late", story((500, "rmmod"), timeout=2), said(ran(0, 500, 700), removed(1, 640), sync(1, 645, "start"),
                   sync(1, 650)), said(ran(0, 500, 6900), *flush))

    def test_one_that_takes_longer_is_seen(self):
        self.finds("slow", story(*BLOCKED[:2]), said(ran(0, 500, 501), ran(1, 1000, None), removed(0, 1002)),
                   said(ran(0, 500, 501), ran(1, 1000, 6010), removed(0, 1002), killed(0, 6005)))

    def test_what_stock_ends_may_not_take_longer(self):
        self.finds("late", story(*DELETE), said(ran(0, 1000, 1010), *FLUSHED), said(ran(0, 1000, 1910), *FLUSHED))

    def test_the_administrators_time_may_be_taken(self):
        stock = said(ran(0, 500, 501), ran(1, 1000, 1010), removed(0, 1002))
        self.agrees(story(*BLOCKED), stock,
                    said(ran(0, 500, 501), ran(1, 1000, 3010), removed(0, 1002), killed(0, 3005), ran(2, 9000, 9001)))

    def test_a_flush_that_stock_waited_for_too_gives_no_time(self):
        t = story((500, "swallow", "0:0", "flush 1"), (1000, "delete", "0:0"), timeout=2)
        took = [ran(0, 500, 501), removed(0, 1002), sync(0, 1003, "start")]
        stock = said(*took, ran(1, 1000, 5010), sync(0, 5003, "start"), sync(0, 5005))
        self.agrees(t, stock, said(*took, ran(1, 1000, 5400), sync(0, 5393, "start"), sync(0, 5395)))
        self.finds("late", t, stock, said(*took, ran(1, 1000, 8010), sync(0, 8003, "start"), sync(0, 8005)))

    def test_a_refused_removal_is_seen(self):
        t = story((1000, "rmmod"))
        self.finds("refused", t, said(ran(0, 1000, 1010)), said(ran(0, 1000, 1001, 11)))

    def test_a_user_who_waits_in_his_time_keeps_the_driver(self):
        t = story((400, "block", "0:0"), (800, "unplug", "0"), (1000, "rmmod"), (1500, "unblock", "0:0"))
        first = ran(0, 400, 401), ran(1, 800, 1600), ran(3, 1500, 1501)
        stock = said(*first, ran(2, 1000, 1010))
        refused = *first, ran(2, 1000, 1001, 11)
        self.agrees(t, stock, said(*refused, io(0, 500, 1502, 0, lun=0)))
        self.finds("refused", t, stock, said(*refused))
        self.finds("refused", t, stock, said(*refused, io(0, 500, 1502, 0, lun=1)))
        self.finds("refused", t, stock, said(*refused, io(0, 500, 900, 5, lun=0)))
        self.finds("refused", t, stock, said(*first, ran(2, 1000, 1001, 2), io(0, 500, 1502, 0, lun=0)))

    def test_a_deletion_that_waits_in_its_time_keeps_the_driver(self):
        t = story((400, "block", "0:0"), (600, "delete", "0:0"), (1000, "rmmod"), (1500, "unblock", "0:0"))
        stock = said(ran(0, 400, 401), ran(1, 600, 610), ran(2, 1000, 1010), ran(3, 1500, 1501, 19))
        for end, kinds in ((1505, set()), (900, {"refused"})):
            other = said(ran(0, 400, 401), ran(1, 600, end), ran(2, 1000, 1001, 11), ran(3, 1500, 1501), removed(0, 602))
            self.assertEqual(judge.kinds(self.judged(t, stock, other)), kinds)

    def test_a_disk_that_stays_because_its_removal_was_refused_lost_no_flush(self):
        t = story((500, "block", "0:1"), (600, "delete", "0:1"), (1000, "rmmod"), (9000, "unblock", "0:1"))
        stock = said(ran(0, 500, 501), ran(1, 600, 610), ran(2, 1000, 1010), *FLUSHED)
        self.agrees(t, stock, said(ran(0, 500, 501), ran(1, 600, 2610), ran(2, 1000, 1001, 11), removed(1, 600),
                                   io(0, 550, 2600, 5), killed(1, 2603)))
        self.finds("flush-lost", t, stock, said(ran(0, 500, 501), ran(1, 600, 2610), ran(2, 2650, 2660), removed(1, 600),
                                                killed(1, 2603), removed(0, 2655)))

    def test_a_disk_of_another_host_of_the_driver_stays_too(self):
        t = story((500, "block", "1:0"), (600, "unplug", "1"), (1000, "rmmod"), (9000, "unblock", "1:0"), hosts=2)
        head = "host 1 1 8\n"
        stock = said(head, ran(0, 500, 501), ran(1, 600, 610), ran(2, 1000, 1010), *FLUSHED)
        user = "io 1 1:0 0 {550} {2600} 5"
        kill = ("log {2603} sd 8:0:0:0: scsi_lifecycle: cache flush lost: blocked for at least 2003 ms, killed 1 command",
                "uevent {600} scsi_device remove 8:0:0:0")
        self.agrees(t, stock, said(head, ran(0, 500, 501), ran(1, 600, 2610), ran(2, 1000, 1001, 11), user, *kill))

    def test_a_removal_whose_turn_comes_earlier_is_treated_as_stock_would(self):
        t = story((500, "block", "0:1"), (1000, "delete", "0:0"), (1200, "delete", "0:1"), (2000, "unblock", "0:1"))
        stock = said(ran(0, 500, 501), ran(1, 1000, 2005), ran(2, 1200, 2030), ran(3, 2000, 2001), removed(1, 2010),
                     sync(1, 2011, "start"), sync(1, 2012))
        early = ran(0, 500, 501), ran(1, 1000, 1010), ran(2, 1200, 1230), ran(3, 2000, 2001), removed(1, 1205)
        word = ("log {1206} sd 7:0:0:1: scsi_lifecycle: cache flush lost: removed while blocked, the kernel does not send it")
        self.agrees(t, stock, said(*early, word), mode="guard")
        self.finds("flush-lost", t, stock, said(*early, word), mode="livepatch")
        self.finds("flush-lost", t, stock, said(*early), mode="guard")
        self.finds("flush-lost", t, said(ran(0, 500, 501), ran(1, 1000, 1010), ran(2, 1200, 1230), ran(3, 2000, 2001),
                                         removed(1, 1205), sync(1, 1211, "start"), sync(1, 1212)),
                   said(*early, word), mode="guard")

    def test_the_modules_word_that_a_disk_was_blocked_is_not_enough(self):
        t = story((400, "block", "0:1"), (500, "unblock", "0:1"), (1000, "delete", "0:0"), (1200, "delete", "0:1"))
        first = ran(0, 400, 401), ran(1, 500, 501)
        stock = said(*first, ran(2, 1000, 3005), ran(3, 1200, 3030), removed(1, 3010), sync(1, 3011, "start"), sync(1, 3012))
        word = ("log {1206} sd 7:0:0:1: scsi_lifecycle: cache flush lost: removed while blocked, the kernel does not send it")
        self.finds("flush-lost", t, stock, said(*first, ran(2, 1000, 1010), ran(3, 1200, 1230), removed(1, 1205), word), mode="guard")

    def test_a_driver_that_is_in_use_for_no_reason_is_seen_where_stock_hangs_too(self):
        t = story((500, "block", "0:1"), (1000, "rmmod"))
        stock = said(ran(0, 500, 501), ran(1, 1000, None), *FLUSHED)
        self.finds("refused", t, stock, said(ran(0, 500, 501), ran(1, 1000, 1001, 11)))
        self.finds("flush-lost", t, stock, said(ran(0, 500, 501), ran(1, 1000, 1001, 11)))

    def test_a_second_unplug_that_returns_at_once_is_no_end_of_the_first(self):
        t = story((1000, "unplug", "0"), (1400, "unplug", "0"), (1800, "block", "0:1"))
        stock = said(ran(0, 1000, None), ran(1, 1400, 1401), ran(2, 1800, 1801), removed(0, 1002))
        self.agrees(t, stock, said(ran(0, 1000, 9000), ran(1, 1400, 1401), ran(2, 1800, 1801), removed(0, 1002),
                                   sync(0, 1003, "start"), sync(0, 8900), removed(1, 8950), killed(1, 3803)))
        self.finds("early", t, stock, said(ran(0, 1000, 3000), ran(1, 1400, 1401), ran(2, 1800, 1801), removed(1, 1802),
                                           killed(1, 2803)))

    def test_a_host_goes_when_the_deletion_of_its_lun_has_ended(self):
        t = story((500, "block", "0"), (1000, "delete", "0:0"), (2000, "unplug", "0"))
        path = ran(0, 500, 501), removed(0, 1002)
        stock = said(*path, ran(1, 1000, 1010), ran(2, 2000, 2100))
        self.agrees(t, stock, said(*path, ran(1, 1000, 3100), killed(0, 3050), ran(2, 2000, 5300), killed(1, 5200)))
        self.finds("late", t, stock, said(*path, ran(1, 1000, 3100), killed(0, 3050), ran(2, 2000, 7300), killed(1, 5200)))
        self.finds("early", t, stock, said(*path, ran(1, 1000, 3100), killed(0, 3050), ran(2, 2000, 4300), killed(1, 4200)))

    def test_a_default_flush_tmo_has_an_end_too(self):
        t = story(*DELETE, timeout=1, until=60000)
        taken = removed(0, 1002), sync(0, 1003, "start"), sync(0, 3003, "timeout"), sync(0, 48900, "start")
        stock = said(ran(0, 1000, 1010))
        self.finds("late", t, stock, said(ran(0, 1000, 52000), *taken, over=60000))
        self.agrees(t, stock, said(ran(0, 1000, 48500), *taken, over=60000))

    def test_a_cut_before_its_time_is_seen(self):
        stock = said(ran(0, 500, 501), ran(1, 1000, None), removed(0, 1002))
        self.finds("early", story(*BLOCKED[:2]), stock,
                   said(ran(0, 500, 501), ran(1, 1000, 1310), removed(0, 1002), killed(0, 1300, 2000)))

    def test_a_real_transport_says_itself_when_its_path_is_lost(self):
        t = story((500, "block", "0"), (4000, "delete", "0:0"), teardown_tmo="8", lld="iscsi")
        begun = ran(0, 500, 600), removed(0, 4001)
        lost = "path 1 0 {1500} FAILED"
        stock = said(*begun, ran(1, 4000, 4100), lost)
        self.agrees(t, stock, said(*begun, ran(1, 4000, 12100), lost, killed(0, 12010, 8009)))
        self.finds("early", t, stock, said(*begun, ran(1, 4000, 9000), lost, killed(0, 9000, 7500)))
        self.finds("late", t, stock, said(*begun, ran(1, 4000, 12100)))
        self.finds("late", t, stock, said(*begun, ran(1, 4000, 12100), lost, "path 1 0 {5000} LOGGED_IN"))

    def test_what_is_written_before_the_transport_knows_is_on_either_side(self):
        t = story((500, "block", "0"), lld="iscsi")
        path = ran(0, 500, 600), "path 1 0 {1500} FAILED", "path 1 0 {8000} LOGGED_IN"
        self.agrees(t, said(*path, io(0, 1400, 1410)), said(*path, io(0, 1400, 8010)))
        self.finds("io-late", t, said(*path, io(0, 2400, 2410)), said(*path, io(0, 2400, 8010)))

    def test_accounts_are_held_against_those_who_know(self):
        t = story(*DELETE, lld="iscsi")
        wave = said(ran(0, 1000, 1010), *FLUSHED, "counter flushes_completed 1", "counter target_flushes 2")
        self.assertEqual([(told, truth) for _, told, truth in judge.accounts([t], wave, "guard")], [(1, 1), (1, 2)])
        self.assertEqual([(told, truth) for _, told, truth in judge.accounts([t], wave, "stock")], [(1, 2)])

    def test_a_late_module_counts_from_when_it_is_there(self):
        t = story(*BLOCKED[:2], (5000, "load"))
        stock = said(ran(0, 500, 501), ran(1, 1000, None), removed(0, 1002), ran(2, 5000, 5001))
        self.agrees(t, stock, said(ran(0, 500, 501), ran(1, 1000, 7200), removed(0, 1002), ran(2, 5000, 5100),
                                   killed(0, 7150)))
        self.finds("early", t, stock, said(ran(0, 500, 501), ran(1, 1000, 5200), removed(0, 1002), ran(2, 5000, 5100),
                                           killed(0, 5150)))

    def test_a_flush_that_hangs_at_the_lld_is_no_excuse(self):
        t = story((500, "block", "0:0"), (1000, "delete", "0:0"), (1800, "unblock", "0:0"), timeout=1)
        path = ran(0, 500, 501), removed(0, 1002), ran(2, 1800, 1801)
        stock = said(*path, ran(1, 1000, 1020))
        for last in ("start",), ("start", "error"):
            lines = [f"cmd {{{1805 + i}}} 7:0 {what} SYNCHRONIZE_CACHE" for i, what in enumerate(last)]
            self.finds("late", t, stock, said(*path, ran(1, 1000, None), *lines))

    def test_a_sibling_whose_path_is_back_is_no_excuse(self):
        t = story((500, "block", "0:1"), (1000, "delete", "0:0"), (3000, "load"), (7000, "unblock", "0:1"))
        word = "log {6000} scsi 7:0:0:0: scsi_lifecycle: its removal has waited 2085 ms for 7:0:0:1, which is blocked and holds 1 command"
        hangs = ran(0, 500, 501), removed(0, 1002), ran(1, 1000, None), ran(2, 3000, 3400), ran(3, 7000, 7001)
        self.finds("hang", t, said(*hangs), said(*hangs, word))

    def test_a_disk_that_is_gone_lends_no_time(self):
        t = story((500, "delete", "0:0"), (2000, "block", "0:0"), (2100, "delete", "0:1"))
        gone = ran(0, 500, 520), removed(0, 502), ran(1, 2000, 2001, 19)
        self.finds("late", t, said(*gone, ran(2, 2100, 2120)), said(*gone, ran(2, 2100, 4800)))

    def test_the_time_of_one_disk_excuses_no_write_of_another(self):
        t = story((500, "block", "0:0"), (1000, "delete", "0:0"))
        path = ran(0, 500, 501), removed(0, 1002)
        stock = said(*path, ran(1, 1000, 1020), io(0, 1500, 1505))
        self.finds("io-late", t, stock, said(*path, ran(1, 1000, 3100), killed(0, 3010), io(0, 1500, 3700)))

    def test_a_write_that_its_removal_ends_may_wait_for_a_siblings(self):
        t = story((500, "block", "0:0"), (1000, "delete", "0:0"), (1100, "delete", "0:1"))
        path = ran(0, 500, 501), removed(0, 1002)
        other = said(*path, ran(1, 1000, 3100), killed(0, 3010), ran(2, 1100, 3200), removed(1, 3110), io(0, 300, 3150, 5))
        self.agrees(t, said(*path, ran(1, 1000, 1020), ran(2, 1100, 1120), removed(1, 1102), io(0, 300, 1105, 5)), other)
        self.finds("io-late", t, said(*path, ran(1, 1000, 1020), ran(2, 1100, 1120), removed(1, 1102), io(0, 300, 1090)), other)

    def test_a_write_that_was_there_before_the_removal_has_its_time(self):
        t = story((500, "block", "0:0"), (1000, "delete", "0:0"), (1500, "unblock", "0:0"))
        path = ran(0, 500, 501), removed(0, 1002), ran(2, 1500, 1501)
        stock = said(*path, ran(1, 1000, 1600), io(0, 200, 1505, lun=0))
        self.finds("io-failed", t, stock, said(*path, ran(1, 1000, 1600), io(0, 200, 1010, 5, lun=0)))

    def test_a_fault_of_writes_or_that_is_over_excuses_no_flush(self):
        for fault in (2400, "busy", "0:1", "flush 0"), (2400, "slow", "0:1", "write 900"):
            t = story((500, "rmmod"), (600, "block", "0:0"), fault, timeout=2)
            first = ran(1, 600, 601), ran(2, 2400, 2401), removed(0, 610)
            stock = said(ran(0, 500, 700), *first, removed(1, 640), sync(1, 650, "start"), sync(1, 651))
            self.finds("late", t, stock, said(ran(0, 500, 9000), *first, killed(0, 2650), removed(1, 2700),
                                              sync(1, 2701, "start"), sync(1, 8900)))

    def test_a_file_systems_flush_is_not_the_removals(self):
        t = story(*DELETE)
        fsync = "cmd {900} 7:0 start SYNCHRONIZE_CACHE", "cmd {1200} 7:0 done SYNCHRONIZE_CACHE OK GOOD", removed(0, 1002)
        stock = said(ran(0, 1000, 1300), *fsync, sync(0, 1250, "start"), sync(0, 1260))
        self.finds("flush-lost", t, stock, said(ran(0, 1000, 1300), *fsync))

    def test_a_flush_that_was_aborted_at_once_was_cut_off_early(self):
        t = story(*DELETE, timeout=2)
        stock = said(ran(0, 1000, None), removed(0, 1002), sync(0, 1010, "start"))
        word = "log {1100} sd 7:0:0:0: scsi_lifecycle: cache flush lost: not answered for 90 ms, aborted 1 command"
        self.finds("early", t, stock, said(ran(0, 1000, 1150), removed(0, 1002), sync(0, 1010, "start"), word))

    def test_a_late_module_counts_from_its_first_node(self):
        t = story((500, "block", "0:0"), (1000, "delete", "0:0"), (3000, "load"))
        hangs = ran(0, 500, 501), removed(0, 1002), ran(1, 1000, None)
        node = "uevent {3300} scsi_lifecycle add 7:0:0:0"
        late = *hangs[:2], ran(2, 3000, 9000)
        self.agrees(t, said(*hangs), said(*late, node, ran(1, 1000, 5500), killed(0, 5310)))
        self.finds("early", t, said(*hangs), said(*late, node, ran(1, 1000, 5200), killed(0, 4900)))

    def test_what_the_module_came_too_late_for_must_be_named(self):
        t = story((500, "block", "0:1"), (1000, "delete", "0:0"), (3000, "load"))
        hangs = ran(0, 500, 501), removed(0, 1002), ran(1, 1000, None), ran(2, 3000, 3400)
        word = "log {6000} scsi 7:0:0:0: scsi_lifecycle: its removal has waited 2085 ms for 7:0:0:1, which is blocked and holds 1 command"
        self.finds("hang", t, said(*hangs), said(*hangs))
        self.agrees(t, said(*hangs), said(*hangs, word))
        self.finds("hang", t, said(*hangs), said(*hangs, word, removed(1, 1500)))
        early = story((500, "block", "0:1"), (1000, "load"), (3000, "delete", "0:0"))
        hangs = ran(0, 500, 501), removed(0, 3002), ran(1, 1000, 1400), ran(2, 3000, None)
        self.finds("hang", early, said(*hangs), said(*hangs, word))

    def test_a_deletion_behind_one_that_the_module_came_too_late_for_hangs_with_it(self):
        t = story((500, "block", "0:1"), (1000, "delete", "0:0"), (1500, "delete", "0:1"), (3000, "load"))
        first = ran(0, 500, 501), removed(0, 1002), ran(2, 1500, None), ran(3, 3000, 3400)
        hangs = *first, ran(1, 1000, None)
        word = "log {6000} scsi 7:0:0:0: scsi_lifecycle: its removal has waited 2085 ms for 7:0:0:1, which is blocked and holds 1 command"
        self.finds("hang", t, said(*hangs), said(*hangs))
        self.agrees(t, said(*hangs), said(*hangs, word))
        self.finds("hang", t, said(*hangs), said(*first, ran(1, 1000, 5300), word))
        self.finds("hang", t, said(*hangs), said(*hangs, word, removed(1, 6100)))

    def test_a_livepatch_that_is_not_there_yet_carries_no_unblock(self):
        t = story((500, "block", "0"), (1000, "unplug", "0"), (1500, "unblock", "0"), (3000, "load"))
        first = ran(0, 500, 501), ran(2, 1500, 1501), ran(3, 3000, 3400), removed(0, 1002)
        self.agrees(t, said(*first, ran(1, 1000, None)), said(*first, ran(1, 1000, 5500), killed(0, 5405)))

    def test_a_late_module_counts_from_when_it_began_to_load(self):
        t = story((500, "block", "0:0"), (1000, "delete", "0:0"), (3000, "load"))
        hangs = ran(0, 500, 501), removed(0, 1002), ran(1, 1000, None)
        self.agrees(t, said(*hangs), said(*hangs[:2], ran(2, 3000, 4500), ran(1, 1000, 5100), killed(0, 5050)))
        self.finds("early", t, said(*hangs), said(*hangs[:2], ran(2, 3000, 4500), ran(1, 1000, 4600), killed(0, 4550)))

    def test_a_difference_is_the_same_again_where_it_is_of_the_same_disk_or_event(self):
        def subject(kind, what):
            return judge.subject(judge.Difference(kind, what, None))
        self.assertEqual(subject("early", "0:6 at 62223: no path"), subject("early", "0:6 at 61000: blocked"))
        self.assertEqual(subject("flush-lost", "0:4: stock flushed it"), subject("flush-lost", "0:7: stock flushed it"))
        self.assertNotEqual(subject("flush-lost", "0:4: stock flushed it"), subject("flush-lost", "1:4: stock flushed it"))
        self.assertEqual(subject("late", "at 3700 rmmod: ends after 5 ms"), subject("late", "at 3700 rmmod: ends after 6 ms"))
        self.assertNotEqual(subject("late", "at 3700 rmmod: ends"), subject("late", "at 3800 rmmod: ends"))
        self.assertEqual(subject("uevent", "5 change events"), subject("uevent", "6 change events"))

    def test_a_change_event_is_seen(self):
        event = "uevent {1500} scsi change 7:0:0:0 DEVTYPE=scsi_device SCSI_LIFECYCLE_STATE=running"
        self.finds("uevent", story(*DELETE), said(), said(event))
        self.agrees(story(*DELETE), said(event), said(event))
        self.agrees(story(*DELETE), said(), said("uevent {1500} scsi_lifecycle change 7:0:0:0 SCSI_LIFECYCLE_STATE=x"))

    def test_a_splat_is_seen_and_named(self):
        warning = said("log {1500} WARNING: CPU: 1 PID: 77 at drivers/scsi/scsi_lib.c:2800 device_block+0x1/0x2",
                       "log {1500} CPU: 1 PID: 77 Comm: t1.block Tainted: G")
        self.assertEqual([n for n, _ in judge.splats(said(), warning)], [1])
        self.assertEqual(list(judge.splats(warning, warning)), [])

    def test_a_reboot_that_loses_a_flush_is_seen(self):
        t = story((500, "block", "0:0"), (1000, "reboot"), (9000, "unblock", "0:0"))
        runs = [ran(0, 500, 501), ran(1, 1000, None), ran(2, 9000, 9001)]
        stock, other = said(*runs, sync(0, 9003, "start"), sync(0, 9005)), said(*runs[:2], killed(0, 6000, 5000))
        for wave in stock, other:
            wave.timelines[1].rebooted = True
        self.finds("flush-lost", t, stock, other)

    def test_a_wave_that_was_cut_off_is_not_complete(self):
        self.assertFalse(facts.read(HEAD + "begin 1 0 10").complete)


class Text(unittest.TestCase):
    def test_a_timeline_is_read_as_it_was_written(self):
        for number in range(300):
            t = generate.generate(5, number)
            self.assertEqual(timeline.parse(t.text()), [t])

    def test_a_seed_gives_the_same_timeline(self):
        self.assertEqual(generate.generate(9, 42), generate.generate(9, 42))
        self.assertNotEqual(generate.generate(9, 42).events, generate.generate(8, 42).events)

    def test_every_event_is_drawn(self):
        drawn = {e.verb for n in range(600) for e in generate.generate(2, n).events}
        self.assertEqual(drawn, {"block", "unblock", "fail", "offline", "online", "quiesce", "resume", "busy", "swallow",
                                 "slow", "delete", "unplug", "rmmod", "reboot", "load"})

    def test_each_machine_has_the_timelines_that_follow_its_first(self):
        firsts = [generate.machine(number)[1] for number in range(400)]
        self.assertEqual(sorted(set(firsts)), [n + m for n in (0, 200) for m in (0, 40, 80, 120, 160, 170)])
        self.assertEqual(firsts, sorted(firsts))

    def test_every_machine_is_drawn(self):
        drawn = {(t.guest, t.lld) for t in (generate.generate(7, n) for n in range(200))}
        self.assertEqual(drawn, {("busybox", "stubborn"), ("udevd", "stubborn"), ("udevd", "iscsi")})

    def test_timelines_keep_away_from_deadlines(self):
        self.assertTrue(all(generate.steady(generate.generate(3, n)) for n in range(300)))


class Guest(unittest.TestCase):
    def settles(self, wave, ended="# [PASS] reboots in 3 ms", events=((1000, "reboot", "0:0"),)):
        return guest.settle(wave, [story(*events)], ended)

    def test_one_that_reboots_is_over_by_that(self):
        wave = facts.read(HEAD)
        self.assertTrue(self.settles(wave))
        self.assertTrue(wave.timelines[1].rebooted)

    def test_one_that_still_runs_did_not_reboot(self):
        wave = facts.read(HEAD)
        self.assertTrue(self.settles(wave, "announced a reboot, but is still running"))
        self.assertFalse(wave.timelines[1].rebooted)

    def test_one_that_died_before_its_timelines_began_is_not_over(self):
        self.assertFalse(self.settles(facts.read("")))
        self.assertFalse(self.settles(facts.read("complete 0"), events=DELETE))

    def test_one_that_died_in_them_is_not_over(self):
        self.assertFalse(self.settles(facts.read(HEAD), "the guest died without a result"))
        self.assertFalse(self.settles(facts.read(HEAD), events=DELETE))
        self.assertTrue(self.settles(facts.read(HEAD + "complete 2"), events=DELETE))

    def test_one_that_lost_a_fact_is_asked_again(self):
        self.assertFalse(self.settles(facts.read(HEAD + "complete 3"), events=DELETE))
        merged = facts.read(HEAD + "stack 1 event 0begin 1 0 1000.0\nend 1 0 1001.0 0\ncomplete 4")
        self.assertFalse(self.settles(merged, events=DELETE))

    def test_the_last_line_of_a_machine_that_is_gone_may_be_cut_off(self):
        self.assertTrue(self.settles(facts.read(HEAD + "end 1 0")))
        self.assertFalse(self.settles(facts.read(HEAD + "end 1 0\nover 1.0")))


class Shrink(unittest.TestCase):
    def test_what_does_not_matter_goes(self):
        t = story((300, "quiesce", "0:1"), (1000, "block", "0:0"), (2200, "resume", "0:1"), (3800, "delete", "0:0"),
                  streams=(("0:1", "write", 50, 3000, 200),), luns=4)

        def differs(timelines):
            return {c.number: {"hang"} if {"block", "delete"} <= {e.verb for e in c.events} else set() for c in timelines}
        small = shrink.shrink(t, "hang", differs, lambda text: None)
        self.assertEqual([e.verb for e in small.events], ["block", "delete"])
        self.assertEqual((small.luns, small.streams), (1, ()))


if __name__ == "__main__":
    unittest.main()
