// SPDX-License-Identifier: GPL-2.0
#include "cli.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <fmt/core.h>
#include <functional>
#include <iostream>
#include <set>
#include <unistd.h>

#include "base/output.hpp"
#include "base/text.hpp"
#include "scsi_lifecycle_version.h"
#include "verbs/verb.hpp"

namespace scl {

namespace {

constexpr const char *names_help =
	"DEV: H:C:T:L, sdX, a path (never opened), WWID, dm map (all its paths), hostN";

// Says what is wrong with a number of seconds. CLI::Range takes "nan".
CLI::Validator seconds_from(double least)
{
	auto refusal = [least](const std::string &text) -> std::string {
		double seconds;
		if (!CLI::detail::lexical_cast(text, seconds) ||
		    !(seconds >= least && seconds <= 1e6))
			return fmt::format("{} is not between {} and 1000000 seconds",
					   in_quotes(text), least);
		return {};
	};
	return CLI::Validator(refusal, "");
}

// Decimal: CLI11 itself would take "010" for 8.
CLI::Validator number()
{
	return CLI::Validator(
		[](const std::string &text) -> std::string {
			return to_number<unsigned>(text) ? "" : in_quotes(text) + " is no number";
		},
		"");
}

class Line {
public:
	Line()
	{
		app_.footer(exit_table());
		app_.require_subcommand(0, 1);
		app_.fallthrough();
		app_.set_version_flag("--version", SCL_RELEASE);
		app_.add_flag("--json", context_.json, "one JSON object, see the schema");
		app_.add_flag("-q,--quiet", context_.quiet, "no notes on stderr");
		app_.add_flag("--no-color", plain_, "no colours on a terminal; so does NO_COLOR");
		app_.add_option("--timeout", context_.timeout,
				"seconds from the start that all of it may take: delete, wait and "
				"writes (30), or monitor and --watch")
			->check(seconds_from(0))
			->type_name("SECONDS");
		app_.add_option("--root", context_.root.path)->group("");
		add_views();
		add_removals();
		add_nodes();
		add_settings();
	}

	// Whether there is something to be done; else with which code the process ends.
	bool parse(std::vector<std::string> words, int &code)
	{
		take_command(words);
		// Nothing but options: the verb is status.
		if (!has_verb(words))
			words.insert(words.begin(), "status");
		std::reverse(words.begin(), words.end());
		try {
			app_.parse(words);
		} catch (const CLI::ParseError &error) {
			code = static_cast<int>(app_.exit(error) == 0 ? Exit::done : Exit::usage);
			if (!std::cout.flush())
				throw Failure(Exit::cannot_tell,
					      "standard output: --help could not be written");
			return false;
		}
		if (!command_.empty() && !app_.got_subcommand("hold"))
			throw Failure(Exit::usage, "only hold takes a command behind --");
		code = 0;
		return true;
	}

	Exit act()
	{
		context_.terminal = isatty(STDOUT_FILENO);
		context_.colour = !plain_ && !std::getenv("NO_COLOR") && context_.terminal;
		context_.look_anew();
		return act_();
	}

private:
	// What stands behind "--" is a command, whatever it looks like.
	void take_command(std::vector<std::string> &words)
	{
		auto dashes = std::find(words.begin(), words.end(), "--");
		if (dashes == words.end())
			return;
		command_.assign(dashes + 1, words.end());
		words.erase(dashes, words.end());
	}

	bool has_verb(const std::vector<std::string> &words) const
	{
		return std::any_of(words.begin(), words.end(), [&](const std::string &word) {
			return word == "-h" || word == "--help" || word == "--version" ||
			       verbs_.contains(word);
		});
	}

	CLI::App *verb(const char *name, const char *help, std::function<Exit()> act)
	{
		auto *sub = app_.add_subcommand(name, help);
		verbs_.insert(name);
		sub->callback([this, act = std::move(act)] { act_ = act; });
		return sub;
	}

	static void add_numbers(CLI::App *sub, const char *name, std::vector<unsigned> &numbers,
				const char *help)
	{
		auto take = [&numbers](const std::vector<std::string> &texts) {
			numbers.clear();
			for (const auto &text : texts)
				numbers.push_back(to_number<unsigned>(text).value());
		};
		sub->add_option_function<std::vector<std::string>>(name, take, help)
			->check(number())
			->type_name("N");
	}

