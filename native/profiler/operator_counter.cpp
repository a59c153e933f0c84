#include "operator_counter.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/functorch/DynamicLayer.h>
#include <torch/csrc/autograd/engine.h>

#include "../environment.h"

namespace tsorch {

namespace {

/// The counters of the thread, which the callback of an operator finds nowhere else.
thread_local std::vector<OperatorCounter*> counting;
thread_local at::CallbackHandle callback = at::INVALID_CALLBACK_HANDLE;

/// Whether an operator is made of others, in a kernel that says no more than that.
bool is_composite(const c10::OperatorName& name) {
  const auto found = c10::Dispatcher::singleton().findSchema(name);
  return found.has_value() && found->hasKernelForDispatchKey(c10::DispatchKey::CompositeImplicitAutograd);
}

/// A value as formulas want it: shapes in the places of tensors.
c10::IValue shapes_of(const c10::IValue& value) {
  if (value.isTensor()) {
    const at::Tensor& tensor = value.toTensor();
    return tensor.defined() ? c10::IValue(tensor.sizes().vec()) : c10::IValue();
  }
  if (!value.isTensorList()) return value;
  c10::List<c10::List<std::int64_t>> shapes;
  for (const at::Tensor& tensor : value.toTensorVector()) shapes.push_back(c10::List<std::int64_t>(tensor.sizes()));
  return shapes;
}

void write_argument(FrameWriter& out, const c10::IValue& value) {
  if (value.isTensor()) {
    if (value.toTensor().defined()) return out.tensor(value.toTensor());
    return out.none();
  }
  if (value.isScalar()) return out.scalar(value.toScalar());
  if (value.isString()) return out.string(value.toStringRef());
  if (!value.isList()) return out.none();
  const auto elements = value.toList();
  out.list(elements.size());
  for (std::size_t i = 0; i < elements.size(); i++) write_argument(out, elements.get(i));
}

void write_arguments(FrameWriter& out, c10::ArrayRef<c10::IValue> values) {
  out.list(values.size());
  for (const c10::IValue& value : values) write_argument(out, value);
}

std::shared_ptr<OperatorCounter> read_counter(FrameReader& in) { return in.part<OperatorCounter>("operator counter"); }

}  // namespace

/// What an operator under way is to its counters.
struct OperatorCounter::Context final : at::ObserverContext {
  struct Use {
    OperatorCounter* counter;
    bool raw;
    std::optional<Call> call;
  };
  std::vector<Use> uses;
};

OperatorCounter::~OperatorCounter() { std::erase(counting, this); }

void OperatorCounter::start() {
  if (counting.empty()) {
    callback = at::addThreadLocalCallback(at::RecordFunctionCallback(&enter, &leave)
                                              .needsInputs(true)
                                              .needsOutputs(true)
                                              .scopes({at::RecordScope::FUNCTION}));
  }
  counting.push_back(this);
}

void OperatorCounter::stop() {
  if (std::erase(counting, this) == 0 || !counting.empty()) return;
  at::removeCallback(callback);
}

void OperatorCounter::await_end_of_pass() {
  torch::autograd::Engine::get_default_engine().queue_callback([this] {
    if (std::find(counting.begin(), counting.end(), this) != counting.end()) records_.emplace_back(EndOfPass{});
  });
}

std::unique_ptr<at::ObserverContext> OperatorCounter::enter(const at::RecordFunction& function) {
  const std::optional<c10::OperatorName> name = function.operator_name();
  // A transform calls the operator again, on plain tensors.
  if (counting.empty() || !name.has_value() || !at::functorch::getDynamicLayerStack().empty()) return nullptr;
  auto context = std::make_unique<Context>();
  for (OperatorCounter* counter : counting) {
    if (counter->inside_ > 0) {
      counter->inside_++;
      context->uses.push_back({counter, false, std::nullopt});
      continue;
    }
    const auto wanted = counter->wanted_.find(name->name);
    const bool counts = wanted != counter->wanted_.end();
    if (!counts && is_composite(*name)) continue;
    counter->inside_++;
    Context::Use use{counter, counts && wanted->second, std::nullopt};
    if (counts) {
      use.call.emplace(Call{name->name, {}, {}, 0, {}});
      for (const c10::IValue& input : function.inputs()) {
        use.call->inputs.push_back(use.raw ? input : shapes_of(input));
      }
      use.call->positional = use.call->inputs.size();
      if (const auto schema = function.operator_schema()) {
        for (std::size_t i = 0; i < schema->arguments().size(); i++) {
          if (!schema->arguments()[i].kwarg_only()) continue;
          use.call->positional = std::min(use.call->positional, i);
          use.call->names.push_back(schema->arguments()[i].name());
        }
      }
    }
    context->uses.push_back(std::move(use));
  }
  return context;
}

void OperatorCounter::leave(const at::RecordFunction& function, at::ObserverContext* context) {
  if (context == nullptr) return;
  for (Context::Use& use : static_cast<Context*>(context)->uses) {
    if (std::find(counting.begin(), counting.end(), use.counter) == counting.end()) continue;
    use.counter->inside_--;
    if (!use.call.has_value() || function.outputs().empty()) continue;  // one that failed did nothing
    for (const c10::IValue& output : function.outputs()) {
      use.call->outputs.push_back(use.raw ? output : shapes_of(output));
    }
    use.counter->records_.emplace_back(std::move(*use.call));
  }
}

/// (names of operators, those whose tensors are wanted) -> counter
void operator_counter(Environment&, FrameReader& in, FrameWriter& out) {
  std::unordered_map<std::string, bool> wanted;
  for (const bool raw : {false, true}) {
    for (std::int64_t left = in.list(); left > 0; left--) wanted[in.string()] = raw;
  }
  auto counter = std::make_shared<OperatorCounter>(std::move(wanted));
  counter->start();
  out.part(std::move(counter));
}

void operator_counter_stop(Environment&, FrameReader& in, FrameWriter&) { read_counter(in)->stop(); }

/// (counter) -> a record a call: its name, its inputs, its outputs, and the names of the last inputs; null for the end
/// of a backward pass
void operator_counter_take(Environment&, FrameReader& in, FrameWriter& out) {
  const std::vector<OperatorCounter::Record> records = read_counter(in)->take();
  out.list(records.size());
  for (const OperatorCounter::Record& record : records) {
    const auto* call = std::get_if<OperatorCounter::Call>(&record);
    if (call == nullptr) {
      out.none();
      continue;
    }
    out.list(5);
    out.string(call->name);
    write_arguments(out, call->inputs);
    write_arguments(out, call->outputs);
    out.integer(static_cast<std::int64_t>(call->positional));
    out.list(call->names.size());
    for (const std::string& name : call->names) out.string(name);
  }
}

void operator_counter_await_pass(Environment&, FrameReader& in, FrameWriter&) { read_counter(in)->await_end_of_pass(); }

}  // namespace tsorch
