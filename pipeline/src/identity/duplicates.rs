//! Records that share a name: which of them is the first, and the list of them for people.

use std::collections::HashMap;
use std::path::Path;

use openobs_steps::identifier::{KeySource, later_key};
use uuid::Uuid;

use super::ordinal::Ordinals;
use crate::error::{Doing, Result};
use crate::outputs::parquet::Written;

/// Name of the list in the folder of its dataset.
pub const FILE: &str = "duplicateKeys.csv";

/// A record whose key may be that of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its plain key.
    pub key: Uuid,
    /// What the key is made from.
    pub source: KeySource,
    /// The identifier as text; empty for a record that nothing identifies.
    pub text: String,
    /// The file that its row is in.
    pub file: String,
    /// The line of its row.
    pub line: u64,
}

/// Records by the name that they share.
#[derive(Debug, Default)]
pub struct Duplicates {
    files: Vec<String>,
    groups: HashMap<Uuid, Group>,
}

#[derive(Debug)]
struct Group {
    source: KeySource,
    text: String,
    places: Vec<Place>,
}

/// Where a record is.
#[derive(Debug, Clone, Copy)]
struct Place {
    shard: usize,
    /// Position among the files, in the order in which they were met.
    file: usize,
    line: u64,
}

impl Duplicates {
    /// Adds the records of a shard that may share their key with others.
    pub fn add(&mut self, shard: usize, records: Vec<Named>) {
        for Named { key, source, text, file, line } in records {
            // An archive has few files, and rows of one file follow each other.
            let file = self.files.iter().rposition(|known| *known == file).unwrap_or_else(|| {
                self.files.push(file);
                self.files.len() - 1
            });
            let group = self.groups.entry(key).or_insert_with(|| Group { source, text, places: Vec::new() });
            group.places.push(Place { shard, file, line });
        }
    }

    /// The groups of two records and more, each in the order of files and lines, in the order of their first records.
    ///
    /// That order is the archive's own, whatever the order in which shards were read or a join was spilled.
    pub fn in_order(mut self) -> Ordered {
        let files = &self.files;
        let order = |place: &Place| (files.get(place.file).map(String::as_str), place.line, place.shard);
        let mut groups: Vec<(Uuid, Group)> = Vec::with_capacity(self.groups.len());
        for (key, mut group) in self.groups.drain().filter(|(_, group)| group.places.len() > 1) {
            group.places.sort_unstable_by(|one, other| order(one).cmp(&order(other)));
            groups.push((key, group));
        }
        let first = |group: &Group| group.places.first().map(order);
        groups.sort_unstable_by(|(_, one), (_, other)| first(one).cmp(&first(other)));
        Ordered { files: self.files, groups }
    }
}

/// Records that share a name, in order.
#[derive(Debug)]
pub struct Ordered {
    files: Vec<String>,
    groups: Vec<(Uuid, Group)>,
}

impl Ordered {
    /// Every later record: its shard, its place, its plain key and its number, from 2.
    fn later(&self) -> impl Iterator<Item = (Place, Uuid, u32)> {
        self.groups.iter().flat_map(|(key, group)| {
            (1_u32..).zip(&group.places).skip(1).map(|(ordinal, place)| (*place, *key, ordinal))
        })
    }

    fn file(&self, place: Place) -> &str {
        self.files.get(place.file).map_or("", String::as_str)
    }

    /// Plain keys that several records have.
    pub fn shared_keys(&self) -> impl Iterator<Item = Uuid> {
        self.groups.iter().map(|(key, _)| *key)
    }

    /// Keys of later records.
    pub fn later_keys(&self) -> impl Iterator<Item = Uuid> {
        self.later().map(|(_, key, ordinal)| later_key(key, ordinal))
    }

    /// What the plan of each of `shards` shards needs to know; nothing for a shard without later records.
    ///
    /// # Errors
    /// Never.
    pub fn ordinals(&self, shards: usize) -> Result<Vec<Option<Ordinals>>> {
        let mut of_shard: Vec<Vec<(&str, u64, u32)>> = vec![Vec::new(); shards];
        for (place, _, ordinal) in self.later() {
            if let Some(later) = of_shard.get_mut(place.shard) {
                later.push((self.file(place), place.line, ordinal));
            }
        }
        of_shard.into_iter().map(|later| (!later.is_empty()).then(|| Ordinals::new(later)).transpose()).collect()
    }

