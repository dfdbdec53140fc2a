//! A static file server for this folder.

use crate::{Outcome, wasm};
use std::fs::File;
use std::path::{Component, Path, PathBuf};
use tiny_http::{Header, Method, Request, Response, Server};

/// Builds the lab and serves the repository's root until interrupted, on `PORT` or 8080.
///
/// # Errors
/// If the port is no number or cannot be had, or the lab cannot be built.
pub fn serve() -> Outcome {
    let port = std::env::var("PORT").unwrap_or_else(|_| "8080".into());
    let port: u16 = port.parse().map_err(|_| format!("PORT={port} is not a port number: use one from 0 to 65535."))?;
    let server = Server::http(("127.0.0.1", port)).map_err(|error| {
        format!("Port {port} cannot be used ({error}): choose another with PORT=8081 ./build.sh serve.")
    })?;
    wasm::build()?;
    let port = server.server_addr().to_ip().map_or(port, |address| address.port());
    println!("The lab is at http://127.0.0.1:{port}/ (stop with Ctrl+C)");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Ok(request) = server.recv() {
                    answer(request);
                }
            });
        }
    });
    Ok(())
}

fn answer(request: Request) {
    let wanted = request.url().split(['?', '#']).next().unwrap_or("/").to_owned();
    let get = matches!(request.method(), Method::Get | Method::Head);
    let file = path(&wanted).filter(|_| get).and_then(|path| File::open(&path).ok().map(|file| (path, file)));
    // A client that has gone away is no concern of the server's.
    let _ = match file {
        Some((path, file)) => {
            let headers = [("Content-Type", media_type(&path)), ("Cache-Control", "no-cache")];
            let response = headers
                .into_iter()
                .filter_map(|(name, value)| Header::from_bytes(name, value).ok())
                .fold(Response::from_file(file), Response::with_header);
            request.respond(response)
        }
        None => request.respond(Response::from_string("Not found\n").with_status_code(404)),
    };
}

/// The file that a URL's path names: below this folder, nothing hidden, `index.html` for a folder.
fn path(url: &str) -> Option<PathBuf> {
    let relative = Path::new(url.trim_start_matches('/'));
    let plain = |c: Component| matches!(c, Component::Normal(name) if !name.to_string_lossy().starts_with('.'));
    if !relative.components().all(plain) {
        return None;
    }
    let path = Path::new(".").join(relative);
    let path = if path.is_dir() { path.join("index.html") } else { path };
    path.is_file().then_some(path)
}

fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|e| e.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "md" => "text/markdown; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_and_nothing_hidden_is_served() {
        for url in ["/../Cargo.toml", "/.git/config", "/www/../../etc/passwd", "//etc/passwd/..", "/src/.hidden"] {
            assert_eq!(path(url), None, "{url}");
        }
        assert_eq!(path("/src/main.rs"), Some(PathBuf::from("./src/main.rs")));
        assert_eq!(path("/src"), None, "a folder without an index.html");
    }
}
