import fs from "fs";
const settings = JSON.parse(fs.readFileSync(process.cwd() + "/settings.json", "utf8"));
setInterval(() => console.log("tick", new Date(0).toLocaleDateString(settings.locale, { weekday: "long" })), 7000);
