//! The names themselves: a few numbers each, over one arena of text.

use arrow::array::{Array, LargeStringArray, StringArray};
use arrow::buffer::ScalarBuffer;
use arrow::datatypes::{Int32Type, UInt8Type, UInt32Type};

use super::columns::{NotTaxref, Reader, Table, Writer, ensure};
use super::index::all_below;
use super::{NONE, NameId, Rank};

/// Rows that a name leads to: [`ACCEPTED`], CD_SUP, CD_TAXSUP.
pub(super) const LINKS: usize = 3;
/// The link to the accepted name.
pub(super) const ACCEPTED: usize = 0;

/// A text of a name of its own.
#[derive(Debug, Clone, Copy)]
pub(super) enum Own {
    Full,
    Canonical,
    Author,
    Vernacular,
    English,
}

/// Number of texts of [`Own`].
pub(super) const OWN: usize = 5;

/// A column of TAXREF whose values many names share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharedColumn {
    /// REGNE
    Kingdom,
    /// PHYLUM
    Phylum,
    /// CLASSE
    Class,
    /// ORDRE
    Order,
    /// FAMILLE
    Family,
    /// SOUS_FAMILLE
    Subfamily,
    /// TRIBU
    Tribe,
    /// GROUP1_INPN
    Group1,
    /// GROUP2_INPN
    Group2,
    /// GROUP3_INPN
    Group3,
    /// HABITAT
    Habitat,
    /// The letters of the territories, in the order of [`TERRITORIES`](super::TERRITORIES), spaces where there is none.
    Letters,
}

/// Number of columns of [`SharedColumn`].
pub(super) const SHARED: usize = 12;

/// All names of a release, by row.
#[derive(Debug, Clone)]
pub(super) struct Names {
    pub(super) text: LargeStringArray,
    pub(super) cd_noms: ScalarBuffer<i32>,
    /// [`LINKS`] rows a name; [`NONE`] where there is none.
    pub(super) links: ScalarBuffer<u32>,
    /// [`OWN`] texts a name: start and length in bytes.
    pub(super) spans: ScalarBuffer<u32>,
    /// [`SHARED`] texts a name: positions in `shared_texts`.
    pub(super) shared: ScalarBuffer<u32>,
    /// Ranks by position; [`Rank::UNKNOWN`] where TAXREF gives none that is known.
    pub(super) ranks: ScalarBuffer<u8>,
    /// Texts that many names share; the first is empty.
    pub(super) shared_texts: StringArray,
}

impl Default for Names {
    fn default() -> Self {
        Self {
            text: LargeStringArray::from(vec![""]),
            cd_noms: ScalarBuffer::default(),
            links: ScalarBuffer::default(),
            spans: ScalarBuffer::default(),
            shared: ScalarBuffer::default(),
            ranks: ScalarBuffer::default(),
            shared_texts: StringArray::from(vec![""]),
        }
    }
}

impl Names {
    pub(super) fn len(&self) -> usize {
        self.cd_noms.len()
    }

    pub(super) fn cd_nom(&self, id: NameId) -> i32 {
        self.cd_noms.get(id.0 as usize).copied().unwrap_or(0)
    }

    pub(super) fn accepted(&self, id: NameId) -> u32 {
        self.links.get(id.0 as usize * LINKS + ACCEPTED).copied().unwrap_or(NONE)
    }

