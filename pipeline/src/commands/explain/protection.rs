//! Why a record is shown as it is: the rules, wishes, decisions and groups behind its levels.
//!
//! Rules are judged by the step itself, on the values that the table has for the record. Without the configuration of the run
//! there are no rules at hand: then the table tells which applied, and how to learn more.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::Int32Type;
use openobs_steps::reference::sensitivity::{AreaKind, Condition, Levels, Rule};
use openobs_steps::sensitivity::{Explanation, Precaution, Sensitivity};
use openobs_steps::{Input, Step, Verbatim};
use serde::Serialize;

use crate::cli::Global;
use crate::commands::settings;
use crate::commit::Manifest;
use crate::error::Result;
use crate::finish::interpretation_sha256;
use crate::occurrence::VERBATIM_PREFIX;
use crate::protect::DATA_GENERALIZATIONS;
use crate::protect::area::{AreaResolver, Kind};
use crate::reference::Loaded;

/// How to have the rules at hand.
const MORE: &str = "give --config, as to `openobs run`, to see the rules in full and those that nearly applied";

/// Why a record is shown as it is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Protection {
    sensitivity: LevelSaid,
    diffusion: LevelSaid,
    /// Identifiers of the rules that applied when the table was made.
    rule_ids: Vec<String>,
    /// The groups that the record is in, and whether one of them raised its levels.
    groups: Vec<String>,
    raised_by_group: bool,
    referential: Option<String>,
    attributed: Option<String>,
    #[serde(flatten)]
    judged: Option<Judged>,
    area: AreaSaid,
    notes: Vec<String>,
}

/// A level of the table.
#[derive(Debug, Serialize)]
struct LevelSaid {
    rank: Option<i32>,
    /// Its code and area, where the table of levels is at hand.
    code: Option<String>,
    area: Option<&'static str>,
}

/// The area that the record is published as.
#[derive(Debug, Serialize)]
struct AreaSaid {
    kind: Option<String>,
    code: Option<String>,
    /// The words of the public row.
    text: Option<String>,
}

/// What the rules and the record say, before its groups are looked at.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Judged {
    rules: Vec<RuleSaid>,
    nearly: Vec<RuleSaid>,
    /// Rules on the taxon that fail more than one condition.
    other_rules: usize,
    computed: LevelSaid,
    declared: LevelSaid,
    private: LevelSaid,
    not_for_the_public: bool,
    decision: Option<DecisionSaid>,
    precaution: Option<&'static str>,
    alert: bool,
    sensitivity_alone: LevelSaid,
    diffusion_alone: LevelSaid,
}

/// A rule in words.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleSaid {
    id: String,
    list: Option<String>,
    file: String,
    line: u64,
    cd_nom: i32,
    name: String,
    level: LevelSaid,
    area: Option<String>,
    period: Option<String>,
    duration: Option<String>,
    biology: Option<String>,
    comment: Option<String>,
    /// The one condition that fails, with what the record says.
    fails: Option<String>,
}

/// A decision of a person.
#[derive(Debug, Serialize)]
struct DecisionSaid {
    id: String,
    level: LevelSaid,
    date: String,
    author: String,
    comment: Option<String>,
}

/// Explains the levels of a record.
///
/// `public` is its public row, if it has one.
///
/// # Errors
/// When the configuration or its reference data cannot be read.
pub fn protection(
    exact: &RecordBatch,
    public: Option<&RecordBatch>,
    manifests: &[Manifest],
    global: &Global,
) -> Result<Protection> {
    let mut notes = Vec::new();
    let manifest = text(exact, "datasetKey").and_then(|key| manifests.iter().find(|known| known.dataset_key == key));
    let loaded = if global.configs.is_empty() && global.settings.is_empty() {
        notes.push(MORE.to_owned());
        None
    } else {
        let mut settings = settings(global, None)?;
        if let Some(date) = manifest.and_then(|manifest| manifest.run_date.parse().ok()) {
            settings.run.date = Some(date);
        }
        let loaded = Loaded::load(&settings)?;
        let made_with = manifest.map(|manifest| manifest.interpretation_sha256.as_str());
        if made_with.is_some_and(|made_with| made_with != interpretation_sha256(&settings, &loaded)) {
            notes.push(
                "the table was made with other references or settings than these: what the rules say now may differ"
                    .to_owned(),
            );
        }
        Some((settings, loaded))
    };
    let levels = loaded.as_ref().map(|(_, loaded)| &*loaded.references.levels);
    let judged = match &loaded {
        Some((settings, loaded)) => {
            let step = Sensitivity::new(&loaded.references, &settings.of_steps());
            let columns = arguments(&step, exact)?;
            let explanation = step.explain(&Verbatim::new(exact.num_rows(), step.reads(), &columns));
            explanation.map(|explanation| Judged::of(&explanation, &loaded.references.levels))
        }
        None => None,
    };
    let (sensitivity, diffusion) = (integer(exact, "sensitivityLevel"), integer(exact, "diffusionLevel"));
    let raised_by_group = flag(exact, "sensitivityFromGroup");
    let alone = judged.as_ref().map(|judged| (judged.sensitivity_alone.rank, judged.diffusion_alone.rank));
    if !raised_by_group && alone.is_some_and(|alone| alone != (sensitivity, diffusion)) {
        notes.push("the levels of the table are others than these: a step saw what the table does not have".to_owned());
    }
    let area = loaded
        .as_ref()
        .zip(diffusion.filter(|rank| *rank > 0))
        .map(|((_, loaded), rank)| AreaResolver::new(loaded.references.clone()).of(exact, 0, rank));
    Ok(Protection {
        sensitivity: LevelSaid::of(sensitivity, levels),
        diffusion: LevelSaid::of(diffusion, levels),
        rule_ids: texts(exact, "sensitivityRules"),
        groups: texts(exact, "sensitivityGroups"),
        raised_by_group,
        referential: text(exact, "sensitivityReferential").map(str::to_owned),
        attributed: text(exact, "sensiDateAttribution").map(str::to_owned),
        judged,
        area: AreaSaid {
            kind: area.as_ref().map(|area| kind_in_words(area.kind())),
            code: area.as_ref().and_then(|area| area.code().map(str::to_owned)),
            text: public.and_then(|public| text(public, DATA_GENERALIZATIONS)).map(str::to_owned),
        },
        notes,
    })
}

