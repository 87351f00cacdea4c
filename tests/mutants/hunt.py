#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Wakes the mutants one by one and sees whether a test notices: by hunt.py --help."""

import argparse
import collections
import concurrent.futures
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
sys.path.insert(0, str(pathlib.Path(__file__).parent))

from forest import CACHE, TOP, Forest, run  # noqa: E402

SCENARIOS = TOP / "tests/vm"
EQUIVALENT = TOP / "tests/mutants/equivalent"
CAUGHT = TOP / "tests/mutants/caught"
ENOUGH = re.compile(rb"^ *not ok |KASAN: |Kernel panic|BUG: ", re.M)


class Suites:
    """The KUnit suites, in UML."""

    name = "kunit"

    def __init__(self, forest):
        forest.build("uml")
        self.tree = forest.tree
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="mutants-"))
        self._kunit("root", self.root)

    def _kunit(self, *arguments, **more):
        return run(str(self.tree / "scripts/kunit"), *map(str, arguments), **more)

    def wrong(self, mutant, log):
        """What the suites say of it; nothing: it lives."""
        boot = subprocess.Popen([self.tree / "scripts/kunit", "boot", self.root, log, f"mutant={mutant}", "mem=256M"],
                                env={**os.environ, "KUNIT_TIMEOUT": "100"}, start_new_session=True)
        # The first word of a failure is enough.
        while boot.poll() is None:
            time.sleep(0.3)
            if log.exists() and ENOUGH.search(log.read_bytes()):
                os.killpg(boot.pid, signal.SIGKILL)
                boot.wait()
        return self._kunit("faults", log).stdout.strip()

    def close(self):
        shutil.rmtree(self.root)


class Scenario:
    """One scenario in one mode, in the VM."""

    def __init__(self, forest, kernel, name, mode):
        self.tree, self.kernel, self.modules = forest.tree, kernel, forest.built[kernel]
        self.scenario, self.mode, self.name = name, mode, f"{name} {mode}"

    def wrong(self, mutant, log):
        text = (SCENARIOS / f"{self.scenario}.sh").read_text()
        words = re.search(r'^WORDS="?([^"\n]*)', text, re.M)
        options = [] if re.search(r"^LATE=1", text, re.M) else ["--never-hangs"]
        done = run(str(self.tree / "scripts/vm"), "run", self.kernel, str(self.tree / f"tests/vm/{self.scenario}.sh"), "--mode",
                   self.mode, "--modules", self.modules, "--log", str(log), "--append",
                   f"mutant={mutant} " + (words.group(1) if words else ""), *options)
        return "" if done.returncode in (0, 77) else (done.stdout.strip() or done.stderr.strip() or f"exit {done.returncode}")


def scenarios(forest, kernel):
    forest.build(kernel)
    for path in sorted(SCENARIOS.glob("*.sh")):
        text = path.read_text()
        if path.name == "lib.sh" or re.search(r"^USER_SPACE=debian", text, re.M):
            continue
        if not re.search(r"^LIVEPATCH_ONLY=1", text, re.M):
            yield Scenario(forest, kernel, path.stem, "guard")
        if re.search(r"^livepatch\(\)", text, re.M):
            yield Scenario(forest, kernel, path.stem, "livepatch")


def reached(log):
    return [int(n) for n in re.findall(r"scl_reached (\d+)", log.read_text(errors="replace"))]


def lines_of(path):
    return [l for l in path.read_text().splitlines() if l and not l.startswith("#")] if path.exists() else []


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


def hunt(forest, numbers, tests, known, jobs, caught):
    """Yields (number, the test that caught it or None, what it said)."""
    order = {t.name: t for t in tests}

    def one(number):
        key, last = forest.keys[number], None
        reach = sorted((n for n in order if number in known[n]), key=lambda n: (n != caught.get(key), n != "kunit", len(known[n])))
        for name in reach:
            log = forest.tree / "logs" / f"mutant-{number}-{name.replace(' ', '-')}.log"
            wrong = order[name].wrong(number, log)
            if log.exists():
                log.unlink()
            if wrong:
                return number, name, wrong.splitlines()[0][:160]
            last = name
        return number, None, "not reached" if last is None else f"{len(reach)} tests pass"

    (forest.tree / "logs").mkdir(exist_ok=True)
    yield from in_parallel(jobs, one, numbers)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["list", "survey", "hunt", "wake"])
    parser.add_argument("--kernel", default="6.1")
    parser.add_argument("--sample", type=int, help="so many, chosen by --seed")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--file", help="only of this file")
    parser.add_argument("--suites-only", action="store_true", help="KUnit alone")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--number", type=int, help="only this one")
    parser.add_argument("--results", help="a line for each goes to this file; those that are there are not run again")
    args = parser.parse_args()

    forest = Forest()
    forest.plant()
    if args.what == "list":
        for number, (m, key) in enumerate(zip(forest.mutants, forest.keys)):
            if not args.file or key.startswith(args.file):
                print(number, key, "" if m else "(does not compile)")
        return 0
    tests = [Suites(forest)]
    if not args.suites_only:
        tests += scenarios(forest, args.kernel)
    known = survey(forest, args.jobs, tests)
    if args.what == "survey":
        everywhere = set().union(*known["reach"].values())
        alive = [n for n, m in enumerate(forest.mutants) if m]
        print(f"{len(alive)} places, {len(everywhere & set(alive))} reached")
        for n in alive:
            if n not in everywhere:
                print("not reached:", n, forest.mutants[n].line, forest.keys[n])
        return 0
    equal = set(lines_of(EQUIVALENT))
    caught = dict(line.rsplit(" => ", 1) for line in lines_of(CAUGHT))
    numbers = [n for n, m in enumerate(forest.mutants) if m and forest.keys[n].split(" => ")[0] not in equal]
    if args.file:
        numbers = [n for n in numbers if forest.mutants[n].file.endswith(args.file)]
    if args.number is not None:
        numbers = [args.number]
    if args.sample:
        numbers = random.Random(args.seed).sample(numbers, min(args.sample, len(numbers)))
    results = open(args.results, "a") if args.results else None
    done = {line.split("\t")[0] for line in lines_of(pathlib.Path(args.results))} if args.results else set()
    count = collections.Counter()
    for number, by, said in hunt(forest, [n for n in numbers if forest.keys[n] not in done], tests, known["reach"], args.jobs, caught):
        m = forest.mutants[number]
        count["caught" if by else "alive"] += 1
        print(f"{'caught' if by else 'ALIVE'} {number} {m.file}:{m.line} {m.function} {m.rule}: {m.text[:90]} "
              f"({by + ': ' if by else ''}{said})", flush=True)
        if results:
            results.write(f"{forest.keys[number]}\t{by or '-'}\t{said}\n")
            results.flush()
    print(f"{count['caught']} mutants caught, {count['alive']} alive")
    tests[0].close()
    return 1 if count["alive"] else 0


if __name__ == "__main__":
    sys.exit(main())
