import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

type Reply = Readonly<Record<string, unknown>>;
type Message = { readonly id?: number; readonly method?: string; readonly params?: Reply; readonly result?: Reply; readonly error?: { readonly message: string }; readonly sessionId?: string };

/** One page of a headless Chromium, spoken to by its own debugging protocol over two pipes: no port is opened. */
export interface BrowserPage {
  send(method: string, params?: object): Promise<Reply>;
  /** Opens a file and waits until it is loaded. */
  open(url: string): Promise<void>;
  /** What an expression comes to in the page, as plain data. Errors: whatever it throws there. */
  evaluate<Value>(expression: string): Promise<Value>;
  /** Everything that was asked for since the page was opened, itself included, but for what its own policy stopped. */
  requests(): readonly string[];
  close(): Promise<void>;
}

/** Options of every Chromium that tests start; root must do without its sandbox. */
export const headless: readonly string[] = ["--headless", "--disable-gpu", "--hide-scrollbars", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];

export async function openBrowser(profile: string): Promise<BrowserPage> {
  const child = spawn("chromium", [...headless, "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const { call, events } = connected(child);
  const { targetInfos } = (await call("Target.getTargets")) as { targetInfos: { type: string; targetId: string }[] };
  const { sessionId } = (await call("Target.attachToTarget", { targetId: targetInfos.find(({ type }) => type === "page")!.targetId, flatten: true })) as { sessionId: string };
  const send = (method: string, params: object = {}): Promise<Reply> => call(method, params, sessionId);
  const requests = new Map<string, string>();
  let loaded = (): void => undefined;
  events((method, params) => {
    const id = params["requestId"] as string;
    if (method === "Network.requestWillBeSent") requests.set(id, (params["request"] as { url: string }).url);
    if (method === "Network.loadingFailed" && params["blockedReason"] === "csp") requests.delete(id);
    if (method === "Page.loadEventFired") loaded();
  });
  for (const domain of ["Page", "Network", "Runtime"]) await send(`${domain}.enable`);
  return {
    send,
    requests: () => [...requests.values()],
    async open(url) {
      requests.clear();
      const done = new Promise<void>((resolve) => (loaded = resolve));
      const { loaderId } = await send("Page.navigate", { url });
      // Another place in the same document is not loaded anew.
      if (loaderId !== undefined) await done;
    },
    async evaluate<Value>(expression: string) {
      const { result, exceptionDetails } = (await send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true })) as { result: { value: Value }; exceptionDetails?: { exception?: { description?: string } } };
      if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? "an exception in the page");
      return result.value;
    },
    async close() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      await call("Browser.close").catch(() => undefined);
      await ended;
    },
  };
}

interface Connection {
  call(method: string, params?: object, sessionId?: string): Promise<Reply>;
  events(heard: (method: string, params: Reply) => void): void;
}

/** Messages are JSON, each ended by a zero byte; commands go in by descriptor 3, answers come by 4. */
function connected(child: ChildProcess): Connection {
  const [into, out] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  const waiting = new Map<number, { readonly resolve: (reply: Reply) => void; readonly reject: (error: Error) => void }>();
  let heard: (method: string, params: Reply) => void = () => undefined;
  let rest = "";
  let calls = 0;
  out.setEncoding("utf8");
  out.on("data", (text: string) => {
    const messages = (rest + text).split("\0");
    rest = messages.pop() ?? "";
    for (const { id, method, params = {}, result = {}, error } of messages.map((message) => JSON.parse(message) as Message)) {
      if (method !== undefined) heard(method, params);
      const call = id === undefined ? undefined : waiting.get(id);
      if (call === undefined || id === undefined) continue;
      waiting.delete(id);
      if (error === undefined) call.resolve(result);
      else call.reject(new Error(error.message));
    }
  });
  child.once("exit", () => {
    for (const { reject } of waiting.values()) reject(new Error("chromium ended"));
  });
  return {
    call: (method, params = {}, sessionId) =>
      new Promise((resolve, reject) => {
        calls += 1;
        waiting.set(calls, { resolve, reject });
        into.write(`${JSON.stringify({ id: calls, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`);
      }),
    events: (listener) => (heard = listener),
  };
}
