# SPDX-License-Identifier: GPL-2.0
"""A copy of the tree in which all mutants are planted, and the modules built of it."""

import hashlib
import json
import os
import pathlib
import re
import subprocess

import plant

TOP = pathlib.Path(__file__).resolve().parents[2]
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "scsi-lifecycle" / "mutants"
MODULES = {"scsi_lifecycle": "drivers/guard", "scsi_lifecycle_livepatch": "drivers/livepatch"}
SPARED = {"drivers/guard/export.c"}
# Of the mutants in a line that does not compile the first of these goes.
DOUBTFUL = ["swap", "field", "result", "return early", "operand", "constant", "default", "never", "negate", "delete"]


def run(*command, **more):
    return subprocess.run(command, text=True, capture_output=True, **more)


class Forest:
    """tree is where it is; mutants[n] is number n, or None where it does not compile, or is not to be planted."""

    def __init__(self, name="tree"):
        self.tree = CACHE / (name + "-" + hashlib.sha256(str(TOP).encode()).hexdigest()[:12])
        self.kept = self.tree / "mutants.json"
        self.mutants = []
        self.dropped = set()
        self.built = {}

    def sources(self):
        for folder in MODULES.values():
            for path in sorted((TOP / folder).rglob("*.c")):
                name = str(path.relative_to(TOP))
                if name not in SPARED:
                    yield name, path.read_text()

    def find(self):
        found = [m for name, source in self.sources() for m in plant.find(source, name)]
        self.keys = [key_of(found, i) for i in range(len(found))]
        return found

    def plant(self, only=None):
        """Puts all mutants that are known to compile into the tree, or those with these keys."""
        files = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=TOP, text=True, check=True,
                               capture_output=True).stdout
        self.tree.mkdir(parents=True, exist_ok=True)
        # What is planted is written by write(), and only where it is new.
        ours = {name for name, _ in self.sources()} | {"Kbuild", "tests/vm/lib.sh"}
        files = "".join(line + "\n" for line in files.splitlines() if line not in ours and (TOP / line).exists())
        subprocess.run(["rsync", "-a", "--checksum", "--files-from=-", ".", str(self.tree)], cwd=TOP, input=files, text=True,
                       check=True)
        found, self.dropped = self.find(), self._dropped()
        self.mutants = [None if key in self.dropped or only is not None and key not in only else m
                        for m, key in zip(found, self.keys)]
        self.write()

    def _dropped(self):
        """What did not compile when this was built last."""
        if self.kept.exists():
            kept = json.loads(self.kept.read_text())
            return set(kept["dropped"])
        return set()

    def write(self):
        wakes = []
        for name, source in self.sources():
            mine = [(i, m) for i, m in enumerate(self.mutants) if m and m.file == name]
            text, setters = plant.write(source, mine)
            if setters:
                wake = "scl_wake_" + re.sub(r"\W", "_", name)
                wakes.append(wake)
                text += f"\nvoid {wake}(int number);\nvoid {wake}(int number)\n{{\n{setters}}}\n"
            if name == "drivers/guard/main.c":
                text = text.replace("module_init(scl_init);", "static int __init asleep_init(void) { scl_asleep_init(); "
                                    "{ int err = scl_init(); if (err) scl_asleep_exit(); return err; } }\nmodule_init(asleep_init);")
                text = text.replace("module_exit(scl_exit);", "static void __exit asleep_exit(void) { scl_exit(); "
                                    "scl_asleep_exit(); }\nmodule_exit(asleep_exit);")
            # The last file of the livepatch: it wakes those of its own module, which the parameter cannot.
            if name == "drivers/livepatch/main.c":
                own = [w for w in wakes if "livepatch" in w]
                text = text.replace("module_init(livepatch_init);", "".join(f"void {w}(int number);\n" for w in own) +
                                    "static int __init asleep_init(void) { " + "".join(f"{w}(scl_mutant); " for w in own) +
                                    "return livepatch_init(); }\nmodule_init(asleep_init);")
            put(self.tree / name, text)
        here = pathlib.Path(__file__).parent
        guard = [w for w in wakes if "livepatch" not in w]
        put(self.tree / "drivers/guard/asleep.c", (here / "asleep.c").read_text() +
            "".join(f"void {w}(int number);\n" for w in guard) + "void scl_wake(int number)\n{\n" +
            "".join(f"\t{w}(number);\n" for w in guard) + "}\n")
        put(self.tree / "include/asleep.h", (here / "asleep.h").read_text() + f"\n#define SCL_MUTANTS {len(self.mutants)}\n")
        kbuild = (TOP / "Kbuild").read_text().replace("drivers/guard/,main.o", "drivers/guard/,asleep.o main.o")
        flags = "-include $(src)/include/asleep.h -Wno-declaration-after-statement -Wno-unused-value " \
            "-Werror=incompatible-pointer-types -Werror=int-conversion -Werror=int-to-pointer-cast -Werror=format"
        kbuild += "".join(f"\nCFLAGS_{name[:-2]}.o += {flags}" for name, _ in self.sources())
        kbuild += "\nCFLAGS_drivers/guard/asleep.o += " + flags + "\n"
        put(self.tree / "Kbuild", kbuild)
        lib = (TOP / "tests/vm/lib.sh").read_text().replace('insmod "/modules/$module_name.ko" "$@" ||',
            'case $module_name in scsi_lifecycle) set -- "mutant=${mutant:--2}" "$@" ;; esac\n\t'
            'insmod "/modules/$module_name.ko" "$@" ||')
        put(self.tree / "tests/vm/lib.sh", lib)

    def build(self, kernel):
        """Drops what does not compile until the modules are there; returns where."""
        command = ["uml-modules"] if kernel == "uml" else ["modules", kernel]
        for _ in range(60):
            done = run(str(self.tree / "scripts/kernels"), *command, env={**os.environ, "MAKEFLAGS": "-k"})
            if not done.returncode:
                self.kept.write_text(json.dumps({"dropped": sorted(self.dropped)}))
                self.built[kernel] = done.stdout.split()[-1]
                return self.built[kernel]
            log = (CACHE.parent / "logs" / ("modules-uml.log" if kernel == "uml" else
                   f"modules-{run(str(self.tree / 'scripts/kernels'), 'release', kernel).stdout.strip()}.log")).read_text()
            if not self._drop(complaints(log)):
                raise SystemExit(f"mutants: the planted tree does not build for {kernel}:\n{log[-3000:]}")
            self.write()
        raise SystemExit("mutants: no end of what does not compile")

    def _drop(self, places):
        """The mutant that begins last before each place."""
        dropped = set()
        for name, line, column in places:
            text = (self.tree / name).read_text().splitlines()[line - 1]
            before = [int(n) for n in re.findall(r"scl_planted\((\d+)\)|number == (\d+)", text[:column + 20]) for n in n if n]
            here = [n for n in before if self.mutants[n]] or [
                i for i, m in enumerate(self.mutants) if m and m.file == name and m.line <= line <= m.line + 3]
            for rule in DOUBTFUL:
                those = [n for n in here if self.mutants[n].rule == rule]
                if those:
                    dropped.add(those[-1])
                    break
        for n in dropped:
            self.mutants[n] = None
            self.dropped.add(self.keys[n])
        return dropped


def complaints(log):
    """Where the compiler's errors are, also those within a macro that is used there: {(file, line, column)}."""
    places, error = set(), False
    for line in log.splitlines():
        match = re.search(r"(drivers/(?:guard|livepatch)/[\w/]+\.c):(\d+):(\d+): ", line)
        if re.search(r": (error|warning): ", line):
            error = ": error: " in line
        if match and error and re.search(r": error: |note: in expansion of macro", line):
            places.add((match[1], int(match[2]), int(match[3])))
    return places


def put(path, text):
    """Writes what is new, so that only that is built again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def key_of(found, i):
    """What a mutant is called as long as its place is as it is."""
    m = found[i]
    same = [j for j in range(max(0, i - 400), i) if found[j][:1] == m[:1] and found[j][2:5] == m[2:5]]
    return f"{m.file} {m.function} {m.rule} | {m.text}" + (f" | {len(same) + 1}" if same else "")
