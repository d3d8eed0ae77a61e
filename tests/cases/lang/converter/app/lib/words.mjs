export const words = (s) => s.trim().split(/\s+/).length;
