/** What is measured inside the browser's page: one thread, one thing after the other, unless said otherwise. */

import * as curvature from "./curvature.js";
import { wasm } from "./engine.js";
import * as landscapes from "./landscapes.js";
import * as probes from "./probes.js";
import * as steps from "./steps.js";
import * as sweeps from "./sweeps.js";

Object.assign(globalThis, curvature, landscapes, probes, steps, sweeps, { wasm, ready: true });