impl Protection {
    /// The same in lines for people.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("sensitivity level {}, diffusion level {}", self.sensitivity, self.diffusion)];
        if let Some(referential) = &self.referential {
            let attributed = self.attributed.as_ref().map(|date| format!(" on {date}")).unwrap_or_default();
            lines.push(format!("the level was given by: {referential}{attributed}"));
        }
        match &self.judged {
            Some(judged) => judged.add_lines(&mut lines),
            None => lines.extend(self.rule_ids.iter().map(|id| format!("rule {id} applied"))),
        }
        if self.raised_by_group {
            lines.push(format!("its group raised it to these levels: {}", self.groups.join(", ")));
        } else if !self.groups.is_empty() {
            lines.push(format!("its groups raise nothing: {}", self.groups.join(", ")));
        }
        match (&self.area.kind, &self.area.code, &self.area.text) {
            (Some(kind), Some(code), _) => lines.push(format!("it is shown as: {kind} {code}")),
            (Some(kind), None, _) => lines.push(format!("it is shown as: {kind}")),
            (None, _, Some(text)) => lines.push(format!("it is shown as: {text}")),
            (None, _, None) => {}
        }
        lines.extend(self.notes.iter().map(|note| format!("note: {note}")));
        lines
    }
}

impl Judged {
    fn of(explanation: &Explanation<'_>, levels: &Levels) -> Self {
        let level = |rank: u8| LevelSaid::of(Some(i32::from(rank)), Some(levels));
        let applying = explanation.applying.iter().map(|rule| RuleSaid::of(rule, None, levels));
        let nearly = explanation.nearly.iter().map(|(rule, fails)| RuleSaid::of(rule, Some(fails), levels));
        Self {
            rules: applying.collect(),
            nearly: nearly.collect(),
            other_rules: explanation.others,
            computed: level(explanation.computed),
            declared: level(explanation.declared),
            private: level(explanation.private),
            not_for_the_public: explanation.is_not_for_the_public,
            decision: explanation.decision.map(|decision| DecisionSaid {
                id: decision.id.clone(),
                level: level(decision.level),
                date: decision.date.to_string(),
                author: decision.author.clone(),
                comment: decision.comment.clone(),
            }),
            precaution: explanation.precaution.map(|precaution| match precaution {
                Precaution::NearSensitiveName => {
                    "its name is not matched and is near that of a sensitive taxon: it is not shown until it is matched"
                }
                Precaution::UnknownTaxon => "its taxon is not known: it is shown at the commune at most",
            }),
            alert: explanation.alert,
            sensitivity_alone: level(explanation.sensitivity),
            diffusion_alone: level(explanation.diffusion),
        }
    }

    fn add_lines(&self, lines: &mut Vec<String>) {
        if self.rules.is_empty() {
            lines.push("no rule applies".to_owned());
        }
        lines.extend(self.rules.iter().map(|rule| format!("rule {rule}")));
        lines.extend(self.nearly.iter().map(|rule| format!("nearly: rule {rule}")));
        if self.other_rules > 0 {
            lines.push(format!("{} more rules on its taxon fail several conditions", self.other_rules));
        }
        lines.push(format!("level by the rules: {}", self.computed));
        lines.push(format!("level that the producer declares: {}", self.declared));
        if self.private.rank.is_some_and(|rank| rank > 0) {
            lines.push(format!("level that the owner of private data wishes: {}", self.private));
        }
        if self.not_for_the_public {
            lines.push("the producer says that it is not for the public (diffusionGP)".to_owned());
        }
        if let Some(DecisionSaid { id, level, date, author, comment }) = &self.decision {
            let comment = comment.as_ref().map(|comment| format!(": {comment}")).unwrap_or_default();
            lines.push(format!("decision {id}: level {level}, {date}, {author}{comment}"));
        }
        lines.extend(self.precaution.map(str::to_owned));
        if self.alert {
            lines.push(
                "someone should look: a rule has a condition in words, or the record is silent on one".to_owned(),
            );
        }
        lines.push(format!(
            "before its groups: sensitivity {}, diffusion {}",
            self.sensitivity_alone, self.diffusion_alone
        ));
    }
}

