//! The program: arguments, runtime, signals, exit status.
//!
//! All of it stands in the library, so that the binary has nothing to compile.

use std::process::ExitCode;

use crate::cli::{Cli, Command};
use crate::commands::{self, Status, stage::Stage};
use crate::error::{Doing, Error, Result};
use crate::settings::Settings;
use clap::{CommandFactory, Parser};
use tracing_subscriber::EnvFilter;

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let level = if cli.global.quiet { "error" } else { &cli.global.log };
    match EnvFilter::try_new(level) {
        Ok(filter) => tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init(),
        Err(error) => return failed(&Error::usage("--log is not a level or a filter").caused_by(error)),
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&Error::environment("start threads", error)),
    };
    let result = runtime.block_on(async {
        tokio::select! {
            result = execute(&cli) => result.map(Ended::Itself),
            ended = signalled() => ended,
        }
    });
    if let Ok(Ended::Signalled(status)) = result {
        // Threads are in the middle of their work, some of it in C libraries: they end with the process, without the
        // destructors that would pull the ground from under them. What they staged is removed by the next run.
        signal_hook::low_level::exit(status);
    }
    drop(runtime);
    match result {
        Ok(Ended::Itself(Status::Done) | Ended::Signalled(_)) => ExitCode::SUCCESS,
        Ok(Ended::Itself(Status::Incomplete)) => ExitCode::from(1),
        Err(error) => failed(&error),
    }
}

/// How the work ended.
enum Ended {
    Itself(Status),
    /// By a signal; the exit status is 128 and the number of the signal.
    Signalled(i32),
}

async fn signalled() -> Result<Ended> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).doing(|| "listen for signals")?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result.doing(|| "listen for signals").map(|()| Ended::Signalled(130)),
        _ = terminate.recv() => Ok(Ended::Signalled(143)),
    }
}

fn failed(error: &Error) -> ExitCode {
    eprintln!("openobs: {error}");
    ExitCode::from(error.exit_status())
}

async fn execute(cli: &Cli) -> Result<Status> {
    let global = &cli.global;
    match &cli.command {
        Command::Run(arguments) => commands::run::run(arguments, global, false).await,
        Command::Verbatim(arguments) => commands::run::run(arguments, global, true).await,
        Command::Interpret(arguments) | Command::Protect(arguments) => {
            commands::stage::stage(Stage::Interpret, arguments, global).await
        }
        Command::Index(arguments) => commands::stage::stage(Stage::Index, arguments, global).await,
        Command::Archive(arguments) => commands::stage::stage(Stage::Archive, arguments, global).await,
        Command::Indicators(arguments) => commands::stage::stage(Stage::Indicators, arguments, global).await,
        Command::Report(arguments) => commands::stage::stage(Stage::Report, arguments, global).await,
        Command::Validate(arguments) => commands::validate::validate(arguments, global).await,
        Command::Sql(arguments) => commands::sql::sql(arguments, global).await,
        Command::Explain(arguments) => commands::explain::explain(arguments, global),
        Command::Audit(arguments) => commands::audit::audit(arguments, global).await,
        Command::Status(arguments) => commands::status::status(arguments, global),
        Command::Reference(command) => commands::reference::reference(command, global).await,
        Command::Test(arguments) => commands::test::test(arguments, global),
        Command::Steps => commands::steps::steps(global),
        Command::Config if global.json => printed(|out| std::io::Write::write_all(out, Settings::schema().as_bytes())),
        Command::Config => printed(|out| std::io::Write::write_all(out, Settings::example().as_bytes())),
        Command::Completions { shell } => printed(|out| {
            clap_complete::generate(*shell, &mut Cli::command(), "openobs", out);
            Ok(())
        }),
        Command::Man => printed(|out| clap_mangen::Man::new(Cli::command()).render(out)),
    }
}

fn printed(print: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> Result<Status> {
    let mut text = Vec::new();
    print(&mut text).doing(|| "make the text")?;
    std::io::Write::write_all(&mut std::io::stdout(), &text).doing(|| "print")?;
    Ok(Status::Done)
}
