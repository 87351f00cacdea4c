#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Wakes the mutants one by one and sees whether a test notices: by hunt.py --help."""

import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path[:0] = [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parents[1] / "tap")]

import fates                                # noqa: E402
from fates import BOOTS                     # noqa: E402
from forest import CACHE, TOP, Forest, complaints, run  # noqa: E402
from tap import Tap                         # noqa: E402

SCENARIOS = TOP / "tests/vm"
ENOUGH = re.compile(rb"^ *not ok |KASAN: |Kernel panic|BUG: |kunit-failed|refcount_t|ODEBUG", re.M)
# What is said where no test spoke.
UNENDING = "the run did not come to its end"
VAGUE = re.compile("the run did not come|blocked for more than|puts without a get|not every suite|lockdep was off|"
                   "the guest died without|no result within|nothing was starved|^$")


def kill_tree(pid):
    """UML makes a session of its own, so that no group has all."""
    try:
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        os.kill(pid, signal.SIGKILL)
    except OSError:
        return
    for child in children:
        kill_tree(int(child))


class Boot:
    """One boot in UML: of the KUnit suites, or of what `scripts/kunit` has else."""

    def __init__(self, forest, name, words, faults):
        self.tree, self.name, self.words, self.faults = forest.tree, name, words, faults
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="mutants-"))
        self._kunit("root", self.root)

    def _kunit(self, *arguments, **more):
        return run(str(self.tree / "scripts/kunit"), *map(str, arguments), **more)

    def wrong(self, mutant, log):
        """What the suites say of it; nothing: it lives."""
        boot = subprocess.Popen([self.tree / "scripts/kunit", "boot", self.root, log, f"mutant={mutant}", "mem=256M", *self.words],
                                env={**os.environ, "KUNIT_TIMEOUT": "60"}, stderr=subprocess.DEVNULL)
        # The first word of a failure is enough.
        while boot.poll() is None:
            time.sleep(0.1)
            if log.exists() and ENOUGH.search(log.read_bytes()):
                kill_tree(boot.pid)
                boot.wait()
        return self._kunit(self.faults, log).stdout.strip()

    def close(self):
        shutil.rmtree(self.root)


def suites(forest):
    forest.build("uml")
    return [Boot(forest, "kunit", [], "faults"), Boot(forest, "starve", ["run=starve"], "starved")]


class Scenario:
    """One scenario in one mode, in the VM."""

    def __init__(self, forest, kernel, name, mode):
        self.tree, self.kernel, self.modules = forest.tree, kernel, forest.built[kernel]
        self.scenario, self.mode, self.name = name, mode, f"{name} {mode}"

    def wrong(self, mutant, log):
        text = (SCENARIOS / f"{self.scenario}.sh").read_text()
        options = [] if setting(text, "LATE") else ["--never-hangs"]
        done = run(str(self.tree / "scripts/vm"), "run", self.kernel, str(self.tree / f"tests/vm/{self.scenario}.sh"), "--mode",
                   self.mode, "--modules", self.modules, "--log", str(log), "--set",
                   f"mutant={mutant} fuzz_seconds=5", "--append", setting(text, "WORDS"), "--expected", setting(text, "EXPECTED"), *options)
        return "" if done.returncode in (0, 77) else (done.stdout.strip() or done.stderr.strip() or f"exit {done.returncode}")


def setting(text, name):
    """As the shell has it, which says it with quotes or without."""
    match = re.search(rf"""^{name}=(?:"([^"\n]*)"|'([^'\n]*)'|(.*))$""", text, re.M)
    return next((g for g in match.groups() if g is not None), "") if match else ""


def scenarios(forest, kernel, only=""):
    """All, or those whose names fit the pattern."""
    forest.build(kernel)
    for path in sorted(SCENARIOS.glob("*.sh")):
        text = path.read_text()
        if path.name == "lib.sh" or not re.search(only, path.stem):
            continue
        if not setting(text, "LIVEPATCH_ONLY"):
            yield Scenario(forest, kernel, path.stem, "guard")
        if re.search(r"^livepatch\(\)", text, re.M):
            yield Scenario(forest, kernel, path.stem, "livepatch")


def reached(log):
    return [int(n) for n in re.findall(r"scl_reached (\d+)", log.read_text(errors="replace"))]


def in_parallel(jobs, fn, items):
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(fn, items)


