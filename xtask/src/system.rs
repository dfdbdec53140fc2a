//! What has to be on the machine to test and measure the page: Node.js, Chromium, Firefox.

use crate::{Outcome, shell};

/// A program, by the names that it goes by, and Debian's package of it.
struct Need {
    names: &'static [&'static str],
    package: &'static str,
    what: &'static str,
}

const NODE: Need = Need { names: &["node"], package: "nodejs", what: "Node.js 20 or later" };
const NPM: Need = Need { names: &["npm"], package: "npm", what: "npm" };
const CHROMIUM: Need = Need {
    names: &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    package: "chromium",
    what: "Chromium or Chrome",
};
const FIREFOX: Need = Need { names: &["firefox-esr", "firefox"], package: "firefox-esr", what: "Firefox" };

/// Makes sure of Node.js and both browsers.
///
/// # Errors
/// Names what is missing and cannot be installed here.
pub fn browsers() -> Outcome {
    provide(&[NODE, NPM, CHROMIUM, FIREFOX])
}

/// Makes sure of Node.js and Chromium.
///
/// # Errors
/// As [`browsers`].
pub fn chromium() -> Outcome {
    provide(&[NODE, NPM, CHROMIUM])
}

fn missing(needs: &[Need]) -> Vec<&Need> {
    needs.iter().filter(|need| !need.names.iter().any(|name| shell::has(name))).collect()
}

fn provide(needs: &[Need]) -> Outcome {
    let lacking = missing(needs);
    if lacking.is_empty() {
        return Ok(());
    }
    let debian = shell::has("apt-get");
    if debian && shell::output("id", &["-u"]) == "0" {
        let mut arguments = vec!["install", "--yes", "--quiet", "--no-install-recommends"];
        arguments.extend(lacking.iter().map(|need| need.package));
        shell::run(".", "apt-get", &["update", "--quiet"])?;
        shell::run(".", "apt-get", &arguments)?;
    }
    let lacking = missing(needs);
    if lacking.is_empty() {
        return Ok(());
    }
    let what: Vec<&str> = lacking.iter().map(|need| need.what).collect();
    let packages: Vec<&str> = lacking.iter().map(|need| need.package).collect();
    let remedy = if debian {
        format!("sudo apt-get install {}", packages.join(" "))
    } else {
        "install it with your system's package manager".into()
    };
    Err(format!("The page cannot be tested here: {} is missing; {remedy}.", what.join(", ")))
}