impl RuleSaid {
    fn of(rule: &Rule, fails: Option<&str>, levels: &Levels) -> Self {
        Self {
            id: rule.id.clone(),
            list: rule.list.clone(),
            file: rule.source.to_string(),
            line: rule.line,
            cd_nom: rule.cd_nom,
            name: rule.cited.clone(),
            level: LevelSaid::of(Some(i32::from(rule.level)), Some(levels)),
            area: rule.asks(Condition::Area),
            period: rule.asks(Condition::Period),
            duration: rule.asks(Condition::Duration),
            biology: rule.asks(Condition::Biology),
            comment: rule.comment.clone(),
            fails: fails.map(str::to_owned),
        }
    }
}

impl std::fmt::Display for RuleSaid {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, file, line, cd_nom, name, level, .. } = self;
        write!(formatter, "{id} ({file}, line {line}")?;
        if let Some(list) = &self.list {
            write!(formatter, ", list {list}")?;
        }
        write!(formatter, ") on {cd_nom} {name}: level {level}")?;
        let conditions = [
            ("area", &self.area),
            ("period", &self.period),
            ("duration", &self.duration),
            ("biology", &self.biology),
            ("comment", &self.comment),
        ];
        for (what, condition) in conditions {
            if let Some(condition) = condition {
                write!(formatter, "; {what} {condition}")?;
            }
        }
        match &self.fails {
            Some(fails) => write!(formatter, "; fails by {fails}"),
            None => Ok(()),
        }
    }
}

impl LevelSaid {
    fn of(rank: Option<i32>, levels: Option<&Levels>) -> Self {
        let level = rank.and_then(|rank| levels?.of_rank(u8::try_from(rank).ok()?));
        Self {
            rank,
            code: level.map(|level| level.code.clone()),
            area: level.map(|level| level.area).map(AreaKind::name),
        }
    }
}

impl std::fmt::Display for LevelSaid {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.rank, &self.code, self.area) {
            (_, Some(code), Some(area)) => write!(formatter, "{code} ({area})"),
            (Some(rank), ..) => write!(formatter, "{rank}"),
            (None, ..) => formatter.write_str("none"),
        }
    }
}

fn kind_in_words(kind: Kind) -> String {
    match kind {
        Kind::Commune => "commune".to_owned(),
        Kind::Cell(side) => format!("cell of {} km", side.kilometres()),
        Kind::Department => "department".to_owned(),
        Kind::Region => "region".to_owned(),
        Kind::Nothing => "no place".to_owned(),
    }
}

/// What the step reads of a record, from the table: interpreted columns under their names, terms as the archive has them.
fn arguments(step: &dyn Step, exact: &RecordBatch) -> Result<Vec<Option<ArrayRef>>> {
    let mut columns = Vec::new();
    for input in step.reads() {
        let column = match input {
            Input::Term(term) => exact.column_by_name(&format!("{VERBATIM_PREFIX}{}", term.name())),
            Input::Field(name, _) | Input::Dataset(name) | Input::Extension(name) => exact.column_by_name(name),
        };
        columns.push(match (input, column) {
            (Input::Field(_, data_type), Some(column)) => Some(cast(column, data_type)?),
            (_, column) => column.cloned(),
        });
    }
    Ok(columns)
}

fn text<'a>(row: &'a RecordBatch, column: &str) -> Option<&'a str> {
    let column = row.column_by_name(column)?.as_string_opt::<i32>()?;
    (!column.is_empty() && column.is_valid(0)).then(|| column.value(0))
}

fn texts(row: &RecordBatch, column: &str) -> Vec<String> {
    let list = row.column_by_name(column).and_then(|column| column.as_list_opt::<i32>());
    let values = list.filter(|list| !list.is_empty() && list.is_valid(0)).map(|list| list.value(0));
    let texts = values.as_ref().and_then(|values| values.as_string_opt::<i32>());
    texts.into_iter().flatten().flatten().map(str::to_owned).collect()
}

fn integer(row: &RecordBatch, column: &str) -> Option<i32> {
    let column = row.column_by_name(column)?.as_primitive_opt::<Int32Type>()?;
    (!column.is_empty() && column.is_valid(0)).then(|| column.value(0))
}

fn flag(row: &RecordBatch, column: &str) -> bool {
    let column = row.column_by_name(column).and_then(|column| column.as_boolean_opt());
    column.is_some_and(|column| !column.is_empty() && column.is_valid(0) && column.value(0))
}
