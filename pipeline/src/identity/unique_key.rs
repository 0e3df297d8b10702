//! The unique key of a record as an expression: the value of the terms that its dataset is configured to be identified by.

use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, lit,
};
use openobs_steps::identifier::{Strip, unique_keys};
use openobs_steps::verbatim::Text;

use crate::dataset::Dataset;
use crate::star::{OccurrenceColumns, column};

/// The term that identifies records where nothing is configured.
const DEFAULT: &str = "occurrenceID";

/// Words of [`Strip`] in the first argument of the function.
const SPACES: &str = "spaces";
const NON_ASCII: &str = "non_ascii";

/// The unique key of a record; null when the archive lacks a term, or the record a value.
pub fn unique_key(dataset: &Dataset, columns: &OccurrenceColumns) -> Expr {
    let default = dataset.unique_key_terms.is_empty().then_some(DEFAULT);
    let terms: Vec<&str> = dataset.unique_key_terms.iter().map(String::as_str).chain(default).collect();
    if terms.iter().any(|term| !columns.terms.iter().any(|known| known == term)) {
        return lit(ScalarValue::Utf8(None));
    }
    let strip = dataset.unique_key_strip;
    if let [term] = terms.as_slice()
        && strip == Strip::default()
    {
        // The step itself trims it, and takes what stands for nothing as nothing.
        return column(term);
    }
    let words = [(strip.spaces, SPACES), (strip.non_ascii, NON_ASCII)];
    let words: Vec<&str> = words.into_iter().filter(|(strips, _)| *strips).map(|(_, word)| word).collect();
    let arguments = std::iter::once(lit(words.join("|"))).chain(terms.into_iter().map(column));
    function().call(arguments.collect())
}

/// `unique_key('spaces|non_ascii', term, ...)`: the values of terms as one text, as [`unique_keys`] has it.
pub(super) fn function() -> Arc<ScalarUDF> {
    static FUNCTION: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| Arc::new(ScalarUDF::from(UniqueKey::new())));
    Arc::clone(&FUNCTION)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct UniqueKey {
    signature: Signature,
}

impl UniqueKey {
    fn new() -> Self {
        Self { signature: Signature::variadic_any(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for UniqueKey {
    fn name(&self) -> &str {
        "unique_key"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = arguments.number_rows;
        let mut arguments = arguments.args.into_iter();
        let Some(ColumnarValue::Scalar(ScalarValue::Utf8(Some(words)))) = arguments.next() else {
            return exec_err!("unique_key takes what is stripped, such as 'spaces', and terms");
        };
        let strips = |word| words.split('|').any(|given| given == word);
        let strip = Strip { spaces: strips(SPACES), non_ascii: strips(NON_ASCII) };
        let columns = arguments
            .map(|argument| Ok(cast(&argument.into_array(rows)?, &DataType::Utf8)?))
            .collect::<Result<Vec<ArrayRef>>>()?;
        let terms: Vec<Text<'_>> = columns.iter().map(|column| Text::new(column.as_string_opt::<i32>())).collect();
        Ok(ColumnarValue::Array(Arc::new(unique_keys(rows, &terms, strip))))
    }
}
