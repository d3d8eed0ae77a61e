/// <reference lib="deno.worker" />
import { sum } from "../lib/sum.ts";

self.onmessage = (event: MessageEvent<number[]>) => self.postMessage(sum(event.data));
