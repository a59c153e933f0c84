// Writes down calls of chosen operators, for who counts what they do: shapes of inputs and outputs, or the tensors
// themselves. What an operator calls inside of it counts only where it is made of others (CompositeImplicitAutograd),
// as for a dispatch mode of Python.
#pragma once

#include <ATen/core/ivalue.h>
#include <ATen/record_function.h>

#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "../handle_table.h"

namespace tsorch {

class OperatorCounter final : public Part {
 public:
  /// A call, or the end of a backward pass.
  struct Call {
    std::string name;
    std::vector<c10::IValue> inputs;
    std::vector<c10::IValue> outputs;
    std::size_t positional;  // the inputs that have no name
    std::vector<std::string> names;
  };
  struct EndOfPass {};
  using Record = std::variant<Call, EndOfPass>;

  /// The operators' names without overloads, and whether their tensors are wanted.
  explicit OperatorCounter(std::unordered_map<std::string, bool> wanted) : wanted_(std::move(wanted)) {}
  ~OperatorCounter() override;

  /// From here on on this thread, until `stop`. Of several counters each gets its own.
  void start();
  void stop();
  /// What was written down since the last time.
  std::vector<Record> take() { return std::exchange(records_, {}); }
  /// Inside of a backward pass: writes its end down.
  void await_end_of_pass();

 private:
  struct Context;
  static std::unique_ptr<at::ObserverContext> enter(const at::RecordFunction& function);
  static void leave(const at::RecordFunction& function, at::ObserverContext* context);

  std::unordered_map<std::string, bool> wanted_;
  std::vector<Record> records_;
  std::size_t inside_ = 0;  // operators under way whose own calls do not count
};

}  // namespace tsorch
