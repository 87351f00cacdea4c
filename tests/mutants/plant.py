# SPDX-License-Identifier: GPL-2.0
"""Plants mutants in the C around the core, all in one build, each asleep until the module's parameter wakes it.

plant(source, name) finds the places by rule, so that they survive a rebuild. A mutant is two insertions around a piece
of the source, or a function that sets a field of file scope; nothing is removed, so lines stay where they are.
"""

import collections
import re

TOKEN = re.compile(r"""
    (?P<space>\s+|//[^\n]*|/\*.*?\*/|^\#(?:[^\n\\]|\\.|\\\n)*) |
    (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*') |
    (?P<number>0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*) |
    (?P<name>[A-Za-z_]\w*) |
    (?P<mark>->|\+\+|--|<<=|>>=|<=|>=|==|!=|&&|\|\||\+=|-=|\*=|/=|%=|&=|\|=|\^=|<<|>>|\.\.\.|.)
""", re.X | re.S | re.M)

OPEN, CLOSE = {"(": ")", "[": "]", "{": "}"}, {")", "]", "}"}
TYPES = set("struct union enum unsigned signed int long short char bool void const static u8 u16 u32 u64 size_t ssize_t "
            "loff_t scl_ms extern DEFINE_WAIT DECLARE_WORK typeof pid_t gfp_t dev_t blk_status_t irqreturn_t".split())
# They check, and do nothing.
CHECKS = {"lockdep_assert_held", "might_sleep", "BUILD_BUG_ON", "static_assert", "check_trace_callback_type_block_rq_complete",
          "MODULE_LICENSE"}

Token = collections.namedtuple("Token", "kind text start end")
# before and after: what is inserted where; setter: instead of that, what is done when the mutant wakes.
Mutant = collections.namedtuple("Mutant", "file line function rule text start end before after setter")


def tokens_of(source):
    return [Token(m.lastgroup, m.group(), m.start(), m.end()) for m in TOKEN.finditer(source) if m.lastgroup != "space"]


