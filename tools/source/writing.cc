// SPDX-License-Identifier: GPL-2.0
#include "source/writing.hpp"

#include <fmt/core.h>

#include "base/exit.hpp"
#include "source/gather.hpp"

namespace scl {

void run_writing(const Root &root, const std::string &file, Errand errand)
{
	errand.name = left_name(file);
	const auto &left = left_in(root);
	if (auto found = left.find(errand.name); found != left.end())
		throw Failure(Exit::timed_out,
			      fmt::format("{}: process {} of an earlier call hangs in it",
					  errand.what, found->second));
	run_errand(errand);
}

} // namespace scl
