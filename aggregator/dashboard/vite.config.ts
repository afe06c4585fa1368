import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The dashboard's pages, which the aggregator serves at `/`. Built by local/build-dashboard.ts. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  // While working on it: `vite aggregator/dashboard` beside `npm start`.
  server: {
    watch: { ignored: ["**/dist*/**"] },
    proxy: { "/v1": { target: `http://127.0.0.1:${process.env["AGGREGATOR_PORT"] ?? "8788"}`, ws: true } },
  },
  build: {
    target: "es2023",
    emptyOutDir: true,
    // A page may not run or load what is written into it: see serve-dashboard.ts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // Of one name whichever page needs them first, so that a change of a page leaves them in caches.
        codeSplitting: { groups: [{ name: "react", test: /node_modules\/(react|react-dom|scheduler)\// }] },
      },
    },
  },
});
