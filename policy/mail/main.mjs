// Pulumi's runner of policy packs compiles a TypeScript entry by itself, with settings of its own. From here Node strips
// the types instead, as it does for the program.
import "./index.ts";
