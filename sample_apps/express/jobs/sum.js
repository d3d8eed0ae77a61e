// Adds numbers, in a thread or in a process of its own.
"use strict";

const { isMainThread, parentPort, workerData } = require("node:worker_threads");

const numbers = isMainThread ? process.argv.slice(2).map(Number) : workerData;
const sum = numbers.reduce((a, b) => a + b, 0);
if (isMainThread) process.send(sum, () => process.exit(0));
else parentPort.postMessage(sum);
