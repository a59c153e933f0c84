/** TypeScript's language service over the package: what an editor shows. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

interface Message {
  id?: number;
  method?: string;
  params?: { items?: unknown[] };
  result?: unknown;
  error?: { message: string };
}

/** A signature as signature help shows it. */
export interface Shown {
  label: string;
  documentation: string;
}

interface CompletionList {
  items: { label: string }[];
}

interface SignatureHelp {
  signatures: { label: string; documentation?: string | { value: string } }[];
}

const header = '\r\n\r\n';

/** Takes whole messages out of what has come so far; gives the rest. */
function split(bytes: Buffer, take: (message: Message) => void): Buffer {
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf(header);
    const length = Number(/Content-Length: (\d+)/i.exec(rest.subarray(0, Math.max(end, 0)).toString())?.[1]);
    const start = end + header.length;
    if (end < 0 || rest.length < start + length) return rest;
    take(JSON.parse(rest.subarray(start, start + length).toString()) as Message);
    rest = rest.subarray(start + length);
  }
}

export class LanguageService {
  private readonly server: ChildProcess;
  private readonly waiting = new Map<number, (message: Message) => void>();
  private last = 0;

  constructor(private readonly root: string) {
    this.server = spawn(process.execPath, ['node_modules/typescript/bin/tsc', '--lsp', '--stdio'], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let bytes = Buffer.alloc(0);
    this.server.stdout!.on('data', (chunk: Buffer) => {
      bytes = Buffer.from(split(Buffer.concat([bytes, chunk]), (message) => this.receive(message)));
    });
  }

  private receive(message: Message): void {
    if (message.id === undefined) return;
    if (message.method === undefined) this.waiting.get(message.id)!(message);
    else this.send({ id: message.id, result: message.params?.items?.map(() => null) ?? null }); // it asks for settings
  }

  private send(message: object): void {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.server.stdin!.write(`Content-Length: ${Buffer.byteLength(text)}${header}${text}`);
  }

  private async ask(method: string, params: object): Promise<unknown> {
    const id = ++this.last;
    const answer = new Promise<Message>((resolve) => this.waiting.set(id, resolve));
    this.send({ id, method, params });
    const { result, error } = await answer;
    if (error !== undefined) throw new Error(error.message);
    return result;
  }

  async start(): Promise<void> {
    const signatureInformation = { documentationFormat: ['markdown'] };
    const capabilities = { textDocument: { completion: {}, signatureHelp: { signatureInformation } } };
    await this.ask('initialize', { processId: process.pid, rootUri: String(pathToFileURL(this.root)), capabilities });
    this.send({ method: 'initialized', params: {} });
  }

  private open(path: string): { uri: string; text: string } {
    const text = readFileSync(path, 'utf8');
    const uri = String(pathToFileURL(path));
    this.send({
      method: 'textDocument/didOpen',
      params: { textDocument: { uri, languageId: 'typescript', version: 1, text } },
    });
    return { uri, text };
  }

  /** Opens a file; gives the names that completion offers behind the dot of each of its lines that ends in `.;`. */
  async completions(path: string): Promise<Map<string, string[]>> {
    const { uri, text } = this.open(path);
    const offered = new Map<string, string[]>();
    for (const [line, code] of text.split('\n').entries()) {
      if (!code.endsWith('.;')) continue;
      const position = { line, character: code.length - 1 };
      const list = await this.ask('textDocument/completion', { textDocument: { uri }, position });
      offered.set(
        code,
        (list as CompletionList).items.map(({ label }) => label),
      );
    }
    return offered;
  }

  /** Opens a file; gives what signature help shows behind the first `(` of each of its lines that ends in `();`. */
  async signatureHelp(path: string): Promise<Map<string, Shown[]>> {
    const { uri, text } = this.open(path);
    const shown = new Map<string, Shown[]>();
    for (const [line, code] of text.split('\n').entries()) {
      if (!code.endsWith('();')) continue;
      const position = { line, character: code.lastIndexOf('(') + 1 };
      const help = await this.ask('textDocument/signatureHelp', { textDocument: { uri }, position });
      const { signatures } = (help as SignatureHelp | null) ?? { signatures: [] };
      shown.set(
        code.trim(),
        signatures.map(({ label, documentation }) => ({
          label,
          documentation: typeof documentation === 'string' ? documentation : (documentation?.value ?? ''),
        })),
      );
    }
    return shown;
  }

  stop(): void {
    this.server.kill();
  }
}
