// SPDX-License-Identifier: GPL-2.0
// Mutated inputs: command lines, policy files, and what the kernel's files say. The tool answers
// each or refuses it by name; what it prints moves no terminal, and its JSON is JSON. A fixed seed,
// so that a run can be repeated: fuzz [INPUTS [SEED]]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <unistd.h>

#include "base/exit.hpp"
#include "base/text.hpp"
#include "cli.hpp"
#include "model/policy.hpp"
#include "model/select.hpp"
#include "node/record.hpp"
#include "print/json.hpp"
#include "print/metrics.hpp"
#include "print/text.hpp"

using namespace scl;

static std::mt19937_64 dice;
static const char *doing = "";
static std::string input;

static std::size_t below(std::size_t count)
{
	return dice() % count;
}

[[noreturn]] static void wrong(const std::string &what)
{
	std::printf("not ok - no mutated input is answered wrongly\n# %s: %s\n# %s\n1..1\n", doing,
		    printable(what).c_str(), printable(input).c_str());
	std::exit(1);
}

static const std::string &from_dictionary()
{
	static const std::vector<std::string> words = {"-",
						       "=",
						       "\n",
						       "\t",
						       "\0",
						       "18446744073709551616",
						       "-1",
						       "7:0:0:1",
						       "yes",
						       "cancel",
						       "del",
						       "path",
						       "lld",
						       "error_handling",
						       "2:0:0:1",
						       "[device]",
						       "teardown_tmo = auto\n",
						       "*",
						       "[",
						       "\\",
						       "\xff\xfe",
						       "\033[2J",
						       "\"",
						       "{",
						       "host7",
						       "--json",
						       "--timeout",
						       "why",
						       "delete",
						       "--",
						       "naa.",
						       "sda",
						       "off",
						       "state=cancel ",
						       "waits_for=7:0:0:2 ",
						       "number=1 device=7:0:0:1 flush=killed\n"};
	return words[below(words.size())];
}

static std::string mutated(std::string text)
{
	for (auto changes = 1 + below(4); changes; changes--) {
		auto at = below(text.size() + 1);
		auto some = below(text.size() - at + 1);
		switch (below(6)) {
		case 0: text.insert(at, from_dictionary()); break;
		case 1: text.erase(at, some); break;
		case 2: text.insert(at, text.substr(at, some)); break;
		case 3:
			if (at < text.size())
				text[at] = static_cast<char>(below(256));
			break;
		case 4: text.resize(at); break;
		default: text.insert(at, 1 + below(8), static_cast<char>('0' + below(10)));
		}
	}
	return text.substr(0, 1 << 16);
}

static void check_text_of(const std::string &text)
{
	for (unsigned char c : text)
		if (c != '\n' && (c < 0x20 || c >= 0x7f))
			wrong("a terminal would obey " + printable(text));
}

static void check_json_of(const std::string &text)
{
	if (!nlohmann::json::accept(text))
		wrong("no JSON: " + printable(text));
}

static std::vector<Snapshot> recorded()
{
	std::vector<Snapshot> snapshots;
	for (const char *names : {"healthy guard", "session session-guard guard", "old-module",
				  "reboot", "unload", "freeze", "healthy session"}) {
		Snapshot snapshot;
		for (auto name : words(names)) {
			std::ifstream file(std::string(SOURCES) + "/trees/" + std::string(name));
			std::string line, open;
			while (std::getline(file, line)) {
				auto space = line.find(' ');
				auto path = line.substr(0, space);
				auto rest = space == line.npos ? "" : line.substr(space + 1);
				if (line[0] == '\t')
					snapshot.put_text(open, snapshot.whole(open) +
									line.substr(1) + "\n");
				else if (rest.starts_with("-> "))
					snapshot.put_link(path, rest.substr(3));
				else if (rest.starts_with("= "))
					snapshot.put_text(path, rest.substr(2));
				else
					open = path;
			}
		}
		snapshots.push_back(std::move(snapshot));
	}
	return snapshots;
}

// A snapshot lists the directories that its paths need.
static void list_all(Snapshot &snapshot)
{
	std::map<std::string, std::vector<std::string>> lists;
	auto add = [&](std::string path) {
		for (auto slash = path.rfind('/'); slash != path.npos; slash = path.rfind('/')) {
			lists[path.substr(0, slash)].push_back(path.substr(slash + 1));
			path.resize(slash);
		}
	};
	for (const auto &[path, text] : snapshot.texts())
		add(path);
	for (const auto &[path, target] : snapshot.links())
		add(path);
	for (auto &[path, names] : lists) {
		std::sort(names.begin(), names.end());
		names.erase(std::unique(names.begin(), names.end()), names.end());
		snapshot.put_list(path, names);
	}
}

