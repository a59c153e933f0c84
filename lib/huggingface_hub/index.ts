/**
 * Repositories of the Hugging Face Hub and folders of their kind, with the names of Python's `huggingface_hub`, whose
 * cache is shared. https://huggingface.co/docs/huggingface_hub
 */
export { type CachedOptions, try_to_load_from_cache } from './cached';
export { type DownloadOptions, hf_hub_download, type SnapshotOptions, snapshot_download } from './download';
export {
  EntryNotFoundError,
  GatedRepoError,
  HfHubHTTPError,
  LocalEntryNotFoundError,
  RemoteEntryNotFoundError,
  RepositoryNotFoundError,
  RevisionNotFoundError,
} from './errors';
export { type LoadModelOptions, load_state_dict_from_file, load_torch_model } from './weights';
