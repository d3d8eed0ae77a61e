export async function register() {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const settings = JSON.parse(require("fs").readFileSync(process.cwd() + "/settings.json", "utf8"));
  setInterval(() => console.log("tick", new Date(0).toLocaleDateString(settings.locale, { weekday: "long" })), 7000);
}
