//! Runs the built program.

use std::path::{Path, PathBuf};
use std::process::Command;

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    /// Exit status; `None` when a signal ended it.
    pub status: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Ended {
    /// The same, if its exit status is as expected; else the test fails with all that the program said.
    #[track_caller]
    pub fn with_status(self, status: i32) -> Self {
        assert_eq!(self.status, Some(status), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        self
    }
}

/// The root of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The configuration of the fixtures' references.
pub fn quickstart() -> String {
    text(&repository().join("configs/quickstart.toml"))
}

/// A path as text.
pub fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// Runs `openobs` with these arguments alone, without the settings of whoever runs the tests.
pub fn openobs<A: AsRef<str>>(arguments: &[A]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_openobs"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("OPENOBS_") || name == "UPDATE_EXPECT" {
            command.env_remove(name);
        }
    }
    let output = command.args(arguments.iter().map(AsRef::as_ref)).current_dir(repository()).output().unwrap();
    Ended {
        status: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs `openobs` with the references of the fixtures.
pub fn openobs_with_references<A: AsRef<str>>(arguments: &[A]) -> Ended {
    let mut all: Vec<String> = arguments.iter().map(|argument| argument.as_ref().to_owned()).collect();
    all.extend(["--config".to_owned(), quickstart()]);
    openobs(&all)
}

/// `openobs run SOURCES --out OUT` with the references of the fixtures.
pub fn run(sources: &[&Path], out: &Path) -> Ended {
    run_with(sources, out, &[])
}

/// `openobs run SOURCES --out OUT MORE` with the references of the fixtures.
pub fn run_with(sources: &[&Path], out: &Path, more: &[&str]) -> Ended {
    let mut arguments = vec!["run".to_owned()];
    arguments.extend(sources.iter().map(|source| text(source)));
    arguments.extend(["--out".to_owned(), text(out)]);
    arguments.extend(more.iter().map(|&argument| argument.to_owned()));
    openobs_with_references(&arguments)
}

/// The rows that a query gives, as JSON objects.
pub fn sql(out: &Path, query: &str) -> Vec<serde_json::Value> {
    let ended = openobs_with_references(&["sql", query, "--out", &text(out), "--format", "json"]).with_status(0);
    ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The only number that a query gives.
pub fn number(out: &Path, query: &str) -> u64 {
    let rows = sql(out, query);
    let [serde_json::Value::Object(row)] = rows.as_slice() else { panic!("{query}: {rows:?}") };
    row.values().next().and_then(serde_json::Value::as_u64).unwrap_or_else(|| panic!("{query}: {row:?}"))
}