static void answer(const Snapshot &snapshot)
{
	auto machine = machine_of(snapshot);
	std::vector<const Device *> all;
	std::vector<Risk> risks;
	Uses uses(snapshot);
	for (const auto &device : machine.devices) {
		all.push_back(&device);
		risks.push_back(risk_of(machine, snapshot, uses, device));
	}
	auto diagnosis = diagnose(machine, {});
	Paint plain(false);
	check_text_of(status_text(machine, all, plain));
	check_text_of(why_text(diagnosis, machine, plain));
	check_text_of(check_text(risks, plain));
	check_text_of(doctor_text(examine(machine, {}), plain));
	check_text_of(unseen_text(machine));
	check_json_of(status_json(machine, all));
	check_json_of(why_json(diagnosis, machine));
	check_json_of(check_json(risks, machine));
	metrics_of(machine);
}

static void kernel_files(std::vector<Snapshot> &snapshots)
{
	doing = "the kernel's files";
	auto snapshot = snapshots[below(snapshots.size())];
	for (auto changes = 1 + below(3); changes; changes--) {
		auto text = snapshot.texts().begin();
		std::advance(text, static_cast<long>(below(snapshot.texts().size())));
		auto path = below(10) ? text->first : mutated(text->first);
		input = mutated(text->second);
		snapshot.put_text(path, input);
	}
	list_all(snapshot);
	answer(snapshot);
}

static void policy_files()
{
	doing = "a policy";
	input = mutated("# arrays\n[device]\nvendor = HPE\nmodel = MSA*\ntransport = fc\n"
			"teardown_tmo = auto\n[device]\nwwid = naa.6*\nteardown_tmo = 30\n");
	try {
		Device device;
		device.vendor = "HPE";
		rule_for(parse_policy("x.conf", input), device);
	} catch (const Failure &failure) {
		std::string what = failure.what();
		if (what.find("x.conf, line ") == what.npos)
			wrong("the refusal names no line: " + what);
		check_text_of(what);
	}
}

static void command_lines()
{
	static const std::vector<std::string> lines_of = {
		"status -a --json sda",		"why 7:0:0:1 4711 --session 3",
		"check --host 2 --module x",	"delete --timeout 3 --force sda mpatha",
		"wait --need-outcome host2 -q", "set teardown_tmo=5 host2",
		"hold sda -- sleep 1",		"report -o x.tar.gz"};
	doing = "a command line";
	input = mutated(lines_of[below(lines_of.size())]);
	std::vector<std::string> arguments;
	for (auto word : split(input, ' '))
		arguments.emplace_back(word);
	int code = parse(arguments);
	if (code != 0 && code != static_cast<int>(Exit::usage))
		wrong("exit code " + std::to_string(code));
}

static void names_of_devices(const Snapshot &snapshot, const Machine &machine)
{
	doing = "a name";
	input = mutated(from_dictionary());
	try {
		Wanted wanted{{input}, {}, {}, {}};
		patterns_of(wanted);
		select(machine, snapshot, wanted);
	} catch (const Failure &failure) {
		check_text_of(failure.what());
		if (std::string(failure.what()).find('"') == std::string::npos)
			wrong("the refusal does not name it");
	}
}

static void records()
{
	doing = "records";
	input.clear();
	for (auto count = below(200); count; count--)
		input += static_cast<char>(below(256));
	std::string_view rest = input;
	while (auto record = take_record(rest))
		type_name(*record) + state_name(record->to) + flush_name(*record);
}

int main(int argc, char **argv)
{
	auto inputs = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 10000;
	dice.seed(argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 1);
	auto snapshots = recorded();
	auto whole = snapshots[0];
	list_all(whole);
	auto machine = machine_of(whole);
	// The answers to command lines are of no interest.
	int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO), none = open("/dev/null", O_WRONLY);
	for (unsigned long i = 0; i < inputs; i++) {
		switch (i % 5) {
		case 0:
			dup2(none, STDOUT_FILENO), dup2(none, STDERR_FILENO);
			command_lines();
			std::fflush(stdout);
			dup2(out, STDOUT_FILENO), dup2(err, STDERR_FILENO);
			break;
		case 1: policy_files(); break;
		case 2:
			names_of_devices(whole, machine);
			records();
			break;
		default: kernel_files(snapshots);
		}
	}
	std::printf("ok - no mutated input is answered wrongly: %lu\n1..1\n", inputs);
	return 0;
}
