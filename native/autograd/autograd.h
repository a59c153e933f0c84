// Autograd: the state of a tensor, running the engine, looking at the graph, the thread's modes.
#pragma once

#include "../environment.h"

namespace tsorch {

// engine.cpp
void backward(Environment&, FrameReader&, FrameWriter&);
void grad(Environment&, FrameReader&, FrameWriter&);
void set_lend_passes(Environment&, FrameReader&, FrameWriter&);
void is_checkpoint_valid(Environment&, FrameReader&, FrameWriter&);

// variable.cpp
void requires_grad(Environment&, FrameReader&, FrameWriter&);
void set_requires_grad(Environment&, FrameReader&, FrameWriter&);
void is_leaf(Environment&, FrameReader&, FrameWriter&);
void get_grad(Environment&, FrameReader&, FrameWriter&);
void set_grad(Environment&, FrameReader&, FrameWriter&);
/// (tensor) -> the dtype its gradients are cast to, or nothing
void grad_dtype(Environment&, FrameReader&, FrameWriter&);
void set_grad_dtype(Environment&, FrameReader&, FrameWriter&);
void grad_fn(Environment&, FrameReader&, FrameWriter&);
void output_nr(Environment&, FrameReader&, FrameWriter&);
void tensor_version(Environment&, FrameReader&, FrameWriter&);
void retain_grad(Environment&, FrameReader&, FrameWriter&);
void retains_grad(Environment&, FrameReader&, FrameWriter&);
void get_data(Environment&, FrameReader&, FrameWriter&);
void set_data(Environment&, FrameReader&, FrameWriter&);
void view_base(Environment&, FrameReader&, FrameWriter&);
void swap_tensors(Environment&, FrameReader&, FrameWriter&);

// graph.cpp
void node_name(Environment&, FrameReader&, FrameWriter&);
void node_address(Environment&, FrameReader&, FrameWriter&);
void node_next(Environment&, FrameReader&, FrameWriter&);
void node_variable(Environment&, FrameReader&, FrameWriter&);
void node_call(Environment&, FrameReader&, FrameWriter&);
void node_sequence_nr(Environment&, FrameReader&, FrameWriter&);
void node_input_metadata(Environment&, FrameReader&, FrameWriter&);
void gradient_edge(Environment&, FrameReader&, FrameWriter&);
void increment_version(Environment&, FrameReader&, FrameWriter&);
void current_graph_task(Environment&, FrameReader&, FrameWriter&);
void will_execute_node(Environment&, FrameReader&, FrameWriter&);

// dual.cpp
void enter_dual_level(Environment&, FrameReader&, FrameWriter&);
void exit_dual_level(Environment&, FrameReader&, FrameWriter&);

// modes.cpp
void is_forward_grad_enabled(Environment&, FrameReader&, FrameWriter&);
void set_forward_grad_enabled(Environment&, FrameReader&, FrameWriter&);
void is_grad_enabled(Environment&, FrameReader&, FrameWriter&);
/// (enabled) -> what it was before
void set_grad_enabled(Environment&, FrameReader&, FrameWriter&);
/// Whether backward passes may use the threads of devices.
void multithreading(Environment&, FrameReader&, FrameWriter&);
void set_multithreading(Environment&, FrameReader&, FrameWriter&);
/// Whether views are made again from their bases after a change in place.
void view_replay(Environment&, FrameReader&, FrameWriter&);
void is_inference_mode(Environment&, FrameReader&, FrameWriter&);
void enter_inference_mode(Environment&, FrameReader&, FrameWriter&);
void exit_inference_mode(Environment&, FrameReader&, FrameWriter&);

}  // namespace tsorch
