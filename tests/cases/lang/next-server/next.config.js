module.exports = { i18n: undefined, images: { formats: ["image/avif", "image/webp"] }, experimental: { instrumentationHook: true, serverComponentsExternalPackages: ["pdfkit", "sharp", "sql.js", "pino", "pino-pretty", "piscina", "ejs", "exceljs", "smtp-server", "nodemailer"] },
  async rewrites() { return [{ source: "/health", destination: "/api/health" }]; }, async redirects() { return [{ source: "/old", destination: "/goods", permanent: true }]; },
  async headers() { return [{ source: "/:path*", headers: [{ key: "X-Shop", value: "yes" }] }]; } };
