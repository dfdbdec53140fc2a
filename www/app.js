/** The page: defines the element that is already in it. */

import { NormLab } from "./norm-lab.js";

customElements.define("norm-lab", NormLab);
