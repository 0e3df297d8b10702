//! What the step reads of a batch.

use std::borrow::Cow;

use arrow::array::{Array, AsArray, Float64Array, Int32Array, ListArray, PrimitiveArray};
use arrow::datatypes::{Int32Type, TimestampMillisecondType};
use jiff::Span;
use jiff::civil::Date;

use super::declared::Declared;
use crate::dataset::DATASET_KEY;
use crate::parse::sinp_biology::{Biology, Nomenclature, is_moved, read};
use crate::reference::sensitivity::{Circumstances, Decision, Departments, OfRecords, Place};
use crate::verbatim::Text;
use crate::{Term, Verbatim};

/// The columns read, in one batch.
pub(super) struct Columns<'a> {
    cd_ref: Option<&'a Int32Array>,
    taxon_keys: Option<&'a ListArray>,
    match_type: Text<'a>,
    pub(super) name: Text<'a>,
    department: Text<'a>,
    commune: Text<'a>,
    crossed_departments: Option<&'a ListArray>,
    crossed_communes: Option<&'a ListArray>,
    latitude: Option<&'a Float64Array>,
    start: Option<&'a PrimitiveArray<TimestampMillisecondType>>,
    end: Option<&'a PrimitiveArray<TimestampMillisecondType>>,
    status: Text<'a>,
    behaviour: Text<'a>,
    life_stage: Text<'a>,
    method: Text<'a>,
    dataset: Text<'a>,
    key: Text<'a>,
    id: Text<'a>,
}

impl<'a> Columns<'a> {
    pub(super) fn new(verbatim: &Verbatim<'a>) -> Self {
        let instant =
            |name| verbatim.column(name).and_then(|column| column.as_primitive_opt::<TimestampMillisecondType>());
        Self {
            cd_ref: verbatim.integer("cdRef"),
            taxon_keys: verbatim.list("taxonKeys"),
            match_type: verbatim.text_of("matchType"),
            name: verbatim.text_of("verbatimScientificName"),
            department: verbatim.text_of("departmentCode"),
            commune: verbatim.text_of("communeCode"),
            crossed_departments: verbatim.list("crossedDepartmentCodes"),
            crossed_communes: verbatim.list("crossedCommuneCodes"),
            latitude: verbatim.float("decimalLatitude"),
            start: instant("eventDateStart"),
            end: instant("eventDateEnd"),
            status: verbatim.text(Term("reproductiveCondition")),
            behaviour: verbatim.text(Term("behavior")),
            life_stage: verbatim.text(Term("lifeStage")),
            method: verbatim.text_of("obsTechnique"),
            dataset: verbatim.text_of(DATASET_KEY),
            key: verbatim.text_of("occurrenceKey"),
            id: verbatim.text(Term("occurrenceID")),
        }
    }

    pub(super) fn cd_ref(&self, row: usize) -> Option<i32> {
        self.cd_ref.filter(|column| column.is_valid(row)).map(|column| column.value(row))
    }