    /// Rows of CD_SUP and CD_TAXSUP.
    pub(super) fn parents(&self, id: NameId) -> impl DoubleEndedIterator<Item = u32> + '_ {
        let start = id.0 as usize * LINKS;
        let parents = self.links.get(start + ACCEPTED + 1..start + LINKS).unwrap_or(&[]);
        parents.iter().copied().filter(|parent| *parent != NONE)
    }

    pub(super) fn rank(&self, id: NameId) -> Option<Rank> {
        Rank::of_position(*self.ranks.get(id.0 as usize)?)
    }

    pub(super) fn own(&self, id: NameId, text: Own) -> &str {
        let start = (id.0 as usize * OWN + text as usize) * 2;
        match self.spans.get(start..start + 2) {
            Some([start, length]) => self.cut(*start, *length).unwrap_or(""),
            _ => "",
        }
    }

    pub(super) fn shared(&self, id: NameId, column: SharedColumn) -> &str {
        let position = self.shared.get(id.0 as usize * SHARED + column as usize);
        position.map_or("", |position| self.shared_text(*position))
    }

    pub(super) fn shared_text(&self, position: u32) -> &str {
        let position = position as usize;
        if position < self.shared_texts.len() { self.shared_texts.value(position) } else { "" }
    }

    fn cut(&self, start: u32, length: u32) -> Option<&str> {
        let text = if self.text.is_empty() { "" } else { self.text.value(0) };
        text.get(start as usize..start as usize + length as usize)
    }
}

const CD_NOM: &str = "cdNom";
const LINK: &str = "links";
const SPAN: &str = "spans";
const SHARED_COLUMN: &str = "shared";
const RANK: &str = "ranks";
const SHARED_TEXT: &str = "sharedTexts";
const TEXT: &str = "text";

impl Table for Names {
    fn write(&self, columns: &mut Writer) {
        columns.numbers::<Int32Type>(CD_NOM, &self.cd_noms);
        columns.numbers::<UInt32Type>(LINK, &self.links);
        columns.numbers::<UInt32Type>(SPAN, &self.spans);
        columns.numbers::<UInt32Type>(SHARED_COLUMN, &self.shared);
        columns.numbers::<UInt8Type>(RANK, &self.ranks);
        columns.texts(SHARED_TEXT, &self.shared_texts);
        columns.arena(TEXT, &self.text);
    }

    fn read(columns: &Reader<'_>) -> Result<Self, NotTaxref> {
        let names = Self {
            text: columns.arena(TEXT)?,
            cd_noms: columns.numbers::<Int32Type>(CD_NOM)?,
            links: columns.numbers::<UInt32Type>(LINK)?,
            spans: columns.numbers::<UInt32Type>(SPAN)?,
            shared: columns.numbers::<UInt32Type>(SHARED_COLUMN)?,
            ranks: columns.numbers::<UInt8Type>(RANK)?,
            shared_texts: columns.texts(SHARED_TEXT)?,
        };
        let count = names.len();
        ensure(names.links.len() == count * LINKS, LINK, "not of its length")?;
        ensure(names.spans.len() == count * OWN * 2, SPAN, "not of its length")?;
        ensure(names.shared.len() == count * SHARED, SHARED_COLUMN, "not of its length")?;
        ensure(names.ranks.len() == count, RANK, "not of its length")?;
        ensure(names.cd_noms.iter().all(|cd_nom| *cd_nom > 0), CD_NOM, "not a CD_NOM")?;
        for link in names.links.chunks_exact(LINKS) {
            let Some((accepted, parents)) = link.split_first() else { continue };
            let final_one = (*accepted as usize) < count && names.accepted(NameId(*accepted)) == *accepted;
            ensure(final_one, LINK, "the accepted name of a name is none")?;
            let known = parents.iter().all(|parent| *parent == NONE || (*parent as usize) < count);
            ensure(known, LINK, "lead nowhere")?;
        }
        for span in names.spans.chunks_exact(2) {
            let [start, length] = span else { continue };
            ensure(names.cut(*start, *length).is_some(), SPAN, "cut the text where they may not")?;
        }
        ensure(all_below(&names.shared, names.shared_texts.len()), SHARED_COLUMN, "lead nowhere")?;
        let known = |rank: &u8| *rank == Rank::UNKNOWN || Rank::of_position(*rank).is_some();
        ensure(names.ranks.iter().all(known), RANK, "not ranks")?;
        Ok(names)
    }
}
