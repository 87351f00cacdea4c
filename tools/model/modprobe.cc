// SPDX-License-Identifier: GPL-2.0
#include "model/modprobe.hpp"

#include <algorithm>
#include <vector>

namespace scl {

namespace {

// A word, and where its bytes stand in the file.
struct Place {
	std::string word;
	std::size_t begin, end;
};

class Scanner {
public:
	explicit Scanner(const std::string &text) : text_(text) {}

	bool done() const { return at_ >= text_.size(); }

	// The words of the next line, with those of the lines that continue it.
	std::vector<Place> line()
	{
		std::vector<Place> found;
		bool open = false;
		for (; !done(); at_++) {
			if (text_.compare(at_, 2, "\\\n") == 0) {
				at_++;
				continue;
			}
			char c = text_[at_];
			if (c == '\n') {
				at_++;
				break;
			}
			bool blank = c == ' ' || c == '\t' || c == '\r';
			if (!blank && !open)
				found.push_back({"", at_, at_});
			open = !blank;
			if (open) {
				found.back().word += c;
				found.back().end = at_ + 1;
			}
		}
		return found;
	}

private:
	const std::string &text_;
	std::size_t at_ = 0;
};

} // namespace

// modprobe takes '-' and '_' in a module's name for the same.
static bool is_module(std::string name)
{
	std::replace(name.begin(), name.end(), '-', '_');
	return name == "scsi_lifecycle";
}

std::string with_option(const std::string &text, const Setting &setting)
{
	auto option = setting.name + "=" + setting.value;
	std::string changed;
	std::size_t copied = 0;
	bool any = false;
	for (Scanner scanner(text); !scanner.done();) {
		auto words = scanner.line();
		if (words.size() < 2 || words[0].word != "options" || !is_module(words[1].word))
			continue;
		for (std::size_t i = 2; i < words.size(); i++) {
			if (!words[i].word.starts_with(setting.name + "="))
				continue;
			changed += text.substr(copied, words[i].begin - copied) + option;
			copied = words[i].end;
			any = true;
		}
	}
	changed += text.substr(copied);
	if (any)
		return changed;
	if (!changed.empty() && changed.back() != '\n')
		changed += '\n';
	// Else the new line would continue the last.
	if (changed.ends_with("\\\n"))
		changed += '\n';
	return changed + "options scsi_lifecycle " + option + "\n";
}

} // namespace scl
