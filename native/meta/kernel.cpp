#include <ATen/ATen.h>
#include <ATen/native/Resize.h>

#include <mutex>
#include <unordered_map>

#include "../registrations/registrations.h"
#include "meta.h"

namespace tsorch::meta {

namespace {

/// The argument that a result is (`Tensor(a!)`), if any.
std::optional<std::size_t> written_argument(const c10::FunctionSchema& schema, const c10::Argument& result) {
  if (result.alias_info() == nullptr || !result.alias_info()->isWrite()) return std::nullopt;
  const auto& arguments = schema.arguments();
  for (std::size_t i = 0; i < arguments.size(); i++) {
    const auto* alias = arguments[i].alias_info();
    if (alias != nullptr && alias->isWrite() && alias->beforeSets() == result.alias_info()->beforeSets()) return i;
  }
  return std::nullopt;
}

void check_cast(const Tensor& result, const Tensor& target) {
  TORCH_CHECK(at::canCast(result.scalar_type(), target.scalar_type()), "result type ", result.scalar_type(),
              " can't be cast to the desired output type ", target.scalar_type());
}

/// The target of `out` takes the result's sizes and strides, as a kernel would give them to it.
void resize_to(const Tensor& target, const Tensor& result) {
  check_cast(result, target);
  if (at::native::resize_output(target, result.sizes()) && target.strides() != result.strides()) {
    target.as_strided_(result.sizes(), result.strides());
  }
}

/// A call in place keeps its target, which must have room for the result.
void check_fits(const Tensor& target, const Tensor& result) {
  check_cast(result, target);
  TORCH_CHECK(target.sizes() == result.sizes(), "output with shape ", target.sizes(),
              " doesn't match the broadcast shape ", result.sizes());
}

/// Runs a rule where the dispatcher expects a kernel.
class Kernel final : public c10::OperatorKernel {
 public:
  explicit Kernel(Infer infer) : infer_(infer) {}

  void operator()(const c10::OperatorHandle& op, c10::DispatchKeySet, torch::jit::Stack* stack) const {
    const c10::FunctionSchema& schema = op.schema();
    const Call call(schema, *stack);
    Results results = infer_(call);
    TORCH_INTERNAL_ASSERT(results.size() >= schema.returns().size(), schema.name());
    std::vector<c10::IValue> returned;
    for (std::size_t i = 0; i < schema.returns().size(); i++) {
      returned.push_back(deliver(call, schema.returns()[i], results[i]));
    }
    torch::jit::drop(*stack, schema.arguments().size());
    for (c10::IValue& value : returned) stack->push_back(std::move(value));
  }

 private:
  static c10::IValue deliver(const Call& call, const c10::Argument& returned, Tensor& result) {
    const auto index = written_argument(call.schema(), returned);
    if (!index) return std::move(result);
    const c10::IValue& target = call.value(*index);
    if (call.schema().arguments()[*index].is_out()) {
      resize_to(target.toTensor(), result);
    } else {
      check_fits(target.toTensor(), result);
    }
    return target;
  }

  Infer infer_;
};

constexpr std::string_view kNamespace = "aten::";

using RulesByName = std::unordered_map<std::string_view, const Rule*>;

RulesByName rules_by_name() {
  RulesByName by_name;
  for (const Rules rules :
       {attention_rules(), convolution_rules(), elementwise_rules(), embedding_rules(), fft_rules(), indexing_rules(),
        linalg_rules(), loss_rules(), matmul_rules(), norm_rules(), optimizer_rules(), pad_rules(), pool_rules(),
        random_rules(), reduction_rules(), search_rules()}) {
    for (const Rule& rule : rules) by_name.emplace(rule.name, &rule);
  }
  return by_name;
}

/// The rule of an operator, `relu`, and of its form in place, `relu_`; null where there is none.
const Rule* find_rule(const RulesByName& rules, const std::string& qualified) {
  if (!qualified.starts_with(kNamespace)) return nullptr;
  std::string_view name = std::string_view(qualified).substr(kNamespace.size());
  auto rule = rules.find(name);
  if (rule == rules.end() && name.ends_with('_')) rule = rules.find(name.substr(0, name.size() - 1));
  return rule == rules.end() ? nullptr : rule->second;
}

/// Whether libtorch defines the operator through others, which have kernels in their turn.
bool is_defined(const c10::OperatorHandle& op, Over over) {
  if (op.hasKernelForDispatchKey(c10::DispatchKey::CompositeImplicitAutograd)) return true;
  return over == Over::kNothing &&
         (op.hasKernelForDispatchKey(c10::DispatchKey::CompositeExplicitAutograd) ||
          op.hasKernelForDispatchKey(c10::DispatchKey::CompositeExplicitAutogradNonFunctional));
}

void add_kernels(Registrations& registrations) {
  const RulesByName rules = rules_by_name();
  auto& dispatcher = c10::Dispatcher::singleton();
  for (const c10::OperatorName& name : dispatcher.getAllOpNames()) {
    const Rule* rule = find_rule(rules, name.name);
    const auto op = rule == nullptr ? std::nullopt : dispatcher.findSchema(name);
    if (!op || is_defined(*op, rule->over)) continue;
    registrations.add(c10::toString(name).substr(kNamespace.size()).c_str(),
                      torch::CppFunction::makeFromBoxedFunctor(std::make_unique<Kernel>(rule->infer)));
  }
}

}  // namespace

void register_meta_kernels() {
  static std::once_flag once;
  std::call_once(once, [] {
    static Registrations registrations(c10::DispatchKey::Meta);
    add_kernels(registrations);
  });
}

}  // namespace tsorch::meta
