export default function sitemap() { return [{ url: "http://shop.example/goods" }]; }
