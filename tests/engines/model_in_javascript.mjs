// Makes one call of model.wasm outside Python: the memory as it was before the call goes in, the memory afterwards comes out.
// The same function serves Node and a browser; Node is called with the files' names.

export async function memoryAfter(module, before, name, given) {
  const { instance } = await WebAssembly.instantiate(module, {});
  const memory = instance.exports.memory;
  memory.grow((before.byteLength - memory.buffer.byteLength) / 65536);
  new Uint8Array(memory.buffer).set(new Uint8Array(before));
  instance.exports[name](...given.map(([kind, text]) => (kind === "i64" ? BigInt(text) : Number(text))));
  return memory.buffer;
}

if (typeof process !== "undefined") {
  const { readFileSync, writeFileSync } = await import("node:fs");
  const [module, before, call, after] = process.argv.slice(2);
  const { name, given } = JSON.parse(readFileSync(call, "utf8"));
  const bytes = readFileSync(before);
  const memory = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  writeFileSync(after, Buffer.from(await memoryAfter(readFileSync(module), memory, name, given)));
}
