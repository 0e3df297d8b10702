//! The `openobs` program.
fn main() {}
