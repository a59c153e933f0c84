/** torch.autograd.graph: looking at the graph, and how it saves tensors. https://docs.pytorch.org/docs/2.13/autograd.html#autograd-graph */

export { GradientEdge, get_gradient_edge, increment_version } from './edges';
export { register_multi_grad_hook } from './multi_grad_hook';
export { Node } from './node';
export { SavedTensor, type SavedValue } from './saved_fields';
export { type AllowMutationOnSavedContext, allow_mutation_on_saved_tensors } from './saved_mutation';
export { disable_saved_tensors_hooks, save_on_cpu, saved_tensors_hooks } from './saved_tensors';