def survey(forest, jobs, wanted):
    """Which places each test reaches, with no mutant awake: {test: [numbers]}; kept for this planted tree."""
    kept = forest.tree / "reach.json"
    known = json.loads(kept.read_text()) if kept.exists() else {}
    if known.get("mutants") != len(forest.mutants):
        known = {"mutants": len(forest.mutants), "reach": {}, "took": {}}

    def one(test):
        log, began = forest.tree / "logs" / f"reach-{test.name.replace(' ', '-')}.log", time.time()
        log.parent.mkdir(exist_ok=True)
        wrong = test.wrong(-1, log)
        return test, wrong, sorted(set(reached(log))) if log.exists() else [], time.time() - began

    for test, wrong, there, took in in_parallel(jobs, one, [t for t in wanted if t.name not in known["reach"]]):
        if wrong:
            print(f"mutants: {test.name} fails without a mutant, and is not asked: {wrong.splitlines()[0][:150]}")
            continue
        known["reach"][test.name], known["took"][test.name] = there, took
        kept.write_text(json.dumps(known))
    return known


def first_word(wrong):
    """The first line that is a test's."""
    return next((line for line in wrong.splitlines() if not VAGUE.search(line)), UNENDING)[:160]


def reach_of(forest, number, known):
    """The tests that come to its place. A field or a default has none: those that come to its file."""
    if not forest.mutants[number].setter:
        return {name for name, there in known.items() if number in there}
    mine = {n for n, m in enumerate(forest.mutants) if m and m.file == forest.mutants[number].file}
    return {name for name, there in known.items() if mine & set(there)}


def hunt(forest, numbers, tests, jobs, tests_of, most):
    """Yields (number, the test that caught it or None, what it said). tests_of says which to ask, the best first."""
    by_name = {t.name: t for t in tests}

    def one(number):
        reach = tests_of(number)
        for name in reach[:most]:
            log = forest.tree / "logs" / f"mutant-{number}-{name.replace(' ', '-')}.log"
            wrong = by_name[name].wrong(number, log)
            if log.exists():
                log.unlink()
            if wrong:
                return number, name, first_word(wrong)
        return number, None, f"{min(len(reach), most)} of {len(reach)} tests that reach it pass" if reach else "not reached"

    (forest.tree / "logs").mkdir(exist_ok=True)
    yield from in_parallel(jobs, one, numbers)


def drawn(keys, most, seed):
    """So many of the keys. What one key is drawn by does not hang on the others: a line of the record changes one at most."""
    return sorted(keys, key=lambda key: hashlib.sha256(f"{seed} {key}".encode()).digest())[:most]


def check(args):
    """Do tests still catch the mutants that they caught: those of PLANTED, and a sample of the record? Says it in TAP."""
    report = Tap()
    forest = Forest("check")
    forest.find()
    there = set(forest.keys)
    planted = fates.planted()
    wrong = "\n".join(fates.wrong_reasons(forest.keys))
    report.test(not wrong, "each mutant that is reasoned away is one, and has its reason", wrong)
    deaf = "\n".join(name for name, _ in forest.sources()
                     if complaints(f"/build/{name}:3:14: error: expected") != {(name, 3, 14)})
    report.test(not deaf, "an error of the compiler is found in each source", deaf)
    # What is only seen when nothing ends takes a minute.
    caught = {key: by for key, (by, said) in fates.read_record().items()
              if by in BOOTS and said != UNENDING and key in there and key not in planted}
    for key in planted:
        if key not in there:
            report.test(False, f"{key}: the source has no such place any more")
    if len(caught) < args.sample:
        raise SystemExit(f"mutants: {args.sample} are to be sampled, and KUnit caught {len(caught)} of those on record")
    sample = drawn(caught, args.sample, args.seed)
    caught = {key: caught[key] for key in sample} | {key: by for key, by in planted.items() if key in there}
    forest.plant(only=caught)
    boots = suites(forest)
    tests = boots + [t for t in scenarios(forest, args.kernel) if t.name in caught.values()]
    unknown = set(caught.values()) - {t.name for t in tests}
    if unknown:
        raise SystemExit(f"mutants: no such test: {unknown}")
    (forest.tree / "logs").mkdir(exist_ok=True)
    # (The scenarios are run without a mutant by make check itself.)
    for boot in boots:
        wrong = boot.wrong(-2, forest.tree / "logs" / "asleep.log")
        if wrong:
            raise SystemExit(f"mutants: {boot.name} fails without a mutant: {wrong}")
    numbers = [n for n, m in enumerate(forest.mutants) if m]
    for key in sorted(caught.keys() - {forest.keys[n] for n in numbers}):
        report.test(False, f"{key}: it does not compile any more")
    for number, by, said in hunt(forest, numbers, tests, args.jobs, lambda n: [caught[forest.keys[n]]], 1):
        key = forest.keys[number]
        good = by and said != UNENDING
        report.test(good, f"{key}, by {by}" if good else f"{key}: {caught[key]} caught it before ({said})")
    for boot in boots:
        boot.close()
    return report.plan(len(sample) + len(planted) + 2)


