//! The only code that names Ballista.
//!
//! Compiling Ballista's servers takes minutes and they change rarely, so they sit in a crate of their own behind four
//! functions that speak DataFusion alone. A plan reaches executors as protobuf: files by address, steps by the name of
//! their SQL function. So the scheduler, every executor and the client each need a [`SessionState`] in which those
//! functions are registered with the same reference data; the engine builds it in one place and hands it to all three.
//!
//! Recovery inside a job is not relied upon: Ballista 55 may end a query with wrong counts after an executor is lost.
//! Jobs are therefore one stage without a shuffle; the caller checks their counts and submits them again.

use std::net::SocketAddr;
use std::sync::Arc;

use ballista::prelude::{SessionConfigExt, SessionContextExt};
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::SessionState;
use datafusion::prelude::{SessionConfig, SessionContext};

/// A scheduler and an executor inside this process, and a session that submits to them.
///
/// # Errors
/// When no local port can be opened.
pub async fn standalone(state: SessionState) -> Result<SessionContext> {
    let session = Box::pin(SessionContext::standalone_with_state(state.clone())).await?;
    register_functions(&session, &state);
    Ok(session)
}

/// A session that submits to the scheduler at `url` (`df://host:port`).
///
/// # Errors
/// When the address is malformed.
pub async fn connect(url: &str, state: SessionState) -> Result<SessionContext> {
    let session = Box::pin(SessionContext::remote_with_state(url, state.clone())).await?;
    register_functions(&session, &state);
    Ok(session)
}

/// Functions that were in the state before it was made a client's are not found by its planner: they are registered again.
fn register_functions(session: &SessionContext, state: &SessionState) {
    for function in state.scalar_functions().values() {
        session.register_udf(function.as_ref().clone());
    }
}

/// Runs a scheduler until the process is stopped.
///
/// # Errors
/// When the address cannot be bound or the server ends.
pub async fn run_scheduler(address: SocketAddr, state: SessionState) -> Result<()> {
    let config = state.config().clone().upgrade_for_ballista();
    let config_producer = Arc::new(move || config.clone());
    let session_builder = Arc::new(move |_: SessionConfig| Ok(state.clone()));
    let settings = SchedulerConfig {
        bind_host: address.ip().to_string(),
        bind_port: address.port(),
        external_host: address.ip().to_string(),
        override_config_producer: Some(config_producer.clone()),
        override_session_builder: Some(session_builder.clone()),
        ..SchedulerConfig::default()
    };
    let cluster = BallistaCluster::new_memory(address.to_string(), session_builder, config_producer);
    Box::pin(start_server(cluster, address, Arc::new(settings))).await.map_err(external)
}

/// Where an executor listens and whom it serves.
#[derive(Debug, Clone)]
pub struct ExecutorAddresses {
    /// Address on which other executors and clients fetch results.
    pub flight: SocketAddr,
    /// Port of the executor's own service.
    pub grpc_port: u16,
    /// Host of the scheduler.
    pub scheduler_host: String,
    /// Port of the scheduler.
    pub scheduler_port: u16,
    /// Tasks that run at the same time.
    pub slots: usize,
}

/// Runs an executor until the process is stopped.
///
/// # Errors
/// When an address cannot be bound, the scheduler cannot be reached or the server ends.
pub async fn run_executor(addresses: ExecutorAddresses, state: SessionState) -> Result<()> {
    let config = state.config().clone().upgrade_for_ballista();
    let runtime = Arc::clone(state.runtime_env());
    let settings = ExecutorProcessConfig {
        bind_host: addresses.flight.ip().to_string(),
        external_host: Some(addresses.flight.ip().to_string()),
        port: addresses.flight.port(),
        grpc_port: addresses.grpc_port,
        scheduler_host: addresses.scheduler_host,
        scheduler_port: addresses.scheduler_port,
        vcores: addresses.slots,
        override_function_registry: Some(Arc::new(BallistaFunctionRegistry::from(&state))),
        override_config_producer: Some(Arc::new(move || config.clone())),
        override_runtime_producer: Some(Arc::new(move |_| Ok(Arc::clone(&runtime)))),
        ..ExecutorProcessConfig::default()
    };
    Box::pin(start_executor_process(Arc::new(settings))).await.map_err(external)
}

fn external(error: impl std::error::Error + Send + Sync + 'static) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
