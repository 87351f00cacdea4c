// SPDX-License-Identifier: GPL-2.0
// What was read, or known not to be there, or neither: then nothing follows from it.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <utility>

namespace scl {

template <typename T> class Value {
public:
	// Of what is not there.
	Value() = default;
	template <std::convertible_to<T> U> Value(U &&value) : value_(std::forward<U>(value)) {}
	Value(std::optional<T> value) : value_(std::move(value)) {}
	// The reason names the file.
	static Value not_read(std::string reason)
	{
		Value value;
		value.unread_ = std::move(reason);
		return value;
	}

	// Why it was not read; empty where it was, and where it is not there.
	const std::string &unread() const { return unread_; }

	// Not of a bool, whose own value would be meant.
	explicit operator bool() const requires(!std::same_as<T, bool>)
	{
		return value_.has_value();
	}
	bool has_value() const { return value_.has_value(); }
	const std::optional<T> &found() const { return value_; }
	const T &operator*() const { return *value_; }
	const T *operator->() const { return &*value_; }
	T value_or(T other) const { return value_.value_or(std::move(other)); }
	// Empty where there is none.
	std::string text() const requires std::same_as<T, std::string>
	{
		return value_.value_or("");
	}

	// What `parse` takes it for. What it cannot take, was not read either.
	template <typename Parse>
	auto as(Parse parse, const std::string &reason = "") const
		-> Value<typename decltype(parse(std::declval<const T &>()))::value_type>
	{
		using Parsed = Value<typename decltype(parse(*value_))::value_type>;
		if (!value_)
			return unread_.empty() ? Parsed() : Parsed::not_read(unread_);
		auto parsed = parse(*value_);
		return parsed ? Parsed(*parsed) : Parsed::not_read(reason);
	}

	// One that was not read equals nothing.
	bool operator==(const Value &other) const
	{
		return unread_.empty() && other.unread_.empty() && value_ == other.value_;
	}
	template <std::convertible_to<T> U> bool operator==(const U &other) const
	{
		return value_ && *value_ == other;
	}

private:
	std::optional<T> value_;
	std::string unread_;
};

} // namespace scl
