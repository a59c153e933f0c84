// Key-value stores, in which the ranks of a group find each other.
#include <torch/csrc/distributed/c10d/FileStore.hpp>
#include <torch/csrc/distributed/c10d/HashStore.hpp>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <cstring>

#include "listen.h"
#include "parts.h"

namespace tsorch {

namespace {

using Bytes = std::vector<std::uint8_t>;

template <typename Kind, typename... Arguments>
void write_store(FrameWriter& out, Arguments&&... arguments) {
  out.part(std::make_shared<StorePart>(c10::make_intrusive<Kind>(std::forward<Arguments>(arguments)...)));
}

Bytes read_bytes(FrameReader& in) {
  auto array = in.object().As<Napi::Uint8Array>();
  return Bytes(array.Data(), array.Data() + array.ByteLength());
}

std::vector<std::string> read_strings(FrameReader& in) {
  std::vector<std::string> strings;
  for (std::int64_t left = in.list(); left > 0; left--) strings.push_back(in.string());
  return strings;
}

void write_bytes(Environment& environment, FrameWriter& out, const Bytes& bytes) {
  Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(environment.env(), bytes.size());
  if (!bytes.empty()) std::memcpy(buffer.Data(), bytes.data(), bytes.size());
  out.object(buffer);
}

}  // namespace

/// (host, port, world size or null, whether it serves, timeout, whether it waits for the workers, whether several
/// stores of a process share a server)
void store_tcp(Environment&, FrameReader& in, FrameWriter& out) {
  const std::string host = in.string();
  c10d::TCPStoreOptions options;
  options.port = static_cast<std::uint16_t>(in.integer());
  if (!in.none()) options.numWorkers = static_cast<std::size_t>(in.integer());
  options.isServer = in.boolean();
  options.timeout = read_timeout(in);
  options.waitWorkers = in.boolean();
  options.multiTenant = in.boolean();
  // Where this finds the port taken, libtorch shares the server that this process has there, or says what is wrong.
  const auto listener = options.isServer ? listen_on_loopback(host, options.port) : std::nullopt;
  if (listener) {
    options.masterListenFd = listener->socket;
    options.port = listener->port;
  }
  write_store<c10d::TCPStore>(out, host, options);
}

void store_file(Environment&, FrameReader& in, FrameWriter& out) {
  const std::string path = in.string();
  write_store<c10d::FileStore>(out, path, static_cast<int>(in.integer()));
}

void store_hash(Environment&, FrameReader&, FrameWriter& out) { write_store<c10d::HashStore>(out); }

void store_prefix(Environment&, FrameReader& in, FrameWriter& out) {
  const std::string prefix = in.string();
  write_store<c10d::PrefixStore>(out, prefix, read_store(in));
}

void store_clone(Environment&, FrameReader& in, FrameWriter& out) {
  out.part(std::make_shared<StorePart>(read_store(in)->clone()));
}

/// The address of a TCPStore.
void store_address(Environment&, FrameReader& in, FrameWriter& out) {
  const auto store = c10::dynamic_intrusive_pointer_cast<c10d::TCPStore>(read_store(in));
  TORCH_CHECK(store, "not a TCPStore");
  out.list(2);
  out.string(store->getHost());
  out.integer(store->getPort());
}

void store_set(Environment&, FrameReader& in, FrameWriter&) {
  const auto store = read_store(in);
  const std::string key = in.string();
  store->set(key, read_bytes(in));
}

void store_get(Environment& environment, FrameReader& in, FrameWriter& out) {
  const auto store = read_store(in);
  write_bytes(environment, out, store->get(in.string()));
}

void store_compare_set(Environment& environment, FrameReader& in, FrameWriter& out) {
  const auto store = read_store(in);
  const std::string key = in.string();
  const Bytes expected = read_bytes(in);
  write_bytes(environment, out, store->compareSet(key, expected, read_bytes(in)));
}

void store_add(Environment&, FrameReader& in, FrameWriter& out) {
  const auto store = read_store(in);
  const std::string key = in.string();
  out.integer(store->add(key, in.integer()));
}

void store_append(Environment&, FrameReader& in, FrameWriter&) {
  const auto store = read_store(in);
  const std::string key = in.string();
  store->append(key, read_bytes(in));
}

void store_delete_key(Environment&, FrameReader& in, FrameWriter& out) {
  const auto store = read_store(in);
  out.boolean(store->deleteKey(in.string()));
}

void store_check(Environment&, FrameReader& in, FrameWriter& out) {
  const auto store = read_store(in);
  out.boolean(store->check(read_strings(in)));
}

void store_wait(Environment&, FrameReader& in, FrameWriter&) {
  const auto store = read_store(in);
  const auto keys = read_strings(in);
  if (in.none()) return store->wait(keys);
  store->wait(keys, read_timeout(in));
}

void store_multi_get(Environment& environment, FrameReader& in, FrameWriter& out) {
  const auto store = read_store(in);
  const auto values = store->multiGet(read_strings(in));
  out.list(values.size());
  for (const Bytes& each : values) write_bytes(environment, out, each);
}

void store_multi_set(Environment&, FrameReader& in, FrameWriter&) {
  const auto store = read_store(in);
  const auto keys = read_strings(in);
  std::vector<Bytes> values;
  for (std::int64_t left = in.list(); left > 0; left--) values.push_back(read_bytes(in));
  store->multiSet(keys, values);
}

void store_queue_push(Environment&, FrameReader& in, FrameWriter&) {
  const auto store = read_store(in);
  const std::string key = in.string();
  store->queuePush(key, read_bytes(in));
}

void store_queue_pop(Environment& environment, FrameReader& in, FrameWriter& out) {
  const auto store = read_store(in);
  const std::string key = in.string();
  write_bytes(environment, out, store->queuePop(key, in.boolean()));
}

void store_queue_len(Environment&, FrameReader& in, FrameWriter& out) {
  const auto store = read_store(in);
  out.integer(store->queueLen(in.string()));
}

void store_num_keys(Environment&, FrameReader& in, FrameWriter& out) { out.integer(read_store(in)->getNumKeys()); }

void store_list_keys(Environment&, FrameReader& in, FrameWriter& out) {
  const auto keys = read_store(in)->listKeys();
  out.list(keys.size());
  for (const std::string& each : keys) out.string(each);
}

void store_has_extended_api(Environment&, FrameReader& in, FrameWriter& out) {
  out.boolean(read_store(in)->hasExtendedApi());
}

void store_timeout(Environment&, FrameReader& in, FrameWriter& out) {
  out.integer(read_store(in)->getTimeout().count());
}

void store_set_timeout(Environment&, FrameReader& in, FrameWriter&) {
  const auto store = read_store(in);
  store->setTimeout(read_timeout(in));
}

}  // namespace tsorch
