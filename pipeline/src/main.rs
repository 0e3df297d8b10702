//! The `openobs` program; see [`openobs::program`].

use std::process::ExitCode;

/// Interpretation allocates in many threads at once, which the system's allocator serves slowly.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    openobs::program::main()
}
