export default async function (job) { let s = 0; for (let i = 1; i <= job.data.n; i++) s += i; return s; }
