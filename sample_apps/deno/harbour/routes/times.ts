import { Hono } from "hono";
import { DateTime } from "luxon";
import tides from "../data/tides.json" with { type: "json" };

const moment = DateTime.fromISO("2024-07-01T12:00:00Z");

export default new Hono().basePath("/times")
  .get("/tides/:berth", (c) => c.json(tides[c.req.param("berth") as keyof typeof tides]))
  .get("/local", (c) => c.text(new Date(moment.toMillis()).toString()))
  .get("/zone/*", (c) =>
    c.text(moment.setZone(c.req.path.replace("/times/zone/", "")).toFormat("yyyy-MM-dd HH:mm ZZ")))
  .get("/long/:locale", (c) =>
    c.text(moment.setLocale(c.req.param("locale")).toLocaleString(DateTime.DATE_FULL)));