def lines_reached(forest, known):
    """{file: {line: a place of it is reached}}. Fields and defaults have no place, and a constant may be a macro's."""
    everywhere = set().union(*known.values())
    files = collections.defaultdict(dict)
    for n, m in enumerate(forest.mutants):
        if m and (n in everywhere or not m.setter and m.rule != "constant"):
            files[m.file][m.line] = files[m.file].get(m.line, False) or n in everywhere
    return files


def coverage(forest, known):
    """Prints the lines that no test reaches."""
    total = reached_lines = 0
    for file, lines in sorted(lines_reached(forest, known).items()):
        source = (TOP / file).read_text().splitlines()
        total, reached_lines = total + len(lines), reached_lines + sum(lines.values())
        print(f"{file}: {sum(lines.values())} of {len(lines)} lines")
        for line, there in sorted(lines.items()):
            if not there:
                print(f"    {line}: {source[line - 1].strip()}")
    print(f"{100 * reached_lines / total:.1f} % of {total} lines are reached")


def choose(args, forest, record):
    """The numbers that are asked for."""
    reasons = fates.reasons()
    numbers = [n for n, m in enumerate(forest.mutants) if m and forest.keys[n] not in reasons]
    if args.file:
        numbers = [n for n in numbers if forest.mutants[n].file.endswith(args.file)]
    if args.number is not None:
        numbers = [args.number]
    if args.sample:
        numbers = random.Random(args.seed).sample(numbers, min(args.sample, len(numbers)))
    if args.again:
        return [n for n in numbers if record.get(forest.keys[n], ("", ""))[0] == "-"]
    return [n for n in numbers if args.number is not None or forest.keys[n] not in record]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["list", "coverage", "hunt", "check", "table"])
    parser.add_argument("--kernel", default="6.1")
    parser.add_argument("--sample", type=int, help="so many, chosen by --seed")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--file", help="only of this file")
    parser.add_argument("--suites-only", action="store_true", help="KUnit alone")
    parser.add_argument("--scenarios", default="", metavar="PATTERN", help="only these of the scenarios")
    parser.add_argument("--most", type=int, default=1000, help="so many tests for each at most")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--number", type=int, help="only this one")
    parser.add_argument("--again", action="store_true", help="those that lived when they were tried last, and not the new ones")
    args = parser.parse_args()
    if args.what == "check":
        args.sample = args.sample or 60
        return check(args)

    forest = Forest()
    forest.plant()
    if args.what == "list":
        for number, (m, key) in enumerate(zip(forest.mutants, forest.keys)):
            if not args.file or key.split()[0].endswith(args.file):
                print(number, key, "" if m else "(does not compile)")
        return 0
    if args.what == "table":
        fates.table(key for key, m in zip(forest.keys, forest.mutants) if m)
        return 0
    boots = suites(forest)
    tests = boots[:]
    if not args.suites_only:
        tests += scenarios(forest, args.kernel, args.scenarios)
    seen = survey(forest, args.jobs, tests)
    known, took = seen["reach"], seen["took"]
    if args.what == "coverage":
        coverage(forest, known)
        return 0
    record = fates.read_record()
    count = collections.Counter()

    def tests_of(number):
        """What caught it before, then the suites, then what catches most of its function and file in the time it takes."""
        mine, there = forest.keys[number].split()[:2], reach_of(forest, number, known)
        caught = collections.Counter()
        for key, (by, _) in record.copy().items():
            caught[by] += 4 * (key.split()[:2] == mine) + (key.split()[0] == mine[0])
        return sorted((t.name for t in tests if t.name in there),
                      key=lambda n: (n != record.get(forest.keys[number], "-")[0], n not in BOOTS, -(caught[n] + 1) / took[n]))

    for number, by, said in hunt(forest, choose(args, forest, record), tests, args.jobs, tests_of, args.most):
        m = forest.mutants[number]
        count["caught" if by else "alive"] += 1
        print(f"{'caught' if by else 'ALIVE'} {number} {m.file}:{m.line} {m.function} {m.rule}: {m.text[:90]} "
              f"({by + ': ' if by else ''}{said})", flush=True)
        # What KUnit does not reach a scenario may.
        if not (args.suites_only and said == "not reached"):
            record[forest.keys[number]] = by or "-", said.replace("\t", " ")
            fates.write_record(record)
    print(f"{count['caught']} mutants caught, {count['alive']} alive")
    for boot in boots:
        boot.close()
    return 1 if count["alive"] else 0


if __name__ == "__main__":
    sys.exit(main())
