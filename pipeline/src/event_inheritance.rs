//! What records lack, taken from the events above theirs: a function of the plan.
//!
//! `complete_from_parent_events(path, sha256, terms, eventID, parentEventID, term, ...)` gives a struct of the completed terms and
//! of what is known of the lineage ([`openobs_steps::event::completed_fields`]). The parent events come from the file at `path`. In
//! the process that gathered them the function holds them already; on an executor it is found by its name, and loads and
//! keeps them when the first batch comes.

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{Array, AsArray, StringArray};
use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{DataFusionError, Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use openobs_steps::event::{ParentEvents, completed_fields};

use crate::event_hierarchy::{EventHierarchy, load};

const NAME: &str = "complete_from_parent_events";
/// Arguments before the terms.
const LEADING: usize = 5;
/// Between the names of the terms.
pub const SEPARATOR: char = ',';
/// Datasets whose parent events an executor keeps at the same time.
const KEPT: usize = 4;

/// The function; with a hierarchy, it holds the parent events of that dataset.
pub fn complete_from_parent_events(hierarchy: Option<&EventHierarchy>) -> Arc<ScalarUDF> {
    let held = hierarchy.map(|hierarchy| (hierarchy.sha256.clone(), Arc::clone(&hierarchy.parents)));
    Arc::new(ScalarUDF::from(CompleteFromParentEvents {
        signature: Signature::variadic_any(Volatility::Immutable),
        held,
    }))
}

#[derive(Debug)]
struct CompleteFromParentEvents {
    signature: Signature,
    held: Option<(String, Arc<ParentEvents>)>,
}

impl CompleteFromParentEvents {
    fn sha256(&self) -> Option<&str> {
        self.held.as_ref().map(|(sha256, _)| sha256.as_str())
    }

    fn parents(&self, path: &str, sha256: &str) -> Result<Arc<ParentEvents>> {
        match &self.held {
            Some((held, parents)) if held == sha256 => Ok(Arc::clone(parents)),
            _ => kept(path, sha256),
        }
    }
}

impl PartialEq for CompleteFromParentEvents {
    fn eq(&self, other: &Self) -> bool {
        self.sha256() == other.sha256()
    }
}

impl Eq for CompleteFromParentEvents {}

impl Hash for CompleteFromParentEvents {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.sha256().hash(state);
    }
}

/// The parent events of a file, loaded once while it is used.
fn kept(path: &str, sha256: &str) -> Result<Arc<ParentEvents>> {
    static TABLES: Mutex<VecDeque<(String, Arc<ParentEvents>)>> = Mutex::new(VecDeque::new());
    // Loading under the lock: threads that want the same file wait for it, and do not load it again.
    let mut tables = TABLES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, parents)) = tables.iter().find(|(known, _)| known == sha256) {
        return Ok(Arc::clone(parents));
    }
    let parents = load(Path::new(path), sha256).map_err(|error| DataFusionError::External(Box::new(error)))?;
    let parents = Arc::new(parents);
    if tables.len() == KEPT {
        tables.pop_front();
    }
    tables.push_back((sha256.to_owned(), Arc::clone(&parents)));
    Ok(parents)
}

/// The names of the terms; a dataset may have none of those that are inherited.
fn names(terms: &str) -> impl Iterator<Item = &str> {
    terms.split(SEPARATOR).filter(|term| !term.is_empty())
}

fn text(value: Option<&ScalarValue>) -> Option<&str> {
    value.and_then(|value| value.try_as_str().flatten())
}

impl ScalarUDFImpl for CompleteFromParentEvents {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        plan_err!("the type that {NAME} gives depends on the names of the terms")
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs) -> Result<FieldRef> {
        let Some(terms) = arguments.scalar_arguments.get(2).and_then(|terms| text(*terms)) else {
            return plan_err!("{NAME} takes the names of the terms as its third argument");
        };
        if names(terms).count() + LEADING != arguments.arg_fields.len() {
            return plan_err!("{NAME} takes a column for each of its terms");
        }
        Ok(Arc::new(Field::new(NAME, DataType::Struct(completed_fields(names(terms))), false)))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = arguments.number_rows;
        let scalar = |position: usize| match arguments.args.get(position) {
            Some(ColumnarValue::Scalar(value)) => text(Some(value)),
            _ => None,
        };
        let (Some(path), Some(sha256), Some(terms)) = (scalar(0), scalar(1), scalar(2)) else {
            return exec_err!("{NAME} takes a path, a hash and names of terms as text");
        };
        let parents = self.parents(path, sha256)?;
        let column = |value: &ColumnarValue| -> Result<StringArray> {
            let array = value.to_array(rows)?;
            match array.as_string_opt::<i32>() {
                Some(text) => Ok(text.clone()),
                None if array.data_type() == &DataType::Null => Ok(StringArray::new_null(rows)),
                None => exec_err!("{NAME} takes text, not {}", array.data_type()),
            }
        };
        let mut columns = arguments.args.iter().skip(LEADING - 2).map(column).collect::<Result<Vec<_>>>()?.into_iter();
        let (Some(ids), Some(above)) = (columns.next(), columns.next()) else {
            return exec_err!("{NAME} takes the ids of events and of their parents");
        };
        let columns: Vec<(&str, StringArray)> = names(terms).zip(columns).collect();
        Ok(ColumnarValue::Array(Arc::new(parents.complete(&ids, &above, &columns))))
    }
}
