//! Rows into Arrow columns.

use std::sync::Arc;

use arrow::array::{
    ArrayBuilder, ArrayRef, ListArray, NullBufferBuilder, RecordBatch, StringBuilder, StructArray, UInt64Builder,
};
use arrow::buffer::{OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, Field, FieldRef, Fields, SchemaRef};

use crate::descriptor::DataFile;
use crate::error::ArchiveError;
use crate::schema::{LEADING, ROW_FILE};
use crate::view::RowView;

/// The text columns of one file.
struct TextColumns {
    sources: Vec<(Option<usize>, Option<String>)>,
    builders: Vec<StringBuilder>,
}

impl TextColumns {
    fn new(data: &DataFile) -> Self {
        Self {
            sources: data.fields.iter().map(|field| (field.index, field.default.clone())).collect(),
            builders: data.fields.iter().map(|_| StringBuilder::new()).collect(),
        }
    }

    /// Appends a row, and tells how many bytes its values take.
    fn append(&mut self, row: &RowView<'_>) -> usize {
        let mut bytes = 0;
        for ((index, default), builder) in self.sources.iter().zip(&mut self.builders) {
            let value = index.and_then(|index| row.value(index));
            match default {
                // The default stands in for blank cells too.
                Some(default) if value.as_ref().is_none_or(|value| value.trim().is_empty()) => {
                    bytes += default.len();
                    builder.append_value(default);
                }
                _ => match value {
                    Some(value) => {
                        bytes += value.len();
                        builder.append_value(value);
                    }
                    None => builder.append_null(),
                },
            }
        }
        bytes
    }

    fn finish(&mut self) -> Vec<ArrayRef> {
        self.builders
            .iter_mut()
            .map(|builder| {
                // The next batch is likely about as large as this one.
                let (rows, bytes) = (builder.len(), builder.values_slice().len());
                let mut full = std::mem::replace(builder, StringBuilder::with_capacity(rows, bytes + bytes / 16));
                Arc::new(full.finish()) as ArrayRef
            })
            .collect()
    }
}

/// The rows of one extension, a list for each core record.
struct ListColumn {
    item: FieldRef,
    fields: Fields,
    lines: UInt64Builder,
    /// The file of each row, where the extension has several.
    files: Option<StringBuilder>,
    columns: TextColumns,
    offsets: Vec<i32>,
    nulls: NullBufferBuilder,
    rows: usize,
    /// Rows at the end of the last list.
    closed: usize,
}

impl ListColumn {
    fn new(data: &DataFile, field: &Field) -> Self {
        let item = match field.data_type() {
            DataType::List(item) => Arc::clone(item),
            other => Arc::new(Field::new("item", other.clone(), false)),
        };
        let fields = match item.data_type() {
            DataType::Struct(fields) => fields.clone(),
            _ => Fields::empty(),
        };
        Self {
            files: fields.find(ROW_FILE).map(|_| StringBuilder::new()),
            item,
            fields,
            lines: UInt64Builder::new(),
            columns: TextColumns::new(data),
            offsets: vec![0],
            nulls: NullBufferBuilder::new(0),
            rows: 0,
            closed: 0,
        }
    }

    fn close_list(&mut self) {
        self.nulls.append(self.rows > self.closed);
        self.closed = self.rows;
        // The bounds on extension rows and on a batch's bytes keep this far below 2^31.
        self.offsets.push(i32::try_from(self.rows).unwrap_or(i32::MAX));
    }

    fn finish(&mut self) -> Result<ArrayRef, ArchiveError> {
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(self.lines.finish())];
        arrays.extend(self.files.as_mut().map(|files| Arc::new(files.finish()) as ArrayRef));
        arrays.extend(self.columns.finish());
        let rows = StructArray::try_new(self.fields.clone(), arrays, None).map_err(arrow_error)?;
        let offsets = OffsetBuffer::new(ScalarBuffer::from(std::mem::replace(&mut self.offsets, vec![0])));
        let nulls = self.nulls.finish();
        (self.rows, self.closed) = (0, 0);
        let list = ListArray::try_new(Arc::clone(&self.item), offsets, Arc::new(rows), nulls).map_err(arrow_error)?;
        Ok(Arc::new(list))
    }
}

/// A batch of star records in the making.
pub(crate) struct StarBuilder {
    schema: SchemaRef,
    ids: StringBuilder,
    files: StringBuilder,
    lines: UInt64Builder,
    core: TextColumns,
    lists: Vec<ListColumn>,
    rows: usize,
    bytes: usize,
}

impl StarBuilder {
    pub(crate) fn new(schema: SchemaRef, core: &DataFile, extensions: &[DataFile]) -> Self {
        let list_fields = schema.fields().iter().skip(LEADING + core.fields.len());
        let lists = extensions.iter().zip(list_fields).map(|(data, field)| ListColumn::new(data, field)).collect();
        Self {
            ids: StringBuilder::new(),
            files: StringBuilder::new(),
            lines: UInt64Builder::new(),
            core: TextColumns::new(core),
            lists,
            rows: 0,
            bytes: 0,
            schema,
        }
    }

    /// Records in the batch.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// About the bytes of the batch's values.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Starts a record; its extension rows are pushed next, then [`Self::end_record`].
    pub(crate) fn start_record(&mut self, id: Option<&str>, file: &str, line: u64, row: &RowView<'_>) {
        self.ids.append_option(id);
        self.files.append_value(file);
        self.lines.append_value(line);
        self.bytes += self.core.append(row) + file.len();
    }

    /// Adds a row of an extension to the record.
    pub(crate) fn push_extension_row(&mut self, extension: usize, file: &str, line: u64, row: &RowView<'_>) {
        if let Some(list) = self.lists.get_mut(extension) {
            list.lines.append_value(line);
            if let Some(files) = &mut list.files {
                files.append_value(file);
                self.bytes += file.len();
            }
            self.bytes += list.columns.append(row);
            list.rows += 1;
        }
    }

    pub(crate) fn end_record(&mut self) {
        for list in &mut self.lists {
            list.close_list();
        }
        self.rows += 1;
    }

    /// The batch, and an empty builder again.
    pub(crate) fn finish(&mut self) -> Result<RecordBatch, ArchiveError> {
        let mut arrays: Vec<ArrayRef> =
            vec![Arc::new(self.ids.finish()), Arc::new(self.files.finish()), Arc::new(self.lines.finish())];
        arrays.extend(self.core.finish());
        for list in &mut self.lists {
            arrays.push(list.finish()?);
        }
        (self.rows, self.bytes) = (0, 0);
        RecordBatch::try_new(Arc::clone(&self.schema), arrays).map_err(arrow_error)
    }
}

/// Arrow refuses only what this crate got wrong.
fn arrow_error(error: arrow::error::ArrowError) -> ArchiveError {
    ArchiveError::unreadable(format!("a batch could not be made: {error}"), "report this as a bug of openobs")
}