class Planter:
    def __init__(self, source, name):
        self.source, self.file = source, name
        self.tokens = tokens_of(source)
        self.pairs = self._pairs()
        self.found = []
        self.function, self.returns = None, None

    def _pairs(self):
        pairs, stack = {}, []
        for i, t in enumerate(self.tokens):
            if t.kind == "mark" and t.text in OPEN:
                stack.append(i)
            elif t.kind == "mark" and t.text in CLOSE and stack:
                j = stack.pop()
                pairs[j], pairs[i] = i, j
        return pairs

    def text(self, first, last):
        """The source from one token to another, in one line."""
        return " ".join(self.source[self.tokens[first].start:self.tokens[last].end].split())

    def add(self, rule, first, last, before, after, text=None, setter=None):
        start, end = self.tokens[first].start, self.tokens[last].end
        self.found.append(Mutant(self.file, self.source.count("\n", 0, start) + 1, self.function, rule,
                                 (text or self.text(first, last))[:160], start, end, before, after, setter))

    # ---- file scope

    def plant(self):
        i = 0
        while i < len(self.tokens):
            t = self.tokens[i]
            at_start = t.start == 0 or self.source[t.start - 1] == "\n"
            if t.text == "{" and at_start:
                self._function(i)
                i = self.pairs[i]
            elif t.text == "{" and self.tokens[i - 1].text == "=":
                self._initializer(i)
                i = self.pairs[i]
            elif t.text == "=" and self.tokens[i + 2].text == ";" and self.tokens[i + 1].kind in ("number", "name"):
                self._default(i)
            i += 1
        for m in re.finditer(r"^#define (\w+)[ \t]+(\(?[\w *()/]*\d[\w *()/]*?)[ \t]*(?=/\*|$)", self.source, re.M):
            if "(" not in m.group(1):
                self.function = m.group(1)
                self.found.append(Mutant(self.file, self.source.count("\n", 0, m.start()) + 1, m.group(1), "constant",
                                         " ".join(m.group().split()), m.start(2), m.end(2),
                                         "({n} ? 3 * (" + m.group(2) + ") : ", ")", None))
        return self.found

    def _function(self, brace):
        close = brace - 1
        while self.tokens[close].text != ")":
            close -= 1
            if self.tokens[close].text in (";", "}"):
                return
        name = self.pairs[close] - 1
        first = name
        while first > 0 and self.tokens[first - 1].text not in (";", "}", ")", ">"):
            first -= 1
            if self.source[self.tokens[first].start - 1] == "\n" and self.tokens[first].text in ("static", "int", "void", "bool",
                                                                                                 "struct", "unsigned", "ssize_t"):
                break
        self.function = self.tokens[name].text
        head = [t.text for t in self.tokens[first:name]]
        self.returns = " ".join(w for w in head if w not in ("static", "inline", "__init", "__exit", "notrace"))
        at = self.tokens[brace].end
        self.found.append(Mutant(self.file, self.source.count("\n", 0, at) + 1, self.function, "return early", self.function + "()",
                                 at, at, " if ({n}) return" + ("" if self.returns == "void" else " 0") + ";", "", None))
        self._block(brace)

    def _initializer(self, brace):
        """Each field that an object of file scope is given is left out."""
        names = [t.text for t in self.tokens[max(0, brace - 12):brace]]
        target = self.tokens[brace - 2].text
        if "struct" not in names or self.tokens[brace - 2].kind != "name":
            return
        self.function = target
        i = brace + 1
        while i < self.pairs[brace]:
            t = self.tokens[i]
            if t.text in OPEN:
                i = self.pairs[i]
            elif t.text == "." and self.tokens[i + 2].text == "=" and self.tokens[i - 1].text in ("{", ","):
                field, last = self.tokens[i + 1].text, i + 3
                while self.tokens[last + 1].text not in (",", "}"):
                    last = self.pairs[last + 1] if self.tokens[last + 1].text in OPEN else last + 1
                if field not in ("owner", "module", "name"):
                    self.add("field", i, last, "", "", setter=f"memset((void *)&{target}.{field}, 0, sizeof({target}.{field}));")
                i = last
            i += 1

    def _default(self, i):
        target, value = self.tokens[i - 1], self.tokens[i + 1]
        if target.kind != "name":
            return
        self.function = target.text
        if value.kind == "number":
            self.add("default", i - 1, i + 1, "", "", setter=f"{target.text} = {value.text} + 2;")
        elif value.text.isupper():
            self.add("default", i - 1, i + 1, "", "", setter=f"{target.text} = {value.text} + 1;")

    # ---- statements

    def _block(self, brace):
        i = brace + 1
        while i < self.pairs[brace]:
            i = self._statement(i)

    def _end(self, i):
        """The semicolon that ends what begins here."""
        while self.tokens[i].text != ";":
            i = self.pairs[i] + 1 if self.tokens[i].text in OPEN else i + 1
        return i

    def _statement(self, i):
        t = self.tokens[i]
        if t.text == "{":
            self._block(i)
            return self.pairs[i] + 1
        if t.text == ";":
            return i + 1
        if t.text in ("if", "while", "switch"):
            close = self.pairs[i + 1]
            if t.text != "switch":
                self._condition(i + 2, close - 1, t.text)
            self._expression(i + 2, close - 1)
            after = self._statement(close + 1)
            if t.text == "if" and self.tokens[after].text == "else":
                after = self._statement(after + 1)
            return after
        if t.text == "for":
            close = self.pairs[i + 1]
            first = self._end(i + 2)
            second = self._end(first + 1)
            if second > first + 1:
                self._condition(first + 1, second - 1, "while")
            return self._statement(close + 1)
        if t.text == "do":
            after = self._statement(i + 1)
            self._condition(after + 2, self.pairs[after + 1] - 1, "while")
            return self.pairs[after + 1] + 2
        if t.text in ("case", "default"):
            while self.tokens[i].text != ":":
                i += 1
            return i + 1
        if t.kind == "name" and self.tokens[i + 1].text == ":" :
            return i + 2
        end = None
        if t.text == "return":
            end = self._end(i)
            if end > i + 1:
                self._return(i + 1, end - 1)
                self._expression(i + 1, end - 1)
            return end + 1
        if t.text in ("goto", "break", "continue"):
            if t.text != "goto":
                self.add("delete", i, i + 1, "{{ if (!{n}) ", " }")
            return i + 2
        if t.kind == "name" and self.tokens[i + 1].text == "(" and self.tokens[self.pairs[i + 1] + 1].kind in ("name",) or \
                t.kind == "name" and self.tokens[i + 1].text == "(" and self.tokens[self.pairs[i + 1] + 1].text == "{":
            return self._statement(self.pairs[i + 1] + 1)
        end = self._end(i)
        if self._declares(i):
            self._expression(i, end - 1)
            return end + 1
        if t.text not in CHECKS:
            self.add("delete", i, end, "{{ if (!{n}) ", " }")
            self._expression(i, end - 1)
        return end + 1

    def _declares(self, i):
        t, after = self.tokens[i], self.tokens[i + 1]
        return t.text in TYPES or t.kind == "name" and (after.kind == "name" or after.text == "*" and
                                                        self.tokens[i + 2].kind == "name" and self.tokens[i + 3].text in ("=", ";", ","))

    def _condition(self, first, last, what):
        if what == "if":
            self.add("negate", first, last, "{n} ^ !!(", ")")
        else:
            self.add("never", first, last, "!{n} && (", ")")

    def _return(self, first, last):
        text = self.text(first, last)
        if self.returns == "bool" and text in ("true", "false"):
            return
        if self.returns == "bool":
            self.add("negate", first, last, "{n} ^ !!(", ")", "return " + text)
        elif text not in ("0", "NULL"):
            self.add("result", first, last, "{n} ? 0 : (", ")", "return " + text)

    def _expression(self, first, last):
        """What is within: operands of && and ||, constants, arguments that may be swapped."""
        self._operands(first, last)
        i = first
        while i <= last:
            t = self.tokens[i]
            if t.text == "sizeof" or t.text == "container_of":
                i = self.pairs[i + 1]
            elif t.kind == "number" and self.tokens[i - 1].text not in (":",) and self.tokens[i + 1].text != "]":
                new = "1" if t.text.strip("0xXuUlL") == "" else f"{t.text} + 1"
                self.add("constant", i, i, "({n} ? " + new + " : ", ")", f"{t.text} in {self.text(first, last)}")
            elif t.text in ("true", "false"):
                self.add("constant", i, i, "({n} ^ ", ")", f"{t.text} in {self.text(first, last)}")
            elif t.text == "(" and self.tokens[i - 1].kind == "name" and i - 1 >= first:
                self._arguments(i)
            i += 1

    def _operands(self, first, last):
        for mark, before, after in (("||", "(!{n} && (", "))"), ("&&", "({n} || (", "))")):
            cuts, i = [], first
            while i <= last:
                if self.tokens[i].text in OPEN:
                    inner = i
                    i = self.pairs[i]
                    if self.tokens[inner].text == "(" and i <= last:
                        self._operands(inner + 1, i - 1)
                elif self.tokens[i].text in ("?", "=", ",", ":", "return") or self.tokens[i].text.endswith("=") and \
                        self.tokens[i].text not in ("==", "!=", "<=", ">="):
                    cuts.append((i, False))
                elif self.tokens[i].text == mark:
                    cuts.append((i, True))
                elif self.tokens[i].text == "||":
                    cuts.append((i, False))
                i += 1
            edges = [(first - 1, False)] + cuts + [(last + 1, False)]
            for (a, joins_before), (b, joins_after) in zip(edges, edges[1:]):
                if (joins_before or joins_after) and b > a + 1:
                    self.add("operand", a + 1, b - 1, before, after)

    def _arguments(self, paren):
        name, close = self.tokens[paren - 1].text, self.pairs[paren]
        if name in TYPES or name in ("if", "while", "for", "switch", "return", "ARRAY_SIZE", "typeof"):
            return
        parts, begin, i = [], paren + 1, paren + 1
        while i < close:
            if self.tokens[i].text in OPEN:
                i = self.pairs[i]
            elif self.tokens[i].text == ",":
                parts.append((begin, i - 1))
                begin = i + 1
            i += 1
        parts.append((begin, close - 1))
        for (a, b), (c, d) in zip(parts, parts[1:]):
            if all(self.tokens[x].kind in ("name", "number") or self.tokens[x].text in ("->", ".", "&", "*") for x in
                   [*range(a, b + 1), *range(c, d + 1)]) and b >= a and d >= c:
                swapped = (self.source[self.tokens[paren - 1].start:self.tokens[a].start] + self.text(c, d) + ", " + self.text(a, b)
                           + self.source[self.tokens[d].end:self.tokens[close].end])
                self.add("swap", paren - 1, close, "({n} ? " + " ".join(swapped.split()) + " : ", ")")


