// SPDX-License-Identifier: GPL-2.0
// All that a ticket needs: as one text, or as an archive of files.
#include "verbs/verb.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "base/text.hpp"
#include "base/write.hpp"
#include "diagnosis/doctor.hpp"
#include "model/policy.hpp"
#include "print/json.hpp"
#include "print/metrics.hpp"
#include "print/text.hpp"
#include "source/writing.hpp"

namespace scl {

using Files = std::vector<std::pair<std::string, std::string>>;

// The kernel's messages that name the module or a SCSI device. A read takes one, and never waits.
static std::string kernel_log(const Context &context)
{
	std::string text;
	std::array<char, 8192> buffer;
	int file =
		open((context.root.path + "/dev/kmsg").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (file < 0)
		return "the kernel's log could not be opened\n";
	ssize_t got;
	// A kernel that says more all the time is not heard to its end.
	while (left_ms(context.deadline()) > 0 &&
	       ((got = read(file, buffer.data(), buffer.size())) > 0 ||
		(got < 0 && errno == EPIPE))) {
		std::string_view line(buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
		for (const char *word : {"scsi", ";sd ", "INFO: task"})
			if (line.find(word) != line.npos) {
				text += std::string(line.substr(0, line.find('\n'))) + "\n";
				break;
			}
	}
	close(file);
	return text;
}

// What all of this was made of.
static std::string files_read(const Snapshot &snapshot)
{
	std::string text;
	for (const auto &[path, content] : snapshot.texts()) {
		text += path + " :\n";
		for (auto line : lines(content))
			text += "\t" + std::string(line) + "\n";
	}
	for (const auto &[path, target] : snapshot.links())
		text += path + " -> " + target + "\n";
	return text;
}

static Files collect(const Context &context)
{
	auto sight = see(
		context,
		{Area::module, Area::hosts, Area::devices, Area::guarded, Area::maps, Area::queues},
		true);
	const auto &machine = sight.machine;
	std::vector<const Device *> all;
	for (const auto &device : machine.devices)
		all.push_back(&device);
	auto diagnosis = diagnose(machine, {});
	Paint plain(false);
	return {{"status.txt", status_text(machine, all, plain)},
		{"why.txt", why_text(diagnosis, machine, plain)},
		{"doctor.txt",
		 doctor_text(examine(machine, read_policy(context.root).failures), plain)},
		{"unseen.txt", unseen_text(machine)},
		{"metrics.txt", metrics_of(machine).text},
		{"kernel.log", kernel_log(context)},
		{"status.json", status_json(machine, all)},
		{"why.json", why_json(diagnosis, machine)},
		{"files.txt", files_read(sight.snapshot)}};
}

// tar is given a name of ours alone: a colon or a dash in the user's name means nothing to it.
static std::string packed(const Files &files, const std::string &directory)
{
	if (mkdir(directory.c_str(), 0700) != 0)
		throw failure_of(errno, directory, Exit::cannot_tell);
	for (const auto &[name, text] : files) {
		auto file = directory + "/report/" + name;
		replace_file(file, text, temporary_name(file));
	}
	auto archive = directory + "/report.tar.gz";
	Child tar([&] {
		execlp("tar", "tar", "--force-local", "-czf", archive.c_str(), "-C",
		       directory.c_str(), "--", "report", nullptr);
		return 127;
	});
	auto status = tar.wait(Time::max());
	if (!status || !WIFEXITED(*status) || WEXITSTATUS(*status) != 0)
		throw Failure(Exit::cannot_tell, "tar has failed");
	std::ostringstream text;
	text << std::ifstream(archive, std::ios::binary).rdbuf();
	return text.str();
}

// Not beside the archive, whose file system may be slow.
static void pack(const Context &context, const Files &files, const std::string &archive)
{
	namespace fs = std::filesystem;
	// A look at the directory may hang: the work below takes one.
	const char *chosen = std::getenv("TMPDIR");
	std::string where = chosen && *chosen ? chosen : "/tmp";
	auto directory = temporary_name(where + "/scsi-lifecycle");
	auto temporary = temporary_name(archive);
	auto work = [&] {
		need_replaceable(archive);
		auto text = packed(files, directory);
		fs::remove_all(directory);
		// It has the kernel's log, and names of processes and of what they have open.
		replace_file(archive, text, temporary, 0600);
	};
	run_writing(context.root, archive,
		    {archive, context.deadline(), work, {directory, temporary}});
}

Exit report(const Context &context, const std::string &archive)
{
	auto files = collect(context);
	if (!archive.empty()) {
		pack(context, files, archive);
		return print_result(archive + "\n", Exit::done);
	}
	for (const auto &[name, text] : files)
		print(fmt::format("==== {}\n{}", name, printable_text(text)));
	return Exit::done;
}

} // namespace scl
