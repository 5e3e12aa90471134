import tseslint from "typescript-eslint";

export default tseslint.config(
  // AssemblyScript has a compiler and rules of its own.
  { ignores: ["src/kernels/assembly/**"] },
  ...tseslint.configs.recommended,
  {
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "no-control-regex": "off",
      "max-lines": ["error", 300],
      "no-restricted-exports": ["error", { restrictDefaultExports: { direct: true } }],
    },
  },
  { files: ["test/**"], rules: { "max-lines": "off", "no-restricted-exports": "off" } },
);
