//! Every committed table as one SQL table, read through the manifests: a consistent picture while a run goes on.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::prelude::{ParquetReadOptions, SessionContext};

use crate::commit::Manifest;
use crate::error::Result;
use crate::layout::{Layout, Product};
use crate::verbatim::read_schema;

/// Tables that `openobs sql` knows, by product.
const TABLES: [(&str, Product); 5] = [
    ("occurrence", Product::Occurrence),
    ("occurrence_restricted", Product::RestrictedOccurrence),
    ("verbatim", Product::Verbatim),
    ("quarantine", Product::Quarantine),
    ("protection", Product::Protection),
];

/// Registers all committed tables, the indicators and the results of checks.
///
/// # Errors
/// When a file that a manifest names cannot be read.
pub async fn register(session: &SessionContext, layout: &Layout) -> Result<()> {
    let manifests = Manifest::read_all(layout)?;
    for (name, product) in TABLES {
        register_product(session, layout, &manifests, name, product).await?;
    }
    for (folder, prefix) in [(layout.indicators(), "indicator"), (layout.checks(), "check")] {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.extension().is_some_and(|ending| ending == "parquet")
                && let Some(stem) = path.file_stem()
            {
                let name = format!("{prefix}_{}", stem.to_string_lossy());
                session.register_parquet(name, path.to_string_lossy(), ParquetReadOptions::default()).await?;
            }
        }
    }
    Ok(())
}

/// Committed Parquet files of a product, by dataset.
fn files(layout: &Layout, manifests: &[Manifest], product: Product) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for manifest in manifests {
        let folder = layout.dataset(product, &manifest.dataset_key);
        for file in manifest.products.get(&product).into_iter().flatten() {
            if file.path.ends_with(".parquet") {
                files.push(folder.join(&file.path));
            }
        }
    }
    files
}

/// Registers the committed files of one product under a name; nothing when there are none.
///
/// # Errors
/// When a file that a manifest names cannot be read.
pub async fn register_product(
    session: &SessionContext,
    layout: &Layout,
    manifests: &[Manifest],
    name: &str,
    product: Product,
) -> Result<()> {
    register_files(session, name, files(layout, manifests, product)).await
}

async fn register_files(session: &SessionContext, name: &str, files: Vec<PathBuf>) -> Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    let schema = union_schema(&files)?;
    let paths: Vec<String> = files.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    let frame = session.read_parquet(paths, ParquetReadOptions::default().schema(&schema)).await?;
    session.register_table(name, frame.into_view())?;
    Ok(())
}

/// The columns of all files: the same name with two types is left out where the types cannot be united.
///
/// Datasets have different terms; a column that a file does not have is null there.
fn union_schema(files: &[PathBuf]) -> Result<SchemaRef> {
    let mut order: Vec<String> = Vec::new();
    let mut fields: BTreeMap<String, Option<Field>> = BTreeMap::new();
    for file in files {
        for field in read_schema(file)?.fields() {
            match fields.get_mut(field.name()) {
                None => {
                    order.push(field.name().clone());
                    fields.insert(field.name().clone(), Some(plain(field)));
                }
                Some(known) => {
                    if let Some(united) = known.take().and_then(|known| unite(&known, &plain(field))) {
                        *known = Some(united);
                    }
                }
            }
        }
    }
    let fields: Vec<Field> = order.iter().filter_map(|name| fields.get(name).cloned().flatten()).collect();
    Ok(Arc::new(Schema::new(fields)))
}

fn plain(field: &Field) -> Field {
    Field::new(field.name(), without_metadata(field.data_type()), true)
}

fn without_metadata(data_type: &DataType) -> DataType {
    match data_type {
        DataType::List(item) => DataType::List(Arc::new(plain(item))),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(|field| plain(field)).collect()),
        other => other.clone(),
    }
}

fn unite(a: &Field, b: &Field) -> Option<Field> {
    let data_type = match (a.data_type(), b.data_type()) {
        (a, b) if a == b => a.clone(),
        (DataType::List(a), DataType::List(b)) => DataType::List(Arc::new(unite(a, b)?)),
        (DataType::Struct(a), DataType::Struct(b)) => {
            let mut fields: Vec<Field> = a.iter().map(|field| field.as_ref().clone()).collect();
            for field in b {
                match fields.iter_mut().find(|known| known.name() == field.name()) {
                    Some(known) => *known = unite(known, field)?,
                    None => fields.push(field.as_ref().clone()),
                }
            }
            DataType::Struct(fields.into())
        }
        _ => return None,
    };
    Some(Field::new(a.name(), data_type, true))
}
