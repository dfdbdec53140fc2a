//! The WebAssembly module and its JavaScript glue.
use std::path::PathBuf;
use std::process::Command;

pub fn build() -> Result<PathBuf, String> {
    let status = Command::new("cargo")
        .args(["build", "--release", "--lib", "--target", "wasm32-unknown-unknown"])
        .status()
        .map_err(|e| format!("cargo: {e}"))?;
    if !status.success() {
        return Err("the WebAssembly module did not compile".into());
    }
    let out = PathBuf::from("www/pkg");
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path("target/wasm32-unknown-unknown/release/normlab.wasm")
        .web(true)
        .map_err(|e| e.to_string())?
        .typescript(true)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(&out)
        .map_err(|e| format!("{e:?}"))?;
    Ok(out)
}
