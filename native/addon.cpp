// Registration only: the names under which JavaScript finds the native functions (typed in lib/native/addon.ts).
#include <node_api.h>

#ifdef TSORCH_SANITIZE
#include <sanitizer/lsan_interface.h>
#endif

#include "amp/amp.h"
#include "autograd/anomaly.h"
#include "autograd/autograd.h"
#include "autograd/function_node.h"
#include "autograd/hooks.h"
#include "autograd/js_engine.h"
#include "autograd/reach.h"
#include "autograd/saved_fields.h"
#include "autograd/saved_hooks.h"
#include "c_math.h"
#include "context/context.h"
#include "context/stream.h"
#include "environment.h"
#include "errors.h"
#include "func/func.h"
#include "memory/buffer_memory.h"
#include "memory/counting_allocator.h"
#include "memory/handover.h"
#include "memory/memory.h"
#include "nn/nn.h"
#include "operators/operator.h"
#include "optim/optim.h"
#include "random/random.h"
#include "serialize/serialize.h"
#include "tensor/tensor.h"

namespace tsorch {

namespace {

struct Entry {
  const char* name;
  NativeFunction function;
};

/// () hands the warnings of calls before it to JavaScript
void show_warnings(Environment& environment, FrameReader&, FrameWriter&) { environment.flush_warnings(); }

constexpr Entry kFunctions[] = {
    {"invoke", invoke},
    {"find_operator", find_operator},
    {"operator_names", operator_names},

    {"tensor_from_array", tensor_from_array},
    {"tensor_over_buffer", tensor_over_buffer},
    {"tensor_item", tensor_item},
    {"tensor_bytes", tensor_bytes},
    {"tensor_elements", tensor_elements},
    {"tensor_lend", tensor_lend},
    {"tensor_sizes", tensor_sizes},
    {"tensor_strides", tensor_strides},
    {"tensor_dtype", tensor_dtype},
    {"tensor_device", tensor_device},
    {"tensor_layout", tensor_layout},
    {"tensor_facts", tensor_facts},
    {"tensor_dim", tensor_dim},
    {"tensor_numel", tensor_numel},
    {"tensor_is_pinned", tensor_is_pinned},
    {"tensor_is_contiguous", tensor_is_contiguous},
    {"tensor_storage", tensor_storage},
    {"tensor_rows", tensor_rows},
    {"tensor_index", tensor_index},
    {"tensor_select", tensor_select},
    {"tensor_slice", tensor_slice},
    {"tensor_index_put", tensor_index_put},

    {"backward", backward},
    {"grad", grad},
    {"set_lend_passes", set_lend_passes},
    {"is_checkpoint_valid", is_checkpoint_valid},
    {"requires_grad", requires_grad},
    {"set_requires_grad", set_requires_grad},
    {"is_leaf", is_leaf},
    {"get_grad", get_grad},
    {"set_grad", set_grad},
    {"grad_dtype", grad_dtype},
    {"set_grad_dtype", set_grad_dtype},
    {"grad_fn", grad_fn},
    {"output_nr", output_nr},
    {"tensor_version", tensor_version},
    {"retain_grad", retain_grad},
    {"retains_grad", retains_grad},
    {"get_data", get_data},
    {"set_data", set_data},
    {"view_base", view_base},
    {"node_name", node_name},
    {"node_address", node_address},
    {"node_is_custom", node_is_custom},
    {"saved_field_names", saved_field_names},
    {"saved_field", saved_field},
    {"saved_places", saved_places},
    {"saved_register_hooks", saved_register_hooks},
    {"swap_tensors", swap_tensors},
    {"saved_data", saved_data},
    {"saved_unpack", saved_unpack},
    {"node_next", node_next},
    {"node_call", node_call},
    {"node_variable", node_variable},
    {"node_sequence_nr", node_sequence_nr},
    {"node_input_metadata", node_input_metadata},
    {"gradient_edge", gradient_edge},
    {"increment_version", increment_version},
    {"current_graph_task", current_graph_task},
    {"will_execute_node", will_execute_node},
    {"tensor_register_hook", tensor_register_hook},
    {"tensor_register_accumulated_hook", tensor_register_accumulated_hook},
    {"node_register_hook", node_register_hook},
    {"node_register_prehook", node_register_prehook},
    {"node_metadata", node_metadata},
    {"node_set_metadata", node_set_metadata},
    {"remove_hook", remove_hook},
    {"loosen_values", loosen_values},
    {"fasten_values", fasten_values},
    {"owned_values", owned_values},
    {"function_apply", function_apply},
    {"function_saved_tensors", function_saved_tensors},
    {"function_backward", function_backward},
    {"function_needs_grad", function_needs_grad},
    {"delayed_error", delayed_error},
    {"undefined_grad", undefined_grad},
    {"push_saved_hooks", push_saved_hooks},
    {"pop_saved_hooks", pop_saved_hooks},
    {"disable_saved_hooks", disable_saved_hooks},
    {"set_anomaly_mode", set_anomaly_mode},
    {"anomaly_mode", anomaly_mode},
    {"is_grad_enabled", is_grad_enabled},
    {"set_grad_enabled", set_grad_enabled},
    {"enter_dual_level", enter_dual_level},
    {"exit_dual_level", exit_dual_level},
    {"is_forward_grad_enabled", is_forward_grad_enabled},
    {"set_forward_grad_enabled", set_forward_grad_enabled},
    {"is_inference_mode", is_inference_mode},
    {"enter_inference_mode", enter_inference_mode},
    {"exit_inference_mode", exit_inference_mode},

    {"func_push_vmap", func_push_vmap},
    {"func_push_grad", func_push_grad},
    {"func_push_jvp", func_push_jvp},
    {"func_push_functionalize", func_push_functionalize},
    {"func_wrap_functional", func_wrap_functional},
    {"func_unwrap_functional", func_unwrap_functional},
    {"func_write_back", func_write_back},
    {"func_pop", func_pop},
    {"func_top", func_top},
    {"func_depth", func_depth},
    {"func_lower", func_lower},
    {"func_raise", func_raise},
    {"func_enter_batch", func_enter_batch},
    {"func_exit_batch", func_exit_batch},
    {"func_wrap_grad", func_wrap_grad},
    {"func_differentiable", func_differentiable},
    {"func_unwrap_grad", func_unwrap_grad},
    {"func_unwrap_dead", func_unwrap_dead},
    {"func_add_batch_dim", func_add_batch_dim},
    {"func_remove_batch_dim", func_remove_batch_dim},
    {"func_unwrap_batched", func_unwrap_batched},
    {"func_describe", func_describe},

    {"make_generator", make_generator},
    {"default_generator", default_generator},
    {"generator_manual_seed", generator_manual_seed},
    {"generator_seed", generator_seed},
    {"generator_initial_seed", generator_initial_seed},
    {"generator_state", generator_state},
    {"set_generator_state", set_generator_state},
    {"generator_device", generator_device},
    {"manual_seed", manual_seed},
    {"own_random_stream", own_random_stream},

    {"nn_parameter", nn_parameter},
    {"nn_total_norm", nn_total_norm},
    {"nn_clip_grads_with_norm", nn_clip_grads_with_norm},
    {"nn_clip_grad_norm", nn_clip_grad_norm},
    {"nn_clip_grad_value", nn_clip_grad_value},
    {"nn_project_packed", nn_project_packed},
    {"nn_attend", nn_attend},

    {"autocast_state", autocast_state},
    {"set_autocast_enabled", set_autocast_enabled},
    {"set_autocast_dtype", set_autocast_dtype},
    {"is_autocast_cache_enabled", is_autocast_cache_enabled},
    {"set_autocast_cache_enabled", set_autocast_cache_enabled},
    {"clear_autocast_cache", clear_autocast_cache},
    {"change_autocast_nesting", change_autocast_nesting},
    {"amp_unscale", amp_unscale},

    {"c_math", c_math},

    {"optim_zero_grad", optim_zero_grad},
    {"optim_adadelta", optim_adadelta},
    {"optim_adafactor", optim_adafactor},
    {"optim_adagrad", optim_adagrad},
    {"optim_adam", optim_adam},
    {"optim_adamax", optim_adamax},
    {"optim_asgd", optim_asgd},
    {"optim_flat_grad", optim_flat_grad},
    {"optim_add_flat", optim_add_flat},
    {"optim_lbfgs_direction", optim_lbfgs_direction},
    {"optim_muon", optim_muon},
    {"optim_nadam", optim_nadam},
    {"optim_radam", optim_radam},
    {"optim_rmsprop", optim_rmsprop},
    {"optim_rprop", optim_rprop},
    {"optim_sgd", optim_sgd},
    {"optim_sparse_adam", optim_sparse_adam},

    {"write_archive", write_archive},
    {"write_archive_to_memory", write_archive_to_memory},
    {"storage_part", storage_part},
    {"storage_read", storage_read},
    {"storage_use_large_pages", storage_use_large_pages},
    {"storage_write", storage_write},
    {"storage_identity", storage_identity},
    {"tensor_over_storage", tensor_over_storage},

    {"tensor_share_memory", tensor_share_memory},
    {"tensor_is_shared", tensor_is_shared},
    {"hand_over", hand_over},
    {"take_over", take_over},
    {"withdraw", withdraw},
    {"thread_identity", thread_identity},
    {"is_thread_running", is_thread_running},
    {"count_handed_over", count_handed_over},

    {"release", release},
    {"sweep", sweep},
    {"show_warnings", show_warnings},
    {"memory_stats", memory_stats},
    {"set_pressure", set_pressure},
    {"is_alive", is_alive},
    {"adjust_external_memory", adjust_external_memory},
    {"empty_caches", empty_caches},

    {"libtorch_version", libtorch_version},
    {"build_configuration", build_configuration},
    {"get_num_threads", get_num_threads},
    {"set_num_threads", set_num_threads},
    {"set_thread_parallelism", set_thread_parallelism},
    {"get_default_dtype", get_default_dtype},
    {"set_default_dtype", set_default_dtype},
    {"get_flag", get_flag},
    {"set_flag", set_flag},
    {"has_feature", has_feature},
    {"get_float32_matmul_precision", get_float32_matmul_precision},
    {"set_float32_matmul_precision", set_float32_matmul_precision},
    {"set_flush_denormal", set_flush_denormal},
    {"get_num_interop_threads", get_num_interop_threads},
    {"set_num_interop_threads", set_num_interop_threads},
    {"current_accelerator", current_accelerator},
    {"accelerator_count", accelerator_count},
    {"accelerator_index", accelerator_index},
    {"set_accelerator_index", set_accelerator_index},
    {"synchronize_accelerator", synchronize_accelerator},
    {"device_count", device_count},
    {"make_stream", make_stream},
    {"current_stream", current_stream},
    {"default_stream", default_stream},
    {"exchange_stream", exchange_stream},
    {"query_stream", query_stream},
    {"synchronize_stream", synchronize_stream},
    {"record_stream", record_stream},
    {"make_event", make_event},
    {"event_facts", event_facts},
    {"record_event", record_event},
    {"block_on_event", block_on_event},
    {"query_event", query_event},
    {"synchronize_event", synchronize_event},
    {"event_elapsed_time", event_elapsed_time},
    {"device_memory_stats", device_memory_stats},
    {"device_memory_reset", device_memory_reset},
    {"device_memory_info", device_memory_info},
    {"cuda_properties", cuda_properties},
    {"set_multithreading", set_multithreading},
    {"multithreading", multithreading},
    {"view_replay", view_replay},
    {"format_numbers", format_numbers},
};

Environment& environment_of(napi_env env, napi_callback_info info, napi_value* arguments, std::size_t& count) {
  void* data = nullptr;
  check(env, napi_get_cb_info(env, info, &count, arguments, nullptr, &data));
  return *static_cast<Environment*>(data);
}

/// frame(slots): the ArrayBuffer that both sides share, with room for at least that many doubles.
napi_value frame(napi_env env, napi_callback_info info) {
  napi_value argument = nullptr;
  std::size_t count = 1;
  Environment& environment = environment_of(env, info, &argument, count);
  try {
    double slots = 0;
    if (count > 0) napi_get_value_double(env, argument, &slots);
    if (slots > static_cast<double>(environment.frame_capacity())) {
      environment.grow_frame(static_cast<std::size_t>(slots));
    }
    return environment.frame_buffer();
  } catch (...) {
    throw_current_exception(environment);
    return nullptr;
  }
}

/// set_callbacks(make_error, warn, serve): the JavaScript functions that native code calls.
napi_value set_callbacks(napi_env env, napi_callback_info info) {
  napi_value arguments[3] = {};
  std::size_t count = 3;
  Environment& environment = environment_of(env, info, arguments, count);
  try {
    environment.set_callbacks(arguments[0], arguments[1], arguments[2]);
  } catch (...) {
    throw_current_exception(environment);
  }
  return nullptr;
}

/// open(): an Environment of its own for a copy of the facade, as the object of its native functions.
napi_value open(napi_env env, napi_callback_info) {
  try {
    install_counting_allocator();
    install_engine();
    const napi_value functions = Environment::open(env);
    Environment& environment = Environment::of(env, functions);
    for (const Entry& entry : kFunctions) environment.define(entry.name, entry.function);
    environment.define_raw("frame", frame);
    environment.define_raw("set_callbacks", set_callbacks);
    environment.define_raw("weaken", weaken);
    return functions;
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, error.what());
    return nullptr;
  }
}

napi_value initialize(napi_env env, napi_value exports) {
  napi_value function = nullptr;
  napi_create_function(env, "open", NAPI_AUTO_LENGTH, open, nullptr, &function);
  // Loans end before V8 and its allocator do: at the end of a process the thread's own end is too late.
  // `env` makes the hook another one each time that the addon is loaded: Node ends at one that it knows.
  napi_add_env_cleanup_hook(
      env, [](void*) { BufferMemory::of_thread().close(); }, env);
#ifdef TSORCH_SANITIZE
  // Node ends without the functions that atexit has, which LeakSanitizer waits for.
  napi_add_env_cleanup_hook(
      env, [](void*) { __lsan_do_recoverable_leak_check(); }, env);
#endif
  napi_set_named_property(env, exports, "open", function);
  return exports;
}

}  // namespace

}  // namespace tsorch

NAPI_MODULE_INIT() { return tsorch::initialize(env, exports); }