def find(source, name):
    """All mutants of a source, the same operand once."""
    seen, found = set(), []
    for m in Planter(source, name).plant():
        key = m.start, m.end, m.before, m.setter
        if key not in seen:
            seen.add(key)
            found.append(m)
    return found


def write(source, mutants):
    """The source with mutants in it: (number, mutant)."""
    at = collections.defaultdict(lambda: ([], []))
    setters = []
    for number, m in mutants:
        name = f"scl_planted({number})"
        if m.setter:
            setters.append(f"\tif (number == {number}) {{ {m.setter} }}\n")
            continue
        at[m.start][1].append((-m.end, number, m.before.replace("{{", "{").replace("{n}", name)))
        if m.after:
            at[m.end][0].append((-m.start, number, m.after.replace("}}", "}")))
    out, last = [], 0
    for place in sorted(at):
        out.append(source[last:place])
        last = place
        ends, begins = at[place]
        # Of those that end here the inner ones first, of those that begin here the outer ones.
        out += [text for _, _, text in sorted(ends, key=lambda e: (e[0], -e[1]))]
        out += [text for _, _, text in sorted(begins)]
    out.append(source[last:])
    text = "".join(out)
    if setters:
        text = re.sub(r"^static const struct (\w+ \w+ = \{)", r"static struct \1", text, flags=re.M)
    return text, "".join(setters)
