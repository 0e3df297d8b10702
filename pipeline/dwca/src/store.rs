//! The rows of one extension in memory, by core id.
//!
//! Rows are kept as the bytes they are in the file, which is their most compact form, and split again when they are
//! joined; a row that is never joined keeps its text for the quarantine.

use hashbrown::HashTable;

use crate::limits::Limits;
use crate::quarantine::QuarantineReason;
use crate::table::Place;

const NONE: u32 = u32::MAX;

/// A row of the store.
#[derive(Debug, Clone, Copy)]
struct Stored {
    start: usize,
    bytes: u32,
    file: u32,
    line: u64,
    offset: u64,
    group: u32,
    next: u32,
}

/// The rows of one core id.
struct Group {
    hash: u64,
    id_start: usize,
    id_bytes: u32,
    first: u32,
    last: u32,
    rows: usize,
    bytes: usize,
    taken: bool,
}

/// Rows of one extension.
pub(crate) struct Store {
    table: usize,
    arena: Vec<u8>,
    rows: Vec<Stored>,
    groups: Vec<Group>,
    by_id: HashTable<u32>,
}

impl Store {
    pub(crate) fn new(table: usize) -> Self {
        Self { table, arena: Vec::new(), rows: Vec::new(), groups: Vec::new(), by_id: HashTable::new() }
    }

    fn id_of(&self, group: &Group) -> &[u8] {
        self.arena.get(group.id_start..group.id_start + group.id_bytes as usize).unwrap_or_default()
    }

    fn find(&self, hash: u64, id: &str) -> Option<u32> {
        let is_it = |&at: &u32| {
            self.groups.get(at as usize).is_some_and(|group| group.hash == hash && self.id_of(group) == id.as_bytes())
        };
        self.by_id.find(hash, is_it).copied()
    }

    /// Adds a row whose values take `value_bytes`, unless its core record has too many of them.
    pub(crate) fn insert(
        &mut self,
        hash: u64,
        id: &str,
        place: &Place,
        record: &[u8],
        value_bytes: usize,
        limits: &Limits,
    ) -> Result<(), QuarantineReason> {
        let group = self.find(hash, id).unwrap_or_else(|| self.add_group(hash, id));
        let at = u32::try_from(self.rows.len()).unwrap_or(NONE);
        let Some(entry) = self.groups.get_mut(group as usize) else { return Ok(()) };
        if entry.rows >= limits.extension_rows_per_record || at == NONE {
            let limit = limits.extension_rows_per_record;
            return Err(QuarantineReason::TooManyExtensionRows { core_id: id.to_owned(), limit });
        }
        if entry.bytes + value_bytes > limits.extension_bytes_per_record {
            let limit = limits.extension_bytes_per_record;
            return Err(QuarantineReason::ExtensionRowsTooLong { core_id: id.to_owned(), limit });
        }
        entry.rows += 1;
        entry.bytes += value_bytes;
        if entry.first == NONE {
            entry.first = at;
        } else if let Some(last) = self.rows.get_mut(entry.last as usize) {
            last.next = at;
        }
        entry.last = at;
        self.rows.push(Stored {
            start: self.arena.len(),
            bytes: u32::try_from(record.len()).unwrap_or(u32::MAX),
            file: u32::try_from(place.file).unwrap_or(u32::MAX),
            line: place.line,
            offset: place.offset,
            group,
            next: NONE,
        });
        self.arena.extend_from_slice(record);
        Ok(())
    }

    fn add_group(&mut self, hash: u64, id: &str) -> u32 {
        let at = u32::try_from(self.groups.len()).unwrap_or(NONE);
        let id_start = self.arena.len();
        self.arena.extend_from_slice(id.as_bytes());
        self.groups.push(Group {
            hash,
            id_start,
            id_bytes: u32::try_from(id.len()).unwrap_or(u32::MAX),
            first: NONE,
            last: NONE,
            rows: 0,
            bytes: 0,
            taken: false,
        });
        let groups = &self.groups;
        self.by_id.insert_unique(hash, at, |&at| groups.get(at as usize).map_or(0, |group| group.hash));
        at
    }

    /// The rows of a core id, in the order of the file, for the first core record that asks.
    pub(crate) fn take(&mut self, hash: u64, id: &str) -> impl Iterator<Item = (Place, &[u8])> {
        let mut at = NONE;
        if let Some(found) = self.find(hash, id)
            && let Some(group) = self.groups.get_mut(found as usize)
            && !group.taken
        {
            group.taken = true;
            at = group.first;
        }
        let this = &*self;
        std::iter::from_fn(move || {
            let row = this.rows.get(at as usize)?;
            at = row.next;
            Some(this.row(row))
        })
    }

    fn row(&self, row: &Stored) -> (Place, &[u8]) {
        let place = Place { table: self.table, file: row.file as usize, line: row.line, offset: row.offset };
        (place, self.arena.get(row.start..row.start + row.bytes as usize).unwrap_or_default())
    }

    /// The first row, from number `from`, that no core record asked for: its number, place, bytes and core id.
    pub(crate) fn orphan(&self, from: usize) -> Option<(usize, Place, &[u8], String)> {
        self.rows.iter().enumerate().skip(from).find_map(|(at, row)| {
            let group = self.groups.get(row.group as usize).filter(|group| !group.taken)?;
            let (place, bytes) = self.row(row);
            Some((at, place, bytes, String::from_utf8_lossy(self.id_of(group)).into_owned()))
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::ids::hash;

    fn insert(store: &mut Store, id: &str, line: u64, limits: &Limits) -> Result<(), QuarantineReason> {
        let place = Place { table: 1, file: 0, line, offset: 0 };
        let record = format!("{id}\t{line}");
        store.insert(hash(id.as_bytes()), id, &place, record.as_bytes(), record.len(), limits)
    }

    fn take(store: &mut Store, id: &str) -> Vec<u64> {
        store.take(hash(id.as_bytes()), id).map(|(place, _)| place.line).collect()
    }

    #[test]
    fn rows_go_to_the_first_record_in_file_order() {
        let mut store = Store::new(1);
        for (line, id) in ["b", "a", "b", "c", "b"].into_iter().enumerate() {
            insert(&mut store, id, line as u64, &Limits::default()).unwrap();
        }
        assert_eq!(take(&mut store, "b"), [0, 2, 4]);
        assert_eq!(take(&mut store, "b"), [0_u64; 0]);
        assert_eq!(take(&mut store, "z"), [0_u64; 0]);
        let (at, place, bytes, id) = store.orphan(0).unwrap();
        assert_eq!((at, place.line, bytes, id.as_str()), (1, 1, &b"a\t1"[..], "a"));
        assert_eq!(store.orphan(2).unwrap().0, 3);
        assert!(store.orphan(4).is_none());
    }

    #[test]
    fn rows_of_one_record_are_bounded() {
        let limits = Limits { extension_rows_per_record: 2, extension_bytes_per_record: 8, ..Limits::default() };
        let mut store = Store::new(1);
        assert!(insert(&mut store, "a", 1, &limits).is_ok());
        assert!(insert(&mut store, "a", 2, &limits).is_ok());
        assert_eq!(insert(&mut store, "a", 3, &limits).unwrap_err().code(), "TOO_MANY_EXTENSION_ROWS");
        assert_eq!(insert(&mut store, "abcdefgh", 3, &limits).unwrap_err().code(), "EXTENSION_ROWS_TOO_LONG");
    }
}
