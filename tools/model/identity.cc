// SPDX-License-Identifier: GPL-2.0
#include "model/identity.hpp"

namespace scl {

static std::optional<unsigned> number_of(const Device &device)
{
	return device.guarded ? device.guarded->number : std::nullopt;
}

bool is_another(const Device &before, const Device &now)
{
	if (number_of(before) && number_of(now) && number_of(before) != number_of(now))
		return true;
	return !before.wwid.text().empty() && !now.wwid.text().empty() && before.wwid != now.wwid;
}

bool has_same_number(const Device &before, const Device &now)
{
	return number_of(before) && number_of(before) == number_of(now);
}

bool is_same(const Device &before, const Device &now)
{
	return before.wwid == now.wwid && number_of(before) == number_of(now);
}

bool has_just_ended(const Device &device)
{
	return device.guarded && device.guarded->ends;
}

} // namespace scl
