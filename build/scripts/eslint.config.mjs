import js from "@eslint/js";
import globals from "globals";

// The scripts of the page are parts of one script: .ci/scripts joins them before they are checked.
export default [
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2024, sourceType: "script", globals: { ...globals.browser, uPlot: "readonly", runs: "readonly", sweep: "readonly" } },
    rules: { eqeqeq: ["error", "always", { null: "ignore" }], "no-var": "error", "prefer-const": ["error", { destructuring: "all" }], "no-shadow": "off" },
  },
  // The page of a sweep draws no charts of figures, and does not use all of their parts.
  { files: ["sweep.js"], rules: { "no-unused-vars": "off" } },
];