    /// The decision on a record.
    pub(super) fn decision<'d>(&self, row: usize, decisions: &mut OfRecords<'d>) -> Option<&'d Decision> {
        decisions.find(self.key.value(row), self.dataset.value(row), self.id.value(row))
    }

    /// Whether the taxon itself was found; a record that brings a taxon and no type of match was.
    pub(super) fn is_matched(&self, row: usize) -> bool {
        match self.match_type.value(row) {
            Some(match_type) => matches!(match_type, "EXACT" | "FUZZY" | "AGGREGATE"),
            None => self.cd_ref(row).is_some(),
        }
    }

    pub(super) fn taxon_keys(&self, row: usize) -> &'a [i32] {
        let slice = || {
            let list = self.taxon_keys.filter(|list| list.is_valid(row))?;
            let start = usize::try_from(*list.value_offsets().get(row)?).ok()?;
            let end = usize::try_from(*list.value_offsets().get(row + 1)?).ok()?;
            list.values().as_primitive_opt::<Int32Type>()?.values().get(start..end)
        };
        slice().unwrap_or(&[])
    }

    /// The commune, unless the place crosses others: rules on any commune of its departments then apply.
    fn commune_alone(&self, row: usize) -> Option<&'a str> {
        let commune = self.commune.value(row)?;
        elements(self.crossed_communes, row).all(|code| code == commune).then_some(commune)
    }

    /// All departments that hold a part of the place, with `|` between them; empty when none is known.
    pub(super) fn departments(&self, row: usize) -> Cow<'a, str> {
        let first = self.department.value(row).unwrap_or_default();
        let others = elements(self.crossed_departments, row).filter(|code| *code != first);
        others.fold(Cow::Borrowed(first), |mut codes, code| {
            if codes.is_empty() {
                return Cow::Borrowed(code);
            }
            let joined = codes.to_mut();
            joined.push('|');
            joined.push_str(code);
            codes
        })
    }

    /// The circumstances of a record; `departments` are those of [`Self::departments`].
    pub(super) fn circumstances<'b>(
        &self,
        row: usize,
        departments: &'b str,
        declared: &Declared,
        today: Date,
    ) -> Circumstances<'b>
    where
        'a: 'b,
    {
        let placed = self.latitude.is_some_and(|latitude| latitude.is_valid(row));
        let departments = match Some(departments).filter(|codes| !codes.is_empty()) {
            Some(codes) => Departments::Codes(codes),
            None if placed => Departments::Outside,
            None => Departments::Unknown,
        };
        let day = |column: Option<&PrimitiveArray<TimestampMillisecondType>>| {
            let column = column.filter(|column| column.is_valid(row))?;
            day_of(column.value(row))
        };
        let (start, end) = (day(self.start), day(self.end));
        let biology = |declared: Biology, nomenclature, text: Text<'_>| match declared {
            Biology::Absent => text.value(row).map_or(Biology::Absent, |text| read(nomenclature, text)),
            known => known,
        };
        let mut status = biology(declared.status, Nomenclature::Status, self.status);
        let mut behaviour = biology(declared.behaviour, Nomenclature::Behaviour, self.behaviour);
        // Version 1 of the standard has behaviours among the statuses, and people write statuses among the behaviours.
        if let Biology::Code(code) = status
            && is_moved(code)
            && behaviour == Biology::Absent
        {
            behaviour = status;
        }
        if status == Biology::Absent && behaviour == Biology::Unreadable {
            let elsewhere = self.behaviour.value(row).map_or(Biology::Absent, |text| read(Nomenclature::Status, text));
            if let Biology::Code(_) = elsewhere {
                (status, behaviour) = (elsewhere, Biology::Absent);
            }
        }
        Circumstances {
            place: Place { departments, commune: self.commune_alone(row) },
            dates: start.or(end).zip(end.or(start)),
            status,
            behaviour,
            life_stage: biology(declared.life_stage, Nomenclature::LifeStage, self.life_stage),
            method: self.method.value(row).map_or(Biology::Absent, |text| read(Nomenclature::Method, text)),
            today,
        }
    }
}

/// The texts of a list.
fn elements(list: Option<&ListArray>, row: usize) -> impl Iterator<Item = &str> {
    let range = list.filter(|list| list.is_valid(row)).and_then(|list| {
        let offsets = list.value_offsets();
        let bound = |row: usize| offsets.get(row).and_then(|offset| usize::try_from(*offset).ok());
        Some((list.values().as_string_opt::<i32>()?, bound(row)?, bound(row + 1)?))
    });
    range.into_iter().flat_map(|(texts, start, end)| (start..end).map(|element| texts.value(element)))
}

/// The day of an instant without a zone.
fn day_of(milliseconds: i64) -> Option<Date> {
    let days = Span::new().try_days(milliseconds.div_euclid(86_400_000)).ok()?;
    Date::constant(1970, 1, 1).checked_add(days).ok()
}
