# SPDX-License-Identifier: GPL-2.0
"""What a part of the tests says, in TAP: a line for each test, its details as comments, and the plan at its end."""

import threading
import unittest


def described(text):
    """In a description a # could begin a directive."""
    return " ".join(text.splitlines()).replace("#", "\\#")


def commented(text):
    return "".join(f"# {line}\n" for line in text.splitlines())


class Tap:
    """Any thread may speak."""

    def __init__(self):
        self._lock = threading.Lock()
        self.passed = self.failed = self.skipped = 0

    def _say(self, lines):
        print(lines, end="", flush=True)

    def comment(self, text):
        with self._lock:
            self._say(commented(text))

    def test(self, holds, description, details=""):
        with self._lock:
            self.passed, self.failed = self.passed + bool(holds), self.failed + (not holds)
            self._say(f"{'ok' if holds else 'not ok'} - {described(description)}\n" + commented(details))

    def skip(self, description, reason):
        with self._lock:
            self.skipped += 1
            self._say(f"ok - {described(description)} # SKIP {' '.join(reason.splitlines())}\n")

    def plan(self, tests=None):
        """Of so many tests, if that is known; whether one failed."""
        with self._lock:
            self._say(f"# {self.passed} ok, {self.failed} not ok, {self.skipped} skipped\n"
                      f"1..{self.passed + self.failed + self.skipped if tests is None else tests}\n")
        return self.failed != 0


class Result(unittest.TestResult):
    """Of unittest's tests: each is a line when it is over."""

    def __init__(self, tap):
        super().__init__()
        self.tap = tap

    def addError(self, test, err):
        super().addError(test, err)
        # What prepares a class is no test.
        if not isinstance(test, unittest.TestCase):
            self.tap.test(False, str(test), self.errors[-1][1])

    def addUnexpectedSuccess(self, test):
        self.failures.append((test, "it holds, and was expected to fail"))

    def startTest(self, test):
        super().startTest(test)
        self.before = len(self.failures), len(self.errors), len(self.skipped)

    def stopTest(self, test):
        super().stopTest(test)
        group, name = test.id().split(".")[-2:]
        what = f"{group}: {name.removeprefix('test_').replace('_', ' ')}"
        failures, errors, skipped = self.before
        wrong = self.failures[failures:] + self.errors[errors:]
        if self.skipped[skipped:] and not wrong:
            self.tap.skip(what, self.skipped[-1][1])
        else:
            self.tap.test(not wrong, what, "".join(said for _, said in wrong))
