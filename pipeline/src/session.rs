//! The one place where sessions are made: the same functions and the same options for the driver, the scheduler and
//! every executor. This file alone names the cluster.

use std::sync::Arc;

use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::prelude::{SessionConfig, SessionContext};
use openobs_steps::Step;

use crate::error::Result;
use crate::event_extension::attach_extensions;
use crate::event_inheritance::complete_from_parent_events;
use crate::identity;
use crate::sensitive_groups;
use crate::step_udf::step_udf;

/// Rows in a record batch: large enough that repeated values meet, small enough to stay in cache.
pub const BATCH_ROWS: usize = 8192;

/// What all sessions of a run share.
#[derive(Debug, Clone)]
pub struct Sessions {
    steps: Vec<Arc<dyn Step>>,
    runtime: Arc<RuntimeEnv>,
}

impl Sessions {
    /// Sessions with the steps of a run, whose queries together use at most `memory_limit` bytes before they spill.
    ///
    /// # Errors
    /// When no folder for spilled data can be made.
    pub fn new(steps: Vec<Arc<dyn Step>>, memory_limit: usize) -> Result<Self> {
        let runtime =
            RuntimeEnvBuilder::new().with_memory_pool(Arc::new(FairSpillPool::new(memory_limit))).build_arc()?;
        Ok(Self { steps, runtime })
    }

    /// The steps, in the order in which they run.
    pub fn steps(&self) -> &[Arc<dyn Step>] {
        &self.steps
    }

    /// The state that a driver, a scheduler and an executor have in common.
    ///
    /// One partition: what is parallel is the shards, and a shard keeps the order of its rows.
    pub fn state(&self) -> SessionState {
        self.state_with_partitions(1)
    }

    /// A state whose queries use `partitions` threads: for questions, not for products, whose rows have an order.
    pub fn state_with_partitions(&self, partitions: usize) -> SessionState {
        let mut config = SessionConfig::new()
            .with_batch_size(BATCH_ROWS)
            .with_target_partitions(partitions)
            .with_information_schema(true)
            .set_bool("datafusion.execution.parquet.schema_force_view_types", false)
            .set_bool("datafusion.execution.parquet.pushdown_filters", true)
            // Our plans read the fields of structs where they are needed. The rule that moves such reads towards the scan
            // mistakes a renamed column for the one below it when it meets projections over an unnest.
            .set_bool("datafusion.optimizer.enable_leaf_expression_pushdown", false)
            .set_bool("datafusion.sql_parser.enable_ident_normalization", false)
            .set_bool("datafusion.execution.listing_table_ignore_subdirectory", false);
        config.options_mut().execution.collect_statistics = false;
        let functions = self.steps.iter().map(|step| Arc::new(step_udf(Arc::clone(step))));
        let mut state = SessionStateBuilder::new()
            .with_config(config)
            .with_runtime_env(Arc::clone(&self.runtime))
            .with_default_features()
            .build();
        let of_events = [attach_extensions(), complete_from_parent_events(None)];
        for function in functions.chain(of_events).chain(identity::functions()).chain([sensitive_groups::function()]) {
            // Registration fails for a read-only registry alone, which this one is not.
            let _ = datafusion::execution::FunctionRegistry::register_udf(&mut state, function);
        }
        state
    }

    /// A session of this process.
    pub fn local(&self) -> SessionContext {
        SessionContext::new_with_state(self.state())
    }

    /// A session of this process for questions.
    pub fn interactive(&self, threads: usize) -> SessionContext {
        SessionContext::new_with_state(self.state_with_partitions(threads))
    }

    /// A session whose plans run on a scheduler and an executor inside this process.
    ///
    /// # Errors
    /// When no local port can be opened.
    #[cfg(feature = "cluster")]
    pub async fn standalone_cluster(&self) -> Result<SessionContext> {
        Ok(openobs_cluster::standalone(self.state()).await?)
    }

    /// A session whose plans run on the cluster at `url`.
    ///
    /// # Errors
    /// When the address is malformed.
    #[cfg(feature = "cluster")]
    pub async fn cluster(&self, url: &str) -> Result<SessionContext> {
        Ok(openobs_cluster::connect(url, self.state()).await?)
    }
}