	// The devices that a verb is about.
	CLI::App *with_devices(CLI::App *sub)
	{
		auto &wanted = context_.wanted;
		sub->add_option("DEV", wanted.names, names_help)->type_name("");
		add_numbers(sub, "--host", wanted.hosts, "all devices of host N");
		add_numbers(sub, "--session", wanted.sessions, "all devices of iSCSI session N");
		sub->add_option("--module", wanted.drivers, "all devices of a low-level driver")
			->type_name("LLD");
		// What follows the value of one is a device.
		for (const char *name : {"--host", "--session", "--module"})
			sub->get_option(name)->allow_extra_args(false);
		return sub;
	}

	void add_views()
	{
		auto *sub =
			with_devices(verb("status", "what is blocked, being removed, or waiting",
					  [this] { return status(context_, status_); }));
		sub->add_flag("-a,--all", status_.all, "healthy devices too");
		sub->add_option("--watch", status_.watch, "again each so many seconds, as watch(1)")
			->check(seconds_from(0.1))
			->type_name("SECONDS");
		with_devices(verb("why", "what waits for what, and what would end it [DEV|PID]",
				  [this] { return why(context_); }));
		with_devices(verb("check", "would removing this hang, or lose its flush, now?",
				  [this] { return check(context_); }));
		with_devices(verb("monitor", "events as they come, with --json an object a line",
				  [this] { return monitor(context_); }));
		verb("doctor", "is the machine set up so that the module can do its work",
		     [this] { return doctor(context_); });
		sub = verb("metrics", "for Prometheus",
			   [this] { return metrics(context_, file_); });
		sub->add_option("--textfile", file_,
				"write this file, and rename it when it is whole")
			->type_name("FILE");
		sub = verb("report", "for a ticket", [this] { return report(context_, file_); });
		sub->add_option("-o,--output", file_, "an archive")->type_name("FILE.tar.gz");
		with_devices(verb("__complete", "", [this] {
			return complete(context_);
		}))->group("");
	}

	void add_removals()
	{
		const char *need =
			"5 where it is not known whether a device that is gone has flushed";
		auto *sub = with_devices(
			verb("delete", "remove devices, in parallel, and wait",
			     [this] { return remove(context_, delete_, need_outcome_); }));
		sub->add_flag("--force", delete_.force, "also what is mounted or held open");
		sub->add_flag("-r,--recursive", delete_.recursive, "all devices of a host");
		sub->add_flag("--need-outcome", need_outcome_, need);
		sub = with_devices(verb("wait", "wait for a removal that something else began",
					[this] { return wait(context_, need_outcome_); }));
		sub->add_flag("--need-outcome", need_outcome_, need);
	}

	void add_nodes()
	{
		with_devices(verb("hold",
				  "keep teardowns waiting while a command runs [-- COMMAND]",
				  [this] { return hold(context_, command_); }));
		with_devices(verb("end", "end a teardown now: its flush is lost",
				  [this] { return end(context_); }));
		verb("rescue", "look for removals that hung before the module was loaded", [this] {
			return rescue(context_, dry_run_);
		})->add_flag("--dry-run", dry_run_, "name them, and do nothing");
	}

	void add_settings()
	{
		auto *sub = verb("set", "show or set timeouts",
				 [this] { return set(context_, arguments_, persist_); });
		sub->add_option("NAME=VALUE|DEV|hostN", arguments_,
				"of the module, or the teardown_tmo of devices and hosts")
			->type_name("");
		sub->add_flag("--persist", persist_, "in modprobe.d or policy.d too");
		sub = verb("apply-policy", "give a device what policy.d says; for udev",
			   [this] { return apply_policy(context_, kernel_name_); });
		sub->add_option("KERNELNAME", kernel_name_, "H:C:T:L")->required()->type_name("");
	}

	CLI::App app_{"See a SCSI device's removal, wait for it, steer it.", "scsi-lifecycle"};
	Context context_;
	StatusOptions status_;
	DeleteOptions delete_;
	bool plain_ = false, need_outcome_ = false, dry_run_ = false, persist_ = false;
	std::string file_, kernel_name_;
	std::vector<std::string> arguments_, command_;
	std::function<Exit()> act_;
	std::set<std::string> verbs_;
};

} // namespace

// The exit code of what `work` returns or throws.
static int exit_of(const std::function<int()> &work)
{
	try {
		return work();
	} catch (const Failure &failure) {
		complain(failure.what());
		return static_cast<int>(failure.code);
	} catch (const std::exception &error) {
		complain(error.what());
		return static_cast<int>(Exit::cannot_tell);
	}
}

int parse(const std::vector<std::string> &words)
{
	return exit_of([&] {
		int code;
		Line().parse(words, code);
		return code;
	});
}

int run(int argc, char **argv)
{
	return exit_of([&] {
		Line line;
		int code;
		return line.parse({argv + 1, argv + argc}, code) ? static_cast<int>(line.act())
								 : code;
	});
}

} // namespace scl