    /// Groups that share an identifier: records that nothing identifies may be alike without anybody's mistake.
    fn identified(&self) -> impl Iterator<Item = &(Uuid, Group)> {
        self.groups.iter().filter(|(_, group)| group.source != KeySource::Content)
    }

    /// Identifiers that more than one record has, and the records that have one which an earlier record has.
    pub fn counts(&self) -> (u64, u64) {
        self.identified()
            .fold((0, 0), |(keys, records), (_, group)| (keys + 1, records + group.places.len() as u64 - 1))
    }

    /// Writes the list of records that share an identifier; nothing when there are none.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<Option<Written>> {
        if self.identified().next().is_none() {
            return Ok(None);
        }
        let path = folder.join(FILE);
        let doing = || format!("write {}", path.display());
        std::fs::create_dir_all(folder).doing(doing)?;
        let mut writer = csv::Writer::from_writer(crate::modes::create_file(&path).doing(doing)?);
        writer.write_record(["key", "keySource", "ordinal", "occurrenceKey", "file", "line"]).doing(doing)?;
        let mut rows = 0;
        for (key, group) in self.identified() {
            for (ordinal, place) in (1_u32..).zip(&group.places) {
                let own = if ordinal == 1 { *key } else { later_key(*key, ordinal) };
                writer
                    .write_record([
                        group.text.as_str(),
                        group.source.name(),
                        &ordinal.to_string(),
                        &own.hyphenated().to_string(),
                        self.file(*place),
                        &place.line.to_string(),
                    ])
                    .doing(doing)?;
                rows += 1;
            }
        }
        writer.flush().doing(doing)?;
        let bytes = std::fs::metadata(&path).doing(|| format!("measure {}", path.display()))?.len();
        Ok(Some(Written { path, rows, bytes }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str, file: &str, line: u64) -> Named {
        let source = if text.is_empty() { KeySource::Content } else { KeySource::UniqueKey };
        let key = Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes());
        Named { key, source, text: text.to_owned(), file: file.to_owned(), line }
    }

    #[test]
    fn the_first_in_the_order_of_files_and_lines_keeps_the_key() {
        let shards = [
            vec![named("a", "2.txt", 5), named("b", "2.txt", 6), named("", "2.txt", 7)],
            vec![named("a", "1.txt", 90), named("a", "2.txt", 4), named("c", "1.txt", 91), named("", "1.txt", 92)],
            vec![named("b", "1.txt", 100)],
        ];
        let texts = |order: [usize; 3]| {
            let folder = tempfile::tempdir().unwrap();
            let mut duplicates = Duplicates::default();
            order.into_iter().for_each(|shard| duplicates.add(shard, shards[shard].clone()));
            let ordered = duplicates.in_order();
            assert_eq!(ordered.counts(), (2, 3));
            assert_eq!((ordered.shared_keys().count(), ordered.later_keys().count()), (3, 4));
            let present: Vec<bool> = ordered.ordinals(3).unwrap().iter().map(Option::is_some).collect();
            assert_eq!(present, [true, true, false]);
            let written = ordered.write(folder.path()).unwrap().unwrap();
            assert_eq!(written.rows, 5);
            std::fs::read_to_string(written.path).unwrap()
        };
        let text = texts([0, 1, 2]);
        assert_eq!(text, texts([2, 0, 1]));
        let places: Vec<String> = text
            .lines()
            .skip(1)
            .map(|line| {
                let cells: Vec<&str> = line.split(',').collect();
                [cells[0], cells[2], cells[4], cells[5]].join(" ")
            })
            .collect();
        assert_eq!(places, ["a 1 1.txt 90", "a 2 2.txt 4", "a 3 2.txt 5", "b 1 1.txt 100", "b 2 2.txt 6"]);
    }
}
